"""What is this? Counts over sources of any format: documents, sentences, tokens, spans, marks, findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from nerconv import formats, tokens
from nerconv.document import Document, Facts, Finding
from nerconv.files import Source
from nerconv.options import ReadOptions


@dataclass(slots=True)
class Inspection:
    """What was found in some sources. ``nested`` counts the spans that share text with one before them."""

    facts: list[Facts] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    documents: int = 0
    sentences: int = 0
    tokens: int = 0
    characters: int = 0
    nested: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)

    def add(self, document: Document) -> None:
        """Count ``document`` in."""
        self.documents += 1
        self.sentences += len(tokens.sentences(document))
        self.tokens += tokens.count(document)
        self.characters += len(document.text)
        self.labels.update(span.label for span in document.spans)
        self.marks.update(mark.kind for mark in document.marks)
        reached = 0
        for span in document.spans:
            self.nested += span.start < reached
            reached = max(reached, span.end)

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain values, keys sorted, for ``--format json``; version 1 of its shape."""
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
    """Read ``sources`` and return what they hold. What cannot be read is an F014 finding."""
    inspection = Inspection()
    for source in sources:
        progress(source)
        for item in formats.read(source, options):
            if isinstance(item, Document):
                inspection.add(item)
            elif isinstance(item, Finding):
                inspection.findings.append(item)
            else:
                inspection.facts.append(item)
    return inspection
