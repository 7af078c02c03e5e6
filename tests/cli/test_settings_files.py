"""Which settings file applies, and what is said about one that lies elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from commands import nerconv

from nerconv.cli.table import TABLE

DROP = 'drop = ["PER"]\n'


@pytest.fixture
def deep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to ``project/sub`` with a file ``a.txt``."""
    folder = tmp_path / "project/sub"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    Path("a.txt").write_text("[PER Ann  ] left [LOC Rome  ] . \n")
    return folder


def converted() -> tuple[bool, str]:
    """Return whether the settings were applied, and what was said."""
    code, said = nerconv("to-conll", "a.txt", "-o", "o.conll")
    assert code == 0, said
    return "PER" not in Path("o.conll").read_text(), said


@pytest.mark.parametrize(("name", "text"), [("nerconv.toml", DROP), ("pyproject.toml", f"[tool.nerconv]\n{DROP}")])
def test_settings_of_a_parent_folder_apply_and_a_line_says_so(name: str, text: str, deep: Path) -> None:
    path = deep.parent / name
    path.write_text(text)
    applied, said = converted()
    assert (applied, f"settings of a parent folder apply: {path}" in said) == (True, True), said


@pytest.mark.usefixtures("deep")
def test_nothing_is_said_about_settings_that_lie_here() -> None:
    Path("nerconv.toml").write_text(DROP)
    applied, said = converted()
    assert (applied, "settings" in said) == (True, False)


@pytest.mark.parametrize(("name", "text"), [("nerconv.toml", DROP), ("pyproject.toml", f"[tool.nerconv]\n{DROP}")])
def test_settings_in_a_parent_folder_that_everybody_can_write_to_do_not_apply(name: str, text: str, deep: Path) -> None:
    path = deep.parent / name
    path.write_text(text)
    deep.parent.chmod(0o1777)
    applied, said = converted()
    assert (applied, f"{path}: is not applied: everybody can write to that parent folder" in said) == (False, True), (
        said
    )
    deep.chmod(0o777)
    Path("nerconv.toml").write_text(DROP)
    assert converted()[0]


def test_nothing_is_said_about_a_parent_folder_without_settings(deep: Path) -> None:
    deep.parent.chmod(0o1777)
    (deep.parent / "pyproject.toml").write_text("[tool.ruff]\n")
    assert "settings" not in converted()[1] and "applied" not in converted()[1]


@pytest.mark.parametrize("repository", [".git", ".hg"])
@pytest.mark.parametrize("place", ["sub", "."])
def test_settings_beyond_the_root_of_the_repository_do_not_apply(repository: str, place: str, deep: Path) -> None:
    (deep.parent / place / repository).mkdir()
    (deep.parent.parent / "nerconv.toml").write_text(DROP)
    applied, said = converted()
    assert (applied, "nerconv.toml" in said) == (False, False)


def test_settings_in_the_root_of_the_repository_apply(deep: Path) -> None:
    (deep.parent / ".git").write_text("gitdir: elsewhere\n")  # as in a worktree
    (deep.parent / "nerconv.toml").write_text(DROP)
    assert converted()[0]


def test_the_only_places_that_a_setting_names_are_read() -> None:
    assert {row.key for row in TABLE if row.key and re.search(r"\b(DST|FILE|FOLDER|URL)\b", row.metavar)} == {
        "labels-file",
        "labels-from",
    }


@pytest.mark.parametrize("output", ["../out", "/tmp/out", "models/../../out"])
def test_settings_of_a_training_name_no_output_outside_of_the_project(output: str, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    path = folder / "hf.toml"
    path.write_text(f'model = "m"\ndata = "d"\noutput = "{output}"\n')
    code, said = nerconv("finetune", str(path))
    assert (code, f"output '{output}' is outside of" in said and "--output" in said) == (2, True), said
