"""Every state of the review page can be read and used by everybody: wide and narrow, light and dark."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("uvicorn")
pytest.importorskip("selenium")

from chromium import VIEWS, Browser
from review_page import ReviewPage, reviewed
from selenium.webdriver.common.keys import Keys

ROOT = Path(__file__).parent.parent.parent
#: All views in continuous integration; on a developer's machine two, with both widths and both kinds of light.
LOOKS = VIEWS if os.environ.get("CI") else [(400, True), (1280, False)]
#: Right to left with nested spans, ideographs, spans that cross a line's width, and labels of another set.
HARD = (
    "قال [PER وزير الخارجية [LOC دبي  ] محمد:  ] في [LOC دبي  ] . \n"
    "[LOC 東京都:  ] の [PER 田中太郎  ] は 昨日 . \n"
    f"The [ORG Ministry of {'very ' * 30}important Affairs ,  ] said {'no and ' * 80} . \n"
    "He met [PER \u202eevil\u202c:  ] today . \n"
    "<script>alert(1)</script> [PER <img src=x onerror=alert(1)>:  ] \n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("states")
    (folder / "cables").mkdir()
    for number in (1, 2, 4, 5):
        shutil.copy(ROOT / "corpus_samples" / "cables" / f"cable_00{number}.txt", folder / "cables")
    (folder / "cables" / "hard.txt").write_text(HARD, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def page(browser: Browser, folder: Path) -> Iterator[ReviewPage]:
    browser.view(1280)
    with reviewed(folder, "cables", "--profile", "cable") as run:
        yield ReviewPage(browser, run.address)


def check(page: ReviewPage) -> None:
    """Look at what is shown with axe-core, at each width, light and dark."""
    for width, dark in LOOKS:
        page.browser.view(width, dark)
        page.settle()
        assert page.browser.faults() == [], (width, dark, page.headline)
    page.browser.view(1280)
    page.settle()


@pytest.mark.parametrize("keys", ["", "l", "c", "e]", "+", "?", "A"])
def test_nobody_is_locked_out(page: ReviewPage, keys: str) -> None:
    page.to("XXXXXXXXXXXX")
    page.keys(*keys)
    check(page)
    page.keys(Keys.ESCAPE)


def test_what_will_be_written_can_be_read(page: ReviewPage) -> None:
    page.to("XXXXXXXXXXX")
    page.keys("a")
    page.click("[data-key=apply]")
    assert page.headline == "Write 1 change into 1 file?"
    check(page)
    page.keys(Keys.ESCAPE, "u")


@pytest.mark.parametrize("surface", ["Nwabeze:", "東京都:", "<img src=x onerror=alert(1)>:"])
def test_hard_texts_stand_whole(page: ReviewPage, surface: str) -> None:
    page.to(surface)
    check(page)
    assert surface in " ".join(page.shown("h1, .ql .t")).replace("⏎", "")


def test_nothing_in_a_text_turns_the_order_of_what_is_shown(page: ReviewPage) -> None:
    page.to("<U+202E>evil<U+202C>:")
    assert "\ufffdevil\ufffd:" in page.shown("#sentence mark")[0]
    shown = page.browser.script("return document.querySelector('.lay').textContent")
    assert not set("\u202e\u202c") & set(str(shown))


def test_the_list_is_filtered_by_what_is_typed_and_chosen(page: ReviewPage) -> None:
    page.keys("/", "d", "e", "c")
    page.wait(lambda: len(page.shown(".ql .t")) == 1)
    page.settle()
    assert page.shown(".ql .t") == ["open: DECL: LOC"]
    assert page.headline == "Drop the label from DECL: LOC, 3 times?"
    assert page.browser.script("return document.activeElement.value") == "dec"
    page.keys(Keys.BACKSPACE * 3)
    page.wait(lambda: len(page.shown(".ql .t")) > 1)
    page.settle()
    page.browser.script(
        "const s = document.querySelector('[data-key=rule]'); s.value = 'C205'; s.dispatchEvent(new Event('change'))"
    )
    page.settle()
    assert {text.split(" · ")[0] for text in page.shown(".ql .why")} == {"C205"}
    page.browser.script(
        "const s = document.querySelector('[data-key=rule]'); s.value = ''; s.dispatchEvent(new Event('change'))"
    )
    page.settle()


def test_all_open_questions_of_a_rule_are_accepted_after_a_list_of_them(page: ReviewPage) -> None:
    page.to("ASHGABAT")
    page.keys("A")
    assert page.headline == "Accept 3 open decisions of C205 page-furniture at once?"
    page.click("main .picks li:nth-child(2) input")
    page.keys(Keys.ENTER)
    page.wait(lambda: page.last.startswith("Last: accepted 2 decisions"))
    page.settle()
    page.keys("u", "u")
    assert page.last.startswith("Undid the last decision.")


def test_places_are_left_out_by_their_boxes(page: ReviewPage) -> None:
    page.to("XXXXXXXXXXXX")
    boxes = page.browser.driver.find_elements("css selector", ".occ input")
    boxes[3].click()
    page.settle()
    assert page.shown("#bar .pri") == ["a Accept 9"]
    assert page.shown(".occ tr.ex .fn") == [page.shown(".occ .fn")[3]]
    page.browser.driver.find_elements("css selector", ".occ input")[3].click()
    page.settle()
    assert page.shown("#bar .pri") == ["a Accept 10"]


def test_what_a_model_says_can_be_hidden(browser: Browser, tmp_path: Path) -> None:
    gold, predicted = (f"[{label} Northwind Rail  ] stopped paying [PER Ann  ] . \n" for label in ("LOC", "ORG"))
    (tmp_path / "gold.txt").write_text(gold, encoding="utf-8")
    (tmp_path / "predicted.txt").write_text(predicted, encoding="utf-8")
    browser.view(1280)
    with reviewed(tmp_path, "gold.txt", "--predictions", "predicted.txt") as run:
        page = ReviewPage(browser, run.address)
        assert page.headline == "Change Northwind Rail LOC to ORG?"
        check(page)
        page.click("[data-key=hide]")
        assert page.headline == "What is “Northwind Rail”?"
        assert "ORG" not in " ".join(page.shown("main, #bar, #queue .ql"))
        check(page)
        page.keys("a")
        assert page.headline == "Change Northwind Rail LOC to ORG?"
        page.keys("a")
        assert page.headline == "Nothing left to decide"
        check(page)
