"""Ordinary text with all that separates tokens, sentences and documents, for the tests of columns."""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

from nerconv.columns import Columns, Extent
from nerconv.ordinary import read

_PIECES = (
    " ",
    "  ",
    "\n",
    "\n\n",
    "\t",
    "a",
    "bé",
    "😀 ",
    "ORG ",
    "\r",
    "\u00a0",
    '\\"',
    "[PER x  ]",
    " [LOC é y  ] ",
    " [LOC ORG  y  ]\n",
    "[LOC b  ] [LOC b  ] ",
    "[MISC-2.x_y z\u2028  ] ",
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Text in which most lines are ordinary."""
    return "".join(draw(st.lists(st.sampled_from(_PIECES), max_size=24)))


@st.composite
def columns(draw: st.DrawFn) -> Columns:
    """Columns of ordinary text, cut into documents of some lines each, some of them left out."""
    raw = draw(texts()).encode()
    documents, at = [], 0
    lines = raw.split(b"\n")
    while lines:
        count = draw(st.integers(1, 3))
        piece, lines = b"\n".join(lines[:count]), lines[count:]
        if draw(st.integers(0, 4)) or not lines:
            documents.append(Extent(f"d{at}", at, at + len(piece)))
        at += len(piece) + 1
    found = read(raw, "a.txt", draw(st.integers(1, 9)), False, documents)
    # Carriage returns before line feeds are not ordinary.
    assume(found is not None)
    assert found is not None
    return found
