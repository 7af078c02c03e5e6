"""DocBins read from their arrays: the same as spaCy itself reads, and what a piece says is proved by reading it."""

from __future__ import annotations

import tempfile
import zlib
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from columnar import columns
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from reading import read_as
from spacy.strings import StringStore
from spacy.symbols import IDS
from spacy.tokens import Doc, DocBin
from spacy.tokens import Span as DocSpan
from spacy.vocab import Vocab
from strategies import documents

from nerconv.batch import Batch
from nerconv.conversion.fit import fit
from nerconv.conversion.verify import difference
from nerconv.document import Document, Finding, Item, Mark, Origin, Span, Where
from nerconv.formats import docbin, docbin_file
from nerconv.formats.docbin_file import Bin, stretch, unstretch
from nerconv.formats.pieces import Packed
from nerconv.formats.spacy_strings import hashes_of
from nerconv.io.sources import Source, Unreadable
from nerconv.options import ReadOptions, WriteOptions
from nerconv.tokens import trim
from nerconv.views import batch_of

OPTIONS = st.builds(
    WriteOptions,
    tokens=st.sampled_from(["corpus", "corpus", "spacy:xx"]),
    nested=st.sampled_from([None, "outer", "inner"]),
    group=st.sampled_from([None, 0, 1, 2]),
)


def read(data: bytes) -> list[Item]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "d.spacy")
        path.write_bytes(data)
        return list(read_as(docbin, Source("d.spacy", "d", path), ReadOptions()))


def fitted(batch: Batch, options: WriteOptions) -> Batch:
    return fit(batch, docbin.KEEPS, docbin.tokens(options), options.nested).batch


# ------------------------------------------------------------------------------------------ files of others

WORDS = st.sampled_from(["Ann", "é", "a b", " ", "\n", "\u00a0", "  x", "met\n", ".", "PERSON", "\r"])
LABELS = st.sampled_from(["PER", "ORG", "PERSON", "é"])


@st.composite
def trees(draw: st.DrawFn, count: int) -> list[int]:
    """Heads of words, roots their own: of any shape, without a circle."""
    order = draw(st.permutations(range(count)))
    heads = [draw(st.sampled_from(order[: at + 1])) for at in range(count)]
    return [head for _, head in sorted(zip(order, heads, strict=True))]


@st.composite
def docs(draw: st.DrawFn) -> Doc:
    """Docs with entities, sentences by tokens or by a parse, and groups of spans, or without some of these."""
    words = draw(st.lists(WORDS, max_size=8))
    count = len(words)
    spaces = draw(st.none() | st.lists(st.booleans(), min_size=count, max_size=count))
    more: dict[str, Any] = {}
    if draw(st.booleans()):
        more = {
            "heads": draw(trees(count)),
            "deps": draw(st.lists(st.sampled_from(["", "nsubj"]), min_size=count, max_size=count)),
        }
    elif draw(st.booleans()):
        more = {"sent_starts": draw(st.lists(st.sampled_from([True, False, None]), min_size=count, max_size=count))}
    doc = Doc(Vocab(), words=words, spaces=spaces, **more)
    edges = st.tuples(st.integers(0, count), st.integers(0, count)).map(sorted).filter(lambda pair: pair[0] < pair[1])
    spans = draw(st.lists(st.tuples(edges, LABELS), max_size=4)) if count else []
    made = [DocSpan(doc, *pair, label) for pair, label in spans]
    flat = [span for at, span in enumerate(made) if all(span.end <= o.start or o.end <= span.start for o in made[:at])]
    doc.set_ents(flat, default=draw(st.sampled_from(["outside", "missing"])))
    for key in draw(st.sets(st.sampled_from(["sc", "other"]))):
        doc.spans[key] = draw(st.permutations(made)) if made else []
    return doc


