from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine, insert

from alerting.check_state import NEW, CheckState, Phase
from monitor.checks import ATTESTATION_RULE, BAKING_RULE, Checks, incident_ids_in_use
from monitor.database import reading, writing
from monitor.model import Severity, Status, Verdict
from monitor.rules.attestation import AttestationWindow
from monitor.rules.baking import BakingWindow
from monitor.schema import check_state, incident
from tests.monitor.state_values import ALICE, NETWORK, fresh, rows

OPEN = CheckState(Phase.FIRING, since=5, incident="a1f3c2", severity=Severity.WARNING, opened_at=5, missed=7)


def put_incident(engine: Engine, name: str = "a1f3c2") -> None:
    with writing(engine) as connection:
        connection.execute(
            insert(incident).values(
                id=name,
                network=NETWORK,
                target=ALICE,
                rule=ATTESTATION_RULE,
                severity="warning",
                opened_at=5,
                missed=5,
                evidence="{}",
            )
        )


def save(engine: Engine, rule: str, state: CheckState, window: object = None, verdict: Verdict | None = None) -> None:
    with writing(engine) as connection:
        checks = Checks(connection, NETWORK)
        check = checks.get(ALICE, rule)
        check.state, check.changed, check.verdict = state, True, verdict
        if isinstance(window, AttestationWindow | BakingWindow):
            check.window = window
        checks.save(connection, 9)


def load(engine: Engine) -> Checks:
    with reading(engine) as connection:
        return Checks(connection, NETWORK)


def test_what_was_saved_is_there_in_the_next_run(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put_incident(engine)
    window = AttestationWindow(ring=0b101, rights=3)
    save(engine, ATTESTATION_RULE, OPEN, window)
    check = load(engine).get(ALICE, ATTESTATION_RULE)
    assert (check.state, check.window, check.changed) == (OPEN, window, False)
    assert load(engine).open_incident(ALICE, ATTESTATION_RULE) == "a1f3c2"
    assert load(engine).open_incident(ALICE, BAKING_RULE) is None


def test_a_check_is_known_by_its_network(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put_incident(engine)
    save(engine, ATTESTATION_RULE, OPEN)
    with reading(engine) as connection:
        assert list(Checks(connection, "tezos:shadownet")) == []


def test_a_check_that_was_never_anything_but_quiet_has_no_row(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    save(engine, "deactivated", CheckState(Phase.OK, since=3))
    assert rows(engine, check_state) == []


def test_a_check_that_becomes_quiet_again_loses_its_row(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    suspect = CheckState(Phase.SUSPECT, since=3, bad_since=3)
    save(engine, "node_behind", suspect)
    assert len(rows(engine, check_state)) == 1
    save(engine, "node_behind", replace(suspect, phase=Phase.OK, bad_since=None))
    assert rows(engine, check_state) == []


def test_a_window_that_remembers_something_is_kept_though_all_is_well(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    window = BakingWindow(ring=1, rights=4)
    save(engine, BAKING_RULE, CheckState(Phase.OK, since=3), window)
    assert load(engine).get(ALICE, BAKING_RULE).window == window


def test_the_open_incident_shows_the_newest_misses(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put_incident(engine)
    verdict = Verdict(Status.BAD, "streak", missed=7, evidence={"last_level": 12})
    save(engine, ATTESTATION_RULE, OPEN, verdict=verdict)
    (row,) = rows(engine, incident)
    assert (row["missed"], json.loads(row["evidence"])) == (7, {"last_level": 12})


def test_a_check_that_did_not_change_is_not_written(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put_incident(engine)
    with writing(engine) as connection:
        checks = Checks(connection, NETWORK)
        check = checks.get(ALICE, ATTESTATION_RULE)
        check.state = OPEN
        checks.save(connection, 9)
    assert rows(engine, check_state) == []


def test_an_incident_of_the_first_look_is_remembered_before_it_is_written(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    save(engine, ATTESTATION_RULE, OPEN)
    (row,) = rows(engine, check_state)
    assert row["incident_id"] is None
    assert load(engine).open_incident(ALICE, ATTESTATION_RULE) == "a1f3c2"


def test_a_forgotten_check_starts_anew(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put_incident(engine)
    save(engine, ATTESTATION_RULE, OPEN)
    checks = load(engine)
    checks.forget(checks.get(ALICE, ATTESTATION_RULE))
    assert checks.get(ALICE, ATTESTATION_RULE).state == NEW


def test_ids_of_other_incidents_are_known(tmp_path: Path) -> None:
    engine = fresh(tmp_path)
    put_incident(engine)
    with reading(engine) as connection:
        taken = incident_ids_in_use(connection)
        assert (taken("a1f3c2"), taken("b00000")) == (True, False)
