"""Who works on a conversion makes no difference to what it gives; whoever dies or is stopped leaves nothing behind."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest
from commands import heed_signals, nerconv

from nerconv.conversion import shards
from nerconv.conversion.pipeline import convert
from nerconv.conversion.report import ConversionReport, ConvertOptions
from nerconv.conversion.shards import convert_to_shards
from nerconv.conversion.workers import Workers
from nerconv.formats import SUFFIXES
from nerconv.formats.pieces import Packed
from nerconv.io.sources import Source, Unreadable, expand
from nerconv.options import ReadOptions, UsageError

LINES = (
    "[PER Ann Lee  ] met [ORG Interior Ministry  ] 's staff in [LOC Iran  ] . \n"
    "See [ORG [LOC Rome  ] Office  ] and [PER Bob ] today . \n"
    "Nothing here , \u201cquoted\u201d . \n\n"
)
#: The shard of a source that lies in a folder: its id and a digest of it.
B = "sub_b-8f71109d.00001.jsonl"
TARGETS = ["conll", "jsonl", "spacy", "parquet", "txt", "json"]


def corpus(folder: Path, megabytes: float = 2.2) -> list[Source]:
    """A small file, one of several windows with noise in it, and one more."""
    (folder / "in").mkdir(exist_ok=True)
    clean = "[PER Ann  ] left [LOC Iran  ] for good , they said . \n" * int(megabytes * 18000)
    (folder / "in/a.txt").write_text(LINES, encoding="utf-8")
    (folder / "in/b.txt").write_text(clean + LINES + clean[:50_000], encoding="utf-8")
    (folder / "in/c.txt").write_text(LINES * 30, encoding="utf-8")
    return expand([str(folder / "in")], SUFFIXES)


def run(folder: Path, target: str, crew: Workers, **options: object) -> ConversionReport:
    return convert(corpus(folder), str(folder / target), ConvertOptions(**options), lambda _: None, crew)  # type: ignore[arg-type]


def digest(path: Path) -> str:
    found = hashlib.sha256()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            found.update(file.read_bytes())
    return found.hexdigest()


@pytest.mark.parametrize("suffix", TARGETS)
def test_workers_give_the_same_bytes_and_the_same_account(suffix: str, tmp_path: Path) -> None:
    size = 2.2 if suffix in ("conll", "jsonl", "spacy", "parquet") else 0.02
    corpus(tmp_path, size)
    reports = []
    for number, crew in enumerate((Workers(), Workers(2))):
        sources = expand([str(tmp_path / "in")], SUFFIXES)
        reports.append(convert(sources, str(tmp_path / f"{number}.{suffix}"), ConvertOptions(), lambda _: None, crew))
    if digest(tmp_path / f"0.{suffix}") != digest(tmp_path / f"1.{suffix}"):
        pytest.fail(first_difference(tmp_path / f"0.{suffix}", tmp_path / f"1.{suffix}"))
    assert reports[0] == reports[1]


def first_difference(one: Path, other: Path) -> str:
    """Say where two files differ: in what they hold when it is unpacked, or only in how that is packed."""
    sides = [path.read_bytes() for path in (one, other)]
    if one.suffix == ".spacy":
        unpacked = [zlib.decompress(side) for side in sides]
        if unpacked[0] == unpacked[1]:
            return f"packed differently, {len(sides[0]):,} and {len(sides[1]):,} bytes, with equal content"
        sides = unpacked
    at = next((n for n, (a, b) in enumerate(zip(*sides, strict=False)) if a != b), min(map(len, sides)))
    shown = [side[max(at - 40, 0) : at + 40] for side in sides]
    return f"byte {at:,} of {len(sides[0]):,} and {len(sides[1]):,}: {shown[0]!r} against {shown[1]!r}"


def test_workers_give_the_same_splits(tmp_path: Path) -> None:
    options = {"split": "train=0.7,dev=0.3", "to": "spans_jsonl"}
    corpus(tmp_path, 0.1)
    for name, crew in (("one", Workers()), ("two", Workers(2))):
        sources = expand([str(tmp_path / "in")], SUFFIXES)
        read = ConvertOptions(**options, read=ConvertOptions().read.__class__(documents="blank-line"))  # type: ignore[arg-type]
        convert(sources, str(tmp_path / name), read, lambda _: None, crew)
    assert digest(tmp_path / "one") == digest(tmp_path / "two")


@pytest.mark.parametrize("suffix", ["conll", "spacy", "parquet"])
def test_a_cluster_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the package distributed is not installed")
    one = run(tmp_path, f"one.{suffix}", Workers())
    two = run(tmp_path, f"two.{suffix}", Workers(2, "dask"))
    assert digest(tmp_path / f"one.{suffix}") == digest(tmp_path / f"two.{suffix}")
    assert one == two


@pytest.mark.parametrize(
    ("crew", "why"),
    [((0, "processes", ""), "1 or more"), ((1, "spark", ""), "unknown engine"), ((2, "processes", "tcp://x"), "dask")],
)
def test_crews_that_make_no_sense_are_refused(crew: tuple[int, str, str], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        Workers(*crew)


def children(pid: int) -> list[int]:
    """Return the processes that a process has started, and these, and so on."""
    listing = subprocess.run(
        ["ps", "-e", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    found = [pid]
    for row in sorted(line.split(None, 2) for line in listing.splitlines()):
        if int(row[1]) in found and "resource_tracker" not in row[2]:
            found.append(int(row[0]))
    return found[1:]


def start(folder: Path) -> subprocess.Popen[bytes]:
    """Start a conversion by two workers that takes a while; return when they work."""
    (folder / "o.conll").write_text("old")
    # Without nested brackets the file is surveyed in a second, and the workers have several to do.
    (folder / "b.txt").write_text("[ORG Ann Co  ] left [LOC Iran  ] for good . \n" * 800_000)
    command = [sys.executable, "-m", "nerconv", "to-conll", "b.txt", "-o", "o.conll", "--workers", "2"]
    process = subprocess.Popen(
        command, cwd=folder, stderr=subprocess.PIPE, start_new_session=True, preexec_fn=heed_signals
    )
    deadline = time.monotonic() + 300  # on a machine that is busy with other things
    while not list(folder.glob(".nerconv.*/*.busy")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    return process


def gone(pids: list[int]) -> bool:
    return not [
        pid for pid in pids if Path(f"/proc/{pid}/stat").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text()
    ]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_a_worker_that_dies_fails_the_run_with_its_file_named(tmp_path: Path) -> None:
    process = start(tmp_path)
    workers = children(process.pid)
    os.kill(max(workers), signal.SIGKILL)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 3
    assert b"b.txt: the process that worked on it died" in err
    assert (tmp_path / "o.conll").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.txt", "o.conll"]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_stops_all_workers_and_leaves_the_old_file(sign: signal.Signals, tmp_path: Path) -> None:
    process = start(tmp_path)
    workers = children(process.pid)
    os.killpg(process.pid, sign) if sign == signal.SIGINT else process.send_signal(sign)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert gone(workers)
    assert (tmp_path / "o.conll").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.txt", "o.conll"]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_workers_end_when_what_started_them_is_killed_and_the_next_run_removes_what_is_left(tmp_path: Path) -> None:
    process = start(tmp_path)
    workers = children(process.pid)
    assert len(workers) == 2
    process.kill()
    # Workers that live hold the other end of this pipe, as they would that of ``2>&1 | tee log``.
    process.communicate(timeout=30)
    assert gone(workers)
    assert (tmp_path / "o.conll").read_text() == "old"
    assert len(list(tmp_path.glob(".nerconv.*"))) == 1
    (tmp_path / "b.txt").write_text(LINES)
    assert nerconv("to-conll", str(tmp_path / "b.txt"), "-o", str(tmp_path / "o.conll"))[0] == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.txt", "o.conll"]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
def test_nohup_keeps_a_command_alive(tmp_path: Path) -> None:
    code = (
        "import signal, os; from nerconv.cli import _end_by; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "_end_by(['SIGHUP', 'SIGTERM']); os.kill(os.getpid(), signal.SIGHUP); print('alive')\n"
        "os.kill(os.getpid(), signal.SIGTERM)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, "KeyboardInterrupt" in done.stderr) == ("alive\n", True)


# ------------------------------------------------------------------------------------------------- shards


def shard(
    folder: Path,
    crew: Workers = Workers(),  # noqa: B008
    force: bool = False,
    **options: object,
) -> tuple[ConversionReport, list[str]]:
    begun: list[str] = []
    report = convert_to_shards(
        expand([str(folder / "in")], SUFFIXES),
        folder / "out",
        ConvertOptions(**{"to": "spans_jsonl", **options}),  # type: ignore[arg-type]
        2,
        lambda source: begun.append(source.id),
        crew,
        force,
    )
    return report, begun


def test_shards_hold_all_and_are_not_made_twice(tmp_path: Path) -> None:
    corpus(tmp_path, 0.02)
    (tmp_path / "in/d.jsonl").write_text("".join(f'{{"text": "x{n}"}}\n' for n in range(5)))
    first, begun = shard(tmp_path)
    assert begun == ["a", "b", "c", "d"]
    names = sorted(path.name for path in (tmp_path / "out").glob("*.jsonl"))
    assert names == [*(f"{n}.00001.jsonl" for n in "abc"), *(f"d.0000{n}.jsonl" for n in (1, 2, 3))]
    times = {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in names}
    second, begun = shard(tmp_path)
    assert begun == []
    assert second == first
    assert times == {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in names}
    assert shard(tmp_path, force=True) == (first, ["a", "b", "c", "d"])


def test_only_what_changed_is_done_again(tmp_path: Path) -> None:
    corpus(tmp_path, 0.02)
    shard(tmp_path)
    (tmp_path / "in/a.txt").write_text(LINES * 2, encoding="utf-8")
    (tmp_path / "out/c.00001.jsonl").write_text("damaged")
    assert shard(tmp_path)[1] == ["a", "c"]
    assert shard(tmp_path, labels={"PER": "PERSON"})[1] == ["a", "b", "c"]


def test_an_interrupted_conversion_to_shards_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus(tmp_path, 0.02)

    def stop(source: Source) -> None:
        if source.id == "c":
            raise KeyboardInterrupt

    arguments = expand([str(tmp_path / "in")], SUFFIXES), tmp_path / "out", ConvertOptions(to="spans_jsonl"), 2
    with pytest.raises(KeyboardInterrupt):
        convert_to_shards(*arguments, stop)
    done = {path.name for path in (tmp_path / "out").glob("*.jsonl")}
    assert "a.00001.jsonl" in done and "c.00001.jsonl" not in done
    report, begun = shard(tmp_path)
    assert "a" not in begun and "c" in begun
    assert report.ledger.balanced


def test_workers_make_the_same_shards(tmp_path: Path) -> None:
    corpus(tmp_path, 2.2)
    shard(tmp_path, to="docbin")
    one = digest(tmp_path / "out")
    shard(tmp_path, Workers(2), force=True, to="docbin")
    assert digest(tmp_path / "out") == one


def test_shards_together_are_what_one_file_is(tmp_path: Path) -> None:
    """Groups of documents are cut out of columns with their lines, places and origins."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text(LINES * 7, encoding="utf-8")
    options = {"read": ReadOptions(documents="line"), "to": "spans_jsonl"}
    shard(tmp_path, **options)
    together = b"".join(path.read_bytes() for path in sorted((tmp_path / "out").glob("*.jsonl")))
    whole = tmp_path / "whole.jsonl"
    convert(expand([str(tmp_path / "in")], SUFFIXES), str(whole), ConvertOptions(**options), lambda _: None)  # type: ignore[arg-type]
    assert together.count(b"\n") > 10
    assert together == whole.read_bytes()


