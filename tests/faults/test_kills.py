"""A command that is killed leaves every file whole, and the next run leaves nothing of it."""

from __future__ import annotations

import contextlib
import os
from itertools import groupby
from pathlib import Path

import pytest
from killed import lay, run, runs, verdict
from scenarios import LINKED, NOISY, SCENARIOS

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="forks"),
    pytest.mark.filterwarnings("ignore:.*fork"),
]


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_command_killed_at_any_change_leaves_whole_files_that_are_old_until_all_are_moved_in_one_row(
    name: str, tmp_path: Path
) -> None:
    scenario, states = SCENARIOS[name], []
    (tmp_path / "runs").mkdir()
    for before, after, killed in runs(scenario, tmp_path / "runs"):
        state, wrong = verdict(scenario, before, after, killed)
        assert not wrong, f"killed before change {killed.number}: {wrong}"
        if state == "new and old" and scenario.shows:
            place = tmp_path / f"left-{killed.number}"
            lay(killed.left, place)
            assert scenario.shows(place), f"killed before change {killed.number}: nothing shows that the set is mixed"
        states.append(state)
    assert len(states) > 5
    if not scenario.each:
        order = [state for state, _ in groupby(states)]
        assert order in (["old", "new"], ["old", "new and old", "new"])
        # One change swaps two files; where a system cannot do that, three stand for it.
        assert states.count("new and old") <= 3 * (len(scenario.outputs) - 1)


def test_a_ledger_of_its_own_files_shows_nothing(tmp_path: Path) -> None:
    for name, scenario in SCENARIOS.items():
        if scenario.shows:
            place = tmp_path / name
            place.mkdir()
            with contextlib.chdir(place):
                scenario.prepare()
                run(scenario.words)
            assert not scenario.shows(place), name


def test_what_a_file_with_several_names_held_is_still_there(tmp_path: Path) -> None:
    for _, after, killed in runs(LINKED, tmp_path):
        held = [bytes.fromhex(text) for name, text in killed.left.items() if name.endswith(("a.txt", "original"))]
        new = bytes.fromhex(after["a.txt"])
        assert NOISY.encode() in held or new in held, f"killed before change {killed.number}"
        assert killed.left["a.txt"] == killed.left["other.txt"]
