"""Files that replace others: whole or not at all, alone or together, and nothing is left of runs that were killed."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nerconv.io import private, replacing
from nerconv.io.inplace import rewriting
from nerconv.io.private import is_private, private_folder, sweep
from nerconv.io.replacing import existing, together
from nerconv.io.sources import Unreadable

Exchange = Callable[[Path, Path], bool]


@pytest.fixture(params=["exchange", "rename"])
def moves(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Move as a system does where two paths can change places at once, and where they cannot."""
    if request.param == "rename":
        monkeypatch.setattr(replacing, "exchange", lambda one, other: False)
    return str(request.param)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def put(changes: replacing.Changes, target: Path, text: str) -> None:
    changes.new(target).write_text(text)


@pytest.mark.usefixtures("moves")
def test_several_files_are_replaced_together(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with together() as changes:
        put(changes, tmp_path / "a", "new")
        put(changes, tmp_path / "sub/deep/b", "new")
        assert (tmp_path / "a").read_text() == "old"
        assert not (tmp_path / "sub").exists()
    assert (tmp_path / "a").read_text() == (tmp_path / "sub/deep/b").read_text() == "new"
    assert names(tmp_path) == ["a", "sub"]


@pytest.mark.usefixtures("moves")
@pytest.mark.parametrize("kind", ["file", "folder", "nothing"])
def test_where_one_cannot_be_moved_the_others_stay_as_they_were(kind: str, tmp_path: Path) -> None:
    first = tmp_path / "first"
    if kind == "file":
        first.write_text("old")
    elif kind == "folder":
        first.mkdir()
        (first / "old").touch()
    with pytest.raises(Unreadable, match="second: cannot be written"), together() as changes:
        part = changes.new(first)
        if kind == "folder":
            part.mkdir()
            (part / "new").touch()
        else:
            part.write_text("new")
        put(changes, tmp_path / "made/third", "new")
        put(changes, tmp_path / "second", "new")
        (tmp_path / "second").mkdir()
    if kind == "file":
        assert first.read_text() == "old"
    elif kind == "folder":
        assert names(first) == ["old"]
    assert names(tmp_path) == (["second"] if kind == "nothing" else ["first", "second"])


@pytest.mark.usefixtures("moves")
def test_an_interrupt_between_two_moves_takes_the_first_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text("old")
    like, calls = replacing.like, []

    def interrupted(part: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise KeyboardInterrupt
        like(part, target)

    monkeypatch.setattr(replacing, "like", interrupted)
    with pytest.raises(KeyboardInterrupt), together() as changes:
        put(changes, tmp_path / "a", "new")
        put(changes, tmp_path / "b", "new")
    assert [(tmp_path / name).read_text() for name in ("a", "b")] == ["old", "old"]
    assert names(tmp_path) == ["a", "b"]


def test_a_folder_is_never_missing_while_it_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "set"
    target.mkdir()
    missing: list[str] = []
    watched = (Path.rename, Path.replace)

    def watch(move: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
        def moved(path: Path, other: Path) -> Path:
            found = move(path, other)
            missing.extend([] if target.exists() else [str(path)])
            return found

        return moved

    for move in watched:
        monkeypatch.setattr(Path, move.__name__, watch(move))
    if not replacing.exchange(target, target):
        pytest.skip("this system cannot let two folders change places")
    with together() as changes:
        changes.new(target).mkdir()
    assert missing == []


@pytest.mark.usefixtures("moves")
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o755])
def test_a_file_has_the_mode_of_the_one_that_it_replaces(mode: int, tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_text("old")
    target.chmod(mode)
    with replacing.replacing(target) as part:
        part.write_text("new")
    assert (target.read_text(), stat.S_IMODE(target.stat().st_mode)) == ("new", mode)


def test_a_new_file_has_the_mode_that_the_system_gives_it(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    with replacing.replacing(tmp_path / "a") as part:
        part.touch()
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.usefixtures("moves")
def test_what_a_link_leads_to_is_replaced_and_the_link_stays(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a").write_text("old")
    for link, target in (("link", "data/a"), ("new", "data/b")):
        (tmp_path / link).symlink_to(target)
        with replacing.replacing(tmp_path / link) as part:
            part.write_text(link)
        assert (tmp_path / link).is_symlink()
        assert (tmp_path / target).read_text() == link
    assert names(tmp_path / "data") == ["a", "b"]


@pytest.mark.parametrize("length", [240, 255])
def test_long_names_work(length: int, tmp_path: Path) -> None:
    target = tmp_path / ("x" * (length - 4) + ".txt")
    for text in ("old", "new"):
        with replacing.replacing(target) as part:
            part.write_text(text)
    assert target.read_text() == "new"


def test_all_is_on_the_disk_before_it_is_moved_and_the_move_is_before_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    fsync, rename = os.fsync, Path.rename

    def noted(number: int) -> None:
        events.append("folder" if stat.S_ISDIR(os.fstat(number).st_mode) else "file")
        fsync(number)

    def moved(path: Path, target: Path) -> Path:
        events.append("move")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(Path, "rename", moved)
    with replacing.replacing(tmp_path / "a") as part:
        part.write_text("new")
    assert events == ["file", "move", "folder"]


def test_rewritten_files_change_together_with_the_others(tmp_path: Path) -> None:
    for name in ("a", "b", "hard"):
        (tmp_path / name).write_bytes(b"old")
    (tmp_path / "also").hardlink_to(tmp_path / "hard")
    with pytest.raises(Unreadable, match="b: was changed after it was read"), together() as changes:
        for name in ("a", "hard", "b"):
            rewriting(changes, tmp_path / name, b"old", b"new")
        put(changes, tmp_path / "log", "new")
        (tmp_path / "b").write_bytes(b"edited")
    assert [(tmp_path / name).read_bytes() for name in ("a", "hard", "b")] == [b"old", b"old", b"edited"]
    assert names(tmp_path) == ["a", "also", "b", "hard"]


# ------------------------------------------------------------------------------------------------ private folders


def test_a_folder_for_what_is_under_way_is_private_and_its_name_unpredictable(tmp_path: Path) -> None:
    with private_folder(tmp_path) as one, private_folder(tmp_path) as two:
        assert is_private(one) and stat.S_IMODE(one.stat().st_mode) == 0o700
        assert one.name != two.name
        assert str(os.getpid()) not in one.name
    assert names(tmp_path) == []


def test_a_link_that_somebody_put_where_a_folder_would_be_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / ".nerconv.aaaaaaaa").symlink_to("theirs")
    tries = iter(["aaaaaaaa", "bbbbbbbb"])
    monkeypatch.setattr("tempfile._get_candidate_names", lambda: tries)
    with private_folder(tmp_path) as folder:
        assert folder.name == ".nerconv.bbbbbbbb"
    assert names(tmp_path / "theirs") == []


def killed(place: Path, text: str = "") -> Path:
    """Return the private folder of a process that was killed."""
    code = (
        "import os, signal, sys; from pathlib import Path; from nerconv.io.private import private_folder\n"
        "with private_folder(Path(sys.argv[1])) as folder:\n"
        "    (folder / 'piece').write_text('half')\n"
        f"    {text or 'pass'}\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    before = set(place.iterdir())
    subprocess.run([sys.executable, "-c", code, str(place)], check=False)
    (left,) = {*place.iterdir()} - before
    return left


def test_what_a_killed_run_left_is_removed_by_the_next_one(tmp_path: Path) -> None:
    left = killed(tmp_path)
    assert names(left) == ["owner", "piece"]
    with replacing.replacing(tmp_path / "a") as part:
        part.touch()
    assert names(tmp_path) == ["a"]


def test_what_a_run_uses_that_lives_is_left_alone(tmp_path: Path) -> None:
    with private_folder(tmp_path) as folder:
        (folder / "piece").touch()
        assert sweep(tmp_path) == ([], [])
        assert names(folder) == ["owner", "piece"]


def test_a_folder_whose_removal_was_cut_short_is_removed(tmp_path: Path) -> None:
    left = killed(tmp_path)
    (left / "piece").unlink()
    (left / "owner").unlink()
    sweep(tmp_path)
    assert names(tmp_path) == []


def test_what_only_looks_like_an_orphan_stays(tmp_path: Path) -> None:
    for name in (".nerconv.abcdefgh", ".nerconv", "x.nerconv.abcdefgh", ".nerconv.ABCDEFGH"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine").touch()
    (tmp_path / ".nerconv.12345678").touch()
    (tmp_path / "link").mkdir()
    (tmp_path / ".nerconv.ijklmnop").symlink_to("link")
    before = sorted(tmp_path.rglob("*"))
    assert sweep(tmp_path) == ([], [])
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_that_was_being_written_over_stays_as_it_was(tmp_path: Path) -> None:
    left = killed(tmp_path, "(folder / 'original').write_text('all of it')")
    assert sweep(tmp_path) == ([], [left])
    assert (left / "original").read_text() == "all of it"


def test_a_folder_that_is_swept_before_its_owner_has_it_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, made = private.tempfile.mkdtemp, []

    def swept(prefix: str, dir: Path) -> str:
        made.append(make(prefix=prefix, dir=dir))
        if len(made) == 1:
            sweep(tmp_path)
        return made[-1]

    monkeypatch.setattr("tempfile.mkdtemp", swept)
    with private_folder(tmp_path) as folder:
        assert len(made) == 2 and str(folder) == made[1]
    assert names(tmp_path) == []


def test_without_locks_nothing_is_an_orphan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = killed(tmp_path)
    monkeypatch.setattr(private, "fcntl", None)
    assert sweep(tmp_path) == ([], [])
    assert names(left) == ["owner", "piece"]
    with private_folder(tmp_path) as folder:
        assert folder.is_dir()


def test_the_nearest_folder_that_is_there_is_found(tmp_path: Path) -> None:
    assert existing(tmp_path / "a/b/c") == tmp_path
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        existing(tmp_path / "file/b")
