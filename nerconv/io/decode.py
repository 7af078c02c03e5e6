"""Bytes of any encoding as clean UTF-8 with ``\\n`` line ends, block by block; bytes that are not text are replaced."""

from __future__ import annotations

import codecs
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice, pairwise
from typing import BinaryIO, Final

from nerconv.document import Finding, Where, excerpt
from nerconv.io.sources import Unreadable

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What Python puts for bytes that are not text, and what some of its encodings (unicode_escape, utf-7) make of escapes.
_ESCAPED: Final = re.compile("[\ud800-\udfff]+")
# A carriage return that a line feed may follow, or a run of undecodable bytes.
_OPEN_END: Final = re.compile("(?:\r|[\udc80-\udcff]+)?\\Z")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
#: So many runs of undecodable bytes are named one by one, the rest by their number.
_NAMED: Final = 20


@dataclass(slots=True)
class DecodedText:
    """What was learnt on the way through a text: its encoding, its line ends, and the first runs of other bytes.

    ``line``, ``column``: where the next block begins; ``runs``: how many runs of bytes were no text.
    """

    name: str
    encoding: str
    mark: bytes
    crlf: int = 0
    line: int = 1
    column: int = 1
    runs: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def facts(self) -> dict[str, str]:
        """Encoding and line ends in words."""
        mark = " with byte-order mark" if self.mark else ""
        return {"encoding": self.encoding + mark, "lines": line_ends(self.line - 1, self.crlf)}

    def clean(self, raw: str) -> bytes:
        """Return the next block as UTF-8, U+FFFD for each run of bytes that are not text."""
        # One byte is found much faster than two.
        if "\r" in raw:
            self.crlf += raw.count("\r\n")
            raw = raw.replace("\r\n", "\n")
        try:
            data = raw.encode()
        except UnicodeEncodeError:
            self.findings += islice(self._undecodable(raw), max(_NAMED - self.runs, 0))
            text, runs = _ESCAPED.subn("\N{REPLACEMENT CHARACTER}", raw)
            data, self.runs = text.encode(), self.runs + runs
        last = len(raw) - raw.rfind("\n") - 1
        self.line, self.column = self.line + raw.count("\n"), last + (1 if "\n" in raw else self.column)
        return data

    def _undecodable(self, text: str) -> Iterator[Finding]:
        line, start = self.line, 0
        for run in _ESCAPED.finditer(text):
            line += text.count("\n", start, run.start())
            start = run.start()
            begin, stop = text.rfind("\n", 0, start) + 1, text.find("\n", start)
            shown = _ESCAPED.sub("\N{REPLACEMENT CHARACTER}", text[begin : stop if stop >= 0 else None])
            column = start - begin
            advice = "if the file is in another encoding, name it with --encoding"
            yield Finding(
                "F013",
                f"bytes {' '.join(map(_hex, run.group()))} are not {self.encoding}; {advice}",
                Where(self.name, line, column + (1 if begin else self.column)),
                excerpt=excerpt(shown, column, column + len(run.group())),
            )


def decode(blocks: Iterable[bytes], name: str, encoding: str, out: BinaryIO) -> DecodedText:
    """Write the text of ``blocks`` to ``out``, and return what was learnt about it.

    A byte-order mark is dropped and decides the encoding. Undecodable bytes are F013 findings. Raises Unreadable for
    bytes that are not text. What may go on in the next block waits for it.
    """
    remaining = iter(blocks)
    head = next(remaining, b"")
    mark, encoding = byte_order(head, encoding)
    if encoding == "utf-8":
        refuse_binary(head, name)
        head = head.removeprefix(mark)
    decoder = codecs.getincrementaldecoder(_ordered(encoding, mark))(errors="surrogateescape")
    decoded, held = DecodedText(name, encoding, mark), ""
    for block, following in pairwise(chain([head], remaining, [None])):
        assert block is not None
        try:
            raw = held + decoder.decode(block, final=following is None)
        except (UnicodeError, ValueError) as error:
            raise Unreadable(f"{name}: is not {encoding}: {error}; name its encoding with --encoding") from error
        held = _OPEN_END.search(raw).group() if following is not None else ""  # type: ignore[union-attr]
        out.write(decoded.clean(raw[: len(raw) - len(held)]))
    if (more := decoded.runs - _NAMED) > 0:
        where = decoded.findings[-1].where
        more_runs = f"{more:,} more runs of bytes are not {encoding}"
        decoded.findings.append(Finding("F013", more_runs, where and where._replace(column=1)))
    return decoded


def byte_order(data: bytes, encoding: str = "utf-8") -> tuple[bytes, str]:
    """Return the byte-order mark that ``data`` begins with and the encoding that it names, else ``encoding``."""
    return next(((bom, codec) for bom, codec in _BOMS if data.startswith(bom)), (b"", encoding))


def line_ends(count: int, crlf: int = 0) -> str:
    """Return in words how many lines end, ``crlf`` of them in a carriage return and a line feed."""
    if not crlf:
        return f"{count} LF"
    return f"{crlf} CRLF" if crlf == count else f"{crlf} CRLF, {count - crlf} LF"


def refuse_binary(data: bytes, name: str) -> None:
    """Raise Unreadable when ``data`` begins like no text."""
    head = data[: 1 << 16]
    controls = len(_CONTROL.findall(head))
    if controls * 10 > len(head):
        wrong = f"{name}: is not text: {controls:,} of its first {len(head):,} bytes are control bytes"
        if head.count(0) * 3 <= len(head):
            raise Unreadable(wrong)
        order = "le" if head[1::2].count(0) > head[::2].count(0) else "be"
        raise Unreadable(f"{wrong}; if it is UTF-16, say --encoding utf-16-{order}", {"encoding": f"utf-16-{order}"})


def _ordered(encoding: str, mark: bytes) -> str:
    """Return ``encoding`` with the byte order of this machine where a mark would say it and is missing."""
    name = codecs.lookup(encoding).name
    return f"{name}-{sys.byteorder[0]}e" if name in ("utf-16", "utf-32") and not mark else encoding


def _hex(surrogate: str) -> str:
    """Return the byte that a surrogate stands for, or the code point where it stands for none."""
    return f"{ord(surrogate) - 0xDC00:02x}" if "\udc80" <= surrogate <= "\udcff" else f"U+{ord(surrogate):04X}"
