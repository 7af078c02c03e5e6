"""What ``import nerconv`` offers as functions: read, write, convert, lint, fix, evaluate, load_model.

Each takes what people have: a path, several, a glob, a folder, a URL, or a ``Corpus`` that was read before. Options are
frozen records (``ReadOptions``, ``WriteOptions``, ``ConvertOptions``, ``Selection``, ``EvaluateOptions``,
``ModelOptions``) whose defaults are those of the commands.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from nerconv import formats
from nerconv.conversion import pipeline
from nerconv.conversion.report import ConversionReport, ConvertOptions
from nerconv.conversion.workers import Workers
from nerconv.corpus import Corpus
from nerconv.corpus import read as read_sources
from nerconv.io.sources import Source
from nerconv.options import ReadOptions, Selection, UsageError
from nerconv.settings import cleaning_of

if TYPE_CHECKING:
    from nerconv.evaluation.report import EvaluationReport
    from nerconv.evaluation.run import EvaluateOptions
    from nerconv.linting.fix import FixReport
    from nerconv.linting.problem import LintReport
    from nerconv.models import ModelOptions, Predictor

#: Files, folders, globs and URLs.
Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def read(paths: Paths | None = None, options: ReadOptions | None = None, *, text: str | None = None) -> Corpus:
    """Return what ``paths`` hold, in any format that is read, or ``text``, which is a file in memory.

    Spans that could not be read are named in ``Corpus.findings``, and so is a file that cannot be read. Raises
    UsageError for options that make no sense, Unreadable when a path names nothing.

    >>> corpus = read(text="[PER Ann  ] met [ORG Interior Ministry  ] . \\n")
    >>> corpus.labels
    Counter({'ORG': 1, 'PER': 1})
    >>> document = corpus[0]
    >>> document.text, str(document.spans[1].where)
    ('Ann met Interior Ministry . \\n', '<text>:1:17')
    """
    options = options or ReadOptions()
    if text is None and paths is not None:
        return read_sources(_sources(paths, options), options)
    if text is None or paths is not None:
        raise UsageError("read takes paths or text=, one of the two")
    content = text.encode(options.encoding, "surrogatepass")
    return read_sources([Source("<text>", "text", content=content)], options)


def write(corpus: Corpus, target: str | os.PathLike[str], options: ConvertOptions | None = None) -> ConversionReport:
    """Write the documents of ``corpus`` to ``target``, in the format of its suffix; the same as ``Corpus.write``."""
    return corpus.write(target, options)


def convert(
    paths: Paths,
    target: str | os.PathLike[str],
    options: ConvertOptions | None = None,
    *,
    lint: str = "keep",
    redactions: str = "keep",
    rules: Selection | None = None,
    workers: int = 1,
) -> ConversionReport:
    """Convert what ``paths`` hold to ``target``, in the format of its suffix, and return the account of it.

    ``lint`` (keep, mark, drop, fix) and ``redactions`` (keep, drop-span, mask, drop-sentence) say what becomes of noise
    that ``rules`` find; ``workers``: how many processes. Every span is written or named in the ``lost`` of the report;
    what was written is read back before it is moved into place. Raises UsageError, Unreadable, NotVerified; then what
    stood at ``target`` is unchanged.
    """
    options = options or ConvertOptions()
    cleaning = cleaning_of(lint, redactions, rules or Selection())
    options = replace(options, cleaning=cleaning) if any(cleaning) else options
    sources = _sources(paths, options.read)
    return pipeline.convert(sources, os.fspath(target), options, _unseen, Workers(workers))


def lint(
    source: Paths | Corpus,
    rules: Selection | None = None,
    options: ReadOptions | None = None,
    *,
    model: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> LintReport:
    """Return the noise that ``rules`` find in ``source``; None stands for the default rules.

    ``model``: the name or folder of a model to ask, too (rules M601 and M602); ``labels`` maps its labels. Raises
    UsageError for a rule that does not exist, ModelError.

    >>> found = lint(read(text="[PER Ann  ] , [PER XXXXX  ] and [LOC Rome ,  ] . \\n"))
    >>> [(problem.code, problem.text, str(problem.where)) for problem in found]
    [('C201', 'XXXXX', '<text>:1:15'), ('B102', 'Rome ,', '<text>:1:33')]
    """
    from nerconv.linting.engine import lint as run
    from nerconv.linting.guesses import asker

    options = options or ReadOptions()
    ask = asker(model, None, labels or {})
    return run(_sources(source, options), options, rules or Selection(), _unseen, ask)


def fix(
    paths: Paths,
    rules: Selection | None = None,
    options: ReadOptions | None = None,
    *,
    unsafe: bool = False,
    write: bool = False,
) -> FixReport:
    """Return the fixes of bracket files; ``write=True`` makes them in the files themselves.

    Safe ones only unless ``unsafe``, which drop and move spans, too. A fix that would add a finding is taken back.
    """
    from nerconv.linting import fix as fixes

    options = options or ReadOptions()
    found = fixes.fix(_sources(paths, options), options, rules or Selection(), unsafe)
    if write:
        fixes.write(found, options.encoding)
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
    train: Paths | Corpus | None = None,
    lint: Selection | None = None,
) -> EvaluationReport:
    """Return the scores of ``predicted``, or of a ``model`` that is asked, against ``gold``.

    ``train``: training data, to score seen and unseen names; ``lint``: rules whose findings in the gold are counted,
    with the score without. Raises UsageError where the two sides do not fit, Unreadable for what would be left out of
    the score, ModelError.

    >>> report = evaluate(read(text="[PER Ann  ] left [LOC Rome  ] . \\n"), read(text="[PER Ann  ] left Rome . \\n"))
    >>> report.micro.precision, report.micro.recall, report.labels["LOC"].f1
    (1.0, 0.5, 0.0)
    """
    from nerconv.evaluation.job import Job, evaluate_files
    from nerconv.evaluation.run import EvaluateOptions
    from nerconv.models import ModelOptions

    if predicted is None and model is None:
        raise UsageError("name what was predicted, or a model to ask")
    read = read or ReadOptions()
    reading = read_predicted or ReadOptions(invalid="lenient")
    job = Job(
        gold=_sources(gold, read),
        predictions=() if predicted is None else (_sources(predicted, reading),),
        model=model,
        read=read,
        read_predictions=reading,
        options=options or EvaluateOptions(),
        model_options=model_options or ModelOptions(),
        train=() if train is None else _sources(train, read),
        lint=lint,
    )
    return evaluate_files(job, _unseen)


def load_model(name: str, options: ModelOptions | None = None) -> Predictor:
    """Return the model called ``name``: a folder, an installed spaCy pipeline, or a hub id. Raises ModelError.

    ``predict`` of what it returns takes documents, and yields them with the spans of the model.
    """
    from nerconv.models import ModelOptions, load

    return load(name, options or ModelOptions())


def _sources(given: Paths | Corpus, options: ReadOptions) -> list[Source]:
    """Return the sources that paths name, or the one that a corpus is."""
    if isinstance(given, Corpus):
        return [given.source()]
    paths = [given] if isinstance(given, str | os.PathLike) else given
    return formats.sources([os.fspath(path) for path in paths], options)


def _unseen(source: Source) -> None:
    """Show no progress."""
