"""Comparisons and statistics for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from nerconv.printable import counted, one_line
from nerconv.report.rows import changes, legend

if TYPE_CHECKING:
    from nerconv.evaluation.differences import Comparison
    from nerconv.linting.stats import Stats


def stats(found: Stats) -> str:
    """Return the totals, a row for each label, lengths of spans, and forms with several labels.

    >>> from nerconv import read, stats as count
    >>> found = count(read(text="[PER Ann  ] left . \\n"))
    >>> "PER" in stats(found)
    True
    """
    labelled = "labelled " if found.unlabelled else ""
    lines = [
        f"{counted(found.documents, 'document')}, {counted(found.sentences, 'sentence')}, "
        f"{counted(found.tokens, 'token')}, {counted(found.spans, 'span')}",
        f"{_share(found.bare, found.sentences - found.unlabelled)} of the {labelled}sentences have no span",
        f"{_share(found.masked, found.spans)} of the spans are or hold masking text",
        f"{_share(len(found.ambiguous), found.surfaces)} of {found.surfaces:,} surface forms have several labels",
        "",
        f"{'label':<14} {'spans':>8} {'share':>6} {'forms':>8} {'masked':>7}  commonest",
    ]
    if found.unlabelled:
        lines.insert(2, counted(found.unlabelled, "sentence holds", "sentences hold") + " text that nobody labelled")
    for label, row in found.labels.items():
        top = ", ".join(f"{surface} {n:,}" for surface, n in row.top[:3])
        share = _share(row.spans, found.spans)
        lines.append(f"{label:<14} {row.spans:>8,} {share:>6} {row.surfaces:>8,} {row.masked:>7,}  {top}")
    lines += ["", "tokens a span: " + ", ".join(f"{name}: {n:,}" for name, n in found.lengths.items())]
    if found.ambiguous:
        lines += ["", "forms with several labels:"]
        for surface, labels in found.ambiguous[:10]:
            lines.append(f"  {surface}: " + ", ".join(f"{label} {n:,}" for label, n in labels.items()))
    return "".join(f"{one_line(text)}\n" for text in lines)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def comparison(found: Comparison) -> str:
    """Return two reports beside each other: a line for each score, with a star if its change is significant.

    >>> from nerconv import compare, evaluate, read
    >>> gold = read(text="[PER Ann  ] left . \\n")
    >>> report = evaluate(gold, gold)
    >>> comparison(compare(report, report)).splitlines()[1].split()[:4]
    ['micro', '100.00', '100.00', '+0.00']
    """
    gates = [one_line(f"{'PASS' if gate.passed else 'FAIL'}  {gate.name}: {gate.why}") for gate in found.gates]
    lines = [columns(changes(found.rows)), "", *legend(found.rows), *map(one_line, found.remarks)]
    return "\n".join([*lines, *([""] if gates else []), *gates]) + "\n"


def columns(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as lines: the first column to the left, the others to the right."""
    table = [[one_line(cell).replace("\t", "\\t") for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ("  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in table)
    return "\n".join(map(str.rstrip, lines))
