"""Tokenizers of every kind and token classifiers that learn a few sentences by heart, made in seconds.

``python tests/tiny_models.py`` prints the table of docs/evaluation.md: micro F1 of nerconv and of the pipeline of
transformers for each kind of tokenizer.
"""

from __future__ import annotations

import itertools
import json
import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from nerconv.document import Document, Span
from nerconv.models import ModelOptions, hf_model, load
from nerconv.models.targets import head_of, names_of, targets

STRATEGIES: Final = ("simple", "first", "average", "max")
TAGS: Final = ["O", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-PER", "I-PER"]
_PEOPLE: Final = ("Nora Quill", "Ivo Tamm", "Łukasz Żółć", "Jean-Luc Roth", "O'Brien", "Ann", "Petra Lund-Øye")
_PLACES: Final = ("Riga", "São Paulo", "Oslo", "北京", "St. Gallen", "Quito")
_FIRMS: Final = ("Harbour Board", "U.S. Mint", "Levant Rail", "3M")
_PATTERNS: Final = (
    "[PER {0}] left [LOC {1}].",
    "In [LOC {1}], we saw [PER {0}] ([ORG {2}]).",
    '"[ORG {2}]" is in [LOC {1}]; [PER {0}]\'s office is not.',
    "[PER {0}], [PER Ida] and the [ORG {2}] — [LOC {1}]-based — agree!",
)


def sentences(tokenised: bool, count: int = 32, seed: int = 0) -> list[Document]:
    """Return sentences with spans; ``tokenised``: punctuation stands apart as in files of columns."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        pattern = _PATTERNS[number % len(_PATTERNS)]
        if tokenised:
            pattern = re.sub(r"('s|[.,;!()\"—-])", r" \1 ", pattern)
        made.append(document(f"d{number}", pattern.format(*map(chance.choice, (_PEOPLE, _PLACES, _FIRMS)))))
    return made


def document(id: str, annotated: str) -> Document:
    """Return the text and the spans of ``[PER Ann] left``."""
    text, spans = "", []
    for label, covered, other in re.findall(r"\[([A-Z]+) (.*?)\]|([^\[]+)", " ".join(annotated.split(" "))):
        if label:
            spans.append(Span(len(text), len(text) + len(covered), label))
        text += covered or other
    squeezed = re.sub(" +", " ", text).strip()
    if squeezed == text:
        return Document(id, text, tuple(spans))
    return _squeezed(id, text, spans)


def _squeezed(id: str, text: str, spans: Sequence[Span]) -> Document:
    """Return a document with single spaces; spans move along."""
    places, kept = [], ""
    for character in text:
        places.append(len(kept))
        if character != " " or (kept and not kept.endswith(" ")):
            kept += character
    places.append(len(kept))
    kept = kept.rstrip(" ")
    return Document(id, kept, tuple(Span(places[s.start], places[s.end], s.label) for s in spans))


def corpus() -> list[str]:
    """Return what tokenizers are trained on."""
    return [made.text for tokenised in (True, False) for made in sentences(tokenised)]


def _templates(raw: Any, start: str, end: str) -> None:
    from tokenizers import processors

    ids = [(mark, raw.token_to_id(mark)) for mark in (start, end) if mark]
    raw.post_processor = processors.TemplateProcessing(single=f"{start} $A {end}".strip(), special_tokens=ids)


def _generic(raw: Any, **words: str) -> Any:
    from transformers import PreTrainedTokenizerFast

    names = ["input_ids", "attention_mask"]
    return PreTrainedTokenizerFast(tokenizer_object=raw, model_input_names=names, **words)


def word_piece() -> Any:
    """BERT's: words at white space and punctuation, ``##`` before what goes on."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
    from transformers import BertTokenizer

    raw = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    raw.normalizer, raw.pre_tokenizer = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    raw.train_from_iterator(corpus(), trainers.WordPieceTrainer(vocab_size=130, special_tokens=special))
    return BertTokenizer(vocab=raw.get_vocab())


def unigram() -> Any:
    """XLM-R's: pieces of a Unigram model, ``▁`` for the space before a word."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    raw = Tokenizer(models.Unigram())
    raw.normalizer, raw.pre_tokenizer = normalizers.NFKC(), pre_tokenizers.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    trainer = trainers.UnigramTrainer(vocab_size=150, special_tokens=special, unk_token="<unk>")
    raw.train_from_iterator(corpus(), trainer)
    _templates(raw, "<s>", "</s>")
    return _generic(raw, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<pad>")


def _byte_level() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    raw.train_from_iterator(
        corpus(), trainers.BpeTrainer(vocab_size=340, special_tokens=special, initial_alphabet=alphabet)
    )
    return raw


def byte_level_with_class() -> Any:
    """RoBERTa's: bytes, with a class of its own."""
    from transformers import RobertaTokenizer

    model = json.loads(_byte_level().to_str())["model"]
    return RobertaTokenizer(vocab=model["vocab"], merges=[tuple(pair) for pair in model["merges"]])


def byte_level_without_class() -> Any:
    """ModernBERT's: bytes, and a class that serves any tokenizer. The space is part of a sub-token."""
    raw = _byte_level()
    _templates(raw, "<s>", "</s>")
    return _generic(raw, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<pad>")


def gemma_like() -> Any:
    """Gemma's: ``▁`` for spaces, text not cut into words, bytes for what is not in the vocabulary."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    raw = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    raw.normalizer = normalizers.Replace(" ", "▁")
    # It has learnt no sub-token that crosses a space, though it does not cut the text there.
    raw.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    special = ["<pad>", "<eos>", "<bos>", "<unk>", *(f"<0x{byte:02X}>" for byte in range(256))]
    raw.train_from_iterator(corpus(), trainers.BpeTrainer(vocab_size=420, special_tokens=special))
    raw.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    _templates(raw, "<bos>", "")
    return _generic(raw, bos_token="<bos>", eos_token="<eos>", unk_token="<unk>", pad_token="<pad>")


def word_level() -> Any:
    """Whole words at white space and punctuation; no word for padding."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    raw = Tokenizer(models.WordLevel(unk_token="<unk>"))
    raw.pre_tokenizer = pre_tokenizers.Whitespace()
    raw.train_from_iterator(corpus(), trainers.WordLevelTrainer(special_tokens=["<unk>"]))
    return _generic(raw, unk_token="<unk>")


KINDS: Final[dict[str, Callable[[], Any]]] = {
    "WordPiece (BERT)": word_piece,
    "Unigram, ▁ (XLM-R)": unigram,
    "byte-level, own class (RoBERTa)": byte_level_with_class,
    "byte-level, no class (ModernBERT)": byte_level_without_class,
    "BPE, ▁, no words (Gemma)": gemma_like,
    "WordLevel": word_level,
}


def new_model(tokenizer: Any, tags: Sequence[str] = TAGS, limit: int = 128, spread: float = 0.3) -> Any:
    """Return a BERT of one small layer, drawn from the seed 0."""
    import torch
    from transformers import BertConfig, BertForTokenClassification

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=48, num_hidden_layers=1, num_attention_heads=2, intermediate_size=48,
        max_position_embeddings=limit, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
        initializer_range=spread, num_labels=len(tags), id2label=dict(enumerate(tags)),
        label2id={tag: at for at, tag in enumerate(tags)},
    )  # fmt: skip
    return BertForTokenClassification(config)


def learnt(tokenizer: Any, documents: Sequence[Document], tags: Sequence[str] = TAGS, rounds: int = 50) -> Any:
    """Return a model that has learnt ``documents`` by heart."""
    import torch

    torch.set_num_threads(1)  # so that busy machines do not slow it down
    head = head_of(tags)
    model = new_model(tokenizer, names_of(head))
    encoder = hf_model.encoder_of("tiny", model, tokenizer, 0)
    rows, wanted = [], []
    for made, encoded in zip(documents, encoder([made.text for made in documents]), strict=True):
        (window,) = encoded.windows
        labels = [-100] * len(window.inputs["input_ids"])
        for place, tag in zip(window.places, targets(made.text, encoded, made.spans, head), strict=True):
            labels[place] = tag
        rows.append(window.inputs)
        wanted.append(labels)
    length = max(map(len, wanted))
    inputs = {name: torch.tensor([row[name] + [0] * (length - len(row[name])) for row in rows]) for name in rows[0]}
    labels = torch.tensor([row + [-100] * (length - len(row)) for row in wanted])
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    model.train()
    for _, start in itertools.product(range(rounds), range(0, len(rows), 8)):
        some = slice(start, start + 8)
        optimizer.zero_grad()
        batch = {name: values[some] for name, values in inputs.items()}
        model(**batch, labels=labels[some]).loss.backward()
        optimizer.step()
    return model.eval()


def saved(folder: Path, model: Any, tokenizer: Any) -> str:
    """Save a model and return its name."""
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


def stock(pipeline: Any, text: str, how: str) -> set[tuple[int, int, str]]:
    """Return the spans of the pipeline of transformers, without outer white space."""
    found = set()
    for entity in pipeline(text, aggregation_strategy=how):
        start, end = int(entity["start"]), int(entity["end"])
        covered = text[start:end]
        start, end = end - len(covered.lstrip()), start + len(covered.rstrip())
        if start < end:
            found.add((start, end, entity["entity_group"]))
    return found


def ours(name: str, documents: Iterable[Document], how: str) -> tuple[list[set[tuple[int, int, str]]], str]:
    """Return the spans of nerconv for each document, and the aggregation that it used."""
    predictions = list(load(name, ModelOptions(aggregation=how, device="cpu")).predict(documents))
    return [{(s.start, s.end, s.label) for s in p.document.spans} for p in predictions], predictions[0].facts[
        "aggregation"
    ]


def micro(gold: Sequence[Document], found: Sequence[set[tuple[int, int, str]]]) -> float:
    """Return micro F1 in percent, counted apart from nerconv."""
    wanted = [{(s.start, s.end, s.label) for s in made.spans} for made in gold]
    right = sum(len(a & b) for a, b in zip(wanted, found, strict=True))
    total = sum(map(len, wanted)) + sum(map(len, found))
    return 200 * right / total


def main() -> None:
    """Print the table."""
    from transformers import pipeline

    print("| tokenizer | text | pipeline: simple | first | nerconv | its aggregation |\n|---|---|---|---|---|---|")
    for (kind, make), tokenised in itertools.product(KINDS.items(), (True, False)):
        documents = sentences(tokenised)
        tokenizer = make()
        with tempfile.TemporaryDirectory() as folder:
            name = saved(Path(folder), learnt(tokenizer, documents), tokenizer)
            pipe = pipeline("token-classification", model=name, device="cpu")
            figures = [micro(documents, [stock(pipe, d.text, how) for d in documents]) for how in ("simple", "first")]
            found, how = ours(name, documents, "auto")
        text = "tokens apart" if tokenised else "running text"
        cells = [kind, text, *(f"{figure:.2f}" for figure in (*figures, micro(documents, found))), how]
        print(f"| {' | '.join(cells)} |")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
