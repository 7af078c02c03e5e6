"""An inspection: everything in some sources counted, and what follows from it for targets, other tools and commands."""

from __future__ import annotations

import codecs
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from nerconv import formats
from nerconv.document import Facts, Finding
from nerconv.inspection import contents, peers, targets
from nerconv.inspection.report import Evidence, Inspection, TargetFit
from nerconv.inspection.steps import steps
from nerconv.io.head import head
from nerconv.io.sources import Source
from nerconv.options import ReadOptions

if TYPE_CHECKING:
    from nerconv.views import Read


def inspect(
    sources: Sequence[Source], names: Sequence[str], options: ReadOptions, progress: Callable[[Source], None]
) -> Inspection:
    """Read ``sources`` and return what they hold. What cannot be read is an F014 finding.

    ``names``: what was given, of which ``sources`` were found; for the commands to go on with. Large documents are read
    in parts, each of which is gone before the next one is read.
    """
    inspection = Inspection(targets={name: TargetFit() for name in formats.WRITTEN})
    for source in sources:
        progress(source)
        inspection.evidence.append(_evidence(source, options))
        for part in formats.read_parts(source, options):
            # What goes on with a document is none of its own.
            inspection.documents -= part.continues
            _count(inspection, part.item)
    inspection.remarks += peers.remarks(_looks(sources, inspection, options))
    inspection.steps += steps(inspection, sources, options, names)
    return inspection


def _count(inspection: Inspection, item: Read) -> None:
    if isinstance(item, Finding):
        inspection.findings.append(item)
    elif isinstance(item, Facts):
        inspection.facts.append(item)
    else:
        inspection.findings += chain.from_iterable(found for _, found in sorted(item.findings.items()))
        inspection.add(item.batch)
        targets.add(inspection.targets, targets.fits(item.batch))


def _evidence(source: Source, options: ReadOptions) -> Evidence:
    """Return by what the format of ``source`` is known."""
    if source.fault is not None:
        return Evidence(source.name, "", cons=tuple(_tried(source, options)))
    name = formats.of_source(source, options).NAME
    said = formats.evidence_of(source, options)
    pros = ("it was asked for",) if options.format else (said.pop(name, f"its suffix {source.suffix} alone"),)
    return Evidence(source.name, name, pros, tuple(f"{other}: {why}" for other, why in said.items() if other != name))


def _tried(source: Source, options: ReadOptions) -> Iterator[str]:
    """Yield what was tried on a source that is not read: which formats recognise it, or what it seems to be."""
    if source.path is not None and not source.path.is_file():
        return
    bare = replace(source, fault=None)
    if said := formats.evidence_of(bare, options):
        yield from (f"{name} recognises it: {why}" for name, why in said.items())
    elif isinstance(source.fault, Finding) and source.fault.code == "F014":
        yield f"{len(formats.FORMATS)} formats looked at its suffix and its beginning, and none recognised it"
        if what := contents.seems(bare, options):
            yield what


def _looks(sources: Sequence[Source], inspection: Inspection, options: ReadOptions) -> Iterator[tuple[str, peers.Look]]:
    """Yield the path of each file that was read, and what other tools meet in it."""
    facts: defaultdict[str, list[Facts]] = defaultdict(list)
    codes: defaultdict[str, set[str]] = defaultdict(set)
    for each in inspection.facts:
        facts[each.path].append(each)
    for finding in inspection.findings:
        if finding.where:
            codes[finding.where.path].add(finding.code)
    for source in sources:
        own = facts[source.name]
        is_file = source.stream is not None or (source.path is not None and source.path.is_file())
        if own and is_file and source.suffix and not source.packed:
            schemes = {name for each in own for name in (*each.fitting, each.scheme) if name}
            begin = _beginning(source, options)
            yield source.name, peers.Look(own[0].format, source.suffix, begin, schemes, codes[source.name])


def _beginning(source: Source, options: ReadOptions) -> str:
    with source.open() as file:
        mark = "\ufeff" if file.read(3) == codecs.BOM_UTF8 else ""
    return mark + head(source, options.encoding).decode(errors="replace")
