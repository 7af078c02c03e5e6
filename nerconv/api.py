"""The public API: what ``import nerconv`` offers as functions, and what the commands call.

Each takes what people have: a path, several, a glob, a folder, a URL, or a ``Corpus`` that was read before; and what
commands have, sources that ``nerconv.plan`` found. Options are frozen records (``ReadOptions``, ``ConvertOptions`` …)
whose defaults are those of the commands. ``progress`` is called with each source when it is begun.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nerconv import plan
from nerconv.io.sources import Source
from nerconv.options import ReadOptions, Selection, UsageError
from nerconv.plan import Names, Paths, Progress, given_corpus, given_sources, given_texts, inspected, silent
from nerconv.settings import cleaning_of

if TYPE_CHECKING:
    from nerconv.alignment.job import Alignment, AlignOptions
    from nerconv.conversion.report import ConversionReport, ConvertOptions
    from nerconv.conversion.workers import Workers
    from nerconv.corpus import Corpus
    from nerconv.evaluation.differences import Comparison
    from nerconv.evaluation.gates import Drops, GateOptions
    from nerconv.evaluation.report import EvaluationReport
    from nerconv.evaluation.run import EvaluateOptions
    from nerconv.inspection.report import Inspection
    from nerconv.io.replacing import Changes
    from nerconv.linting.fix import FixReport
    from nerconv.linting.problem import LintReport
    from nerconv.linting.stats import Stats
    from nerconv.models import ModelOptions, Predictor
    from nerconv.models.asked import Asked


def read(
    paths: Paths | None = None,
    options: ReadOptions | None = None,
    *,
    text: str | None = None,
    progress: Progress | None = None,
) -> Corpus:
    """Return what ``paths`` hold, in any format that is read, or ``text``, which is a file in memory.

    Spans that could not be read are named in ``Corpus.findings``, and so is a file that cannot be read. Raises
    UsageError for options that make no sense, Unreadable when a path names nothing.

    >>> corpus = read(text="[PER Ann  ] met [ORG Interior Ministry  ] . \\n")
    >>> corpus.labels
    Counter({'ORG': 1, 'PER': 1})
    >>> corpus[0].text, str(corpus[0].spans[1].where)
    ('Ann met Interior Ministry . \\n', '<text>:1:17')
    """
    options = options or ReadOptions()
    if text is None and paths is not None:
        return given_corpus(paths, options, progress or silent)
    if text is None or paths is not None:
        raise UsageError("read takes paths or text=, one of the two")
    content = text.encode(options.encoding, "surrogatepass")
    return given_corpus([Source("<text>", "text", content=content)], options)


def write(corpus: Corpus, target: str | os.PathLike[str], options: ConvertOptions | None = None) -> ConversionReport:
    """Write the documents of ``corpus`` to ``target``, in the format of its suffix; the same as ``Corpus.write``.

    Raises UsageError, Unreadable where the target cannot be written, NotVerified.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = write(read(text="[PER Ann  ] left . \\n"), f"{folder}/ann.conll")
    >>> report.written, report.lost
    (Counter({'PER': 1}), [])
    """
    return corpus.write(target, options)


def convert(
    paths: Paths | Corpus | Mapping[str, Paths],
    target: str | os.PathLike[str],
    options: ConvertOptions | None = None,
    *,
    lint: str = "keep",
    redactions: str = "keep",
    rules: Selection | None = None,
    shard_docs: int | None = None,
    force: bool = False,
    workers: int | Workers = 1,
    ledger: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> ConversionReport:
    """Convert what ``paths`` hold to ``target``, in the format of its suffix, and return the account of it.

    ``paths`` by name of a part (``{"train": "a.txt", "dev": "b.txt"}``) make a file for each in the folder ``target``.
    ``lint`` (keep, mark, drop, fix, drop-sentence, mask-loss) and ``redactions`` (keep, drop-span, mask, drop-sentence)
    say what becomes of noise that ``rules`` find. ``shard_docs``: so many records are a file in the folder ``target``;
    files that are finished stay as they are unless ``force``. ``workers``: how many processes. Every span is written or
    named in the ``lost`` of the report, and in the file ``ledger``; what was written is read back before all is moved
    into place together. Raises UsageError, Unreadable, NotVerified; then what stood there is unchanged.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = convert(read(text="[PER Ann  ] and [PER XXXXX  ] left . \\n"), f"{folder}/a.conll", lint="drop")
    >>> report.read.total(), report.written.total(), [finding.code for finding in report.lost]
    (2, 1, ['K007'])
    """
    from nerconv.conversion import job
    from nerconv.conversion.report import ConvertOptions
    from nerconv.conversion.workers import Workers

    options = options or ConvertOptions()
    cleaning = cleaning_of(lint, redactions, rules or Selection())
    options = replace(options, cleaning=cleaning) if any(cleaning) else options
    team = workers if isinstance(workers, Workers) else Workers(workers)
    given: job.Given = (
        {name: given_sources(part, options.read) for name, part in paths.items()}
        if isinstance(paths, Mapping)
        else given_sources(paths, options.read)
    )
    account = None if ledger is None else os.fspath(ledger)
    return job.convert(given, os.fspath(target), options, progress or silent, team, shard_docs, force, account)


def align(
    annotated: Paths | Corpus,
    originals: Paths,
    options: AlignOptions | None = None,
    *,
    read: ReadOptions | None = None,
    progress: Progress | None = None,
) -> Alignment:
    """Return the spans of ``annotated`` on the text of ``originals``, which is read as it stands.

    Each span has a status (``nerconv.alignment.placing``); those without a place are findings, never guessed. Raises
    UsageError, and Unreadable for an original that cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.txt")
    ...     _ = path.write_text("He met “Ann  Lee”.")
    ...     found = align(read(text="He met `` [PER Ann Lee  ] '' . \\n"), path)
    >>> [(document.text, document.spans[0].start, document.spans[0].end) for document in found.documents]
    [('He met “Ann  Lee”.', 8, 16)]
    """
    from nerconv.alignment.job import AlignOptions
    from nerconv.alignment.job import align as run

    corpus = given_corpus(annotated, read or ReadOptions(), progress or silent)
    found = run(corpus.documents, given_texts(originals), options or AlignOptions())
    return replace(found, findings=[*corpus.findings, *found.findings], facts=list(corpus.facts))


def lint(
    source: Paths | Corpus,
    rules: Selection | None = None,
    options: ReadOptions | None = None,
    *,
    model: str | None = None,
    labels: Mapping[str, str] | None = None,
    folds: int | None = None,
    reference: Paths | Corpus | None = None,
    learner: str | None = None,
    encoder: str | None = None,
    top: int | None = None,
    progress: Progress | None = None,
    asked: Asked | None = None,
) -> LintReport:
    """Return the noise that ``rules`` find in ``source``; None stands for the default rules.

    ``model``: the name or folder of a model to ask, too (rules M601 and M602); ``labels`` maps its labels. ``folds``:
    models trained on all folds of the documents but one judge that one; ``reference``: one is trained on these files.
    ``learner``: linear, spacy or hf, which fine-tunes ``encoder``. ``top``: leave so many decisions, the likeliest
    errors. ``asked`` is called while models learn or judge. Raises UsageError, for unknown rules too, ModelError.

    >>> found = lint(read(text="[PER Ann  ] , [PER XXXXX  ] and [LOC Rome ,  ] . \\n"))
    >>> [(problem.code, problem.text, str(problem.where)) for problem in found]
    [('C201', 'XXXXX', '<text>:1:15'), ('B102', 'Rome ,', '<text>:1:33')]
    """
    from nerconv.linting import engine, guesses

    options, sources = options or ReadOptions(), given_sources(source, options or ReadOptions())
    models = guesses.Models(model, folds, plan.reference(reference, options, sources), labels or {}, learner, encoder)
    ask = guesses.asker(models, options, asked)
    return engine.lint(sources, options, rules or Selection(), progress or silent, ask, top)


def fix(
    paths: Paths,
    rules: Selection | None = None,
    options: ReadOptions | None = None,
    *,
    unsafe: bool = False,
    write: bool = False,
) -> FixReport:
    """Return the fixes of bracket text, columns and spans JSONL; ``write=True`` makes them in the files themselves.

    Safe ones only unless ``unsafe``, which drop and move spans, too. A fix that would add a finding is taken back.
    Raises UsageError for a rule that does not exist, and for a pipe that would be written to; a file that cannot be
    written is named in ``FixReport.refused``.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "rome.txt")
    ...     _ = file.write_text("in [LOC Rome ,  ] . \\n")
    ...     fix(file, write=True).made, file.read_text()
    (1, 'in [LOC Rome  ] , . \\n')
    """
    from nerconv.linting import fix as fixes

    options = options or ReadOptions()
    sources = given_sources(paths, options)
    if write:
        fixes.check_places(sources)
    found = fixes.fix(sources, options, rules or Selection(), unsafe)
    if write:
        fixes.write(found)
    return found


def evaluate(
    gold: Paths | Corpus,
    predicted: Paths | Corpus | None = None,
    options: EvaluateOptions | None = None,
    *,
    model: str | None = None,
    read: ReadOptions | None = None,
    read_predicted: ReadOptions | None = None,
    model_options: ModelOptions | None = None,
    seeds: Sequence[Paths | Corpus] = (),
    train: Paths | Corpus | None = None,
    lint: Selection | None = None,
    verify: bool = False,
    gates: GateOptions | None = None,
    progress: Progress | None = None,
    asked: Asked | None = None,
) -> EvaluationReport:
    """Return the scores of ``predicted``, or of a ``model`` that is asked, against ``gold``.

    Without either, ``gold`` has columns of both tags. ``seeds``: what models trained with other seeds predicted;
    ``train``: training data, to score seen and unseen names; ``lint``: rules whose findings in the gold are counted,
    with the score without; ``verify``: seqeval counts, too; ``gates``: floors, and a baseline; ``asked`` is called
    while a model is asked. Raises UsageError where the two sides do not fit, Unreadable for what would be left out of
    the score, ModelError.

    >>> report = evaluate(read(text="[PER Ann  ] left [LOC Rome  ] . \\n"), read(text="[PER Ann  ] left Rome . \\n"))
    >>> report.micro.precision, report.micro.recall, report.labels["LOC"].f1
    (1.0, 0.5, 0.0)
    """
    from nerconv.evaluation.gates import gated
    from nerconv.evaluation.job import Job, evaluate_files
    from nerconv.evaluation.run import EvaluateOptions
    from nerconv.models import ModelOptions

    if predicted is None and model is None and not seeds and hasattr(gold, "source"):
        raise UsageError("a corpus has one label a span; name what was predicted, or a model to ask")
    reading = read or ReadOptions()
    reading_predicted = read_predicted or ReadOptions(invalid="lenient")
    options = options or EvaluateOptions()
    sets = ([] if predicted is None else [predicted]) + [*seeds]
    job = Job(
        gold=given_sources(gold, reading),
        predictions=[given_sources(each, reading_predicted) for each in sets],
        model=model,
        read=reading,
        read_predictions=reading_predicted,
        options=options,
        model_options=model_options or ModelOptions(),
        train=() if train is None else given_sources(train, reading),
        lint=lint,
        verify=verify,
        asked=asked,
    )
    baseline = gates and gates.baseline
    before = read_report(baseline) if baseline and baseline.exists() else None
    report = evaluate_files(job, progress or silent)
    return gated(report, gates, before, options.resamples or 1000, options.seed) if gates else report


def compare(
    before: EvaluationReport,
    after: EvaluationReport,
    *,
    resamples: int = 1000,
    seed: int = 0,
    drops: Drops | None = None,
) -> Comparison:
    """Return how far two reports on the same gold are apart, score by score, with what a reader must know.

    ``resamples``: how often units are drawn for the intervals; ``drops``: how far F1 may fall, which gates say then.
    Raises UsageError where the two do not compare.

    >>> gold, better = read(text="[PER Ann  ] left [LOC Rome  ] . \\n"), read(text="[PER Ann  ] left Rome . \\n")
    >>> found = compare(evaluate(gold, better), evaluate(gold, gold))
    >>> [(row.name, round(row.difference, 3)) for row in found.rows if row.difference]
    [('micro', 0.333), ('macro', 0.5), ('weighted', 0.5), ('LOC', 1.0)]
    """
    from nerconv.evaluation.comparable import remarks
    from nerconv.evaluation.differences import Comparison
    from nerconv.evaluation.differences import compare as differences
    from nerconv.evaluation.gates import against

    rows = tuple(differences(before, after, resamples, seed))
    gates = tuple(against(after, before, drops, resamples, seed)) if drops else ()
    return Comparison(before, after, rows, remarks(before, after), gates=gates)


def read_report(path: str | os.PathLike[str]) -> EvaluationReport:
    """Return the report of an evaluation in a JSON file, as ``nerconv evaluate --json`` writes it. Raises Unreadable.

    >>> read_report("missing.json")
    Traceback (most recent call last):
    nerconv.io.sources.Unreadable: missing.json: No such file or directory; make one with nerconv evaluate --json FILE
    """
    from nerconv.report import json

    return json.read_report(Path(path))


def load_model(name: str, options: ModelOptions | None = None) -> Predictor:
    """Return the model called ``name``: a folder, an installed spaCy pipeline, or a hub id.

    ``predict`` of what it returns takes documents, and yields them with the spans of the model. Raises ModelError.

    >>> load_model("missing")
    Traceback (most recent call last):
    nerconv.models.predictor.ModelError: ...
    """
    from nerconv.models import ModelOptions, load

    return load(name, options or ModelOptions())


def inspect(
    paths: Paths | Corpus, options: ReadOptions | None = None, *, names: Names = (), progress: Progress | None = None
) -> Inspection:
    """Return what ``paths`` are, what each target and other tools would make of them, and how to go on.

    Sources may be of several formats; one that nothing reads is an F014 finding. ``names``: what the commands to go on
    with call the sources. Raises Unreadable when a path names nothing.

    >>> found = inspect(read(text="[PER Ann  ] left . \\n"))
    >>> found.documents, found.tokens, found.labels
    (1, 3, Counter({'PER': 1}))
    """
    from nerconv.inspection.run import inspect as run

    return run(*inspected(paths, names, options or ReadOptions()), options or ReadOptions(), progress or silent)


def stats(source: Paths | Corpus, options: ReadOptions | None = None, progress: Progress | None = None) -> Stats:
    """Return what the documents of ``source`` are made of: lengths, labels, repeated text. Raises UsageError.

    >>> stats(read(text="[PER Ann  ] left . \\n")).documents
    1
    """
    from nerconv.linting.stats import stats as count

    return count(plan.given_parts(source, options or ReadOptions(), progress or silent))


def apply_baseline(
    report: LintReport, known: Path | None, new: Path | None = None, prune: bool = False, changes: Changes | None = None
) -> int:
    """Leave findings that the baseline at ``known`` has out of ``report``; return how many of it are gone.

    ``new``: a new baseline of all. ``prune``: what is gone leaves it. ``changes``: made with others. Raises Unreadable.

    >>> apply_baseline(lint(read(text="[PER XXXXX  ] left . \\n")), known=None)
    0
    """
    from nerconv.linting.baseline import apply

    return apply(report, known, new, prune, changes)


def propose(report: LintReport, source: Paths, options: ReadOptions | None = None) -> None:
    """Give the findings of ``report`` the edits of the files of ``source`` that their fixes are (``Problem.edits``).

    Files that cannot be edited where they stand get none. Nothing is written. Raises UsageError.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "rome.txt")
    ...     _ = file.write_text("in [LOC Rome ,  ] . \\n")
    ...     found = lint(file)
    ...     propose(found, file)
    >>> [(edit.start[1:], edit.end[1:], edit.text) for edit in found.problems[0].edits]
    [((1, 13), (1, 13), '  ]'), ((1, 15), (1, 18), '')]
    """
    from nerconv.linting.proposed import propose as run

    run(report, given_sources(source, options or ReadOptions()), options or ReadOptions())
