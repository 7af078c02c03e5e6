"""An evaluation for a terminal: scores in eighty cells, kinds of error, notes, and last the gates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from nerconv.evaluation.report import KINDS, EvaluationReport, Gate
from nerconv.printable import counted, one_line
from nerconv.report.rows import kind_counts, notes, scores, tables
from nerconv.terminal import USUAL, Layout, Piece, cells, line

#: The columns of scores in the order in which they are read, by what they are called elsewhere.
_ORDER: Final = {"": "", "F1": "F1", "95 % interval": "95 % interval", "change": "change", "P": "P", "R": "R"}
_COUNTS: Final = {"TP": "TP", "predicted": "pred", "gold": "gold"}
#: How the kinds of error are called in a sentence.
_KINDS: Final = {
    "type": "wrong label",
    "boundary": "wrong edges",
    "type+boundary": "wrong label and edges",
    "missed": "missed",
    "spurious": "spurious",
}
#: So many confusions of labels are named.
_CONFUSIONS: Final = 3


def evaluation(report: EvaluationReport, layout: Layout = USUAL) -> str:
    """Return the scores as columns, kinds of error, slices, notes, and last the gates.

    >>> from nerconv import evaluate, read
    >>> gold = read(text="[PER Ann  ] left [LOC Rome  ] . \\n")
    >>> found = evaluate(gold, read(text="[PER Ann  ] left Rome . \\n"))
    >>> evaluation(found).splitlines()[0].split()
    ['F1', '95', '%', 'interval', 'P', 'R', 'TP', 'pred', 'gold']
    """
    _, *others = tables(report)
    # Behind the kinds stands what labels were taken for, which is a line of its own here.
    kinds = [row[: len(KINDS) + 1] for row in others.pop(0)] if report.label_kinds else []
    blocks = [_table(_reordered(scores(report)), layout)]
    blocks += [_table(kinds, layout) + "".join(_errors(report, layout))] if kinds else []
    blocks += [_table(rows, layout) for rows in others]
    blocks.append("".join(line([Piece(one_line(note))], layout) for note in notes(report)))
    blocks += ["".join(_gates(report.gates, layout))] if report.gates else []
    return "\n".join(blocks)


def _reordered(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the table of scores with its columns in the order in which they are read."""
    wanted = _ORDER | _COUNTS
    at = [rows[0].index(name) for name in wanted if name in rows[0]]
    body = [[row[number] for number in at] for row in rows[1:]]
    return [[wanted[rows[0][number]] for number in at], *body]


def _table(rows: Sequence[Sequence[str]], layout: Layout) -> str:
    """Return rows as lines, the first column to the left, the others to the right; the first row is their head."""
    table = [[one_line(cell).replace("\t", "\\t") for cell in row] for row in rows]
    widths = [max(map(cells, column)) for column in zip(*table, strict=True)]
    f1 = next((number for number, cell in enumerate(table[0]) if cell == "F1"), -1)
    lines = []
    for number, row in enumerate(table):
        pieces = [Piece(row[0] + " " * (widths[0] - cells(row[0])), f"label {row[0]}" if number else "dim")]
        for at, (cell, width) in enumerate(zip(row[1:], widths[1:], strict=True), 1):
            style = "dim" if not number else "bold" if at == f1 else _MOVED.get(cell[:1], "")
            pieces += [Piece("  " + " " * (width - cells(cell))), Piece(cell, style)]
        lines.append(line(pieces, layout))
    return "".join(lines)


_MOVED: Final = {"▼": "error", "▲": "good"}


def _errors(report: EvaluationReport, layout: Layout) -> Iterator[str]:
    """Yield how many errors there are of each kind, and which labels are most often taken for which."""
    numbers = zip(KINDS, kind_counts(report.kinds), strict=True)
    counts = {name: count for name, count in numbers if name in _KINDS}
    parts = [f"{count:,} {_KINDS[name]}" for name, count in sorted(counts.items(), key=lambda item: -item[1]) if count]
    if parts:
        yield line([Piece(counted(sum(counts.values()), "error"), "bold"), Piece(f": {', '.join(parts)}")], layout)
    pairs = [
        (count, gold, predicted)
        for gold, row in report.confusion.items()
        for predicted, count in row.items()
        if gold and predicted and gold != predicted
    ]
    if pairs:
        often = sorted(pairs, key=lambda pair: (-pair[0], pair[1:]))[:_CONFUSIONS]
        named = ", ".join(f"{count:,} {gold} as {predicted}" for count, gold, predicted in often)
        yield line([Piece(f"most often taken for another: {named}")], layout)


def _gates(gates: Sequence[Gate], layout: Layout) -> Iterator[str]:
    """Yield the gates, those that fail first, and how many fail."""
    for gate in sorted(gates, key=lambda gate: gate.passed):
        verdict = Piece("PASS", "good") if gate.passed else Piece("FAIL", "error")
        yield line([verdict, Piece(f"  {gate.name}: {gate.why}")], layout)
    if failed := sum(not gate.passed for gate in gates):
        yield line([Piece(f"{failed:,} of {counted(len(gates), 'gate')} failed", "error")], layout)
