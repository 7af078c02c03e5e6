"""What a corpus is made of: labels, surface forms, ambiguity, masking, and how much of it is bare."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Final

from nerconv.conversion.made import source_order
from nerconv.document import Facts, Finding
from nerconv.linting.surface import holds_mask, is_mask

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.io.chunks import PartRead

_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class LabelStats:
    """One label: its spans, their distinct surface forms, how many are masking text, the commonest forms."""

    spans: int
    surfaces: int
    masked: int
    top: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Stats:
    """A corpus in numbers. ``lengths`` (of spans, by how many) are in tokens; ``bare`` counts sentences without a span.

    ``masked``: spans that are masking text; ``surfaces``: distinct texts of spans; the other numbers count what they
    are called: documents, sentences, tokens, spans, and by label.
    ``unlabelled``: sentences with text that nobody labelled, which are never bare.
    ``findings``: what the readers found, the spans that are not read among them.
    ``ambiguous`` are surface forms under several labels with the spans of each, the most spans first.

    >>> import nerconv
    >>> found = nerconv.stats(nerconv.read(text="[PER Ann Lee  ] left . \\nRain . \\n"))
    >>> found.sentences, found.bare, found.tokens, found.lengths
    (2, 1, 6, {'1': 0, '2': 1, '3': 0, '4-10': 0, 'more': 0})
    """

    documents: int
    sentences: int
    bare: int
    tokens: int
    spans: int
    masked: int
    labels: dict[str, LabelStats]
    lengths: dict[str, int]
    surfaces: int
    ambiguous: tuple[tuple[str, dict[str, int]], ...]
    unlabelled: int = 0
    findings: tuple[Finding, ...] = ()


def stats(parts: Iterable[PartRead]) -> Stats:
    """Return the numbers of the documents of ``parts``, each of which is gone before the next one is read."""
    counts = _Counts()
    for item, continues in parts:
        if isinstance(item, Finding):
            counts.findings.append(item)
        elif not isinstance(item, Facts):
            counts.findings += chain.from_iterable(item.findings.values())
            counts.add(item.batch)
            # What goes on with a document is none of its own.
            counts.documents -= continues
    return counts.stats()


@dataclass(slots=True)
class _Counts:
    """What was counted until now. ``forms``: the spans by label and text."""

    documents: int = 0
    sentences: int = 0
    bare: int = 0
    tokens: int = 0
    unlabelled: int = 0
    forms: Counter[tuple[str, str]] = field(default_factory=Counter)
    lengths: Counter[int] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def add(self, batch: Batch) -> None:
        """Count what ``batch`` holds."""
        from nerconv.linting.tally import numbered_texts

        self.documents += len(batch.documents)
        self.sentences += len(batch.covering[0])
        self.bare += _bare(batch)
        self.tokens += len(batch.tokens.starts)
        self.unlabelled += _unlabelled(batch)
        self.lengths.update(_lengths(batch))
        labels = map(batch.labels.__getitem__, batch.label_ids.tolist())
        codes, found = numbered_texts([batch])
        texts = map(list(map(bytes.decode, found)).__getitem__, codes.tolist())
        self.forms.update(zip(labels, texts, strict=True))

    def stats(self) -> Stats:
        """Return all of it."""
        by_label, by_form = defaultdict[str, dict[str, int]](dict), defaultdict[str, Counter[str]](Counter)
        several = {form for form, count in Counter(form for _, form in self.forms).items() if count > 1}
        for (label, form), count in self.forms.items():
            by_label[label][form] = count
            if form in several:
                by_form[form][label] = count
        ambiguous = ((form, dict(labels.most_common())) for form, labels in by_form.items())
        found = {label: _label(forms) for label, forms in by_label.items()}
        labels = dict(sorted(found.items(), key=lambda pair: (-pair[1].spans, pair[0])))
        return Stats(
            self.documents,
            self.sentences,
            self.bare,
            self.tokens,
            self.forms.total(),
            sum(row.masked for row in labels.values()),
            labels,
            {name: sum(many for n, many in self.lengths.items() if low <= n <= high) for name, low, high in _LENGTHS},
            len({form for _, form in self.forms}),
            tuple(sorted(ambiguous, key=lambda pair: (-sum(pair[1].values()), pair[0]))),
            self.unlabelled,
            tuple(sorted(self.findings, key=source_order)),
        )


def _label(forms: Mapping[str, int]) -> LabelStats:
    masked = sum(count for form, count in forms.items() if is_mask(form) or holds_mask(form))
    top = sorted(forms.items(), key=lambda pair: (-pair[1], pair[0]))[:_SHOWN]
    return LabelStats(sum(forms.values()), len(forms), masked, tuple(top))


def _lengths(batch: Batch) -> list[int]:
    """Return the number of tokens that each span touches; half a line end, which is part of none, counts as one."""
    import numpy as np

    starts, ends, _ = batch.tokens
    found = np.searchsorted(starts, batch.ends) - np.searchsorted(ends, batch.starts, "right")
    lengths: list[int] = np.maximum(found, 1).tolist()
    return lengths


_LENGTHS: Final = (("1", 1, 1), ("2", 2, 2), ("3", 3, 3), ("4-10", 4, 10), ("more", 11, 1 << 62))


def _bare(batch: Batch) -> int:
    """Return how many sentences no span touches, of those that somebody labelled."""
    import numpy as np

    from nerconv.unlabelled import stretches, touching

    (starts, ends), last = batch.covering, np.sort(batch.ends)
    bare = np.searchsorted(batch.starts, ends) <= np.searchsorted(last, starts, "right")
    return int((bare & ~touching(starts, ends, stretches(batch))).sum())


def _unlabelled(batch: Batch) -> int:
    """Return how many sentences hold text that nobody labelled."""
    from nerconv.unlabelled import stretches, touching

    return int(touching(*batch.covering, stretches(batch)).sum())
