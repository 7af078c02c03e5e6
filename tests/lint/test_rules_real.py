"""What the rules find in real text, against what a reader judged: places and verdicts only, no text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
from local_rules import RULES, corpus_of_files, flags_of

from nerconv.linting.corpus import LintCorpus
from nerconv.linting.rule import Rule
from nerconv.options import ReadOptions

_HERE: Final = Path(__file__).parent
_SHARED: Final = _HERE.parents[2] / "shared"
_PATHS: Final = {
    "re3d": "data/re3d-state/*.txt",
    "sec": "data/sec/*.txt",
    "seed": "seeds/*.txt",
    "wikigold": "data/wikigold/*.txt",
    "wnut17": "data/wnut17/*.txt",
}
_VERDICTS: Final[dict[str, dict[str, dict[str, bool]]]] = json.loads((_HERE / "verdicts.json").read_text("utf-8"))


def corpus(name: str) -> LintCorpus:
    """Return the corpus ``name``; skips the test where it is not there."""
    paths = sorted(_SHARED.glob(_PATHS[name]))
    if not paths:
        pytest.skip(f"the corpus {name} is not beside this checkout")
    return corpus_of_files(paths, ReadOptions(labels=None if name == "seed" else frozenset()))


def places(name: str) -> dict[str, set[str]]:
    """Return the places that each rule flags in the corpus ``name``, as file:line:column."""
    read = corpus(name)
    found: dict[str, set[str]] = {}
    for rule in RULES:
        for document, flag in flags_of(rule, read):
            where = (flag.span and flag.span.where) or next(iter(read.places([(document, flag.start)])))
            assert where
            found.setdefault(rule.code, set()).add(f"{Path(where.path).name}:{where.line}:{where.column}")
    return found


@pytest.mark.parametrize("name", _PATHS)
def test_every_finding_was_judged(name: str) -> None:
    judged = {code: set(verdicts[name]) for code, verdicts in _VERDICTS.items() if name in verdicts}
    assert places(name) == judged


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_header_gives_the_precision_that_the_verdicts_have(rule: Rule) -> None:
    verdicts = _VERDICTS.get(rule.code, {})
    measured = {name: (found.right, found.findings) for name, found in rule.precision.items() if name in _PATHS}
    assert measured == {name: (sum(v.values()), len(v)) for name, v in verdicts.items()}


def test_every_header_line_of_the_sample_cables_that_is_flagged_was_read() -> None:
    cables = corpus_of_files(sorted((_HERE.parents[1] / "corpus_samples" / "cables").glob("*.txt")), ReadOptions())
    [rule] = [rule for rule in RULES if rule.code == "X303"]
    assert len(flags_of(rule, cables)) == rule.precision["sample cables"].findings


def test_default_rules_are_right_nine_times_in_ten() -> None:
    defaults = {rule.code for rule in RULES if rule.default}
    verdicts = [v for code in defaults for data in _VERDICTS.get(code, {}).values() for v in data.values()]
    others = [
        v
        for code in defaults
        for name, data in _VERDICTS.get(code, {}).items()
        if name != "seed"
        for v in data.values()
    ]
    assert sum(verdicts) / len(verdicts) >= 0.95
    assert sum(others) / len(others) >= 0.9


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rule_with_many_false_alarms_is_off(rule: Rule) -> None:
    false = sum(not verdict for data in _VERDICTS.get(rule.code, {}).values() for verdict in data.values())
    total = sum(len(data) for data in _VERDICTS.get(rule.code, {}).values())
    assert not rule.default or false * 50 <= 20 * max(total, 1) or total < 5


def test_precision_and_recall_on_the_seed() -> None:
    """All 113 spans were read by hand; what kind of noise each is, is the reader's word, not the lint's."""
    reading = json.loads((_HERE / "seed_noise.json").read_text("utf-8"))
    read = corpus("seed")
    assert sum(len(document.spans) for document in read.documents) == reading["spans"]
    flagged = {
        f"{flag.span.where.line}:{flag.span.where.column}"
        for rule in RULES
        if rule.default
        for _, flag in flags_of(rule, read)
        if flag.span and flag.span.where
    }
    noise = set(reading["noise"])
    wrong_type = {place for place, kind in reading["noise"].items() if kind == "wrong type"}
    assert flagged <= noise, "precision 1.0"
    assert flagged >= noise - wrong_type, "recall 1.0 of what one span shows by itself"
    assert len(flagged) / len(noise) >= 0.9, "recall of all noise: a wrong type takes a view of the corpus"
