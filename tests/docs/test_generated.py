"""What the documents show is what the program says. Where this fails: `python -m tests.docs.generated`."""

from __future__ import annotations

import pytest

from alerting.render import samples
from alerting.render.wording import BY_RULE
from monitor.model import EventKind
from monitor.rules import catalogue
from monitor.rules.registry import CARDS
from tests.docs.documents import text
from tests.docs.generated import FILES, PARTS, part

ALL = [sample for _, groups in samples.SECTIONS for group in groups for sample in group.samples]


@pytest.mark.parametrize("name", FILES)
def test_a_generated_file_is_up_to_date(name: str) -> None:
    assert text(name) == FILES[name]()


@pytest.mark.parametrize("name", PARTS)
def test_a_generated_part_of_the_readme_is_up_to_date(name: str) -> None:
    assert part(name, text("README.md")).strip() == PARTS[name]().strip()


def test_every_rule_is_shown_with_its_message() -> None:
    shown = {sample.rule for sample in ALL}
    assert set(CARDS) | set(BY_RULE) <= shown


def test_every_kind_of_event_is_shown() -> None:
    assert {sample.kind for sample in ALL} == set(EventKind) - {EventKind.TEST}


def test_no_sample_is_told_in_words_of_last_resort() -> None:
    for sample in ALL:
        told = samples.shown([sample])
        assert f"({sample.kind.value})" not in told
        assert "None" not in told


def test_every_rule_has_its_section_and_says_what_it_is_judged_from() -> None:
    assert set(catalogue.READ) == set(CARDS)
    assert set(catalogue.CHANGE) <= set(CARDS)
    rules = text("docs/rules.md")
    for card in CARDS.values():
        assert f"\n### {card.name}\n\n" in rules
        assert card.default in rules
        assert card.recovery in rules
