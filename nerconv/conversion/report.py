"""What a conversion is to do, and the account of what it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from nerconv.document import Facts, Finding, Ledger
from nerconv.errors import NerconvError
from nerconv.options import BALANCES, LANGUAGES, UNITS, ReadOptions, WriteOptions, check_choice, check_types

if TYPE_CHECKING:
    from nerconv.batch import Batch

#: A batch as it is to be, and the spans that it loses.
Cleaned = tuple["Batch", list[Finding]]


class NotVerified(NerconvError):
    """What was written reads back differently, or the ledger does not balance: a bug. Nothing was moved into place."""


class Cleaning(NamedTuple):
    """What becomes of noise before anything else is done.

    ``together`` looks at all batches, which it takes out of their list one by one; it is given the numbers of those
    whose first document goes on with the last one before, and with ``whole`` there are none. ``apart`` looks at one.
    ``unlabelled``: some of the text becomes such that nobody labelled, which the format written has to hold.
    """

    together: Callable[[list[Batch], Set[int]], Iterator[Cleaned]] | None = None
    apart: Callable[[Batch], Cleaned] | None = None
    whole: bool = False
    unlabelled: bool = False


NO_CLEANING: Final = Cleaning()


@dataclass(frozen=True, slots=True)
class ConvertOptions:
    """What to do between reading and writing. ``unit`` None is the usual unit of the target.

    ``read`` and ``write``: how; ``to``: the format, None for that of the suffix. ``labels`` renames, ``drop`` leaves
    out. ``detokenize`` restores the natural spacing of ``language``, ``cut_tokens`` splits punctuation off.
    ``split``: shares of parts such as ``train=0.8,dev=0.2``, dealt by ``seed``.
    With a ``cleaning`` of all documents they are in memory. ``most``: so many records are a piece at most, where a
    record is a document. ``compared``: what is made is a part of several, and the report says how alike they are.
    ``balance`` spreads labels over the parts of a split; ``places`` has the part of each document then, by
    ``split.key``.

    >>> ConvertOptions(to="conll", drop=frozenset({"MISC"}), split="train=0.8,dev=0.2").to
    'conll'
    >>> ConvertOptions(unit="word")
    Traceback (most recent call last):
    nerconv.options.UsageError: unknown unit 'word'; known: document, paragraph, sentence
    """

    read: ReadOptions = field(default_factory=ReadOptions)
    write: WriteOptions = field(default_factory=WriteOptions)
    to: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    drop: frozenset[str] = frozenset()
    unit: str | None = None
    detokenize: bool = False
    language: str = "en"
    cut_tokens: bool = False
    split: str | None = None
    seed: int = 0
    cleaning: Cleaning = NO_CLEANING
    most: int | None = None
    compared: bool = False
    balance: str | None = None
    places: Mapping[bytes, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_types(self)
        if self.unit is not None:
            check_choice("unit", self.unit, UNITS)
        check_choice("language", self.language, LANGUAGES)
        if self.balance is not None:
            check_choice("balance", self.balance, BALANCES)


@dataclass(slots=True)
class SplitCounts:
    """What a part of a split holds: sentences, and spans by label."""

    sentences: int = 0
    labels: Counter[str] = field(default_factory=Counter)

    def add(self, sentences: int, labels: Mapping[str, int]) -> None:
        """Count more."""
        self.sentences += sentences
        self.labels.update(labels)


@dataclass(slots=True)
class ConversionReport:
    """What a conversion found and did, in the ``format`` that it wrote.

    ``read`` and ``written`` count spans by label, ``lost`` has a finding for each of the others. ``facts`` say how each
    source was read, ``findings`` what its reader noticed; ``documents`` counts records by the name of the part.
    ``left_out`` counts by kind what the target cannot hold besides spans; ``remarks`` are lines on what else was done.
    ``grouped``: of a DocBin, as ``formats.docbin_file.Bin`` has it. ``tallies``: what each part of a split holds.
    ``digests``: of shards, the SHA-256 by path.

    >>> from nerconv.document import Span
    >>> lost = [Finding("K001", "dropped", span=Span(0, 3, "PER"))]
    >>> report = ConversionReport("conll", Counter(PER=2), Counter(PER=1), lost)
    >>> report.ledger.balanced
    True
    """

    format: str
    read: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    lost: list[Finding] = field(default_factory=list)
    facts: list[Facts] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    documents: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)
    grouped: Counter[str] = field(default_factory=Counter)
    tallies: dict[str, SplitCounts] = field(default_factory=dict)
    digests: dict[Path, str] = field(default_factory=dict)

    @property
    def ledger(self) -> Ledger:
        """The account of the spans."""
        return Ledger(self.read, self.written, tuple(self.lost))

    def enter(self, item: Facts | Finding) -> None:
        """Enter what was learnt about a source."""
        if isinstance(item, Facts):
            self.facts.append(item)
        elif item.unread:
            self.read.update(item.unread)
            self.lost.append(item)
        else:
            self.findings.append(item)

    def add(self, other: ConversionReport) -> None:
        """Enter the account of another part of the same conversion."""
        self.read.update(other.read)
        self.written.update(other.written)
        self.documents.update(other.documents)
        self.left_out.update(other.left_out)
        self.grouped.update(other.grouped)
        for name, tally in other.tallies.items():
            self.tallies.setdefault(name, SplitCounts()).add(tally.sentences, tally.labels)
        self.lost += other.lost
        self.facts += other.facts
        self.findings += other.findings
        self.remarks += other.remarks
