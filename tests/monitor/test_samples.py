"""What is sampled, what of it is new, and how long it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.bittensor.history import Sample
from monitor.database import reading, writing
from monitor.samples import load_history, prune_samples, store_samples, store_series
from tests.monitor.state_values import fresh

pytestmark = pytest.mark.usefixtures("both_databases")

NETWORK, NEURON = "bittensor:finney", "18/5F"


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return fresh(tmp_path)


def store(engine: Engine, metric: str, *samples: tuple[int, float], target: str = NEURON) -> None:
    for block, value in samples:
        with writing(engine) as connection:
            store_samples(connection, NETWORK, {(target, metric): Sample(block, value)})


def known(engine: Engine, metric: str, target: str = NEURON) -> list[tuple[int, float]]:
    with reading(engine) as connection:
        samples = load_history(connection, NETWORK).get(target, {}).get(metric)
    return [] if samples is None else [(block, value) for block, value in samples.values]


def test_an_epoch_is_one_sample_however_often_it_is_read(engine: Engine) -> None:
    store(engine, "validator_trust", (100, 0.5), (100, 0.5), (460, 0.6), (460, 0.7))
    assert known(engine, "validator_trust") == [(100, 0.5), (460, 0.7)]


def test_an_epoch_that_is_over_is_not_told_again(engine: Engine) -> None:
    store(engine, "validator_trust", (460, 0.6), (100, 0.5))
    assert known(engine, "validator_trust") == [(460, 0.6)]


def test_a_height_too_near_the_last_one_is_no_sample(engine: Engine) -> None:
    store(engine, "alpha_stake", (100, 1.0), (124, 2.0), (125, 3.0))
    assert known(engine, "alpha_stake") == [(100, 1.0), (125, 3.0)]


def test_several_heights_read_at_once_are_a_sample_each(engine: Engine) -> None:
    read = {("18", "registrations"): [Sample(100, 1.0), Sample(130, 2.0), Sample(150, 0.0)]}
    for _ in range(2):
        with writing(engine) as connection:
            store_series(connection, NETWORK, read)
        assert known(engine, "registrations", "18") == [(100, 1.0), (130, 2.0), (150, 0.0)]


def test_only_another_value_is_a_change(engine: Engine) -> None:
    store(engine, "registration_allowed", (1, 1.0), (9, 1.0), (17, 0.0), target="18")
    assert known(engine, "registration_allowed", "18") == [(1, 1.0), (17, 0.0)]


def test_the_weights_of_each_mechanism_are_a_metric(engine: Engine) -> None:
    store(engine, "last_update_1", (7, 7.0), (7, 7.0), (20, 20.0))
    assert known(engine, "last_update_1") == [(7, 7.0), (20, 20.0)]


def test_what_no_rule_asks_for_is_not_kept(engine: Engine) -> None:
    store(engine, "temperature", (1, 20.0))
    assert known(engine, "temperature") == []


def test_samples_go_when_their_metric_needs_them_no_more(engine: Engine) -> None:
    store(engine, "alpha_stake", (100, 1.0), (20_000, 2.0))
    store(engine, "validator_trust", (100, 0.5), (20_000, 0.6))
    with writing(engine) as connection:
        prune_samples(connection, NETWORK, 20_000, tempo=360)
    assert known(engine, "alpha_stake") == [(20_000, 2.0)]
    assert known(engine, "validator_trust") == [(20_000, 0.6)]
