"""An inspection for a terminal: what the sources are, what targets and other tools make of them, and how to go on."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final

from nerconv.codes import CODES
from nerconv.document import Facts
from nerconv.inspection.report import Evidence, Inspection, TargetFit
from nerconv.printable import counted, one_line
from nerconv.terminal import USUAL, Layout, Piece, line, padded, wrapped

#: Cells of the names on the left; sources that are shown one by one; values that are listed of many sources.
_LEFT, _SOURCES, _VALUES = 13, 3, 5
#: How steps are shown: the shell continues a line behind a backslash.
_INDENT: Final = "  "


def inspection(found: Inspection, layout: Layout = USUAL) -> str:
    """Return all of it, a section after the other.

    >>> import nerconv
    >>> shown = inspection(nerconv.inspect(nerconv.read(text="[PER Ann  ] left . \\n")))
    >>> "1 of 1" in shown
    True
    """
    sections = (_sources(found), _contents(found), _targets(found), _remarks(found))
    blocks = ["".join(line(pieces, layout) for pieces in _laid_out(rows, layout)) for rows in sections]
    return "\n".join(block for block in (*blocks, _steps(found, layout)) if block)


#: A row: what stands on the left, and text that is wrapped on the right; a heading has nothing on the right.
_Row = tuple[str, str]


def _laid_out(rows: Iterable[_Row], layout: Layout) -> Iterator[list[Piece]]:
    for left, right in rows:
        if not right:
            yield [Piece(left, "bold")]
            continue
        width = layout.width - _LEFT - 4
        for number, text in enumerate(wrapped(one_line(right), width)):
            yield [Piece(_INDENT + padded("" if number else left, _LEFT) + _INDENT, "dim"), Piece(text)]


def _sources(found: Inspection) -> Iterator[_Row]:
    if len(found.evidence) > _SOURCES:
        yield from _many(found)
        return
    facts: dict[str, list[Facts]] = {}
    for each in found.facts:
        facts.setdefault(each.path, []).append(each)
    for evidence in found.evidence:
        yield evidence.path, ""
        yield from _evidence(evidence)
        for each in facts.get(evidence.path, ()):
            yield from ((name, value) for name, value in each.values.items() if value)


def _evidence(evidence: Evidence) -> Iterator[_Row]:
    if evidence.format:
        yield "format", f"{evidence.format}: {'; '.join(evidence.pros)}"
        if evidence.cons:
            yield "or else", "; ".join(evidence.cons)
        return
    for number, tried in enumerate(evidence.cons):
        yield "" if number else "tried", tried


def _many(found: Inspection) -> Iterator[_Row]:
    """Yield what many sources share."""
    yield counted(len(found.evidence), "source"), ""
    formats = Counter(each.format or "not recognised" for each in found.evidence)
    yield "formats", _counts(formats)
    for name in dict.fromkeys(name for fact in found.facts for name in fact.values):
        values = Counter(fact.values[name].partition(":")[0] for fact in found.facts if name in fact.values)
        if len(values) <= _VALUES:
            yield name, _counts(values)


def _contents(found: Inspection) -> Iterator[_Row]:
    if not found.facts:
        return
    yield "What is in it", ""
    sizes = (found.documents, "document"), (found.sentences, "sentence"), (found.tokens, "token")
    yield "text", ", ".join(counted(*size) for size in (*sizes, (found.characters, "character")))
    nested = f" ({found.nested:,} nested)" if found.nested else ""
    yield "spans", f"{found.labels.total():,}{nested}" + (f": {_counts(found.labels)}" if found.labels else "")
    if found.marks:
        yield "marks", _counts(found.marks)
    names = Counter(f"{finding.code} {CODES[finding.code].name}" for finding in found.findings)
    yield "findings", _counts(names) or "none"


def _targets(found: Inspection) -> Iterator[_Row]:
    """Yield what formats would lose, those that lose the same together."""
    total = found.labels.total() + found.unread.total()
    if not total:
        return
    yield "What a conversion would write", ""
    alike: dict[str, list[str]] = {}
    for name, fit in found.targets.items():
        alike.setdefault(_fit(fit, found.unread, total), []).append(name)
    if not found.labels:
        alike = {text: ["every format"] for text in list(alike)[:1]}
    for text, names in alike.items():
        yield text.partition(":")[0], f"{', '.join(names)}{text.partition(':')[2]}"


def _fit(fit: TargetFit, unread: Counter[str], total: int) -> str:
    lost = fit.lost + unread
    share = f"{total - lost.total():,} of {total:,}:"
    reasons = {f"{code} {CODES[code].name}": count for code, count in lost.items()}
    text = f": lost are {_counts(reasons)}" if lost else ""
    if fit.cut < fit.lost.total():
        text += f"; with --cut-tokens {fit.cut + unread.total():,}"
    if fit.left_out:
        text += f"{';' if lost else ':'} without {_counts(fit.left_out)}"
    return share + text


def _remarks(found: Inspection) -> Iterator[_Row]:
    if found.remarks:
        yield "What other tools make of it", ""
    for tool, some in groupby(found.remarks, key=lambda remark: remark.tool):
        left = tool
        for remark in some:
            silent = "" if remark.silent else " (not in silence)"
            several = len(found.evidence) > 1
            where = f" [{_paths(remark.paths)}]" if several else ""
            yield left, f"{remark.does}{silent}{where}"
            left = ""


def _paths(paths: tuple[str, ...]) -> str:
    return paths[0] + (f" and {len(paths) - 1:,} more" if len(paths) > 1 else "")


def _steps(found: Inspection, layout: Layout) -> str:
    """Return the commands to go on with, each in a line that can be copied, however long it is."""
    if not found.steps:
        return ""
    lines = [line([Piece("How to go on", "bold")], layout)]
    for step in found.steps:
        lines.append(line([Piece(_INDENT + shlex.join(step.words))], layout))
        lines += (line([Piece(_INDENT * 3 + text, "dim")], layout) for text in wrapped(step.why, layout.width - 6))
    return "".join(lines)


def _counts(counter: Mapping[str, int]) -> str:
    named = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name} {count:,}" for name, count in named)
