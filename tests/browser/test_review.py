"""The whole way through a review in a real browser: look, decide, apply; and the bytes of the files afterwards."""

from __future__ import annotations

import json
import os
import shutil
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
HEADERS = [
    ("cable_001.txt", 1, " VELIDZE ", " [PER VELIDZE  ] "),
    ("cable_002.txt", 1, " OSLO ", " [LOC OSLO  ] "),
    ("cable_002.txt", 1, " GAVRILOS ", " [PER GAVRILOS  ] "),
    ("cable_002.txt", 1, " LATVIA: ", " [LOC LATVIA  ] : "),
    ("cable_004.txt", 1, " MALTA: ", " [LOC MALTA  ] : "),
    ("cable_004.txt", 1, " GAVRILOS ", " [PER GAVRILOS  ] "),
    ("cable_005.txt", 1, " KENYA: ", " [LOC KENYA  ] : "),
]
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
SINGLE = [
    ("cable_002.txt", 2, "[ORG XXXXXXXXXXX  ]", "[LOC XXXXXXXXXXX  ]"),
    ("cable_001.txt", 4, "[PER Nwabeze:  ] ,", "[PER Nwabeze  ] : ,"),
    ("cable_005.txt", 8, "[LOC SOFIA  ] 00000619 ", "[LOC SOFIA 00000619  ] "),
    ("cable_001.txt", 8, " owes ", " [MISC owes  ] "),
]


def decide(page: ReviewPage) -> None:
    """Make a decision of each kind, by key; the mouse selects the text of a new span."""
    assert page.headline == "Drop the label from XXXXXXXXXXXX ORG, 10 times?"
    page.keys("x", "a")
    assert page.last.startswith("Last: accepted XXXXXXXXXXXX ORG in 9 places.")
    assert page.headline == "Label the names of the header, 4 times?"
    page.keys("a")
    page.to("DECL:")
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
    with reviewed(cables, "cables", "--profile", "cable") as (address, said):
        page = ReviewPage(browser, address)
        decide(page)
        assert contents(cables) == before
        page.click("[data-key=apply]")
        assert page.headline == "Write 17 changes into 4 files?"
        page.apply()
        assert page.headline == "4 files written"
        assert page.shown("main code") == [
            "nerconv review SRC --undo 1", "nerconv lint cables --profile cable",
        ]  # fmt: skip
        page.keys(Keys.ESCAPE)
        assert page.headline == "Drop the label from XXXXXXXXXXXX ORG?"
    assert said[-1] == "exit status 0"
    assert contents(cables) == replaced(before, *HEADERS, *MASKS, *SINGLE)
    assert sorted(path.name for path in (cables / "cables").glob("*.ignore")) == [
        f"cable_00{number}.txt.ignore" for number in (1, 2, 5)
    ]
    left = nerconv(cables, "lint", "cables", "--profile", "cable", "--format", "json")
    codes = [found["code"] for found in json.loads(left.stdout)["findings"]]
    assert "C203" not in codes
    assert codes.count("C201") == 3  # the excepted place, the mask under another label, and that of PER
    assert nerconv(cables, "review", "cables", "--undo", "1").returncode == 0
    assert contents(cables) == before


def test_a_killed_review_goes_on_where_it_stopped(browser: Browser, cables: Path) -> None:
    browser.view(1280)
    with reviewed(cables, "cables", "--profile", "cable", kill=True) as (address, _):
        page = ReviewPage(browser, address)
        page.keys("a", "r")
    with reviewed(cables, "cables", "--profile", "cable") as (address, _):
        page = ReviewPage(browser, address)
        assert page.headline == "Drop the label from DECL: LOC, 3 times?"
        assert page.shown(".prog label")[0].startswith("2 of 10 decisions")
        page.keys("u")
        assert page.headline == "Label the names of the header, 4 times?"


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
    assert contents(cables) == replaced(before, *HEADERS, *MASKS, *SINGLE)
