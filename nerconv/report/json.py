"""Reports as JSON. Those of evaluations are also read: validated, and converted from the previous schema."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nerconv.evaluation.errors import sentences_of
from nerconv.evaluation.report import KINDS, SCHEMA, EvaluationReport
from nerconv.io.sources import Unreadable
from nerconv.linting.problem import LintReport
from nerconv.printable import in_json
from nerconv.report.lint_record import record_of
from nerconv.version import VERSION

if TYPE_CHECKING:
    from nerconv.evaluation.differences import Comparison
    from nerconv.inspection.report import Inspection
    from nerconv.linting.stats import Stats

#: The versions that are read.
_READ: Final = (1, 2)


@dataclass(frozen=True, slots=True)
class _Versioned:
    schema: int


def encoded(value: object, sort_keys: bool = False) -> str:
    """Return ``value`` as JSON, with control and direction characters escaped for terminals and logs."""
    return in_json(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=sort_keys)) + "\n"


def lint(report: LintReport) -> str:
    """Return a lint run, keys sorted; ``nerconv.report.lint_record`` says what they are.

    >>> import json
    >>> from nerconv import lint as run, read
    >>> found = run(read(text="[PER XXXXX  ] left . \\n"))
    >>> [finding["code"] for finding in json.loads(lint(found))["findings"]]
    ['C201']
    """
    import msgspec

    return encoded(msgspec.to_builtins(record_of(report)), sort_keys=True)


def inspection(found: Inspection) -> str:
    """Return an inspection, keys sorted; ``nerconv.report.inspection_record`` says what they are.

    >>> import json
    >>> from nerconv import inspect, read
    >>> json.loads(inspection(inspect(read(text="[PER Ann  ] left . \\n"))))["labels"]
    {'PER': 1}
    """
    import msgspec

    from nerconv.report.inspection_record import record_of

    return encoded(msgspec.to_builtins(record_of(found)), sort_keys=True)


def comparison(found: Comparison) -> str:
    """Return how two reports differ, without the reports; ``nerconv.report.comparison_record`` says what the keys are.

    >>> import json
    >>> from nerconv import compare, evaluate, read
    >>> gold = read(text="[PER Ann  ] left . \\n")
    >>> json.loads(comparison(compare(evaluate(gold, gold), evaluate(gold, gold))))["rows"][0]["name"]
    'micro'
    """
    import msgspec

    from nerconv.report import comparison_record

    return encoded(msgspec.to_builtins(comparison_record.record_of(found)), sort_keys=True)


def stats(found: Stats) -> str:
    """Return what a corpus is made of, without what its readers found, keys sorted.

    >>> import json
    >>> from nerconv import read, stats as count
    >>> found = count(read(text="[PER Ann  ] left . \\n"))
    >>> json.loads(stats(found))['tokens']
    3
    """
    numbers = asdict(replace(found, findings=()))
    del numbers["findings"]
    return encoded(numbers, sort_keys=True)


def evaluation(report: EvaluationReport) -> str:
    """Return the versioned JSON form: sorted keys, two spaces of indent, escaped for terminals and logs.

    Lone surrogates, which UTF-8 has no form for, become text such as ``\\ud800``.

    >>> import json
    >>> from nerconv import evaluate, read
    >>> gold = read(text="[PER Ann  ] left [LOC Rome  ] . \\n")
    >>> found = evaluate(gold, read(text="[PER Ann  ] left Rome . \\n"))
    >>> json.loads(evaluation(found))['overall']['micro']['tp']
    1
    """
    import msgspec

    try:
        shown = msgspec.json.encode(report, order="sorted")
    except UnicodeEncodeError:
        shown = msgspec.json.encode(_encodable(msgspec.to_builtins(report)), order="sorted")
    # Each step lets go of what the one before made: a report may have a row for each of a million sentences.
    shown = msgspec.json.format(shown, indent=2) + b"\n"
    return in_json(shown.decode())


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    return [_encodable(item) for item in value] if isinstance(value, list | tuple) else value


def read_report(path: Path) -> EvaluationReport:
    """Return the report of an evaluation in a JSON file. Raises Unreadable."""
    try:
        return from_json(path.read_bytes())
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise Unreadable(f"{path}: {why}; make one with nerconv evaluate --json FILE") from error


def from_json(data: bytes | str) -> EvaluationReport:
    """Return the report that ``evaluation`` wrote, one of schema 1 as schema 2 has it.

    Raises ValueError naming the invalid field, or the version.
    """
    import msgspec

    try:
        # The version first: what another one means by its fields is not known.
        schema = msgspec.json.decode(data, type=_Versioned).schema
        if schema not in _READ:
            known = " and ".join(map(str, _READ))
            raise ValueError(f"schema {schema} is not known to nerconv {VERSION}, which reads schema {known}")
        report = msgspec.json.decode(data, type=EvaluationReport)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(f"not a report of nerconv evaluate (schema {SCHEMA}): {error}") from error
    _check(report)
    if not report.sentences:
        report = replace(report, sentences=sentences_of(report.examples))
    return _from_first(report) if report.schema == 1 else report


def _check(report: EvaluationReport) -> None:
    """Raise ValueError where the parts of a report do not fit together."""
    kinds = [report.kinds, *report.label_kinds.values()]
    if any(set(row) != set(KINDS) for row in kinds):
        raise ValueError(f"kinds and label_kinds hold other names than {', '.join(KINDS)}")
    if any(example.kind not in KINDS for example in report.examples):
        raise ValueError("an example is of a kind that does not exist")
    spans = [span for each in report.sentences for span in (*each.gold, *each.predicted)]
    if any(span.kind not in KINDS or not span.label for span in spans):
        raise ValueError("a span of a sentence has no label, or is of a kind that does not exist")
    runs = [report.units, *(run.units for run in (report.seeds.runs if report.seeds else ()))]
    for units in runs:
        if len({unit.id for unit in units}) < len(units):
            raise ValueError("two units have one id")
        if any(min(counts) < 0 for unit in units for counts in unit.labels.values()):
            raise ValueError("a unit counts less than nothing")
    labels = [report.labels, *(run.labels for run in (report.seeds.runs if report.seeds else ()))]
    for scored, units in zip(labels, runs, strict=True):
        if any(label not in scored for unit in units for label in unit.labels):
            raise ValueError("a unit has a label that has no score")


def _from_first(report: EvaluationReport) -> EvaluationReport:
    """Return a report of schema 1 as one of schema 2: its confusion counted boundary errors as matches."""
    boundaries = {label: count for label, row in report.label_kinds.items() if (count := row["boundary"].gold)}
    confusion = {
        gold: {
            predicted: left
            for predicted, n in row.items()
            if (left := n - boundaries.get(gold, 0) * (predicted == gold))
        }
        for gold, row in report.confusion.items()
    }
    return replace(report, confusion={g: row for g, row in confusion.items() if row}, boundaries=boundaries, schema=2)
