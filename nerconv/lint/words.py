"""The word lists of the linter: data files beside this module, one entry a line, ``#`` for comments."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from nerconv.lint.corpus import Corpus


_PER: Final = frozenset({"per", "pers", "person", "people"})
_LOC: Final = frozenset({"loc", "location", "place", "gpe", "fac", "facility"})
_ORG: Final = frozenset({"org", "organisation", "organization", "corporation", "company", "group"})
#: Labels of things that have names of any shape: titles of works, products, laws, events.
_TITLE: Final = frozenset(
    {"misc", "work_of_art", "creative-work", "creative_work", "work", "product", "event", "law", "language"}
)


@cache
def word_list(name: str) -> tuple[str, ...]:
    """Return the entries of the data file ``name`` (without ``.txt``), in its order."""
    text = resources.files("nerconv.lint").joinpath("data", f"{name}.txt").read_text("utf-8")
    return tuple(line.strip() for line in text.split("\n") if line.strip() and not line.startswith("#"))


@cache
def word_set(name: str) -> frozenset[str]:
    """Return the entries of the data file ``name`` as a set."""
    return frozenset(word_list(name))


@cache
def family(label: str) -> str:
    """Return what ``label`` names: PER, LOC, ORG, TITLE (works, products, laws, MISC), or empty when unknown."""
    plain = label.lower()
    for name, labels in (("PER", _PER), ("LOC", _LOC), ("ORG", _ORG), ("TITLE", _TITLE)):
        if plain in labels:
            return name
    return ""


def is_name(label: str) -> bool:
    """Whether ``label`` is one of persons, places or organisations, as all schemes have them."""
    return family(label) in ("PER", "LOC", "ORG")


def rarely_lower(corpus: Corpus, share: float) -> frozenset[str]:
    """Return the labels of persons, places and organisations of which at most ``share`` is in lower case.

    Under them the corpus labels names; under others descriptions too, or its authors write no capitals.
    """
    low, all_ = corpus.lower_case, corpus.label_counts
    return frozenset(label for label in all_ if is_name(label) and low[label] <= max(share * all_[label], 1))
