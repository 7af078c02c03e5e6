"""Splits by document: stable, seeded, duplicates together."""

from __future__ import annotations

from collections import Counter

import pytest

from nerconv.conversion.split import assign, parse_shares
from nerconv.document import Document
from nerconv.options import UsageError

SHARES = {"train": 0.8, "dev": 0.1, "test": 0.1}


def test_shares_are_parsed() -> None:
    assert parse_shares("train=0.8,dev=0.1,test=0.1") == SHARES


@pytest.mark.parametrize("text", ["train", "train=x", "train=0.8", "a=0.5,a=0.5", "a=1.5,b=-0.5", "=0.5,b=0.5", ""])
def test_shares_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--split"):
        parse_shares(text)


def test_the_place_follows_from_text_and_seed_alone() -> None:
    documents = [Document(f"d{n}", f"text {n} here") for n in range(2000)]
    places = Counter(assign(document.text, SHARES, 1) for document in documents)
    assert abs(places["train"] - 1600) < 80
    assert abs(places["dev"] - 200) < 60
    twin = Document("other", "text\n7  here ")
    assert assign(twin.text, SHARES, 1) == assign(documents[7].text, SHARES, 1)
    moved = sum(assign(d.text, SHARES, 1) != assign(d.text, SHARES, 2) for d in documents)
    assert moved > 300
