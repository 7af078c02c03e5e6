"""``nerconv inspect``: what a file is, what each target would lose of it, and commands to go on with that run."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest
from commands import nerconv
from jsonschema import validate

from nerconv import api, formats
from nerconv.cli.table import TABLE
from nerconv.conversion.report import ConvertOptions
from nerconv.inspection import steps
from nerconv.options import ReadOptions
from nerconv.report import inspection_text
from nerconv.terminal import cells

NESTED = "[PER Win Dayton  ] met [ORG [LOC Iran  ] MFA  ] . \n"
NATURAL = "[PER Ann Lee], of [ORG Harbour Board], left [LOC Oslo]. ([PER Bo])\n"
#: Files by name, each of which can be read, or can with options.
FILES = {
    "nested.txt": NESTED,
    "natural.txt": NATURAL,
    "named.txt": "[DRUG Aspirin ] cures [SYMPTOM pain ] . \n" * 40,
    "columns.txt": "Nora B-PER\nQuill I-PER\nleft O\n\n" * 9,
    "numbered.conll": "1 Nora NNP B-PER\n2 Quill NNP I-PER\n3 left VBD O\n\n" * 9,
    "two.conll": "Nora B-PER B-LOC\nQuill I-PER O\nleft O O\n\n" * 9,
    "schemes.conll": "Nora B-PER\nQuill I-PER\nOslo I-LOC\nleft O\nOslo I-LOC\n\n",
    "answers.jsonl": '{"id": 1, "response": "[PER Ann Lee] met [LOC Oslo]."}\n',
    "answers.csv": 'id,response\n1,"[PER Ann Lee] met [LOC Oslo]."\n',
    "nlu.md": "- where is [Nora](person) in [Oslo](city)\n",
    "doccano.jsonl": '{"text": "Ann left", "label": [[0, 3, "PER"]]}\n',
    "ragged.conll": "Nora NNP B-PER\nleft O\n\nBo NNP B-PER\nleft VBD O\n\n",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with the files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("COLUMNS", raising=False)
    for name, text in FILES.items():
        Path(name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", FILES)
def test_the_commands_to_go_on_with_run(name: str) -> None:
    found = api.inspect(name)
    assert found.steps
    for step in found.steps:
        _, *words = shlex.split(shlex.join(step.words))
        status, said = nerconv(*words)
        assert status in (0, 1), said
        if "-o" in words:
            assert api.read(words[words.index("-o") + 1]).labels


@pytest.mark.parametrize("name", ["nested.txt", "natural.txt", "doccano.jsonl", "ragged.conll"])
@pytest.mark.parametrize("target", ["conll", "docbin", "tags_jsonl", "spans_jsonl", "gliner", "brat"])
def test_the_losses_of_a_target_are_those_of_the_conversion(name: str, target: str) -> None:
    found = api.inspect(name)
    report = api.convert(name, "out", ConvertOptions(to=target))
    reasons = report.ledger.reasons()
    assert found.targets[target].lost + found.unread == +reasons
    assert found.targets[target].left_out == +report.left_out
    cut = api.convert(name, "cut", ConvertOptions(to=target, cut_tokens=True))
    assert found.targets[target].cut + found.unread.total() == cut.ledger.reasons().total()


def test_every_format_is_a_target_by_itself() -> None:
    assert set(api.inspect("nested.txt").targets) == set(formats.WRITTEN)


@pytest.mark.parametrize(
    ("name", "options", "reads"),
    [
        ("numbered.conll", ["--token-column 2 --tag-column 4"], "reads PER 9"),
        ("two.conll", ["--token-column 1 --tag-column 2", "--token-column 1 --tag-column 3"], "reads LOC 9"),
        ("columns.txt", ["--from conll"], "reads PER 9"),
        ("answers.jsonl", ["--text-key response"], "reads LOC 1, PER 1"),
        ("answers.csv", ["--text-key response"], "reads LOC 1, PER 1"),
        ("nlu.md", ["--from bracket"], "reads city 1, person 1"),
        ("named.txt", ["--labels DRUG,SYMPTOM"], "reads DRUG 40, SYMPTOM 40"),
    ],
)
def test_options_with_which_a_file_reads_are_tried_and_what_they_read_is_shown(
    name: str, options: list[str], reads: str
) -> None:
    _, said = nerconv("inspect", name)
    for option in options:
        assert option in said
    assert reads in said


def test_what_was_asked_for_stands_in_the_commands_to_go_on_with() -> None:
    _, said = nerconv("inspect", "numbered.conll", "--token-column", "2", "--tag-column", "-1")
    assert "nerconv to-spacy numbered.conll -o numbered.spacy --token-column 2 --tag-column -1\n" in said


def test_an_option_is_spelt_as_the_command_line_has_it() -> None:
    options = {row.name for row in TABLE if row.field.startswith("read.")}
    given = ReadOptions(format="conll", scheme="IOB1", labels=frozenset("A"), encoding="cp1252", id_key="n")
    words = [word for word in steps.words_of(given) if word.startswith("--")]
    assert len(words) == 5 and set(words) <= options


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.data", b"Rain fell .\n", "no format recognises its beginning"),
        ("a.docx", b"PK\x03\x04rest", "ZIP archive"),
        ("a.pdf", b"%PDF-1.7 rest", "a PDF"),
        ("a.md", b"", "it is empty"),
        ("a.spacy", b"nothing", "DocBin"),
        ("a.conll", b"\x00\x01\x02\x03", "is not text"),
    ],
)
@pytest.mark.parametrize("format", ["text", "json"])
def test_a_file_that_nothing_reads_ends_in_3_and_says_why(name: str, content: bytes, said: str, format: str) -> None:
    Path(name).write_bytes(content)
    status, printed = nerconv("inspect", name, "--format", format)
    assert status == 3
    assert said in printed and "Traceback" not in printed


def test_a_folder_of_several_formats_is_shown_with_a_command_for_each() -> None:
    status, said = nerconv("inspect", "nested.txt", "ragged.conll")
    assert status == 1
    assert "format         bracket" in said and "format         conll" in said
    Path("mixed").mkdir()
    for name in ("nested.txt", "doccano.jsonl"):
        Path("mixed", name).write_text(FILES[name])
    status, said = nerconv("inspect", "mixed")
    assert status == 0
    assert "nerconv to-spacy mixed/nested.txt -o nested.spacy --from bracket" in said
    assert "nerconv to-spacy mixed/doccano.jsonl -o doccano.spacy --from doccano" in said


def test_what_two_formats_recognise_is_shown_with_both() -> None:
    Path("both.data").write_text("Nora B-PER\nleft O\n\n" * 9 + "[PER Ann  ] left . \n")
    found = api.inspect("both.data")
    assert (found.evidence[0].format, found.findings[0].code) == ("", "F014")
    assert [each.split(" recognises it: ")[0] for each in found.evidence[0].cons] == ["bracket", "conll"]
    # Read as brackets it is refused, since its lines are columns.
    assert [step.words[-2:] for step in found.steps] == [("--from", "conll")]


def test_nothing_is_replaced_by_the_target_that_is_proposed() -> None:
    Path("nested.spacy").write_bytes(b"mine")
    _, said = nerconv("inspect", "nested.txt")
    assert "-o nested-2.spacy" in said


@pytest.mark.parametrize("name", FILES)
def test_every_line_but_a_command_fits_80_cells(name: str) -> None:
    shown = inspection_text.inspection(api.inspect(name))
    assert [line for line in shown.split("\n") if cells(line) > 80 and not line.startswith("  nerconv")] == []


@pytest.mark.parametrize("name", FILES)
def test_the_json_form_is_valid_by_its_schema_and_says_what_the_text_does(name: str) -> None:
    schema = json.loads((files("nerconv.report") / "schemas/inspection.json").read_text(encoding="utf-8"))
    _, said = nerconv("inspect", name, "--format", "json")
    record = json.loads(said)
    validate(record, schema)
    found = api.inspect(name)
    assert Counter(record["labels"]) == found.labels
    assert [step["command"] for step in record["steps"]] == [shlex.join(step.words) for step in found.steps]


def test_standard_input_is_inspected_and_stays_a_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(NATURAL.encode())))
    status, said = nerconv("inspect", "-")
    assert status == 0
    assert "nerconv to-spacy - -o corpus.spacy --cut-tokens" in said
