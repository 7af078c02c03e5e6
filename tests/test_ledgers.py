"""The file of a ledger: it changes together with what it accounts for, and names it by digest."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
from pathlib import Path

import pytest
from commands import nerconv as command

import nerconv
from nerconv import ConvertOptions, ReadOptions
from nerconv.io import replacing
from nerconv.io.replacing import together
from nerconv.io.sources import Unreadable
from nerconv.options import UsageError

LINES = "[PER Ann  ] met [ORG Acme  ] . \n[LOC Rome  ] fell . \n"


def digests(ledger: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(ledger.read_text().partition("\n")[0])["sha256"]
    return found


def of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a.txt"
    path.write_text(LINES)
    return path


@pytest.mark.parametrize(
    ("target", "options", "more"),
    [
        ("o.conll", ConvertOptions(), {}),
        ("set", ConvertOptions(to="dataset"), {}),
        ("parts", ConvertOptions(to="conll", split="a=0.5,b=0.5", balance="labels"), {}),
        ("shards", ConvertOptions(to="conll"), {"shard_docs": 1}),
        ("pairs", ConvertOptions(to="brat"), {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_ledger_names_every_file_written_with_it_as_seen_from_its_folder(
    target: str, options: ConvertOptions, more: dict[str, int], text: Path
) -> None:
    read = ReadOptions(documents="line")
    nerconv.convert(text, target, nerconv.ConvertOptions(
        to=options.to, split=options.split, balance=options.balance, read=read
    ), ledger="books/l.jsonl", **more)  # type: ignore[arg-type] # fmt: skip
    place = text.parent / target
    files = [path for path in place.rglob("*") if path.is_file() and ".nerconv" not in path.parts]
    wanted = {f"../{path.relative_to(text.parent).as_posix()}": of(path) for path in files or [place]}
    assert digests(Path("books/l.jsonl")) == wanted


def test_parts_that_are_named_are_in_the_ledger(text: Path) -> None:
    Path("b.txt").write_text(LINES)
    nerconv.convert({"x": "a.txt", "y": "b.txt"}, "out", ConvertOptions(to="conll"), ledger="l.jsonl")
    assert digests(Path("l.jsonl")) == {f"out/{name}.conll": of(Path(f"out/{name}.conll")) for name in "xy"}


def test_what_goes_to_standard_output_or_a_url_has_its_name_alone(text: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", out)
    nerconv.convert(text, "-", ConvertOptions(to="conll"), ledger="l.jsonl")
    assert isinstance(out.buffer, io.BytesIO)
    printed = hashlib.sha256(out.buffer.getvalue()).hexdigest()
    assert digests(Path("l.jsonl")) == {"-": printed}
    nerconv.convert(text, "memory://user:secret@there/o.conll", ledger="l.jsonl")
    assert digests(Path("l.jsonl")) == {"o.conll": printed}


def test_names_that_no_encoding_of_unicode_writes_are_escaped(text: Path) -> None:
    name = os.fsdecode(b"\xff.conll")
    nerconv.convert(text, name, ledger="l.jsonl")
    assert digests(Path("l.jsonl")) == {r"\xff.conll": of(Path(name))}


def test_a_corpus_is_written_with_its_ledger(text: Path) -> None:
    report = nerconv.read(text).write("o.conll", ledger=Path("l.jsonl"))
    assert digests(Path("l.jsonl")) == {"o.conll": of(Path("o.conll"))}
    assert json.loads(Path("l.jsonl").read_text().splitlines()[0])["read"] == dict(report.read)


def test_an_alignment_is_written_with_its_ledger_and_placements(text: Path) -> None:
    Path("plain.txt").write_text("Ann met Acme. Rome fell.\n")
    assert (
        command(
            *["align", "a.txt", "--to", "plain.txt", "-o", "o.jsonl", "--ledger", "l.jsonl", "--placements", "p.jsonl"]
        )[0]
        == 0
    )
    assert digests(Path("l.jsonl")) == {name: of(Path(name)) for name in ("p.jsonl", "o.jsonl")}


@pytest.mark.parametrize("ledger", ["a.txt", "o.conll", "./o.conll", "o.conll/l.jsonl"])
def test_a_ledger_replaces_neither_what_is_read_nor_what_is_written(ledger: str, text: Path) -> None:
    with pytest.raises(UsageError, match=r"the ledger .*(would be replaced|is written there, too)"):
        nerconv.convert(text, "o.conll", ledger=ledger)
    assert (text.read_text(), Path("o.conll").exists()) == (LINES, False)
    if ledger != "a.txt":
        with pytest.raises(UsageError, match=r"the ledger .*is written there, too"):
            nerconv.read(text).write("o.conll", ledger=ledger)
        with pytest.raises(UsageError, match=r"the ledger l: .*is written there, too"):
            nerconv.read(text).write("l/o.conll", ledger="l")


@pytest.mark.parametrize("failing", ["o.conll", "l.jsonl"])
def test_where_one_of_the_two_cannot_be_moved_both_stay(
    failing: str, text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("o.conll", "l.jsonl"):
        Path(name).write_text("old")
    put = replacing._Move._put

    def broken(move: replacing._Move) -> None:
        if move.target.name == failing:
            raise OSError(28, "No space left on device")
        put(move)

    monkeypatch.setattr(replacing._Move, "_put", broken)
    with pytest.raises(Unreadable, match=f"{failing}: cannot be written: No space left"):
        nerconv.convert(text, "o.conll", ledger="l.jsonl")
    assert [Path(name).read_text() for name in ("o.conll", "l.jsonl")] == ["old", "old"]
    assert sorted(path.name for path in text.parent.iterdir()) == ["a.txt", "l.jsonl", "o.conll"]


def test_a_ledger_stays_when_nobody_takes_what_is_printed(text: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("l.jsonl").write_text("old")

    def closed(path: Path) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(replacing, "print_file", closed)
    with pytest.raises(BrokenPipeError):
        nerconv.convert(text, "-", ConvertOptions(to="conll"), ledger="l.jsonl")
    assert Path("l.jsonl").read_text() == "old"


def test_changes_that_are_added_to_others_are_made_with_them_and_left_out_when_they_fail(tmp_path: Path) -> None:
    one, two, three = (tmp_path / name for name in "abc")
    with together() as changes:
        with together(changes) as inner:
            inner.text(one, "1")
        assert not one.exists()
        with pytest.raises(ValueError, match="no"), together(changes) as inner:
            inner.text(two, "2")
            raise ValueError("no")
        changes.text(three, "3")
    assert [path.exists() for path in (one, two, three)] == [True, False, True]
