"""What annotation tools exchange: documents come back from every format as far as it says that it holds them."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from strategies import documents

import nerconv
from nerconv import formats
from nerconv.conversion.fit import fit
from nerconv.conversion.report import ConvertOptions
from nerconv.conversion.verify import difference
from nerconv.document import Document, Finding, Span
from nerconv.io.sources import Source
from nerconv.options import ReadOptions, UsageError, WriteOptions
from nerconv.unique_ids import UniqueIds
from nerconv.views import batch_of, documents_of

#: Bracket text alone and in columns escapes nothing; below and in test_bracket.py it is made of words.
FORMATS = [name for name in formats.WRITTEN if name not in ("bracket", "text_column")]


def sources(path: Path) -> list[Source]:
    """Return the file at ``path``, or the files of a folder in the order in which they were written."""
    if not path.is_dir():
        return [Source(path.name, "a", path)]
    return [Source(each.name, each.stem, each) for each in sorted(path.glob("*.ann"), key=lambda each: int(each.stem))]


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_written_is_read_back_as_far_as_the_format_holds_it(name: str) -> None:
    format, options = formats.get(name), WriteOptions()

    @examples(60)
    @given(st.lists(documents(), max_size=3))
    def check(some: list[Document]) -> None:
        ids = UniqueIds()
        if not format.KEEPS.text:
            # A token that is a carriage return would become part of a line end.
            some = [one for one in some if "\r" not in one.text]
        # A file of control bytes is not text (F014), as one of a picture is not.
        some = [one for one in some if not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", one.text)]
        some = [one for one in some if ids.are_new([one.id])]
        if not format.KEEPS.ids or name == "conllu":
            some = [replace(one, id=str(number)) for number, one in enumerate(some)]
        batch = batch_of(some, "a.txt")
        batch = fit(batch, format.KEEPS, format.tokens(options), None).batch
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"a{format.SUFFIXES[0]}")
            formats.write(format, [batch], path, options)
            items = [item for source in sources(path) for item in formats.documents(source, ReadOptions(format=name))]
        assert not [item for item in items if isinstance(item, Finding)]
        back = [item for item in items if isinstance(item, Document)]
        assert difference(batch, batch_of(back, "a.txt"), format.KEEPS) is None
        if format.KEEPS.ids:
            assert [one.id for one in documents_of(batch)] == [one.id for one in back]

    check()


WORDS = st.lists(
    st.tuples(st.sampled_from(["Ann", "Rome", "'s", "\U0001f600", "."]), st.sampled_from(["", "PER"])), min_size=1
)


@examples(60)
@given(st.lists(WORDS, min_size=1, max_size=4))
def test_brackets_in_a_column_are_read_back(lines: list[list[tuple[str, str]]]) -> None:
    texts = [" ".join(f"[{label} {word}  ]" if label else word for word, label in line) for line in lines]
    read = [nerconv.read(text=f"{text}\n")[0] for text in texts]
    some = [replace(one, id=f"d{number}", meta={"n": number}) for number, one in enumerate(read)]
    piece = formats.get("text_column").encode(batch_of(some, ""), WriteOptions())
    back = list(documents_of(formats.get("text_column").read_back(piece, WriteOptions())))
    assert [(one.id, one.text, one.spans, one.meta) for one in back] == [
        (one.id, one.text, one.spans, one.meta) for one in some
    ]


@pytest.mark.parametrize("value", [None, 5, 1.5, True, "x", [None], {"a": None}])
@pytest.mark.parametrize(
    "key", ["result", "annotations", "to_name", "ner", "tokenized_text", "sents", "char_interval", "entities", "text"]
)
def test_a_value_of_another_kind_is_named_and_nothing_crashes(key: str, value: object, tmp_path: Path) -> None:
    region = {"value": {"start": 0, "end": 3, "text": "Ann", "labels": ["PER"]}, "from_name": "a", "to_name": "text"}
    extraction = {"extraction_class": "PER", "extraction_text": "Ann", "char_interval": {"start_pos": 0, "end_pos": 3}}
    records: dict[str, dict[str, object]] = {
        "label_studio": {"annotations": [{"result": [region]}], "data": {"text": "Ann left", "note": "x"}},
        "gliner": {"tokenized_text": ["Ann"], "ner": [[0, 0, "PER"]]},
        "offsets_jsonl": {"text": "Ann left", "extractions": [extraction], "sents": [{"start": 0, "end": 8}]},
        "doccano": {"text": "Ann left", "entities": [{"start_offset": 0, "end_offset": 3, "label": "PER"}]},
    }
    for name, record in records.items():
        path = tmp_path / f"{name}.jsonl"
        path.write_text(json.dumps(_with(record, key, value)) + "\n")
        items = list(formats.documents(Source(path.name, "a", path), ReadOptions(format=name)))
        assert any(isinstance(item, Document | Finding) for item in items)


@pytest.mark.parametrize("name", ["doccano", "prodigy", "offsets_jsonl"])
@pytest.mark.parametrize("key", ["body", "id", "meta"])
def test_named_keys_are_read_alike_by_arrays_and_one_by_one(
    name: str, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the text stands under a key that has another meaning otherwise."""
    spans = {"doccano": "label", "prodigy": "spans", "offsets_jsonl": "entities"}[name]
    (tmp_path / "a.txt").write_text("[PER Ann  ] met [LOC Rome  ] . \n-DOCSTART-\n[PER Bo  ] left . \n")
    batch = batch_of(list(nerconv.read(tmp_path / "a.txt")), "a.txt")
    formats.write(formats.get(name), [batch], tmp_path / "a.jsonl", WriteOptions())
    records = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    renamed = [record | {key: record["text"], "found": record[spans]} for record in records]
    gone = {"text", spans} - {key}
    lines = [json.dumps({key: value for key, value in record.items() if key not in gone}) for record in renamed]
    (tmp_path / "b.jsonl").write_text("\n".join(lines) + "\n")
    options = ReadOptions(format=name, text_key=key, spans_key="found")

    def read() -> list[Any]:
        return [*formats.documents(Source("b.jsonl", "b", tmp_path / "b.jsonl"), options)]

    found = read()
    texts = [
        [(one.text[span.start : span.end], span.label) for span in one.spans]
        for one in found
        if isinstance(one, Document)
    ]
    assert texts == [[("Ann", "PER"), ("Rome", "LOC")], [("Bo", "PER")]]
    monkeypatch.setattr("nerconv.formats.records.RecordFormat.decoder_of", lambda *_: None)
    assert found == read()


