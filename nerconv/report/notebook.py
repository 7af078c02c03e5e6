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
from nerconv.linting.problem import LintReport
from nerconv.report import rows
from nerconv.report.escaped import in_html

#: So many documents, characters of each, and findings are shown.
_DOCUMENTS: Final = 5
_CHARACTERS: Final = 2_000
_FINDINGS: Final = 50
_TEXT: Final = "line-height:1.9;white-space:pre-wrap;margin:.5em 0"
_MARK: Final = "background:#e8eefc;color:#10204a;border:1px solid #8fa6dc;border-radius:.25em;padding:.1em .25em"
_LABEL: Final = "font-size:.7em;margin-left:.4em;color:#33508f"
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
    opened: list[tuple[int, str]] = []
    for span in (*(span for span in spans if span.end <= length), None):
        while opened and (span is None or opened[-1][0] <= span.start):
            end, label = opened.pop()
            yield end, f'<b style="{_LABEL}">{in_html(label)}</b></mark>'
        if span is not None:
            opened.append((min([span.end, *(end for end, _ in opened)]), span.label))
            yield span.start, f'<mark style="{_MARK}">'


def evaluation(report: EvaluationReport) -> str:
    """Return the scores by label, and what has to be known of them."""
    head = _row("th", ("", *rows.HEAD[1:]), _NUMBERS)
    notes = "".join(f"<li>{in_html(note)}</li>" for note in rows.notes(report))
    body = "".join(_row("td", row, _NUMBERS) for row in rows.score_rows(report))
    return f"<table>{head}{body}</table><ul>{notes}</ul>"


def lint(report: LintReport) -> str:
    """Return the findings: rule, place, text, label and message."""
    head = _row("th", ("rule", "where", "text", "label", "message"))
    shown = report.problems[:_FINDINGS]
    body = "".join(_row("td", (p.code, str(p.where or ""), p.text, p.label, p.message)) for p in shown)
    more = f"<p>… and {len(report) - _FINDINGS:,} more</p>" if len(report) > _FINDINGS else ""
    found = report.size
    return f"<p>{found}</p><table>{head}{body}</table>{more}"


def _row(tag: str, cells: Sequence[str], style: str = "") -> str:
    """Return a row of a table, its cells behind the first one in a ``style``."""
    first, *others = (f">{in_html(cell)}</{tag}>" for cell in cells)
    return f"<tr><{tag}{first}{''.join(f'<{tag}{style}{other}' for other in others)}</tr>"
