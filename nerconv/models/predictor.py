"""What every model is to the rest of nerconv: documents in, the same documents with its own spans out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from nerconv.document import Document
from nerconv.options import check_choice

LABEL_FROM: Final = ("first", "average", "max")


class ModelError(Exception):
    """A model that cannot be loaded or used; the message says why and what to do. Commands end in 3."""


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How to ask a model.

    ``network``: it may be fetched. ``allow_pickle``: weights may be a pickle, which can run code. ``gold_tokens``: a
    spaCy pipeline gets the tokens of the document instead of its text. ``label_from``: the sub-tokens that decide the
    label of a word. ``overlap``: words that neighbouring windows share.
    """

    network: bool = False
    allow_pickle: bool = False
    gold_tokens: bool = False
    device: str = "auto"
    batch: int = 16
    overlap: int = 32
    label_from: str = "first"

    def __post_init__(self) -> None:
        check_choice("sub-token rule", self.label_from, LABEL_FROM)


@dataclass(frozen=True, slots=True)
class Prediction:
    """A document with the spans of a model, the score of each where there is one, and how many of its words it saw.

    ``blank`` counts words that the tokenizer makes nothing of, a lone joiner for example: seen, outside of all spans.
    """

    document: Document
    scores: tuple[float | None, ...]
    seen: int
    words: int
    blank: int = 0


@dataclass(frozen=True, slots=True)
class Predictor:
    """A loaded model: its name, kind (spaCy or Hugging Face), labels and settings, and how to ask it."""

    name: str
    kind: str
    labels: tuple[str, ...]
    settings: Mapping[str, str]
    predict: Callable[[Iterable[Document]], Iterator[Prediction]]
