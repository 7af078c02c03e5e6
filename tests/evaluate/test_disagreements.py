"""Where scorers disagree: the known cases, and thousands of random ones, against seqeval and nervaluate."""

from __future__ import annotations

import random

import numpy as np
import pytest

from nerconv import schemes
from nerconv.evaluation.count import score_of
from nerconv.evaluation.pair import SpanArrays

seqeval = pytest.importorskip("seqeval.metrics")


def counts(gold: list[list[str]], said: list[list[str]], scheme: str, rule: str) -> tuple[int, int, int]:
    """Return tp, predicted and gold of sentences of tags."""
    sides: list[list[tuple[int, int, int, str]]] = [[], []]
    for held, texts in zip(sides, (gold, said), strict=True):
        for number, tags in enumerate(texts):
            held += [(number, *span) for span in schemes.decode(schemes.get(scheme), tags, rule).spans]
    labels = sorted({label for held in sides for *_, label in held})
    tables = (np.array([(*row[:3], labels.index(row[3])) for row in held], np.int64).reshape(-1, 4) for held in sides)
    score = score_of(*(SpanArrays(*table.T) for table in tables))
    return score.tp, score.predicted, score.gold


#: Gold, prediction, counts by the lenient rule, counts when invalid tags are discarded (IOB2).
CASES = {
    "orphan I": ("O B-PER O", "O I-PER O", (1, 1, 1), (0, 0, 1)),
    "orphan I at start": ("B-PER I-PER O", "I-PER I-PER O", (1, 1, 1), (0, 0, 1)),
    "type switch": ("B-PER I-PER O", "B-PER I-ORG O", (0, 2, 1), (0, 1, 1)),
    "type switch, one token gold": ("B-PER O O", "B-PER I-ORG O", (1, 2, 1), (1, 1, 1)),
    "type switch, two gold": ("B-PER B-ORG O", "B-PER I-ORG O", (2, 2, 2), (1, 1, 2)),
    "flicker": ("B-PER I-PER I-PER", "B-PER I-ORG I-PER", (0, 3, 1), (0, 1, 1)),
    "adjacent merged": ("B-PER B-PER O", "B-PER I-PER O", (0, 1, 2), (0, 1, 2)),
    "adjacent split": ("B-PER I-PER O", "B-PER B-PER O", (0, 2, 1), (0, 2, 1)),
    "hyphen inside label": ("B-ARGM-LOC", "B-ARGM-TMP", (0, 1, 1), (0, 1, 1)),
    "label starts with a hyphen": ("B--X O", "B-X O", (0, 1, 1), (0, 1, 1)),
    "no prediction": ("B-PER O", "O O", (0, 0, 1), (0, 0, 1)),
    "nothing at all": ("O O", "O O", (0, 0, 0), (0, 0, 0)),
    "wrong type": ("B-PER I-PER", "B-ORG I-ORG", (0, 1, 1), (0, 1, 1)),
}


@pytest.mark.parametrize("name", CASES)
def test_known_disagreements(name: str) -> None:
    gold, said, lenient, discard = CASES[name]
    sides = [gold.split()], [said.split()]
    assert counts(*sides, "IOB2", "lenient") == lenient
    assert counts(*sides, "IOB2", "discard") == discard


@pytest.mark.parametrize(
    ("scheme", "gold", "said", "expected"),
    [
        ("IOBES", "B-PER E-PER S-PER", "B-PER E-PER S-PER", (2, 2, 2)),
        ("IOBES", "B-PER E-PER S-PER", "B-PER I-PER S-PER", (1, 1, 2)),
        ("BILOU", "U-PER U-PER", "U-PER U-PER", (2, 2, 2)),
        ("BILOU", "U-PER U-PER", "B-PER L-PER", (0, 1, 2)),
        ("IOE2", "I-PER E-PER E-PER O", "I-PER E-PER E-PER O", (2, 2, 2)),
    ],
)
def test_other_schemes(scheme: str, gold: str, said: str, expected: tuple[int, int, int]) -> None:
    assert counts([gold.split()], [said.split()], scheme, "discard") == expected


def _tags(random_: random.Random, letters: str) -> list[str]:
    choices = ["O", *(f"{letter}-{label}" for letter in letters for label in ("PER", "LOC", "A-B"))]
    return random_.choices(choices, k=random_.randint(1, 12))


def _valid(random_: random.Random, scheme: str) -> list[str]:
    tags: list[tuple[int, int, str]] = []
    at, length = 0, random_.randint(1, 12)
    while at < length:
        end = min(at + random_.randint(1, 3), length)
        if random_.random() < 0.5:
            tags.append((at, end, random_.choice(("PER", "LOC"))))
        at = end
    return schemes.encode(schemes.get(scheme), tags, length)


def _padded(one: list[str], other: list[str]) -> tuple[list[str], list[str]]:
    length = max(len(one), len(other))
    return one + ["O"] * (length - len(one)), other + ["O"] * (length - len(other))


def _seqeval(gold: list[list[str]], said: list[list[str]], **mode: object) -> tuple[float, float]:
    precision = seqeval.precision_score(gold, said, zero_division=0, **mode)
    return float(precision), float(seqeval.recall_score(gold, said, zero_division=0, **mode))


def _ratios(tp: int, predicted: int, gold: int) -> tuple[float, float]:
    return (tp / predicted if predicted else 0.0), (tp / gold if gold else 0.0)


@pytest.mark.filterwarnings("ignore")
def test_lenient_counts_are_those_of_seqeval_on_anything() -> None:
    random_ = random.Random(1)
    for _ in range(2000):
        gold, said = _padded(_tags(random_, "BI"), _tags(random_, "BI"))
        assert _ratios(*counts([gold], [said], "IOB2", "lenient")) == pytest.approx(_seqeval([gold], [said]))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "letters"), [("IOB2", "BI"), ("IOBES", "BIES"), ("BILOU", "BILU")])
def test_discarding_counts_are_those_of_seqeval_in_strict_mode(name: str, letters: str) -> None:
    scheme = getattr(__import__("seqeval.scheme", fromlist=[name]), name)
    random_ = random.Random(2)
    for _ in range(1000):
        gold, said = _padded(_valid(random_, name), _tags(random_, letters))
        expected = _seqeval([gold], [said], mode="strict", scheme=scheme)
        assert _ratios(*counts([gold], [said], name, "discard")) == pytest.approx(expected), (gold, said)


def test_strict_counts_are_those_of_nervaluate_on_valid_tags() -> None:
    nervaluate = pytest.importorskip("nervaluate")
    random_ = random.Random(3)
    for _ in range(300):
        gold, said = _padded(_valid(random_, "IOB2"), _valid(random_, "IOB2"))
        if all(tag == "O" for tag in gold + said):
            continue
        results = nervaluate.Evaluator([gold], [said], tags=["PER", "LOC"], loader="list").evaluate()
        strict = results["overall"]["strict"]
        assert (strict.correct, strict.actual, strict.possible) == counts([gold], [said], "IOB2", "lenient")
