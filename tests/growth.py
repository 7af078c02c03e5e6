"""Sources that are hard to read in time that grows as they do, by what is hard about them, and what reading costs."""

from __future__ import annotations

import gc
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import nerconv
from nerconv import formats
from nerconv.conversion.report import ConvertOptions
from nerconv.document import Document, Span
from nerconv.options import ReadOptions

#: Each makes about so many bytes.
GENERATORS: dict[str, Callable[[int], str]] = {
    "a long line with an accent and a fault": lambda n: "é [LOC Rome . " + "he went home . " * (n // 15),
    "annotations on one line with a fault": lambda n: "é [LOC Rome . " + "[PER Ann  ] . " * (n // 14),
    "brackets that are never closed": lambda n: "[PER " * (n // 5),
    "brackets that close nothing": lambda n: "[PER x  ] " + "x  ] " * (n // 5),
    "annotations in annotations": lambda n: "[PER " * (n // 8) + "x" + "  ]" * (n // 8),
    "tags in annotations in annotations": lambda n: "[PER " * (n // 11) + "<b>" * (n // 11) + "  ]" * (n // 11),
    "directives that never end": lambda n: "<!-- nerconv: ignore " * (n // 21),
    "comments that never end": lambda n: "<b></b>" + "<!-- " * (n // 5),
    "attributes that never end": lambda n: "<b></b>" + "<a b='" * (n // 6),
    "character references": lambda n: "<b></b>" + "&amp;&#65 &" * (n // 11),
    "documents on one line": lambda n: "<pre>[PER é  ] " * (n // 15),
    "blank lines": lambda n: "\n" * n,
    "spaces": lambda n: "a" + " " * n + "b",
    "cells of one row": lambda n: "a\t" * (n // 2),
    "rows of one sentence": lambda n: "a B-PER\n" * (n // 8),
    "a long tag among rows": lambda n: "a B-PER\n" * (n // 16) + "a B-" + "P" * (n // 2),
    "tokens with their tags on one line": lambda n: "é|B-PER " * (n // 9),
    "sentences of tokens with their tags": lambda n: "é|B-PER\n" * (n // 9),
    "rows of CoNLL-U": lambda n: ("1\té" + "\t_" * 7 + "\tNER=B-PER\n") * (n // 28),
    "documents of CoNLL-U": lambda n: "# newdoc id = a\n" * (n // 16),
    "comments of columns": lambda n: "# x\n" * (n // 4),
    "starts of documents": lambda n: "-DOCSTART- O\n\n" * (n // 14),
    "bytes that are no text": lambda n: "a\udcff" * (n // 2),
    "quotation marks": lambda n: '{"text": "' + '\\"' * (n // 2) + '"}',
    "lists that are never closed": lambda n: "[" * n,
    "objects in objects": lambda n: '{"a": ' * (n // 6),
    "values without line ends": lambda n: "{} " * (n // 3),
    "many keys": lambda n: "{" + ", ".join(f'"k{i}": [0, 1, "PER"]' for i in range(n // 25)) + "}",
    "many spans of one record": lambda n: _record(n // 40),
}

#: So often something that seems to grow too fast is measured, since other programs use the machine, too.
_TRIES = 6


def _record(count: int) -> str:
    spans = ", ".join(f'{{"start": {2 * i}, "end": {2 * i + 1}, "label": "P"}}' for i in range(count))
    return f'{{"text": "{"é " * count}", "spans": [{spans}]}}'


def files(folder: Path, format: str, data: str) -> Path:
    """Write a source of a format that holds ``data`` and nothing else; return its path."""
    path = folder / f"x{formats.get(format).SUFFIXES[0]}"
    path.write_bytes(data.encode(errors="surrogateescape"))
    if format == "brat":
        path.rename(path.with_suffix(".txt"))
        path.write_text("T1\tPER 0 1\tx\n" * 10 + data.encode(errors="replace").decode(), encoding="utf-8")
    return path


def read(path: Path, format: str | None = None) -> None:
    """Read a source whole; what is wrong with it is a finding, or the message of an error."""
    options = ReadOptions(format=format)
    try:
        for source in formats.sources([str(path)], options):
            for _ in formats.read(source, options):
                pass
    except nerconv.NerconvError:
        pass


def written(folder: Path, format: str, data: str) -> None:
    """Write a document with ``data`` as its text and each third word a span, and read it again."""
    text = data.encode(errors="replace").decode()
    spans = tuple(Span(*match.span(), "PER") for match in list(re.finditer(r"[^\s]+", text))[::3])
    path = folder / f"y{formats.get(format).SUFFIXES[0]}"
    try:
        nerconv.Corpus.of([Document("d", text, spans)]).write(path, ConvertOptions(to=format))
    except nerconv.NerconvError:
        return
    read(path, format)


#: The ways of a source of some format with some data to what is measured, by name.
WAYS: dict[str, Callable[[Path, str, str], None]] = {
    "read": lambda folder, format, data: read(files(folder, format, data), format),
    "recognised and read": lambda folder, format, data: read(files(folder, format, data)),
    "written and read": written,
}
Run = Callable[[str], None]
Cost = Callable[[Callable[[], None]], float]


def grows(run: Run, cost: Cost, size: int, little: float, names: Iterable[str] = tuple(GENERATORS)) -> Iterator[str]:
    """Yield the generators of which 8 times ``size`` costs more than 12 times ``size``, and more than ``little``."""
    for name in names:
        make = GENERATORS[name]
        run(make(64))  # loads what it needs
        for _ in range(_TRIES):
            large, small = make(8 * size), make(size)
            dear = cost(lambda data=large: run(data))  # type: ignore[misc]
            cheap = cost(lambda data=small: run(data)) if dear > little else dear  # type: ignore[misc]
            if dear <= 12 * cheap:
                break
        else:
            yield f"{name}: {cheap:.4g} for {size:,} bytes, {dear:.4g} for {8 * size:,}"


def calls(run: Callable[[], None]) -> float:
    """Return how many functions ``run`` calls, those of C among them."""
    number = 0

    def hook(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal number
        number += event in ("call", "c_call")

    sys.setprofile(hook)
    try:
        run()
    finally:
        sys.setprofile(None)
    return number


def seconds(run: Callable[[], None]) -> float:
    """Return how many seconds of this processor ``run`` takes, beside looking for garbage of all tests before."""
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        run()
        return time.process_time() - start
    finally:
        gc.enable()
