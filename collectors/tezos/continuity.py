"""How far two histories are the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from collectors.errors import NoAnswer


def common_level(known: Mapping[int, str], replaced: int, hash_at: Callable[[int], str | None]) -> tuple[int, str]:
    """The newest level below `replaced` whose hash is still the known one, with that hash.

    `known` maps stored levels to hashes. Where none of them is shared the level before the oldest stored one is
    returned with an empty hash: what follows it is read anew without being chained.
    Raises NoAnswer when the node does not tell one of the hashes.
    """
    levels = sorted(level for level in known if level < replaced)
    low, high = 0, len(levels)  # levels[:low] are shared, levels[high:] are not
    while low < high:
        middle = (low + high) // 2
        answer = hash_at(levels[middle])
        if answer is None:
            raise NoAnswer(f"level {levels[middle]} cannot be asked while looking for the common history")
        if answer == known[levels[middle]]:
            low = middle + 1
        else:
            high = middle
    if low:
        return levels[low - 1], known[levels[low - 1]]
    return (levels[0] if levels else replaced) - 1, ""
