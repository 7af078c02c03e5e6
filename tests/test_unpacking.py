"""Files that unpack to far more than they are: refused with the figure, before it is in memory."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from bombs import BOMBS

from nerconv import formats
from nerconv.cli.option import size
from nerconv.document import Finding
from nerconv.formats.docbin_file import unpacked
from nerconv.options import ReadOptions, UsageError

MOST = 1 << 18
#: What it takes to write and read one.
PACKAGES = {"x.parquet": ("pyarrow",), "x.feather": ("pyarrow",), "saved": ("pyarrow", "datasets")}


def found(path: Path, options: ReadOptions) -> list[str]:
    """Return what is said of a file that cannot be read."""
    items = [item for source in formats.sources([str(path)], options) for item in formats.read(source, options)]
    return [item.message for item in items if isinstance(item, Finding) and item.code == "F014"]


@pytest.mark.parametrize("name", BOMBS)
def test_what_unpacks_to_far_more_than_it_is_is_refused_with_the_figure(name: str, tmp_path: Path) -> None:
    for package in PACKAGES.get(name, ()):
        pytest.importorskip(package, reason=f"the package {package} is not installed")
    BOMBS[name](path := tmp_path / name, 8 * MOST)
    assert sum(file.stat().st_size for file in (path, *path.glob("*")) if file.is_file()) * 100 < 8 * MOST
    (message,) = found(path, ReadOptions(max_unpacked=MOST))
    assert " bytes unpack to " in message and "--max-unpacked" in message
    assert not any("--max-unpacked" in text for text in found(path, ReadOptions(max_unpacked=16 * MOST)))


def test_no_memory_is_taken_for_lengths_that_a_docbin_claims(tmp_path: Path) -> None:
    path = tmp_path / "x.spacy"
    path.write_bytes(zlib.compress(b"\x81\xdd\x7f\xff\xff\xff"))
    with pytest.raises(Exception, match=r"unpack|early|data"), unpacked(path):
        pass


@pytest.mark.parametrize(("text", "bytes_"), [("1GB", 1 << 30), ("1.5 MiB", 3 << 19), ("2k", 2048), (7, 7)])
def test_sizes_have_units(text: str | int, bytes_: int) -> None:
    assert size(text) == bytes_


@pytest.mark.parametrize("text", ["", "-1", "much", "1PB", "0"])
def test_sizes_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--max-unpacked"):
        ReadOptions(max_unpacked=size(text))
