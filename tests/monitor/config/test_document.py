from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.delegates_file import NotPlain, plain_value
from monitor.config.document import DEEPEST, path_text, read_document

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)
SCRAPS = st.lists(
    st.sampled_from([*"{}[]:,\"'\\/*#-+.eE012 \n\ttrufalsn“”\x00\xa0", '"a"', "true", "//", "*/", '"a":', '{"a":1}']),
    max_size=25,
).map("".join)


def slips(text: str) -> list[str]:
    return [f"{slip.line}: {slip.text}" for slip in read_document(text).slips]


@given(VALUES, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_json_is_read_as_the_json_module_reads_it(value: Any, indent: int | str | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    document = read_document(text)
    assert document.value == value
    assert document.slips == ()
    assert plain_value(text) == value


@settings(max_examples=1500)
@given(SCRAPS)
def test_both_readers_agree_on_what_is_json(text: str) -> None:
    document = read_document(text)
    try:
        value = plain_value(text)
    except NotPlain:
        assert document.slips
    else:
        assert document.slips == ()
        assert document.value == value


@given(st.text())
def test_any_text_is_read_without_an_exception(text: str) -> None:
    document = read_document(text)
    assert all(slip.line >= 1 and slip.text and slip.fix for slip in document.slips)


def test_every_value_has_its_line() -> None:
    document = read_document('{\n"tezos": [\n{"address": "a",\n "name": "b"},\n{}\n]}')
    assert document.line(("tezos",)) == 2
    assert document.line(("tezos", 0, "name")) == 4
    assert document.line(("tezos", 1)) == 5
    assert document.line(("tezos", 1, "absent")) == 5


def test_a_path_reads_like_code() -> None:
    assert path_text(("tezos", 1, "alerts", "baking")) == "tezos[1].alerts.baking"
    assert path_text((0, "address")) == "[0].address"


@pytest.mark.parametrize(
    ("text", "said", "meant"),
    [
        ("[1, // one\n2]", ["1: comments are not allowed in JSON"], [1, 2]),
        ("# top\n[1]", ["1: comments are not allowed in JSON"], [1]),
        ("[1 /* a\nb */, 2,\n]", ["1: comments are not allowed in JSON", "2: a comma before ]"], [1, 2]),
        ("[1,,2]", ["1: a comma too many"], [1, 2]),
        ('{"a": 1\n"b": 2}', ['1: a comma is missing before "b"'], {"a": 1, "b": 2}),
        ("{'a': 'b'}", ["1: single quotes", "1: single quotes"], {"a": "b"}),
        ("[“a”]", ["1: typographic quotes"], ["a"]),
        ("{a: 1}", ["1: the key a has no quotes"], {"a": 1}),
        ("[True, None]", ["1: True is not JSON", "1: None is not JSON"], [True, None]),
        ("[tz1abc]", ["1: tz1abc is neither a number nor a text in quotes"], ["tz1abc"]),
        ('{"a": 1,\n"a": 2}', ["2: is written twice (first in line 1)"], {"a": 2}),
        ('{"a": "b,\n"c": 1}', ["1: the closing quote is missing"], {"a": "b", "c": 1}),
        ('["a\tb"]', ["1: a tab or control character inside a text"], ["a b"]),
        ('["a\\qb"]', ["1: a backslash that means nothing in JSON"], ["a\\qb"]),
        ('{"a" 1}', ["1: a colon is missing after the key"], {"a": 1}),
        ('{"a"}', ["1: has no value"], {"a": None}),
        ('{"a":}', ["1: a value is missing before }"], {"a": None}),
        ("{: 1}", ["1: a key is missing"], {}),
        ('[{"a": 1]', ["1: the { of line 1 is never closed"], [{"a": 1}]),
        ("[1,\n2", ["2: the [ of line 1 is never closed"], [1, 2]),
        ('{"a": 1]', ["1: ] where } was due"], {"a": 1}),
        ("[1] [2]", ["1: [ stands after the end"], [1]),
        ("[1,\xa02]", ["1: a space that is not a plain one (U+00A0)"], [1, 2]),
        ("  \n", ["2: the file is empty"], None),
    ],
)
def test_a_slip_is_named_and_the_rest_still_read(text: str, said: list[str], meant: Any) -> None:
    assert slips(text) == said
    assert read_document(text).value == meant


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_document("\ufeff[1]").slips == ()
    assert plain_value("\ufeff[1]") == [1]


def test_a_bottomless_document_ends() -> None:
    assert slips("[" * 100_000) == [f"1: nested more than {DEEPEST} levels deep"]


def test_a_file_that_is_no_json_at_all_is_not_told_line_by_line() -> None:
    said = slips("/**/" * 5000)
    assert len(said) < 50
    assert "more of the kind" in said[-1]
