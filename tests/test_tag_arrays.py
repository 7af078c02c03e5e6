"""Tags read as arrays: the same as sentence by sentence, by every rule and in every scheme."""

from __future__ import annotations

import random
from itertools import accumulate, chain

import numpy as np
import pytest

from nerconv import schemes
from nerconv.schemes import SCHEMES, TokenSpan
from nerconv.tag_arrays import Coded, Reader, coded

LETTERS = "BIESLU"


def sentences(chance: random.Random, letters: str) -> list[list[str]]:
    tags = ["O", *(f"{letter}-{label}" for letter in letters for label in ("PER", "A-B"))]
    return [chance.choices(tags, k=chance.randint(1, 8)) for _ in range(chance.randint(1, 6))]


def arrays(tags: list[list[str]]) -> Coded:
    names = list(dict.fromkeys(chain.from_iterable(tags)))
    closes = np.zeros(sum(map(len, tags)), dtype=bool)
    closes[np.array([*accumulate(map(len, tags))]) - 1] = True
    return coded(names, np.array([names.index(tag) for tag in chain.from_iterable(tags)]), closes)


def one_by_one(tags: list[list[str]], scheme: str, rule: str) -> tuple[list[TokenSpan], int]:
    spans: list[TokenSpan] = []
    begin = repaired = 0
    for sentence in tags:
        found = schemes.decode(schemes.get(scheme), sentence, rule)
        spans += [(begin + start, begin + end, label) for start, end, label in found.spans]
        repaired += found.repaired
        begin += len(sentence)
    return spans, repaired


@pytest.mark.parametrize("rule", ["lenient", "discard"])
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("letters", ["BI", LETTERS])
def test_reading_in_arrays_is_reading_one_by_one(scheme: str, letters: str, rule: str) -> None:
    chance = random.Random(1)
    for _ in range(400):
        tags = sentences(chance, letters)
        reader = Reader(arrays(tags), schemes.get(scheme))
        (first, last, codes), labels, repaired = reader.read(rule)
        spans = zip(first.tolist(), (last + 1).tolist(), (labels[code] for code in codes.tolist()), strict=True)
        assert ([*spans], repaired) == one_by_one(tags, scheme, rule)
        assert reader.faults == one_by_one(tags, scheme, "lenient")[1]
