"""How many documents a model was asked about, for who waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from nerconv.document import Document

#: Is called with the number of documents that a model was asked about, and with that of all.
Asked = Callable[[int, int], None]


def counted(documents: Sequence[Document], asked: Asked | None) -> Iterable[Document]:
    """Return ``documents``; ``asked`` is called as a model takes each of them.

    >>> list(counted([Document("a", "Rain fell .")], print))
    0 1
    [Document(id='a', text='Rain fell .', spans=(), sentences=(), marks=(), joins=(), meta={}, origin=None)]
    """
    if asked is None:
        return documents

    def taken() -> Iterable[Document]:
        """Yield the documents."""
        for number, document in enumerate(documents):
            asked(number, len(documents))
            yield document

    return taken()
