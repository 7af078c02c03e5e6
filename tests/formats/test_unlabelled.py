"""Text that nobody labelled is not text without spans: it is carried, written where the target can, and not scored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commands import nerconv

datasets = pytest.importorskip("datasets")
spacy = pytest.importorskip("spacy")
pytestmark = pytest.mark.quick

TOKENS = ["Ann", "met", "Bo"]


def table(path: Path, tags: list[int], names: tuple[str, ...] = ("O", "B-PER", "I-PER")) -> Path:
    """Write a table of one row with class labels, as others write them."""
    kinds = {
        "tokens": datasets.List(datasets.Value("string")),
        "ner_tags": datasets.List(datasets.ClassLabel(names=list(names))),
    }
    rows = datasets.Dataset.from_dict({"tokens": [TOKENS], "ner_tags": [tags]}, features=datasets.Features(kinds))
    rows.to_parquet(str(path))
    return path


def docs(path: Path) -> list[list[tuple[str, str]]]:
    """Return the tokens of a DocBin with their ENT_IOB as spaCy spells it."""
    vocab = spacy.blank("en").vocab
    return [[(t.text, t.ent_iob_) for t in doc] for doc in spacy.tokens.DocBin().from_disk(path).get_docs(vocab)]


def test_a_tag_of_minus_100_is_missing_to_spacy_and_minus_100_again_in_a_dataset(tmp_path: Path) -> None:
    source = table(tmp_path / "in.parquet", [1, -100, 1])
    for target in ("out.spacy", "out.parquet", "out.jsonl"):
        assert nerconv("convert", str(source), "-o", str(tmp_path / target))[0] == 0
    assert docs(tmp_path / "out.spacy") == [[("Ann", "B"), ("met", ""), ("Bo", "B")]]
    assert datasets.Dataset.from_parquet(str(tmp_path / "out.parquet"))["ner_tags"][:] == [[1, -100, 1]]
    marks = json.loads((tmp_path / "out.jsonl").read_text())["marks"]
    assert marks == [
        {"offset": 4, "kind": "unlabelled", "value": "-100"},
        {"offset": 7, "kind": "labelled", "value": ""},
    ]


def test_missing_entities_of_spacy_are_minus_100_in_a_dataset(tmp_path: Path) -> None:
    doc = spacy.blank("en")("Ann met Bo.\nRain fell.")
    doc.set_ents([doc.char_span(0, 3, "PER")], missing=[doc[2:3], doc[5:6]], default="outside")
    spacy.tokens.DocBin(docs=[doc]).to_disk(tmp_path / "in.spacy")
    nerconv("convert", str(tmp_path / "in.spacy"), "-o", str(tmp_path / "out.parquet"))
    assert datasets.Dataset.from_parquet(str(tmp_path / "out.parquet"))["ner_tags"][:] == [
        [1, 0, -100, 0],
        [-100, 0, 0],
    ]


def test_a_target_that_cannot_hold_it_counts_it(tmp_path: Path) -> None:
    source = table(tmp_path / "in.parquet", [1, -100, -100])
    _, said = nerconv("convert", str(source), "-o", str(tmp_path / "out.conll"))
    assert "conll does not hold: marks 4, stretches that nobody labelled 2" in said
    assert "tokens that nobody labelled 2 (-100)" in said


def test_predictions_where_nobody_labelled_the_gold_are_not_scored(tmp_path: Path) -> None:
    gold = table(tmp_path / "gold.parquet", [1, 0, -100])
    predicted = table(tmp_path / "predicted.parquet", [1, 1, 1])
    found = evaluated(gold, predicted)
    micro = found["overall"]["micro"]
    assert (micro["precision"], micro["recall"]) == (0.5, 1.0)
    assert found["method"]["predicted spans where nobody labelled the gold, not scored"] == "1"


def test_what_nobody_labelled_in_predictions_changes_no_score(tmp_path: Path) -> None:
    gold, predicted = table(tmp_path / "gold.parquet", [1, 0, 1]), table(tmp_path / "predicted.parquet", [1, 0, -100])
    assert evaluated(gold, predicted)["overall"]["micro"]["recall"] == 0.5


def evaluated(gold: Path, predicted: Path) -> dict[str, Any]:
    """Return the JSON report of an evaluation."""
    report = gold.parent / "report.json"
    status, said = nerconv("evaluate", str(gold), "--predictions", str(predicted), "--json", str(report))
    assert status == 0, said
    loaded: dict[str, Any] = json.loads(report.read_text())
    return loaded
