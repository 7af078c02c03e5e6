"""Lines of JSON: each decoded on its own, those that are none named; and files that are one JSON value instead."""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO, Final, NamedTuple

import msgspec

from nerconv.document import Finding, Where, excerpt
from nerconv.formats.exports import tool
from nerconv.formats.foreign import Held, foreign
from nerconv.formats.json_record import FIELDS
from nerconv.formats.once import Once
from nerconv.formats.shapes import counted, keys, listed, shape
from nerconv.io.text import TextSource

#: So many lines that are not JSON are named one by one, the rest by their number.
NAMED_LINES: Final = 20
#: Values of a file that is not lines are looked at up to this size, and read in blocks of so many characters.
_LARGEST: Final = 1 << 24
_BLOCK: Final = 1 << 20

_KEY: Final = re.compile(rb'"(\w+)"\s*:')
#: What may stand between values.
_BETWEEN: Final = re.compile(r"[ \t\r\n,]*")
# How msgspec names the place of a fault.
_BYTE = re.compile(r" \(byte (\d+)\)")
# What shows in a line that is not JSON that a span stood there.
_LABEL = re.compile(r'"labels?"\s*:\s*\[?\s*"((?:[^"\\]|\\.)+)"|\[\s*\d+\s*,\s*\d+\s*,\s*"((?:[^"\\]|\\.)+)"')


class JsonLine(NamedTuple):
    """A line that is JSON: its number and what it holds."""

    number: int
    raw: Any


@dataclass(slots=True)
class Decoder:
    """Decodes the lines of the file ``name`` one by one; of those that are not JSON the first are named."""

    name: str
    once: Once
    bad: int = 0

    def decode(self, number: int, line: str) -> JsonLine | Finding | None:
        """Return what a line holds, or the finding that it is not JSON; None when that was entered in ``once``."""
        try:
            return JsonLine(number, msgspec.json.decode(line))
        except (ValueError, RecursionError) as error:
            finding = _malformed(line, error, where := Where(self.name, number, 1))
        self.bad += 1
        if self.bad <= NAMED_LINES:
            return finding
        where = finding.where or where
        self.once.add("F012", "one more line is not JSON", where, finding.unread, finding.excerpt)
        return None


def _malformed(line: str, error: Exception, where: Where) -> Finding:
    message = str(error) or type(error).__name__
    byte = _BYTE.search(message)
    column = len(line.encode()[: int(byte[1])].decode(errors="ignore")) if byte else 0
    hint = "; JSON has its texts in double quotes" if line.lstrip()[:2] in ("{'", "['", "('") else ""
    return Finding(
        "F012",
        f"the line is not JSON: {_BYTE.sub('', message)}{hint}",
        where._replace(column=column + 1),
        excerpt=excerpt(line, column, column + 1),
        unread=dict(Counter(first or second for first, second in _LABEL.findall(line))),
    )


def whole_json(text: TextSource, name: str) -> Finding | None:
    """Return the finding that ``text`` is one list of records, or values over several lines each, and no lines of JSON.

    None where lines may well be JSON.
    """
    head = [line for _, line in islice(text.lines(), 2)]
    if not head or not head[0].lstrip().startswith(("[", "{")):
        return None
    try:
        first = msgspec.json.decode(head[0])
    except (ValueError, RecursionError):
        first = None
    if first is not None and (isinstance(first, dict) or len(head) > 1):
        return None
    values = _Values(text.file)
    found = _Found()
    for value in values:
        found.add(value, f"[{found.count}]" if values.listed else "")
        if first is None and not isinstance(found.first, dict | list) and head[0].strip() != "[":
            return None
    if not (found.count or values.ended) or not (values.listed or values.folded):
        return None
    return _whole(found, values, Where(name, 1, 1))


@dataclass(slots=True)
class _Found:
    """What the values of a file hold: how many there are, where annotation stands first and by label how much of it."""

    count: int = 0
    first: Any = None
    place: str = ""
    labels: Counter[str] = field(default_factory=Counter)
    readable: int = 0

    def add(self, value: Any, path: str) -> None:
        """Look at the next value."""
        if not self.count:
            self.first = value
        self.count += 1
        found = foreign(value, FIELDS - {"spans"})
        self.readable += isinstance(value, dict) and _is_readable(value, found)
        for held in found:
            self.labels.update(held.labels)
            at = f"{path}.{held.path}" if path and held.path and not held.path.startswith("[") else path + held.path
            self.place = self.place or f"{at or 'it'} is {held.shape}"


