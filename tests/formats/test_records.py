"""Records of others: every span that a file shows is read or counted, and records of our own raise no suspicion."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents

from nerconv import formats
from nerconv.document import Document, Finding, Item
from nerconv.formats import json_lines, record_sound, spans_jsonl, units
from nerconv.formats.foreign import foreign
from nerconv.io import text
from nerconv.io.sources import Source
from nerconv.options import ReadOptions, WriteOptions
from nerconv.views import batch_of

TEXT = "Zoë met \U0001f44b Ada Berg in Riga."


def read(data: bytes, name: str = "d.jsonl") -> list[Item]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        options = ReadOptions(format="spans_jsonl" if name == "d.jsonl" else None)
        return list(formats.documents(Source(name, "d", path), options))


def lines(records: list[Any]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def account(items: list[Item]) -> Counter[str]:
    """Return by label the spans that were read and those that were not."""
    read = Counter(span.label for item in items if isinstance(item, Document) for span in item.spans)
    return sum((Counter(item.unread) for item in items if isinstance(item, Finding)), read)


@examples(100)
@given(st.lists(documents(), max_size=3, unique_by=lambda one: one.id))
def test_records_of_our_own_come_back_whole_and_raise_no_suspicion(some: list[Document]) -> None:
    items = read(spans_jsonl.encode(batch_of(some, ""), WriteOptions()))
    assert [item for item in items if isinstance(item, Document)] == some
    assert not [item for item in items if isinstance(item, Finding)]


OFFSETS = st.integers(-2, len(TEXT) + 4)
SPANS = st.fixed_dictionaries(
    {"start": OFFSETS | OFFSETS.map(str), "end": OFFSETS, "label": st.sampled_from(["PER", "LOC"])},
    optional={"text": st.sampled_from(["Ada Berg", "Riga", ""]), "token_start": st.integers(0, 3), "line": OFFSETS},
)
SENTENCES = st.lists(st.tuples(OFFSETS, OFFSETS), max_size=3)
RECORDS = st.fixed_dictionaries(
    {"text": st.just(TEXT) | st.just("") | st.none(), "spans": st.lists(SPANS, max_size=4)},
    optional={
        "sentences": SENTENCES,
        "joins": st.lists(OFFSETS, max_size=2),
        "answer": st.sampled_from(["accept", "reject", "ignore"]),
        "id": st.integers(0, 2) | st.sampled_from(["a", ""]) | st.lists(st.none(), max_size=1),
        "offset_unit": st.sampled_from(["", "code point", "byte"]),
        "marks": st.lists(st.fixed_dictionaries({"offset": OFFSETS, "kind": st.just("tag")}), max_size=2),
    },
)


@examples(300)
@given(st.lists(RECORDS, max_size=4))
def test_every_span_is_read_or_counted_as_unread(records: list[dict[str, Any]]) -> None:
    expected = Counter(span["label"] for record in records for span in record["spans"])
    assert account(read(lines(records))) == expected


def facts_of(items: list[Item]) -> list[Any]:
    """Return what was read, with all that takes no part in the equality of documents."""
    return [
        (item, item.origin, [(item.place(span), span.flags) for span in item.spans], sorted(item.meta))
        if isinstance(item, Document)
        else item
        for item in items
    ]


OWN = st.lists(documents(), max_size=2).map(lambda some: spans_jsonl.encode(batch_of(some, "a.txt"), WriteOptions()))
OTHERS = st.lists(RECORDS, max_size=2).map(lines) | st.sampled_from([b"\n", b"{bad}\n", b" \n[]\n"])


@examples(200)
@given(st.lists(OWN | OTHERS, max_size=4).map(b"".join), st.integers(1, 400))
def test_a_close_look_finds_what_a_quick_one_does(data: bytes, block: int) -> None:
    """However the lines are read in blocks, and whichever of them are looked at closely: all, or those that must be."""
    quick = facts_of(read(data))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "_BLOCK", block)
        assert facts_of(read(data)) == quick
        patch.setattr(record_sound, "odd_ones", lambda found: np.ones(len(found.texts), dtype=bool))
        assert facts_of(read(data)) == quick


KEYS = st.sampled_from(["entities", "label", "ents", "found", "labels", "annotations"])
ITEMS = st.sampled_from(
    [
        {"start": 0, "end": 3, "label": "PER"},
        {"begin": 0, "end": 3, "type": "PER"},
        {"start_offset": "0", "end_offset": "3", "labels": ["PER"]},
        {"offset": 0, "length": 3, "category": "PER"},
        {"indices": [0, 3], "entity": "PER"},
        [0, 3, "PER"],
        ["PER", 0, 3],
        ["T1", "PER", [[0, 3]]],
        {"value": {"start": 0, "end": 3, "text": "Zoë", "labels": ["PER"]}, "type": "labels"},
    ]
)


@examples(200)
@given(KEYS, st.lists(ITEMS, min_size=1, max_size=3), st.integers(0, 3))
def test_annotation_under_any_key_is_found_and_counted(key: str, found: list[Any], deep: int) -> None:
    value: Any = found
    for _ in range(deep):
        value = {"inner": [value]}
    items = read(lines([{"text": TEXT, key: value}]))
    assert not [item for item in items if isinstance(item, Document)]
    (finding,) = (item for item in items if isinstance(item, Finding))
    assert (finding.code, finding.unread) == ("F019", {"PER": len(found)})
    assert key in finding.message


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=4)
    | st.sampled_from(["O", "B-X", "entities", "start"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["start", "end", "label", "entities", "tokens", "ner", "text", "a"]), inner)
    ),
    max_leaves=12,
)


@examples(300)
@given(JSON)
def test_no_value_makes_the_search_raise(value: Any) -> None:
    assert all(each.shape for each in foreign(value))


@examples(100)
@given(st.lists(JSON, max_size=4), st.sampled_from([None, 1]))
def test_a_list_over_lines_or_not_has_a_finding_for_each_item_at_most(values: list[Any], indent: int | None) -> None:
    items = read(json.dumps(values, indent=indent).encode(), "d.json")
    assert len([item for item in items if isinstance(item, Finding)]) <= max(len(values), 1)


def test_a_list_is_read_in_blocks(monkeypatch: Any) -> None:
    monkeypatch.setattr(json_lines, "_BLOCK", 7)
    records = [{"text": TEXT, "entities": [[0, 3, "PER"]], "n": number} for number in range(40)]
    (finding,) = (item for item in read(json.dumps(records, indent=1).encode()) if isinstance(item, Finding))
    assert finding.unread == {"PER": 40}
    assert "one JSON list of 40 objects" in finding.message


def test_after_twenty_lines_that_are_no_json_the_others_are_counted() -> None:
    found = [item for item in read(b"{no}\n" * 50) if isinstance(item, Finding)]
    assert len(found) == 21
    assert "29 more records like this one" in found[-1].message


@given(st.text(st.sampled_from("aé€\U0001f600 "), max_size=12), st.data())
def test_offsets_of_other_units_are_found_again(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    for unit, encoding, width in (("UTF-16 code units", "utf-16-le", 2), ("bytes of UTF-8", "utf-8", 1)):
        moved = tuple(len(text[:at].encode(encoding)) // width for at in (start, end))
        covered = units.covered(text, (moved[0], moved[1]))
        assert covered.get(unit, text[slice(*moved)]) == text[start:end]


def test_words_tell_the_unit_only_where_code_points_do_not_fit() -> None:
    text = "\U0001f44b Ada left"
    assert units.fitting(text, [(3, 6)]) == "UTF-16 code units"
    assert units.fitting(text, [(2, 5)]) == ""
    assert units.fitting("Ada left", [(1, 4)]) == ""
    assert units.fitting(text, [(3, 5)]) == ""
