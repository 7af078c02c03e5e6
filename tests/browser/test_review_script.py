"""Modules of the review page by themselves: tokens, edges, nested spans, differences of lines."""

from __future__ import annotations

from typing import Any

import pytest
from chromium import Browser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nerconv.review.page import script

#: All modules but the one that starts the page, in reach of tests.
CODE = script().partition("const $app")[0] + "Object.assign(window, { $sentence, $marks, $views, $draft, $words });"


@pytest.fixture(scope="module", autouse=True)
def loaded(browser: Browser) -> None:
    browser.open("about:blank")
    browser.script(CODE)


def call(browser: Browser, expression: str, *values: object) -> Any:
    """Return what ``expression`` is, in which ``a`` to ``c`` are ``values``."""
    return browser.script(f"const [a, b, c] = arguments;\nreturn {expression};", *values)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Ann left .", ["Ann", "left", "."]),
        ("( U.S. ) 's", ["(", "U.S", ".", ")", "'", "s"]),
        ("a\tb\xa0c", ["a", "b\xa0c"]),
        ("\U0001d4d0 𝐱", ["\U0001d4d0", "𝐱"]),
        ("“Oslo”,", ["“", "Oslo", "”,"]),
        ("...", ["..."]),
        ("", []),
    ],
)
def test_edges_move_by_words_and_punctuation(browser: Browser, text: str, tokens: list[str]) -> None:
    found = call(browser, "$sentence.tokens([...a]).map(([x, y]) => [...a].slice(x, y).join(''))", text)
    assert found == tokens


def test_an_edge_stops_at_the_sentence_and_before_the_other_edge(browser: Browser) -> None:
    span = {"start": 4, "end": 7, "label": "PER"}
    moved = "$sentence.moved([...'Mrs Ann Lee'], a, b, c)"
    assert call(browser, moved, span, "start", True) == {**span, "start": 0}
    assert call(browser, moved, span, "end", True) == {**span, "end": 11}
    assert call(browser, moved, span, "start", False) == span
    assert call(browser, moved, span, "end", False) == span
    assert call(browser, moved, {**span, "start": 0}, "start", True) == {**span, "start": 0}


def test_spans_that_cross_stand_in_a_second_line(browser: Browser) -> None:
    spans = [{"start": s, "end": e, "label": "A"} for s, e in ((0, 6), (4, 9), (0, 3), (10, 12))]
    found = call(browser, "$marks.nested(a)", spans)
    assert found["crossing"] == [spans[1]]
    assert [(tree["span"], [inner["span"] for inner in tree["inner"]]) for tree in found["top"]] == [
        (spans[0], [spans[2]]), (spans[3], []),
    ]  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("ab [].\U0001f600", max_size=12), st.text("ab [].\U0001f600", max_size=12))
def test_differences_of_two_lines_add_up_to_both(browser: Browser, before: str, after: str) -> None:
    pieces = call(browser, "$views.differences(a, b)", before, after)
    assert "".join(piece[0] for piece in pieces) == before
    assert "".join(piece[-1] for piece in pieces) == after


def test_a_draft_says_what_it_changes(browser: Browser) -> None:
    sentence = {
        "text": "Ann Lee met Bo .", "offset": 100,
        "spans": [{"start": 0, "end": 3, "label": "PER", "flagged": True}, {"start": 12, "end": 14, "label": "LOC"}],
    }  # fmt: skip
    run = "const changes = $draft.changesOf(d); return [changes, changes.length ? $draft.actionOf(changes) : '']"
    start = "let d = $draft.drafted({ sentence: arguments[0] });"
    was = [100, 103, "PER"]
    steps = {
        "": ([], ""),
        "d = $draft.edge(d, 'end', true);": ([{"old": was, "new": [100, 107, "PER"]}], "move"),
        "d = $draft.edge($draft.edge(d, 'end', true), 'end', false);": ([], ""),
        "d = $draft.relabelled(d, 'ORG');": ([{"old": was, "new": [100, 103, "ORG"]}], "label"),
        "d = $draft.dropped(d);": ([{"old": was, "new": None}], "drop"),
        "d = $draft.added(d, 9, 10, 'MISC');": ([{"old": None, "new": [108, 111, "MISC"]}], "add"),
        "d = $draft.dropped($draft.turned(d, 1));": ([{"old": [112, 114, "LOC"], "new": None}], "drop"),
        "d = $draft.dropped($draft.added(d, 9, 10, 'MISC'));": ([], ""),
    }
    for step, expected in steps.items():
        assert browser.script(start + step + run, sentence) == list(expected), step


def test_a_draft_of_text_without_a_span_begins_with_the_proposed_one(browser: Browser) -> None:
    place = {
        "sentence": {"text": "FOR OSTRANDER ;", "offset": 10, "spans": []},
        "record": {"start": 14, "end": 23, "changes": [{"old": None, "new": [14, 23, "PER"]}]},
    }
    assert call(browser, "$draft.changesOf($draft.drafted(a))", place) == [{"old": None, "new": [14, 23, "PER"]}]
    assert call(browser, "$draft.changesOf($draft.edge($draft.drafted(a), 'end', true))", place) == [
        {"old": None, "new": [14, 25, "PER"]}
    ]
    assert call(browser, "$draft.flaggedSpans(a)", place) == [{"start": 4, "end": 13, "label": "", "flagged": True}]


@pytest.mark.parametrize(
    ("seconds", "words"), [(3, "about 10 s"), (59, "about 60 s"), (900, "about 15 min"), (7200, "about 2 h")]
)
def test_time_left_reads_well(browser: Browser, seconds: int, words: str) -> None:
    assert call(browser, "$words.duration(a)", seconds) == words


def test_one_is_singular(browser: Browser) -> None:
    assert call(browser, "[0, 1, 2, 1500].map((n) => $words.count(n, 'place'))") == [
        "0 places", "1 place", "2 places", "1,500 places",
    ]  # fmt: skip
