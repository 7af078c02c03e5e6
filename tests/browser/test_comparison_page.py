"""The page of a comparison in a browser: everybody can read it, and its filters show what they say."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import VIEWS, Browser
from pages import CONLL, hard, many, report

import nerconv
from nerconv.evaluation.changed import Changed, changed
from nerconv.evaluation.differences import Comparison
from nerconv.report import COMPARISON


@pytest.fixture(scope="module")
def found() -> Comparison:
    texts = hard()
    better = [(gold, gold if number % 2 == 0 else said) for number, (gold, said) in enumerate(texts)]
    before, after = report([*texts, *many(6, CONLL)]), report([*better, *many(6, CONLL, seed=1)])
    return nerconv.compare(before, after, resamples=50)


@pytest.fixture(scope="module")
def moved(found: Comparison) -> Changed:
    return changed(found.before, found.after)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, found: Comparison) -> Path:
    path = tmp_path_factory.mktemp("page") / "comparison.html"
    path.write_text(COMPARISON["html"](found), encoding="utf-8")
    return path


@pytest.mark.parametrize(("width", "dark"), VIEWS)
def test_everybody_can_read_it(browser: Browser, file: Path, width: int, dark: bool) -> None:
    browser.view(width, dark)
    browser.open(file)
    assert browser.faults() == []


def test_each_sentence_that_changed_stands_once_with_both_models(browser: Browser, file: Path, moved: Changed) -> None:
    browser.open(file)
    texts = browser.shown(".s")
    assert len(texts) == len(moved.sentences) > 10
    nested = next(text for text in texts if "Skopje" in text)
    assert "A ✕ missed" in nested and "B LOC" in nested and "3 → 0 errors" in nested


def test_filters_show_one_change_and_one_label(browser: Browser, file: Path, moved: Changed) -> None:
    browser.open(file)
    browser.click("label:has(#k-fixed)")
    assert len(browser.shown(".s")) == sum(each.state == "fixed" for each in moved.sentences) > 0
    browser.click("label:has(#k-all)")
    browser.driver.find_element("xpath", "//label[text()='LOC']").click()
    kept = [
        each
        for each in moved.sentences
        if {(s.start, s.end) for s in each.before.predicted if s.label == "LOC"}
        != {(s.start, s.end) for s in each.after.predicted if s.label == "LOC"}
    ]
    assert 0 < len(browser.shown(".s")) == len(kept) < len(moved.sentences)
