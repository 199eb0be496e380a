"""The tables, alike on SQLite and PostgreSQL. Times are integer UTC seconds. Imports nothing of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy import Text as PlainText

if TYPE_CHECKING:
    from sqlalchemy import Dialect

metadata = MetaData()


class Text(TypeDecorator[str]):
    """Takes every string there is: a node, or whoever names a baker, may write what a database has no bytes for."""

    impl = PlainText
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or (value.isascii() and "\0" not in value):
            return value
        # UTF-8 knows no halves of surrogate pairs, PostgreSQL no NUL.
        halves = value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-16", "surrogatepass")
        return halves.decode("utf-16", "replace")


# SQLite gives rowid aliasing (and so autoincrement) only to the exact type INTEGER.
RowId = BigInteger().with_variant(Integer, "sqlite")

run = Table(
    "run",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("outcome", String(16)),  # ok | partial | error; NULL while running or killed
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("summary", Text),  # JSON: levels, requests, lag per network
)

network = Table(
    "network",
    metadata,
    Column("name", Text, primary_key=True),  # tezos:mainnet
    Column("endpoints_key", Text, nullable=False),  # the setting it is reached by: RPC_URL, RPC_URL_SHADOWNET
    Column("chain_id", Text, nullable=False),  # pinned on the first run
    Column("pinned_at", BigInteger, nullable=False),
)

cursor = Table(
    "cursor",
    metadata,
    Column("network", Text, primary_key=True),
    Column("level", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("judged_level", BigInteger, nullable=False),
    Column("first_look_level", BigInteger, nullable=False),
    Column("blocked_level", BigInteger),
    Column("blocked_since", BigInteger),
    Column("blocked_reason", Text),
    Column("updated_at", BigInteger, nullable=False),
)

endpoint = Table(
    "endpoint",
    metadata,
    Column("network", Text, nullable=False),
    Column("label", Text, nullable=False),  # host and ordinal, never the URL
    Column("failures", Integer, nullable=False, default=0),  # in a row
    Column("last_ok_at", BigInteger),
    Column("last_failed_at", BigInteger),
    Column("last_error", Text),  # redacted class and status only
    Column("retry_at", BigInteger),  # not asked before (429, repeated failure)
    PrimaryKeyConstraint("network", "label"),
)

target = Table(
    "target",
    metadata,
    Column("network", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("name", Text),
    Column("since_level", BigInteger, nullable=False),  # first level it is judged at
    Column("added_at", BigInteger, nullable=False),
    Column("removed_at", BigInteger),
    PrimaryKeyConstraint("network", "target"),
)

watch_list = Table(
    "watch_list",
    metadata,
    Column("id", Integer, primary_key=True),  # always 1: the last valid one
    Column("content", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("accepted_at", BigInteger, nullable=False),
)

block = Table(
    "block",
    metadata,
    Column("network", Text, nullable=False),
    Column("level", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Column("round", Integer, nullable=False),
    Column("payload_round", Integer, nullable=False),
    Column("cycle", Integer),
    Column("cycle_position", Integer),
    Column("attested_power", BigInteger),
    Column("committee_power", BigInteger),
    PrimaryKeyConstraint("network", "level"),
    sqlite_with_rowid=False,
)

# One row per (network, target, duty), so that a fact costs a few bytes and not two addresses.
series = Table(
    "series",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("network", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("duty", Text, nullable=False),
    UniqueConstraint("network", "target", "duty"),
)

observation = Table(
    "observation",
    metadata,
    Column("level", BigInteger, nullable=False),
    Column("series_id", BigInteger, ForeignKey("series.id"), nullable=False),
    Column("round", SmallInteger, nullable=False),
    Column("outcome", String(12), nullable=False),
    Column("evidence", Text),  # JSON, only on rows that are not met
    # Level first: a run appends at the end of the tree instead of touching a page per target.
    PrimaryKeyConstraint("level", "series_id", "round"),
    CheckConstraint("outcome IN ('met', 'missed', 'reproposed', 'unknown')", name="outcome_known"),
    Index(
        "observation_not_met",
        "series_id",
        "level",
        sqlite_where=text("outcome <> 'met'"),
    ),
    sqlite_with_rowid=False,
)

occurrence = Table(
    "occurrence",
    metadata,
    Column("network", Text, nullable=False),
    Column("level", BigInteger, nullable=False),
    Column("target", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("detail", Text, nullable=False),
    PrimaryKeyConstraint("network", "level", "target", "kind", "ordinal"),
)

reading = Table(
    "reading",
    metadata,
    Column("network", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("level", BigInteger, nullable=False),
    Column("read_at", BigInteger, nullable=False),
    Column("value", Text, nullable=False),
    PrimaryKeyConstraint("network", "target", "kind"),
)

# Quantities that a chain forgets: validator trust, dividends, a price.
sample = Table(
    "sample",
    metadata,
    Column("network", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("metric", Text, nullable=False),
    Column("level", BigInteger, nullable=False),  # of an epoch's sample: the block of the epoch
    Column("value", Float, nullable=False),
    PrimaryKeyConstraint("network", "target", "metric", "level"),
    sqlite_with_rowid=False,
)

# Targets whose state should be read before their turn in the rotation, and why.
reading_due = Table(
    "reading_due",
    metadata,
    Column("network", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    PrimaryKeyConstraint("network", "target"),
)

coverage_gap = Table(
    "coverage_gap",
    metadata,
    Column("network", Text, nullable=False),
    Column("from_level", BigInteger, nullable=False),
    Column("to_level", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("network", "from_level", "to_level"),
)

incident = Table(
    "incident",
    metadata,
    Column("id", String(16), primary_key=True),  # starts with a letter
    Column("network", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("severity", String(8), nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("opened_level", BigInteger),
    Column("closed_at", BigInteger),
    Column("closed_level", BigInteger),
    Column("close_reason", Text),  # recovered | removed | new-cycle | ...
    Column("reopened", Integer, nullable=False, default=0),
    Column("missed", Integer, nullable=False, default=0),
    Column("evidence", Text, nullable=False),  # JSON of the newest verdict
    Column("ack_until", BigInteger),
    Column("ack_by", Text),
)
Index(
    "incident_one_open",
    incident.c.network,
    incident.c.target,
    incident.c.rule,
    unique=True,
    sqlite_where=incident.c.closed_at.is_(None),
)

check_state = Table(
    "check_state",
    metadata,
    Column("network", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("incident_id", String(16), ForeignKey("incident.id")),
    Column("state", Text, nullable=False),  # JSON: the machine's state and the rule's window, a few hundred bytes
    Column("updated_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("network", "target", "rule"),
)

event = Table(
    "event",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("dedupe_key", Text, nullable=False, unique=True),
    Column("incident_id", String(16), ForeignKey("incident.id")),
    Column("network", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("severity", String(8), nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),  # wall clock
    Column("occurred_at", BigInteger, nullable=False),  # block time for duties
    Column("run_id", BigInteger),
    Column("payload", Text, nullable=False),  # JSON
    Index("event_of_incident", "incident_id"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("event_id", BigInteger, ForeignKey("event.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_attempt_at", BigInteger, nullable=False),
    Column("leased_by", BigInteger),  # run id, NULL when not in flight
    Column("sent_at", BigInteger),
    Column("last_error", Text),  # redacted
    Column("remote_id", Text),
    PrimaryKeyConstraint("event_id", "channel"),
    CheckConstraint("state IN ('pending', 'sent', 'superseded', 'suppressed', 'dead')", name="state_known"),
    Index(
        "delivery_due",
        "channel",
        "next_attempt_at",
        sqlite_where=text("state = 'pending'"),
    ),
)

channel_state = Table(
    "channel_state",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("blocked_until", BigInteger),
    Column("broken_since", BigInteger),
    Column("broken_reason", Text),
    Column("probe_at", BigInteger),
    Column("last_ok_at", BigInteger),
    Column("chat_id_override", Text),
)

silence = Table(
    "silence",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("kind", String(12), nullable=False),  # silence | maintenance
    Column("pattern", Text, nullable=False),
    Column("starts_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger),
    Column("until_resolved", Boolean, nullable=False),
    Column("until_healthy", Boolean, nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("ended_at", BigInteger),  # when a run ended it and told what it held back; NULL while it holds
    Column("end_reason", String(12)),  # over | removed | resolved | healthy
)


def complete_for_postgresql() -> None:
    """Makes the partial indexes partial there too. Not said with the tables: the first word to a dialect imports it,
    and PostgreSQL's takes as long as judging a minute of blocks."""
    for table in metadata.tables.values():
        for index in table.indexes:
            condition = index.dialect_options["sqlite"]["where"]
            if condition is not None:
                index.dialect_options["postgresql"]["where"] = condition
