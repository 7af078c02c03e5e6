"""Pages outside of the site: their links lead somewhere, and what the README shows is what commands print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import nerconv
from nerconv.linting.rules import RULES
from nerconv.report import LINT

ROOT = Path(__file__).parent.parent
PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "corpus_samples/README.md", "tests/cases/README.md"]


def anchors(page: Path) -> set[str]:
    """Return what a link to a heading of ``page`` can name."""
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    text = re.sub(r"`[^`\n]+`", "", page.read_text(encoding="utf-8"))
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_readme_is_short_and_its_finding_is_real() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.count("\n") < 150
    assert f"A linter with {len(RULES)} rules" in text
    shown = re.search(r"^error C202 .*?(?=^```)", text, re.DOTALL | re.MULTILINE)
    assert shown
    report = nerconv.lint(ROOT / "corpus_samples/cables", nerconv.Selection(profile="cable"))
    assert shown[0].count("\n") >= 5 and shown[0] in LINT["text"](report)
