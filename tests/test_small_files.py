"""Folders of many small files: some are worked on by one call, which changes nothing of what they give."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from nerconv.conversion.parts import Outcome, Part, groups_of, parts_of
from nerconv.conversion.pipeline import convert
from nerconv.conversion.report import ConversionReport, ConvertOptions
from nerconv.conversion.workers import Workers, started
from nerconv.conversion.workers import run as work
from nerconv.formats import SUFFIXES
from nerconv.io.chunks import HERE
from nerconv.io.sources import Source, expand
from nerconv.memory import OutOfMemory


@pytest.fixture
def mixed(tmp_path: Path) -> list[Source]:
    """Small files, an empty one and one that is not text among them, and a large one in their midst."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(150):
        (folder / f"{number:03}.txt").write_text(f"[PER Ann Lee  ] met [LOC Oslo  ] {number} . \n" * 3)
    (folder / "070.txt").write_text("")
    (folder / "071.txt").write_bytes(b"\x00\xff\x00")
    (folder / "100.txt").write_text("[PER Bob Ray  ] left [LOC Rome  ] again . \n" * 26_000)
    return expand([str(folder)], SUFFIXES)


def test_many_small_files_are_worked_on_by_few_calls_in_order(mixed: list[Source]) -> None:
    reports = {source.id: ConversionReport("") for source in mixed}
    parts = list(parts_of(mixed, reports, ConvertOptions(), lambda _: None, lambda _: HERE))
    groups = list(groups_of(parts))
    assert [part.source.name for group in groups for part in group] == [part.source.name for part in parts]
    assert (len(parts) > 150, len(groups) < 20, max(map(len, groups))) == (True, True, 64)
    assert all(len(group) == 1 for group in groups for part in group if part.chunk or not part.size)


def test_many_small_files_give_the_same_whoever_works_on_them(mixed: list[Source], tmp_path: Path) -> None:
    targets = [tmp_path / f"out{n}" for n in (1, 2)]
    asked = ConvertOptions(split="train=0.5,dev=0.5", to="spans_jsonl")
    one, two = (convert(mixed, str(t), asked, lambda _: None, Workers(n)) for n, t in enumerate(targets, 1))
    assert one.ledger == two.ledger and one.findings == two.findings
    assert one.written.total() == 147 * 6 + 2 * 26_000
    for name in ("train.jsonl", "dev.jsonl", "splits.toml"):
        assert (targets[0] / name).read_bytes() == (targets[1] / name).read_bytes()


def test_of_files_that_are_worked_on_by_one_call_the_one_is_named_that_takes_too_much(
    mixed: list[Source], tmp_path: Path
) -> None:
    parts = [Part(source) for source in mixed[:3]]

    def exhausting(number: int, part: Part, folder: Path) -> Outcome:
        if part == parts[1]:
            raise MemoryError
        return Outcome(ConversionReport(""), {}, Counter())

    with pytest.raises(OutOfMemory) as error, started(Workers()) as executor:
        list(work([parts], exhausting, tmp_path, executor))
    assert [number for number in range(3) if f"{number:03}.txt" in str(error.value)] == [1]
