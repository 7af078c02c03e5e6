"""Where column files are cut, found from the end or by search, against a look at each line."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nerconv.formats import conll_cuts, rows
from nerconv.formats.conll_cuts import begins_document, documents_between, last_sentence, markers

LINES = st.sampled_from(
    ["a O", "", "", " ", "\t", "-DOCSTART- O", " -DOCSTART-", "-DOCSTART-x O", "b -DOCSTART-", "c\tO"]
)
TEXTS = st.lists(LINES, max_size=12).map("\n".join) | st.lists(LINES, max_size=12).map("".join)


@given(TEXTS, st.integers(1, 9))
def test_cuts_are_where_lines_say(text: str, tail: int) -> None:
    raw = text.encode()
    lines = text.split("\n")
    begins = [len("\n".join(lines[:number])) + (number > 0) for number in range(len(lines))]
    starting = re.compile(r" *-DOCSTART-(?:[ \t].*)?")
    is_marker = [starting.fullmatch(line) is not None and rows.is_marker(line) for line in lines]
    assert markers(raw) == [begin for begin, found in zip(begins, is_marker, strict=True) if found]
    assert begins_document(raw) == is_marker[0]
    groups, within = 0, False
    for line, found in zip(lines, is_marker, strict=True):
        content = not found and bool(line.strip(" \t"))
        groups += content and not within
        within = not found and (within or content)
    assert documents_between(raw) == groups
    inner = raw[: len(raw.rstrip(b" \t\n"))]
    ends = [match.end() for match in re.finditer(rb"\n(?:[ \t]*\n)+", inner)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conll_cuts, "_TAIL", tail)
        assert last_sentence(raw) == max(ends, default=0)
