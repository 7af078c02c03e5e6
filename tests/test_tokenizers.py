"""Every kind of tokenizer: the spans, and so the score, are those of the pipeline that is deployed."""

from __future__ import annotations

import importlib.util
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_models as tiny

from nerconv.document import Document, Span
from nerconv.models import ModelOptions, hf_model
from nerconv.models.aggregation import goes_on, spans, suited
from nerconv.models.head import read_head
from nerconv.models.targets import head_of, names_of, targets

os.environ.setdefault("HF_HUB_OFFLINE", "1")
pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None or importlib.util.find_spec("transformers") is None,
    reason="torch and transformers are not installed",
)
#: Text that offsets go wrong on: spaces that normalisers change, characters without a sub-token, of several bytes, of
#: several letters, words of tokenizers, and words of any length.
TEXTS = [
    "Ann\u00a0Lee  went\u200b to\tRome",
    "👩‍👩‍👧 met  \u200b Ann ﬁne ß İstanbul",
    "\u200b",
    "É e\u0301 \u0007 x\u3000Riga \ufeff",
    "...Oslo",
    "[SEP] <s> </s> Ann [PAD] <unk> <bos>",
    "(Oslo),北京:St. Gallen",
    "Quito" * 20,
]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Tokenizer does not support real words")
        yield


def pipe(model: Any, tokenizer: Any) -> Any:
    from transformers import pipeline

    return pipeline("token-classification", model=model, tokenizer=tokenizer, device="cpu")


@pytest.mark.parametrize("tokenised", [True, False], ids=["apart", "running"])
@pytest.mark.parametrize("kind", tiny.KINDS)
def test_micro_f1_is_that_of_the_pipeline(kind: str, tokenised: bool, tmp_path: Path) -> None:
    documents, tokenizer = tiny.sentences(tokenised), tiny.KINDS[kind]()
    name = tiny.saved(tmp_path, tiny.learnt(tokenizer, documents), tokenizer)
    stock = pipe(name, None)
    figures = {}
    for how in tiny.STRATEGIES:
        wanted = [tiny.stock(stock, document.text, how) for document in documents]
        assert tiny.ours(name, documents, how) == (wanted, how)
        figures[how] = tiny.micro(documents, wanted)
    found, how = tiny.ours(name, documents, "auto")
    assert tiny.micro(documents, found) == figures[how]
    # Chosen by rule and not by result, it is the one that suits all the same.
    assert how == ("first" if tokenised or "WordPiece" in kind else "simple")
    assert figures[how] > max(figures.values()) - 10 > 50


@pytest.mark.parametrize("kind", tiny.KINDS)
@pytest.mark.parametrize("tags", [tiny.TAGS, ["O", "PER", "LOC"]], ids=["IOB2", "labels"])
def test_spans_of_a_model_drawn_by_chance_are_those_of_the_pipeline(kind: str, tags: list[str]) -> None:
    tokenizer = tiny.KINDS[kind]()
    model = tiny.new_model(tokenizer, tags, spread=1.0).eval()
    stock = pipe(model, tokenizer)
    found = 0
    for how in tiny.STRATEGIES:
        predictor = hf_model.predictor("m", model, tokenizer, ModelOptions(aggregation=how))
        for text, prediction in zip(TEXTS, predictor.predict([Document("d", text) for text in TEXTS]), strict=True):
            spans = {(span.start, span.end, span.label) for span in prediction.document.spans}
            assert spans == tiny.stock(stock, text, how), (how, text)
            assert prediction.covered == prediction.words
            found += len(spans)
    assert found


@pytest.mark.parametrize("kind", tiny.KINDS)
@pytest.mark.parametrize(("room", "overlap"), [(1, 0), (7, 0), (7, 3), (7, 99)])
def test_windows_hold_every_sub_token_of_the_whole_text(kind: str, room: int, overlap: int) -> None:
    tokenizer = tiny.KINDS[kind]()
    texts = [*TEXTS, " ".join(TEXTS), "", "Oslo"]
    special = tokenizer.num_special_tokens_to_add()
    encoder = hf_model.encoder_of("m", tiny.new_model(tokenizer), tokenizer, overlap, room + special)
    assert encoder.room == room
    for text, made in zip(texts, encoder(texts), strict=True):
        whole = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        assert made.ids == whole["input_ids"]
        assert made.offsets == whole["offset_mapping"]
        covered = {at for window in made.windows for at in range(window.start, window.end)}
        assert covered == set(range(len(made.ids)))
        for window in made.windows:
            assert len(window.places) == window.end - window.start <= room
            assert made.ids[window.start : window.end] == [window.inputs["input_ids"][at] for at in window.places]


@pytest.mark.parametrize("kind", tiny.KINDS)
@pytest.mark.parametrize("scheme", ["IOB2", "BILOU", "labels"])
def test_what_is_learnt_is_read_as_the_same_spans(kind: str, scheme: str) -> None:
    tokenizer = tiny.KINDS[kind]()
    labels = ("LOC", "ORG", "PER")
    letters = {"IOB2": "BI", "BILOU": "BILU"}.get(scheme, "")
    head = head_of(["O", *(f"{a}-{b}" for b in labels for a in letters)] if letters else ["O", *labels])
    assert names_of(head)[0] == "O" and head.name == scheme
    documents = tiny.sentences(True)
    encoder = hf_model.encoder_of("m", tiny.new_model(tokenizer), tokenizer, 0)
    for document, made in zip(documents, encoder([document.text for document in documents]), strict=True):
        outputs = np.eye(len(head.tags), dtype=np.float32)[targets(document.text, made, document.spans, head)]
        continues = goes_on(document.text, made, encoder.spelt(made.ids), tokenizer.unk_token_id)
        for how in ("simple", "first"):
            found = [tuple(span[:3]) for span in spans(document.text, made, outputs, continues, head, how)]
            assert found == [(span.start, span.end, span.label) for span in document.spans], how


def test_a_word_without_a_sub_token_goes_with_its_neighbours() -> None:
    text = "Nora \u200b Quill met \u200b Ivo"
    tokenizer = tiny.word_piece()
    head = read_head("m", tiny.TAGS)
    encoder = hf_model.encoder_of("m", tiny.new_model(tokenizer), tokenizer, 0)
    (made,) = encoder([text])
    gold = [Span(0, 12, "PER"), Span(19, 22, "PER")]
    outputs = np.eye(len(head.tags), dtype=np.float32)[targets(text, made, gold, head)]
    continues = goes_on(text, made, encoder.spelt(made.ids), tokenizer.unk_token_id)
    assert [tuple(s[:3]) for s in spans(text, made, outputs, continues, head, "first")] == [
        (0, 12, "PER"), (19, 22, "PER"),
    ]  # fmt: skip


def test_aggregation_follows_the_tokenizer_and_where_spans_end() -> None:
    apart = [Document("a", "Ann left Oslo .", (Span(0, 3, "PER"), Span(9, 13, "LOC")))]
    running = [Document("a", "Ann left Oslo.", (Span(0, 3, "PER"), Span(9, 13, "LOC")))]
    assert [suited(documents, True) for documents in (apart, running, [])] == ["first"] * 3
    assert [suited(documents, False) for documents in (apart, running, [])] == ["first", "simple", "first"]
    # Slips of annotators do not decide.
    assert suited([*apart * 10, *running], False) == "first"
