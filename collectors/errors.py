"""What a source can fail with: the one exception tree of everything below the collectors.

    SourceError
    ├── NoAnswer        nobody told: transport, 5xx, 429 that lasted, lagging node. The cursor never moves for it
    │   ├── TimedOut    nothing, or not all of it, came within the time of one request
    │   ├── OutOfTime   the run's own time was used up first; says nothing about the node
    │   ├── Lagging     404 or a temporary node error that outlasted every try: worth asking again next minute
    │   └── Throttled   429, or 403 with Retry-After, that outlasted the run
    ├── Unreadable      an answer that cannot be judged: 410 pruned, body too large, a shape no parser knows
    │   └── NodeError   HTTP 5xx with an Octez error list that is permanent or of the branch
    └── Refused         this node does not tell: 401, 403, 400 and other 4xx

No error holds a URL, a query, a credential or the text of a library's exception: `detail` is made of fixed words, a
status and, from a list of Octez errors, checked ids. They are raised outside of `except` blocks, so that not even
`__context__` leads back to a library's exception.
"""

from __future__ import annotations


class SourceError(Exception):
    """A source did not give what was asked.

    `endpoint` is the label "host#ordinal" (None where no endpoint was asked, or by a parser that does not know it),
    `status` the HTTP status (None where there was none).
    """

    def __init__(self, detail: str, *, endpoint: str | None = None, status: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.endpoint = endpoint
        self.status = status

    def __str__(self) -> str:
        return f"{self.endpoint}: {self.detail}" if self.endpoint else self.detail


class NoAnswer(SourceError):
    """Nobody told. The same question may be answered later; the cursor never moves for it."""


class TimedOut(NoAnswer):
    """Nothing came within a request's own time, or not all of it."""

    def __init__(self) -> None:
        super().__init__("timed out")


class OutOfTime(NoAnswer):
    """The run's deadline came before an answer could be waited for. Not the endpoint's failure."""

    def __init__(self) -> None:
        super().__init__("the run's time is used up")


class Lagging(NoAnswer):
    """The node answers, but does not have it yet (404, or an Octez error of kind "temporary", then with its `ids`:
    protocols also call temporary what a block's context will never tell)."""

    def __init__(self, detail: str, *, ids: tuple[str, ...] = (), status: int | None = None) -> None:
        super().__init__(detail, status=status)
        self.ids = ids


class Throttled(NoAnswer):
    """HTTP 429 (403 with Retry-After is the same from some gateways). `retry_after`: seconds to wait before the next
    request, the node's own wish where it told one."""

    def __init__(self, retry_after: float, status: int = 429) -> None:
        super().__init__(f"HTTP {status} too many requests", status=status)
        self.retry_after = retry_after


class Unreadable(SourceError):
    """There was an answer and it cannot be judged. Parsers raise it for shapes they do not know."""


class NodeError(Unreadable):
    """The node answered with an Octez error list. `ids` are its error ids in the node's order."""

    def __init__(self, detail: str, *, ids: tuple[str, ...], status: int | None = None) -> None:
        super().__init__(detail, status=status)
        self.ids = ids


class Refused(SourceError):
    """This node does not tell; another one may."""
