"""Findings that one decision settles, and where findings end in the source."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from nerconv import formats
from nerconv.document import Where
from nerconv.linting.engine import lint
from nerconv.linting.groups import groups
from nerconv.linting.part import LintPart
from nerconv.linting.problem import LintReport
from nerconv.options import ReadOptions, Selection

MASKED = "[ORG XXXXXXXX{closing} met [PER Ann Lee{closing} . [LOC XXXXXXXX{closing} saw [ORG XXXXXXXX{closing} . \n"


def report_of(path: Path, text: str, select: str = "") -> LintReport:
    path.write_text(text, encoding="utf-8", newline="")
    selection = Selection(select=(select,)) if select else Selection()
    return lint(formats.sources([str(path)], ReadOptions()), ReadOptions(), selection, lambda _: None)


def test_findings_of_one_rule_text_label_and_fix_are_one_group(tmp_path: Path) -> None:
    report = report_of(tmp_path / "a.txt", MASKED.format(closing="  ]") * 2, "C201")
    found = [(one.surface, one.label, one.answer, len(one.problems)) for one in groups(report.problems)]
    assert found == [("XXXXXXXX", "ORG", "drop the span", 4), ("XXXXXXXX", "LOC", "drop the span", 2)]


def test_every_finding_is_in_one_group_and_severe_rules_come_first(tmp_path: Path) -> None:
    text = MASKED.format(closing="  ]") + "ANN LEE left . [PER Ann Lee  ] , [LOC Summary:  ] and [PER open . \n"
    report = report_of(tmp_path / "a.txt", text)
    found = groups(report.problems)
    assert len({one.code for one in found}) > 2
    assert sorted(id(each) for one in found for each in one.problems) == sorted(map(id, report.problems))
    assert [one.severity for one in found] == sorted(one.severity for one in found)
    assert groups(report.problems) == found


def test_findings_without_a_text_are_alike_where_their_messages_are(tmp_path: Path) -> None:
    report = report_of(
        tmp_path / "a.txt", MASKED.format(closing="  ]") + "[PER open . [LOC shut . \n[PER open . \n", "F"
    )
    unclosed = [one for one in groups(report.problems) if one.code == "F001"]
    assert sum(len(one.problems) for one in unclosed) == 3
    assert all(len({each.message for each in one.problems}) == 1 for one in unclosed)


def test_a_label_that_a_fix_would_give_is_a_field(tmp_path: Path) -> None:
    report = report_of(tmp_path / "a.txt", "[PER Kolawa  ] spoke . " * 3 + "KOLAWA left . [ORG XXXX  ] . \n")
    found = {one.code: (one.label, one.proposed) for one in groups(report.problems)}
    assert found == {"X303": ("", "PER"), "C201": ("ORG", "")}


@pytest.mark.parametrize("closing", ["]", " ]", "  ]"])
@pytest.mark.parametrize("before", ["", "\ufeff", "¶é𝄞 [ORG Bar{closing} , <b>x</b> &amp; "])
def test_a_finding_ends_behind_its_bracket(before: str, closing: str, tmp_path: Path) -> None:
    text = before.format(closing=closing) + MASKED.format(closing=closing) * 3
    lines = text.removeprefix("\ufeff").split("\n")
    found = report_of(tmp_path / "a.txt", text, "C201").problems
    assert len(found) == 9
    for each in found:
        assert each.where and each.end and each.where.line == each.end.line
        shown = lines[each.where.line - 1][each.where.column - 1 : each.end.column - 1]
        assert shown == f"[{each.label} XXXXXXXX{closing}"


def test_a_name_without_a_label_ends_behind_its_last_letter(tmp_path: Path) -> None:
    text = "[PER Kolawa  ] spoke . " * 3 + "\nSo we saw how KOLAWA left . \n"
    [found] = report_of(tmp_path / "a.txt", text, "X303").problems
    assert (found.where and found.where[1:], found.end and found.end[1:]) == ((2, 15), (2, 21))


def test_a_finding_in_columns_ends_on_the_row_of_its_last_token(tmp_path: Path) -> None:
    [found] = report_of(tmp_path / "a.conll", "By O\nXXXX B-PER\nXXXXXX I-PER\n. O\n\n", "C201").problems
    assert (found.where and found.where[1:], found.end and found.end[1:]) == ((2, 1), (3, 7))


def test_a_fault_of_brackets_ends_where_its_caret_does(tmp_path: Path) -> None:
    [found] = report_of(tmp_path / "a.txt", "[LOC Oslo  ] and [PER open . \n", "F").problems
    assert (found.code, found.where and found.where.column) == ("F001", 18)
    assert found.end and found.where and found.where.column < found.end.column <= 29


def test_ends_are_looked_up_for_all_findings_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    places = LintPart.places

    def counted(part: LintPart, found: Sequence[tuple[int, int]]) -> list[Where | None]:
        calls.append(len(found))
        return places(part, found)

    monkeypatch.setattr(LintPart, "places", counted)
    counts = []
    for lines in 10, 300:
        calls.clear()
        report = report_of(tmp_path / "a.txt", MASKED.format(closing="  ]") * lines, "C201")
        assert all(problem.end for problem in report.problems)
        counts.append(len(calls))
    assert counts[0] == counts[1]
