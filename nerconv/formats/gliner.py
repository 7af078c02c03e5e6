"""GLiNER: tokens, and spans as numbers of tokens, the last one included.

A record is ``{"tokenized_text": ["Ann", "left"], "ner": [[0, 0, "PER"]]}``.

GLiNER2 and many language models give surfaces alone, ``{"input": …, "output": {"entities": {"PER": ["Ann"]}}}``. One is
placed where it stands as whole words as often as it is named; any other is ambiguous, and lost by name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

import msgspec

from nerconv.formats.foreign_items import number
from nerconv.formats.json_record import Loose, converted
from nerconv.formats.keeps import Keeps, TokenEdges, corpus_tokens
from nerconv.formats.known import FORMATS
from nerconv.formats.record import OFFSET_UNIT, Record, SpanRecord
from nerconv.formats.records import RecordFormat
from nerconv.formats.shapes import counted, listed, shape, shown
from nerconv.options import ReadOptions, WriteOptions

if TYPE_CHECKING:
    from nerconv.batch import Batch

NAME: Final = "gliner"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "sentence"
KEEPS: Final = Keeps(
    text=False, marks=False, joins=False, meta=False, provenance=False, flags=False, unlabelled=False, any_text=False
)
_HEADS: Final = {
    "it has tokenized_text": (rb'"tokenized_text"\s*:\s*\[',),
    "it has input, and entities in output": (rb'"input"\s*:\s*"', rb'"output"\s*:\s*\{', rb'"entities"\s*:\s*\{'),
    "entities has lists of texts by label": (rb'"entities"\s*:\s*\{\s*(\}|"[^"]*"\s*:\s*\[\s*(\]|"))',),
}


class _Example(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Tokens and spans; ``sentences``: the number of tokens of each, where there are several."""

    tokenized_text: list[str]
    ner: list[tuple[int, int, str]]
    id: str = ""
    sentences: list[int] = []


def encode(batch: Batch, options: WriteOptions) -> bytes:
    """Return an example for each document. Raises ValueError for spans that do not meet the edges of tokens."""
    import numpy as np

    from nerconv.formats.tagged import token_texts

    starts, _, closes = batch.tokens
    if batch.covered is None:
        raise ValueError(f"{batch.name}: a span does not meet the edges of tokens")
    words, bounds = token_texts(batch), np.searchsorted(starts, batch.bounds)
    spans = np.searchsorted(batch.starts, batch.bounds)
    counts = np.searchsorted(starts, batch.bounds[:, 1]) - bounds[:, 0]
    edges = zip(bounds[:, 0].tolist(), counts.tolist(), spans.tolist(), batch.documents, strict=True)
    examples, shift = [], 0
    for begin, count, (a, b), extent in edges:
        columns = (array[a:b].tolist() for array in batch.covered)
        ner = [(first - begin, last - begin, batch.labels[code]) for first, last, code in zip(*columns, strict=True)]
        stops = np.append(np.flatnonzero(closes[begin : begin + count]) + 1, count)
        sizes = np.diff(np.unique(stops), prepend=0).tolist()
        sentences = sizes if len(sizes) > 1 else []
        examples.append(_Example(words[shift : shift + count], ner, extent.id, sentences))
        shift += count
    return msgspec.json.Encoder().encode_lines(examples)


def _no_object(record: Record) -> Any:
    raise NotImplementedError("examples are made of batches, whose tokens they have")


def _from_object(example: _Example) -> Record:
    starts, text = _text(example.tokenized_text, example.sentences)
    ends = [start + len(token) for start, token in zip(starts, example.tokenized_text, strict=True)]
    if any(not 0 <= a <= b < len(starts) for a, b, _ in example.ner):
        raise ValueError("a span is not within the tokens")
    spans = [(starts[a], ends[b], label) for a, b, label in example.ner]
    return Record(
        id=example.id,
        text=text,
        offset_unit=OFFSET_UNIT,
        spans=[SpanRecord(*span) for span in sorted(spans, key=lambda span: (span[0], -span[1], span[2]))],
    )


