"""Column files: written as their readers take them, read with every fault in its place, and back again."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from reading import in_batches, read_as
from strategies import documents

from nerconv import formats, schemes, tokens, views
from nerconv.conversion.fit import fit
from nerconv.conversion.verify import difference
from nerconv.document import Document, Facts, Finding, Item, Span
from nerconv.formats import bracket, conll
from nerconv.formats.keeps import corpus_tokens
from nerconv.io.sources import Source, Unreadable
from nerconv.options import ReadOptions, UsageError, WriteOptions
from nerconv.schemes import SCHEMES
from nerconv.views import batch_of

CORPORA = Path(__file__).parents[2].parent / "shared" / "data"
GOLD = sorted(path for path in CORPORA.glob("*/*.conll") if path.with_suffix(".txt").exists())


def of_bytes(data: bytes, folder: Path, options: ReadOptions | None = None) -> list[Item]:
    path = folder / "d.conll"
    path.write_bytes(data)
    return list(read_as(conll, Source("d.conll", "d", path), options or ReadOptions()))


def documents_of(items: list[Item]) -> list[Document]:
    return [item for item in items if isinstance(item, Document)]


def findings_of(items: list[Item]) -> list[Finding]:
    return [item for item in items if isinstance(item, Finding)]


def facts_of(items: list[Item]) -> dict[str, str]:
    return {name: value for item in items if isinstance(item, Facts) for name, value in item.values.items()}


def written(documents: list[Document], folder: Path, options: WriteOptions | None = None) -> bytes:
    path = folder / "out.conll"
    formats.write(conll, in_batches(documents), path, options or WriteOptions())
    return path.read_bytes()


def document(text: str, *spans: tuple[int, int, str], joins: tuple[int, ...] = ()) -> Document:
    return Document("d", text, tuple(Span(*span) for span in spans), joins=joins)


# ------------------------------------------------------------------------------------------------- reading


def test_every_token_knows_its_row(tmp_path: Path) -> None:
    (doc,) = documents_of(of_bytes(b"a O\n  bc O\n\n\nd O\ne\tO\n", tmp_path))
    assert doc.text == "a bc\nd e"
    starts, _ = tokens.edges(doc)
    assert [doc.locate(start) for start in starts] == [
        ("d.conll", 1, 1),
        ("d.conll", 2, 3),
        ("d.conll", 5, 1),
        ("d.conll", 6, 1),
    ]
    assert doc.locate(3) == ("d.conll", 2, 4)


def test_a_carriage_return_that_ends_a_sentence_stays_in_its_token(tmp_path: Path) -> None:
    (doc,) = documents_of(of_bytes(b"x O\na\r B-X\n\nb\r O\nc O\n", tmp_path))
    assert (doc.text, doc.sentences) == ("x a\r \nb\r c", ((0, 4), (6, 10)))
    assert [doc.covered(span) for span in doc.spans] == ["a\r"]
    assert [doc.locate(6), doc.locate(9)] == [("d.conll", 4, 1), ("d.conll", 5, 1)]


INVALID = b"a O\nb I-X\nc I-X\n\nd B-Y\nE  I-X \n\nf B-X\n"


def test_invalid_tags_are_named_where_they_stand_and_leave_their_sentence_out(tmp_path: Path) -> None:
    items = of_bytes(INVALID, tmp_path, ReadOptions(scheme="bio"))
    assert [doc.text for doc in documents_of(items)] == ["f"]
    assert [(f.code, f.where and f.where[1:], f.excerpt and f.excerpt[:]) for f in findings_of(items)] == [
        ("F005", (2, 3), ("b I-X", 2, 5)),
        ("F005", (6, 4), ("E  I-X ", 3, 6)),
    ]
    assert findings_of(items)[0].message.startswith("'I-X' may not follow 'O' in IOB2; its sentence is left out")
    assert "repaired tags" not in facts_of(items)


@pytest.mark.parametrize(
    ("invalid", "spans", "repaired", "lost"),
    [
        ("lenient", ["b c", "d", "E", "f"], "2 (lenient)", []),
        ("discard", ["d", "f"], "3 (discard)", [("F023", 2, 3, {"X": 1}), ("F023", 6, 4, {"X": 1})]),
    ],
)
def test_a_named_repair_is_counted(
    invalid: str, spans: list[str], repaired: str, lost: list[object], tmp_path: Path
) -> None:
    items = of_bytes(INVALID, tmp_path, ReadOptions(scheme="IOB2", invalid=invalid))
    (doc,) = documents_of(items)
    assert [doc.covered(span) for span in doc.spans] == spans
    assert facts_of(items)["repaired tags"] == repaired
    assert [(f.code, *f.where[1:], f.unread) for f in findings_of(items) if f.where] == lost


def test_one_file_is_one_document_when_asked(tmp_path: Path) -> None:
    data = b"-DOCSTART- O\n\na O\n\n-DOCSTART- O\n\nb O\n"
    assert [doc.id for doc in documents_of(of_bytes(data, tmp_path))] == ["d#1", "d#2"]
    (doc,) = documents_of(of_bytes(data, tmp_path, ReadOptions(documents="file")))
    assert (doc.id, doc.text) == ("d", "a\nb")


def test_findings_of_a_document_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    items = of_bytes(b"a I-X\n\nb\n\nc I-X\n\nd O\n\n-DOCSTART-\n\ne I-X\n\nf\n", tmp_path, ReadOptions(scheme="IOB2"))
    assert [f.where and f.where.line for f in findings_of(items)] == [1, 3, 5, 11, 13]
    assert [type(item).__name__ for item in items] == ["Facts", "Document", *["Finding"] * 5]


def test_the_first_row_need_not_be_a_usual_one(tmp_path: Path) -> None:
    items = of_bytes(b"title of it\n\na O\n\nb O\n", tmp_path)
    assert [doc.text for doc in documents_of(items)] == ["a\nb"]
    assert [(f.code, f.where and f.where.line) for f in findings_of(items)] == [("F011", 1)]


@pytest.mark.parametrize("data", [b"just\nwords\n", b"oneline", b"{}"])
def test_what_has_no_columns_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"d.conll: is not column text: no row has a token and a tag"):
        of_bytes(data, tmp_path)


def test_an_unknown_scheme_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="unknown tag scheme 'BIX'"):
        of_bytes(b"a O\n", tmp_path, ReadOptions(scheme="BIX"))


PIECES = [b"-DOCSTART-", b" ", b"\t", b"\n", b"\n\n", b"\r", b"a", b"O", b"B-X", b"I-X", b"E-", b"-", b"\xff", b"\0"]
PIECES += [
    "\ufeff".encode(),
    "\u00a0".encode(),
    "\u2028".encode(),
    b"\x0b",
    b"#",
    b"L-a-b",
    b"U-\r",
    b"a O\n",
    b"B-X O\n",
]


@given(
    data=st.one_of(st.binary(), st.lists(st.sampled_from(PIECES)).map(b"".join)),
    invalid=st.sampled_from(["error", "lenient", "discard"]),
    scheme=st.sampled_from(["auto", *SCHEMES]),
    encoding=st.sampled_from(["utf-8", "utf-16", "cp1252"]),
)
@examples(1000)
def test_any_bytes_are_read_or_refused(
    data: bytes, invalid: str, scheme: str, encoding: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    try:
        items = of_bytes(
            data, tmp_path_factory.getbasetemp(), ReadOptions(scheme=scheme, invalid=invalid, encoding=encoding)
        )
    except Unreadable:
        return
    assert isinstance(items[0], Facts)
    for doc in documents_of(items):
        starts, ends = tokens.edges(doc)
        assert all(doc.locate(start) for start in starts)
        assert {s.start for s in doc.spans} <= set(starts)
        assert {s.end for s in doc.spans} <= set(ends)


@pytest.mark.parametrize(
    "data",
    [
        b"word " * 200_000,
        b"a O\n" * 200_000,
        b" " * 500_000,
        b"\n" * 500_000,
        b"a\n" * 100_000 + b"a O\n",
        b"a X\n" * 50_000,
    ],
    ids=["one row", "one sentence", "spaces", "blank lines", "ragged rows", "invalid tags"],
)
def test_large_and_odd_files_do_not_hang(data: bytes, tmp_path: Path) -> None:
    assert isinstance(of_bytes(data, tmp_path, ReadOptions(scheme="IOB2"))[0], Facts)


# ------------------------------------------------------------------------------------------------- writing


WIN = document("Win Dayton left .\n\n  In\tLima , Peru", (0, 10, "PER"), (24, 28, "LOC"), (31, 35, "LOC"))
HOME = document("Home")


def test_two_columns_and_a_blank_line_after_every_sentence(tmp_path: Path) -> None:
    rows = b"Win B-PER\nDayton I-PER\nleft O\n. O\n\nIn O\nLima B-LOC\n, O\nPeru B-LOC\n\n"
    assert written([WIN], tmp_path) == rows
    marker = b"-DOCSTART- -X- O O\n\n"
    assert written([WIN, HOME], tmp_path) == marker + rows + marker + b"Home O\n\n"
    assert written([], tmp_path) == b""


def test_four_columns_tabs_and_schemes(tmp_path: Path) -> None:
    options = WriteOptions(scheme="bioes", delimiter="tab", columns=4)
    assert written([document("Win Dayton", (0, 10, "PER"))], tmp_path, options) == (
        b"Win\t-X-\t-X-\tB-PER\nDayton\t-X-\t-X-\tE-PER\n\n"
    )


@pytest.mark.parametrize("name", [name for name in SCHEMES if name != "IO"])
def test_touching_spans(name: str, tmp_path: Path) -> None:
    triples = [(0, 1, "A"), (1, 3, "A"), (3, 4, "A"), (4, 5, "B")]
    doc = document("a  b c\td e\nf", (0, 1, "A"), (3, 6, "A"), (7, 8, "A"), (9, 10, "B"), (11, 12, "B"))
    tags = [*schemes.encode(SCHEMES[name], triples, 5), "", *schemes.encode(SCHEMES[name], [(0, 1, "B")], 1), ""]
    found = written([doc], tmp_path, WriteOptions(scheme=name)).decode().split("\n")
    assert [row.partition(" ")[2] for row in found[:-1]] == tags


def test_tokens_end_at_joins(tmp_path: Path) -> None:
    doc = document("Rafsanjani's (C)", (0, 10, "PER"), joins=(10, 14, 15))
    assert written([doc], tmp_path) == b"Rafsanjani B-PER\n's O\n( O\nC O\n) O\n\n"


def test_spans_that_are_not_flat_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not flat"):
        written([document("a b", (0, 3, "X"), (2, 3, "Y"))], tmp_path)
    with pytest.raises(ValueError, match="across sentences"):
        written([document("a\nb", (0, 3, "X"))], tmp_path)


@pytest.mark.parametrize("options", [WriteOptions(), *(WriteOptions(target=t) for t in ("spacy", "seqscore", "hf"))])
def test_a_token_that_would_start_a_document_is_refused(options: WriteOptions, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'-DOCSTART- O' would be the start of a document"):
        written([document("a -DOCSTART- b")], tmp_path, options)
    data = written([document("a -DOCSTART-b")], tmp_path)
    assert documents_of(of_bytes(data, tmp_path))[0].text == "a -DOCSTART-b"


@pytest.mark.parametrize("label", ["creative work", "a\tb", "a\nb", "a\r"])
def test_a_label_with_white_space_is_refused(label: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds white space, which a tag cannot"):
        written([document("a", (0, 1, label))], tmp_path)


def test_a_first_byte_order_mark_that_is_text_stays(tmp_path: Path) -> None:
    assert documents_of(of_bytes(written([document("\ufeffa")], tmp_path), tmp_path))[0].text == "\ufeffa"


# -------------------------------------------------------------------------------------- what is written reads back


@pytest.mark.parametrize("name", SCHEMES)
@given(found=st.lists(documents(), min_size=1, max_size=3), columns=st.sampled_from([2, 4]), tab=st.booleans())
@examples(150)
def test_any_batch_reads_back(name: str, found: list[Document], columns: int, tab: bool) -> None:
    """Whatever sentences, joins, line ends and spans there are."""
    options = WriteOptions(scheme=name, columns=columns, delimiter="tab" if tab else "space")
    keeps = formats.keeps(conll, options)
    batch = fit(batch_of(found, "d.txt"), keeps, corpus_tokens, None).batch
    read = conll.read_back(conll.encode(batch, options), options)
    assert difference(batch, read, keeps) is None


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (b"met O", b"met B-PER", "3 spans are read as 4"),
        (b"Iran B-LOC", b"Iran B-ORG", "the label 3 of 'd' is read as"),
        (b"Lee I-PER", b"Lee O", "the span 1 of 'd' is read as"),
        (b"met O", b"saw O", "the text of 'd' differs at byte 8"),
        (b"met O\n", b"met O\n\n", "the text of 'd' differs at byte 11"),
        (b"met O\n", b"met O\n\n-DOCSTART- O\n\n", "1 documents are read as 2"),
        (b"met O\n", b"met\n", "the text of 'd' differs at byte 0"),
    ],
)
def test_a_changed_row_is_seen(old: bytes, new: bytes, what: str) -> None:
    batch = batch_of([document("Ann Lee met MFA\nin Iran", (0, 7, "PER"), (12, 15, "ORG"), (19, 23, "LOC"))], "d.txt")
    piece = conll.encode(batch, WriteOptions())
    read = conll.read_back(piece.replace(old, new), WriteOptions())
    assert (difference(batch, read, conll.KEEPS) or "").startswith(what)


@pytest.mark.skipif(not GOLD, reason="the corpora are not beside this checkout")
@pytest.mark.parametrize("gold", GOLD, ids=lambda path: path.stem)
def test_gold_comes_back_byte_for_byte(gold: Path, tmp_path: Path) -> None:
    items = list(read_as(conll, Source(str(gold), "d", gold), ReadOptions()))
    assert findings_of(items) == []
    assert facts_of(items)["scheme"].startswith("IOB2: B- after O: ")
    assert written(documents_of(items), tmp_path) == gold.read_bytes()


@pytest.mark.skipif(not GOLD, reason="the corpora are not beside this checkout")
@pytest.mark.parametrize("gold", GOLD, ids=lambda path: path.stem)
def test_bracket_text_gives_the_gold_byte_for_byte(gold: Path, tmp_path: Path) -> None:
    source = gold.with_suffix(".txt")
    items = list(read_as(bracket, Source(str(source), "d", source), ReadOptions(dialect="illinois")))
    fitted = fit(batch_of(documents_of(items), "d"), conll.KEEPS, corpus_tokens, None)
    assert not fitted.lost
    assert written(list(views.documents_of(fitted.batch)), tmp_path) == gold.read_bytes()


@pytest.mark.skipif(not GOLD, reason="the corpora are not beside this checkout")
@pytest.mark.parametrize("name", SCHEMES)
def test_gold_comes_back_through_every_scheme(name: str, tmp_path: Path) -> None:
    """But for the touching spans that IO cannot hold, the tags of one scheme say what those of another do."""
    gold = max(GOLD, key=lambda path: path.stat().st_size)
    first = documents_of(list(read_as(conll, Source(str(gold), "d", gold), ReadOptions())))
    options = WriteOptions(scheme=name)
    batch = fit(batch_of(first, "d"), formats.keeps(conll, options), corpus_tokens, None).batch
    fitted = list(views.documents_of(batch))
    items = of_bytes(written(fitted, tmp_path, options), tmp_path)
    assert [doc.spans for doc in documents_of(items)] == [doc.spans for doc in fitted]
    assert name == "IO" or fitted == [replace(doc, meta={}) for doc in first]


# ---------------------------------------------------------------------------------------------- the readers it is for


BOTH = [WIN, document("# 1 Oslo", (4, 8, "LOC"))]
SURFACES = [[("PER", "Win Dayton"), ("LOC", "Lima"), ("LOC", "Peru")], [("LOC", "Oslo")]]


@pytest.mark.parametrize("scheme", ["IO", "IOB1", "IOB2", "BILOU"])
@pytest.mark.parametrize("columns", [2, 4])
@pytest.mark.parametrize("count", [1, 2])
def test_spacy_convert_reads_what_is_for_it(scheme: str, columns: int, count: int, tmp_path: Path) -> None:
    """Through the stock command's own function, with its default settings."""
    convert = pytest.importorskip("spacy.cli.convert").convert
    spacy_tokens = pytest.importorskip("spacy.tokens")
    options = WriteOptions(scheme=scheme, columns=columns, target="spacy")
    written(BOTH[:count], tmp_path, options)
    convert(tmp_path / "out.conll", tmp_path, file_type="spacy", converter="ner")
    vocab = pytest.importorskip("spacy.vocab").Vocab()
    docs = list(spacy_tokens.DocBin().from_disk(tmp_path / "out.spacy").get_docs(vocab))
    assert [[(ent.label_, ent.text) for ent in doc.ents] for doc in docs] == SURFACES[:count]
    assert [word.text for word in docs[0]] == ["Win", "Dayton", "left", ".", "In", "Lima", ",", "Peru"]
    assert [sent.text for sent in docs[0].sents] == ["Win Dayton left .", "In Lima , Peru"]


