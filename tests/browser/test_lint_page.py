"""The page of a lint run in a browser: everybody can read it, and its filters and links show what they say."""

from __future__ import annotations

from contextlib import chdir
from pathlib import Path

import pytest
from chromium import VIEWS, Browser

import nerconv
from nerconv.linting.groups import groups
from nerconv.linting.problem import LintReport
from nerconv.report import LINT

ROOT = Path(__file__).parent.parent.parent
ARABIC = "\u0642\u0627\u0644 [PER \u0646\u0627\u062f\u0631  ] [ORG XXXXXXXX  ] . \n"
LONG = f"[ORG {'X' * 150}  ] met [PER <script>alert(1)</script>:  ] . \n"


@pytest.fixture(scope="module")
def found() -> LintReport:
    with chdir(ROOT):
        return nerconv.lint("corpus_samples/cables")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, found: LintReport) -> Path:
    path = tmp_path_factory.mktemp("page") / "lint.html"
    path.write_text(LINT["html"](found), encoding="utf-8")
    return path


def shown(browser: Browser, selector: str) -> list[str]:
    code = "return [...document.querySelectorAll(arguments[0])].filter(e => e.checkVisibility()).map(e => e.id)"
    ids: list[str] = browser.script(code, selector)
    return ids


@pytest.mark.parametrize(("width", "dark"), VIEWS)
def test_everybody_can_read_it(browser: Browser, file: Path, width: int, dark: bool) -> None:
    browser.view(width, dark)
    browser.open(file)
    assert browser.faults() == []


@pytest.mark.parametrize("width", [400, 1280])
def test_everybody_can_read_opened_groups_of_hard_texts(browser: Browser, tmp_path: Path, width: int) -> None:
    (tmp_path / "a.txt").write_text(ARABIC + LONG, encoding="utf-8")
    page = tmp_path / "lint.html"
    page.write_text(LINT["html"](nerconv.lint(tmp_path / "a.txt")), encoding="utf-8")
    browser.view(width)
    browser.open(page)
    browser.script("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert browser.faults() == []
    assert any("<script>" in text for text in browser.shown(".g"))


def test_every_group_stands_once_below_its_rule(browser: Browser, file: Path, found: LintReport) -> None:
    browser.view(1280)
    browser.open(file)
    browser.picture("lint.webp", "body", 1120, 840)
    assert len(set(shown(browser, ".g"))) == len(groups(found.problems))
    rows = browser.script("""
        const count = rule => [...rule.querySelectorAll('.n')].reduce((n, e) => n + parseInt(e.textContent), 0);
        return [...document.querySelectorAll('.rule')].map(rule => [rule.id.slice(2, 6), count(rule)])""")
    assert dict(rows) == {code: n for (code, _, _), n in found.counts.items()}
    browser.click("a[href='#r-C203']")
    top = browser.script("return document.querySelector('#r-C203').getBoundingClientRect().top")
    assert 0 <= top < 400


def test_filters_show_one_severity_and_one_file(browser: Browser, file: Path, found: LintReport) -> None:
    browser.open(file)
    browser.click("label:has(#s-warning)")
    codes = {name.split("-")[1] for name in shown(browser, ".rule")}
    assert codes == {code for code, _, severity in found.counts if severity == "warning"}
    browser.click("label:has(#s-all)")
    link = browser.driver.find_element("css selector", ".full a.mono")
    name = link.text
    link.click()
    inside = [problem for problem in found.problems if problem.where and problem.where.path.endswith(name)]
    assert len(shown(browser, ".g")) == len(groups(inside))
    assert name in browser.shown(".anchor:target")[0]
    browser.click(".anchor:target a")
    assert len(shown(browser, ".g")) == len(groups(found.problems))
