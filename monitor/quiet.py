"""The two steps of a run that end what people asked to be quiet about."""

from __future__ import annotations

from sqlalchemy import Engine

from alerting.holds import holds_now
from monitor.acks import end_expired
from monitor.database import reading, writing
from monitor.recording import Recorder


def end_acks(engine: Engine, recorder: Recorder) -> None:
    """Before it judges: reminders go on with this run."""
    with reading(engine) as connection:
        if not holds_now(connection).acknowledged:
            return
    with writing(engine) as connection:
        end_expired(connection, recorder.run_id, recorder.now)


def end_silences(engine: Engine, recorder: Recorder, recovery: int) -> None:
    """After it judged: what is told is how it stands then.

    `recovery`: attestations met in a row after which a baker in maintenance is back.
    """
    with reading(engine) as connection:
        if not holds_now(connection).silences:
            return
    from monitor.silences import end_due  # most minutes have nothing to end

    with writing(engine) as connection:
        end_due(connection, recorder.channels, recorder.run_id, recorder.now, recovery)
