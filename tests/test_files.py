"""Finding, decompressing, decoding and replacing files."""

from __future__ import annotations

import bz2
import gzip
import lzma
from io import BytesIO
from pathlib import Path

import pytest
import zstandard

from nerconv.io.decode import DecodedText, decode
from nerconv.io.replacing import replacing
from nerconv.io.sources import Source, Unreadable, expand

TXT = frozenset({".txt"})


def decoded(data: bytes, encoding: str = "utf-8") -> tuple[str, DecodedText]:
    """Return the text of ``data`` and what was learnt about it."""
    out = BytesIO()
    found = decode([data], "f", encoding, out)
    return out.getvalue().decode(), found


def test_folders_globs_and_files_give_each_file_once_and_sorted(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "sub/c.txt", "d.bin", ".hidden.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    sources = expand([str(tmp_path), str(tmp_path / "*.txt"), str(tmp_path / "a.txt")], TXT)
    assert [source.id for source in sources[:3]] == ["a", "b", "sub/c"]
    assert len({source.name for source in sources}) == len(sources)


@pytest.mark.parametrize("pattern", ["nothing.txt", "*.nothing", "."])
def test_patterns_that_give_nothing_say_so(pattern: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unreadable, match=r"no "):
        expand([pattern], TXT)


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress), (".zst", zstandard.compress)],
)
def test_compressed_files_are_read_and_damaged_ones_refused(suffix: str, pack: object, tmp_path: Path) -> None:
    path = tmp_path / f"a.txt{suffix}"
    packed = pack(b"hello " * 100)  # type: ignore[operator]
    path.write_bytes(packed)
    (source,) = expand([str(path)], TXT)
    assert (source.id, source.suffix, source.read()) == ("a", ".txt", b"hello " * 100)
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(Unreadable, match="cannot be read"):
        source.read()


def test_missing_permission_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "x.txt"
    folder.mkdir()
    with pytest.raises(Unreadable, match="directory"):
        Source(str(folder), "x", folder).read()


def test_utf16_is_detected_by_its_mark_and_binary_refused() -> None:
    assert decoded("a\r\nb".encode("utf-16"))[0] == "a\nb"
    with pytest.raises(Unreadable, match="control bytes"):
        decoded(bytes(range(256)) * 4)
    with pytest.raises(Unreadable, match="utf-16-le"):
        decoded("hello".encode("utf-16-le"))


def test_many_undecodable_runs_are_counted_not_listed() -> None:
    findings = decoded(b"\xe9 x\n" * 50)[1].findings
    assert len(findings) == 21
    assert "30 more" in findings[-1].message


def test_a_failed_write_leaves_what_stood_there(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(KeyboardInterrupt), replacing(target) as part:
        part.write_text("half")
        raise KeyboardInterrupt
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "d"
    target.mkdir()
    (target / "old").write_text("old")
    with replacing(target) as part:
        part.mkdir()
        (part / "new").write_text("new")
    assert [path.name for path in target.iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_an_unwritable_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unreadable, match="cannot be written"), replacing(tmp_path / "file" / "a.txt"):
        raise AssertionError("never entered")
