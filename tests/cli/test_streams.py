"""Standard streams that are closed, full or read by nobody: no command ends in a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

LINE = "[PER Ann  ] left [LOC Rome  ] . \n"
NERCONV = f"{sys.executable} -m nerconv"


def shell(command: str, folder: Path) -> tuple[int, str]:
    """Run a command line, ``nerconv`` first, in a folder with ``a.txt``; return its exit status and stderr."""
    (folder / "a.txt").write_text(LINE * 3)
    words = ["bash", "-c", command.replace("nerconv", NERCONV, 1)]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("words", ["--help", "inspect a.txt", "to-conll a.txt -o -"])
def test_a_full_disk_behind_standard_output_is_named(words: str, tmp_path: Path) -> None:
    code, err = shell(f"nerconv {words} > /dev/full", tmp_path)
    assert (code, "standard output cannot be written: No space left on device" in err) == (3, True), err
    assert "Traceback" not in err


@pytest.mark.parametrize("words", ["--help", "inspect a.txt", "to-conll a.txt -o -"])
def test_a_reader_that_has_gone_ends_a_command_as_it_ends_others(words: str, tmp_path: Path) -> None:
    # The reader has gone before the command starts.
    code, err = shell(f"exec 3> >(exec true); sleep 0.2; nerconv {words} >&3", tmp_path)
    assert code == 141
    assert "Traceback" not in err and "error" not in err


def test_standard_output_that_is_closed_matters_where_something_goes_there(tmp_path: Path) -> None:
    code, err = shell("nerconv inspect a.txt >&-", tmp_path)
    assert (code, "standard output is closed" in err) == (3, True), err
    code, err = shell("nerconv to-conll a.txt -o o.conll >&- 2>&- <&-", tmp_path)
    assert (code, err) == (0, "")
    assert (tmp_path / "o.conll").read_text().startswith("Ann B-PER\n")


def test_standard_input_that_is_closed_cannot_be_read(tmp_path: Path) -> None:
    code, err = shell("nerconv inspect - <&-", tmp_path)
    assert (code, "cannot be read: standard input is closed" in err) == (3, True), err


@pytest.mark.parametrize("stderr", ["2>&-", "2>/dev/full"])
def test_what_is_said_to_nobody_ends_nothing(stderr: str, tmp_path: Path) -> None:
    if stderr.endswith("full") and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    assert shell(f"nerconv to-conll a.txt -o o.conll {stderr}", tmp_path)[0] == 0
    assert shell(f"nerconv to-conll no.txt -o o.conll {stderr}", tmp_path)[0] == 3
    assert (tmp_path / "o.conll").exists()


def test_no_file_gets_the_number_of_a_stream_that_is_closed(tmp_path: Path) -> None:
    code = (
        "from nerconv.cli.streams import guard; import os, sys; guard(); file = open('a.txt', 'rb')\n"
        "os.write(2, b'talk'); open('n', 'w').write(str(file.fileno()))"
    )
    (tmp_path / "a.txt").write_text(LINE)
    command = f'{sys.executable} -c "{code}" <&- >&- 2>&-'
    assert subprocess.run(["bash", "-c", command], cwd=tmp_path, check=False).returncode == 0
    assert int((tmp_path / "n").read_text()) > 2
    assert os.fsencode(LINE) == (tmp_path / "a.txt").read_bytes()
