"""What notebooks show of documents and reports: HTML without scripts, styles on the elements, all text escaped.

>>> from nerconv.document import Document, Span
>>> document(Document("a", "Ann left .", (Span(0, 3, "PER"),)))  # doctest: +ELLIPSIS
'<div ...><mark ...>Ann<b ...>PER</b></mark> left .</div>'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from nerconv.document import Document, Span
from nerconv.evaluation.report import EvaluationReport
from nerconv.linting.groups import Group, groups
from nerconv.linting.problem import LintReport
from nerconv.printable import counted
from nerconv.report import rows
from nerconv.report.escaped import in_html
from nerconv.report.shell import inline_looks

#: So many documents, characters of each, and findings are shown.
_DOCUMENTS: Final = 5
_CHARACTERS: Final = 2_000
_FINDINGS: Final = 50
_TEXT: Final = "line-height:1.9;white-space:pre-wrap;margin:.5em 0"
_MARK: Final = "border-radius:.25em;padding:.1em .25em"
_LABEL: Final = "font-size:.7em;margin-left:.4em"
_NUMBERS: Final = ' style="text-align:right"'


def documents(shown: Iterable[Document], count: int, title: str) -> str:
    """Return the first of ``count`` documents under a ``title``."""
    first = "".join(map(document, islice(shown, _DOCUMENTS)))
    more = f"<p>… and {count - _DOCUMENTS:,} more</p>" if count > _DOCUMENTS else ""
    return f"<p>{in_html(title)}</p>{first}{more}"


def document(shown: Document) -> str:
    """Return the text with each span marked and labelled, a nested one within its outer one."""
    text, parts, at = shown.text[:_CHARACTERS], list[str](), 0
    for offset, tag in (*_tags(shown.spans, len(text)), (len(text), "")):
        parts += ["\n".join(map(in_html, text[at:offset].split("\n"))), tag]
        at = offset
    return f'<div style="{_TEXT}">{"".join(parts)}{"…" if len(text) < len(shown.text) else ""}</div>'


def _tags(spans: Iterable[Span], length: int) -> Iterator[tuple[int, str]]:
    """Yield the tags that mark ``spans``, with their offsets; a span that crosses another ends with it."""
    spans, opened = list(spans), list[tuple[int, str]]()
    looks = inline_looks(span.label for span in spans)
    for span in (*(span for span in spans if span.end <= length), None):
        while opened and (span is None or opened[-1][0] <= span.start):
            end, label = opened.pop()
            yield end, f'<b style="{_LABEL};{looks[label][1]}">{in_html(label)}</b></mark>'
        if span is not None:
            opened.append((min([span.end, *(end for end, _ in opened)]), span.label))
            yield span.start, f'<mark style="{_MARK};{looks[span.label][0]}">'


def evaluation(report: EvaluationReport) -> str:
    """Return the scores by label, and what has to be known of them."""
    head = _row("th", ("", *rows.HEAD[1:]), _NUMBERS)
    notes = "".join(f"<li>{in_html(note)}</li>" for note in rows.notes(report))
    body = "".join(_row("td", row, _NUMBERS) for row in rows.score_rows(report))
    return f"<table>{head}{body}</table><ul>{notes}</ul>"


def lint(report: LintReport) -> str:
    """Return the findings, those that one decision settles as one: rule, text, label, number, first place, fix."""
    found = groups(report.problems)
    head = _row("th", ("rule", "text", "label", "findings", "first place", "fix"))
    body = "".join(_row("td", _cells(group)) for group in found[:_FINDINGS])
    more = f"<p>… and {counted(len(found) - _FINDINGS, 'more group')}</p>" if len(found) > _FINDINGS else ""
    return f"<p>{report.size}</p><table>{head}{body}</table>{more}"


def _cells(group: Group) -> tuple[str, ...]:
    one = group.problems[0]
    name, count = f"{group.code} {group.name}", f"{len(group.problems):,}"
    return name, group.surface or one.message, group.label, count, str(one.where or one.document), group.answer


def _row(tag: str, cells: Sequence[str], style: str = "") -> str:
    """Return a row of a table, its cells behind the first one in a ``style``."""
    first, *others = (f">{in_html(cell)}</{tag}>" for cell in cells)
    return f"<tr><{tag}{first}{''.join(f'<{tag}{style}{other}' for other in others)}</tr>"
