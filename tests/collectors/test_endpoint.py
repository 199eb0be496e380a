from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.endpoint import Endpoint, EndpointError, parse_endpoints


def test_entries_keep_their_order_and_are_numbered_from_one() -> None:
    endpoints = parse_endpoints("https://a.example,own=http://bkr1:8732, public=https://b.example/key/", "RPC_URL")
    assert [(endpoint.label, endpoint.kind, endpoint.url) for endpoint in endpoints] == [
        ("a.example#1", None, "https://a.example"),
        ("bkr1#2", "own", "http://bkr1:8732"),
        ("b.example#3", "public", "https://b.example/key/"),
    ]


def test_blank_entries_are_passed_over_and_not_counted() -> None:
    assert [endpoint.label for endpoint in parse_endpoints(" https://a,, http://b ,", "RPC_URL")] == ["a#1", "b#2"]


def test_an_equals_sign_inside_an_address_is_no_mark() -> None:
    (endpoint,) = parse_endpoints("https://user:p=w@host.example/v1?apikey=abc=", "RPC_URL")
    assert endpoint.kind is None
    assert endpoint.label == "host.example#1"


def test_ipv6_and_upper_case_hosts_are_labelled() -> None:
    assert [endpoint.label for endpoint in parse_endpoints("http://[::1]:8732, HTTPS://RPC.Example", "RPC_URL")] == [
        "::1#1",
        "rpc.example#2",
    ]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("", "RPC_URL is empty"),
        (" , ", "RPC_URL is empty"),
        ("https://a, localhost:8732", "RPC_URL entry 2 is not an address: write http://host:port"),
        ("ftp://topsecret@a", "RPC_URL entry 1 is not an address"),
        ("https:/topsecret", "RPC_URL entry 1 is not an address"),
        ("https://", "RPC_URL entry 1 has no usable host"),
        ("https://:topsecret@/", "RPC_URL entry 1 has no usable host"),
        ("https://ho<st/topsecret", "RPC_URL entry 1 has no usable host"),
        ("https://a..b/topsecret", "RPC_URL entry 1"),
        ("http://a:topsecret/", "RPC_URL entry 1 is not an address"),
        ("http://a:0/topsecret", "RPC_URL entry 1 has port 0"),
        ("http://a:99999/topsecret", "RPC_URL entry 1 is not an address"),
        ("https://a/top secret", "RPC_URL entry 1 contains a space"),
        ("https://a/topsecret\tx", "RPC_URL entry 1 contains a space"),
        ("https://topsecret#x@a", "RPC_URL entry 1"),
        ("https://a/#topsecret", "RPC_URL entry 1 contains #: write it as %23"),
        ("mine=https://topsecret@a", "RPC_URL entry 1: only own= or public= may stand before the address"),
        ("https://topsecret@a, own=https://topsecret@a/", "RPC_URL entry 2 repeats a#1"),
    ],
)
def test_a_wrong_entry_is_named_with_its_fix_and_without_the_address(value: str, problem: str) -> None:
    with pytest.raises(EndpointError) as raised:
        parse_endpoints(value, "RPC_URL")
    assert problem in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "topsecret" not in repr(raised.value)


def test_an_endpoint_never_shows_its_url() -> None:
    (endpoint,) = parse_endpoints("https://user:topsecret@a/topsecret?k=topsecret", "RPC_URL")
    assert "topsecret" not in f"{endpoint} {endpoint!r}"


@given(st.text(alphabet="htps:/=,own@#?[]%.\x00 é日12", max_size=40))
def test_any_text_gives_endpoints_or_one_line_that_says_why(value: str) -> None:
    said = "RPC_URL"
    endpoints: tuple[Endpoint, ...] = ()
    try:
        endpoints = parse_endpoints(value, "RPC_URL")
    except EndpointError as error:
        said = str(error)
    assert said.startswith("RPC_URL")
    assert "\n" not in said
    assert [endpoint.label.rpartition("#")[2] for endpoint in endpoints] == [
        str(ordinal) for ordinal in range(1, len(endpoints) + 1)
    ]


def test_bytes_that_are_no_text_are_refused_without_being_shown() -> None:
    with pytest.raises(EndpointError, match=r"^RPC_URL entry 1 has bytes that are no text: write them as %…$"):
        parse_endpoints("http://user:\udcffsecret@node", "RPC_URL")
