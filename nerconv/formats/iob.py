"""A sentence a line, its tokens with their tags: ``Nora|NNP|B-PER left|VBD|O``, as ``spacy convert`` takes ``.iob``.

Tokens are set apart by spaces and tabs. Behind the last ``|`` of a token stands its tag; columns between that and the
token, as many as most tokens have, are not read. A file is one document.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from nerconv.document import Finding, Where
from nerconv.formats.beginnings import beginning
from nerconv.formats.keeps import Keeps
from nerconv.formats.known import FORMATS
from nerconv.formats.shapes import shown
from nerconv.formats.tagged_chunks import Lines, TaggedFormat, Tags
from nerconv.formats.tagged_sentences import TaggedDocument, TaggedSentence
from nerconv.io import chunks
from nerconv.io.chunks import Cuts
from nerconv.io.sources import Source, Unreadable
from nerconv.options import ReadOptions

if TYPE_CHECKING:
    from nerconv.views import Read

NAME: Final = "iob"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "document"
KEEPS: Final = Keeps(
    text=False,
    nesting=False,
    crossing=False,
    marks=False,
    joins=False,
    ids=False,
    meta=False,
    blank=False,
    any_text=False,
    provenance=False,
    flags=False,
    unlabelled=False,
)
_TOKEN: Final = re.compile(r"[^ \t]+")


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return that each token of the first lines, several on one of them, ends in ``|`` and a tag."""
    return beginning(head, NAME)


def read(source: Source, options: ReadOptions) -> Iterator[Read]:
    """Yield Facts, then the document with what is wrong with it. Raises Unreadable where no token has a tag."""
    return chunks.read(SURVEYOR, source, options)


def _lines(lines: Lines, name: str) -> list[tuple[int, str]]:
    """Return the lines that are not blank."""
    return [(number, line) for number, line in lines if line.strip()]


def _tags(chunks: Iterable[list[tuple[int, str]]], name: str, options: ReadOptions) -> Tags:
    """Return how many columns stand behind most tokens. Raises Unreadable where there are none."""
    widths = Counter(token.count("|") for lines in chunks for _, line in lines for token in _TOKEN.findall(line))
    usual = next((width for width, _ in widths.most_common() if width), 0)
    if widths and not usual:
        raise Unreadable(f"{name}: no token has a tag behind |; name its format with --from")
    return Tags(usual, {"columns": f"{usual + 1:,}"})


def _tagged(lines: Sequence[tuple[int, str]], usual: int, name: str) -> list[TaggedDocument]:
    """Return the sentences of lines, as the one document that they are of."""
    return [TaggedDocument("", [_sentence(*each, usual, name) for each in lines])] if lines else []


def _sentence(number: int, line: str, usual: int, name: str) -> TaggedSentence:
    """Return the sentence on a line, with a fault for each token without a tag."""
    found = TaggedSentence()
    for cell in _TOKEN.finditer(line):
        token, *others = cell[0].rsplit("|", usual)
        place = (number, cell.start() + 1)
        if len(others) < usual or not token:
            message = f"columns between | in this token: {cell[0].count('|') + 1:,}, in most: {usual + 1:,}"
            why = f"{message} ({shown(cell[0])}); its sentence is left out"
            found.faults.append(Finding("F011", why, Where(name, *place)))
            token, others = cell[0], [cell[0].rpartition("|")[2] if "|" in cell[0] else "O"]
        found.tokens.append(token)
        found.tags.append(others[-1])
        found.places.append(place)
        found.spaces.append(True)
    return found


def _nowhere(raw: bytes) -> int:
    """Return 0: one document is all of a file."""
    return 0


def _last_line(raw: bytes) -> int:
    """Return where the last line of ``raw`` begins."""
    return raw.rfind(b"\n") + 1


def _never(raw: bytes) -> bool:
    """Return False: nothing says that a document begins."""
    return False


SURVEYOR: Final = TaggedFormat(NAME, Cuts(_nowhere, _last_line, _never), _lines, _tags, _tagged)
