"""Run the commands of ``options.toml`` and tell what they write by digests.

A digest is that of content, not of compression: a DocBin is unpacked, a Parquet file read.

``python tests/golden/runs.py`` prints what differs; with ``--update`` it writes ``digests.json`` anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import sys
import tempfile
import tomllib
import zlib
from collections.abc import Iterator
from pathlib import Path

from nerconv.cli import main

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
DIGESTS = HERE / "digests.json"
SOURCES = {
    "SRC": ("corpus_samples/cables", "corpus_samples/news", "corpus_samples/nested"),
    "CABLES": ("corpus_samples/cables",),
}


def names() -> list[tuple[str, str]]:
    """Return suffix and name of every run."""
    return [(suffix, name) for suffix, runs in _options().items() for name in runs]


def _options() -> dict[str, dict[str, str]]:
    return tomllib.loads((HERE / "options.toml").read_text(encoding="utf-8"))


def digest(suffix: str, name: str) -> str:
    """Run one command on the samples; return its exit status and a digest of what it wrote and of its ledger."""
    words = [each for word in _options()[suffix][name].split() for each in SOURCES.get(word, (word,))]
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(ROOT):
        target, ledger = Path(folder, f"out.{suffix}"), Path(folder, "ledger.jsonl")
        if suffix != "stdout":
            words += ["-o", str(target), "--ledger", str(ledger)]
        status, printed = _run(words)
        parts = [printed] if suffix == "stdout" else [content(target), account(ledger)]
    found = hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]
    return f"{status} {found}"


def _run(words: list[str]) -> tuple[int, bytes]:
    """Return exit status and standard output of a command. Raises RuntimeError for one that could not work."""
    out, errors = io.StringIO(), io.StringIO()
    before = sys.argv
    sys.argv = ["nerconv", *words]
    try:
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(out if os.environ.get("GOLDEN_DEBUG") else io.StringIO()),
        ):
            main()
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        sys.argv = before
    if status not in (0, 1):
        raise RuntimeError(f"{' '.join(words)} exits with {status}: {errors.getvalue()}")
    return status, out.getvalue().encode("utf-8", "surrogatepass")


def content(path: Path) -> bytes:
    """Return what a file holds: of a DocBin unpacked, of a Parquet file its rows and schema."""
    if path.suffix == ".spacy":
        return zlib.decompress(path.read_bytes())
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        table = pq.read_table(path)
        return repr((table.schema.to_string(), table.to_pylist())).encode()
    return path.read_bytes()


def account(path: Path) -> bytes:
    """Return what a ledger says, but for digests of files, which differ where a library compresses otherwise."""
    totals, _, losses = path.read_bytes().partition(b"\n")
    known = {name: value for name, value in json.loads(totals).items() if name != "sha256"}
    return json.dumps(known).encode() + b"\n" + losses


def current() -> Iterator[tuple[str, str]]:
    """Yield ``suffix/name`` and digest of every run."""
    for suffix, name in names():
        yield f"{suffix}/{name}", digest(suffix, name)


if __name__ == "__main__":
    os.environ["NO_COLOR"] = "1"
    found = dict(current())
    if "--update" in sys.argv:
        DIGESTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    else:
        known = json.loads(DIGESTS.read_text(encoding="utf-8"))
        print(
            "\n".join(f"{key}: {known.get(key)} -> {value}" for key, value in found.items() if known.get(key) != value)
        )