def _with(record: Any, key: str, value: object) -> Any:
    """Return ``record`` with ``value`` wherever ``key`` stands."""
    if isinstance(record, dict):
        return {name: value if name == key else _with(inner, key, value) for name, inner in record.items()}
    return [_with(inner, key, value) for inner in record] if isinstance(record, list) else record


@pytest.mark.parametrize("name", ["bracket", "brat", "text_column"])
def test_a_label_that_cannot_be_spelt_loses_its_span_by_name_and_the_rest_is_written(name: str, tmp_path: Path) -> None:
    spans = (Span(0, 3, "my label"), Span(8, 12, "LOC"))
    report = nerconv.Corpus.of([Document("a", "Ann saw Oslo .\n", spans)]).write(
        tmp_path / "out", ConvertOptions(to=name)
    )
    assert [finding.code for finding in report.lost] == ["K009"] and "'my label'" in report.lost[0].message
    written = nerconv.read(tmp_path / "out", ReadOptions(format=name))
    assert [span.label for document in written for span in document.spans] == ["LOC"]


ODD_LABELS = [
    *("A|B", "A B", "A=B", "A\tB", "_", "A\u00a0B", "A\n", "B-", "|", "SpaceAfter=No", "X\r", "A\rB", "X ", " X"),
    *("\u2028x", "O", "0", '"', "[x]", "<b>", "a,b", "\u202e", "x" * 300, "-", "\x00", "B-PER|B-ORG", "a;b", "#x"),
]


@pytest.mark.parametrize("to", formats.WRITTEN)
def test_a_label_is_read_from_the_file_as_it_was_or_refused_by_name(to: str, tmp_path: Path) -> None:
    for number, label in enumerate(ODD_LABELS):
        one = Document("a", "Ann left Qom .\n", (Span(0, 3, "PER"), Span(9, 12, label)))
        target = tmp_path / f"{number}{formats.FORMATS[to][0]}"
        try:
            report = nerconv.Corpus.of([one]).write(target, ConvertOptions(to=to))
        except UsageError as error:
            assert repr(label) in str(error) and "--map" in str(error)
            continue
        labels = frozenset(report.written)
        found = nerconv.read(target, ReadOptions(to, labels=labels, markup="none", accept_unrecognised=True))
        assert found.labels == report.written, label
        assert report.written.total() + len(report.lost) == 2, label
