"""What leaves the machine: text of others does nothing where it is shown, and with --redact there is none of it."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from scoring import evaluate

from nerconv.cli import main
from nerconv.document import Document, Span, Where
from nerconv.evaluation.differences import Comparison, compare
from nerconv.evaluation.report import EvaluationReport, Gate
from nerconv.evaluation.run import Context, EvaluateOptions
from nerconv.report import COMPARISON, EVALUATION, escaped
from nerconv.report.json import from_json

Command = Callable[..., tuple[int, str]]
SECRET = "Zorgblatt"
#: What moves a cursor, turns text round, ends a line, or is no character at all.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
HOSTILE = [
    "::set-output name=a::b",
    "##vso[task.setvariable variable=a]b",
    "a\n::error::b",
    "a\r\n::error::b",
    "\x1b[2J\x1b]0;title\x07",
    "\u202eevil\u202c \u2066x\u2069",
    "=cmd()|' /C calc'!A0",
    "x;=cmd()",
    "=\t1+1",
    "＝1+1",
    "a|b\\|c`d`*e*_f_~g~#h",
    "[x](javascript:alert(1)) ![y](http://z/) <img src=x onerror=alert(1)> https://z www.z.example",
    "</script><script>alert(1)</script>",
    "\" onmouseover='alert(1)'",
    "]]><!--&amp;",
    "\x00\x01\ufffe\x85\u2028",
    "--- \n- a: b # c",
    "\ud800",
]


def report_on(text: str) -> EvaluationReport:
    """Return a report with ``text`` as label, surface, id, name of the file and reason of a gate."""
    # No text that is read holds a lone surrogate; names of files and labels may.
    body = f"{text} and some more".encode("utf-8", "replace").decode()
    where = Where(text, 1, 1)
    gold = [Document(text, body, (Span(0, len(text), text, where), Span(len(text) + 1, len(text) + 4, "PER", where)))]
    said = [Document(text, body, (Span(len(text) + 1, len(text) + 4, text, where), Span(0, 1, "PER", where)))]
    context = Context(method={"gold": text, "predictions": text}, model={"name": text, text: text})
    report = evaluate(gold, said, EvaluateOptions(resamples=10), context)
    gates = (Gate(text, 0.5, 0.4, False, text), Gate(f"F1 {text}", 0.5, None, False, text))
    return replace(report, gates=gates, remarks=(text,), baseline={text: 0.5}, only_gold=(text,))


@pytest.mark.parametrize("format", EVALUATION)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_output_holds_control_characters_or_commands_of_others(text: str, format: str) -> None:
    shown = EVALUATION[format](report_on(text))
    assert not CONTROL.search(shown.replace("\r\n", "\n") if format == "csv" else shown)
    for line in shown.split("\n"):
        if format == "github":
            assert not line or re.match(r"::(error|warning) [^:]*::", line)
        assert format == "github" or not line.lstrip().startswith("::")
        assert "##vso[" not in line and "##[" not in line
    shown.encode()


@pytest.mark.parametrize("format", COMPARISON)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_comparison_is_escaped(text: str, format: str) -> None:
    report = report_on(text)
    other = replace(report, sentences=tuple(replace(each, predicted=each.predicted[:1]) for each in report.sentences))
    found = Comparison(report, other, tuple(compare(report, report)), (text,), text, text, report.gates)
    shown = COMPARISON[format](found)
    assert format != "html" or not ("<img" in shown or "<script" in shown)
    assert not CONTROL.search(shown) and not any(line.startswith("::") for line in shown.split("\n"))


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_the_page_has_no_tags_or_attributes_of_others(text: str) -> None:
    ours, theirs = _Page(), _Page()
    ours.feed(EVALUATION["html"](report_on("harmless")))
    theirs.feed(EVALUATION["html"](report_on(text)))
    assert theirs.tags <= ours.tags
    assert not any(name.startswith("on") or name in ("src", "style") for name, _ in theirs.attributes)
    assert all(str(value).startswith("#") for name, value in theirs.attributes if name == "href")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_programs_read_the_cells_they_should(text: str) -> None:
    report = report_on(text)
    rows = list(csv.reader(io.StringIO(EVALUATION["csv"](report), newline="")))
    assert {len(row) for row in rows} == {9} and len(rows) == 1 + len(report.labels) + 3
    assert not any(row[0].lstrip()[:1] in tuple("=+-@＝＋－＠") for row in rows)
    for table in EVALUATION["markdown"](report).split("\n\n"):
        cells = {len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in table.split("\n") if row.startswith("|")}
        assert len(cells) <= 1
    assert ElementTree.fromstring(EVALUATION["junit"](report)).findall(".//failure")
    card = EVALUATION["model-card"](report).split("\n")
    assert card.count("---") == 2 and json.loads("\n".join(card[2:-2]))


def test_json_means_the_same_after_escaping() -> None:
    report = report_on("\u202e\x7f\x85 ##vso[a] Ä 😀")
    shown = EVALUATION["json"](report)
    assert from_json(shown.encode()) == report
    assert "Ä 😀" in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\n| b", "a\\\\n\\| b"),
        ("http://z www.z", "http:\\/\\/z www\\.z"),
        ("<b> & `c`", "\\<b\\> &amp; \\`c\\`"),
    ],
)
def test_markdown_is_shown_as_it_stands(text: str, shown: str) -> None:
    assert escaped.in_markdown(text) == shown


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """Return a function that runs the command line and gives its exit status and all that it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))

    def command(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["nerconv", *words])
        with pytest.raises(SystemExit) as end:
            main()
        sys.stdout.flush()
        return int(end.value.code or 0), "".join(capfd.readouterr())

    return command


