"""What is reported of the parts of a split: what each holds, what one lacks, what stands in two, why one is empty."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from nerconv import formats
from nerconv.conversion.parts import Stored
from nerconv.conversion.report import ConversionReport, ConvertOptions, SplitCounts
from nerconv.document import Finding
from nerconv.io.digest import sha256_of
from nerconv.io.sources import Source
from nerconv.options import ReadOptions
from nerconv.printable import counted


def report_split(
    report: ConversionReport,
    noted: Mapping[str, Stored],
    shares: Mapping[str, float] | None = None,
    balance: str | None = None,
) -> None:
    """Enter what each part holds and how they differ.

    ``shares``, ``balance``: what was asked for, where nerconv made the parts.
    """
    from nerconv.conversion.likeness import described, overlaps

    report.remarks += _held(report, shares or {})
    report.findings += _missing(report, bool(shares) and balance is None)
    for found in overlaps(noted):
        report.findings.append(Finding("F027", described(found), found.places[0][0]))


def _held(report: ConversionReport, shares: Mapping[str, float]) -> Iterator[str]:
    """Yield a line on what each part holds, of all and beside what was asked for."""
    documents, spans = report.documents.total(), sum(tally.labels.total() for tally in report.tallies.values())
    for name, count in report.documents.items():
        tally = report.tallies.get(name, SplitCounts())
        asked = f"{shares[name]:.0%} asked, " if name in shares else ""
        labels = ", ".join(f"{label} {tally.labels[label]:,}" for label in sorted(tally.labels))
        held = tally.labels.total()
        yield (
            f"{name}: {asked}{_share(count, documents)} of the documents ({count:,}), "
            f"{counted(tally.sentences, 'sentence')}, "
            f"{_share(held, spans)} of the spans ({held:,}{': ' if labels else ''}{labels})"
        )


def _share(count: int, total: int) -> str:
    return f"{count / total:.0%}" if total else "0%"


def _missing(report: ConversionReport, spread: bool) -> Iterator[Finding]:
    """Yield a finding for each label that a part lacks; ``spread``: documents may be dealt out by label instead."""
    for label in sorted({label for tally in report.tallies.values() for label, count in tally.labels.items() if count}):
        counts = {name: report.tallies.get(name, SplitCounts()).labels[label] for name in report.documents}
        if lacking := [name for name, count in counts.items() if not count]:
            held = ", ".join(f"{name} {count:,}" for name, count in counts.items())
            enough = spread and sum(counts.values()) >= len(counts)
            yield Finding(
                "F028",
                f"{label}: {held}; where it is missing ({', '.join(lacking)}) it is not learnt or not measured: "
                f"{'spread labels with --balance labels, ' if enough else ''}collect more, or map it to another label",
            )


def why_empty(
    names: Sequence[str],
    shares: Mapping[str, float],
    report: ConversionReport,
    sources: Sequence[Source],
    read: ReadOptions,
) -> str:
    """Return why no document falls to the parts called ``names``, and what helps."""
    count = report.documents.total()
    which = f"no document falls to {' and '.join(names)}"
    there = "there is 1 document" if count == 1 else f"there are {count:,} documents"
    if count < len(shares):
        return f"{which}: {there} for {len(shares)} parts, and a document is never cut; {_more(sources, read)}"
    expected = ", ".join(f"{name} {shares[name] * count:.1f}" for name in names)
    return (
        f"{which}: {there}, where each goes follows from its text and the seed, and on average that is {expected}; "
        "--balance labels leaves no part empty, or choose another --seed or a larger share"
    )


def _more(sources: Iterable[Source], read: ReadOptions) -> str:
    """Return how to have more documents."""
    names = set(formats.names(list(sources), read))
    if names == {"conll"}:
        return "make several of a file with --documents 10, for ten sentences each, or --documents blank-line"
    if names == {"bracket"}:
        return "make several of a file with --documents line or --documents blank-line"
    if names <= {"conll", "bracket"}:
        return "make several of a file with --documents blank-line"
    return "each record is a document: give more of them, or name fewer parts"


def listing(
    options: ConvertOptions,
    labels: Sequence[str],
    shares: Mapping[str, float],
    report: ConversionReport,
    ids: Mapping[str, list[str]],
    files: Mapping[str, Path],
) -> str:
    """Return a split as TOML, a suffix that no format of records has: seed, shares, what was reached, digests and ids.

    ``files``: by part, the file whose digest is noted.
    """
    lines = [
        f"seed = {options.seed}",
        *([f'balance = "{options.balance}"'] if options.balance else []),
        f"labels = {json.dumps(list(labels))}",
        "",
        "[shares]",
        *(f"{name} = {share}" for name, share in shares.items()),
        "",
        "[reached]",
        *(f"{name} = {_reached(report, name)}" for name in shares),
        "",
        "[sha256]",
        *(f'{name} = "{sha256_of(file)}"' for name, file in files.items()),
        "",
        "[ids]",
    ]
    # JSON strings are TOML.
    lines += [
        f"{name} = [\n" + "".join(f"  {json.dumps(id)},\n" for id in members) + "]" for name, members in ids.items()
    ]
    return "\n".join(lines) + "\n"


def _reached(report: ConversionReport, name: str) -> str:
    tally = report.tallies.get(name, SplitCounts())
    return f"{{ documents = {report.documents[name]}, sentences = {tally.sentences}, spans = {tally.labels.total()} }}"
