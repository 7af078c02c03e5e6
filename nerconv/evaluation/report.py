"""The result of an evaluation as frozen values: what gates read and renderers show.

Its JSON form is versioned by SCHEMA; a later ``nerconv report`` draws from the file alone. The comments above fields
are what docs/report-json.md says of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from json import loads
from typing import Any, Final

from nerconv.evaluation.errors import ErrorExample, Sentence

#: The version of the JSON form. It changes when a field changes its meaning or goes.
SCHEMA: Final = 2
#: The kinds of error; correct is among them, so that the rows sum to the totals.
KINDS: Final = ("correct", "type", "boundary", "type+boundary", "missed", "spurious")


@dataclass(frozen=True, slots=True)
class Interval:
    """A percentile bootstrap interval of a score; where all draws are equal, the binomial bound for rare errors."""

    #: Lower end, 0 to 1.
    low: float
    #: Upper end, 0 to 1.
    high: float
    #: The confidence level; 0.95 leaves 2.5 % of the draws out on each side.
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class Score:
    """Counts and what follows from them. A ratio over nothing is None (null), never 0, 1 or NaN."""

    #: Predicted spans that match a gold span exactly: start, end and label.
    tp: int
    #: Predicted spans.
    predicted: int
    #: Gold spans.
    gold: int
    #: tp / predicted, 0 to 1.
    precision: float | None
    #: tp / gold, 0 to 1.
    recall: float | None
    #: 2 tp / (predicted + gold), 0 to 1.
    f1: float | None
    #: Of F1; null where too few texts hold the spans or none was asked for.
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Average:
    """Macro or weighted mean over the labels of the gold."""

    #: Mean of the labels' precision; one of nothing predicted counts as 0.
    precision: float | None
    #: Mean of the labels' recall.
    recall: float | None
    #: Mean of the labels' F1.
    f1: float | None
    #: Of the mean F1; null as in a score.
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Overall:
    """The scores over all labels."""

    #: From the counts of all labels together.
    micro: Score
    #: The unweighted mean over the labels of the gold.
    macro: Average
    #: The mean over the labels of the gold, each weighted by its gold spans.
    weighted: Average


@dataclass(frozen=True, slots=True)
class Semeval:
    """The four SemEval-2013 counts of one view (strict, exact, partial, type), with half credit in partial."""

    #: Pairs that count as right in this view.
    correct: int
    #: Pairs that count as wrong.
    incorrect: int
    #: Pairs that count half.
    partial: int
    #: Gold spans without a partner.
    missed: int
    #: Predicted spans without a partner.
    spurious: int
    #: (correct + partial / 2) / predicted spans.
    precision: float | None
    #: (correct + partial / 2) / gold spans.
    recall: float | None
    #: The harmonic mean of both.
    f1: float | None


@dataclass(frozen=True, slots=True)
class KindCounts:
    """How many gold and predicted spans an error class holds. Over all KINDS they sum to the totals."""

    #: Gold spans of this kind.
    gold: int
    #: Predicted spans of this kind.
    predicted: int


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """The counts of one text that is drawn as a whole: a document, or a sentence where documents are few."""

    #: Its id, unique in the report: that of the document, for a sentence with /s and its number.
    id: str
    #: By label tp, predicted and gold; labels without any span are left out.
    labels: dict[str, tuple[int, int, int]]
    #: The id of the document that a sentence is of; empty for a document.
    document: str = ""


@dataclass(frozen=True, slots=True)
class Slice:
    """The score of a part of the spans: ``group`` is seen, length or label frequency; ``name`` of the part in it."""

    #: What the spans are split by: seen, length, label frequency.
    group: str
    #: The part.
    name: str
    #: The score of its spans.
    score: Score


@dataclass(frozen=True, slots=True)
class Repairs:
    """Tags that broke their scheme, by side, and micro F1 under the other rule when there were any."""

    #: The rule for invalid tags of the gold: error, lenient, discard.
    rule_gold: str
    #: The rule for those of the predictions.
    rule_predicted: str
    #: Invalid tags of the gold that were repaired.
    gold: int
    #: Invalid predicted tags that were repaired.
    predicted: int
    #: The rule that the predictions were also read by; empty for none.
    other_rule: str = ""
    #: Micro F1 by that rule.
    other_f1: float | None = None


@dataclass(frozen=True, slots=True)
class InputInfo:
    """How one side was read from its files: their formats, and of tags the scheme and the rule for invalid ones."""

    #: The formats of its files.
    formats: tuple[str, ...]
    #: The tag scheme; empty where the side has no tags.
    scheme: str = ""
    #: Where the scheme is from: detected, named, gold (that of the gold) or default (the gold has no tags).
    decided: str = ""
    #: The rule for invalid tags; empty where the side has no tags.
    invalid: str = ""
    #: By file the number of tags that were read by a repair; files without any are left out.
    repaired: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Noise:
    """What lint reports in the gold, and the score without that."""

    #: Gold spans that a lint rule reports.
    flagged: int
    #: Gold spans.
    gold: int
    #: By code of the rule its gold spans; a span may have several.
    codes: dict[str, int]
    #: Errors: pairs that are wrong, and spans without a partner.
    errors: int
    #: Those of them with a gold span that lint reports.
    errors_on_flagged: int
    #: Micro scores without the reported gold spans and the predictions that touch them.
    clean: Score
    #: Micro scores against the gold after safe fixes; null without --lint, or where fixes change the text.
    fixed: Score | None = None


@dataclass(frozen=True, slots=True)
class SeedRun:
    """One of several predictions: the name of its files, its scores, the counts of its documents, how it was read."""

    #: The names of its files.
    name: str
    #: Its scores over all labels.
    overall: Overall
    #: Its score by label.
    labels: dict[str, Score]
    #: Its counts by document or sentence.
    units: tuple[UnitCounts, ...]
    #: How its tags were read.
    reading: InputInfo | None = None


@dataclass(frozen=True, slots=True)
class Seeds:
    """Several prediction files of one model: F1 of each by file, mean and sample standard deviation."""

    #: Micro F1 by name of the files.
    f1: dict[str, float | None]
    #: The mean of micro F1.
    mean: float | None
    #: The sample standard deviation of micro F1.
    deviation: float | None
    #: By label the mean and the sample standard deviation of F1.
    labels: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    #: What gates need of each, sorted by name.
    runs: tuple[SeedRun, ...] = ()


@dataclass(frozen=True, slots=True)
class Calibration:
    """Expected calibration error of the spans' scores, and its bins: lower edge, spans, mean score, share correct."""

    #: The expected calibration error, 0 to 1.
    error: float
    #: By tenth of the score that has spans: its lower edge, spans, mean score, share of right ones.
    bins: tuple[tuple[float, int, float, float], ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition on a score: what was asked, what was measured, whether it holds. ``measured`` None: not scored."""

    #: The condition, in words.
    name: str
    #: The least score that passes, or the greatest fall as a negative number.
    asked: float
    #: The score or the difference that was measured; null where it was not scored.
    measured: float | None
    #: Whether it holds.
    passed: bool
    #: The measured value and the reason, in words.
    why: str
    #: The label or the mean whose score it is about; empty where it is about none.
    of: str = ""
    #: What of it: f1, precision or recall, or drop for the fall of F1 below that of a baseline.
    measure: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class EvaluationReport:
    """The result of an evaluation: the whole file.

    >>> from nerconv import evaluate, read
    >>> gold = read(text="[PER Ann  ] left [LOC Rome  ] . \\n")
    >>> report = evaluate(gold, read(text="[PER Ann  ] left Rome . \\n"))
    >>> report.micro.recall, report.labels["LOC"].gold, report.confusion["LOC"]
    (0.5, 1, {'': 1})
    """

    #: Scores over all labels.
    overall: Overall
    #: Score by label, of both sides.
    labels: dict[str, Score]
    #: By kind how many spans of each side it holds. Over all kinds they sum to the totals.
    kinds: dict[str, KindCounts]
    #: The same by label: gold spans by their own label, predicted spans by theirs.
    label_kinds: dict[str, dict[str, KindCounts]]
    #: The counts of SemEval-2013 by view: strict, exact, partial, type.
    semeval: dict[str, Semeval]
    #: By gold label and predicted label how many pairs; the empty label means no span. The diagonal counts
    #: exact matches alone.
    confusion: dict[str, dict[str, int]]
    #: How it was counted, in words by name: unit, pairing, map, intervals, hash of the gold, files.
    method: dict[str, str]
    #: The model, in words by name: name, kind, settings, coverage; empty for files.
    model: dict[str, str]
    #: By label the pairs that share the label and not the edges; these are not in the confusion.
    boundaries: dict[str, int] = field(default_factory=dict)
    #: The counts that intervals and comparisons are made from.
    units: tuple[UnitCounts, ...] = ()
    #: The errors in the sentences that were chosen (--examples, --examples-by), in the order of the gold.
    examples: tuple[ErrorExample, ...] = ()
    #: The sentences that were chosen, each with all its spans, in the order that they were chosen by.
    sentences: tuple[Sentence, ...] = ()
    #: Scores of parts of the spans.
    slices: tuple[Slice, ...] = ()
    #: What was repaired; null where nothing was.
    repairs: Repairs | None = None
    #: What lint reports in the gold; null where it was not asked.
    noise: Noise | None = None
    #: Several predictions for one gold; null for one.
    seeds: Seeds | None = None
    #: How far the model's scores are from the share that is right; null without scores.
    calibration: Calibration | None = None
    #: The conditions of --fail-under and --baseline.
    gates: tuple[Gate, ...] = ()
    #: F1 of the baseline by label, and of micro, macro and weighted; empty without one.
    baseline: dict[str, float | None] = field(default_factory=dict)
    #: Labels that only the gold has.
    only_gold: tuple[str, ...] = ()
    #: Labels that only the predictions have.
    only_predicted: tuple[str, ...] = ()
    #: How the gold was read from files.
    gold: InputInfo | None = None
    #: How the predictions were read from files; null for a model.
    predictions: InputInfo | None = None
    #: Notes on the comparison with the baseline.
    remarks: tuple[str, ...] = ()
    #: The command that made it, as it was typed; empty where none did.
    command: str = ""
    #: The date that --date put in, empty without.
    date: str = ""
    #: The version of nerconv that wrote it; empty where it was not recorded yet.
    version: str = ""
    #: The version of this form.
    schema: int = SCHEMA

    @property
    def micro(self) -> Score:
        """The score of all labels together."""
        return self.overall.micro

    @property
    def macro(self) -> Average:
        """The mean over the labels of the gold."""
        return self.overall.macro

    @property
    def weighted(self) -> Average:
        """The mean over the labels of the gold, weighted by their spans."""
        return self.overall.weighted

    def to_dict(self) -> dict[str, Any]:
        """Return what ``nerconv evaluate --json`` writes, as a value."""
        from nerconv.report import json

        found: dict[str, Any] = loads(json.evaluation(self))
        return found

    def redacted(self) -> EvaluationReport:
        """Return the report with the text of its errors left out: spans and what is around them.

        Labels, offsets, places, names of files and ids of documents stay.
        """
        return replace(
            self,
            examples=tuple(example.without_text() for example in self.examples),
            sentences=tuple(replace(sentence, text="") for sentence in self.sentences),
        )

    def __repr__(self) -> str:
        micro = self.micro
        f1 = "none" if micro.f1 is None else f"{100 * micro.f1:.2f}"
        return f"<EvaluationReport: micro F1 {f1}, {micro.gold:,} gold and {micro.predicted:,} predicted spans>"

    def _repr_html_(self) -> str:
        from nerconv.report import notebook

        return notebook.evaluation(self)
