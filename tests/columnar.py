"""Ordinary text with all that separates tokens, sentences and documents, for the tests of columns."""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

from nerconv.batch import Batch
from nerconv.bracket.dialect import Detection
from nerconv.bracket.lines import Grammar
from nerconv.bracket.reader import read
from nerconv.tables import Extent

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
    "eightfold ",
    "antidisestablishment ",
    "\r",
    "\u00a0",
    '\\"',
    "[PER x  ]",
    " [LOC é y  ] ",
    " [LOC ORG  y  ]\n",
    "[LOC y]'s ",
    "[ORG é z ] ",
    "succeed[ing ] ",
    "([PER q  ]) ",
    "的[LOC 京]",
    "“[ORG r]” ",
    "[LOC b  ] [LOC b  ] ",
    "[MISC-2.x_y z\u2028  ] ",
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Text in which most lines are ordinary."""
    return "".join(draw(st.lists(st.sampled_from(_PIECES), max_size=24)))


#: Lines that are read exactly: nested and crooked annotations, tags, references, other spaces that close.
_OTHERS = (
    "[ORG [LOC Rome  ] Office  ] . \n",
    "é [PER [PER x  ]  ] [LOC a [ORG b  ] é [PER c  ]  ]\n",
    "<p id='a'>[PER &amp;é  ]<b>\n",
    "x<b>y</b> [LOC z  ]'s\n",
    "<!-- nerconv: ignore -->\n",
    " <br> \n",
    "[PER open\n",
)


_PARTS = texts() | st.sampled_from(_OTHERS)


@st.composite
def columns(draw: st.DrawFn, pieces: st.SearchStrategy[str] = _PARTS) -> Batch:
    """Batch of mostly ordinary text, cut into documents of some lines each, some of them left out."""
    raw = "".join(draw(st.lists(pieces, max_size=4))).encode()
    documents, at = [], 0
    lines = raw.split(b"\n")
    while lines:
        count = draw(st.integers(1, 3))
        piece, lines = b"\n".join(lines[:count]), lines[count:]
        if draw(st.integers(0, 4)) or not lines:
            documents.append(Extent(f"d{at}", at, at + len(piece)))
        at += len(piece) + 1
    dialect = draw(st.sampled_from(["illinois", "illinois", "mixed", "compact", "spaced"]))
    grammar = Grammar("a.txt", draw(st.booleans()), None, Detection(dialect, "", {}))
    found = read(raw, grammar, draw(st.integers(1, 9)), documents)
    # Text with carriage returns before line feeds is no matter of columns.
    assume(found is not None)
    assert found is not None
    return found.batch
