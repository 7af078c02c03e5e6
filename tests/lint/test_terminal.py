"""What lint prints to a terminal: groups, widths in cells, carets, colours."""

from __future__ import annotations

import io
import random
import re
from pathlib import Path

import pytest
from wcwidth import wcswidth

from nerconv import formats
from nerconv.cli import main
from nerconv.linting.engine import lint
from nerconv.linting.problem import LintReport
from nerconv.linting.rules import RULES
from nerconv.options import ReadOptions, Selection
from nerconv.report import lint_text
from nerconv.terminal import Layout, cells, clusters, cut, excerpt, layout_of
from nerconv.terminal import Piece as P

ROOT = Path(__file__).parents[2]
CABLE = ROOT / "corpus_samples/cables/cable_046.txt"
#: Surfaces whose characters take no cell, one, two, or one in a font and two in another: marks, CJK, emoji, tabs.
ODD = (
    "e\u0301te\u0301",
    "東京都",
    "Ｆｕｌｌ",
    "👩‍👩‍👧",
    "🇩🇪🇫🇷",
    "ก็",
    "한글",
    "a\tb",
    "\u202eabc",
    "x\u200by",
    "Zoe\u0308 ❤️",
)


def report_of(*paths: Path) -> LintReport:
    sources = formats.sources([str(path) for path in paths], ReadOptions())
    return lint(sources, ReadOptions(), Selection(profile="cable"), lambda _: None)


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["nerconv", *words])
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0), *capsys.readouterr()


