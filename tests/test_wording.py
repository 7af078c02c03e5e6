"""Words that need a translator stand nowhere: code, messages, pages, names of tests."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
#: Names are taken apart at underscores. "There is no file" is English, "what is no file" is not.
AVOIDED = re.compile(
    r"(?<![a-z])(told|signs|hands|crew|hired|plain|ordinary|lanes?|lying|kept|eights|mend\w*|doubt\w*|ends in 1"
    r"|(?<!there )(?<!there_)is[ _]no(?=[ _](?!longer|more)))(?![a-z])",
    re.IGNORECASE,
)
#: Annotated text in examples of rules.
EXAMPLES = re.compile(r"\[[A-Z]+ [^\]]*  \].*|a song by.*")
NAME = re.compile(r"^\s*def (test_\w+)", re.MULTILINE)


def avoided(text: str) -> list[str]:
    """Return each line with such a word."""
    lines = (EXAMPLES.sub("", line) for line in text.split("\n"))
    return [line.strip() for line in lines if AVOIDED.search(line)]


def test_code_and_pages_are_in_words_of_the_field() -> None:
    paths = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    paths += [path for path in (ROOT / "nerconv").rglob("*") if path.suffix in (".py", ".js", ".html", ".css")]
    found = {str(path.relative_to(ROOT)): avoided(path.read_text(encoding="utf-8")) for path in paths}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_changes_that_are_not_released_are_in_words_of_the_field() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert avoided(text.partition("## Unreleased")[2].partition("\n## ")[0]) == []


def test_tests_are_named_in_words_of_the_field() -> None:
    names = [name for path in (ROOT / "tests").rglob("*.py") for name in NAME.findall(path.read_text("utf-8"))]
    assert [name for name in names if AVOIDED.search(name)] == []
