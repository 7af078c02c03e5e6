"""The time that reading, writing and commands take grows as their input does, whatever that is."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from commands import nerconv as command
from effort import SHARE
from growth import GENERATORS, WAYS, grows, seconds

import nerconv

pytestmark = pytest.mark.faults

#: Bytes of the smaller of two sources, and seconds that are never too many for the larger: all sizes are 4 times as
#: large, and what grows as the square of the size takes 16 times as long, with ``NERCONV_EXAMPLES=1``.
SIZE, LITTLE = (1 << 15, 1.0) if SHARE >= 1 else (1 << 13, 0.3)
#: Commands on bracket text, which get it under this name.
_SOURCE = "x.txt"
COMMANDS = (
    "inspect x.txt",
    "stats x.txt",
    "lint x.txt",
    "lint --fix x.txt",
    "evaluate x.txt x.txt",
    "to-conll x.txt -o y.conll",
    "to-spans x.txt --detokenize --cut-tokens -o y.jsonl",
    "to-spans x.txt --unit sentence -o y.jsonl",
    "convert x.txt --lint fix --redactions mask -o y.txt",
    "to-conll x.txt --documents a+b -o y.conll",
)


def some(number: int) -> list[str]:
    """Return every sixth generator, by the number of a test; all with ``NERCONV_EXAMPLES=1``."""
    step = 1 if SHARE >= 1 else 6
    return list(GENERATORS)[number % step :: step]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("format", nerconv.FORMATS)
def test_eight_times_as_much_is_read_in_no_more_than_twelve_times_the_time(
    format: str, way: str, tmp_path: Path
) -> None:
    names = some(list(nerconv.FORMATS).index(format) + list(WAYS).index(way))
    assert not list(grows(partial(WAYS[way], tmp_path, format), seconds, SIZE, LITTLE, names))


@pytest.mark.parametrize("words", COMMANDS)
def test_commands_take_no_more_than_twelve_times_the_time_for_eight_times_as_much(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def run(data: str) -> None:
        Path(_SOURCE).write_bytes(data.encode(errors="surrogateescape"))
        code, said = command(*words.split())
        assert code < 4, said

    assert not list(grows(run, seconds, SIZE // 2, LITTLE, some(COMMANDS.index(words))))
