"""What a command would read and write, asked before it begins, so that all that can be refused is refused at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nerconv import formats
from nerconv.io.outputs import Place
from nerconv.io.sources import Source
from nerconv.options import ReadOptions, Selection

if TYPE_CHECKING:
    from nerconv.conversion.report import ConvertOptions
    from nerconv.formats.class_labels import ClassLabels


def sources(paths: Sequence[str], options: ReadOptions) -> list[Source]:
    """Return the sources that ``paths`` name. Raises UsageError for a folder of several formats, Unreadable.

    >>> [source.name for source in sources(["-"], ReadOptions())]
    ['<stdin>']
    """
    return formats.sources(paths, options)


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
    from nerconv.conversion import shards, splits
    from nerconv.conversion import target as targets

    format = targets.target_format(target, options)
    if isinstance(paths, Mapping):
        return splits.places_of(paths, target, format)
    if shard_docs is not None:
        return [shards.shard_place(target, paths, format)]
    return targets.places(target, format, options)


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
