"""The sample corpus is what its README says, and the main folders read without a finding."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from nerconv import formats
from nerconv.inspection.report import Inspection
from nerconv.inspection.run import inspect
from nerconv.io.sources import expand
from nerconv.options import ReadOptions

SAMPLES = Path(__file__).parent.parent / "corpus_samples"


def look(*folders: str) -> Inspection:
    sources = expand([str(SAMPLES / folder) for folder in folders], formats.SUFFIXES)
    return inspect(sources, folders, ReadOptions(), lambda _: None)


def test_cables_and_news_are_as_the_readme_says() -> None:
    found = look("cables", "news")
    assert not found.findings
    assert found.documents == 79
    assert found.labels == {"LOC": 879, "ORG": 830, "PER": 588, "MISC": 269}
    text = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert "2,566 entities: LOC 879, ORG 830, PER 588, MISC 269" in text


def test_cables_hold_as_many_entities_as_one_pattern_finds() -> None:
    """An independent count: in the illinois dialect every entity closes with two spaces and a bracket."""
    plain = Counter(
        label
        for path in (SAMPLES / "cables").glob("*.txt")
        for label in re.findall(r"\[([A-Z]+) (?:(?!  \]).)+  \]", path.read_text(encoding="utf-8"))
    )
    assert look("cables").labels == plain


def test_every_dialect_is_there() -> None:
    dialects = Counter(fact.values["dialect"].partition(":")[0] for fact in look("cables", "news").facts)
    assert set(dialects) == {"illinois", "compact", "spaced", "mixed"}


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("unclosed", {"F009"}),
        ("unknown_label", {"F002", "F007"}),
        ("empty", {"F003"}),
        ("cross_line", {"F009"}),
        ("ambiguous", {"F010"}),
        ("literal", set()),
        ("cp1252", {"F013"}),
        ("mark_inside", {"F008"}),
    ],
)
def test_each_hostile_file_has_its_fault(name: str, codes: set[str]) -> None:
    assert {finding.code for finding in look(f"hostile/{name}.txt").findings} == codes
