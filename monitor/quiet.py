"""The step of a run that ends what people asked to be quiet about, once it has judged."""

from __future__ import annotations

from sqlalchemy import Engine

from alerting.holds import holds_now
from monitor.acks import end_expired
from monitor.database import reading, writing
from monitor.recording import Recorder


def end_what_is_over(engine: Engine, recorder: Recorder, recovery: int) -> None:
    """`recovery`: attestations met in a row after which a baker in maintenance is back."""
    with reading(engine) as connection:
        if not holds_now(connection):
            return
    from monitor.silences import end_due  # most minutes have nothing to end

    with writing(engine) as connection:
        end_expired(connection, recorder.run_id, recorder.now)
        end_due(connection, recorder.channels, recorder.run_id, recorder.now, recovery)
