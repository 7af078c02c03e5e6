"""The ledger of a conversion as JSON lines: the totals, then each lost span with reason and place.

The first line also has the SHA-256 of every file that was written with the ledger: a ledger that lies beside files of
another run is known by it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nerconv.codes import CODES
from nerconv.conversion.report import ConversionReport
from nerconv.document import Finding
from nerconv.io.digest import sha256_of
from nerconv.io.outputs import is_stdout
from nerconv.io.replacing import Changes
from nerconv.printable import file_name


def enter(place: str | os.PathLike[str], report: ConversionReport, changes: Changes) -> None:
    """Let the ledger of ``report`` stand at ``place``, as the last of ``changes``. Raises Unreadable."""
    name = os.fspath(place)
    folder = Path.cwd() if is_stdout(name) else Path(os.path.realpath(name)).parent
    changes.text(name, lines(report, dict(_digests(folder, report, changes))))


def _digests(folder: Path, report: ConversionReport, changes: Changes) -> Iterator[tuple[str, str]]:
    """Yield the digest of each file by its path from ``folder``; of what is sent, by its name."""
    for path, digest in report.digests.items():
        yield _name(os.path.relpath(path, folder)), digest
    sent = {Path(os.path.realpath(each.part)): each.name for each in changes.sent}
    for target, part in changes.files():
        own = next((path for path in sent if target.is_relative_to(path)), None)
        yield _name(os.path.relpath(target, own.parent if own else folder)), sha256_of(part)
    yield from ((name, sha256_of(path)) for path, name in sent.items() if path.is_file())


def _name(path: str) -> str:
    return file_name(path.replace(os.sep, "/"))


def lines(report: ConversionReport, digests: Mapping[str, str]) -> str:
    """Return the ledger; ``digests``: of the files that were written with it, by name."""
    ledger = report.ledger
    totals = {
        "read": dict(sorted(ledger.read.items())),
        "written": dict(sorted(ledger.written.items())),
        "lost": dict(sorted(ledger.reasons().items())),
        "balanced": ledger.balanced,
        "sha256": digests,
    }
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in (totals, *map(_record, ledger.lost)))


def _record(finding: Finding) -> dict[str, Any]:
    where, code = finding.where, CODES[finding.code]
    return {
        "code": code.code,
        "name": code.name,
        "severity": code.severity,
        "path": where and where.path,
        "line": where and where.line,
        "column": where and where.column,
        "message": finding.message,
        "label": finding.span.label if finding.span else None,
    } | ({"unread": finding.unread} if finding.unread else {})
