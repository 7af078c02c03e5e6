"""The whole way through a review in a real browser: look, decide, apply; and the bytes of the files afterwards."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("uvicorn")
pytest.importorskip("selenium")

from chromium import Browser
from review_page import ReviewPage, reviewed
from selenium.webdriver.common.keys import Keys

ROOT = Path(__file__).parent.parent.parent
CABLES = [f"cable_{number:03}.txt" for number in (1, 2, 4, 5)]
#: Where pictures of the documentation go, when they are wanted: NERCONV_PICTURES=docs/images.
PICTURES = os.environ.get("NERCONV_PICTURES", "")


@pytest.fixture
def cables(tmp_path: Path) -> Path:
    """A folder with a copy of four cables below it."""
    (tmp_path / "cables").mkdir()
    for name in CABLES:
        shutil.copy(ROOT / "corpus_samples" / "cables" / name, tmp_path / "cables")
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / "cables" / name).read_bytes() for name in CABLES}


def picture(page: ReviewPage, name: str, width: int = 1280, dark: bool = False) -> None:
    """Take a picture for the documentation, where they are wanted."""
    if PICTURES:
        page.browser.view(width, dark, 820)
        page.settle()
        shot = page.browser.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "webp", "quality": 80})
        (ROOT / PICTURES / name).write_bytes(base64.b64decode(shot["data"]))
        page.browser.view(1280)


def nerconv(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nerconv", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def replaced(before: dict[str, bytes], *changes: tuple[str, int, str, str]) -> dict[str, bytes]:
    """Return files in which on a line of one of them a text, which stands there once, is another."""
    after = dict(before)
    for name, number, old, new in changes:
        lines = after[name].split(b"\n")
        assert lines[number - 1].count(old.encode()) == 1
        lines[number - 1] = lines[number - 1].replace(old.encode(), new.encode())
        after[name] = b"\n".join(lines)
    return after


#: What the decisions of ``decide`` change: file, line, text before and after.
MASKS = [
    ("cable_002.txt", 4, "[ORG XXXXXXXXXXXX  ]", "XXXXXXXXXXXX"),
    ("cable_002.txt", 8, "with [ORG XXXXXXXXXXXX  ]", "with XXXXXXXXXXXX"),
    ("cable_002.txt", 8, "that [ORG XXXXXXXXXXXX  ]", "that XXXXXXXXXXXX"),
    ("cable_002.txt", 11, "[ORG XXXXXXXXXXXX  ]", "XXXXXXXXXXXX"),
    ("cable_002.txt", 12, "[ORG XXXXXXXXXXXX  ]", "XXXXXXXXXXXX"),
    ("cable_002.txt", 13, "[ORG XXXXXXXXXXXX  ]", "XXXXXXXXXXXX"),
    ("cable_004.txt", 4, "[ORG XXXXXXXXXXXX  ]", "XXXXXXXXXXXX"),
    ("cable_004.txt", 13, "[ORG XXXXXXXXXXXX  ]", "XXXXXXXXXXXX"),
    ("cable_005.txt", 7, "[ORG XXXXXXXXXXXX  ]", "XXXXXXXXXXXX"),
]
MASK_OF_FIRST = ("cable_001.txt", 3, "[ORG XXXXXXXXXXXX  ]", "XXXXXXXXXXXX")
SINGLE = [
    ("cable_002.txt", 2, "[ORG XXXXXXXXXXX  ]", "[LOC XXXXXXXXXXX  ]"),
    ("cable_001.txt", 4, "[PER Nwabeze:  ] ,", "[PER Nwabeze  ] : ,"),
    ("cable_005.txt", 8, "[LOC SOFIA  ] 00000619 ", "[LOC SOFIA 00000619  ] "),
    ("cable_001.txt", 8, " owes ", " [MISC owes  ] "),
]


def decide(page: ReviewPage) -> None:
    """Make a decision of each kind, by key; the mouse selects the text of a new span."""
    assert page.headline == "Drop the label from XXXXXXXXXXXX ORG, 10 times?"
    page.keys("x")
    picture(page, "review.webp")
    page.keys("a")
    assert page.last.startswith("Last: accepted XXXXXXXXXXXX ORG in 9 places.")
    assert page.headline == "Drop the label from DECL: LOC, 3 times?"
    page.keys("a", "u", "r")
    page.to("XXXXXXXXXXX")
    page.keys("l", "2")
    page.to("Nwabeze:")
    page.keys("a", "u", "U")
    page.to("SOFIA")
    page.keys("e", "]", Keys.ENTER)
    page.to("DAKAR")
    page.select("owes")
    page.keys("+", "M", Keys.ENTER)
    page.keys(Keys.ENTER, "s")


def test_decisions_change_these_bytes_and_no_others_and_can_be_undone(browser: Browser, cables: Path) -> None:
    before = contents(cables)
    browser.view(1280)
    with reviewed(cables, "cables", "--profile", "cable") as run:
        page = ReviewPage(browser, run.address)
        decide(page)
        assert contents(cables) == before
        page.click("[data-key=apply]")
        assert page.headline == "Write 13 changes into 4 files?"
        picture(page, "review-apply.webp")
        page.apply()
        assert page.headline == "4 files written"
        assert page.shown("main code") == [
            "nerconv review SRC --undo 1", "nerconv lint cables --profile cable",
        ]  # fmt: skip
        page.keys(Keys.ESCAPE)
        assert page.headline == "Drop the label from XXXXXXXXXXXX ORG?"
    assert run.said[-1] == "exit status 0"
    # The mask that has another label now is found there still, and was decided on.
    assert "1 of 7 decisions made" in run.said[-2]
    assert contents(cables) == replaced(before, *MASKS, *SINGLE)
    assert sorted(path.name for path in (cables / "cables").glob("*.ignore")) == [
        f"cable_00{number}.txt.ignore" for number in (1, 2, 5)
    ]
    left = nerconv(cables, "lint", "cables", "--profile", "cable", "--format", "json")
    codes = [found["code"] for found in json.loads(left.stdout)["findings"]]
    assert "C203" not in codes
    assert codes.count("C201") == 3  # the excepted place, the mask under another label, and that of PER
    assert nerconv(cables, "review", "cables", "--undo", "1").returncode == 0
    assert contents(cables) == before


def test_a_killed_review_goes_on_where_it_stopped(
    browser: Browser, cables: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    browser.view(1280)
    with reviewed(cables, "cables", "--profile", "cable") as run:
        page = ReviewPage(browser, run.address)
        page.keys("a")
        page.to("Nwabeze:")
        page.keys("r")
        page.to("DECL:")
        run.end(signal.SIGKILL)
        page.keys("a")  # about DECL:
        assert "Not saved: nerconv does not answer" in page.last
        assert page.browser.script("return getComputedStyle(document.getElementById('bar')).borderTopWidth") == "3px"
        page.button("Download the decision")
        file = next(tmp_path_factory.getbasetemp().glob("downloads*")) / "unsaved.review.jsonl"
        page.wait(file.exists)
        page.keys("j", "r", "u")
        assert page.headline == "Drop the label from DECL: LOC, 3 times?"
        page.button("Leave it undecided")
        assert "a Accept 3" in page.shown("#bar button")
        assert len(page.browser.errors()) == 1
    with reviewed(cables, "cables", "--profile", "cable") as run:
        page = ReviewPage(browser, run.address)
        assert page.headline == "Drop the label from DECL: LOC, 3 times?"
        assert page.shown(".prog label")[0].startswith("2 of 9 decisions")
        page.keys("u")
        assert page.headline == "Label “Nwabeze” PER instead of Nwabeze: PER?"
    before = contents(cables)
    assert nerconv(cables, "review", "cables", "--apply", str(file)).returncode == 0
    file.unlink()
    declassified = [(name, 1, "[LOC DECL:  ]", "DECL:") for name in CABLES if name != "cable_004.txt"]
    assert contents(cables) == replaced(before, *declassified, MASK_OF_FIRST, *MASKS)


def test_a_page_without_a_server_is_decided_on_and_applied(
    browser: Browser, cables: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = contents(cables)
    browser.view(1280)
    assert nerconv(cables, "review", "cables", "--profile", "cable", "--export", "page.html").returncode == 0
    html = (cables / "page.html").read_text(encoding="utf-8")
    assert html.count("Ministry of Fisheries will host") == 1  # each sentence stands in it once
    page = ReviewPage(browser, cables / "page.html")
    decide(page)
    page.click("[data-key=apply]")
    page.click("[data-key=download]")
    downloads = next(tmp_path_factory.getbasetemp().glob("downloads*"))
    file = downloads / "cables.review.jsonl"
    page.wait(file.exists)
    done = nerconv(cables, "review", "cables", "--apply", str(file))
    file.unlink()
    assert done.returncode == 0, done.stderr
    assert contents(cables) == replaced(before, *MASKS, *SINGLE)


def test_without_a_mouse_everything_is_in_reach(browser: Browser, cables: Path) -> None:
    before = contents(cables)
    browser.view(1280)
    with reviewed(cables, "cables", "--select", "B102") as run:
        page = ReviewPage(browser, run.address)
        page.keys("?")
        assert page.headline == "Keys"
        page.keys(Keys.ESCAPE, "e", "+", "2", Keys.SHIFT + Keys.ARROW_LEFT, Keys.ARROW_RIGHT, Keys.ESCAPE)
        page.keys("c", "edge", Keys.ENTER, "a")
        assert page.headline == "Nothing left to decide"
        page.tab_to("Apply…")
        page.keys(Keys.ENTER)
        page.apply()
        assert page.headline == "1 file written"
        page.tab_to("Undo what was written")
        page.keys(Keys.ENTER)
        run.end()
        assert "1 of 1 decision made" in run.said[-2]
        assert "with --apply cables.review.jsonl it writes what is decided" in run.said[-2]
    assert contents(cables) == before
    lines = [json.loads(line) for line in (cables / "cables.review.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["action"], line["comment"]) for line in lines] == [("accept", "edge"), ("apply", ""), ("unapply", "")]


def test_two_annotators_become_one_gold(browser: Browser, tmp_path: Path) -> None:
    lines = {
        "maja": ["The [ORG Skopje Ledger  ] met [PER Matteo  ] . ", "[ORG Levant  ] rose . ", "Rain fell . "],
        "ruben": ["The [LOC Skopje  ] Ledger met [PER Matteo  ] . ", "[LOC Levant  ] rose . ", "Rain [PER fell  ] . "],
        "gold": ["The [ORG [LOC Skopje  ] Ledger  ] met [PER Matteo  ] . ", "[LOC Levant  ] rose . ", "Rain fell . "],
    }
    texts = {name: "".join(f"{line}\n" for line in each) for name, each in lines.items()}
    for name in ("maja", "ruben"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(texts[name], encoding="utf-8")
    browser.view(1280)
    with reviewed(tmp_path, "--annotators", "maja,ruben", "-o", "gold.txt") as run:
        page = ReviewPage(browser, run.address)
        page.to("Skopje Ledger")
        assert [text.split(" ", 2)[0] for text in page.shown(".side .who")] == ["A", "B", "Result"]
        picture(page, "review-conflict.webp", dark=True)
        assert browser.faults() == []
        browser.view(400, dark=True)
        assert browser.faults() == []
        browser.view(1280)
        page.keys("3")
        page.to("Levant")
        assert "Both" not in " ".join(page.shown("#bar button"))
        page.keys("e", "l", "L", Keys.ENTER)
        page.keys(Keys.ENTER)
        page.to("fell")
        page.keys("2", "u", "0")
        page.click("[data-key=apply]")
        page.apply()
    assert (tmp_path / "gold.txt").read_text(encoding="utf-8") == texts["gold"]


def test_read_only_shows_and_decides_nothing(browser: Browser, cables: Path) -> None:
    browser.view(1280)
    with reviewed(cables, "cables", "--profile", "cable", "--read-only") as run:
        page = ReviewPage(browser, run.address)
        headline = page.headline
        page.keys("a", "r", "d", "e", "]", "x", "u")
        assert page.headline == headline
        assert page.last == "This review is read-only: decisions are shown, none can be made."
        assert page.shown("#top button") == ["? Keys"]
        page.keys("j")
        assert page.headline != headline
        assert browser.faults() == []
    assert not (cables / "cables.review.jsonl").exists()


def test_nothing_to_decide_says_so(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("[PER Ann Lee  ] left . \n", encoding="utf-8")
    browser.view(400)
    with reviewed(tmp_path, "a.txt") as run:
        page = ReviewPage(browser, run.address)
        assert page.headline == "Nothing to decide in 1 file"
        assert browser.faults() == []


def test_another_tab_without_the_token_learns_nothing(browser: Browser, cables: Path) -> None:
    with reviewed(cables, "cables", "--profile", "cable") as run:
        page = ReviewPage(browser, run.address)
        assert "token" not in browser.driver.current_url
        browser.driver.refresh()
        page.settle()
        assert page.headline.startswith("Drop the label")
        browser.driver.switch_to.new_window("tab")
        browser.open(run.address.split("#")[0])
        page.wait(lambda: page.shown("h1"))
        assert page.headline == "This page cannot be shown"
        assert "XXXX" not in browser.driver.page_source
        browser.driver.close()
        browser.driver.switch_to.window(browser.driver.window_handles[0])
        browser.errors()
