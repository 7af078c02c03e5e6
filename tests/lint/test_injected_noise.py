"""Injected noise: redactions and words of the layout put by chance into clean samples, with traps beside them.

Injected noise is easier than real noise: these figures show that the rules do what they say, not how much of the
noise of a real corpus they find. No public file with redactions inside annotations is known, hence this.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from local_rules import RULES, corpus_of_files, flags_of

from nerconv.document import Document, Span
from nerconv.linting.corpus import LintCorpus
from nerconv.options import ReadOptions
from nerconv.views import batch_of

_SAMPLES: Final = Path(__file__).parents[2] / "corpus_samples"
#: The share of spans that become noise, and the share that become traps: clean, but like noise.
_NOISE: Final = 0.15
_TRAPS: Final = 0.10
_CODES: Final = ("C201", "C202", "C203", "C204", "C205")

_HEADINGS: Final = (
    *("Summary", "SUMMARY", "Summary:", "End Summary", "End summary.", "END SUMMARY", "Begin Summary", "Comment:"),
    *("Comment", "COMMENT", "End Comment", "End Comment.", "DECL:", "DECL", "SUBJECT:", "SUBJECT", "TAGS:", "Tags:"),
    *("REF", "REF:", "Refs:", "REFTEL", "E.O.", "Classified By:", "CLASSIFIED BY", "End Note", "Begin Comment"),
    *("Background:", "Introduction:", "Note:", "Action Request", "Executive Summary", "Bio Note", "Participants:"),
)
_TRAP_NAMES: Final = (
    *("XXX", "XXXVI", "XXL", "Malcolm X", "Max XX", "Louis XXXIX", "XX Corps", "Xanadu", "Exxon", "OXXO", "Maxxx Ltd"),
    *("Jimmy Page", "Note Bank", "Galaxy Note", "Summary Records Ltd", "Land's End", "Commentary Press", "No Comment"),
    *("Ref Museum", "Tagsdorf", "Subject House", "Declan", "SUMMIT", "Section House", "End", "C & A", "St. Marks_Inn"),
    *("Asterix", "A*STAR", "M*A*S*H", "Reason Foundation", "Action Aid", "Page One", "Sourcefire", "Annex Hotel"),
)


def _mask(chance: random.Random) -> str:
    run = "X" * chance.randint(4, 16)
    kinds = (
        run,
        run,
        run + chance.choice("abs"),
        run + chance.choice(".,:"),
        run.lower(),
        run.capitalize(),
        f"{run} {run}",
        run + "'s",
        chance.choice("█■▓") * chance.randint(2, 9),
        "_" * chance.randint(3, 12),
        "*" * chance.randint(3, 9),
        chance.choice(("[REDACTED]", "REDACTED", "[**Name**]", "[**Hospital 12**]", "name withheld")),
        chance.choice(("<NAME>", "[PERSON]", "{CITY}", "PERSON_1", "ORG_12", "[NAME 3]", "<LOCATION>")),
        chance.choice(("XX/XX/2010", "XX/XX/XXXX", "XXX-XX-1234")),
    )
    return chance.choice(kinds)


def _mask_and_word(chance: random.Random, name: str) -> str:
    run = "X" * chance.randint(6, 14)
    kinds = (f"{run} Comment", f"{run} {name}", f"{name} {run}", f"Mr. {run}", f"{run}{name}", f"{run} of {name}")
    return chance.choice(kinds)


def _glued(chance: random.Random, name: str) -> str:
    kinds = (f"{name} Comment", f"{name} Comment:", f"{name} End Comment", f"Comment: {name}", f"{name}. End Summary")
    return chance.choice((*kinds, f"Note: {name}", f"{name} End Note.", f"Begin Comment {name}"))


def _page(chance: random.Random, name: str) -> str:
    serial, page, pages = chance.randint(1, 99999), chance.randint(1, 9), chance.randint(2, 9)
    town = name.upper()
    kinds = (
        f"{town} {serial:08} {page:03} OF {pages:03}",
        f"Page {page} of {pages}",
        f"SECTION {page:02} OF {pages:02}",
    )
    return chance.choice(kinds)


_INJECT: Final[dict[str, Callable[[random.Random, str], str]]] = {
    "C201": lambda chance, name: _mask(chance),
    "C202": _mask_and_word,
    "C203": lambda chance, name: chance.choice(_HEADINGS),
    "C204": _glued,
    "C205": _page,
}


class Injected(NamedTuple):
    """A document and the code that each span should get, by offsets; the rest is clean."""

    document: Document
    truth: dict[tuple[int, int], str]


def inject(document: Document, chance: random.Random) -> Injected:
    """Return ``document`` with some of its spans turned into noise, others into traps; nested ones stay as they are."""
    pieces: list[str] = []
    spans: list[Span] = []
    truth: dict[tuple[int, int], str] = {}
    done = length = 0
    for span in document.spans:
        if span.start < done:
            continue
        name, draw = document.covered(span), chance.random()
        code = chance.choice(_CODES) if draw < _NOISE and span.label != "MISC" else None
        new = _INJECT[code](chance, name) if code else name
        if _NOISE <= draw < _NOISE + _TRAPS:
            new = chance.choice(_TRAP_NAMES)
        pieces += [document.text[done : span.start], new]
        start = length + span.start - done
        length, done = start + len(new), span.end
        spans.append(replace(span, start=start, end=length))
        if code:
            truth[start, length] = code
    text = "".join(pieces) + document.text[done:]
    return Injected(Document(document.id, text, tuple(spans)), truth)


@pytest.fixture(scope="module")
def injected() -> list[Injected]:
    chance = random.Random(20)
    paths = sorted((_SAMPLES / "news").glob("*.txt"))
    clean = corpus_of_files(paths, ReadOptions())
    return [inject(document, chance) for _ in range(4) for document in clean.documents]


def test_redactions_and_structure_words_are_found(injected: list[Injected]) -> None:
    corpus = LintCorpus([batch_of([item.document for item in injected], "a.txt")])
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for rule in RULES:
        if rule.code not in _CODES or not rule.local:
            continue
        for item in injected:
            found = {(flag.start, flag.end) for flag in rule.local(item.document, corpus, rule.options)}
            true = {place for place, code in item.truth.items() if code == rule.code}
            right[rule.code] += len(found & true)
            wrong[rule.code] += len(found - true)
            missed[rule.code] += len(true - found)
    for code in _CODES:
        assert right[code] >= 30, "too little was injected to say anything"
        assert right[code] / (right[code] + wrong[code]) >= 0.98, f"precision of {code}"
        assert right[code] / (right[code] + missed[code]) >= 0.95, f"recall of {code}"


def test_clean_samples_are_hardly_flagged() -> None:
    corpus = corpus_of_files(sorted((_SAMPLES / "news").glob("*.txt")), ReadOptions())
    spans = sum(len(document.spans) for document in corpus.documents)
    found = {rule.code: len(flags_of(rule, corpus)) for rule in RULES if rule.default}
    assert spans > 500
    assert all(count <= 1 + spans / 1000 for count in found.values()), found