def without_colours(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_a_cable_with_thirteen_findings_takes_forty_lines_of_eighty_cells(tmp_path: Path) -> None:
    text = CABLE.read_text("utf-8")
    more = "[ORG Comment:  ] is [PER Orbelli ,  ] . [LOC DECL:  ] [ORG XXXX Bank  ] [PER Ann ,  ] . [ORG XXXX  ] \n"
    path = tmp_path / "cable.txt"
    path.write_text(text + more, encoding="utf-8")
    report = report_of(path)
    assert len(report) == 13
    lines = lint_text.lint(report).splitlines()
    assert len(lines) <= 40
    assert max(map(cells, lines[1:])) <= 80


def test_each_cable_of_the_samples_takes_forty_lines() -> None:
    sizes = [len(lint_text.lint(report_of(path)).splitlines()) for path in sorted(CABLE.parent.iterdir())]
    assert len(sizes) == 46 and max(sizes) <= 40


def test_every_cable_of_the_samples_fits_in_eighty_cells() -> None:
    for width in 44, 80, 133:
        shown = lint_text.lint(report_of(CABLE.parent), Layout(width=width))
        rows = [text for text in shown.split("\n\ncount")[0].splitlines() if "×" in text or "│" in text]
        assert rows and max(map(cells, rows)) <= width


def test_findings_alike_are_printed_once_with_their_number_and_three_places() -> None:
    shown = lint_text.lint(report_of(CABLE))
    assert re.search(r"^  \[ORG X{12}\] +3×  4:112 6:19 14:46 +drop the span$", shown, re.M)
    assert shown.count("C201 redaction-placeholder") == 2  # its heading, and its row in the table
    singly = lint_text.lint(report_of(CABLE), Layout(grouped=False, most=0))
    assert len(re.findall(r"^\S+:\d+:\d+: ", singly, re.M)) == len(report_of(CABLE))


def test_groups_beyond_the_limit_are_counted() -> None:
    report = report_of(CABLE.parent)
    some, every = (lint_text.lint(report, Layout(most=most)) for most in (1, 0))
    numbers = [int(n.replace(",", "")) for n in re.findall(r"^  (?!\d+ more).* ([\d,]+)×", every, re.M)]
    assert sum(numbers) == len(report)
    assert " more " in some and " more " not in every
    assert sum(int(n.replace(",", "")) for n in re.findall(r" ([\d,]+)×", some)) == len(report)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("before", ["", *ODD])
def test_carets_stand_below_the_flagged_text(before: str, odd: str) -> None:
    for padding in 0, 40, 90:
        left = before + "x " * padding
        above, below = excerpt(7, ([P(left)], [P(odd)], [P(" and more" * 20)]), "error", Layout()).splitlines()
        start = below.index("^")
        carets = below.count("^")
        assert cells(above) <= 80
        taken = clusters(above)
        ends = [0]
        for part in taken:
            ends.append(ends[-1] + cells(part))
        first, last = ends.index(start), ends.index(start + carets)
        shown = "".join(taken[first:last])
        assert len(clusters(shown)) == len(clusters(odd.replace("\u202e", "\ufffd").replace("\u200b", "\ufffd")))
        assert shown[0] == odd[0] or shown[0] in "\ufffd" or odd[0] == "\u202e"


def test_random_lines_are_cut_to_the_width_with_their_flagged_part_in_view() -> None:
    random.seed(4)
    for _ in range(300):
        parts = [
            [P("".join(random.choices(["a", " ", "漢", "e\u0301", "👍🏽"], k=random.randrange(90))))] for _ in "abc"
        ]
        width = random.randrange(40, 120)
        above, below = excerpt(None, (parts[0], parts[1], parts[2]), "error", Layout(width)).splitlines()
        assert wcswidth(above) <= width
        assert wcswidth(below) <= width and below.count("^") >= 1


@pytest.mark.parametrize("text", ["Rome", "東京都", "👩‍👩‍👧 family", "e\u0301" * 9])
def test_a_cut_text_is_never_wider_and_never_torn(text: str) -> None:
    for width in range(1, 12):
        shown = cut(text, width)
        assert cells(shown) <= width
        assert shown == text or clusters(shown)[:-1] == clusters(text)[: len(clusters(shown)) - 1]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "tty", "coloured"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colours_are_for_terminals_and_for_who_asks(
    environment: dict[str, str], tty: bool, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "NO_COLOR", "FORCE_COLOR", "COLUMNS":
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert layout_of(_Terminal() if tty else io.StringIO()).colour == coloured


def test_colours_change_no_text() -> None:
    report = report_of(CABLE)
    coloured = lint_text.lint(report, Layout(colour=True))
    assert "\x1b[1;31merror\x1b[0m" in coloured
    same = [text.rstrip() for text in without_colours(coloured).splitlines()]
    assert same == lint_text.lint(report).splitlines()


def test_a_pipe_is_as_wide_as_columns_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "133")
    assert layout_of(io.StringIO()).width == 133
    monkeypatch.delenv("COLUMNS")
    assert layout_of(io.StringIO()).width == 80


def test_one_finding_is_singular(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("[ORG XXXXXX  ] met [PER Ann Lee  ] . \n")
    status, out, _ = run(capsys, monkeypatch, "lint", str(tmp_path / "a.txt"), "--select", "C201")
    assert status == 1
    assert "2 spans, 1 finding; 1 rule run" in out
    assert "1 finding in 1 group: 1 error; none is safe to fix unseen" in out


def test_names_in_headers_are_one_decision() -> None:
    report = report_of(CABLE.parent)
    headers = [problem for problem in report.problems if problem.code == "X303"]
    assert headers and len(headers) * 3 < len(report.problems)
    assert {(problem.surface, problem.fix_title) for problem in headers} == {
        ("names in headers", "label the names of the header")
    }
    for problem in headers:
        assert problem.fix and problem.source
        added = [change[1] for change in problem.fix.changes]
        assert all(problem.source.document.text[span.start : span.end].isupper() for span in added if span)  # type: ignore[union-attr]


def test_names_in_headers_can_be_left_to_the_text(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    header, sentence = "SUBJECT: IRAN: TALKS \n", "So it is IRAN: that went home . \n"
    path.write_text(f"[LOC Iran  ] and [LOC Iran  ] : TALKS IN [LOC IRAN  ] \n{header}{sentence}")
    sources = formats.sources([str(path)], ReadOptions())
    every, text = (
        [each.where.line for each in lint(sources, ReadOptions(), selection, lambda _: None).problems if each.where]
        for selection in (Selection(("X303",)), Selection(("X303",), options={"X303": {"headers": False}}))
    )
    assert (every, text) == ([2, 3], [3])


def test_rule_lists_every_rule_in_a_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = run(capsys, monkeypatch, "rule")
    head, *rows, last = out.splitlines()
    assert (status, head.split()[:4]) == (0, ["code", "name", "default", "fix"])
    assert [row.split()[:4] for row in rows] == [
        [code, rule.name, "on" if rule.default else "off", rule.fix] for code, rule in RULES.items()
    ]
    assert last.startswith(f"{len(RULES)} rules, ")


def test_a_written_baseline_is_named_with_what_is_in_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    known = tmp_path / "known.json"
    _, _, said = run(capsys, monkeypatch, "lint", str(CABLE), "--write-baseline", str(known))
    assert said == f"wrote {known} (7 findings, {known.stat().st_size} bytes)\n"


def test_an_evaluation_fits_in_eighty_cells_and_says_what_went_wrong(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gold, worse, base = (str(tmp_path / name) for name in ("gold.conll", "worse.conll", "base.json"))
    rows = "".join(f"東京 B-LOC\nleft O\nAnn B-PER\n{n} O\n\n" for n in range(30))
    Path(gold).write_text(rows, encoding="utf-8")
    Path(worse).write_text(rows.replace("B-LOC", "B-PER", 9).replace("B-PER", "O", 4), encoding="utf-8")
    run(capsys, monkeypatch, "evaluate", gold, "--predictions", gold, "--json", base)
    status, out, _ = run(capsys, monkeypatch, "evaluate", gold, "--predictions", worse, "--baseline", base)
    scores, kinds, *_ = out.split("\n\n")
    assert max(map(cells, [*scores.splitlines(), *kinds.splitlines()])) <= 80
    assert scores.split()[:9] == ["F1", "95", "%", "interval", "change", "P", "R", "TP", "pred"]
    assert re.search(r"^micro +\d+\.\d\d .* ▼ +\d+\.\d\d ", scores, re.M)
    assert "errors: 7 wrong label, 4 missed" in kinds and "most often taken for another: 7 LOC as PER" in kinds
    assert status == 1 and re.search(r"^FAIL  .*\n(?:FAIL .*\n)*(?:PASS .*\n)*\d of 3 gates failed$", out, re.M)


def test_an_evaluation_has_colours_where_colours_are_wanted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = run(capsys, monkeypatch, "evaluate", str(CABLE), "--predictions", str(CABLE), "--fail-under", "0.5")[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = run(capsys, monkeypatch, "evaluate", str(CABLE), "--predictions", str(CABLE), "--fail-under", "0.5")[1]
    assert "\x1b[1;32mPASS\x1b[0m" in coloured and "\x1b" not in plain
    assert [text.rstrip() for text in without_colours(coloured).splitlines()] == plain.splitlines()
