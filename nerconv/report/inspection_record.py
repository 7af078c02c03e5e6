"""An inspection as its JSON form has it. The comments above fields are what docs/report-json.md says of them."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Final

from nerconv.codes import CODES
from nerconv.document import Finding
from nerconv.inspection.report import Inspection

#: The version of the JSON form. It changes when a field changes its meaning or goes.
INSPECTION_SCHEMA: Final = 2


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A source, and by what its format is known."""

    #: The file.
    path: str
    #: The format that it is read as; empty where none was recognised.
    format: str
    #: What speaks for that format.
    evidence_for: tuple[str, ...]
    #: What speaks for another one; or what was tried, where none was recognised.
    evidence_against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactsRecord:
    """How a source was read."""

    #: The file.
    path: str
    #: The format.
    format: str
    #: The tag scheme that its tags are read in; empty where there are none.
    scheme: str
    #: All tag schemes that would read the tags to the same spans.
    fitting: tuple[str, ...]
    #: In words by name: dialect, encoding, line ends, columns and the evidence for them.
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class TargetRecord:
    """What a conversion to a format would lose."""

    #: Spans by the code of the reason. What the reader could not read is lost, too (unread), and is not counted here.
    lost: dict[str, int]
    #: How many other things the format does not hold, by kind.
    left_out: dict[str, int]
    #: How many spans it would lose with --cut-tokens.
    lost_with_cut_tokens: int


@dataclass(frozen=True, slots=True)
class RemarkRecord:
    """What another tool makes of a source."""

    #: spacy convert, load_dataset or seqeval.
    tool: str
    #: What it does.
    does: str
    #: Whether it does so without a word.
    silent: bool
    #: The sources.
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A command to go on with."""

    #: The command as a shell takes it.
    command: str
    #: What it does.
    why: str


@dataclass(frozen=True, slots=True)
class ReaderFindingRecord:
    """Something that a reader found."""

    #: Its code.
    code: str
    #: Its name.
    name: str
    #: error, warning or info.
    severity: str
    #: The file; null for what stands in none.
    path: str | None
    #: The line, from 1.
    line: int | None
    #: The column, from 1, in code points.
    column: int | None
    #: What is wrong, and what to do.
    message: str
    #: By label the spans that are not read because of it.
    unread: dict[str, int]


@dataclass(frozen=True, slots=True)
class InspectionRecord:
    """An inspection: the whole file."""

    #: The sources.
    sources: tuple[SourceRecord, ...]
    #: How they were read; of those alone that can be.
    facts: tuple[FactsRecord, ...]
    #: Documents.
    documents: int
    #: Sentences.
    sentences: int
    #: Tokens, those set apart by white space.
    tokens: int
    #: Characters of the text, in code points.
    characters: int
    #: Spans.
    spans: int
    #: Spans that share text with one before them.
    nested: int
    #: Spans by label.
    labels: dict[str, int]
    #: Marks by kind.
    marks: dict[str, int]
    #: Spans that a reader found and could not read, by the code of the finding.
    unread: dict[str, int]
    #: By format, what a conversion with the default options would lose.
    targets: dict[str, TargetRecord]
    #: What other tools make of the sources.
    remarks: tuple[RemarkRecord, ...]
    #: Commands to go on with.
    steps: tuple[StepRecord, ...]
    #: What the readers found.
    findings: tuple[ReaderFindingRecord, ...]
    #: The version of this form.
    version: int = INSPECTION_SCHEMA


def record_of(found: Inspection) -> InspectionRecord:
    """Return an inspection as its JSON form has it."""
    return InspectionRecord(
        sources=tuple(SourceRecord(*evidence) for evidence in found.evidence),
        facts=tuple(FactsRecord(f.path, f.format, f.scheme, f.fitting, dict(f.values)) for f in found.facts),
        documents=found.documents,
        sentences=found.sentences,
        tokens=found.tokens,
        characters=found.characters,
        spans=found.labels.total(),
        nested=found.nested,
        labels=dict(found.labels),
        marks=dict(found.marks),
        unread=dict(found.unread),
        targets={name: TargetRecord(dict(t.lost), dict(t.left_out), t.cut) for name, t in found.targets.items()},
        remarks=tuple(RemarkRecord(*remark) for remark in found.remarks),
        steps=tuple(StepRecord(shlex.join(step.words), step.why) for step in found.steps),
        findings=tuple(map(_finding, found.findings)),
    )


def _finding(finding: Finding) -> ReaderFindingRecord:
    where, row = finding.where, CODES[finding.code]
    return ReaderFindingRecord(
        code=finding.code,
        name=row.name,
        severity=row.severity,
        path=where and where.path,
        line=where and where.line,
        column=where and where.column,
        message=finding.message,
        unread=dict(finding.unread),
    )
