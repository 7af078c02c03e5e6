"""A file changed where it stands: what stays the same about it, and when it is left alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nerconv.io import inplace
from nerconv.io.inplace import rewrite
from nerconv.io.sources import Unreadable


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file that holds ``old`` and has an unusual mode."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    path.chmod(0o640)
    return path


def test_the_mode_stays(path: Path) -> None:
    rewrite(path, b"old", b"new text")
    assert path.read_bytes() == b"new text"
    assert path.stat().st_mode & 0o777 == 0o640
    assert names(path.parent) == ["a.txt"]


def test_extended_attributes_stay(path: Path) -> None:
    try:
        os.setxattr(path, "user.annotator", b"Ann")
    except OSError:
        pytest.skip("this file system holds no extended attributes")
    rewrite(path, b"old", b"new")
    assert os.getxattr(path, "user.annotator") == b"Ann"


def test_every_name_of_a_file_shows_the_change(path: Path) -> None:
    other = path.with_name("b.txt")
    other.hardlink_to(path)
    rewrite(path, b"old", b"n")
    assert (path.read_bytes(), other.read_bytes()) == (b"n", b"n")
    assert path.stat().st_nlink == 2
    assert names(path.parent) == ["a.txt", "b.txt"]


def test_a_symbolic_link_stays_one(path: Path) -> None:
    link = path.with_name("link.txt")
    link.symlink_to("a.txt")
    rewrite(link, b"old", b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"


def test_an_owner_that_a_new_file_cannot_have_stays(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inplace, "_like", lambda *_: False)
    number = path.stat().st_ino
    rewrite(path, b"old", b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_ino == number


def test_an_edit_made_meanwhile_is_not_overwritten(path: Path) -> None:
    path.write_bytes(b"edited by a person")
    with pytest.raises(Unreadable, match="was changed after it was read"):
        rewrite(path, b"old", b"new")
    assert path.read_bytes() == b"edited by a person"


def test_a_file_removed_meanwhile_stays_removed(path: Path) -> None:
    path.unlink()
    with pytest.raises(Unreadable, match="was removed"):
        rewrite(path, b"old", b"new")
    assert not path.exists()


def test_a_read_only_file_is_refused(path: Path) -> None:
    path.chmod(0o444)
    with pytest.raises(Unreadable, match="is read-only"):
        rewrite(path, b"old", b"new")
    assert path.read_bytes() == b"old"
