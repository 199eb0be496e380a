"""What looks are made of, without a chain."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.bittensor.views.subnets import text_of
from monitor.bittensor.returns import YEAR_SECONDS, annual
from monitor.bittensor.subnet import HyperparameterValue
from monitor.commands.bittensor.hyperparameters import meaning, unit
from monitor.commands.bittensor.page import address, coins

HOTKEY = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"


def test_a_window_of_a_year_is_its_own_yield() -> None:
    assert annual([0.1, 0.2], YEAR_SECONDS) == pytest.approx(1.1 * 1.2 - 1)
    assert annual([0.1], YEAR_SECONDS / 2) == pytest.approx(1.1**2 - 1)
    assert annual([0.0, 0.0], 60) == 0


def test_no_epoch_and_no_time_have_no_yield() -> None:
    assert annual([], 60) is None
    assert annual([0.1], 0) is None
    assert annual([1.0], 1) is None  # 2 to the power of all the seconds of a year


@given(st.one_of(st.none(), st.integers(), st.text(), st.binary(), st.lists(st.integers())))
@settings(max_examples=100)
def test_what_somebody_wrote_as_a_name_is_a_line_or_nothing(value: object) -> None:
    told = text_of(value)
    assert told is None or (told.isprintable() and told == told.strip() != "")


def test_a_name_comes_as_text_as_bytes_and_as_hexadecimal() -> None:
    assert text_of("cortex") == text_of(b"cortex") == text_of("0x636f72746578") == text_of([*b"cortex"]) == "cortex"
    assert text_of("0xcool") == "0xcool"
    assert text_of("a\x1b[31mb\n") == "a[31mb"


def test_addresses_are_shortened_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert address(HOTKEY) == HOTKEY
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert address(HOTKEY) == "5Grwva…utQY"


def test_amounts_are_told_to_the_last_rao() -> None:
    assert coins(3_330_312_594, "α") == "3.330312594 α"
    assert coins(1_240_000_000_000) == "1,240"
    assert coins(1) == "0.000000001"
    assert coins(None) == "-"


@pytest.mark.parametrize(
    ("name", "value", "kind", "means"),
    [
        ("immunity_period", 4096, "blocks", "13 h 39 min"),
        ("commit_reveal_period", 2, "epochs", "2 h 24 min"),
        ("activity_cutoff_factor", 13_889, "of 1000 tempos", "13.889 tempos (16 h 40 min)"),
        ("max_weights_limit", 65_535, "of 65535", "100 %"),
        ("min_burn", 410_000_000, "rao", "0.41 τ"),
        ("max_validators", 64, None, "64"),
        ("liquid_alpha_enabled", False, None, "off"),
        ("mechanism_emission_split", (32_768, 32_767), "of 65535", "32768/32767"),
        ("recycle_or_burn", "Burn", None, "Burn"),
    ],
)
def test_a_hyperparameter_has_its_unit_and_what_it_means(
    name: str, value: HyperparameterValue, kind: str | None, means: str
) -> None:
    assert (unit(name, value), meaning(name, value, 360)) == (kind, means)
