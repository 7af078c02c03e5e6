"""A report without any text of the data: what may leave the place where the data may not."""

from __future__ import annotations

from dataclasses import replace

from nerconv.evaluate.report import Example, Report, Side


def redacted(report: Report) -> Report:
    """Return ``report`` with the text of its examples left out: spans and what is around them.

    Labels, offsets, places, names of files and ids of documents stay.
    """
    return replace(report, examples=tuple(map(_without_text, report.examples)))


def _without_text(example: Example) -> Example:
    return replace(example, gold=_bare(example.gold), predicted=_bare(example.predicted), context="", context_start=0)


def _bare(side: Side | None) -> Side | None:
    return side and replace(side, text="")
