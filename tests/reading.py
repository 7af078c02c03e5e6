"""Reading in tests: what a format module reads, document by document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO

from nerconv.batch import Batch
from nerconv.document import Document, Finding, Item
from nerconv.formats import Format
from nerconv.io.chunks import Doing, Survey
from nerconv.io.sources import Source
from nerconv.options import ReadOptions
from nerconv.views import Reading, gathered, opened


def read_as(format: Format, source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yield what ``format`` reads of ``source``, batches as documents, each followed by its findings."""
    return opened(gathered(format.read(source, options), source.name))


def held(known: Survey, file: BytesIO, most: int, doing: Doing) -> Iterator[Document | Finding]:
    """Yield what is read of a file chunk by chunk, documents each followed by its findings."""
    for chunk in known.chunks(file, most, doing):
        for part in known.read(chunk):
            yield from (part,) if isinstance(part, Finding) else part.views()


def in_batches(documents: Iterable[Document]) -> list[Batch]:
    """Return ``documents`` as batches of some of them."""
    return [found.batch for found in gathered(documents, "") if isinstance(found, Reading)]
