"""Original texts as documents without spans: text files as they stand, or the field of JSON lines that holds a text.

Nothing in them is read as annotation: brackets and tags are text here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from nerconv.document import Document, Origin
from nerconv.io.decode import byte_order
from nerconv.io.sources import Source, Unreadable

_RECORDS: Final = (".jsonl", ".ndjson")
_ID_KEYS: Final = ("id", "doc_id", "document_id")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


def originals(sources: Iterable[Source], encoding: str, key: str) -> Iterator[Document]:
    """Yield the texts of ``sources``; ``key`` is that of the text in a JSON line.

    Raises Unreadable for a file that cannot be read, and for a line without such a text.
    """
    for source in sources:
        if source.fault is not None:
            raise Unreadable(f"{source.fault.where or source.name}: {source.fault.message}")
        text = _decoded(source, encoding)
        if source.suffix in _RECORDS:
            yield from _of_lines(source, text, key)
        else:
            # From each line on, text and source run in step, whatever ends the lines.
            starts = (0, *(match.end() for match in _LINE_END.finditer(text)))
            count = len(starts)
            yield Document(source.id, text, origin=Origin(source.name, starts, range(1, count + 1), (1,) * count))


def _decoded(source: Source, encoding: str) -> str:
    """Return the text of a source with its own line ends, so that offsets fit what is stored."""
    raw = source.read()
    mark, encoding = byte_order(raw, encoding)
    try:
        # The mark of another encoding than UTF-8 says the order of its bytes.
        return raw.decode(encoding).removeprefix("\ufeff") if mark else raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"{source.name}: is not {error.encoding}: {error.reason} at byte {error.start:,}; name its "
            "encoding with --original-encoding"
        ) from error


def _of_lines(source: Source, text: str, key: str) -> Iterator[Document]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record: dict[str, Any] = msgspec.json.decode(line, type=dict[str, Any])
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"{source.name}:{number}: is not a JSON object: {error}") from error
        value = record.get(key)
        if not isinstance(value, str):
            has = ", ".join(record) or "no key"
            raise Unreadable(f"{source.name}:{number}: holds no text under {key!r} (--original-key); its keys: {has}")
        id = next(
            (str(record[name]) for name in _ID_KEYS if record.get(name) not in (None, "")), f"{source.id}/{number}"
        )
        yield Document(id, value, origin=Origin(source.name, (0,), (number,), (1,)))
