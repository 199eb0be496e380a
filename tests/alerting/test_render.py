"""What people read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alerting.channels.interface import Limits
from alerting.payload import Payload
from alerting.render.duties import missed_baking
from alerting.render.item import RenderedInput
from alerting.render.message import render
from alerting.render.wording import BY_RULE
from monitor.model import CheckKey, EventKind, Format, Message, Severity

ALICE = "tz1aSkwEot3L2kmUvcoxzjMomb9mvBNuzFK6"
WIDE = Limits(units=3500, events=100)


def at(clock: str, day: int = 21) -> int:
    hours, minutes = clock.split(":")
    return int(datetime(2026, 11, day, int(hours), int(minutes), tzinfo=UTC).timestamp())


def event(kind: EventKind, rule: str, incident: str | None = "a1f3c2", **fields: Any) -> RenderedInput:
    created_at = fields.pop("created_at", at("03:04"))
    return RenderedInput(
        event_id=fields.pop("event_id", 17),
        kind=kind,
        key=CheckKey(fields.pop("network", "tezos:mainnet"), fields.pop("target", ALICE), rule),
        severity=fields.pop("severity", Severity.CRITICAL),
        silent=fields.pop("silent", False),
        occurred_at=fields.pop("occurred_at", created_at),
        created_at=created_at,
        payload=Payload(**fields),
        incident=incident,
    )


def messages(*events: RenderedInput, format: Format = Format.PLAIN, **options: Any) -> list[Message]:
    now = options.get("now", max(item.created_at for item in events))
    limits = options.get("limits", WIDE)
    return render(events, format, options.get("zone", UTC), options.get("explorer_url"), limits, now=now)


def text(*events: RenderedInput, **options: Any) -> str:
    (message,) = messages(*events, **options)
    return message.text


STOPPED: dict[str, Any] = {"name": "alice", "reason": "streak", "opened_at": at("03:04"), "missed": 12, "of": 12}


def test_attestations_that_stopped() -> None:
    told = event(
        EventKind.FIRING,
        "missed_attestation",
        **STOPPED,
        share_others=0.994,
        reward_lost_at=at("11:04"),
        runbook="ssh bkr1",
    )
    assert text(told) == (
        "🔴 alice: attestations stopped 03:04, 12 of 12 missed\n"
        "Only you (others 99 %). Cycle reward lost at 11:04. ssh bkr1. #a1f3c2"
    )


def test_attestations_that_are_back() -> None:
    told = event(
        EventKind.RESOLVED,
        "missed_attestation",
        created_at=at("03:26"),
        name="alice",
        opened_at=at("03:04"),
        ended_at=at("03:26"),
        missed=214,
        allowance_share=0.045,
        bakes_lost=1,
    )
    assert text(told) == (
        "✅ alice attesting again 03:26, down 22 min\n214 levels, 4.5 % of allowance; 1 bake lost. #a1f3c2"
    )


def test_one_missed_bake_of_a_delegate_that_attests() -> None:
    told = event(
        EventKind.FIRING,
        "missed_baking",
        "b07c1d",
        severity=Severity.WARNING,
        silent=True,
        created_at=at("03:31"),
        name="carol",
        opened_at=at("03:31"),
        missed=1,
        attested=100,
        attested_of=100,
        next_right_at=at("09:12"),
    )
    assert text(told) == (
        "🟡 carol missed one bake 03:31 (silent)\nAttesting 100/100: nothing to do. Next right 09:12. #b07c1d"
    )


def test_the_only_node_is_unreachable() -> None:
    told = event(
        EventKind.FIRING,
        "unreachable",
        "c3107a",
        target="source",
        endpoint="bkr1",
        opened_at=at("03:00"),
        at=at("03:04"),
        other_endpoints=0,
        first_level=15267110,
    )
    assert text(told) == ("🔴 Node bkr1 unreachable 4 min, no other endpoint\nBakers unknown since 15,267,110. #c3107a")


def test_several_bakers_with_one_cause_are_one_line() -> None:
    names = [f"baker-{number}" for number in range(12)]
    told = [
        event(
            EventKind.FIRING,
            "missed_attestation",
            f"a{number:05}",
            target=f"tz1{number:033}",
            event_id=number,
            **STOPPED | {"name": name, "missed": 10 + number, "of": 10 + number, "opened_at": at("03:04") + number},
            share_others=0.41,
        )
        for number, name in enumerate(names)
    ]
    (message,) = messages(*told)
    first, second = message.text.split("\n")
    assert first == "🔴 12 bakers: attestations stopped 03:04 (everyone: 41 % attested)"
    assert second == (
        "baker-0, baker-1, baker-2, baker-3, baker-4, baker-5, baker-6, baker-7 and 4 more. "
        "#a00000 #a00001 #a00002 and 9 more"
    )
    assert [fact["event_id"] for fact in message.events] == list(range(12))
    assert message.events[3]["summary"] == "baker-3: attestations stopped 03:04, 13 of 13 missed"


def test_bakers_that_stopped_hours_apart_are_told_one_by_one() -> None:
    early = event(EventKind.FIRING, "missed_attestation", "aaaaaa", **STOPPED)
    late = event(EventKind.FIRING, "missed_attestation", "bbbbbb", **STOPPED | {"opened_at": at("01:04")})
    assert text(early, late).count("🔴") == 2


def test_a_first_look_says_that_it_was_so_already() -> None:
    told = event(EventKind.FIRING, "missed_attestation", **STOPPED | {"missed": 40, "of": 100}, first_look=True)
    assert text(told).startswith("🔴 alice: attestations stopped already at first look, 40 of 100 missed\n")


def test_what_was_found_late_says_how_late() -> None:
    told = event(EventKind.FIRING, "missed_attestation", **STOPPED, late_by=34 * 60)
    assert "Late by 34 min." in text(told)


def test_a_missed_incident_says_from_when_to_when() -> None:
    told = event(
        EventKind.MISSED_INCIDENT,
        "missed_attestation",
        created_at=at("12:50"),
        name="alice",
        opened_at=at("12:03"),
        ended_at=at("12:41"),
        missed=300,
    )
    assert text(told) == "✅ alice was not attesting 12:03–12:41, now OK\n300 levels. #a1f3c2"


def test_a_firing_and_the_reminder_behind_it_are_told_once_with_the_newest_figures() -> None:
    firing = event(EventKind.FIRING, "missed_attestation", **STOPPED, event_id=1)
    reminder = event(EventKind.REMINDER, "missed_attestation", **STOPPED | {"missed": 99, "of": 99}, event_id=2)
    (message,) = messages(firing, reminder)
    assert message.text == "🔴 alice: attestations stopped 03:04, 99 of 99 missed\n#a1f3c2"
    assert [fact["event_id"] for fact in message.events] == [1, 2]


def test_an_incident_that_ended_and_came_back_keeps_its_order() -> None:
    over = event(EventKind.RESOLVED, "missed_attestation", **STOPPED, ended_at=at("03:20"))
    again = event(EventKind.FIRING, "missed_attestation", **STOPPED | {"opened_at": at("03:30")}, again=True)
    lines = text(over, again, now=at("03:31")).split("\n")
    assert lines[0].startswith("✅ alice attesting again 03:20")
    assert lines[3].startswith("🔴 alice: attestations stopped again 03:30")


def test_times_are_in_the_readers_zone_and_name_the_day_where_it_is_another() -> None:
    told = event(EventKind.REMINDER, "missed_attestation", **STOPPED)
    tokyo = ZoneInfo("Asia/Tokyo")
    assert "since 12:04" in text(told, zone=tokyo)
    assert "since 21 Nov 12:04" in text(told, zone=tokyo, now=at("03:04", day=23))


def test_a_name_falls_back_to_a_short_address() -> None:
    told = event(EventKind.FIRING, "missed_attestation", opened_at=at("03:04"))
    assert text(told).startswith("🔴 tz1aSk…zFK6: attestations stopped 03:04")
    assert ALICE not in text(told)


def test_a_name_cannot_write_lines_of_its_own() -> None:
    told = event(EventKind.FIRING, "missed_attestation", **STOPPED | {"name": "al\nice\x1b[31m"})
    assert text(told).startswith("🔴 al ice [31m: attestations")


def test_html_links_the_explorer_behind_the_name_and_escapes_the_rest() -> None:
    told = event(EventKind.FIRING, "missed_attestation", **STOPPED | {"name": "<al&ice>"}, runbook="a < b")
    shown = text(told, format=Format.HTML, explorer_url="https://tzkt.io/")
    assert shown == (
        f'🔴 <a href="https://tzkt.io/{ALICE}">&lt;al&amp;ice&gt;</a>: attestations stopped 03:04, 12 of 12 missed\n'
        "a &lt; b. #a1f3c2"
    )


def test_json_is_one_flat_object_per_line() -> None:
    told = event(EventKind.FIRING, "missed_attestation", **STOPPED, event_id=5)
    other = event(EventKind.NOTICE, "watch_list_changed", None, event_id=6, added=("carol",))
    lines = [json.loads(line) for line in text(told, other, format=Format.JSON).splitlines()]
    assert [line["event_id"] for line in lines] == [5, 6]
    assert lines[0]["summary"] == "alice: attestations stopped 03:04, 12 of 12 missed"
    assert (lines[0]["target"], lines[0]["incident"], lines[0]["missed"]) == (ALICE, "a1f3c2", 12)
    assert lines[1]["added"] == ["carol"]


def test_a_message_is_silent_only_if_all_of_it_is() -> None:
    quiet = event(EventKind.FIRING, "missed_baking", "aaaaaa", silent=True, severity=Severity.WARNING)
    loud = event(EventKind.FIRING, "missed_attestation", "bbbbbb")
    assert messages(quiet)[0].silent is True
    assert messages(quiet, loud)[0].silent is False
    assert messages(quiet, loud)[0].severity is Severity.CRITICAL


def test_a_target_taken_off_the_list_is_said_to_be_so() -> None:
    told = event(EventKind.RESOLVED, "missed_attestation", **STOPPED, close_reason="removed")
    assert text(told).startswith("✅ alice: no longer monitored (missed attestation since 03:04)")


def test_a_rule_without_words_of_its_own_is_still_told() -> None:
    told = event(EventKind.FIRING, "brand_new_rule", **STOPPED)
    assert text(told) == "🔴 alice: brand new rule 03:04, 12 of 12\n#a1f3c2"


def test_an_odd_payload_is_told_in_plain_words_and_stops_nothing() -> None:
    odd: Any = "not a number"
    told = event(EventKind.FIRING, "missed_attestation", name="alice", missed=odd, opened_at=odd)
    good = event(EventKind.FIRING, "missed_baking", "b07c1d", name="bob", opened_at=at("03:04"), missed=1)
    shown = text(told, good)
    assert "🔴 alice: missed attestation (firing)" in shown
    assert "🔴 bob missed one bake 03:04" in shown


def test_a_test_reads_as_the_alert_it_tests() -> None:
    told = event(EventKind.TEST, "missed_attestation", **STOPPED)
    assert text(told).startswith("🔴 TEST alice: attestations stopped 03:04, 12 of 12 missed\n")
    plain = event(EventKind.TEST, "test", None, severity=Severity.INFO, channel="telegram", at=at("03:04"))
    assert text(plain) == "ℹ️ TEST: a test message to telegram 03:04\nNothing is wrong. event 17"


EVERY: dict[str, Any] = {
    "name": "a-baker-with-a-very-long-name-indeed",
    "opened_at": at("03:04", day=19),
    "at": at("03:04"),
    "ended_at": at("03:26"),
    "reason": "window",
    "missed": 12345,
    "of": 14400,
    "first_level": 15267110,
    "last_level": 15267999,
    "levels": 890,
    "share_others": 0.7,
    "reward_lost_at": at("11:04", day=22),
    "next_right_at": at("09:12", day=22),
    "cycle": 1234,
    "key": "tz4HVR6aty9KwsQFHh81C1G7gBdhxT8kuytm",
    "amount": 6_180_000_000,
    "minimum": 6_000_000_000,
    "endpoint": "a-node-with-a-long-name.example.org#3",
    "detail": "timeout",
    "runbook": "ssh bkr1",
    "added": ("carol",),
    "removed": ("bob",),
    "drop": 0.23,
    "slots_left": 120,
    "allowance_share": 0.88,
    "opens": 5,
    "gap_seconds": 2040,
    "run": 812,
    "ran_seconds": 55,
    "errors": 3,
    "behind_by": 12,
    "peers": 2,
    "misbehaviour": "double attestation",
}

OF_THE_MONITOR = {EventKind.COVERAGE_GAP, EventKind.MONITOR_GAP, EventKind.CHANNEL_BROKEN}
CASES = [
    *((kind, rule) for rule in BY_RULE for kind in EventKind if kind not in OF_THE_MONITOR),
    (EventKind.CHANNEL_BROKEN, "channel_broken"),
    (EventKind.COVERAGE_GAP, "coverage_gap"),
    (EventKind.MONITOR_GAP, "monitor_gap"),
    (EventKind.FIRING, "unheard_of"),
]


@pytest.mark.parametrize("fields", [EVERY, {}], ids=["all known", "nothing known"])
@pytest.mark.parametrize(("kind", "rule"), CASES, ids=[f"{rule} {kind}" for kind, rule in CASES])
def test_every_rule_has_words_for_every_kind(kind: EventKind, rule: str, fields: dict[str, Any]) -> None:
    of_a_delegate = BY_RULE.get(rule, missed_baking).__module__.endswith((".duties", ".delegate"))
    for target in (ALICE,) if of_a_delegate else ("source", "bkr1.example.org#1"):
        shown = text(event(kind, rule, target=target, **fields))
        first = shown.split("\n")[0]
        assert len(first) < 80
        assert first[0] in "🔴🟡ℹ✅"
        assert shown.rstrip(".").endswith("#a1f3c2")
        assert f"({kind.value})" not in shown  # what is said when the wording itself fails
        assert ALICE not in shown
        assert EVERY["key"] not in shown
        assert "None" not in shown


WORDS = [
    ("deactivated", EventKind.FIRING, {"cycle": 812}, "🔴 alice: deactivated 03:04"),
    ("deactivated", EventKind.RESOLVED, {"ended_at": at("04:00")}, "✅ alice active again 04:00, after 56 min"),
    (
        "deactivation_near",
        EventKind.FIRING,
        {"cycle": 812},
        "🔴 alice: will be deactivated after cycle 812 unless it acts",
    ),
    ("forbidden", EventKind.FIRING, {}, "🔴 alice: forbidden to bake and attest 03:04"),
    ("denounced", EventKind.FIRING, {"misbehaviour": "double baking"}, "🔴 alice: denounced for double baking 03:04"),
    (
        "attestation_reward",
        EventKind.FIRING,
        {"reward_lost_at": at("04:34")},
        "🔴 alice: cycle reward lost at 04:34 (in 1 h 30 min)",
    ),
    (
        "attestation_reward",
        EventKind.RESOLVED,
        {"close_reason": "new-cycle", "cycle": 813},
        "✅ alice: new cycle 813, attestation allowance is whole again",
    ),
    ("dal_participation", EventKind.FIRING, {"reason": "plain"}, "🔴 alice: attests without DAL since 03:04"),
    ("companion_key_missing", EventKind.FIRING, {}, "🔴 alice: tz4 consensus key without a companion key 03:04"),
    ("consensus_key_pending", EventKind.FIRING, {"cycle": 814}, "🔴 alice: consensus key changes at cycle 814"),
    (
        "consensus_key_pending",
        EventKind.FIRING,
        {"cycle": 814, "active_at": at("12:04")},
        "🔴 alice: consensus key changes 12:04 (in 9 h)",
    ),
    (
        "consensus_key_pending",
        EventKind.RESOLVED,
        {"ended_at": at("12:04")},
        "✅ alice: new consensus key required since 12:04",
    ),
    ("seed_nonce", EventKind.FIRING, {"reason": "lost"}, "🔴 alice: seed nonce not revealed in time"),
    ("seed_nonce", EventKind.RESOLVED, {"reason": "lost"}, "✅ alice: too late to reveal the seed nonce"),
    ("seed_nonce", EventKind.FIRING, {"cycle": 811}, "🔴 alice: seed nonce of cycle 811 not revealed"),
    ("rights_drop", EventKind.FIRING, {"drop": 0.23, "cycle": 814}, "🔴 alice: rights fall by 23 % in cycle 814"),
    ("rights_drop", EventKind.FIRING, {"drop": 1.0, "cycle": 814}, "🔴 alice: no rights in cycle 814"),
    (
        "baking_power_low",
        EventKind.FIRING,
        {"amount": 6_180_000_000, "minimum": 6_000_000_000},
        "🔴 alice: baking power only 3 % above the minimum",
    ),
    ("control_change", EventKind.NOTICE, {"change": "consensus key"}, "🔴 alice: consensus key changed 03:04"),
    (
        "control_change",
        EventKind.NOTICE,
        {"change": "unstake", "amount": 1_200_000_000},
        "🔴 alice: 1,200 ꜩ unstaked 03:04",
    ),
    (
        "endpoint_unreachable",
        EventKind.FIRING,
        {"endpoint": "bkr1#1", "at": at("03:08")},
        "🔴 Node bkr1#1 unreachable 4 min",
    ),
    (
        "unreachable",
        EventKind.FIRING,
        {"endpoints": 3, "at": at("03:08")},
        "🔴 Tezos mainnet: none of 3 endpoints answers, 4 min",
    ),
    (
        "unreachable",
        EventKind.RESOLVED,
        {"endpoint": "bkr1", "ended_at": at("03:26")},
        "✅ Node bkr1 reachable again 03:26, after 22 min",
    ),
    ("not_bootstrapped", EventKind.FIRING, {"endpoint": "bkr1#1"}, "🔴 Node bkr1#1 is not in sync since 03:04"),
    ("wrong_chain", EventKind.FIRING, {"endpoint": "bkr1#1"}, "🔴 Node bkr1#1 is on another chain than Tezos mainnet"),
    ("stale_head", EventKind.FIRING, {"head_age": 300}, "🔴 Tezos mainnet: no new block for 5 min"),
    (
        "node_behind",
        EventKind.FIRING,
        {"endpoint": "bkr1#1", "behind_by": 12},
        "🔴 Node bkr1#1 is 12 levels behind since 03:04",
    ),
    (
        "endpoints_disagree",
        EventKind.FIRING,
        {"first_level": 15267110},
        "🔴 Tezos mainnet: endpoints disagree at 15,267,110 since 03:04",
    ),
    (
        "low_peers",
        EventKind.FIRING,
        {"endpoint": "bkr1#1", "peers": 2, "minimum": 5},
        "🔴 Node bkr1#1 has 2 peers, wants 5",
    ),
    (
        "unreadable",
        EventKind.FIRING,
        {"first_level": 15267110},
        "🔴 Tezos mainnet: level 15,267,110 cannot be judged 03:04",
    ),
    ("reorganisation", EventKind.FIRING, {"levels": 2}, "🔴 Tezos mainnet: 2 finalised blocks replaced 03:04"),
    ("run_killed", EventKind.NOTICE, {"run": 812, "ran_seconds": 55}, "🔴 Monitor: run 812 was killed at 55 s"),
    ("config_invalid", EventKind.FIRING, {"errors": 3}, "🔴 delegates.json is invalid 03:04, 3 errors"),
    ("watch_list_changed", EventKind.NOTICE, {"added": ("carol",), "removed": ("bob",)}, "🔴 Watch list: +carol −bob"),
    (
        "coverage_gap",
        EventKind.COVERAGE_GAP,
        {"first_level": 9812001, "last_level": 9812340},
        "🔴 Tezos mainnet: levels 9,812,001–9,812,340 were not checked",
    ),
    ("monitor_gap", EventKind.MONITOR_GAP, {"gap_seconds": 2040}, "🔴 Monitor did not run 03:04–03:38 (34 min)"),
    (
        "node_behind",
        EventKind.FLAPPING,
        {"endpoint": "bkr1#1", "opens": 5},
        "🔴 Node bkr1#1: node behind comes and goes, 5 times within the hour",
    ),
    (
        "missed_baking",
        EventKind.ESCALATED,
        {"missed": 3, "of": 10},
        "🔴 alice still missing bakes since 03:04, 3 of 10 bakes so far",
    ),
    (
        "missed_baking",
        EventKind.RESOLVED,
        {"missed": 2, "ended_at": at("09:12")},
        "✅ alice baking again 09:12, 2 bakes missed since 03:04",
    ),
]


@pytest.mark.parametrize(("rule", "kind", "fields", "first"), WORDS, ids=[f"{row[0]} {row[1]}" for row in WORDS])
def test_first_lines(rule: str, kind: EventKind, fields: dict[str, Any], first: str) -> None:
    shown = text(event(kind, rule, **{"name": "alice", "opened_at": at("03:04"), **fields}))
    assert shown.split("\n")[0] == first


def test_long_news_is_cut_not_refused() -> None:
    told = event(EventKind.FIRING, "missed_attestation", **STOPPED, runbook="🔥 do this " * 2000)
    (message,) = messages(told, limits=Limits(units=500, events=10))
    assert len(message.text.encode("utf-16-le")) // 2 <= 500
    assert message.text.endswith("… #a1f3c2")
    assert message.text.startswith("🔴 alice: attestations stopped 03:04, 12 of 12 missed\n")


def test_the_identifier_comes_last() -> None:
    assert text(event(EventKind.FIRING, "missed_attestation", **STOPPED, identifier="mon-1")).endswith(
        "#a1f3c2 (mon-1)"
    )


def test_a_stored_payload_of_another_version_is_read() -> None:
    payload = Payload(name="alice", added=("carol",), late_by=3)
    assert Payload.from_value(json.loads(json.dumps(payload.to_value()))) == payload
    assert Payload.from_value({"name": "alice", "not yet known": 1}) == Payload(name="alice")