SEQSCORE = {"IO": "IO", "IOB1": "IOB", "IOB2": "BIO", "IOBES": "BIOES", "BILOU": "BILOU"}


@pytest.mark.parametrize("scheme", SEQSCORE)
@pytest.mark.parametrize("delimiter", ["space", "tab"])
@pytest.mark.parametrize("columns", [2, 4])
def test_seqscore_reads_what_is_for_it(scheme: str, delimiter: str, columns: int, tmp_path: Path) -> None:
    theirs = pytest.importorskip("seqscore.conll")
    written(BOTH, tmp_path, WriteOptions(scheme=scheme, delimiter=delimiter, columns=columns, target="seqscore"))
    found = theirs.ingest_conll_file(
        tmp_path / "out.conll",
        SEQSCORE[scheme],
        "utf-8",
        theirs.LineSpec(0, -1),
        ignore_document_boundaries=False,
        allow_comment_lines=False,
    )
    mentions = [
        [(m.type, " ".join(sentence.mention_tokens(m))) for sentence in doc for m in sentence.mentions] for doc in found
    ]
    assert mentions == SURFACES


def rows_as_flair_takes_them(path: Path) -> list[list[list[str]]]:
    """Split at any white space, drop what begins with "# ", end a sentence at a blank line."""
    found: list[list[list[str]]] = [[]]
    for line in path.read_text().split("\n"):
        if not line.strip():
            found.append([])
        elif not line.startswith("# "):
            found[-1].append(re.split(r"\s+", line.rstrip()))
    return [sentence for sentence in found if sentence]