def expected(doc: Doc) -> tuple[str, list[tuple[int, int, str]], list[tuple[int, int]], Counter[str]]:
    """Return text, spans, sentences and unread labels of a Doc as spaCy says."""
    group = [(s.start_char, s.end_char, s.label_) for s in doc.spans.get("sc", ())]
    every = group + [e for s in doc.ents if (e := (s.start_char, s.end_char, s.label_)) not in group]
    spans = [(*pair, label) for start, end, label in every if (pair := trim(doc.text, start, end))]
    sentences = list(doc.sents) if doc.has_annotation("SENT_START") else []
    pairs = [pair for sent in sentences if (pair := trim(doc.text, sent.start_char, sent.end_char))]
    unread = Counter(label for start, end, label in every if not trim(doc.text, start, end))
    unread.update(s.label_ for s in doc.spans.get("other", ()) if (s.start_char, s.end_char, s.label_) not in every)
    return doc.text, sorted(spans, key=lambda s: (s[0], -s[1], s[2])), pairs, unread


ATTRIBUTES = st.sampled_from([None, ["ENT_IOB", "ENT_TYPE"], ["SENT_START", "ENT_TYPE"], ["TAG"]])


@examples(400)
@given(st.lists(docs(), max_size=4), ATTRIBUTES, st.booleans())
def test_any_docs_are_read_as_spacy_reads_them(some: list[Doc], attributes: list[str] | None, user_data: bool) -> None:
    packed = DocBin(**({"attrs": attributes} if attributes else {}), store_user_data=user_data, docs=some)
    data = packed.to_bytes()
    stock = [expected(doc) for doc in DocBin().from_bytes(data).get_docs(Vocab())]
    items = read(data)
    found = [item for item in items if isinstance(item, Document)]
    assert [(d.text, [(s.start, s.end, s.label) for s in d.spans], [*d.sentences]) for d in found] == [
        each[:3] for each in stock
    ]
    unread = sum((Counter(item.unread) for item in items if isinstance(item, Finding)), Counter[str]())
    assert unread == sum((each[3] for each in stock), Counter[str]())


def test_user_data_that_only_spacy_reads_is_accepted() -> None:
    doc = Doc(Vocab(), words=["Ann"])
    doc.user_data["._.", "x", 0, None] = np.arange(3)
    (one,) = (item for item in read(DocBin(store_user_data=True, docs=[doc]).to_bytes()) if isinstance(item, Document))
    assert one.text == "Ann "


@pytest.mark.parametrize(
    ("column", "value"),
    [("ENT_IOB", 1), ("ENT_IOB", 7), ("HEAD", 5), ("ENT_TYPE", 1 << 40), ("ORTH", 1 << 40)],
)
def test_attributes_that_spacy_refuses_are_refused(column: str, value: int) -> None:
    doc = Doc(Vocab(), words=["Ann", "left"], ents=["B-PER", "O"], heads=[0, 0], deps=["a", "b"])
    message = msgspec.msgpack.decode(zlib.decompress(DocBin(docs=[doc]).to_bytes()))
    table = np.frombuffer(message["tokens"], np.uint64).reshape(2, -1).copy()
    table[0, message["attrs"].index(IDS[column])] = value
    with pytest.raises(Unreadable, match="is not a DocBin or is damaged"):
        read(zlib.compress(msgspec.msgpack.encode({**message, "tokens": table.tobytes()})))


# ----------------------------------------------------------------------------------------------- the proof


@examples(300)
@given(columns() | st.lists(documents(), max_size=3).map(lambda some: batch_of(some, "a.txt")), OPTIONS)
def test_a_piece_reads_back_as_what_it_was_made_of(found: Batch, options: WriteOptions) -> None:
    batch = fitted(found, options)
    read = docbin.read_back(docbin.encode(batch, options), options)
    assert difference(batch, read, docbin.KEEPS) is None


