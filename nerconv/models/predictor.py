"""The interface of every model: documents in, the same documents with predicted spans out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from nerconv.document import Document
from nerconv.errors import NerconvError
from nerconv.options import check_choice, check_types

#: How the sub-tokens of a Hugging Face model become spans (``nerconv.models.aggregation``).
AGGREGATIONS: Final = ("auto", "simple", "first", "average", "max")


class ModelError(NerconvError):
    """A model that cannot be loaded or used; the message says why and what to do. The exit status is 3."""


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How to load and run a model. ``device``: ``auto``, ``cpu`` or one of torch; ``batch``: texts at once.

    ``network``: it may be downloaded. ``allow_pickle``: weights may be a pickle, which can run code. ``gold_tokens``: a
    spaCy pipeline gets the tokens of the document instead of its text. ``aggregation``: how sub-tokens become spans.
    ``overlap``: sub-tokens that neighbouring windows share at most.

    >>> ModelOptions(aggregation="first").batch
    16
    >>> ModelOptions(aggregation="last")
    Traceback (most recent call last):
    nerconv.options.UsageError: unknown aggregation 'last'; known: auto, simple, first, average, max
    """

    network: bool = False
    allow_pickle: bool = False
    gold_tokens: bool = False
    device: str = "auto"
    batch: int = 16
    overlap: int = 32
    aggregation: str = "auto"

    def __post_init__(self) -> None:
        check_types(self)
        check_choice("aggregation", self.aggregation, AGGREGATIONS)


@dataclass(frozen=True, slots=True)
class Prediction:
    """A document with the spans of a model, the score of each where there is one, and how many of its words it read.

    ``blank`` counts words that have no sub-token, a lone joiner for example: they count as covered, and are part of a
    span that continues after them. ``facts``: settings that follow from the documents, by name.
    """

    document: Document
    scores: tuple[float | None, ...]
    covered: int
    words: int
    blank: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Predictor:
    """A loaded model: its name, kind (spaCy or Hugging Face), labels and settings, and its ``predict`` function.

    >>> echo = Predictor("echo", "none", (), {}, lambda documents: (Prediction(d, (), 0, 0) for d in documents))
    >>> [found.document.id for found in echo.predict([Document("a", "Rain fell .")])]
    ['a']
    """

    name: str
    kind: str
    labels: tuple[str, ...]
    settings: Mapping[str, str]
    predict: Callable[[Iterable[Document]], Iterator[Prediction]]
