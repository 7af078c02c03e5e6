"""One side of an evaluation, read from files of any format, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from nerconv import formats
from nerconv.codes import CODES
from nerconv.document import Document, Facts, Finding
from nerconv.evaluate.report import Reading
from nerconv.files import Source, Unreadable
from nerconv.options import ReadOptions

#: What a repair that was asked for leaves out.
_ASKED = ("F023",)


@dataclass(frozen=True, slots=True)
class ReadSide:
    """The documents of one side, and how they were read.

    ``schemes``: the tag schemes of its files, one where all of them can be read in it, none without tags.
    """

    documents: tuple[Document, ...]
    reading: Reading
    schemes: tuple[str, ...]

    @property
    def repaired(self) -> int:
        """How many tags were read by a repair."""
        return sum(self.reading.repaired.values())


def read_side(
    sources: Iterable[Source], options: ReadOptions, progress: Callable[[Source], None], decided: str = "named"
) -> ReadSide:
    """Return what ``sources`` hold. Raises Unreadable for anything that would leave annotation out of the score.

    ``decided`` says where the scheme of ``options`` is from; one that is detected is from the files.
    """
    documents: list[Document] = []
    facts: list[Facts] = []
    for source in sources:
        progress(source)
        for item in formats.read(source, options):
            if isinstance(item, Document):
                documents.append(item)
            elif isinstance(item, Facts):
                facts.append(item)
            elif CODES[item.code].loses and item.code not in _ASKED:
                raise Unreadable(_refusal(item))
    found = _schemes(facts)
    reading = Reading(
        tuple(dict.fromkeys(each.format for each in facts)),
        ", ".join(found),
        ("detected" if options.scheme.lower() == "auto" else decided) if found else "",
        options.invalid if found else "",
        _repaired(facts),
    )
    return ReadSide(tuple(_with_own_ids(documents)), reading, found)


def _schemes(facts: Sequence[Facts]) -> tuple[str, ...]:
    """Return the one scheme that reads all files as they were read, or else those that they were read in."""
    tagged = [each for each in facts if each.scheme]
    shared = [name for name in tagged[0].fitting if all(name in each.fitting for each in tagged)] if tagged else []
    return (shared[0],) if shared else tuple(dict.fromkeys(each.scheme for each in tagged))


def _repaired(facts: Sequence[Facts]) -> dict[str, int]:
    repaired: dict[str, int] = {}
    for each in facts:
        if each.repaired:
            repaired[each.path] = repaired.get(each.path, 0) + each.repaired
    return repaired


def _refusal(finding: Finding) -> str:
    return f"{finding.where}: {finding.code} {finding.message}; a score would leave it out"


def _with_own_ids(documents: Iterable[Document]) -> Iterable[Document]:
    seen: dict[str, int] = {}
    for document in documents:
        number = seen[document.id] = seen.get(document.id, 0) + 1
        yield document if number == 1 else replace(document, id=f"{document.id}~{number}")
