"""Plans written: all files or none, with a record by which what was written is taken back byte for byte.

The record stands in the log before the files change. A run that was killed between the two leaves a record whose files
are as they were; taking that back changes nothing of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from nerconv.io.inplace import rewriting
from nerconv.io.replacing import Changes, together
from nerconv.io.sources import Source, Unreadable
from nerconv.linting.edits.outcome import Refused
from nerconv.linting.edits.text import Edit, SourceText, applied
from nerconv.linting.suppress import SIDECAR
from nerconv.review.apply import Plan, Written
from nerconv.review.decisions import Log, NotDecidable
from nerconv.review.ignores import ignore_path
from nerconv.review.records import Decision


def write(plan: Plan, log: Log) -> Decision:
    """Write the files of ``plan``, all or none, and return the record of it in ``log``.

    Raises Unreadable, and changes nothing, where a file was changed since the plan was made or cannot be written;
    NotDecidable where nothing is to be written.
    """
    if not plan.settled:
        raise NotDecidable("there is nothing to apply: no decision is open that can be applied")
    number = max(log.state.applications, default=0) + 1
    files = tuple(map(_record, plan.written))
    written = None
    try:
        with together() as changes:
            for file in plan.written:
                _change(changes, file.path, file.raw, file.after)
            record = Decision("", "", 0, "apply", number=number, settled=tuple(plan.settled), files=files)
            written = log.append(record)
    except BaseException:
        if written:
            log.append(Decision("", "", 0, "unapply", of=number))
        raise
    return written


def undo(log: Log, sources: Sequence[Source], number: int = 0) -> Decision:
    """Take back what the application with a ``number``, the last one for 0, wrote to ``sources``; return its record.

    Files get the bytes that they had. Raises NotDecidable, and changes nothing, where one of them has other bytes than
    it was given, or is not among ``sources`` or the ignore files beside them.
    """
    applications = log.state.applications
    if not applications:
        raise NotDecidable("nothing was applied that could be taken back")
    number = number or max(applications)
    if number not in applications:
        known = ", ".join(map(str, sorted(applications)))
        raise NotDecidable(f"there is no application {number} to take back; there are: {known}")
    paths = {source.name: source.path for source in sources if source.path}
    beside = {str(Path(name).with_name(ignore_path(path).name)): ignore_path(path) for name, path in paths.items()}
    hint = _later(log, number)
    backs = [_back(record, beside | paths, number, hint) for record in applications[number].files]
    with together() as changes:
        for back in backs:
            if back is not None:
                _change(changes, *back)
    return log.append(Decision("", "", 0, "unapply", of=number))


def _record(file: Written) -> dict[str, Any]:
    """Return what is needed to take the change of ``file`` back."""
    edits = [[edit.start, file.text.text[edit.start : edit.end], edit.text] for edit in file.edits]
    return {
        "path": file.name,
        "encoding": file.text.codec,
        "mark": file.text.mark.hex(),
        "before": None if file.raw is None else _digest(file.raw),
        "after": _digest(file.after),
        "edits": edits,
    }


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _later(log: Log, number: int) -> str:
    """Return which applications behind the one with a ``number`` may have to be taken back first."""
    names = {str(record.get("path")) for record in log.state.applications[number].files}
    later = [each for each, found in log.state.applications.items()
             if each > number and names & {str(record.get("path")) for record in found.files}]  # fmt: skip
    return f"; take back {max(later)} first: nerconv review SRC --undo {max(later)}" if later else ""


def _back(
    record: Mapping[str, Any], paths: Mapping[str, Path], number: int, hint: str
) -> tuple[Path, bytes, bytes | None] | None:
    """Return the path of a file, its bytes and those that it had; None where it has these already."""
    name, before, after = (record.get(key) for key in ("path", "before", "after"))
    if not isinstance(name, str) or name not in paths:
        raise NotDecidable(f"application {number} wrote {name!r}, which is not among the files that were named")
    path = paths[name]
    try:
        raw = path.read_bytes() if path.exists() else None
    except OSError as error:
        raise Unreadable(f"{path}: cannot be read: {error.strerror}") from error
    if (None if raw is None else _digest(raw)) == before:
        return None
    if raw is None or _digest(raw) != after:
        raise NotDecidable(f"{name} was changed after application {number} wrote it, and is not taken back{hint}")
    if before is None and name.endswith(SIDECAR):
        return path, raw, None
    if (old := _before(record, raw)) is None or _digest(old) != before:
        raise NotDecidable(f"the record of application {number} does not give {name} back; it stays as it is")
    return path, raw, old


def _before(record: Mapping[str, Any], raw: bytes) -> bytes | None:
    """Return the bytes that a file had before its recorded edits; None where these are not sound."""
    try:
        edits = [Edit(int(start), int(start) + len(old), str(new)) for start, old, new in record["edits"]]
        olds = [str(old) for _, old, _ in record["edits"]]
        mark = bytes.fromhex(record["mark"])
        text = SourceText(raw[len(mark) :].decode(record["encoding"]), record["encoding"], mark)
        grown = accumulate((len(edit.text) - (edit.end - edit.start) for edit in edits), initial=0)
        back = [
            Edit(edit.start + shift, edit.start + shift + len(edit.text), old)
            for edit, old, shift in zip(edits, olds, grown, strict=False)
        ]
        return text.encoded(applied(text.text, back)) if all(edit.start >= 0 for edit in back) else None
    except (Refused, LookupError, TypeError, ValueError, AttributeError):
        return None


def _change(changes: Changes, path: Path, before: bytes | None, after: bytes | None) -> None:
    """Prepare that a file becomes ``after``; None stands for no file. Raises Unreadable."""
    if before is not None and after is not None:
        rewriting(changes, path, before, after)
    elif after is not None:
        changes.new(path).write_bytes(after)
    elif before is not None:
        changes.steps.append(_Remove(path, before))


@dataclass(slots=True)
class _Remove:
    """A file that goes."""

    path: Path
    before: bytes
    done: bool = False

    def do(self) -> None:
        """Remove it. Raises OSError."""
        self.path.unlink()
        self.done = True

    def undo(self) -> None:
        """Make it again."""
        if self.done:
            self.path.write_bytes(self.before)
