"""Reading in tests: what a format module reads, document by document."""

from __future__ import annotations

from collections.abc import Iterator

from nerconv.document import Item
from nerconv.formats import Format
from nerconv.io.sources import Source
from nerconv.options import ReadOptions
from nerconv.views import gathered, opened


def read_as(format: Format, source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yield what ``format`` reads of ``source``, batches as documents, each followed by its findings."""
    return opened(gathered(format.read(source, options), source.name))
