"""How the marks of a file that is edited are spelt, in dialects of other marks than brackets."""

from __future__ import annotations

import io
import re
from functools import cached_property
from typing import Final

from nerconv.bracket import marks, survey
from nerconv.bracket.notations import NOTATIONS, Notation
from nerconv.document import Span
from nerconv.io.sources import Source
from nerconv.io.text import TextSource, clean_text
from nerconv.linting.edits.outcome import Refused
from nerconv.linting.edits.text import SourceText
from nerconv.options import ReadOptions

_LABEL: Final = r"[A-Za-z][A-Za-z0-9_.-]*"


class MarkStyle:
    """How the marks of one file are spelt; ``notation`` is None where they are brackets."""

    def __init__(self, text: SourceText, source: Source, read: ReadOptions) -> None:
        self.text, self._source, self._read = text, source, read
        self._ends: dict[tuple[int, str], dict[int, int]] = {}

    @cached_property
    def _survey(self) -> survey.BracketSurvey | None:
        raw = clean_text(self.text.text.encode(), self._source.name)
        found = survey.survey(TextSource(io.BytesIO(raw), len(raw)), self._source, self._read).survey
        return found if isinstance(found, survey.BracketSurvey) else None

    @cached_property
    def notation(self) -> Notation | None:
        """The dialect of the file. Raises Refused for one that is not edited."""
        found = NOTATIONS.get(self._dialect)
        if found and self._dialect == "slash":
            raise Refused("tags behind words are not edited where they stand; convert the file to spans JSONL first")
        return found

    @cached_property
    def _dialect(self) -> str:
        return (self._survey.detection.dialect or "") if self._survey else ""

    @property
    def label(self) -> str:
        """A pattern of the labels that marks can hold."""
        return self.notation.label if self.notation else _LABEL

    def opening_end(self, begin: int) -> int | None:
        """Return where the opening mark at ``begin`` ends, with the white space behind it that is not text."""
        return self._on_line(begin, "(").get(begin)

    def closing_end(self, at: int) -> int | None:
        """Return where the closing mark ends that begins at ``at``, or has white space there that is not text."""
        return self._on_line(at, ")").get(at)

    def _on_line(self, offset: int, kind: str) -> dict[int, int]:
        number = self.text.line_of(offset)
        if (number, kind) not in self._ends:
            begin, line = self.text.begins[number - 1], self.text.line(number)
            is_marked_up = self._survey is not None and self._survey.marked_up
            found = [event for event in marks.events(line, is_marked_up, self._dialect) if event.kind == kind]
            # Opening marks have white space behind them, closing ones before.
            self._ends[number, kind] = {
                begin + event.start - event.spaces * (kind == ")"): begin + event.end + event.spaces * (kind == "(")
                for event in found
            }
        return self._ends[number, kind]

    def of(self, span: Span) -> tuple[str, str]:
        """Return the opening and the closing mark of a new span. Raises Refused where marks name no label."""
        assert self.notation is not None
        labels = self._survey.detection.labels if self._survey else None
        if not self.notation.is_labelled and span.label not in (labels or ()):
            raise Refused(f"the marks of the dialect {self._dialect} name no label, so that none is {span.label}")
        label = self._spelt(span.label)
        return self.notation.opening.format(label), self.notation.closing.format(label)

    def _spelt(self, label: str) -> str:
        return label.replace("_", " ") if self._dialect == "tanl" else label

    def relabelled(self, raw: tuple[str, str], old: str, new: str) -> tuple[str, str]:
        """Return the marks ``raw`` of a span with ``new`` for its label ``old``. Raises Refused where they hide it."""
        if old == new:
            return raw
        old, new = self._spelt(old), self._spelt(new)
        pattern = re.compile(rf"(?<![\w.-]){re.escape(old)}(?![\w.-])")
        counts = [len(pattern.findall(mark)) for mark in raw]
        if max(counts) != 1:
            raise Refused(f"its marks {raw[0].strip()} and {raw[1].strip()} do not show the label {old} once")
        opening, closing = (pattern.sub(new, mark) for mark in raw)
        return opening, closing

    def text_of(self, text: str) -> str:
        """Return ``text`` as it is written between marks."""
        if self.notation is None or not self.notation.escapes:
            return text
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
