"""A command that is killed leaves every file whole, and the next run leaves nothing of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from killed import runs, verdict
from scenarios import LINKED, NOISY, SCENARIOS

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="forks"),
    pytest.mark.filterwarnings("ignore:.*fork"),
]


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_command_killed_at_any_change_leaves_whole_files_and_the_next_run_nothing_else(
    name: str, tmp_path: Path
) -> None:
    scenario, points = SCENARIOS[name], 0
    for before, after, killed in runs(scenario, tmp_path):
        _, wrong = verdict(scenario, before, after, killed)
        assert not wrong, f"killed before change {killed.number}: {wrong}"
        points += 1
    assert points > 5


def test_a_split_of_which_a_part_is_of_another_run_shows(tmp_path: Path) -> None:
    scenario, mixed = SCENARIOS["convert --split"], 0
    assert scenario.shows
    (tmp_path / "runs").mkdir()
    for before, after, killed in runs(scenario, tmp_path / "runs"):
        if verdict(scenario, before, after, killed)[0] == "new and old":
            place = tmp_path / f"left-{killed.number}"
            for name, content in killed.left.items():
                if name.startswith("parts/") and content != "folder":
                    (place / name).parent.mkdir(parents=True, exist_ok=True)
                    (place / name).write_bytes(bytes.fromhex(content))
            assert scenario.shows(place)
            mixed += 1
    assert mixed


def test_what_a_file_with_several_names_held_is_still_there(tmp_path: Path) -> None:
    for _, after, killed in runs(LINKED, tmp_path):
        held = [bytes.fromhex(text) for name, text in killed.left.items() if name.endswith(("a.txt", "original"))]
        new = bytes.fromhex(after["a.txt"])
        assert NOISY.encode() in held or new in held, f"killed before change {killed.number}"
        assert killed.left["a.txt"] == killed.left["other.txt"]
