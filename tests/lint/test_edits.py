"""Decisions as edits of bracket text, columns and spans JSONL: what changes, what does not."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nerconv import formats, schemes
from nerconv.document import Document, Span
from nerconv.io.sources import Source
from nerconv.linting.edits import editor_of
from nerconv.linting.edits.outcome import Change, Refused, outcome, outcome_of
from nerconv.linting.edits.text import Edit, SourceText, applied, shortened
from nerconv.linting.rule import SpanChange, TextChange
from nerconv.options import ReadOptions
from nerconv.tokens import edges

READ = ReadOptions()


def documents(path: Path, read: ReadOptions = READ) -> list[Document]:
    source = Source(str(path), path.stem, path)
    return [item for item in formats.documents(source, read) if isinstance(item, Document)]


def edited(path: Path, changes: Sequence[Change], read: ReadOptions = READ, number: int = 0) -> bytes:
    """Make ``changes`` in a document of the file; what is read of the file then is what they make of it."""
    raw = path.read_bytes()
    before = documents(path, read)
    text, edit = editor_of(Source(str(path), path.stem, path), raw, read)
    made = edit(before[number], changes)
    after = applied(text.text, made.edits)
    path.write_bytes(text.encoded(after))
    expected = [outcome_of(document) for document in before]
    expected[number] = outcome(before[number], changes, made.spaces)
    assert [outcome_of(document) for document in documents(path, read)] == expected
    return path.read_bytes()


def change(document: Document, what: str) -> Change:
    """Return the change that ``what`` says: -SURFACE, SURFACE=LABEL, OLD>NEW, +SURFACE=LABEL, SURFACE~TEXT."""

    def span(surface: str, label: str = "") -> Span:
        found = [span for span in document.spans if document.covered(span) == surface and label in ("", span.label)]
        return found[0]

    if what.startswith("-"):
        return SpanChange(span(*what[1:].split("/")), None)
    if what.startswith("+"):
        surface, label = what[1:].split("=")
        at = document.text.index(surface)
        return SpanChange(None, Span(at, at + len(surface), label))
    if ">" in what:
        old, new = what.split(">")
        was = span(*old.split("/"))
        near = [at for at in range(len(document.text)) if document.text.startswith(new, at)]
        at = min(near, key=lambda at: abs(at - was.start))
        return SpanChange(was, Span(at, at + len(new), was.label))
    if "~" in what:
        surface, text = what.split("~")
        at = document.text.index(surface)
        return TextChange(at, at + len(surface), text)
    surface, label = what.split("=")
    was = span(*surface.split("/"))
    return SpanChange(was, Span(was.start, was.end, label))


def made(tmp_path: Path, name: str, before: str, *whats: str, read: ReadOptions = READ) -> str:
    path = tmp_path / name
    path.write_bytes(before.encode())
    (document,) = documents(path, read)
    return edited(path, [change(document, what) for what in whats], read).decode()


BRACKETS = [
    # an inner span goes, an outer one does, and both change their labels
    ("[ORG Bank of [LOC Oz  ]  ] met \n", ["-Oz"], "[ORG Bank of Oz  ] met \n"),
    ("[ORG Bank of [LOC Oz  ]  ] met \n", ["-Bank of Oz"], "Bank of [LOC Oz  ] met \n"),
    ("[ORG Bank of [LOC Oz  ]  ] met \n", ["Bank of Oz=LOC", "Oz=PER"], "[LOC Bank of [PER Oz  ]  ] met \n"),
    ("[PER [LOC Paris  ] Hilton  ] met \n", ["-Paris"], "[PER Paris Hilton  ] met \n"),
    ("[PER [LOC Paris  ] Hilton  ] met \n", ["-Paris Hilton"], "[LOC Paris  ] Hilton met \n"),
    ("[PER [LOC Paris  ]  ] met \n", ["-Paris/PER"], "[LOC Paris  ] met \n"),
    # a span comes inside of another one, around it, and on the same text
    ("[ORG Bank of Oz  ] met \n", ["+Oz=LOC"], "[ORG Bank of [LOC Oz  ]  ] met \n"),
    ("Bank of [LOC Oz  ] met \n", ["+Bank of Oz=ORG"], "[ORG Bank of [LOC Oz  ]  ] met \n"),
    ("[LOC Oz  ] met \n", ["+Oz met=ORG"], "[ORG [LOC Oz  ] met  ] \n"),
    # edges move out of and into others
    ("[PER [LOC Paris  ] Hilton  ] met \n", ["Paris Hilton>Paris Hilton met"], "[PER [LOC Paris  ] Hilton met  ] \n"),
    ("[PER Paris [LOC Hilton  ]  ] met \n", ["Hilton>Paris Hilton"], "[PER [LOC Paris Hilton  ]  ] met \n"),
    ("the [LOC Oz] bank said \n", ["Oz>the Oz"], "[LOC the Oz] bank said \n"),
    # touching spans
    ("[PER Ann  ][LOC Oz  ] met \n", ["-Ann"], "Ann [LOC Oz  ] met \n"),
    # a line end in the style of the file, white space that is odd
    ("x\u00a0y [PER Ann  ]  met \r\n[LOC Oz  ] \r\n", ["Ann=ORG"], "x\u00a0y [ORG Ann  ]  met \r\n[LOC Oz  ] \r\n"),
    # where punctuation is glued to words it stays so, else it is set apart
    ("(Ann), met [LOC Oz]. Yes, he, did.\n", ["+Ann=PER"], "([PER Ann]), met [LOC Oz]. Yes, he, did.\n"),
    ("x [PER Velidze:  ] said . \n", ["Velidze:>Velidze"], "x [PER Velidze  ] : said . \n"),
    # the first annotation of a file
    ("Ann met . \n[LOC Oz ] \n", ["+Ann=PER"], "[PER Ann ] met . \n[LOC Oz ] \n"),
]


@pytest.mark.parametrize(("before", "whats", "after"), BRACKETS)
def test_brackets_are_written_where_spans_change(before: str, whats: list[str], after: str, tmp_path: Path) -> None:
    assert made(tmp_path, "a.txt", before, *whats) == after


COLUMNS = [
    ("Ann B-PER\nBo O\n", ["-Ann"], "Ann O\nBo O\n"),
    ("Ann  B-PER \nBo\tO\n", ["Ann=LOC"], "Ann  B-LOC \nBo\tO\n"),
    ("a 1 B-PER\r\nb 2 I-PER\r\nc 3 O\r\n", ["a b>a b c"], "a 1 B-PER\r\nb 2 I-PER\r\nc 3 I-PER\r\n"),
    # a neighbour of the same label gets another letter, and loses it again
    ("a I-PER\nb O\nc I-LOC\nd B-LOC\n", ["+b=LOC"], "a I-PER\nb I-LOC\nc B-LOC\nd B-LOC\n"),
    ("a I-PER\nb I-LOC\nc B-LOC\nd B-LOC\n", ["-b"], "a I-PER\nb O\nc I-LOC\nd B-LOC\n"),
    ("a B-PER\nb E-PER\nc S-LOC\n", ["a b>a"], "a S-PER\nb O\nc S-LOC\n"),
    ("a B-PER\nb L-PER\nc U-LOC\n", ["-c", "a b>a b c"], "a B-PER\nb I-PER\nc L-PER\n"),
    ("a PER\nb PER\nc O\n", ["a b>a"], "a PER\nb O\nc O\n"),
    ("Ann: B-PER\nBo O\n", ["Ann:~Ann"], "Ann B-PER\nBo O\n"),
    ("-DOCSTART- O\n\n# x\nAnn B-PER", ["-Ann", "+Ann=ORG"], "-DOCSTART- O\n\n# x\nAnn B-ORG"),
]


@pytest.mark.parametrize(("before", "whats", "after"), COLUMNS)
def test_tags_of_the_rows_concerned_change(before: str, whats: list[str], after: str, tmp_path: Path) -> None:
    assert made(tmp_path, "a.conll", before, *whats) == after


RECORDS = [
    (
        '{"text":"Ann met Bo","spans":[{"start":0,"end":3,"label":"PER"},{"start":8,"end":10,"label":"PER"}]}',
        ["-Ann"],
        '{"text":"Ann met Bo","spans":[{"start":8,"end":10,"label":"PER"}]}',
    ),
    (
        '{"text": "Ann met Bo", "spans": [ {"start": 0, "end": 3, "label": "PER", "by": ["x"]} ], "meta": {"n": 1.50}}',
        ["Ann=ORG", "+Bo=PER"],
        '{"text": "Ann met Bo", "spans": [ {"start": 0, "end": 3, "label": "ORG", "by": ["x"]}, '
        '{"start": 8, "end": 10, "label": "PER"} ], "meta": {"n": 1.50}}',
    ),
    (
        '{"spans": [{"label": "PER", "text": "Ann", "end": 3, "start": 0}], "text": "Ann Bo met"}',
        ["Ann>Ann Bo", "+met=X"],
        '{"spans": [{"label": "PER", "text": "Ann Bo", "end": 6, "start": 0}, {"label": "X", "end": 10, "start": 7, '
        '"text": "met"}], "text": "Ann Bo met"}',
    ),
    (
        '{"text": "Ann\\nBo", "spans": []}',
        ["+Ann\nBo=PER"],
        '{"text": "Ann\\nBo", "spans": [{"start": 0, "end": 6, "label": "PER"}]}',
    ),
    ('{"text": "Ann"}', ["+Ann=PER"], '{"text": "Ann", "spans": [{"start": 0, "end": 3, "label": "PER"}]}'),
    (
        '{"text":"\\u00e9 Ann","spans":[]}',
        ["+Ann=\u00c9"],
        '{"text":"\\u00e9 Ann","spans":[{"start":2,"end":5,"label":"\\u00c9"}]}',
    ),
    (
        '{"text": "Ann : met Bo", "spans": [{"start": 0, "end": 5, "label": "PER"}, {"start": 10, "end": 12, '
        '"label": "PER"}], "sentences": [[0, 12]]}',
        ["Ann :>Ann", " :~"],
        '{"text": "Ann met Bo", "spans": [{"start": 0, "end": 3, "label": "PER"}, {"start": 8, "end": 10, '
        '"label": "PER"}], "sentences": [[0, 10]]}',
    ),
]


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize(("before", "whats", "after"), RECORDS)
def test_the_spans_of_a_record_change_and_no_other_value(
    before: str, whats: list[str], after: str, end: str, tmp_path: Path
) -> None:
    path, other = tmp_path / "a.jsonl", b'{"id": "z",  "text": "Cy", "spans":[]}\r\n\n'
    path.write_bytes(other + (before + end).encode())
    document = documents(path)[1]
    found = edited(path, [change(document, what) for what in whats], number=1)
    assert found == other + (after + end).encode()


REFUSED = [
    ("a.txt", "He(Ann), met [LOC Oz]. Yes.\n", "+e(Ann=PER", "right behind a word"),
    ("a.txt", "[PER Ann  ] met \nOz \n", "+met \nOz=LOC", "runs over the end of a line"),
    ("a.txt", "[PER Ann met  ] Oz \n", "+met Oz=LOC", "its brackets would cross those of PER"),
    ("a.txt", "[PER Ann  ] met \n", "+met=A B", "brackets cannot hold the label 'A B'"),
    ("a.txt", "[PER Ann  ] <b>met</b> [ORG <i>Oz</i>  ] \n", "-Oz", 'opening bracket of ORG "Oz" does not stand right'),
    ("a.txt", "[PER Ann  ] met \n", "+Ann=PER", 'the span PER "Ann" is there already'),
    ("a.conll", "Velidze: B-PER\nsaid O\n", "Velidze:>Velidze", 'inside of the token "Velidze:" on line 1'),
    ("a.conll", "a B-PER\nb I-PER\n", "+b=LOC", "columns hold no span inside of another"),
    ("a.conll", "a B-PER\nb O\n", "+b=X Y", "cannot be 'B-X Y'"),
    ("a.conll", "a PER\nb O\n", "+b=PER", "cannot separate the touching 'PER' spans"),
    ("a.conll", "a B-PER\n\nb O\n", "+a\nb=X", "a span of a column file stands within one sentence"),
    ("a.conll", "a B-PER\nb O\n", "a~a b", "a row is one token"),
    (
        "a.jsonl",
        '{"text": "a b", "tokens": [1], "spans": [{"start": 0, "end": 1, "label": "X"}]}',
        "a~aa",
        "holds tokens",
    ),
]


@pytest.mark.parametrize(("name", "before", "what", "why"), REFUSED)
def test_what_a_file_cannot_hold_is_refused_in_words(
    name: str, before: str, what: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(Refused) as error:
        made(tmp_path, name, before, what)
    assert why in str(error.value)
    assert (tmp_path / name).read_text() == before


_TOKENS = st.sampled_from(["Ann", "met", "Oz", ",", "(", "é", "\U0001f600", "a\u00a0b", "'s", "x:", "3"])
_LABELS = st.sampled_from(["PER", "LOC", "ORG"])


@st.composite
def nested(draw: st.DrawFn, count: int, depth: int = 3) -> list[tuple[int, int, str]]:
    """Return spans of some tokens that do not cross."""
    spans: set[tuple[int, int, str]] = set()
    for _ in range(draw(st.integers(0, depth))):
        start = draw(st.integers(0, count - 1))
        end = draw(st.integers(start + 1, count))
        if not any(s < start < e < end or start < s < end < e or (s, e) == (start, end) for s, e, _ in spans):
            spans.add((start, end, draw(_LABELS)))
    return sorted(spans)


def bracketed(tokens: list[str], spans: list[tuple[int, int, str]], closing: str) -> str:
    """Return a line of bracket text."""
    pieces = []
    for at, token in enumerate(tokens):
        opens = [label for start, end, label in sorted(spans, key=lambda s: (s[0], -s[1])) if start == at]
        closes = sum(end == at + 1 for _, end, _ in spans)
        pieces.append("".join(f"[{label} " for label in opens) + token + closing * closes)
    return " ".join(pieces) + " "


@st.composite
def changes_of(draw: st.DrawFn, document: Document) -> list[Change]:
    """Return changes of a document at edges of its tokens."""
    starts, ends = edges(document)
    found: list[Change] = []
    for span in document.spans:
        match draw(st.sampled_from(["stay", "drop", "label", "move"])):
            case "drop":
                found.append(SpanChange(span, None))
            case "label":
                found.append(SpanChange(span, Span(span.start, span.end, draw(_LABELS))))
            case "move":
                start = draw(st.sampled_from(starts))
                end = draw(st.sampled_from([end for end in ends if end > start]))
                found.append(SpanChange(span, Span(start, end, span.label)))
    more: bool = draw(st.booleans())
    if starts and more:
        start = draw(st.sampled_from(starts))
        found.append(
            SpanChange(None, Span(start, draw(st.sampled_from([e for e in ends if e > start])), draw(_LABELS)))
        )
    return found


def check(data: st.DataObject, path: Path, content: bytes, read: ReadOptions = READ) -> None:
    """Make changes in a document of the file: they read back as decided, or are refused and change nothing."""
    path.write_bytes(content)
    found = documents(path, read)
    if not found:
        return
    number = data.draw(st.integers(0, len(found) - 1))
    changes = data.draw(changes_of(found[number]))
    try:
        edited(path, changes, read, number)
    except Refused:
        assert path.read_bytes() == content


_ends = st.sampled_from(["\n", "\r\n"])


@given(data=st.data(), end=_ends, closing=st.sampled_from(["  ]", "]", " ]"]), mark=st.sampled_from(["", "\ufeff"]))
@settings(max_examples=40, deadline=None)
def test_bracket_text_reads_back_as_decided(
    data: st.DataObject, end: str, closing: str, mark: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = []
    for _ in range(data.draw(st.integers(1, 3))):
        tokens = data.draw(st.lists(_TOKENS, min_size=1, max_size=6))
        lines.append(bracketed(tokens, data.draw(nested(len(tokens))), closing))
    # A line that shows the dialect.
    content = mark + f"[PER Bo{closing} [LOC Al{closing} x " + end + "".join(line + end for line in lines)
    dialect = {"  ]": "illinois", "]": "compact", " ]": "spaced"}[closing]
    read = ReadOptions(dialect=dialect)
    check(data, tmp_path_factory.getbasetemp() / "a.txt", content.encode(), read)


@given(data=st.data(), end=_ends, scheme=st.sampled_from([*schemes.SCHEMES]), gap=st.sampled_from([" ", "\t", " x "]))
@settings(max_examples=40, deadline=None)
def test_columns_read_back_as_decided(
    data: st.DataObject, end: str, scheme: str, gap: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rows = []
    for _ in range(data.draw(st.integers(1, 3))):
        tokens = data.draw(st.lists(_TOKENS, min_size=1, max_size=6))
        spans = [(at, at + 1, "PER") for at in range(0, len(tokens), data.draw(st.integers(2, 4)))]
        tags = schemes.encode(schemes.get(scheme), spans, len(tokens))
        rows += [f"{token}{gap}{tag}" for token, tag in zip(tokens, tags, strict=True)] + [""]
    content = end.join(rows)
    check(data, tmp_path_factory.getbasetemp() / "a.conll", content.encode(), ReadOptions(scheme=scheme))


@given(data=st.data(), end=_ends, compact=st.booleans(), escaped=st.booleans())
@settings(max_examples=40, deadline=None)
def test_records_read_back_as_decided(
    data: st.DataObject, end: str, compact: bool, escaped: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = []
    for number in range(data.draw(st.integers(1, 3))):
        text = " ".join(tokens := data.draw(st.lists(_TOKENS, min_size=1, max_size=6)))
        begins = [sum(len(token) + 1 for token in tokens[:at]) for at in range(len(tokens))]
        spans = [
            {"start": begins[first], "end": begins[last - 1] + len(tokens[last - 1]), "label": label, "by": [number]}
            for first, last, label in data.draw(nested(len(tokens)))
        ]
        record = {"id": f"d{number}", "text": text, "spans": spans, "meta": {"a": [1.5]}}
        separators = (",", ":") if compact else (", ", ": ")
        lines.append(json.dumps(record, ensure_ascii=escaped, separators=separators) + end)
    check(data, tmp_path_factory.getbasetemp() / "a.jsonl", "".join(lines).encode())


def test_an_edit_is_as_short_as_can_be() -> None:
    assert shortened("[PER Ann  ]", Edit(0, 5, "[PERS ")) == Edit(4, 4, "S")
    assert shortened("aa", Edit(0, 2, "a")) == Edit(1, 2, "")


@pytest.mark.parametrize(
    ("raw", "encoding", "codec"),
    [
        (b"a", "utf-8-sig", "utf-8"),
        (b"\xef\xbb\xbfa", "utf-8", "utf-8"),
        ("a".encode(f"utf-16-{sys.byteorder[0]}e"), "utf-16", f"utf-16-{sys.byteorder[0]}e"),
        (b"\xfe\xff\x00a", "utf-8", "utf-16-be"),
        (b"\xff\xfe\x00\x00a\x00\x00\x00", "utf-8", "utf-32-le"),
        (b"a\xe9", "latin-1", "iso8859-1"),
    ],
)
def test_the_bytes_of_a_text_come_back_in_its_own_encoding(raw: bytes, encoding: str, codec: str) -> None:
    text = SourceText.of(raw, encoding)
    assert (text.text[0], text.codec, text.encoded(text.text)) == ("a", codec, raw)


@pytest.mark.parametrize(("raw", "encoding"), [(b"a\xe9", "utf-8"), (b"+AGE-", "utf-7"), (b"a", "rot13")])
def test_bytes_that_would_not_come_back_are_refused(raw: bytes, encoding: str) -> None:
    with pytest.raises(Refused, match="its bytes are not all"):
        SourceText.of(raw, encoding)