@pytest.mark.parametrize("columns", [2, 4])
def test_rows_for_flair_are_no_comments_and_its_marker_stands_alone(columns: int, tmp_path: Path) -> None:
    written(BOTH, tmp_path, WriteOptions(columns=columns, target="flair"))
    found = rows_as_flair_takes_them(tmp_path / "out.conll")
    marker = ["-DOCSTART-", *["-X-"] * (columns - 2), "O"]
    assert [[row[0] for row in sentence] for sentence in found] == [
        ["-DOCSTART-"],
        ["Win", "Dayton", "left", "."],
        ["In", "Lima", ",", "Peru"],
        ["-DOCSTART-"],
        ["#", "1", "Oslo"],
    ]
    assert found[0] == [marker]
    assert [row[-1] for row in found[4]] == ["O", "O", "B-LOC"]


@pytest.mark.parametrize("columns", [2, 4])
def test_rows_for_hugging_face_split_at_single_spaces(columns: int, tmp_path: Path) -> None:
    written(BOTH, tmp_path, WriteOptions(columns=columns, delimiter="tab", target="hf"))
    lines = (tmp_path / "out.conll").read_text().split("\n")
    rows = [line.split(" ") for line in lines if line and not line.startswith("-DOCSTART-")]
    assert {len(row) for row in rows} == {columns}
    assert [(row[0], row[-1]) for row in rows if row[-1] != "O"] == [
        ("Win", "B-PER"),
        ("Dayton", "I-PER"),
        ("Lima", "B-LOC"),
        ("Peru", "B-LOC"),
        ("Oslo", "B-LOC"),
    ]


@pytest.mark.parametrize(
    ("target", "scheme"),
    [("spacy", "IOBES"), ("spacy", "IOE2"), ("seqscore", "IOE1"), ("flair", "BILOU"), ("flair", "IOE2")],
)
def test_a_scheme_that_the_target_misreads_is_refused(target: str, scheme: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"{target} does not read the scheme {scheme}; with --for {target}: IOB2"):
        written([HOME], tmp_path, WriteOptions(scheme=scheme, target=target))


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("spacy", "10\u00a0km"),
        ("spacy", "a\u2028b"),
        ("flair", "10\u00a0km"),
        ("seqscore", "a\rb"),
        ("hf", "a\rb"),
        ("hf", "10\u00a0km"),
        ("hf", "-DOCSTART-x"),
    ],
)
def test_a_token_that_the_target_misreads_is_refused(target: str, text: str, tmp_path: Path) -> None:
    (doc,) = documents_of(of_bytes(f"ok O\n{text} O\n".encode(), tmp_path))
    with pytest.raises(UsageError, match=f"d.conll:2:1: the row .* to {target}; change the text or the target"):
        written([doc], tmp_path, WriteOptions(target=target))
    assert written([doc], tmp_path) == f"ok O\n{text} O\n\n".encode()
