from __future__ import annotations

import sys

import pytest

from collectors.bittensor.codec import open_runtime
from collectors.bittensor.library import LibraryMissing, attempt, missing
from collectors.errors import Unreadable


class PanicException(BaseException):
    """As the decoder's Rust code would raise it."""


def raises(error: BaseException) -> None:
    raise error


def test_without_the_decoder_one_line_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bittensor_core", None)
    line = "bittensor-core cannot be imported: pip install -r requirements-bittensor.txt"

    assert missing() == line
    with pytest.raises(LibraryMissing) as caught:
        open_runtime(b"meta\x0f\x00")
    assert str(caught.value) == line


def test_with_the_decoder_nothing_is_missing() -> None:
    assert missing() is None


@pytest.mark.parametrize("error", [ValueError("0xsecret"), KeyError("x"), OverflowError(), PanicException("x")])
def test_what_the_decoder_raises_is_told_with_words_of_our_own(error: BaseException) -> None:
    with pytest.raises(Unreadable) as caught:
        attempt("not readable", raises, error)

    assert (str(caught.value), caught.value.__context__) == ("not readable", None)


def test_an_interrupt_goes_through() -> None:
    with pytest.raises(KeyboardInterrupt):
        attempt("not readable", raises, KeyboardInterrupt())
