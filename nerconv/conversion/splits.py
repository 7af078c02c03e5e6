"""A conversion of parts that were made before, ``train=A.txt,dev=B.txt``: a file for each, which share their labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from nerconv import formats
from nerconv.conversion import split_report
from nerconv.conversion.made import Made, finished
from nerconv.conversion.parts import SENTENCES
from nerconv.conversion.pipeline import outcomes
from nerconv.conversion.report import ConversionReport, ConvertOptions, SplitCounts
from nerconv.conversion.target import class_label_findings, part_path, target_format, uploaded, workplace
from nerconv.conversion.together import Progress, with_distinct_ids
from nerconv.conversion.workers import Workers
from nerconv.formats import Format
from nerconv.io import outputs, urls
from nerconv.io.outputs import Place
from nerconv.io.replacing import Changes, named
from nerconv.io.sources import Source, Unreadable
from nerconv.options import ReadOptions, UsageError

#: Between two parts: a comma before a name. Other commas belong to names of files.
_BETWEEN = re.compile(r",(?=\s*\w+=)")

Parts = Mapping[str, Sequence[Source]]


def parse_parts(texts: Iterable[str], options: ReadOptions) -> dict[str, list[Source]]:
    """Return the sources by part of ``train=A.txt,dev=B.txt``; a name may stand again with more sources.

    Raises UsageError, also for a source of two parts, and Unreadable for a pattern that gives nothing.
    """
    parts: dict[str, list[Source]] = {}
    for item in (item.strip() for text in texts for item in _BETWEEN.split(text)):
        name, equals, pattern = item.partition("=")
        if not (equals and pattern and name.isidentifier()):
            raise UsageError(f"--splits takes NAME=SRC,..., got {item!r}; for example train=A.txt,dev=B.txt,test=C.txt")
        parts.setdefault(name, []).extend(formats.sources([pattern], options))
    names: dict[str, str] = {}
    for name, sources in parts.items():
        for source in sources:
            place = str(source.path.resolve()) if source.path else source.name
            if place in names:
                where = f"stands twice in {name}" if names[place] == name else f"is in {names[place]} and in {name}"
                raise UsageError(f"--splits: {source.name} {where}; a source belongs to one part")
            names[place] = name
    return parts


def places_of(parts: Iterable[str], target: str, format: Format) -> list[Place]:
    """Return the files that are written for ``parts``. Raises UsageError for a target that is not a folder."""
    if outputs.is_stdout(target):
        raise UsageError("--splits writes a folder, which standard output is not; name one with -o")
    if urls.is_url(target):
        return [Place("-o", f"{target.rstrip('/')}/{part_path(Path(), name, format)}") for name in parts]
    folder = Path(target)
    if folder.suffix in formats.SUFFIXES and not folder.is_dir():
        raise UsageError(f"--splits writes a folder with a file for each part; {target} is called like a file")
    return [Place("-o", str(part_path(folder, name, format))) for name in parts]


def convert_parts(
    parts: Parts, target: str, options: ConvertOptions, progress: Progress, workers: Workers, changes: Changes
) -> ConversionReport:
    """Convert each of ``parts`` into a file of its name in the folder ``target``, and return the account of all.

    The files are some of ``changes``. Class labels are those of all parts, or those that ``options`` fix. Raises
    UsageError, files.Unreadable, NotVerified.
    """
    if options.to is None:
        raise UsageError("name the format to write with --to: " + ", ".join(formats.WRITTEN))
    format, options = target_format(target, options), replace(options, split=None, compared=True)
    sources = with_distinct_ids(source for part in parts.values() for source in part)
    outputs.check(outputs.read_places(sources), places_of(parts, target, format))
    if urls.is_url(target):
        return convert_parts(parts, str(uploaded(changes, target)), options, progress, workers, changes)
    total = ConversionReport(format.NAME)
    remaining = iter(sources)
    with ExitStack() as stack:
        folder = stack.enter_context(workplace(str(Path(target, "parts"))))
        made = {}
        for name, part in parts.items():
            (folder / name).mkdir()
            own = [next(remaining) for _ in part]
            made[name] = _made(own, format, options, folder / name, progress, workers)
            documents = _required(name, made[name])
            tallies = {name: made[name].report.tallies.get("", SplitCounts())}
            total.add(replace(made[name].report, documents=Counter({name: documents}), tallies=tallies))
        _write(made, Path(target), format, options, total, changes)
    return finished(total, sources, options)


def _made(
    sources: Sequence[Source],
    format: Format,
    options: ConvertOptions,
    folder: Path,
    progress: Progress,
    workers: Workers,
) -> Made:
    """Return what becomes of one part, its pieces in ``folder``."""
    made = Made(format, options, ConversionReport(format.NAME), folder)
    for outcome in outcomes(sources, made, progress, workers):
        made.add(outcome)
    made.settle()
    return made


def _required(name: str, made: Made) -> int:
    try:
        return made.require("")
    except Unreadable as error:
        raise Unreadable(f"--splits {name}: {error}") from None


def _write(
    made: Mapping[str, Made],
    target: Path,
    format: Format,
    options: ConvertOptions,
    total: ConversionReport,
    changes: Changes,
) -> None:
    labels = options.write.labels or tuple(sorted(label for label, count in total.written.items() if count))
    options = replace(options, write=replace(options.write, labels=labels))
    with named(target):
        files = {part_path(target, name, format): name for name in made}
        written = {place: changes.new(place) for place in files}
        for place, part in written.items():
            made[files[place]].join("", part, options)
        total.findings += class_label_findings(written, format)
        split_report.report_split(total, {name: one.stored(SENTENCES) for name, one in made.items()})
