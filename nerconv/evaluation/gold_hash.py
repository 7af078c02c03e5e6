"""What identifies a gold, so that scores are compared on the same one: a hash over its texts and spans.

>>> from nerconv.document import Document, Span
>>> from nerconv.evaluation.annotated import of_documents
>>> gold = GoldHash()
>>> gold.add(of_documents([Document("a", "Ann left", (Span(0, 3, "PER"),))]))
>>> gold.digits == sha256(repr(("Ann left", [(0, 3, "PER")])).encode()).hexdigest()[:16]
True
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, Final, NamedTuple

import numpy as np

from nerconv.evaluation.annotated import Annotated
from nerconv.tables import Numbers

#: So many code points or spans are hashed at once.
_PIECE: Final = 1 << 16
_SINGLE, _DOUBLE = "'", '"'


class _Spans(NamedTuple):
    """Spans of the document that is hashed: arrays of the smallest type that holds them."""

    starts: Numbers
    sizes: Numbers
    label_ids: Numbers
    labels: tuple[str, ...]


class GoldHash:
    """A hash of ``repr((text, spans))`` of each document, which is made piece by piece.

    A text with single quotes and no double one is shown between double quotes. Of a document whose end is not known
    both are made, until there is a double quote in it.
    """

    def __init__(self) -> None:
        self._digest: Any = sha256()
        self._by_quote: dict[str, Any] = {}
        self._quoted = False
        self._spans: list[_Spans] = []

    @property
    def digits(self) -> str:
        """16 hexadecimal digits."""
        found: str = self._digest.hexdigest()[:16]
        return found

    def add(self, gold: Annotated) -> None:
        """Hash the documents of a block."""
        last = len(gold.ids) - 1
        firsts = np.searchsorted(gold.owners, np.arange(last + 2)).tolist()
        begins = gold.document_begins.tolist()
        for number in range(last + 1):
            closes = number < last or not gold.goes_on
            text = gold.text_of(number)
            if number or not gold.before.points:
                self._open([_quote_of(text)] if closes else [_SINGLE, _DOUBLE])
            self._add_text(text)
            some = slice(firsts[number], firsts[number + 1])
            starts, ends = (edges[some] - begins[number] for edges in (gold.starts, gold.ends))
            self._spans.append(_Spans(_small(starts), _small(ends - starts), _small(gold.label_ids[some]), gold.labels))
            if closes:
                self._close()

    def _open(self, quotes: Sequence[str]) -> None:
        self._by_quote = {quote: self._digest.copy() for quote in quotes}
        self._quoted, self._spans = False, []
        for quote, digest in self._by_quote.items():
            digest.update(f"({quote}".encode())

    def _add_text(self, text: str) -> None:
        self._quoted |= _SINGLE in text
        if _DOUBLE in text:
            self._by_quote.pop(_DOUBLE, None)
        for quote, digest in self._by_quote.items():
            # A quote behind each piece makes all of them choose, and escape, the same.
            other, others = ("'", 1) if quote == _DOUBLE else ("'\"", 3)
            for at in range(0, len(text), _PIECE):
                piece = repr(text[at : at + _PIECE] + other)[1 : -1 - others]
                digest.update(piece.encode("utf-8", "surrogatepass"))

    def _close(self) -> None:
        quote = _DOUBLE if _DOUBLE in self._by_quote and (self._quoted or len(self._by_quote) == 1) else _SINGLE
        self._digest = self._by_quote[quote]
        self._digest.update(f"{quote}, [".encode())
        for number, shown in enumerate(_listed(self._spans)):
            self._digest.update(f"{', ' * bool(number)}{shown}".encode())
        self._digest.update(b"])")


def _quote_of(text: str) -> str:
    return _DOUBLE if _SINGLE in text and _DOUBLE not in text else _SINGLE


def _small(numbers: Numbers) -> Numbers:
    """Return ``numbers``, which are not negative, in the smallest type that holds them."""
    return numbers.astype(np.min_scalar_type(int(numbers.max(initial=0))))


def _listed(spans: Sequence[_Spans]) -> Iterator[str]:
    """Yield spans as in the ``repr`` of a list, some at a time."""
    for starts, sizes, label_ids, labels in spans:
        for at in range(0, len(starts), _PIECE):
            some = slice(at, at + _PIECE)
            begins, names = starts[some].astype(np.int64), map(labels.__getitem__, label_ids[some].tolist())
            rows = zip(begins.tolist(), (begins + sizes[some]).tolist(), names, strict=True)
            yield repr(list(rows))[1:-1]
