"""Natural spacing for tokenised text: ``Rafsanjani 's ( C )`` becomes ``Rafsanjani's (C)``, offsets exact.

The taggers that print bracket text split English punctuation and clitics off with spaces. Which spaces they
added cannot be known for certain; these rules are those of the Penn Treebank tokenisation (Marcus et al. 1993)
read backwards. Each space taken out becomes a join, so that the tokens stay what they were.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from nerconv.document import Document, Origin

_END = r"(?=[ \t\n]|\Z)"
#: A space before a token that hangs on the one before: closing punctuation, a clitic.
_BEFORE = rf"(?<=[^ \t\n]) (?=(?:[.,;:?!]+|[)\]}}%…”’]|''|['’](?:s|d|m|ll|re|ve)|n['’]t){_END})"
#: A space after a token that hangs on the next: opening punctuation, a currency sign.
_AFTER = r"(?:(?<=[ \t\n][(\[{“‘$£€])|(?<=\A[(\[{“‘$£€])|(?<=[ \t\n]``)|(?<=\A``)) (?=[^ \t\n])"
#: White space at the end of a line.
_TAIL = r"[ \t]+(?=\n|\Z)"

_SPACES = re.compile(f"{_TAIL}|{_BEFORE}|{_AFTER}", re.IGNORECASE)
_QUOTE = re.compile(rf"(?<![^ \t\n])\"{_END}")


def detokenize(document: Document) -> Document:
    """Return ``document`` with the spaces taken out that tokenisation put in, every offset moved along."""
    text = document.text
    gone = sorted({at for start, end in _extents(text) for at in range(start, end)})
    if not gone:
        return document
    kept, done = [], 0
    for at in gone:
        kept.append(text[done:at])
        done = at + 1

    def moved(offset: int) -> int:
        return offset - bisect_left(gone, offset)

    joins = {moved(at) for at in gone if at + 1 < len(text) and text[at + 1] != "\n" and text[at] == " "}
    return replace(
        document,
        text="".join(kept) + text[done:],
        spans=tuple(replace(span, start=moved(span.start), end=moved(span.end)) for span in document.spans),
        sentences=tuple((moved(start), moved(end)) for start, end in document.sentences),
        marks=tuple(mark._replace(offset=moved(mark.offset)) for mark in document.marks),
        joins=tuple(sorted(joins.union(map(moved, document.joins)))),
        origin=document.origin and _moved(document.origin, gone),
    )


def _extents(text: str) -> Iterator[tuple[int, int]]:
    for match in _SPACES.finditer(text):
        yield match.span()
    start = 0
    for line in text.split("\n"):
        quotes = list(_QUOTE.finditer(line))
        # Straight quotes open and close in turn; an odd one out makes the whole line a guess.
        for number, quote in enumerate(quotes if len(quotes) % 2 == 0 else ()):
            at = quote.end() if number % 2 == 0 else quote.start() - 1
            if 0 <= at < len(line) and line[at] == " ":
                yield start + at, start + at + 1
        start += len(line) + 1


def _moved(origin: Origin, gone: list[int]) -> Origin:
    anchors = [
        (offset - bisect_left(gone, offset), line, column)
        for offset, line, column in zip(origin.offsets, origin.lines, origin.columns, strict=True)
    ]
    anchors += [(at - number, *origin.locate(at + 1)[1:]) for number, at in enumerate(gone)]
    offsets, lines, columns = zip(*sorted(anchors), strict=True)
    return Origin(origin.path, offsets, lines, columns)
