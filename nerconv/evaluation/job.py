"""From files and models to a report: what ``nerconv evaluate`` does before its gates."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from nerconv.evaluation.annotated import Annotated, of_batches, of_documents
from nerconv.evaluation.pair import pair_documents
from nerconv.evaluation.report import EvaluationReport, Repairs, SeedRun
from nerconv.evaluation.run import Context, EvaluateOptions, evaluate, micro
from nerconv.evaluation.side import ReadSide, read_side
from nerconv.evaluation.statistics import seeds
from nerconv.evaluation.verify import verify
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
    quoted = not job.options.redact
    gold = read_side(job.gold, job.read, progress, quoted=quoted, whole=bool(job.model or job.lint))
    annotated, fixed = _linted(gold.annotated, job)
    train = read_side(job.train, job.read, progress, quoted=quoted, whole=False).annotated if job.train else None
    context = Context(
        train=train, fixed=fixed, linted=job.lint is not None, gold=gold.reading, method={"gold": _names(job.gold)}
    )
    if job.model:
        return _of_model(job, annotated, context)
    sides = [
        read_predictions(sources, job.read_predictions, gold.schemes, progress, quoted).sharing(annotated)
        for sources in job.predictions
    ]
    first = replace(
        context,
        predictions=sides[0].reading,
        method={**context.method, "predictions": _names(job.predictions[0])},
        repairs=_repairs(job, annotated, gold, sides[0]),
    )
    report = _verified(evaluate(annotated, sides[0].annotated, job.options, first), annotated, sides[0].annotated, job)
    if len(sides) == 1:
        return report
    others = [
        evaluate(annotated, side.annotated, replace(job.options, resamples=0), Context(predictions=side.reading))
        for side in sides[1:]
    ]
    return _with_seeds(report, [report, *others], _numbered(job.predictions))


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
) -> ReadSide:
    """Return predictions read in the scheme that was named for them, or else in that of the ``gold``, if it has one.

    The predicted tags themselves do not decide: those of a model that never predicts one of the letters fit another
    scheme. Where the gold has no tags, they are read as IOB2 if they are valid IOB2. Raises UsageError where the scheme
    stays unknown.
    """
    options, names = replace(options, both=options.invalid in OTHER_RULE), _names(sources)
    read = partial(read_side, sources, progress=progress, quoted=quoted, whole=False)
    if options.scheme.lower() != "auto":
        return read(options)
    if len(gold) == 1:
        return read(replace(options, scheme=gold[0]), decided="gold")
    side = read(options)
    if not side.schemes:
        return side
    if gold:
        why = f"the files of the gold are in several tag schemes ({', '.join(gold)})"
    elif side.schemes == ("IOB2",):
        return replace(side, reading=replace(side.reading, decided="default"))
    else:
        why = "the gold has no tags"
    raise UsageError(
        f"{names}: {why}, so that nothing says which scheme the predicted tags are in; they look like "
        f"{', '.join(side.schemes)}: name it with --predictions-scheme"
    )


def _repairs(job: Job, annotated: Annotated, gold: ReadSide, side: ReadSide) -> Repairs | None:
    """Return the repairs of each side, and micro F1 with predictions read by the other rule for invalid tags."""
    if not (gold.repaired or side.repaired):
        return None
    rule = job.read_predictions.invalid
    other = OTHER_RULE[rule] if side.repaired else ""
    f1 = micro(annotated, side.other or side.annotated, job.options).f1 if other else None
    return Repairs(job.read.invalid, rule, gold.repaired, side.repaired, other, f1)


def _linted(gold: Annotated, job: Job) -> tuple[Annotated, Annotated | None]:
    """Return the gold with the flags of lint, and the gold after safe fixes, None if these change the text."""
    if job.lint is None:
        return gold, None
    from nerconv.linting.cleaning import amended, by_batch, flagged
    from nerconv.linting.engine import check, choose

    problems = by_batch(check(gold.parts, choose(job.lint), sources=job.gold))
    found = [(part, problems.get(number, [])) for number, part in enumerate(gold.parts)]
    fixed = [amended(*each)[0] for each in found]
    same_text = all(after.text == before.text for after, before in zip(fixed, gold.parts, strict=True))
    return of_batches(flagged(*each) for each in found), of_batches(fixed) if same_text else None


def _of_model(job: Job, gold: Annotated, context: Context) -> EvaluationReport:
    assert job.model is not None
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
    report = evaluate(gold, predicted, job.options, replace(context, scores=scores, model=model))
    return _verified(report, gold, predicted, job)


def _verified(report: EvaluationReport, gold: Annotated, predicted: Annotated, job: Job) -> EvaluationReport:
    if not job.verify:
        return report
    gold, predicted = (side.relabelled(job.options.labels) for side in (gold, predicted))
    verified = verify(
        pair_documents(gold, predicted, job.options.pairing, not job.options.redact), report.overall.micro
    )
    return replace(report, method={**report.method, "check": verified})
