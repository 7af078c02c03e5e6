"""Memory that reading takes does not grow as a file does: each part is let go before the next one is read."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from nerconv import ReadOptions
from nerconv.conversion import parts
from nerconv.conversion.report import ConversionReport, ConvertOptions
from nerconv.formats import get, text_column
from nerconv.io.chunks import Doing
from nerconv.io.sources import Source

#: Bytes of a part here, and of the smaller of two files.
_PART, _SMALL = 1 << 13, 1 << 16


def _answers(size: int) -> str:
    """Return rows of JSON with bracket text."""
    row = {"annotated": "[PER Ann Lee] met Nora in [LOC Oslo] and went home ."}
    return f"{json.dumps(row)}\n" * (size // 70)


def _answers_csv(size: int) -> str:
    """Return rows of CSV with bracket text."""
    return "id,annotated\n" + "".join(f"{n},[PER Ann Lee] met Nora in [LOC Oslo] .\n" for n in range(size // 45))


SOURCES: dict[str, tuple[str, Callable[[int], str]]] = {
    "x.jsonl": ("text_column", _answers),
    "x.csv": ("text_column", _answers_csv),
}


def _peak(path: Path, format: str) -> tuple[int, int]:
    """Return the most memory that reading takes, in bytes, and the number of batches."""
    options, report = ConvertOptions(read=ReadOptions(format=format)), ConversionReport(format)
    source, count = Source(path.name, path.stem, path), 0
    tracemalloc.start()
    try:
        doing = Doing(block=_PART)
        for part in parts.parts_of([source], {source.id: report}, options, lambda _: None, lambda _: doing, _PART):
            for batch in parts.batches_of(part, options, report):
                count += 1
                assert len(batch.text) < 4 * _PART
        return tracemalloc.get_traced_memory()[1], count
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", SOURCES)
def test_eight_times_as_much_is_read_in_hardly_more_memory(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "BLOCK", _PART)
    monkeypatch.setattr(text_column, "BLOCK", _PART)
    format, make = SOURCES[name]
    get(format)
    peaks = []
    for size in (_SMALL // 8, _SMALL, 8 * _SMALL):  # the first loads what it needs
        path = tmp_path / name
        path.write_text(make(size))
        peak, count = _peak(path, format)
        peaks.append(peak)
        assert count >= size // (2 * _PART)
    # So small a file is held in memory as bytes, and so are its texts.
    assert peaks[2] - peaks[1] < 6 * 7 * _SMALL