def piece() -> Bin:
    spans = (
        Span(0, 11, "ORG", Where("b.txt", 7, 2)),
        Span(4, 7, "PER", Where("a.txt", 1, 9)),
        Span(12, 15, "PER", Where("a.txt", 3, 4)),
    )
    origin = Origin("a.txt", (0, 12), (1, 3), (1, 9))
    document = Document("d", "the Ann Co\u00e9 Bob .\nleft", spans, marks=(Mark(2, "tag", "p"),), origin=origin)
    return docbin.encode(batch_of([document], ""), WriteOptions(group=0))


def unseen(right: Bin, wrongs: Iterable[Bin]) -> list[int]:
    """Return the numbers of those of ``wrongs`` that are taken for ``right``."""
    batch, found = docbin.read_back(right, WriteOptions()), []
    for number, wrong in enumerate(wrongs):
        with suppress(Unreadable):
            if difference(batch, docbin.read_back(wrong, WriteOptions()), docbin.KEEPS) is None:
                found.append(number)
    return found


@pytest.mark.parametrize("name", ["tokens", "spaces", "lengths", "user_data", "groups"])
def test_a_changed_byte_is_seen(name: str) -> None:
    right = piece()
    data = unstretch(getattr(right, name))
    changed = (data[:at] + bytes([byte ^ 1]) + data[at + 1 :] for at, byte in enumerate(data))
    assert unseen(right, (right._replace(**{name: stretch(each)}) for each in changed)) == []


def test_a_damaged_stretch_is_seen() -> None:
    part = stretch(b"ab")
    for wrong in (part._replace(adler=1), part._replace(size=3), part._replace(data=stretch(b"ac").data)):
        with pytest.raises(ValueError, match="not what was packed"):
            unstretch(wrong)


# ----------------------------------------------------------------------------------------------- bytes


@given(columns())
@examples(100)
def test_a_joined_docbin_is_the_message_that_spacy_writes(found: Batch) -> None:
    batch = fitted(found, WriteOptions())
    file = BytesIO()
    docbin_file.write([Packed(docbin.encode(batch, WriteOptions()), len(found.documents))] * 2, file)
    stock = DocBin().from_bytes(file.getvalue())
    again = DocBin(attrs=docbin_file.ATTRIBUTES[1:], store_user_data=True)
    for doc in stock.get_docs(Vocab()):
        again.add(doc)
    ours, theirs = (msgspec.msgpack.decode(zlib.decompress(data)) for data in (file.getvalue(), again.to_bytes()))
    assert list(ours) == list(theirs)
    # Stock DocBins list norms and the empty string as well. User data and groups are bytes of msgpack within.
    assert set(ours.pop("strings")) <= set(theirs.pop("strings"))
    inner = [[msgspec.msgpack.decode(data) for data in message.pop("user_data")] for message in (ours, theirs)]
    assert inner[0] == inner[1]
    assert len(ours.pop("span_groups")) == len(theirs.pop("span_groups")) == 2 * len(found.documents)
    assert ours == theirs


def test_strings_have_the_numbers_of_spacy() -> None:
    names = sorted(name for name in IDS if name)
    assert hashes_of(names).tolist() == [IDS[name] for name in names]


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40), min_size=1, max_size=20))
def test_any_string_has_the_number_of_spacy(strings: list[str]) -> None:
    store = StringStore()
    assert hashes_of(strings).tolist() == [store.add(string) for string in strings]


@pytest.mark.parametrize(
    ("data", "suffix", "evidence"),
    [
        (DocBin().to_bytes(), "", "zlib data"),
        (zlib.compress(b"\x89\xa5attrs\x90"), ".bin", "its attrs"),
        (b"[PER Ann  ] met", ".spacy", ""),
        (b"", ".spacy", ""),
        (zlib.compress(b"version"), ".zlib", ""),
        (b"x\x01", "", ""),
        (b"Ann B-PER\n", ".txt", ""),
        (b'{"text": "x"}', ".jsonl", ""),
    ],
)
def test_what_looks_like_a_docbin(data: bytes, suffix: str, evidence: str) -> None:
    found = docbin.looks_like(data[:100], suffix)
    assert evidence in (found or "") and bool(found) == bool(evidence)
