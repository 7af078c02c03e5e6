"""The result of an inspection."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from nerconv.document import Facts, Finding

if TYPE_CHECKING:
    from nerconv.batch import Batch


class Evidence(NamedTuple):
    """By what the format of the source at ``path`` is known: what speaks for it, and what for another one.

    ``format`` is empty where none was recognised.
    """

    path: str
    format: str
    pros: tuple[str, ...] = ()
    cons: tuple[str, ...] = ()


@dataclass(slots=True)
class TargetFit:
    """What a format would not hold: spans by the code of the reason, and how many other things by kind.

    ``cut``: how many spans it would lose with ``--cut-tokens``.

    >>> TargetFit(Counter(F006=2), Counter(joins=1), 1).lost.total()
    2
    """

    lost: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    cut: int = 0


class Remark(NamedTuple):
    """What another ``tool`` makes of a source, and whether it does so in silence; ``paths``: which sources."""

    tool: str
    does: str
    silent: bool
    paths: tuple[str, ...]


class Step(NamedTuple):
    """A command to go on with, its words, and what comes of it."""

    words: tuple[str, ...]
    why: str


@dataclass(slots=True)
class Inspection:
    """What was found in some sources. ``nested`` counts the spans that share text with one before them.

    ``facts`` say how each was read, ``findings`` what its reader noticed; ``labels`` counts spans, ``marks`` by kind;
    documents, sentences, tokens and characters are numbers. ``evidence``: by what each source was recognised;
    ``targets``: what each format that is written would lose; ``remarks``: what other tools make of the sources;
    ``steps``: how to go on.

    >>> import nerconv
    >>> found = nerconv.inspect(nerconv.read(text="[PER Ann  ] left . \\n"))
    >>> found.sentences, found.labels, found.targets["conll"].lost
    (1, Counter({'PER': 1}), Counter())
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
    evidence: list[Evidence] = field(default_factory=list)
    targets: dict[str, TargetFit] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def unread(self) -> Counter[str]:
        """Spans that the readers found and could not read, by the code of the finding."""
        found: Counter[str] = Counter()
        for finding in self.findings:
            found[finding.code] += sum(finding.unread.values())
        return +found

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
