"""The page on dialects: its lines are read and written as it says, and its commands print what it shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from commands import nerconv as run

import nerconv
from nerconv.conversion.report import ConvertOptions
from nerconv.options import NOTATIONS, ReadOptions, WriteOptions

PAGE = (Path(__file__).parent.parent / "docs" / "explanation" / "dialects.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| `(.*?)` \| .* \| (?:yes|no) \|$", PAGE, re.MULTILINE)
BLOCKS = re.findall(r"^```sh\n(.*?)```\n\n```\n(.*?)```$", PAGE, re.DOTALL | re.MULTILINE)


def test_each_line_is_read_and_written_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sorted(name for name, _ in ROWS) == sorted(NOTATIONS)
    monkeypatch.chdir(tmp_path)
    for dialect, line in ROWS:
        line = line.replace("\\|", "|") + "\n"
        name = Path(f"{dialect}.PER.txt" if dialect == "gptner" else f"{dialect}.txt")
        name.write_text(line)
        corpus = nerconv.read(name, ReadOptions(format="bracket"))
        spans = [(document.covered(span), span.label) for document in corpus for span in document.spans]
        assert spans == [("Ada Holm", "PER"), ("Oslo", "LOC")][: 1 if dialect == "gptner" else 2]
        assert any(facts.values.get("dialect", "").startswith(f"{dialect}: ") for facts in corpus.facts)
        nerconv.write(corpus, Path("again.txt"), ConvertOptions(write=WriteOptions(dialect=dialect)))
        assert Path("again.txt").read_text() == line


@pytest.mark.parametrize(("commands", "output"), BLOCKS, ids=[str(number) for number, _ in enumerate(BLOCKS)])
def test_commands_print_what_the_page_shows(
    commands: str, output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = ""
    for command in commands.splitlines():
        words = shlex.split(command.partition(" || ")[0])
        if words[0] == "printf":
            Path(words[-1]).write_text(words[1].replace("\\n", "\n"))
        elif words[0] == "cat":
            said += "".join(Path(name).read_text() for name in words[1:])
        else:
            status, printed = run(*words[1:])
            said += printed + (f"exit status {status}\n" if " || " in command else "")
    assert said == output
