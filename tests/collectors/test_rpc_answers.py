"""What a node's bytes become: a value or one of the errors of the tree, never anything else."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.answer import read
from collectors.errors import Lagging, NoAnswer, NodeError, Refused, SourceError, Unreadable
from collectors.rpc import RpcClient
from tests.collectors.raw_node import Asked, RawNode, client_for, reply, sends
from tests.recorded import recorded


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"[1, 2.5, null]", [1, 2.5, None]),
        (b' {"a": "\\u00e9"}\n', {"a": "é"}),
        ('"é"'.encode(), "é"),
        (b"12345678901234567890123", 12345678901234567890123),
    ],
)
def test_json_is_parsed(body: bytes, value: object) -> None:
    assert read(200, body) == value


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[1, 2",
        b"<html></html>",
        b"{} {}",
        b'"\xff"',
        b"[NaN]",
        b"[Infinity]",
        b"[-Infinity]",
        b"[1e999]",
        b"9" * 5_000,
        b"\xef\xbb\xbf[]",
        '["utf-16"]'.encode("utf-16"),
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_not_json_is_no_answer(body: bytes) -> None:
    with pytest.raises(NoAnswer, match="answer is not JSON"):
        read(200, body)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000])
def test_json_nested_too_deep_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable, match="nested too deep"):
        read(200, body)


@pytest.mark.parametrize(
    ("status", "body", "kind", "detail"),
    [
        (404, b"", Lagging, "HTTP 404 not found"),
        (410, b'[{"kind":"permanent","id":"x"}]', Unreadable, "HTTP 410 pruned"),
        (401, b"", Refused, "HTTP 401 refused"),
        (403, b"Forbidden", Refused, "HTTP 403 refused"),
        (400, b"Failed to parse", Refused, "HTTP 400 refused"),
        (408, b"", NoAnswer, "HTTP 408 unexpected"),
        (204, b"", NoAnswer, "HTTP 204 unexpected"),
        (307, b"", NoAnswer, "HTTP 307 redirect: configure the address it leads to"),
        (503, b"<html>", NoAnswer, "HTTP 503"),
        (500, b"[]", NoAnswer, "HTTP 500"),
        (500, b"{}", NoAnswer, "HTTP 500"),
        (500, b"[" * 100_000, NoAnswer, "HTTP 500"),
        (500, b'["text"]', NoAnswer, "HTTP 500"),
        (500, b'[{"id":"no.kind"}]', NoAnswer, "HTTP 500"),
        (500, b'[{"kind":["permanent"],"id":"x"}]', NoAnswer, "HTTP 500"),
        (500, b'[{"kind":"temporary","id":"x"}]', Lagging, "HTTP 500 temporary node error"),
        (500, b'[{"kind":"permanent","id":"x"},{"kind":"temporary"}]', Lagging, "HTTP 500 temporary node error"),
        (500, b'[{"kind":"permanent","id":"a.b"},{"kind":"branch","id":"c"}]', NodeError, "HTTP 500 a.b, c"),
        (502, b'[{"kind":"branch","id":"c"}]', NodeError, "HTTP 502 c"),
        (500, b'[{"kind":"permanent"}]', NodeError, "HTTP 500 ?"),
        (500, b'[{"kind":"permanent","id":"http://user:pw@host/ key"}]', NodeError, "HTTP 500 ?"),
        (500, b'[{"kind":"permanent","id":"path.s3cretkey.x"}]', NodeError, "HTTP 500 ?"),
        (999, b"", NoAnswer, "HTTP 999"),
    ],
)
def test_a_status_becomes_its_error(status: int, body: bytes, kind: type[SourceError], detail: str) -> None:
    with pytest.raises(SourceError) as raised:
        read(status, body, secrets=["s3cretkey"])
    assert (type(raised.value), str(raised.value), raised.value.status) == (kind, detail, status)


def test_recorded_error_lists_of_nodes_are_told_by_their_ids() -> None:
    ids: list[str] = []
    for name in ("tzgo/error_500_non_activated_feature_U025.json", "go_tezos_fixtures/error.json"):
        with pytest.raises(NodeError) as raised:
            read(500, recorded(f"tezos/{name}").read_bytes())
        ids += raised.value.ids
    assert ids == ["proto.025-PsUshuai.non_activated_feature", "proto.002-PsYLVpVv.context.storage_error"]
    for name in ("go_tezos_fixtures/malformed_error.json", "go_tezos_fixtures/empty_error.json"):
        with pytest.raises(NoAnswer):
            read(500, recorded(f"tezos/{name}").read_bytes())


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=8)


@given(st.integers(100, 999), st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_answer_is_a_value_or_an_error_of_the_tree(status: int, body: bytes) -> None:
    said = ""
    try:
        read(status, body)
    except SourceError as error:
        said = str(error)
    assert said.isprintable()
    assert said or status == 200


@given(
    st.lists(
        st.fixed_dictionaries(
            {}, optional={"kind": st.sampled_from(["permanent", "branch", "temporary", 3, None]), "id": st.text()}
        )
    )
)
def test_any_error_list_is_an_error_of_the_tree_in_one_short_line(entries: list[dict[str, object]]) -> None:
    with pytest.raises(SourceError) as raised:
        read(500, json.dumps(entries).encode())
    assert len(str(raised.value)) <= 240
    assert str(raised.value).isprintable()


class Scripted:
    """A node that answers with whatever bytes it was given last, then hangs up."""

    def __init__(self) -> None:
        self.data = b""

    def __call__(self, connection: object, asked: Asked) -> None:
        connection.sendall(self.data)  # type: ignore[attr-defined]
        raise OSError


def _answer(client: RpcClient) -> None:
    said = "127.0.0.1#1: "
    try:
        client.get("/x", tries=1)
    except SourceError as error:
        said = str(error)
    assert said.startswith("127.0.0.1#1: ")
    assert said.isprintable()


HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "Content-Length",
            "Transfer-Encoding",
            "Content-Encoding",
            "Connection",
            "Content-Type",
            "Set-Cookie",
            "Retry-After",
            "Location",
            "X-Odd",
            " ",
            "",
        ]
    ),
    st.sampled_from(
        [
            "0",
            "5",
            "-1",
            "99999999999",
            "chunked",
            "gzip",
            "deflate",
            "br, zstd",
            "close",
            "text/html; charset=ÿ",
            "application/json;;;=",
            "a=b; expires=never",
            "http://[",
            "soon",
            "",
        ]
    ),
    max_size=5,
)
BODIES = st.binary(max_size=60) | st.sampled_from(
    [b"[]", b"5\r\n[1,2]\r\n0\r\n\r\n", b"-1\r\n[]", b"zz\r\n", b"5;x\r\n[1,2", b"0\r\nT: 1\r\n\r\n", b"\x1f\x8b\x08"]
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    answers=st.lists(
        st.one_of(
            st.binary(max_size=120),
            st.builds(
                lambda status, headers, body: (
                    f"HTTP/1.1 {status} X\r\n".encode()
                    + "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("latin-1")
                    + b"\r\n"
                    + body
                ),
                st.sampled_from([100, 101, 200, 204, 206, 304, 404, 410, 500, 503, 599, 999, "OK", "-1"]),
                HEADERS,
                BODIES,
            ),
            st.builds(reply, st.integers(100, 599).filter(lambda status: status != 429), st.binary(max_size=60)),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_a_node_answering_any_bytes_raises_nothing_but_the_errors_of_the_tree(answers: list[bytes]) -> None:
    script = Scripted()
    with RawNode(script) as node, client_for(node.url, timeout=1.0) as client:
        for data in answers:
            script.data = data
            _answer(client)


def test_a_temporary_node_error_tells_its_ids() -> None:
    body = b'[{"kind":"temporary","id":"proto.025-PsUshuai.delegate.not_registered","pkh":"tz1"}]'
    with RawNode(sends(reply(500, body))) as node, client_for(node.url) as client:
        with pytest.raises(Lagging) as raised:
            client.get("/x", tries=1)
        assert raised.value.ids == ("proto.025-PsUshuai.delegate.not_registered",)
        assert len(node.asked) == 1
