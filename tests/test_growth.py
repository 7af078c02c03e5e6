"""What reading and fixing call grows as their input does, whatever that is; tests/faults measures time, too."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from growth import WAYS, calls, grows

import nerconv
from nerconv.linting.edits import EDITORS


@pytest.mark.parametrize("format", nerconv.FORMATS)
def test_eight_times_as_much_takes_no_more_than_twelve_times_as_many_calls(format: str, tmp_path: Path) -> None:
    assert not list(grows(partial(WAYS["read"], tmp_path, format), calls, 256, 1000))


def _noisy(format: str, count: int) -> str:
    """Return the text of a file with one line, sentence or record that has so many spans, each with a safe fix."""
    if format == "conll":
        return "Rome B-LOC\n, I-LOC\n. O\n" * count
    if format == "bracket":
        return "é [LOC Rome ,  ] . " * count
    spans = [{"start": 11 * number + 2, "end": 11 * number + 8, "label": "LOC"} for number in range(count)]
    return json.dumps({"id": "a", "text": "é Rome , . " * count, "spans": spans}) + "\n"


@pytest.mark.parametrize("format", EDITORS)
def test_many_fixes_of_one_line_take_no_more_than_twelve_times_as_many_calls_for_eight_times_as_many(
    format: str, tmp_path: Path
) -> None:
    path = tmp_path / f"x{nerconv.FORMATS[format][0]}"

    def fixed(count: int) -> float:
        path.write_text(_noisy(format, count), encoding="utf-8")
        return calls(lambda: found.append(nerconv.fix(path)))

    found: list[nerconv.FixReport] = []
    fixed(1)
    costs = [fixed(25), fixed(200)]
    assert [report.made for report in found] == [1, 25, 200]
    assert costs[1] <= 12 * costs[0]


@pytest.mark.parametrize("pattern", ["a+b", "(a+)+$", "(a|aa)+$", "(?i)(x+x+)+y"])
def test_no_pattern_of_documents_tries_all_ways_to_match(pattern: str, tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("a" * 50_000 + "c\n" + "x" * 50_000 + "\n", encoding="utf-8")
    found = nerconv.read(path, nerconv.ReadOptions(documents=pattern))
    assert len(found) == 1


@pytest.mark.parametrize("pattern", ["(?=a)", r"(a)\1", "((a{1000}){1000}){1000}", "("])
def test_a_pattern_that_could_take_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(nerconv.UsageError, match="regular expression of RE2"):
        nerconv.ReadOptions(documents=pattern)
