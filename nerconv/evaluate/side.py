"""One side of an evaluation, read from files of any format, whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from nerconv import formats
from nerconv.codes import CODES
from nerconv.document import Document, Facts, Finding
from nerconv.files import Source, Unreadable
from nerconv.options import ReadOptions

_REPAIRED = re.compile(r"([\d,]+) \(")


@dataclass(frozen=True, slots=True)
class ReadSide:
    """The documents of one side, how many tags had to be repaired, and the scheme that was read."""

    documents: tuple[Document, ...]
    repaired: int
    scheme: str


def read_side(sources: Iterable[Source], options: ReadOptions, progress: Callable[[Source], None]) -> ReadSide:
    """Return what ``sources`` hold. Raises Unreadable for anything that would leave annotation out of the score."""
    documents: list[Document] = []
    repaired, scheme = 0, ""
    for source in sources:
        progress(source)
        for item in formats.read(source, options):
            if isinstance(item, Document):
                documents.append(item)
            elif isinstance(item, Facts):
                repaired += _repaired(item)
                scheme = item.values.get("scheme", scheme).partition(":")[0]
            elif CODES[item.code].loses:
                raise Unreadable(_refusal(item))
    return ReadSide(tuple(_with_own_ids(documents)), repaired, scheme)


def _repaired(facts: Facts) -> int:
    match = _REPAIRED.match(facts.values.get("repaired tags", ""))
    return int(match[1].replace(",", "")) if match else 0


def _refusal(finding: Finding) -> str:
    repair = "; or say how to read such tags with --invalid lenient or discard" if finding.code == "F005" else ""
    return f"{finding.where}: {finding.code} {finding.message}; correct it, since a score would leave it out{repair}"


def _with_own_ids(documents: Iterable[Document]) -> Iterable[Document]:
    seen: dict[str, int] = {}
    for document in documents:
        number = seen[document.id] = seen.get(document.id, 0) + 1
        yield document if number == 1 else replace(document, id=f"{document.id}~{number}")