def test_redaction_holds_for_every_output(run: Command, tmp_path: Path) -> None:
    text = f"{SECRET} met {SECRET}ina in {SECRET}ingen ."
    spans = [(0, 9, "PER"), (14, 26, "PER"), (30, 42, "LOC")]
    for name, held in (("gold", spans), ("said", [(0, 9, "LOC"), (14, 20, "PER"), (43, 44, "ORG")])):
        rows = [{"start": start, "end": end, "label": label} for start, end, label in held]
        records = [{"id": f"d{number}", "text": text, "spans": rows} for number in range(6)]
        Path(f"{name}.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    files = [word for kind in ("json", "html", "markdown", "junit") for word in (f"--{kind}", f"out.{kind}")]
    words = ["evaluate", "gold.jsonl", "--predictions", "said.jsonl", "--train", "gold.jsonl", "--lint", *files]
    code, printed = run(*words, "--redact", "--baseline", "base.json", "--update-baseline")
    assert code == 0
    for format in EVALUATION:
        printed += run("evaluate", "gold.jsonl", "--predictions", "said.jsonl", "--redact", "--format", format)[1]
        printed += run("report", "out.json", "--format", format)[1]
    printed += run("compare", "out.json", "base.json")[1]
    written = {path.name: path.read_text() for path in tmp_path.iterdir() if path.suffix != ".jsonl"}
    assert set(written) == {"out.json", "out.html", "out.markdown", "out.junit", "base.json", "summary.md"}
    for name, content in {**written, "printed": printed}.items():
        assert SECRET not in content and "Zorg" not in content, name
    assert "█" in written["out.html"] and '"kind": "boundary"' in written["out.json"]
    _, printed = run("evaluate", "gold.jsonl", "--predictions", "said.jsonl", "--json", "whole.json")
    assert SECRET in Path("whole.json").read_text()
    for format in EVALUATION:
        assert SECRET not in run("report", "whole.json", "--redact", "--format", format)[1], format


@pytest.mark.parametrize(
    ("gold", "said"),
    [
        (f"{SECRET} B-PER\n", "Other B-PER\n"),
        ("Other B-PER\n", f"{SECRET} B-PER\n"),
        (f"{SECRET} B-PER\nx I-LOC\n", f"{SECRET} B-PER\nx O\n"),
        (f"{SECRET} B-PER\n\n", f"{SECRET} B-PER\n{SECRET} O\n\n"),
        (f"{SECRET} {SECRET}\n", f"{SECRET} B-PER\n"),
        (f"{SECRET}\n", f"{SECRET} B-PER\n"),
        (f"{SECRET} B-PER\n", f"{SECRET} B_PER\n"),
        (f"a {SECRET} B-PER\nb x\n", f"a {SECRET} B-PER\n"),
    ],
)
def test_redaction_holds_for_errors(run: Command, gold: str, said: str) -> None:
    Path("gold.conll").write_text(gold)
    Path("said.conll").write_text(said)
    code, printed = run("evaluate", "gold.conll", "--predictions", "said.conll", "--redact")
    assert code in (2, 3) and "error:" in printed
    assert SECRET not in printed


@pytest.mark.parametrize(
    "gold",
    [
        f'{{"text": "{SECRET} left", "spans": [{{"start": 0, "end": 90, "label": "PER"}}]}}\n',
        f'{{"text": "{SECRET} left", "spans": [{{"start": 0, "end": 4, "label": "PER", "text": "{SECRET}"}}]}}\n',
        f'{{"text": "{SECRET} left", "spans": "{SECRET}"}}\n',
        f'{{"text": "{SECRET}\n',
        f'{{"words": "{SECRET}", "entities": [[0, 3, "PER"]]}}\n',
    ],
)
def test_redaction_holds_for_records_that_are_refused(run: Command, gold: str) -> None:
    Path("gold.jsonl").write_text(gold)
    Path("said.jsonl").write_text(json.dumps({"text": f"{SECRET} left", "spans": []}) + "\n")
    code, printed = run("evaluate", "gold.jsonl", "--predictions", "said.jsonl", "--redact")
    assert code != 70
    assert SECRET not in printed


def test_a_label_that_is_called_like_a_mean_has_its_own_bar() -> None:
    text = "Ann met Bob"
    gold = [Document("d", text, (Span(0, 3, "micro"), Span(8, 11, "PER")))]
    said = [Document("d", text, (Span(0, 3, "micro"), Span(4, 7, "PER")))]
    page = EVALUATION["html"](evaluate(gold, said, EvaluateOptions(resamples=0)))
    rows = [row for row in re.findall("<tr>.*|<tr .*", page.partition("<h2>Labels")[2]) if ">micro<" in row][:2]
    assert [re.findall('class="pt" d="M([0-9.]+)', row) for row in rows] == [["236.0"], ["120.0"]]
