"""Balanced splits: every label in its share, no part empty, duplicates together, the same whatever the order."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nerconv.conversion.balance import balanced
from nerconv.conversion.pipeline import convert
from nerconv.conversion.report import ConvertOptions
from nerconv.conversion.workers import Workers
from nerconv.io.sources import expand

SHARES = {"train": 0.7, "dev": 0.15, "test": 0.15}
COUNTS = st.dictionaries(st.sampled_from(["PER", "LOC", "MISC"]), st.integers(0, 4))
DOCUMENTS = st.lists(st.tuples(st.integers(0, 30).map(lambda n: str(n).encode()), COUNTS), max_size=30)


def corpus(count: int) -> list[tuple[bytes, dict[str, int]]]:
    draw = random.Random(4)
    return [
        (str(n).encode(), {"PER": draw.randrange(5), "LOC": draw.randrange(3), "RARE": int(n < 3)})
        for n in range(count)
    ]


def test_every_label_is_spread_by_the_shares() -> None:
    documents = corpus(400)
    places = balanced(documents, SHARES, 0)
    held: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for key, counts in documents:
        held[places[key]].update({**counts, "": 1})
    for label in ("", "PER", "LOC"):
        total = sum(counts[label] for counts in held.values())
        assert all(abs(held[name][label] / total - share) < 0.02 for name, share in SHARES.items())
    assert [held[name]["RARE"] for name in SHARES] == [1, 1, 1]


@given(DOCUMENTS, st.integers(0, 5), st.randoms())
def test_the_order_of_documents_does_not_matter(
    documents: list[tuple[bytes, dict[str, int]]], seed: int, draw: random.Random
) -> None:
    places = balanced(documents, SHARES, seed)
    assert places.keys() == {key for key, _ in documents}
    shuffled = documents[:]
    draw.shuffle(shuffled)
    assert balanced(shuffled, SHARES, seed) == places


@given(st.integers(3, 40), st.sampled_from([SHARES, {"a": 0.98, "b": 0.01, "c": 0.01}]), st.integers(0, 9))
def test_no_part_is_empty_where_there_are_documents_enough(count: int, shares: dict[str, float], seed: int) -> None:
    assert set(balanced(corpus(count), shares, seed).values()) == set(shares)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    for n in range(24):
        rare = "[MISC Opera  ]" if n % 8 == 0 else "Opera"
        text = f"[PER Ada{n}  ] left [LOC Oslo  ] . \n{rare} number {n} . \n"
        (tmp_path / "in" / f"d{n:02}.txt").write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    "options", [{}, {"cut_tokens": True}, {"drop": frozenset(["PER"]), "labels": {"LOC": "GPE"}}], ids=str
)
def test_a_conversion_deals_documents_by_label(options: dict[str, object], folder: Path) -> None:
    found = {}
    for workers in (1, 2):
        asked = ConvertOptions(to="docbin", split="train=0.5,dev=0.25,test=0.25", balance="labels", **options)  # type: ignore[arg-type]
        sources = expand([str(folder / "in")], [".txt"])
        report = convert(sources, str(folder / f"out{workers}"), asked, lambda _: None, Workers(workers))
        assert {name: tally.labels["MISC"] for name, tally in report.tallies.items()} == {
            "train": 1,
            "dev": 1,
            "test": 1,
        }
        assert dict(report.documents) == {"train": 12, "dev": 6, "test": 6}
        found[workers] = {path.name: path.read_bytes() for path in (folder / f"out{workers}").iterdir()}
    assert found[1] == found[2]