def _text(words: Sequence[str], sizes: Sequence[int]) -> tuple[list[int], str]:
    """Return where words start, and the text that they make: sentences of so many of them are lines."""
    begins = set(accumulate(sizes))
    if any(re.search(r"[ \t\n]", word) or not word for word in words):
        raise ValueError("a token is empty or holds white space")
    starts = list(accumulate((len(word) + 1 for word in words), initial=0))[:-1]
    gaps = ("\n" if number in begins else " " for number in range(1, len(words) + 1))
    return starts, "".join(word + gap for word, gap in zip(words, gaps, strict=True))[:-1]


def _loose(raw: Any, options: ReadOptions) -> Loose:
    """Return the record that an object is. Raises ValueError in words."""
    if not isinstance(raw, dict):
        raise ValueError(f"the record is {shape(raw)}, where an object is expected")
    id = raw.get("id")
    found = _of_tokens(raw) if "tokenized_text" in raw else _of_surfaces(raw)
    found.record.id = None if id in (None, "") else str(id)
    return found


def _of_tokens(raw: Mapping[str, Any]) -> Loose:
    words = converted(raw["tokenized_text"], list[str])
    starts, text = _text(words, converted(raw.get("sentences") or [], list[int]))
    spans, lost = [], []
    for span in raw.get("ner") or ():
        first, last, label = span if isinstance(span, list) and len(span) == 3 else (None, None, None)
        first, last = number(first), number(last)
        if first is None or last is None or not isinstance(label, str) or not first <= last < len(words):
            place = f"which has {counted(len(words), 'token')}"
            name = label if isinstance(label, str) else "?"
            lost.append((name, f"the span {span!r} is not within the text, {place}"))
        else:
            spans.append(SpanRecord(starts[first], starts[last] + len(words[last]), label))
    return Loose(Record(text=text, offset_unit=OFFSET_UNIT, spans=spans), (), lost)


def _of_surfaces(raw: Mapping[str, Any]) -> Loose:
    text = raw.get("input", raw.get("text"))
    output = raw.get("output", raw)
    entities = output.get("entities") if isinstance(output, dict) else None
    if not isinstance(text, str) or not isinstance(entities, dict):
        raise ValueError("the record has neither tokenized_text nor a text with entities by label")
    named = Counter((label, surface) for label, surfaces in entities.items() for surface in _texts(surfaces))
    by_surface: dict[str, set[str]] = {}
    for label, surface in named:
        by_surface.setdefault(surface, set()).add(label)
    spans, lost = [], []
    for (label, surface), count in named.items():
        places = [found.span() for found in re.finditer(rf"(?<!\w){re.escape(surface)}(?!\w)", text)]
        if surface and len(places) == count and len(by_surface[surface]) == 1:
            spans += [SpanRecord(*place, label) for place in places]
        else:
            lost += [(label, f"{shown(surface)} {_why(len(places), by_surface[surface])}")] * count
    ignored = [f"output.{key}" for key in output if key != "entities"] if output is not raw else []
    return Loose(Record(text=text, offset_unit=OFFSET_UNIT, spans=spans), (), lost, "", ignored)


def _why(places: int, labels: set[str]) -> str:
    """Return why a surface is not placed."""
    if len(labels) > 1:
        return f"is ambiguous: it has the labels {listed(sorted(labels))}, and no offsets"
    if not places:
        return "does not stand in the text as whole words, and has no offsets"
    return f"is ambiguous: it stands in {counted(places, 'place')} and has no offsets"


def _texts(surfaces: Any) -> Iterator[str]:
    """Yield the surfaces of a label: texts, or objects with one."""
    for each in surfaces if isinstance(surfaces, list) else [surfaces]:
        text = each.get("text") if isinstance(each, dict) else each
        if not isinstance(text, str):
            raise ValueError(f"an entity is {shape(each)}, where a text is expected")
        yield text


def _read_keys(raw: Any, options: ReadOptions) -> Any:
    return raw.keys() if isinstance(raw, dict) else ()


_FORMAT: Final = RecordFormat(NAME, _Example, (), _no_object, _from_object, _loose, _read_keys, listed=True)
read_back, join = _FORMAT.read_back, _FORMAT.join
read, SURVEYOR = _FORMAT.read, None


def tokens(options: WriteOptions) -> TokenEdges | None:
    """Return the token edges of the text: spans are numbers of tokens."""
    return corpus_tokens


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return by what records of GLiNER, or surfaces by label, show."""
    if not head.lstrip().startswith((b"[", b"{")):
        return None
    return next((why for why, patterns in _HEADS.items() if all(re.search(each, head) for each in patterns)), None)
