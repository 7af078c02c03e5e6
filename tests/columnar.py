"""Batches of bracket text with all that separates tokens, sentences and documents."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import assume
from hypothesis import strategies as st

from nerconv.batch import Batch
from nerconv.bracket.dialect import DialectDetection
from nerconv.bracket.reader import read
from nerconv.bracket.scan import find
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
    found = batch_of_text(raw, documents, draw(st.integers(1, 9)), dialect, draw(st.booleans()))
    # Carriage returns before line feeds are in batches of any documents (``strategies.documents``).
    assume(b"\r\n" not in found.text)
    return found


def batch_of_text(
    raw: bytes,
    documents: Sequence[Extent] = (),
    first: int = 1,
    dialect: str = "illinois",
    marked_up: bool = False,
) -> Batch:
    """Return bracket text as a batch of ``documents``, all of it as one where there are none given."""
    found = documents or [Extent("a", 0, len(raw))]
    return read(find(raw, marked_up, first), "a.txt", DialectDetection(dialect, "", {}), found).batch
