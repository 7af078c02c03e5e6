"""From files and models to a report: what ``nerconv evaluate`` does before its gates."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Final

from nerconv.evaluation.annotated import of_batches, of_documents
from nerconv.evaluation.count import score
from nerconv.evaluation.report import EvaluationReport, InputInfo, Repairs, SeedRun
from nerconv.evaluation.run import Context, EvaluateOptions, report_of, tallied
from nerconv.evaluation.side import Part, Side, read_side
from nerconv.evaluation.side_by_side import Readers, side_by_side
from nerconv.evaluation.statistics import seeds
from nerconv.evaluation.tally import Sides, Tally
from nerconv.evaluation.verify import verify
from nerconv.io.chunks import WHOLE
from nerconv.io.sources import Source
from nerconv.models import ModelOptions, load
from nerconv.models.asked import Asked, counted
from nerconv.options import OTHER_RULE, ReadOptions, Selection, UsageError
from nerconv.spelling import spelling

Progress = Callable[[Source], None]
#: The gold and the predicted tag at the end of a row of columns, and the bytes of a file that are searched for them.
_ROW: Final = re.compile(r".*\S[ \t]+(\S+)[ \t]+(\S+)[ \t]*\r?$")
_HEAD: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Job:
    """What to score and how. ``predictions`` are sets of files, one for each seed; without them ``model`` predicts.

    Sets are sorted by name, so that their order makes no difference. With neither, the gold files are columns as
    conlleval reads them: the gold tag in the last column but one, the predicted tag in the last. ``asked`` is called
    while a model is asked.
    """

    gold: Sequence[Source]
    predictions: Sequence[Sequence[Source]] = ()
    model: str | None = None
    read: ReadOptions = field(default_factory=ReadOptions)
    read_predictions: ReadOptions = field(default_factory=lambda: ReadOptions(invalid="lenient"))
    options: EvaluateOptions = field(default_factory=EvaluateOptions)
    model_options: ModelOptions = field(default_factory=ModelOptions)
    train: Sequence[Source] = ()
    lint: Selection | None = None
    verify: bool = False
    asked: Asked | None = None


def evaluate_files(job: Job, progress: Progress) -> EvaluationReport:
    """Return the report of ``job``, without gates. Raises UsageError, Unreadable, models.ModelError."""
    if job.predictions and job.model:
        raise UsageError("name predictions or a model, not both")
    job = replace(job, predictions=sorted(job.predictions, key=_names))
    if job.predictions or job.model:
        return _scored(job, progress)
    if job.read.tag_column:
        raise UsageError(
            f"--tag-column {job.read.tag_column} names one column of tags; without --predictions both tags are read, "
            "the gold one from the last column but one and the predicted one from the last; leave the option out"
        )
    for source in job.gold:
        _check_columns(source)
    read = replace(job.read, format="conll", tag_column="-2")
    last = replace(job.read_predictions, format="conll", tag_column="-1")
    return _scored(replace(job, predictions=[job.gold], read=read, read_predictions=last), progress)


def _check_columns(source: Source) -> None:
    """Raise UsageError unless ``source`` begins with rows of a token and two tags."""
    with source.open() as file:
        head = file.read(_HEAD).decode("utf-8", "surrogateescape").split("\n")
    rows = [row.groups() for row in map(_ROW.match, head) if row]
    if 2 * len(rows) < sum(map(bool, map(str.strip, head))) or not rows:
        raise UsageError(f"{source.name}: name --predictions or --model; or give rows of token, gold and predicted tag")
    if all(spelling(predicted).kind == "number" for _, predicted in rows):
        raise UsageError(
            f"{source.name}: its last column holds numbers; without --predictions the last two columns are the gold "
            "tag and the predicted one, so leave that column out (cut -d' ' -f ...)"
        )


def _scored(job: Job, progress: Progress) -> EvaluationReport:
    read = partial(read_side, progress=progress, quoted=not job.options.redact)
    known = None
    if job.train:
        parts = (part.batch for part in read(job.train, job.read))
        known = frozenset(chain.from_iterable(of_batches([part]).surfaces() for part in parts))
    context = Context(
        known=known,
        linted=job.lint is not None,
        verified=job.verify,
        method={"gold": _names(job.gold)},
    )
    gold: Callable[[], Side] = partial(read, job.gold, job.read)
    if job.model:
        gold = partial(read, job.gold, job.read, most=WHOLE)
    if job.lint:
        gold = _linted(gold(), job.lint, job.gold, job.read)
    if job.model:
        return _of_model(job, gold(), context)
    first, *others = job.predictions
    method = {**context.method, "predictions": _names(first)}
    report = _against(job, gold, first, progress, replace(context, method=method), job.options)
    if not others:
        return report
    # Of other seeds scores are needed.
    options = replace(job.options, resamples=0, examples=0)
    found = [_against(job, gold, sources, progress, Context(), options) for sources in others]
    return _with_seeds(report, [report, *found], _numbered(job.predictions))


def _against(
    job: Job,
    gold: Callable[[], Side],
    sources: Sequence[Source],
    progress: Progress,
    context: Context,
    options: EvaluateOptions,
) -> EvaluationReport:
    """Return the report of one set of predictions."""
    predicted = partial(read_predictions, sources, job.read_predictions, progress=progress, quoted=not options.redact)
    check = partial(check_scheme, _names(sources))
    tally, one, other = side_by_side(Readers(gold, predicted, check), options, context)
    repairs = _repairs(job, one, other, tally)
    known = replace(context, gold=one.reading, predictions=_predicted(one, other), repairs=repairs)
    return _verified(report_of(tally, options, known), tally)


def _predicted(gold: Side, predicted: Side) -> InputInfo:
    """Return how predictions were read: where neither side says what their tags are, they are IOB2."""
    found = predicted.reading
    return replace(found, decided="default") if found.decided == "detected" and not gold.schemes else found


def _names(sources: Sequence[Source]) -> str:
    return ", ".join(source.name for source in sources)


def _numbered(predictions: Sequence[Sequence[Source]]) -> list[str]:
    """Return the names of sets of files, repeated ones numbered."""
    names = [_names(sources) for sources in predictions]
    before = [names[:at].count(name) for at, name in enumerate(names)]
    return [f"{name} ({count + 1})" if count else name for name, count in zip(names, before, strict=True)]


def _with_seeds(report: EvaluationReport, all_: Sequence[EvaluationReport], names: Sequence[str]) -> EvaluationReport:
    f1 = {name: each.overall.micro.f1 for name, each in zip(names, all_, strict=True)}
    labels = sorted({label for each in all_ for label in each.labels})
    by_label = {label: [each.labels[label].f1 if label in each.labels else None for each in all_] for label in labels}
    runs = tuple(
        SeedRun(name, each.overall, each.labels, each.units, each.predictions)
        for name, each in zip(names, all_, strict=True)
    )
    return replace(report, seeds=replace(seeds(f1, by_label), runs=runs))


def read_predictions(
    sources: Sequence[Source], options: ReadOptions, gold: Sequence[str], progress: Progress, quoted: bool = True
) -> Side:
    """Return predictions read in the scheme that was named for them, or else in that of the ``gold``, if it has one.

    The predicted tags themselves do not decide: those of a model that never predicts one of the letters fit another
    scheme. Where the gold has no tags, they are read as IOB2 if they are valid IOB2 (``check_scheme``).
    """
    options = replace(options, both=options.invalid in OTHER_RULE)
    if options.scheme.lower() == "auto" and len(gold) == 1:
        return read_side(sources, replace(options, scheme=gold[0]), progress, "gold", quoted)
    return read_side(sources, options, progress, quoted=quoted)


def check_scheme(names: str, gold: Sequence[str], predicted: Side) -> None:
    """Raise UsageError where nothing says which scheme predicted tags are in.

    ``names``: of their files; ``gold``: the schemes of the gold.
    """
    if predicted.reading.decided != "detected":
        return
    if gold:
        why = f"the files of the gold are in several tag schemes ({', '.join(gold)})"
    elif predicted.schemes == ("IOB2",):
        return
    else:
        why = "the gold has no tags"
    raise UsageError(
        f"{names}: {why}, so that nothing says which scheme the predicted tags are in; they look like "
        f"{', '.join(predicted.schemes)}: name it with --predictions-scheme"
    )


def _repairs(job: Job, gold: Side, predicted: Side, tally: Tally) -> Repairs | None:
    """Return the repairs of each side, and micro F1 with predictions read by the other rule for invalid tags."""
    own, said = (sum(side.reading.repaired.values()) for side in (gold, predicted))
    if not own and not said:
        return None
    rule = job.read_predictions.invalid
    other = OTHER_RULE[rule] if said else ""
    return Repairs(job.read.invalid, rule, own, said, other, score(*tally.other).f1 if other else None)


def _linted(side: Side, lint: Selection, sources: Sequence[Source], options: ReadOptions) -> Callable[[], Side]:
    """Return what reads the gold with the flags of lint, and, unless these change the text, with safe fixes.

    Rules compare documents, so that all of them are held.
    """
    from nerconv.linting.cleaning import amended, by_batch, flagged
    from nerconv.linting.engine import check, choose

    parts = list(side)
    continued = [number for number, part in enumerate(parts) if part.continues]
    problems = by_batch(check([part.batch for part in parts], choose(lint), sources=sources, continued=continued))
    found = [(part.batch, problems.get(number, [])) for number, part in enumerate(parts)]
    fixed = [amended(*each)[0] for each in found]
    same_text = all(after.text == before.text for after, (before, _) in zip(fixed, found, strict=True))
    made = [
        Part(flagged(*each), after if same_text else None, part.continues)
        for each, after, part in zip(found, fixed, parts, strict=True)
    ]
    return lambda: Side(chain(side.facts, made), options)


def _of_model(job: Job, side: Side, context: Context) -> EvaluationReport:
    assert job.model is not None
    gold, fixed = side.whole()
    predictor = load(job.model, job.model_options)
    predictions = list(predictor.predict(counted(gold.documents, job.asked)))
    scores = {
        (each.document.id, span.start, span.end, job.options.labels.get(span.label, span.label)): score
        for each in predictions
        for span, score in zip(each.document.spans, each.scores, strict=True)
        if score is not None
    }
    covered, words = sum(each.covered for each in predictions), sum(each.words for each in predictions)
    if covered != words:
        raise UsageError(
            f"{job.model} read {covered:,} of {words:,} words; a score of part of the text would be misleading"
        )
    model = {
        "name": predictor.name,
        "kind": predictor.kind,
        **predictor.settings,
        **{name: value for each in predictions for name, value in each.facts.items()},
        "text seen": "100 %",
        "words": f"{words:,}",
        "words without a sub-token": f"{sum(each.blank for each in predictions):,}",
    }
    predicted = of_documents(each.document for each in predictions)
    known = replace(context, scores=scores, model=model, gold=side.reading)
    tally = tallied(Sides(gold, predicted, fixed), job.options, known)
    return _verified(report_of(tally, job.options, known), tally)


def _verified(report: EvaluationReport, tally: Tally) -> EvaluationReport:
    if not tally.tagged:
        return report
    return replace(report, method={**report.method, "check": verify(*tally.tags, report.overall.micro)})
