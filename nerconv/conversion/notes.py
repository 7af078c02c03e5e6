"""Notes beside shards: what each source became, so that it is not done again, and what is stale is known and removed.

Only what a note names, and what still is as it was written, is ever removed.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from nerconv.conversion.report import ConversionReport
from nerconv.document import Facts, Finding
from nerconv.io.digest import sha256_of
from nerconv.io.replacing import together
from nerconv.io.sources import Source
from nerconv.printable import file_name

#: Where the notes stand, in the folder of the shards.
FOLDER: Final = ".nerconv"


class Shard(msgspec.Struct, frozen=True):
    """A file that was written: its name in the folder, and the SHA-256 of its bytes."""

    name: str
    digest: str


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What was made of a source: the digest of bytes and options that it was made from, the shards, and the account.

    ``id`` and ``path`` are those of the source, the path absolute, or empty where it has none that text can hold.
    ``before``: shards of an earlier note, as long as some of them may be there still.
    """

    source: str
    id: str = ""
    path: str = ""
    digest: str
    shards: list[Shard]
    before: list[Shard] = []
    read: dict[str, int]
    written: dict[str, int]
    left_out: dict[str, int]
    grouped: dict[str, int] = {}
    documents: int
    lost: list[Finding] = []
    facts: list[Facts] = []
    findings: list[Finding] = []

    def report(self, format: str) -> ConversionReport:
        """Return the account."""
        return ConversionReport(
            format,
            Counter(self.read),
            Counter(self.written),
            list(self.lost),
            list(self.facts),
            list(self.findings),
            Counter({"": self.documents}),
            Counter(self.left_out),
            grouped=Counter(self.grouped),
        )


def made(source: Source, digest: str, report: ConversionReport, shards: list[Shard], old: Note | None) -> Note:
    """Return the note that ``shards`` were made of ``source``, with the account of it; ``old``: the one before."""
    path = "" if source.path is None else str(source.path.absolute())
    return Note(
        source=source.name,
        id=source.id,
        path=path if file_name(path) == path else "",
        digest=digest,
        shards=shards,
        before=[*old.shards, *old.before] if old else [],
        read=dict(report.read),
        written=dict(report.written),
        left_out=dict(report.left_out),
        grouped=dict(report.grouped),
        documents=report.documents.total(),
        lost=report.lost,
        facts=report.facts,
        findings=report.findings,
    )


def read(folder: Path, id: str) -> Note | None:
    """Return the note of the source with an ``id``, or None when there is none that can be read."""
    return _read(path_of(folder, id))


def holds(note: Note, folder: Path, digest: str) -> bool:
    """Whether a note still holds: same bytes and options, and every shard as it was written."""
    same = bool(digest) and note.digest == digest and not note.before
    return same and all(_as_written(folder, shard) for shard in note.shards)


def write(folder: Path, note: Note, part: Path | None = None, within: Path | None = None) -> None:
    """Write ``note``, to ``part`` where that goes into place later."""
    data = msgspec.json.format(msgspec.json.encode(note), indent=1)
    if part is not None:
        part.write_bytes(data)
        return
    with together(within=within) as changes:
        changes.new(path_of(folder, note.id)).write_bytes(data)


def settle(folder: Path, note: Note, report: ConversionReport, within: Path) -> None:
    """Remove the shards of before that ``note`` no longer names, and remark it; then the note forgets them."""
    if note.before:
        _remove(folder, note, {shard.name for shard in note.shards}, "no longer made of it", report)
        write(folder, msgspec.structs.replace(note, before=[]), within=within)


def forget(folder: Path, sources: Sequence[Source], report: ConversionReport) -> None:
    """Remove the shards of sources that are gone, and remark those of sources that are not among ``sources``."""
    known = {path_of(folder, source.id) for source in sources}
    for path in sorted((folder / FOLDER).glob("*.json")):
        if path in known or (note := _read(path)) is None:
            continue
        if _is_gone(note, sources):
            _remove(folder, note, set(), "since it is gone", report)
            path.unlink(missing_ok=True)
        elif note.shards:
            held = _listed([shard.name for shard in note.shards])
            report.remarks.append(f"{folder}: also holds {held} of {note.source}, not read now")


def _remove(folder: Path, note: Note, spared: set[str], why: str, report: ConversionReport) -> None:
    """Remove the shards that a note names and that are as they were written, but for those ``spared``."""
    named = [shard for shard in (*note.shards, *note.before) if shard.name not in spared]
    stale = dict.fromkeys(shard.name for shard in named if (folder / shard.name).is_file())
    removed = dict.fromkeys(shard.name for shard in named if shard.name in stale and _as_written(folder, shard))
    for name in removed:
        (folder / name).unlink()
    if removed:
        report.remarks.append(f"{note.source}: removed {_listed(list(removed))}, {why}")
    for name in stale:
        if name not in removed:
            report.remarks.append(f"{folder / name}: is stale, but was changed since it was written, and stays")


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _as_written(folder: Path, shard: Shard) -> bool:
    if Path(shard.name).name != shard.name:
        return False
    try:
        return sha256_of(folder / shard.name) == shard.digest
    except OSError:
        return False


def _is_gone(note: Note, sources: Sequence[Source]) -> bool:
    """Whether the source of a note is not there, though its folder, or one around it, is one that is read from."""
    paths = [source.path.absolute() for source in sources if source.path is not None]
    if not note.path or not paths or os.path.lexists(note.path):
        return False
    reached = {path.parent for path in paths} | {Path(os.path.commonpath([path.parent for path in paths]))}
    return any(parent in reached for parent in Path(note.path).parents)


def path_of(folder: Path, id: str) -> Path:
    return folder / FOLDER / f"{hashlib.blake2b(id.encode(), digest_size=8).hexdigest()}.json"


def _read(path: Path) -> Note | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Note)
    except (OSError, msgspec.DecodeError, RecursionError):
        return None
