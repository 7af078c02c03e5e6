"""Files with faults are read or refused, whatever the reader, the command and the options: a short fuzzer run."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import fuzzing
import pytest

from nerconv.formats.known import FORMATS

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="forks"),
    pytest.mark.filterwarnings("ignore"),
]
#: Of each reader; some seconds for all of them. More by hand: scripts/fuzz.
INPUTS = 150


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("reader", FORMATS)
def test_files_with_faults_are_read_or_refused(reader: str, tmp_path: Path) -> None:
    found = fuzzing.fuzzed(INPUTS, 0, [reader], tmp_path)
    assert not found.faults, fuzzing.table(found)
    assert found.total(reader) == INPUTS
    assert found.outcomes[reader, "refused"] < INPUTS / 2


def test_the_same_seed_makes_the_same_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    one, two = (fuzzing.given("spans_jsonl", 3, 14) for _ in range(2))
    assert one.read == two.read
    assert one.random.random() == two.random.random()


def test_a_reader_that_crashes_is_found_with_its_input(tmp_path: Path) -> None:
    with patch("nerconv.tokens.trim", side_effect=IndexError("string index out of range")):
        found = fuzzing.fuzzed(40, 0, ["brat"], tmp_path)
    assert [kind.partition(" ")[0] for kind in found.faults] == ["IndexError"]
    ((reader, number, _),) = found.faults.values()
    assert list((tmp_path / "faults" / f"{reader}-0-{number}").glob("in.*"))


def test_a_process_that_ends_is_found(tmp_path: Path) -> None:
    with patch("nerconv.formats.brat.read", side_effect=lambda *_: os._exit(9)):
        found = fuzzing.fuzzed(4, 0, ["brat"], tmp_path)
    assert list(found.faults) == ["the process ended"]
    assert found.total() == 4
