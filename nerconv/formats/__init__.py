"""The formats: one module each, all of one shape.

A format module has

- ``NAME`` and ``SUFFIXES``, by which it is named and recognised,
- ``KEEPS``, what it can hold (``nerconv.fit.Keeps``),
- ``UNIT``, the unit that one record of it usually is: document or sentence,
- ``tokens(options)``, which gives the token edges that its spans must meet, or None,
- ``read(source, options)``, an iterator of Facts, Documents and Findings,
- ``write(documents, path, options)``, which writes a file (or folder) at ``path``.

To add one: write the module, name it in FORMATS, put files under ``tests/data``; nothing else changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

from nerconv.document import Document, Finding, Item, Where
from nerconv.files import Source, Unreadable, expand
from nerconv.fit import Edges, Keeps
from nerconv.formats import bracket, conll, dataset, docbin, spans_jsonl, tags_jsonl
from nerconv.options import ReadOptions, UsageError, WriteOptions


class Format(Protocol):
    """What a format module offers."""

    @property
    def NAME(self) -> str:
        """The name of the format."""

    @property
    def SUFFIXES(self) -> tuple[str, ...]:
        """The suffixes of its files, the first of which new files get."""

    @property
    def KEEPS(self) -> Keeps:
        """What it can hold."""

    @property
    def UNIT(self) -> str:
        """What one record usually is."""

    def tokens(self, options: WriteOptions) -> Edges | None:
        """Return the token edges that spans must meet."""

    def read(self, source: Source, options: ReadOptions) -> Iterator[Item]:
        """Yield what ``source`` holds."""

    def write(self, documents: Iterable[Document], path: Path, options: WriteOptions) -> None:
        """Write ``documents`` at ``path``."""


FORMATS: Final[dict[str, Format]] = {
    module.NAME: module for module in (bracket, spans_jsonl, conll, docbin, dataset, tags_jsonl)
}
_BY_SUFFIX: Final = {suffix: module for module in FORMATS.values() for suffix in module.SUFFIXES}
#: Every suffix that a folder is searched for.
SUFFIXES: Final = frozenset(_BY_SUFFIX)


def get(name: str) -> Format:
    """Return the format called ``name``. Raises UsageError naming the known ones."""
    if name not in FORMATS:
        raise UsageError(f"unknown format {name!r}; known: {', '.join(FORMATS)}")
    return FORMATS[name]


def keeps(format: Format, options: WriteOptions) -> Keeps:
    """Return what ``format`` keeps under ``options``: the scheme IO cannot tell touching spans of one label apart."""
    if options.scheme.upper() == "IO" and not format.KEEPS.nesting:
        return replace(format.KEEPS, touching=False)
    return format.KEEPS


def of_path(path: str) -> Format:
    """Return the format that the suffix of ``path`` tells. Raises UsageError when it tells none."""
    suffix = Source(path, "").suffix
    if suffix not in _BY_SUFFIX:
        known = ", ".join(f"{s} ({module.NAME})" for s, module in _BY_SUFFIX.items())
        raise UsageError(f"{path}: its suffix {suffix!r} tells no format; name one with --to or --from, or use {known}")
    return _BY_SUFFIX[suffix]


def of_source(source: Source, options: ReadOptions) -> Format:
    """Return the format to read ``source`` as: the one asked for, or that of its suffix; brackets from stdin."""
    if options.format:
        return get(options.format)
    if source.path is None:
        return bracket
    return dataset if source.path.is_dir() else of_path(source.name)


def sources(patterns: Sequence[str], options: ReadOptions) -> list[Source]:
    """Return the sources that files, folders, globs and ``-`` name; of a folder, those of one format.

    Raises UsageError for a folder that holds several formats while none was asked for, since one is likely made from
    another; Unreadable when a pattern gives nothing.
    """
    suffixes = get(options.format).SUFFIXES if options.format else SUFFIXES
    found: dict[str, Source] = {}
    for pattern in patterns:
        here = expand([pattern], suffixes)
        if not options.format and len(here) > 1:
            names = Counter(of_source(source, options).NAME for source in here)
            if len(names) > 1:
                held = ", ".join(f"{count:,} {name}" for name, count in sorted(names.items()))
                raise UsageError(f"{pattern} holds files of several formats ({held}); choose one with --from")
        found |= {source.name: source for source in here}
    return list(found.values())


def read(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yield what ``source`` holds, in the format it is in; an F014 finding when it cannot be read."""
    try:
        yield from of_source(source, options).read(source, options)
    except Unreadable as error:
        yield Finding("F014", str(error).removeprefix(f"{source.name}: "), Where(source.name, 1, 1))
