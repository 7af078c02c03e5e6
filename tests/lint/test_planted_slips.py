"""Slips planted at 25 to 2: names that are right in 25 places, and two places where their edges or labels are not."""

from __future__ import annotations

import random
import re
from collections import Counter
from typing import Final

from local_rules import RULES, flags_of

from nerconv.document import Document, Span
from nerconv.linting.corpus import LintCorpus
from nerconv.views import batch_of

#: Each kind: how its name is labelled, and the slip.
_KINDS: Final = {
    "article inside": ("the [ORG Red Anchor] {}", "[ORG the Red Anchor] {}"),
    "capital article inside": ("The [ORG Blue Lantern] {}", "[ORG The Blue Lantern] {}"),
    "article left out": ("[ORG The Marlow Times] {}", "The [ORG Marlow Times] {}"),
    "party in brackets": ("[PER Idris Katic] ( LR ) {}", "[PER Idris Katic ( LR )] {}"),
    "verb inside": ("[PER Vera Lund] said that it {}", "[PER Vera Lund said] that it {}"),
    "second person": ("[PER Olaf Brandt] and [PER Mira Stein] {}", "[PER Olaf Brandt and Mira Stein] {}"),
    "verb and person": ("[PER Kai Morrow] met [PER Lena Frost] and {}", "[PER Kai Morrow met Lena Frost] and {}"),
    "split under two labels": ("[ORG Marlow United] {}", "[LOC Marlow] [ORG United] {}"),
    "split under one label": ("[ORG Dorwick Rovers] {}", "[ORG Dorwick] [ORG Rovers] {}"),
    "title inside": ("Mr [PER Tomas Hale] {}", "[PER Mr Tomas Hale] {}"),
    "possessive inside": ("[LOC Belmora] 's envoy {}", "[LOC Belmora 's] envoy {}"),
    "preposition inside": ("a man in [LOC Castra] {}", "a man [LOC in Castra] {}"),
    "comma inside": ("[LOC Dunholm] , they wrote , {}", "[LOC Dunholm ,] they wrote , {}"),
    "noun inside": ("[ORG Interior Guard] officials {}", "[ORG Interior Guard officials] {}"),
    "last word missing": ("[ORG Nordic Shipping Company] {}", "[ORG Nordic Shipping] Company {}"),
    "first name missing": ("[PER Anna Petrov] {}", "Anna [PER Petrov] {}"),
    "legal form left out": ("[ORG Kestrel Ltd] {}", "[ORG Kestrel] Ltd {}"),
    "place and country": ("[LOC Ostrava] , [LOC Norlund] , {}", "[LOC Ostrava , Norlund] , {}"),
    "both sides": ("the [ORG Coal Union] of workers {}", "[ORG the Coal Union of workers] {}"),
    "omitted": ("[ORG Harbour Board] {}", "Harbour Board {}"),
    "omitted word": ("[LOC Tavrosk] {}", "a man of Tavrosk {}"),
    "capitals without a label": ("a man of [LOC Velmark] {}", "a man of VELMARK {}"),
    "adjective as a place": ("the [MISC Bulgarian] envoy {}", "the [LOC Bulgarian] envoy {}"),
    "adjective without a label": ("the [MISC Peruvian] envoy {}", "the Peruvian envoy {}"),
    "other label": ("[PER Goran Silva] {}", "[ORG Goran Silva] {}"),
}
_ENDS: Final = ("won twice", "left early", "denied the report", "will sell its ships", "was quiet today")
_STARTS: Final = ("", "On Tuesday ", "In the evening ", "Last week ")
_ENTITY: Final = re.compile(r"\[([A-Z]+) ([^]]+)\]")


def planted(seed: int) -> tuple[Document, dict[int, str]]:
    """Return a document with 25 right places and two slips of each kind, and the kind by start of line."""
    chance = random.Random(seed)
    lines = [
        (forms[number >= 25], kind if number >= 25 else "") for kind, forms in _KINDS.items() for number in range(27)
    ]
    chance.shuffle(lines)
    text, spans, slips = "", list[Span](), dict[int, str]()
    for number, (form, kind) in enumerate(lines):
        slips[len(text)] = kind
        line = f"{chance.choice(_STARTS)}{form.format(chance.choice(_ENDS))} at {number} . \n"
        done = 0
        for match in _ENTITY.finditer(line):
            text += line[done : match.start()]
            spans.append(Span(len(text), len(text) + len(match[2]), match[1]))
            text, done = text + match[2], match.end()
        text += line[done:]
    return Document("planted", text, tuple(spans)), slips


def found_in(seed: int) -> list[tuple[str, str, int]]:
    """Return what the default rules find: the code, the kind of slip or nothing, and the start of the line."""
    document, slips = planted(seed)
    corpus = LintCorpus([batch_of([document], "a.txt")])
    flags = [(rule.code, flag) for rule in RULES if rule.default for _, flag in flags_of(rule, corpus)]
    lines = [(code, document.text.rfind("\n", 0, flag.start) + 1) for code, flag in flags]
    return [(code, slips[line], line) for code, line in lines]


def test_default_rules_find_most_kinds_of_slips_and_nothing_else() -> None:
    right = Counter[str]()
    for seed in range(3):
        found = found_in(seed)
        assert all(kind for _, kind, _ in found)
        both = Counter(kind for kind, _ in {(kind, line) for _, kind, line in found})
        assert {kind for kind in _KINDS if both[kind] == 2} >= _KINDS.keys() - {"other label"}
        right.update(code for code, _, _ in found)
    measured = {rule.code: rule.precision["planted slips"][:2] for rule in RULES if "planted slips" in rule.precision}
    assert measured == {code: (count, count) for code, count in right.items()}
