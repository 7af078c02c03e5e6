"""Rules about tables and headlines, on invented pages of a news agency, clean and with slips."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from local_rules import RULES, flags_of
from newswire import SPORTS, TOWNS, pages

from nerconv.document import Document, Span
from nerconv.linting.corpus import LintCorpus
from nerconv.linting.rule import Flag
from nerconv.views import batch_of

_DEFAULT: Final = [rule for rule in RULES if rule.default]
#: Of each rule how much it found here, and how much of it was right, as its page says.
MEASURED: Final = {
    rule.code: rule.precision["newswire pages"][:2] for rule in RULES if "newswire pages" in rule.precision
}
_HEADING: Final = re.compile(r"^[A-Z]+ DIVISION(?= $)", re.MULTILINE)


def flags(documents: list[Document], codes: tuple[str, ...]) -> Iterator[tuple[int, str, Flag]]:
    """Yield what the rules find: the number of the document, the code and the flag."""
    corpus = LintCorpus([batch_of(documents, "a.txt")])
    for rule in _DEFAULT:
        for document, flag in flags_of(rule, corpus) if rule.code.startswith(codes) else ():
            yield corpus.owner(document).number, rule.code, flag


def spoilt(document: Document, chance: random.Random, rate: float) -> Document:
    """Return ``document`` with teams in rows as places, towns in datelines as teams, and headings with labels."""
    spans = []
    for span in document.spans:
        begin = document.text.rfind("\n", 0, span.start) + 1
        line = document.text[begin : document.text.find("\n", span.end)]
        is_row, odd = not any(map(str.islower, line.split())), chance.random() < rate
        other = {"ORG": "LOC", "LOC": "ORG" if "1996-" in line else "LOC"}.get(span.label, span.label)
        spans.append(replace(span, label=other) if odd and is_row else span)
    spans += [Span(*found.span(), "MISC") for found in _HEADING.finditer(document.text) if chance.random() < rate]
    return replace(document, spans=tuple(sorted(spans, key=lambda span: span.start)))


def test_clean_pages_are_not_flagged() -> None:
    assert [(code, flag.message) for _, code, flag in flags(pages(7, 100), ("",))] == []


def test_slips_in_tables_are_found_and_nothing_else() -> None:
    right, total, places, slips = Counter[str](), Counter[str](), set[tuple[int, int, int]](), 0
    for seed in (7, 8, 9):
        clean, chance = pages(seed, 100), random.Random(seed)
        noisy = [spoilt(document, chance, 0.1) for document in clean]
        changed = [set(a.spans) ^ set(b.spans) for a, b in zip(noisy, clean, strict=True)]
        for number, code, flag in flags(noisy, ("X312", "X313", "X314")):
            right[code] += any(s.start < flag.end and flag.start < s.end for s in changed[number])
            total[code] += 1
            places.add((seed, number, flag.start))
        slips += sum(len({span.start for span in each}) for each in changed)
    assert right.total() >= 0.95 * total.total()
    assert len(places) >= slips / 2
    assert {code: MEASURED[code] for code in total} == {code: (right[code], total[code]) for code in total}


def test_names_that_are_glued_to_the_subject_of_a_headline_are_found_and_nothing_else() -> None:
    found, slips = Counter[str](), Counter[str]()
    for seed in (7, 8, 9):
        towns = random.Random(seed).sample([town.upper() for town in TOWNS], len(SPORTS))
        glued = [f"{sport}-{town}" for sport, town in zip(SPORTS, towns, strict=True)]
        others = [*(f"OIL-RICH {town} WAITS . " for town in towns), "CUP-WINNING SIDE OUT . "]
        text = "\n".join((*(f"{words} OPEN RESULTS . " for words in glued), *others, ""))
        flagged = flags([*pages(seed, 100), Document("x", text)], ("B110",))
        found.update(text[flag.start : flag.end] for _, _, flag in flagged)
        slips.update(words.partition(" ")[0] for words in glued)
    assert found <= slips and found.total() >= 0.8 * slips.total()
    assert MEASURED["B110"] == (found.total(), found.total())
