"""The shell of the pages: everybody can read its labels, marks and buttons, and nothing foreign runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import VIEWS, Browser

from nerconv.report.shell import labelled, look, page

LABELS = [f"Label-{number}" for number in range(60)]


def of_labels() -> str:
    """Return a page of every look, nested marks and hard texts."""
    marks = "".join(f"<p class=sent>{_marked(name, 'text')}</p>" for name in LABELS)
    chips = " ".join(map(labelled, [*LABELS, "", "<script>"]))
    return (
        f"<main><h1>Labels</h1><p>{chips}</p>{marks}<p class=sent>{_marked('ORG', 'the ' + _marked('LOC', 'Oslo'))}</p>"
        '<p><button class="btn pri" id="go">Accept</button> <button class="btn no">Reject</button></p>'
        '<p class="row"><span class="tag error">error</span><span class="tag warning">warning</span>'
        '<span class="tag info">info</span><span class="tag pass">pass</span><i class="muted">x</i></p></main>'
    )


def _marked(label: str, inner: str) -> str:
    return f'<mark class="{look(label)}" dir="auto">{inner}<bdi class="l">{label}</bdi></mark>'


@pytest.mark.parametrize(("width", "dark"), VIEWS)
def test_every_label_can_be_read(browser: Browser, tmp_path: Path, width: int, dark: bool) -> None:
    file = tmp_path / "page.html"
    file.write_text(page("All <labels>", of_labels()), encoding="utf-8")
    browser.view(width, dark)
    browser.open(file)
    assert browser.driver.title == "All <labels>"
    assert browser.faults() == []


def test_nothing_runs_but_the_script_of_the_page(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    script = "document.getElementById('go').textContent = 'ran'"
    foreign = "<script>document.title = 'foreign'</script><p style='color:red' onclick='1'>red</p>"
    file.write_text(page("Own", of_labels() + foreign, script=script), encoding="utf-8")
    browser.open(file)
    assert browser.shown("#go") == ["ran"]
    assert browser.driver.title == "Own"
    assert browser.script("return getComputedStyle(document.querySelector('p[style]')).color") != "rgb(255, 0, 0)"
    assert len(browser.errors()) >= 2
