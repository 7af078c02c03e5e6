"""What a conversion made: the account of all parts, and the files that their pieces are joined to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from nerconv.codes import CODES
from nerconv.conversion import split_report
from nerconv.conversion.parts import SENTENCES, Outcome, Stored, pieces_in
from nerconv.conversion.report import ConversionReport, ConvertOptions, NotVerified
from nerconv.conversion.split import parse_shares
from nerconv.conversion.target import LISTING, class_label_findings, part_path
from nerconv.document import Finding, Where
from nerconv.formats import Format, class_labels
from nerconv.formats.pieces import Pieces
from nerconv.io.outputs import STDOUT
from nerconv.io.replacing import Changes, named
from nerconv.io.sources import Source, Unreadable
from nerconv.options import UsageError


@dataclass(slots=True)
class Made:
    """What was made so far: the account, and by split the ids, the documents and the pieces in ``folder``."""

    format: Format
    options: ConvertOptions
    report: ConversionReport
    folder: Path
    ids: dict[str, list[str]] = field(default_factory=dict)
    continued: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        """Enter the outcome of the next part."""
        self.report.add(outcome.report)
        for split, ids in outcome.ids.items():
            self.ids.setdefault(split, []).extend(ids)
        self.continued.update(outcome.continued)

    def settle(self) -> None:
        """Raise NotVerified unless every span read was written or named as lost. Parts of a document count as one.

        Raises UsageError for labels outside of class labels that are fixed.
        """
        self.report.documents.subtract(self.continued)
        ledger = self.report.ledger
        if not ledger.balanced:
            read, written, lost = ledger.read.total(), ledger.written.total(), ledger.reasons().total()
            raise NotVerified(f"{read} spans read, {written} written, {lost} named as lost")
        if self.options.write.names:
            class_labels.check(self.report.written, self.options.write.names)

    def join(self, split: str, path: Path, options: ConvertOptions) -> None:
        """Write the file of a split at ``path``. Raises Unreadable when it has no document."""
        documents = self.require(split)
        self.format.join(Pieces(self.stored(split), documents), path, options.write)

    def stored(self, name: str) -> Stored:
        """Return the pieces of a split, or what its sentences are known by."""
        return Stored(pieces_in(self.folder, name))

    def require(self, split: str) -> int:
        """Return how many documents a split has. Raises Unreadable when it has none."""
        documents = self.report.documents[split]
        if not documents:
            found = (*self.report.findings, *self.report.lost)
            reasons = "; ".join(f"{f.where}: {f.message}" for f in found if CODES[f.code].loses)
            raise Unreadable(f"no document was read, so nothing is written{': ' if reasons else ''}{reasons}")
        return documents


def write_whole(made: Made, target: str, changes: Changes) -> None:
    """Write one file or folder, which is one of ``changes``. Raises UsageError for a folder on standard output."""
    with named(target):
        file = changes.new(target, made.format.SUFFIXES[0] if target == STDOUT else "")
        made.join("", file, made.options)
    if target == STDOUT and file.is_dir():
        raise UsageError(f"{made.format.NAME} is a folder and cannot go to standard output; name one with -o")
    made.report.findings += class_label_findings({Path(target): file}, made.format)


def write_split(made: Made, sources: Sequence[Source], target: Path, changes: Changes) -> None:
    """Write a file for each split into the folder ``target``, and ``splits.toml`` with the ids and digest of each.

    They are some of ``changes``, the listing last: a file that is not the one it names belongs to another split.
    """
    options, report = made.options, made.report
    shares = parse_shares(options.split or "")
    if empty := [name for name in shares if not report.documents[name]]:
        if len(empty) == len(shares):
            made.require(empty[0])
        raise UsageError(split_report.why_empty(empty, shares, report, sources, options.read))
    report.documents = Counter({name: report.documents[name] for name in shares})
    labels = tuple(sorted(report.written))
    options = replace(options, write=replace(options.write, labels=options.write.labels or labels))
    paths = {name: part_path(target, name, made.format) for name in shares}
    with named(target):
        files = {name: changes.new(path) for name, path in paths.items()}
        for name, file in files.items():
            made.join(name, file, options)
        report.findings += class_label_findings({paths[name]: files[name] for name in shares}, made.format)
        noted = {name: made.stored(f"{name}{SENTENCES}") for name in shares}
        split_report.report_split(report, noted, shares, options.balance)
        text = split_report.listing(options, labels, shares, report, made.ids, files)
        changes.new(target / LISTING).write_text(text, encoding="utf-8")


def finished(report: ConversionReport, sources: Sequence[Source], options: ConvertOptions) -> ConversionReport:
    """Return the account with what is known only at the end, facts and findings in an order that is always the same."""
    order = {source.name: number for number, source in enumerate(sources)}
    report.facts.sort(key=lambda facts: order.get(facts.path, len(order)))
    for label in sorted({*options.labels, *options.drop} - {*report.read}):
        report.findings.append(Finding("F016", f"no span has the label {label!r}, which --map or --drop names"))
    report.findings.sort(key=source_order)
    report.lost.sort(key=source_order)
    return report


def source_order(finding: Finding) -> tuple[bool, Where, str, str]:
    """Return what findings are sorted by."""
    return finding.where is None, finding.where or Where("", 0, 0), finding.code, finding.message
