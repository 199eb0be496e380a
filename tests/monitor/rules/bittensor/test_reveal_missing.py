"""V9: commits that no reveal follows."""

from __future__ import annotations

from dataclasses import replace

from monitor.bittensor.neuron import Commit
from monitor.rules.bittensor import (
    reveal_missing,
)
from monitor.rules.bittensor.context import BittensorContext
from tests.monitor.rules.bittensor.states import (
    BLOCK,
    TEMPO,
    Watch,
    happened,
    later,
    neuron,
    occurrence,
    validator,
    with_parameters,
)

COMMITTING = with_parameters(commit_reveal_weights_enabled=True)._replace(mechanisms=2)


def revealed(context: BittensorContext, blocks: int, mechanism: int = 0) -> BittensorContext:
    """The same some blocks on, the newest of which holds a reveal."""
    reveal = occurrence("weights_revealed", context.block + blocks, mechanism=mechanism)
    return later(context, blocks, occurrences={**context.occurrences, "weights_revealed": (reveal,)})


def test_commits_that_are_not_revealed_in_time_are_told() -> None:
    watch = Watch(reveal_missing.RULE)

    def committed(epoch: int) -> BittensorContext:
        return validator(subnet=COMMITTING, neuron=neuron(commits=(Commit(0, epoch, BLOCK - 1500),)))

    assert watch.sees(committed(25_000 - 2)) == []
    assert watch.sees(committed(25_000 - 3)) == ["firing warning"]
    assert watch.sees(committed(25_000 - 4)) == ["escalated critical"]
    assert watch.sees(validator(subnet=COMMITTING)) == [], "thrown away is not revealed"
    assert watch.sees(revealed(validator(subnet=COMMITTING), 30)) == ["resolved critical"]


def test_a_commit_that_the_chain_threw_away_unrevealed_is_told_too() -> None:
    watch = Watch(reveal_missing.RULE)
    commit = occurrence("weights_committed", BLOCK - 3 * TEMPO - 5, mechanism=0)
    lost = validator(subnet=COMMITTING, occurrences=happened(commit))
    assert watch.sees(lost) == ["firing warning"]
    assert watch.sees(revealed(lost, 30)) == ["resolved warning"]


def test_a_commit_of_which_nothing_is_known_any_more_is_not_a_revealed_one() -> None:
    watch = Watch(reveal_missing.RULE)
    commit = occurrence("weights_committed", BLOCK - 3 * TEMPO - 5, mechanism=0)
    lost = validator(subnet=COMMITTING, occurrences=happened(commit))
    assert watch.sees(lost) == ["firing warning"]
    forgotten = later(lost, 20 * TEMPO, occurrences={})
    assert watch.sees(forgotten) == []
    assert watch.sees(revealed(forgotten, 30)) == ["resolved warning"]


def test_a_commit_whose_reveal_may_stand_in_a_block_that_was_not_read_is_not_held_against_it() -> None:
    commit = occurrence("weights_committed", BLOCK - 4 * TEMPO - 5, mechanism=0)
    read = validator(subnet=COMMITTING, occurrences=happened(commit), read_since=commit.level)
    assert Watch(reveal_missing.RULE).sees(read) == ["firing critical"]
    assert Watch(reveal_missing.RULE).sees(replace(read, read_since=commit.level + 1)) == []


def test_blocks_that_were_not_read_end_nothing() -> None:
    watch = Watch(reveal_missing.RULE)
    commit = occurrence("weights_committed", BLOCK - 3 * TEMPO - 5, mechanism=1)
    lost = validator(subnet=COMMITTING, occurrences=happened(commit))
    assert watch.sees(lost) == ["firing warning"]
    after = later(lost, 400, read_since=BLOCK + 300)
    assert watch.sees(after, revealed(after, 30)) == [], "the other mechanism's"
    assert watch.sees(revealed(after, 60, mechanism=1)) == ["resolved warning"]


def test_the_reveal_of_one_mechanism_is_not_that_of_another() -> None:
    commit = occurrence("weights_committed", BLOCK - 3 * TEMPO - 5, mechanism=1)
    reveal = occurrence("weights_revealed", BLOCK - 10, mechanism=0)
    watch = Watch(reveal_missing.RULE)
    assert watch.sees(validator(subnet=COMMITTING, occurrences=happened(commit, reveal))) == ["firing warning"]


def test_a_mechanism_that_was_taken_away_owes_no_reveal() -> None:
    watch = Watch(reveal_missing.RULE)
    commit = occurrence("weights_committed", BLOCK - 3 * TEMPO - 5, mechanism=1)
    lost = validator(subnet=COMMITTING, occurrences=happened(commit))
    assert watch.sees(lost) == ["firing warning"]
    one_left = replace(lost, subnet=COMMITTING._replace(mechanisms=1))
    assert watch.sees(revealed(one_left, 30)) == ["resolved warning"]


def test_where_weights_are_not_committed_none_has_to_be_revealed() -> None:
    late = neuron(commits=(Commit(0, 24_000, BLOCK - 9000),))
    assert Watch(reveal_missing.RULE).sees(validator(neuron=late)) == []