def test_shards_of_a_dataset_share_their_labels(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text("[PER Ann  ] \n")
    (tmp_path / "in/b.txt").write_text("[LOC Rome  ] \n")
    shard(tmp_path, to="dataset")
    schemas = {parquet.read_schema(path) for path in (tmp_path / "out").glob("*.parquet")}
    assert len(schemas) == 1
    assert b"B-PER" in next(iter(schemas)).metadata[b"huggingface"]


def test_a_source_that_cannot_be_read_stays_a_finding(tmp_path: Path) -> None:
    corpus(tmp_path, 0.02)
    (tmp_path / "in/e.txt").write_bytes(bytes(range(32)) * 100)
    for _ in range(2):
        assert "F014" in [finding.code for finding in shard(tmp_path)[0].findings]
    (tmp_path / "in/e.txt").write_text(LINES, encoding="utf-8")
    assert shard(tmp_path)[1] == ["e"]


def test_spacy_reads_a_folder_of_shards(tmp_path: Path) -> None:
    import spacy
    from spacy.training import Corpus

    corpus(tmp_path, 0.02)
    report, _ = shard(tmp_path, to="docbin")
    examples = list(Corpus(tmp_path / "out")(spacy.blank("en")))
    grouped = report.grouped
    assert grouped["documents"] == 1
    assert len(examples) == report.documents.total() - grouped["documents"] + grouped["Docs"]
    assert sum(len(example.reference.ents) for example in examples) > 500


def test_sources_of_like_names_do_not_share_shards(tmp_path: Path) -> None:
    (tmp_path / "in/a").mkdir(parents=True)
    (tmp_path / "in/a/b.txt").write_text("[PER Ann  ] one . \n")
    (tmp_path / "in/a_b.txt").write_text("[PER Bob  ] two . \n")
    shard(tmp_path)
    texts = [path.read_text() for path in (tmp_path / "out").glob("*.jsonl")]
    assert len(texts) == 2 and any("one" in text for text in texts) and any("two" in text for text in texts)


def test_a_shard_never_replaces_a_source(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for name in ("a.jsonl", "a.00001.jsonl"):
        (tmp_path / "out" / name).write_text('{"text": "mine"}\n')
    sources = expand([str(tmp_path / "out")], SUFFIXES)
    with pytest.raises(UsageError, match="would be replaced"):
        convert_to_shards(sources, tmp_path / "out", ConvertOptions(to="spans_jsonl"), 5, lambda _: None)
    assert (tmp_path / "out/a.00001.jsonl").read_text() == '{"text": "mine"}\n'


def test_a_cluster_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed", reason="the package distributed is not installed")

    def refuse(*_: object, **__: object) -> None:
        raise OSError("Timed out")

    monkeypatch.setattr(distributed, "Client", refuse)
    with pytest.raises(Unreadable, match=r"tcp://127.0.0.1:1: no Dask scheduler answers there: Timed out"):
        run(tmp_path, "o.conll", Workers(1, "dask", "tcp://127.0.0.1:1"))


def test_a_target_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    corpus(tmp_path, 0.02)
    (tmp_path / "out").write_text("a file")
    with pytest.raises((Unreadable, UsageError), match="out"):
        shard(tmp_path)


def test_shards_hold_one_piece_at_a_time_and_can_be_gone_through_again(tmp_path: Path) -> None:
    paths = [tmp_path / "a", tmp_path / "missing", tmp_path / "b"]
    made = [[Packed(n, 2, n == 3) for n in numbers] for numbers in ((1, 2, 3), (), (4, 5))]
    for path, pieces in zip(paths, made, strict=True):
        if pieces:
            path.write_bytes(b"".join(map(pickle.dumps, pieces)))
    groups = list(shards._groups(paths, 4))
    assert [[piece.piece for piece in group] for group in groups] == [[1, 2], [3, 4], [5]]
    assert [piece.piece for piece in groups[1]] == [3, 4]
    assert not any(next(iter(group)).goes_on for group in groups)


def shards_of(
    folder: Path, sources: list[Source], size: int = 1, **options: object
) -> tuple[ConversionReport, list[str]]:
    to = {"to": "spans_jsonl", **options}
    report = convert_to_shards(sources, folder / "out", ConvertOptions(**to), size, lambda _: None)  # type: ignore[arg-type]
    return report, sorted(path.name for path in (folder / "out").iterdir() if path.is_file())


@pytest.fixture
def several(tmp_path: Path) -> Path:
    """Two files of two and one documents, in ``in`` and ``in/sub``."""
    (tmp_path / "in/sub").mkdir(parents=True)
    (tmp_path / "in/a.txt").write_text("[PER Ann  ] left . \n-DOCSTART-\n[LOC Rome  ] . \n")
    (tmp_path / "in/sub/b.txt").write_text("[PER Bob  ] left . \n")
    return tmp_path


def of(folder: Path, name: str = "in") -> list[Source]:
    return expand([str(folder / name)], SUFFIXES)


def test_shards_of_a_source_that_shrank_are_removed(several: Path) -> None:
    assert shards_of(several, of(several))[1] == ["a.00001.jsonl", "a.00002.jsonl", B]
    (several / "in/a.txt").write_text("[PER Ann  ] left . \n")
    report, names = shards_of(several, of(several))
    assert names == ["a.00001.jsonl", B]
    assert [remark for remark in report.remarks if "a.txt: removed a.00002.jsonl, no longer made of it" in remark]


def test_shards_of_a_source_that_is_gone_are_removed(several: Path) -> None:
    shards_of(several, of(several))
    shutil.rmtree(several / "in/sub")
    report, names = shards_of(several, of(several))
    assert names == ["a.00001.jsonl", "a.00002.jsonl"]
    assert [remark for remark in report.remarks if f"removed {B}, since it is gone" in remark]
    assert len(list((several / "out/.nerconv").iterdir())) == 1


def test_shards_made_with_other_options_are_removed(several: Path) -> None:
    shards_of(several, of(several))
    assert shards_of(several, of(several), 2)[1] == ["a.00001.jsonl", B]
    assert shards_of(several, of(several), 2, to="conll")[1] == ["a.00001.conll", B.replace("jsonl", "conll")]


def test_shards_of_a_source_that_is_not_read_now_stay_and_are_named(several: Path) -> None:
    shards_of(several, of(several))
    report, names = shards_of(several, of(several, "in/sub/b.txt"))
    assert "a.00001.jsonl" in names
    assert [remark for remark in report.remarks if "also holds a.00001.jsonl, a.00002.jsonl of" in remark]


def test_nothing_is_removed_but_what_notes_name_as_it_was_written(several: Path) -> None:
    shards_of(several, of(several))
    (several / "out/a.00003.jsonl").write_text("mine")
    (several / "out/a.00002.jsonl").write_text("changed")
    note = next(path for path in (several / "out/.nerconv").iterdir() if "b.txt" in path.read_text())
    note.write_text(note.read_text().replace(B, "../../in/a.txt"))
    (several / "in/a.txt").write_text("[PER Ann  ] left . \n")
    (several / "in/sub/b.txt").unlink()
    report, names = shards_of(several, of(several))
    assert names == ["a.00001.jsonl", "a.00002.jsonl", "a.00003.jsonl", B]
    assert (several / "in/a.txt").exists()
    assert [remark for remark in report.remarks if "a.00002.jsonl: is stale, but was changed" in remark]


def test_a_source_that_cannot_be_read_leaves_its_shards(several: Path) -> None:
    shards_of(several, of(several))
    (several / "in/a.txt").write_bytes(bytes(range(256)) * 9)
    report, names = shards_of(several, of(several))
    assert names == ["a.00001.jsonl", "a.00002.jsonl", B]
    assert [finding.code for finding in report.findings] == ["F014"]


def test_standard_input_becomes_shards(several: Path) -> None:
    command = [sys.executable, "-m", "nerconv", "to-conll", "-", "-o", "out", "--shard-docs", "1"]
    for _ in range(2):
        done = subprocess.run(command, input=b"[PER Ann  ] . \n", capture_output=True, cwd=several, check=False)
        assert b"1 span read" in done.stderr, done.stderr
        assert (several / "out/stdin.00001.conll").read_text().startswith("Ann B-PER")