def _is_readable(value: dict[str, Any], found: list[Held]) -> bool:
    elsewhere = [held for held in found if not held.path.startswith("spans")]
    return {"tokens", "ner_tags"} <= value.keys() or (isinstance(value.get("text"), str) and not elsewhere)


def _whole(found: _Found, values: _Values, where: Where) -> Finding:
    kind = shape(found.first).partition(" with ")[0] if found.count else "nothing"
    several = f"{counted(found.count, 'item')}, the first of them {kind}" if not isinstance(found.first, dict) else ""
    what = several or counted(found.count, "object")
    held = f"one JSON list of {what}" if values.listed else f"{what} of JSON over several lines"
    named = f" ({keys(found.first)})" if isinstance(found.first, dict) else ""
    looks = f" It looks like {name}." if (name := tool(found.first)) else ""
    total = found.labels.total()
    place = f" {found.place} ({counted(total, 'span')})." if found.place else ""
    advice = (
        "put each record on a line of its own: jq -c '.[]' IN > OUT.jsonl"
        if values.listed
        else "jq -c . IN > OUT.jsonl"
    )
    if found.readable < found.count:
        advice = 'write one record a line, {"text": "…", "spans": [{"start": 0, "end": 4, "label": "PER"}]}'
    more = "" if values.ended else ", the rest of which is too large to look at, or not JSON"
    message = (
        f"the file is {held}{named}{more}, and is read line by line.{looks}{place} Nothing of it is read; {advice}"
    )
    return Finding("F019", message, where, unread=dict(found.labels))


def has_keys(head: bytes, keys: Collection[str]) -> str | None:
    """Return in words that a file that begins with ``head`` has on its first line an object with ``keys``, or None."""
    return f"its first line is an object with {listed(list(keys))}" if _first_keys(head).issuperset(keys) else None


def _first_keys(head: bytes) -> frozenset[str]:
    """Return the keys of the object on the first line of a file that begins with ``head``, as far as it shows them."""
    line, _, rest = head.lstrip().partition(b"\n")
    if not line.startswith(b"{"):
        return frozenset()
    try:
        return frozenset(msgspec.json.decode(line, type=dict[str, msgspec.Raw]))
    except (ValueError, RecursionError):
        # Of a line that goes on behind the head, all that look like keys.
        return frozenset() if rest else frozenset(key.decode() for key in _KEY.findall(line))


class _Values:
    """The values of a JSON text one after the other: the items of a list, or values that follow one another.

    ``listed``: they are the items of a list. ``folded``: one of them runs over a line end. ``ended``: all were read.
    """

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._held, self._at = "", 0
        self.listed = False
        self.folded = False
        self.ended = False

    def __iter__(self) -> Iterator[Any]:
        """Yield the values up to the first that is none, or too large."""
        self._fill()
        if self._held.startswith("[", self._at):
            self.listed, self._at = True, self._at + 1
        while self._fill() and not (self.listed and self._held.startswith("]", self._at)):
            try:
                value, end = self._next()
            except (ValueError, RecursionError):
                return
            self.folded = self.folded or self._held.find("\n", self._at, end) >= 0
            self._at = end
            yield value
        self.ended = True

    def _fill(self) -> bool:
        """Pass over white space and commas; return whether anything stands behind them."""
        while True:
            self._at = _BETWEEN.match(self._held, self._at).end()  # type: ignore[union-attr]  # it matches nothing, too
            if self._at < len(self._held) or not self._read(_BLOCK):
                return self._at < len(self._held)

    def _next(self) -> tuple[Any, int]:
        """Return the next value and where it ends in what is held. Raises ValueError."""
        decoder = json.JSONDecoder()
        while True:
            try:
                value, end = decoder.raw_decode(self._held, self._at)
                # A number may go on in what is not read yet.
                if end < len(self._held) or not self._read(_BLOCK):
                    return value, end
            except ValueError:
                size = len(self._held) - self._at
                if size > _LARGEST or not self._read(max(_BLOCK, size)):
                    raise

    def _read(self, size: int) -> bool:
        """Hold so many bytes more, and no longer what was gone through; return whether there were any."""
        block = self._file.read(size)
        self._held, self._at = self._held[self._at :] + self._decoder.decode(block), 0
        return bool(block)
