"""What a command would read and write, asked before it begins, so that all that can be refused is refused at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nerconv import formats
from nerconv.io import sources as files
from nerconv.io.outputs import Place
from nerconv.io.sources import Source
from nerconv.options import ReadOptions, Selection, UsageError

if TYPE_CHECKING:
    from nerconv.conversion.report import ConvertOptions
    from nerconv.corpus import Corpus
    from nerconv.formats.class_labels import ClassLabels
    from nerconv.io.chunks import PartRead


#: The suffixes of texts without annotation that are read of a folder.
_TEXTS: Final = (".txt", ".text", ".md", ".jsonl", ".ndjson")
#: Files, folders, globs and URLs; or sources that were found before.
Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]] | Sequence[Source]
Names = Sequence[str]
Progress = Callable[[Source], None]


def silent(source: Source) -> None:
    """Show no progress. Raises nothing.

    >>> silent(Source("a.txt", "a"))
    """


def given_sources(given: Paths | Corpus, options: ReadOptions) -> list[Source]:
    """Return the sources that paths name, those that are given, or the one that a corpus is.

    Raises UsageError for anything else, Unreadable.

    >>> [source.name for source in given_sources([Source("a.txt", "a")], ReadOptions())]
    ['a.txt']
    """
    if isinstance(given, str | os.PathLike):
        return formats.sources([os.fspath(given)], options)
    if hasattr(given, "source"):
        return [given.source()]
    if not isinstance(given, Sequence) or not all(isinstance(each, str | os.PathLike | Source) for each in given):
        raise UsageError(f"sources are named by a path, several, or a Corpus, got {given!r}")
    found = [each for each in given if isinstance(each, Source)]
    return found or formats.sources([os.fspath(each) for each in given if not isinstance(each, Source)], options)


def sources(paths: Sequence[str], options: ReadOptions) -> list[Source]:
    """Return the sources that ``paths`` name. Raises UsageError for a folder of several formats, Unreadable.

    >>> [source.name for source in sources(["-"], ReadOptions())]
    ['<stdin>']
    """
    return formats.sources(paths, options)


def inspected(given: Paths | Corpus, names: Names, options: ReadOptions) -> tuple[list[Source], Names]:
    """Return the sources of paths, of any formats, or those that are given, and what to call them.

    Raises Unreadable when a path names nothing.

    >>> inspected([Source("a.txt", "a")], (), ReadOptions())[1]
    ['a.txt']
    """
    each = [given] if isinstance(given, str | os.PathLike) else given if isinstance(given, Sequence) else ()
    paths = [os.fspath(one) for one in each if isinstance(one, str | os.PathLike)]
    sources = any_sources(paths, options) if paths else given_sources(given, options)
    return sources, names or paths or [source.name for source in sources]


def any_sources(paths: Sequence[str], options: ReadOptions) -> list[Source]:
    """Return the sources that ``paths`` name, of several formats too; what none recognises has a fault.

    Raises Unreadable when one names nothing.

    >>> [source.name for source in any_sources(["-"], ReadOptions())]
    ['<stdin>']
    """
    return formats.any_sources(paths, options)


def given_corpus(given: Paths | Corpus, options: ReadOptions, progress: Progress = silent) -> Corpus:
    """Return the corpus that is given, or what paths or sources hold. Raises UsageError, Unreadable.

    >>> len(given_corpus([Source("a.txt", "a", content=b"[PER Ann  ] left . \\n")], ReadOptions()))
    1
    """
    from nerconv.corpus import Corpus
    from nerconv.corpus import read as read_sources

    return given if isinstance(given, Corpus) else read_sources(given_sources(given, options), options, progress)


def given_parts(given: Paths | Corpus, options: ReadOptions, progress: Progress = silent) -> Iterator[PartRead]:
    """Yield what a corpus holds, or paths or sources, large documents in parts. Raises UsageError, Unreadable.

    >>> [part.continues for part in given_parts([Source("a.txt", "a", content=b"Ann . \\n")], ReadOptions())]
    [False, False]
    """
    from nerconv.corpus import Corpus
    from nerconv.io.chunks import PartRead
    from nerconv.views import Reading

    if isinstance(given, Corpus):
        yield from map(PartRead, given.findings)
        yield from (PartRead(Reading(batch, {})) for batch in given.batches)
        return
    for source in given_sources(given, options):
        progress(source)
        yield from formats.read_parts(source, options)


def reference(given: Paths | Corpus | None, options: ReadOptions, judged: Sequence[Source]) -> list[Source]:
    """Return the sources of a reference, from which a model learns to judge others; none for None.

    Raises UsageError for one that is ``judged`` itself, Unreadable.

    >>> reference("a.txt", ReadOptions(), [])
    Traceback (most recent call last):
    nerconv.io.sources.Unreadable: a.txt: no such file or folder
    """
    found = [] if given is None else given_sources(given, options)
    own = {source.path.resolve() for source in judged if source.path}
    if both := next((each for each in found if each.path and each.path.resolve() in own), None):
        raise UsageError(
            f"{both.name} is judged and in the reference, too: a model repeats the errors that it has learnt; "
            "leave it out of one of the two, or use folds"
        )
    return found


def given_texts(given: Paths) -> list[Source]:
    """Return the sources of texts without annotation: files, and what folders hold of text and JSON lines.

    Raises Unreadable where one gives nothing.

    >>> [source.name for source in given_texts("-")]
    ['<stdin>']
    """
    each = [given] if isinstance(given, str | os.PathLike) else list(given)
    found = [one for one in each if isinstance(one, Source)]
    return found or files.expand([os.fspath(one) for one in each if not isinstance(one, Source)], _TEXTS)


def parts(texts: Iterable[str], options: ReadOptions) -> dict[str, list[Source]]:
    """Return the sources of parts as ``--splits`` names them: ``train=a.txt,dev=b.txt``. Raises UsageError, Unreadable.

    >>> parts(["a.txt"], ReadOptions())
    Traceback (most recent call last):
    nerconv.options.UsageError: --splits takes NAME=SRC,..., got 'a.txt'; for example train=A.txt,dev=B.txt,test=C.txt
    """
    from nerconv.conversion.splits import parse_parts

    return parse_parts(texts, options)


def formats_of(sources: Iterable[Source], options: ReadOptions) -> set[str]:
    """Return the names of the formats that ``sources`` are read as.

    >>> import nerconv
    >>> formats_of([nerconv.read(text="[PER Ann  ] left . \\n").source()], ReadOptions())
    {'spans_jsonl'}
    """
    return formats.names(sources, options)


def target_format(target: str, options: ConvertOptions) -> str:
    """Return the name of the format that is written at ``target``. Raises UsageError when nothing says which.

    >>> from nerconv import ConvertOptions
    >>> target_format("train.spacy", ConvertOptions())
    'docbin'
    """
    from nerconv.conversion import target as targets

    return targets.target_format(target, options).NAME


def written(
    paths: Sequence[Source] | Mapping[str, Sequence[Source]],
    target: str,
    options: ConvertOptions,
    shard_docs: int | None = None,
) -> list[Place]:
    """Return the places that ``convert`` writes with the same arguments. Raises UsageError for one it does not replace.

    >>> from nerconv import ConvertOptions
    >>> [place.path for place in written([], "train.spacy", ConvertOptions())]
    ['train.spacy']
    """
    from nerconv.conversion import job

    return job.places(paths, target, options, shard_docs)


def class_labels(given: Path | Sequence[str], scheme: str | None = None) -> ClassLabels:
    """Return the class labels of a dataset that was written before, or of ``given`` labels in this order.

    ``scheme``: None for that of the dataset, and for IOB2. Raises UsageError, Unreadable.

    >>> class_labels(["PER", "LOC"])
    ClassLabels(scheme='IOB2', names=('O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC'))
    """
    from nerconv.formats.class_labels import of_labels, of_place

    return of_place(given, scheme) if isinstance(given, Path) else of_labels(given, scheme or "IOB2")


def rules_of(selection: Selection) -> tuple[str, ...]:
    """Return the codes of the rules that ``selection`` runs. Raises UsageError for a word that names no rule.

    >>> rules_of(Selection(select=("C201", "edge-punctuation")))
    ('B102', 'C201')
    """
    from nerconv.linting.engine import choose

    return tuple(choose(selection))
