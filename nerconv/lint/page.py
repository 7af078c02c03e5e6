"""A lint run as one HTML file: no network, no scripts, everything from the corpus escaped."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from hashlib import sha256
from itertools import groupby
from typing import Final

from nerconv.escaped import in_html
from nerconv.lint.problem import LintReport, Problem

#: A page of more findings than this is no page anybody reads, and slow to open.
PAGE_LIMIT: Final = 2_000

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --faint: #667; --rule: #ccd; --mark: #ffe08a;
  --error: #b3261e; --warning: #8a5a00; --info: #3559a8 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6ea; --paper: #16181c; --faint: #9aa; --rule: #3a3f48;
  --mark: #6b5200; --error: #ff8a80; --warning: #ffc266; --info: #9db8ff } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem;
  margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; margin: 0 } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; word-break: break-all }
p { margin: .3rem 0 } .faint { color: var(--faint) }
table { border-collapse: collapse; margin: 1rem 0 } td, th { padding: .15rem .8rem .15rem 0; text-align: left;
  border-bottom: 1px solid var(--rule) } .n { text-align: right; font-variant-numeric: tabular-nums }
li { margin: .8rem 0; list-style: none } ul { padding: 0 }
pre { margin: .2rem 0; padding: .3rem .6rem; border-left: 3px solid var(--rule); white-space: pre-wrap;
  font: 13px/1.5 ui-monospace, monospace; unicode-bidi: plaintext } mark { background: var(--mark); color: inherit }
.error { color: var(--error) } .warning { color: var(--warning) } .info { color: var(--info) } b { font-weight: 600 }
"""


def html(report: LintReport) -> str:
    """Return the page: findings by rule, then each with its line, at most PAGE_LIMIT of them."""
    digest = b64encode(sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    shown = report.problems[:PAGE_LIMIT]
    files = groupby(shown, key=lambda problem: problem.finding.where.path if problem.finding.where else "the corpus")
    body = "".join(f"<h2>{in_html(path)}</h2>\n<ul>\n{''.join(map(_item, found))}</ul>\n" for path, found in files)
    left_out = len(report.problems) - len(shown)
    more = f"<p class=faint>{left_out:,} further findings are not shown.</p>\n" if left_out else ""
    return (
        '<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<meta name=viewport content="width=device-width">\n'
        f'<meta http-equiv=Content-Security-Policy content="{policy}">\n'
        f"<title>nerconv lint</title>\n<style>{_STYLE}</style>\n"
        f"<h1>{len(report.problems):,} findings</h1>\n<p class=faint>in {report.documents:,} documents with "
        f"{report.spans:,} spans; {len(report.rules)} rules run</p>\n{_table(report)}{body}{more}</html>\n"
    )


def _table(report: LintReport) -> str:
    counts = Counter((p.finding.code, p.name, p.severity) for p in report.problems)
    rows = "".join(
        f"<tr><td class=n>{count:,}<td><b>{code}</b><td>{in_html(name)}<td class={severity}>{severity}\n"
        for (code, name, severity), count in sorted(counts.items())
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
        parts = (in_html(text) for text in (shown.text[:start], shown.text[start:end], shown.text[end:]))
        before, marked, after = parts
        lines.append(f"<pre>{before}<mark>{marked or ' '}</mark>{after}</pre>")
    lines.append(f"<p>{in_html(finding.message)}</p>")
    if problem.fix:
        lines.append(f"<p class=faint>{problem.safety} fix: {in_html(problem.fix)}</p>")
    return "\n".join(lines) + "\n"
