"""Full disks, folders and files without rights, and streams that nobody reads, for every option that writes a file.

Whatever happens, a command ends with a status that it may have, without a traceback; what was there is as it was or as
it is to be, and nothing else is left.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.test_written_files import WRITING, prepare
from fuzzing import warm_up
from killed import Tree, tree
from places import Ended, as_nobody, may_be_nobody, open_folder, run

resource = pytest.importorskip("resource", reason="limits of processes")
pytestmark = [pytest.mark.faults, pytest.mark.filterwarnings("ignore")]
WORDS = [words.format("out") for words, *_ in WRITING.values()]
OLD = "by a person"


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    warm_up([])


@pytest.fixture(scope="module")
def nobody(loaded: None) -> None:
    if not may_be_nobody():
        pytest.skip("tests may not become a user without rights here, or that user cannot read the program")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder with sources and an output that was there before."""
    with open_folder() as found:
        yield found


def made(words: str, folder: Path) -> Tree:
    """Make in an empty ``folder`` what a command reads, and an output that was there before; return what is there."""
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    prepare()
    if not words.startswith("to-dataset a.txt -o out") and "--decisions" not in words:
        Path("out").write_text(OLD)
    for name in ("b.txt", "out"):
        if f"--baseline {name}" in words:
            Path(name).write_text('{"version": 1, "findings": {"B102\\ta\\tPER\\tx": 1}}')
    return tree()


def check(ended: Ended, *statuses: int) -> None:
    assert ended.status in statuses, ended
    assert "Traceback" not in ended.said, ended.said


@pytest.mark.parametrize("words", WORDS, ids=lambda text: text[:50])
def test_a_full_disk_leaves_all_as_it_was_or_is_to_be(words: str, folder: Path) -> None:
    before = made(words, folder)
    assert run(words).status != 70
    after, statuses = tree(), set()
    for limit in (0, 30, 300, 3000):
        made(words, folder)

        def full(limit: int = limit) -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        ended, now = run(words, full), tree()
        check(ended, 0, 1, 2, 3)
        assert ended.status != 3 or "error" in ended.said
        for name in before.keys() | now.keys():
            assert now.get(name) in (before.get(name), after.get(name)), (name, ended.said)
        statuses.add(ended.status)
    assert 3 in statuses


@pytest.mark.parametrize("words", WORDS, ids=lambda text: text[:50])
def test_a_folder_that_cannot_be_written_to_stays_as_it_is(words: str, folder: Path, nobody: None) -> None:
    before = made(words, folder)
    for path in (folder, folder / "in"):
        path.chmod(0o555)
    ended = run(words, as_nobody)
    check(ended, 3)
    assert "Permission denied" in ended.said or "cannot be written" in ended.said or "read-only" in ended.said, (
        ended.said
    )
    assert tree() == before


@pytest.mark.parametrize("words", WORDS, ids=lambda text: text[:50])
def test_a_source_that_may_not_be_read_is_named(words: str, folder: Path, nobody: None) -> None:
    made(words, folder)
    for name in ("a.txt", "t.spacy"):
        Path(name).chmod(0)
    for name in (".", "in"):
        Path(name).chmod(0o777)
    ended = run(words, as_nobody)
    # A project names what it is about, and another folder is looked at for files of a dataset.
    check(ended, 0 if words.startswith("config project") else 3)
    assert words.startswith("config ") or "Permission denied" in ended.said, ended.said


STREAMS = [*WORDS, "inspect a.txt", "lint a.txt", "stats a.txt", "evaluate a.txt --predictions b.txt", "rule", "--help"]
STREAMS += ["to-conll a.txt -o -", "lint a.txt --diff", "lint a.txt --fix", "review a.txt --list", "lint --help"]


@pytest.mark.parametrize("words", STREAMS, ids=lambda text: text[:50])
def test_streams_that_nobody_reads_end_no_command_in_a_traceback(words: str, folder: Path) -> None:
    made(words, folder)
    reader, writer = os.pipe()
    os.close(reader)
    full = os.open("/dev/full", os.O_WRONLY) if Path("/dev/full").exists() else -1
    try:
        for out in (writer, full, -1):
            check(run(words, out=out), 0, 1, 2, 3, 141)
            check(run(words, out=out, err=-1), 0, 1, 2, 3, 141)
        for err in (writer, full, -1):
            check(run(words, err=err), 0, 1, 2, 3, 141)
    finally:
        os.close(writer)
    assert not list(folder.rglob(".nerconv.????????"))
