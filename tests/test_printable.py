"""Text of others, as it is printed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nerconv.printable import file_name, one_line

ESCAPED = [
    ("\x1b[31mred", r"\x1b[31mred"),
    ("two\nlines\r", r"two\nlines\r"),
    ("\x9b2J", r"\x9b2J"),
    ("a\u202eb\u2066c\u2069", r"a\u202eb\u2066c\u2069"),
    ("::set-output name=x::y", r"\x3a:set-output name=x::y"),
    ("  ::error::x", r"  \x3a:error::x"),
    ("a ::error::x", "a ::error::x"),
    ("a ##[set-output name=x]y", r"a \x23#[set-output name=x]y"),
    ("##vso[task.x]", r"\x23#vso[task.x]"),
    ("b\udcff.txt", r"b\xff.txt"),
    ("\ud800", r"\ud800"),
    ("tab\tand Ünïcode 👩‍👩‍👧 עברית", "tab\tand Ünïcode 👩‍👩‍👧 עברית"),
]


@pytest.mark.parametrize(("text", "shown"), ESCAPED)
def test_what_a_terminal_or_a_log_would_act_on_is_escaped(text: str, shown: str) -> None:
    assert one_line(text) == shown


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_nothing_printed_moves_the_cursor_or_begins_a_command(text: str) -> None:
    shown = one_line(text)
    shown.encode()
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") and c != "\t"]
    assert not [c for c in shown if unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI")]
    assert not shown.lstrip().startswith("::") and "##[" not in shown


@pytest.mark.parametrize(("raw", "shown"), [(b"b\xff.txt", r"b\xff.txt"), ("é.txt".encode(), "é.txt")])
def test_a_file_name_can_always_be_written(raw: bytes, shown: str) -> None:
    assert file_name(raw.decode("utf-8", "surrogateescape")) == shown
