"""What is this? Counts over sources of any format: documents, sentences, tokens, spans, marks, findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from nerconv import formats
from nerconv.document import Facts, Finding
from nerconv.io.sources import Source
from nerconv.options import ReadOptions

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.views import Read


@dataclass(slots=True)
class Inspection:
    """What was found in some sources. ``nested`` counts the spans that share text with one before them.

    ``facts`` say how each was read, ``findings`` what its reader noticed; ``labels`` counts spans, ``marks`` by kind;
    documents, sentences, tokens and characters are numbers.

    >>> import nerconv
    >>> found = nerconv.inspect(nerconv.read(text="[PER Ann  ] left . \\n"))
    >>> found.sentences, found.labels, found.as_json()["spans"]
    (1, Counter({'PER': 1}), 1)
    """

    facts: list[Facts] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    documents: int = 0
    sentences: int = 0
    tokens: int = 0
    characters: int = 0
    nested: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)

    def add(self, batch: Batch) -> None:
        """Count the documents of ``batch`` in."""
        import numpy as np

        self.documents += len(batch.documents)
        self.sentences += len(batch.covering[0])
        self.tokens += len(batch.tokens.starts)
        self.characters += int(np.diff(batch.points(batch.bounds)).sum())
        self.labels.update(batch.counts())
        self.marks.update(mark.kind for mark in batch.marks)
        # Documents share no text, so that a span of another one reaches into none.
        self.nested += int((batch.starts[1:] < np.maximum.accumulate(batch.ends)[:-1]).sum())

    def as_json(self) -> dict[str, Any]:
        """Return everything as dictionaries and lists, keys sorted, for ``--format json``; version 1 of its shape."""
        return {
            "version": 1,
            "sources": [{"path": f.path, "format": f.format, **f.values} for f in self.facts],
            "documents": self.documents,
            "sentences": self.sentences,
            "tokens": self.tokens,
            "characters": self.characters,
            "spans": self.labels.total(),
            "labels": dict(sorted(self.labels.items())),
            "nested": self.nested,
            "marks": dict(sorted(self.marks.items())),
            "findings": dict(sorted(Counter(f.code for f in self.findings).items())),
        }


def inspect(sources: Iterable[Source], options: ReadOptions, progress: Callable[[Source], None]) -> Inspection:
    """Read ``sources`` and return what they hold. What cannot be read is an F014 finding.

    Large documents are read in parts, each of which is gone before the next one is read.
    """
    inspection = Inspection()
    for source in sources:
        progress(source)
        for part in formats.read_parts(source, options):
            # What goes on with a document is none of its own.
            inspection.documents -= part.continues
            _count(inspection, part.item)
    return inspection


def _count(inspection: Inspection, item: Read) -> None:
    if isinstance(item, Finding):
        inspection.findings.append(item)
    elif isinstance(item, Facts):
        inspection.facts.append(item)
    else:
        inspection.findings += chain.from_iterable(found for _, found in sorted(item.findings.items()))
        inspection.add(item.batch)
