"""What an evaluation found, as plain frozen values: the one thing that gates read and renderers show.

Its JSON form (``to_json``, ``from_json``) is versioned by SCHEMA; a later ``nerconv report`` draws from the file alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from nerconv.version import VERSION

#: The version of the JSON form. It changes when a field changes its meaning or goes.
SCHEMA: Final = 2
#: The versions that are read.
_READ: Final = (1, 2)
#: How errors are told apart; correct among them, so that the rows sum to the totals.
KINDS: Final = ("correct", "type", "boundary", "type+boundary", "missed", "spurious")


@dataclass(frozen=True, slots=True)
class Interval:
    """A percentile bootstrap interval of a score; ``level`` 0.95 leaves 2.5 % out on each side."""

    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class Score:
    """Counts and what follows from them. A ratio over nothing is None, never 0, 1 or NaN."""

    tp: int
    predicted: int
    gold: int
    precision: float | None
    recall: float | None
    f1: float | None
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Average:
    """Macro or weighted mean over the labels of the gold."""

    precision: float | None
    recall: float | None
    f1: float | None
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Overall:
    """The scores over all labels."""

    micro: Score
    macro: Average
    weighted: Average


@dataclass(frozen=True, slots=True)
class Semeval:
    """The four SemEval-2013 counts of one view (strict, exact, partial, type), with half credit in partial."""

    correct: int
    incorrect: int
    partial: int
    missed: int
    spurious: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class Kind:
    """How many gold and predicted spans an error class holds. Over all KINDS they sum to the totals."""

    gold: int
    predicted: int


@dataclass(frozen=True, slots=True)
class Side:
    """One span of an example: code-point offsets into its document, label, text, and where it was read."""

    start: int
    end: int
    label: str
    text: str
    where: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """One error: its kind, the gold and the predicted span (one may be missing), and the sentence around them.

    ``context`` starts at offset ``context_start`` of the document. ``notes`` are split, merged. ``flags`` are the lint
    codes on the gold span.
    """

    kind: str
    document: str
    gold: Side | None
    predicted: Side | None
    context: str
    context_start: int
    notes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """The counts of one text that is drawn as a whole: a document, or a sentence where documents are few.

    ``labels`` holds tp, predicted, gold by label; labels without any are left out. ``document`` is the id of the
    document that a sentence is of, empty for a document.
    """

    id: str
    labels: dict[str, tuple[int, int, int]]
    document: str = ""


@dataclass(frozen=True, slots=True)
class Slice:
    """The score of a part of the spans: ``group`` seen, length, frequency; ``name`` of the part in it."""

    group: str
    name: str
    score: Score


@dataclass(frozen=True, slots=True)
class Repairs:
    """Tags that broke their scheme, by side, and micro F1 under the other rule when there were any."""

    rule_gold: str
    rule_predicted: str
    gold: int
    predicted: int
    other_rule: str = ""
    other_f1: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How one side was read from its files: their formats, and of tags the scheme and the rule for invalid ones.

    ``scheme`` and ``invalid`` are empty where the side has no tags; ``decided`` says where the scheme is from:
    detected, named, gold (that of the gold) or default (the gold has no tags). ``repaired``: by file the number of tags
    that were read by a repair, where any were.
    """

    formats: tuple[str, ...]
    scheme: str = ""
    decided: str = ""
    invalid: str = ""
    repaired: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Noise:
    """How far the gold is doubted by lint, and the score without what it doubts."""

    flagged: int
    gold: int
    codes: dict[str, int]
    errors: int
    errors_on_flagged: int
    clean: Score
    fixed: Score | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One of several predictions: the name of its files, its scores, the counts of its documents, how it was read."""

    name: str
    overall: Overall
    labels: dict[str, Score]
    units: tuple[Unit, ...]
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Seeds:
    """Several prediction files of one model: F1 of each by file, mean and sample standard deviation.

    ``runs`` holds what gates need of each, sorted by name.
    """

    f1: dict[str, float | None]
    mean: float | None
    deviation: float | None
    labels: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Calibration:
    """Expected calibration error of the spans' scores, and its bins: lower edge, spans, mean score, share correct."""

    error: float
    bins: tuple[tuple[float, int, float, float], ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition on a score: what was asked, what was measured, whether it holds. ``measured`` None: not scored."""

    name: str
    asked: float
    measured: float | None
    passed: bool
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """All that one evaluation found.

    ``method`` says how: unit (characters or tokens), pairing, map, intervals, data hash; ``gold`` and ``predictions``
    how either side was read from files, ``version`` by which nerconv. ``model`` says what: name, kind, settings,
    coverage. ``only_gold``, ``only_predicted``: labels that one side has. ``remarks``: what a comparison with the
    baseline has to bear in mind. ``confusion`` counts gold label by predicted label; the empty label is none. A cell of
    one label twice counts exact matches alone; ``boundaries`` counts by label the pairs that share the label and not
    the edges.
    """

    overall: Overall
    labels: dict[str, Score]
    kinds: dict[str, Kind]
    label_kinds: dict[str, dict[str, Kind]]
    semeval: dict[str, Semeval]
    confusion: dict[str, dict[str, int]]
    method: dict[str, str]
    model: dict[str, str]
    boundaries: dict[str, int] = field(default_factory=dict)
    units: tuple[Unit, ...] = ()
    examples: tuple[Example, ...] = ()
    slices: tuple[Slice, ...] = ()
    repairs: Repairs | None = None
    noise: Noise | None = None
    seeds: Seeds | None = None
    calibration: Calibration | None = None
    gates: tuple[Gate, ...] = ()
    baseline: dict[str, float | None] = field(default_factory=dict)
    only_gold: tuple[str, ...] = ()
    only_predicted: tuple[str, ...] = ()
    gold: Reading | None = None
    predictions: Reading | None = None
    remarks: tuple[str, ...] = ()
    version: str = ""
    schema: int = SCHEMA


@dataclass(frozen=True, slots=True)
class _Versioned:
    schema: int


def to_json(report: Report) -> bytes:
    """Return the JSON form: sorted keys, two spaces of indent, a line feed at the end.

    Lone surrogates, which UTF-8 has no form for, become text such as ``\\ud800``.
    """
    import msgspec

    plain = msgspec.to_builtins(report)
    try:
        encoded = msgspec.json.encode(plain, order="sorted")
    except UnicodeEncodeError:
        encoded = msgspec.json.encode(_encodable(plain), order="sorted")
    return msgspec.json.format(encoded, indent=2) + b"\n"


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    return [_encodable(item) for item in value] if isinstance(value, list | tuple) else value


def from_json(data: bytes) -> Report:
    """Return the report that ``to_json`` wrote, one of schema 1 as schema 2 has it.

    Raises ValueError naming the field that is amiss, or the version.
    """
    import msgspec

    try:
        # The version first: what another one means by its fields is not known.
        schema = msgspec.json.decode(data, type=_Versioned).schema
        if schema not in _READ:
            known = " and ".join(map(str, _READ))
            raise ValueError(f"schema {schema} is not known to nerconv {VERSION}, which reads schema {known}")
        report = msgspec.json.decode(data, type=Report)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(f"not a report of nerconv evaluate (schema {SCHEMA}): {error}") from error
    _check(report)
    return _from_first(report) if report.schema == 1 else report


def _check(report: Report) -> None:
    """Raise ValueError where the parts of a report do not fit together."""
    kinds = [report.kinds, *report.label_kinds.values()]
    if any(set(row) != set(KINDS) for row in kinds):
        raise ValueError(f"kinds and label_kinds hold other names than {', '.join(KINDS)}")
    if any(example.kind not in KINDS for example in report.examples):
        raise ValueError("an example is of a kind that does not exist")
    runs = [report.units, *(run.units for run in (report.seeds.runs if report.seeds else ()))]
    for units in runs:
        if len({unit.id for unit in units}) < len(units):
            raise ValueError("two units have one id")
        if any(min(counts) < 0 for unit in units for counts in unit.labels.values()):
            raise ValueError("a unit counts less than nothing")
    labels = [report.labels, *(run.labels for run in (report.seeds.runs if report.seeds else ()))]
    for held, units in zip(labels, runs, strict=True):
        if any(label not in held for unit in units for label in unit.labels):
            raise ValueError("a unit has a label that has no score")


def _from_first(report: Report) -> Report:
    """Return a report of schema 1 as one of schema 2: its confusion counted boundary errors as matches."""
    boundaries = {label: count for label, row in report.label_kinds.items() if (count := row["boundary"].gold)}
    confusion = {
        gold: {said: left for said, n in row.items() if (left := n - boundaries.get(gold, 0) * (said == gold))}
        for gold, row in report.confusion.items()
    }
    return replace(report, confusion={g: row for g, row in confusion.items() if row}, boundaries=boundaries, schema=2)
