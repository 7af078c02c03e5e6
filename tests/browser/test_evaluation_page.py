"""The page of an evaluation in a browser: everybody can read it, and its filters and links show what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from chromium import VIEWS, Browser
from pages import CONLL, ONTONOTES, hard, many, report

from nerconv.evaluation.report import EvaluationReport
from nerconv.report import EVALUATION


@pytest.fixture(scope="module")
def shown() -> EvaluationReport:
    return report([*hard(), *many(6, CONLL)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, shown: EvaluationReport) -> Path:
    """A folder with a page of four labels and hard texts, and one of 18 labels."""
    folder = tmp_path_factory.mktemp("pages")
    pages = {"hard": shown, "labels": report(many(25, ONTONOTES), gates=False, limit=10)}
    for name, found in pages.items():
        (folder / f"{name}.html").write_text(EVALUATION["html"](found), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "width", "dark"), [*(("hard", *view) for view in VIEWS), ("labels", 400, False), ("labels", 1280, True)]
)
def test_everybody_can_read_it(browser: Browser, folder: Path, name: str, width: int, dark: bool) -> None:
    browser.view(width, dark)
    browser.open(folder / f"{name}.html")
    assert browser.faults() == []


def test_a_sentence_stands_once_with_all_its_spans(browser: Browser, folder: Path, shown: EvaluationReport) -> None:
    browser.view(1280)
    browser.open(folder / "hard.html")
    texts = browser.script(
        "return [...document.querySelectorAll('.il')].map(e => { e = e.cloneNode(true);"
        "e.querySelectorAll('.g,.p').forEach(x => x.remove()); return e.textContent })"
    )
    assert sorted(texts) == sorted(sentence.text for sentence in shown.sentences)
    browser.picture("sentences.webp", "#errors", 1000, 760)
    nested = next(text for text in browser.shown(".s") if "Skopje" in text)
    assert nested.count("Skopje") == 1 and "wrong label MISC → ORG" in nested and "✕ missed" in nested


def test_bars_of_nested_and_crossing_spans_do_not_touch(browser: Browser, folder: Path) -> None:
    browser.open(folder / "hard.html")
    overlaps = browser.script("""
        return [...document.querySelectorAll('.il')].flatMap(line => {
            const cells = [...line.querySelectorAll('.t, .g b:not(:empty), .p b:not(:empty)')];
            const boxes = cells.map(e => e.getBoundingClientRect());
            const over = (a, b, first, last) => a[first] + 2 < b[last] && b[first] + 2 < a[last];
            const meet = (a, b) => over(a, b, 'left', 'right') && over(a, b, 'top', 'bottom');
            return boxes.filter((a, i) => boxes.slice(i + 1).some(b => meet(a, b))).map(() => line.textContent)})""")
    assert overlaps == []


@pytest.mark.parametrize(("kind", "label"), [("e", "all"), ("all", "ORG"), ("t", "ORG"), ("m", "LOC")])
def test_filters_show_the_sentences_with_one_such_error(
    browser: Browser, folder: Path, shown: EvaluationReport, kind: str, label: str
) -> None:
    browser.open(folder / "hard.html")
    kinds = {"e": "boundary", "t": "type", "m": "missed"}
    number = "all" if label == "all" else f"l{list(shown.labels).index(label)}"
    for name, value in (("k", kind), ("l", number)):
        browser.click(f"label:has(#{name}-{value})")
    wanted = [
        f"s{n}"
        for n, sentence in enumerate(shown.sentences, 1)
        if any(
            (kind == "all" or span.kind == kinds[kind])
            and label in ("all", span.label, span.other if kind == "all" else span.label)
            for span in sentence.gold
            if span.kind != "correct"
        )
        or (kind == "all" and any(span.label == label for span in sentence.predicted if span.kind == "spurious"))
    ]
    assert 0 < len(wanted) < len(shown.sentences)
    assert (
        browser.script("return [...document.querySelectorAll('.s')].filter(e => e.checkVisibility()).map(e => e.id)")
        == wanted
    )


def test_every_cell_of_the_confusion_leads_to_its_list(browser: Browser, folder: Path, shown: EvaluationReport) -> None:
    browser.open(folder / "hard.html")
    found = browser.script("""
        return [...document.querySelectorAll('.cm a, .kb ~ td a')].map(link => {
            location.hash = link.hash;
            const blocks = [...document.querySelectorAll('.s')].filter(e => e.checkVisibility());
            const chips = block => [...block.querySelectorAll(link.hash.replace('#f-', '.tag.'))];
            return [link.textContent, blocks.map(block => chips(block).map(e => e.textContent))]})""")
    assert len(found) > 20
    for text, blocks in found:
        counts = [sum(int(chip.partition("×")[2] or 1) for chip in chips) for chips in blocks]
        assert min(counts) > 0 and sum(counts) == int(re.findall("[0-9]+", text)[-1]), text
    total = len(shown.sentences)
    assert browser.shown(".anchor:target .tag") and not browser.shown(".filters")
    browser.click(".anchor:target a")
    assert len(browser.shown(".s")) == total and browser.shown(".filters")


def test_a_report_of_part_of_the_errors_says_so(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(EVALUATION["html"](report(many(12, CONLL), limit=5)), encoding="utf-8")
    browser.open(file)
    (about,) = browser.shown("#errors > p")
    assert "--examples" in about and " of " in about
    assert browser.faults() == []
