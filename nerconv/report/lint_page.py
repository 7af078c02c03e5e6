"""A lint run as one HTML page, everything from the corpus escaped."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from nerconv.linting.problem import LintReport, Problem
from nerconv.report import style
from nerconv.report.escaped import in_html
from nerconv.report.html import head

#: Nobody reads a page of more findings, and it opens slowly.
PAGE_LIMIT: Final = 2_000


def lint(report: LintReport) -> str:
    """Return the page: findings by rule, then each with its line, at most PAGE_LIMIT of them.

    >>> from nerconv import lint as run, read
    >>> found = run(read(text="[PER XXXXX  ] left . \\n"))
    >>> lint(found)[:15]
    '<!doctype html>'
    """
    shown = report.problems[:PAGE_LIMIT]
    files = groupby(shown, key=lambda problem: problem.finding.where.path if problem.finding.where else "the corpus")
    body = "".join(f"<h2>{in_html(path)}</h2>\n<ul>\n{''.join(map(_item, found))}</ul>\n" for path, found in files)
    left_out = len(report.problems) - len(shown)
    more = f"<p class=faint>{left_out:,} further findings are not shown.</p>\n" if left_out else ""
    return (
        f"<!doctype html>\n<html lang=en>\n{head('nerconv lint', style.LINT)}"
        f"<h1>{len(report.problems):,} findings</h1>\n<p class=faint>in {report.documents:,} documents with "
        f"{report.spans:,} spans; {len(report.rules)} rules run</p>\n{_table(report)}{body}{more}</html>\n"
    )


def _table(report: LintReport) -> str:
    rows = "".join(
        f"<tr><td class=n>{count:,}<td><b>{code}</b><td>{in_html(name)}<td class={severity}>{severity}\n"
        for (code, name, severity), count in sorted(report.counts.items())
    )
    return f"<table>\n{rows}</table>\n" if rows else "<p>Nothing was found.</p>\n"


def _item(problem: Problem) -> str:
    finding = problem.finding
    where = f"{finding.where.line}:{finding.where.column}" if finding.where else ""
    lines = [
        f"<li><span class=faint>{where}</span> <b class={problem.severity}>{finding.code}</b> {in_html(problem.name)}"
    ]
    if shown := finding.excerpt:
        start, end = shown.start, max(shown.end, shown.start + 1)
        before, marked, after = map(in_html, (shown.text[:start], shown.text[start:end], shown.text[end:]))
        lines.append(f"<pre>{before}<mark>{marked or ' '}</mark>{after}</pre>")
    lines.append(f"<p>{in_html(finding.message)}</p>")
    if problem.fix:
        lines.append(f"<p class=faint>{problem.safety} fix: {in_html(problem.fix_title)}</p>")
    return "\n".join(lines) + "\n"
