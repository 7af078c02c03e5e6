"""URLs: sources and targets at them, on a file system in memory and on a server of this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from nerconv import formats
from nerconv.cli import main
from nerconv.conversion.pipeline import convert
from nerconv.conversion.report import ConversionReport, ConvertOptions
from nerconv.io import urls
from nerconv.io.sources import Unreadable
from nerconv.options import ReadOptions, UsageError

fsspec = pytest.importorskip("fsspec")

LINE = "[PER Ann  ] left [LOC Iran  ] . \n"


@pytest.fixture
def memory() -> Iterator[object]:
    system = fsspec.filesystem("memory")
    yield system
    system.rm("/", recursive=True)


def run(pattern: str, target: str, **options: object) -> ConversionReport:
    chosen = ConvertOptions(**options)  # type: ignore[arg-type]
    return convert(formats.sources([pattern], chosen.read), target, chosen, lambda _: None)


@pytest.mark.parametrize("suffix", ["jsonl", "conll", "spacy"])
def test_from_memory_to_memory_is_as_on_disk(suffix: str, memory: object, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(LINE)
    urls.upload(tmp_path / "a.txt", "memory://in/a.txt")
    report = run("memory://in/a.txt", f"memory://out/deep/a.{suffix}")
    assert report.ledger.balanced
    run(str(tmp_path / "a.txt"), str(tmp_path / f"a.{suffix}"))
    with urls.open(f"memory://out/deep/a.{suffix}") as file:
        there = file.read()
    if suffix == "conll":
        assert there == (tmp_path / f"a.{suffix}").read_bytes()
    items = list(formats.documents(formats.sources([f"memory://out/deep/a.{suffix}"], ReadOptions())[0], ReadOptions()))
    assert [item.text.split() for item in items if hasattr(item, "spans")] == [["Ann", "left", "Iran", "."]]


def test_folders_and_globs_and_packed_files(memory: object, tmp_path: Path) -> None:
    import gzip

    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(LINE.encode()))
    (tmp_path / "a.txt").write_text(LINE)
    (tmp_path / "notes.md").write_text("no")
    urls.upload(tmp_path, "memory://in")
    for pattern in ("memory://in", "memory://in/*"):
        found = formats.sources([pattern], ReadOptions())
        assert [source.id for source in found] == ["a", "b"]
    assert run("memory://in", "memory://out/all.conll").documents.total() == 2


def test_a_split_is_written_as_a_folder(memory: object, tmp_path: Path) -> None:
    lines = "".join(f"[PER Ann  ] {n} . \n" for n in range(40))
    (tmp_path / "a.txt").write_text(lines)
    read = ReadOptions(documents="line")
    run(str(tmp_path / "a.txt"), "memory://out/s", to="spans_jsonl", split="train=0.5,dev=0.5", read=read)
    assert urls.expand("memory://out/s") == [
        f"memory://out/s/{name}" if url.startswith("memory://out") else f"memory:///out/s/{name}"
        for name, url in zip(("dev.jsonl", "splits.toml", "train.jsonl"), urls.expand("memory://out/s"), strict=True)
    ]


def test_a_server_is_read_from(tmp_path: Path) -> None:
    pytest.importorskip("aiohttp", reason="fsspec reads http:// with aiohttp")
    (tmp_path / "a.txt").write_text(LINE)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_address[1]}"
        assert run(f"{url}/a.txt", str(tmp_path / "o.conll")).ledger.read == {"PER": 1, "LOC": 1}
        report = run(f"{url}/a.txt", str(tmp_path / "o.jsonl"))
        assert report.ledger.balanced
        with pytest.raises(Unreadable, match=r"no document was read.*gone.txt"):
            run(f"{url}/gone.txt", str(tmp_path / "o.conll"))
    finally:
        server.shutdown()
        server.server_close()


def test_what_is_not_there_or_not_known_is_named(memory: object, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"no such file|gone"):
        run("memory://gone/a.txt", str(tmp_path / "o.conll"))
    with pytest.raises(Unreadable, match="nowhere"):
        run("nowhere://a/b.txt", str(tmp_path / "o.conll"))
    (tmp_path / "a.txt").write_text(LINE)
    with pytest.raises(Unreadable, match="nowhere"):
        run(str(tmp_path / "a.txt"), "nowhere://a/b.conll")
    with pytest.raises(UsageError, match="suffix"):
        run(str(tmp_path / "a.txt"), "memory://a/b.unknown")


def test_the_command_ends_in_3_for_a_url_that_is_not_there(
    memory: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["nerconv", "to-conll", "memory://gone/a.txt", "-o", str(tmp_path / "o.conll")])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 3
    assert "gone/a.txt" in capsys.readouterr().err
