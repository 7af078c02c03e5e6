"""Rules that need files: leaks between splits and labels that one of them does not have."""

from __future__ import annotations

from pathlib import Path

import pytest

from nerconv import formats
from nerconv.linting.engine import Selection, lint
from nerconv.options import ReadOptions

TRAIN = "[LOC Rome  ] was quiet on 3 May . \n[PER Ann  ] left early in the morning . \n"


def found(folder: Path, code: str, **files: str) -> list[tuple[str, int]]:
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text)
    report = lint(formats.sources([str(folder)], ReadOptions()), ReadOptions(), Selection((code,)), lambda _: None)
    return [(Path(p.finding.where.path).stem, p.finding.where.line) for p in report.problems if p.finding.where]


def test_exact_and_near_duplicates_of_training_sentences_are_leaks(tmp_path: Path) -> None:
    dev = "He stayed . \n[LOC Rome  ] was quiet on 4 May . \n"
    test = "[PER Ann  ] left early in the morning . \nRome was loud on 3 May . \n"
    assert found(tmp_path, "L501", train=TRAIN, dev=dev, test=test) == [("dev", 2), ("test", 1)]


def test_a_repeated_sentence_of_one_split_is_not_a_leak(tmp_path: Path) -> None:
    assert not found(tmp_path, "L501", train=TRAIN + TRAIN, dev="Nothing of it stands here at all . \n")
    assert not found(tmp_path, "L501", one=TRAIN, other=TRAIN)


@pytest.mark.parametrize("name", ["test", "my-test-file", "news.test", "valid"])
def test_splits_follow_from_file_names(name: str, tmp_path: Path) -> None:
    assert found(tmp_path, "L501", **{"a_train": TRAIN, name: TRAIN})


def test_a_label_that_a_split_has_not_is_named(tmp_path: Path) -> None:
    test = "[LOC Rome  ] was quiet . \n"
    assert found(tmp_path, "L503", train=TRAIN * 60, test=test) == [("train", 2)]


def test_a_rule_that_was_named_and_cannot_run_says_why(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(TRAIN)

    def told(*select: str) -> list[str]:
        sources = formats.sources([str(tmp_path)], ReadOptions())
        report = lint(sources, ReadOptions(), Selection(select), lambda _: None)
        return [p.finding.message for p in report.problems if p.finding.code == "N002"]

    assert [message.split()[0] for message in told("L501", "M6")] == ["L501", "M601", "M602"]
    assert not told("ALL") and not told("C2")
