"""The bracket grammar: dialects, exact closing rules, literal brackets, and what is reported about deviations."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import exact
import numpy as np
import pytest
from columnar import batch_of_text
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from reading import in_batches, read_as

from nerconv import formats
from nerconv.bracket import reader
from nerconv.bracket.dialect import DialectDetection
from nerconv.bracket.grammar import lines as lines_of
from nerconv.bracket.scan import find, pair
from nerconv.document import Document, Facts, Finding
from nerconv.formats import bracket
from nerconv.io.sources import Source, Unreadable
from nerconv.options import KNOWN_LABELS, ReadOptions, WriteOptions
from nerconv.tables import Extent


def read(data: str | bytes, folder: Path, **options: object) -> tuple[list[Document], list[Finding], dict[str, str]]:
    """Read ``data`` as a bracket file."""
    path = folder / "t.txt"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    documents, findings, facts = [], [], {}
    for item in read_as(bracket, Source(str(path), "t", path), ReadOptions(**options)):  # type: ignore[arg-type]
        if isinstance(item, Document):
            documents.append(item)
        elif isinstance(item, Finding):
            findings.append(item)
        elif isinstance(item, Facts):
            facts |= item.values
    return documents, findings, facts


def spans(document: Document) -> list[tuple[str, str]]:
    return [(span.label, document.covered(span)) for span in document.spans]


DIALECTS = [
    ("[PER Win Dayton  ] met [ORG Interior Ministry  ] 's staff in [LOC Iran  ] . \n", "illinois"),
    ("[PER Win Dayton] met [ORG Interior Ministry] 's staff in [LOC Iran] . \n", "compact"),
    ("[PER Win Dayton ] met [ORG Interior Ministry ] 's staff in [LOC Iran ] . \n", "spaced"),
    ("[PER Win Dayton  ] met [ORG Interior Ministry] 's staff in [LOC Iran ] . \n", "mixed"),
]


@pytest.mark.parametrize(("line", "dialect"), DIALECTS)
def test_each_dialect_is_detected_and_read_alike(line: str, dialect: str, tmp_path: Path) -> None:
    (document,), findings, facts = read(line, tmp_path)
    assert facts["dialect"].startswith(dialect + ":")
    assert document.text == "Win Dayton met Interior Ministry 's staff in Iran . \n"
    assert spans(document) == [("PER", "Win Dayton"), ("ORG", "Interior Ministry"), ("LOC", "Iran")]
    assert not findings


LITERALS = [
    # the two-space rule is exact: an entity of six tokens, two of them brackets
    ("[time [ Ten ] years ago  ] x \n", [("time", "[ Ten ] years ago")]),
    ("[ORG Foo ] Bar  ] x \n", [("ORG", "Foo ] Bar")]),
    ("[ [ORG UNION BANK  ] OF [LOC CALIFORNIA  ] LOGO ] \n", [("ORG", "UNION BANK"), ("LOC", "CALIFORNIA")]),
    ("[RT so [PER Ann  ] said \n", [("PER", "Ann")]),
    ("[PER A  ] [PER B  ] \n", [("PER", "A"), ("PER", "B")]),
    ("[LOC Iran  ]", [("LOC", "Iran")]),
    ("see [1] and [sic] in [LOC Rome] . \n", [("LOC", "Rome")]),
    ("[LOCAL time] in [LOC Rome] , [REF A] . \n", [("LOC", "Rome")]),
    ("[ORG Foo [ Bar] in [LOC Rome] \n", [("ORG", "Foo [ Bar"), ("LOC", "Rome")]),
    ("from [LOC Urbana ] -[LOC Champaign ] , after \n", [("LOC", "Urbana"), ("LOC", "Champaign")]),
    ("[PER A ] and [PER B  ] , [PER C]'s [1] [LOC D ] \n", [("PER", "A"), ("PER", "B"), ("PER", "C"), ("LOC", "D")]),
]


@pytest.mark.parametrize(("line", "expected"), LITERALS)
def test_literal_brackets_stay_text(line: str, expected: list[tuple[str, str]], tmp_path: Path) -> None:
    (document,), _, _ = read(line, tmp_path)
    assert spans(document) == expected


GLUED = [
    # behind a letter or digit it is text, whatever closes it and whatever the labels are
    ("so succeed[ing ] in [MISC Genesis  ] \n", [("MISC", "Genesis")], "so succeed[ing ] in Genesis \n"),
    ("x[PER a] 5[PER b] é[PER c] u\u0301[PER d] [LOC Rome] . \n", [("LOC", "Rome")], None),
    # punctuation may stand before it, in text that was not tokenised
    ('([PER Ann Lee]) "[LOC Rome]" -[LOC Oslo]/[LOC Bern][LOC Kiev]\n', None, '(Ann Lee) "Rome" -Oslo/BernKiev\n'),
    ("([PER Ann Lee  ]) met “[LOC Rome  ]” .\n", [("PER", "Ann Lee"), ("LOC", "Rome")], "(Ann Lee) met “Rome” .\n"),
    # scripts without spaces between words
    ("[PER 王小明]在[LOC 北京]工作。\n", [("PER", "王小明"), ("LOC", "北京")], "王小明在北京工作。\n"),
    ("เมื่อ[PER สมชาย]ไป\n", [("PER", "สมชาย")], "เมื่อสมชายไป\n"),
]


@pytest.mark.parametrize("labels", [None, frozenset()])
@pytest.mark.parametrize(("line", "expected", "text"), GLUED)
def test_an_opening_bracket_is_never_glued_to_a_word(
    line: str, expected: list[tuple[str, str]] | None, text: str | None, labels: frozenset[str] | None, tmp_path: Path
) -> None:
    (document,), findings, _ = read(line, tmp_path, labels=labels)
    if expected is not None:
        assert spans(document) == expected
    if text is not None:
        assert document.text == text
    assert not findings


def test_by_the_two_space_rule_a_bracket_inside_a_token_opens_nothing_that_comes_out_without_it(tmp_path: Path) -> None:
    (document,), findings, _ = read("[PER a :[x b  ] c \n", tmp_path)
    assert spans(document) == [("PER", "a :[x b")]
    assert not findings


ANY = "".join(f"[PER Ann{n}  ] met [DRUG D{n}  ] . \n" for n in range(200))


def test_a_few_brackets_of_the_text_weigh_nothing_against_many_annotations(tmp_path: Path) -> None:
    """Under --labels any a label is one that two spaces close somewhere, or a known one."""
    text = ANY + "move on .. [Haters u can ] go .. [DRUG Aspirin] for [LOC Rome ] \n"
    (document,), findings, facts = read(text, tmp_path, labels=frozenset())
    assert spans(document)[400:] == [("DRUG", "Aspirin"), ("LOC", "Rome")]
    assert document.text.endswith("move on .. [Haters u can ] go .. Aspirin for Rome \n")
    assert not findings
    assert "1 with a label that two spaces never close ([Haters 1) are text" in facts["dialect"]


def test_many_brackets_with_labels_of_their_own_are_annotations_under_any(tmp_path: Path) -> None:
    text = "[PER Ann  ] took [DRUG Aspirin] for [SYMPTOM headache ] . \n"
    (document,), _, facts = read(text * 3, tmp_path, labels=frozenset())
    assert len(document.spans) == 9
    assert facts["dialect"].startswith("mixed")
    (document,), _, _ = read(ANY + "[Haters u can ] \n", tmp_path, labels=frozenset(), dialect="mixed")
    assert spans(document)[400:] == [("Haters", "u can")]


FAULTS = [
    ("a [PER Win Dayton met [LOC Iran  ] . \n", "F001", 3, {"PER": 1}),
    ("a b  ] [LOC Iran  ] . \n", "F001", 6, {"?": 1}),
    ("a b] [LOC Iran] . \n", "F001", 4, {}),
    ("[PERS Ann] met [PER Bob] . \n", "F002", 1, {"PERS": 1}),
    ("[Per Ann] met [PER Bob] . \n", "F002", 1, {"Per": 1}),
    ("[person Ann] met [PER Bob] . \n", "F002", 1, {"person": 1}),
    ("[OGR Acme] met [PER Bob] . \n", "F002", 1, {"OGR": 1}),
    ("[B-PER Ann] met [PER Bob] . \n", "F002", 1, {"B-PER": 1}),
    ("[PER2 Ann] met [PER Bob] . \n", "F002", 1, {"PER2": 1}),
    ("[LOC Iran  ] [ORG  ] . \n", "F003", 14, {"ORG": 1}),
    ("[ORG [LOC Iran  ] MFA  ] . \n", "F004", 6, {}),
    ("[LOCAL time] in [LOC Rome] . \n", "F007", 1, {}),
    ("[REF A] and [sic] in [LOC Rome] . \n", "F007", 1, {}),
    ("[LOC Iran  ] [ORG a <br/>c  ] \n", "F008", 21, {}),
    ("[LOC Iran  ] [PER Win\nDayton  ] met \n", "F009", 14, {"PER": 1}),
]


@pytest.mark.parametrize(("text", "code", "column", "unread"), FAULTS)
def test_each_deviation_is_a_finding_with_its_place_and_what_it_costs(
    text: str, code: str, column: int, unread: dict[str, int], tmp_path: Path
) -> None:
    _, findings, _ = read(text, tmp_path)
    assert [finding.code for finding in findings] == [code]
    assert findings[0].unread == unread
    where, shown = findings[0].where, findings[0].excerpt
    assert where and (where.line, where.column) == (1, column)
    assert shown and shown.text[shown.start] in "[]<"
    assert shown.caret().index("^") == shown.start


def test_nested_spans_both_stay(tmp_path: Path) -> None:
    (document,), _, _ = read("x [ORG [LOC Iran  ] MFA  ] . \n", tmp_path)
    assert spans(document) == [("ORG", "Iran MFA"), ("LOC", "Iran")]


def test_ambiguous_file_is_refused_with_both_readings(tmp_path: Path) -> None:
    documents, findings, _ = read("[PER A ] B] \n", tmp_path)
    assert not documents
    assert [finding.code for finding in findings] == ["F010"]
    assert "compact" in findings[0].message
    assert "spaced" in findings[0].message
    (forced,), _, _ = read("[PER A ] B] \n", tmp_path, dialect="compact")
    assert spans(forced) == [("PER", "A ] B")]


def test_labels_that_nobody_knows_are_reported_when_a_file_holds_hardly_anything_else(tmp_path: Path) -> None:
    (document,), findings, _ = read("[group Abba] , [group Blur] and [group Can] sang . \n", tmp_path)
    assert not document.spans
    assert [(finding.code, finding.unread) for finding in findings] == [("F017", {"group": 3})]
    assert not read("[group A] sang in [LOC Rome] . \n", tmp_path)[1]


def test_a_common_label_that_was_not_asked_for_is_reported(tmp_path: Path) -> None:
    _, findings, _ = read("[PER Bob] in [LOC Rome] . \n", tmp_path, labels=frozenset({"LOC"}))
    assert [finding.code for finding in findings] == ["F002"]


def test_a_closing_bracket_in_a_file_without_annotations_is_text(tmp_path: Path) -> None:
    assert not read("array( [ [ 1 , 2  ] , [ 3 , 4  ]  ] )  ] \n", tmp_path)[1]


def test_a_label_that_was_not_asked_for_stays_where_two_spaces_prove_it(tmp_path: Path) -> None:
    (document,), findings, _ = read("[PER Bob  ] in [LOC Rome  ] . \n", tmp_path, labels=frozenset({"LOC"}))
    assert spans(document) == [("PER", "Bob"), ("LOC", "Rome")]
    assert [(finding.code, finding.unread) for finding in findings] == [("F018", {})]


def test_labels_replace_the_known_ones(tmp_path: Path) -> None:
    text = "[person Ann] in [LOC Rome] . \n"
    assert spans(read(text, tmp_path, labels=frozenset({"person"}))[0][0]) == [("person", "Ann")]
    assert len(read(text, tmp_path, labels=frozenset())[0][0].spans) == 2


def test_every_span_knows_the_line_and_column_of_its_bracket(tmp_path: Path) -> None:
    data = "x . \r\n[PER Ann  ] \r\n é𝄞 <p> &amp; [LOC Rome  ] . \r\n".encode()
    (document,), _, facts = read(b"\xef\xbb\xbf" + data, tmp_path)
    places = [(span.where.line, span.where.column) for span in document.spans if span.where]
    assert places == [(2, 1), (3, 15)]
    rome = document.locate(document.text.index("Rome"))
    assert rome and (rome.line, rome.column) == (3, 20)
    assert facts["lines"] == "3 CRLF"
    assert "byte-order mark" in facts["encoding"]


MARKUP = [
    ("AT&T and AT&amp;T , 3 < 4 , <3 , a <b <url> \n", "AT&T and AT&amp;T , 3 < 4 , <3 , a <b <url> \n", []),
    ("AT&amp;T <a href='/tag/PGOV_0.html'>PGOV</a> \n", "AT&T PGOV \n", [(5, "tag"), (9, "markup")]),
    (". <a id='par1' href='#par1'>¶</a>1 . \n", ". ¶1 . \n", [(2, "paragraph"), (3, "markup")]),
    (
        "<code><pre>a &nosuch; &#32; &#91;b</pre></code>",
        "a &nosuch; &#32; [b",
        [(0, "markup"), (0, "document"), (19, "markup"), (19, "markup")],
    ),
]


@pytest.mark.parametrize(("source", "text", "marks"), MARKUP)
def test_html_leftovers_become_marks(source: str, text: str, marks: list[tuple[int, str]], tmp_path: Path) -> None:
    (document,), _, _ = read(source, tmp_path)
    assert document.text == text
    assert [(mark.offset, mark.kind) for mark in document.marks] == marks


DOCUMENTS = [
    ("auto", "-DOCSTART- -X- O\n\na \nb \n\n-DOCSTART-\n\nc \n", ["a \nb \n", "c \n"]),
    ("auto", "<pre>a \n</pre>\n<pre>b \n</pre>\n", ["a \n\n", "b \n\n"]),
    ("file", "a \n\nb \n", ["a \n\nb \n"]),
    ("blank-line", "a \nb \n\n \nc \n", ["a \nb ", "c \n"]),
    ("line", "a \nb \n", ["a ", "b "]),
    ("^#{3,}", "a \n####\nb \n", ["a ", "b \n"]),
    # Flags hold for all of a pattern, and a pattern that matches line ends joins no lines.
    ("(?i)chapter", "a \nCHAPTER 1\nb \n", ["a ", "b \n"]),
    (r"\s*###\s*", "a \n###\nb \n", ["a ", "b \n"]),
]


@pytest.mark.parametrize(("how", "source", "texts"), DOCUMENTS)
def test_documents_are_separated(how: str, source: str, texts: list[str], tmp_path: Path) -> None:
    documents, _, _ = read(source, tmp_path, documents=how)
    assert [document.text for document in documents] == texts


def test_lines_after_a_separator_keep_their_numbers(tmp_path: Path) -> None:
    documents, _, _ = read("-DOCSTART-\n\n[PER A  ] \n\n-DOCSTART-\n\nx \n[PER B  ] \n", tmp_path)
    assert [span.where.line for document in documents for span in document.spans if span.where] == [3, 8]


def test_odd_spaces_belong_to_tokens(tmp_path: Path) -> None:
    text = "[PER A\u00a0B  ] \u2028c\u0085d \x00 \u3000 x\ry \n"
    (document,), _, _ = read(text, tmp_path)
    assert document.text == "A\u00a0B \u2028c\u0085d \x00 \u3000 x\ry \n"
    assert document.sentences == ((0, len(document.text) - 2),)


def test_undecodable_bytes_are_named_and_read_as_one_replacement(tmp_path: Path) -> None:
    (document,), findings, _ = read(b"a caf\xe9 \n[LOC \xed\xa0\x80x  ] \n", tmp_path)
    assert document.text == "a caf\ufffd \n\ufffdx \n"
    assert [(f.code, f.where.line, f.where.column) for f in findings if f.where] == [("F013", 1, 6), ("F013", 2, 6)]
    assert "ed a0 80" in findings[1].message
    assert read(b"caf\xe9", tmp_path, encoding="cp1252")[0][0].text == "café"


# -- properties ------------------------------------------------------------------------------------------------

_word = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters=" []"), min_size=1, max_size=6
)
_token = _word | st.sampled_from(["[", "]", "[sic]", "(", "Foo]", "\u00a0", "𝄞"])
_label = st.sampled_from(["PER", "LOC", "ORG", "MISC"])
#: Per dialect, tokens that its printer can put inside and outside an entity so that it can be read back.
_TOKENS = {"illinois": _token, "compact": _word, "spaced": _word}
_CLOSE = {"illinois": "  ]", "compact": "]", "spaced": " ]"}


@st.composite
def canonical(draw: st.DrawFn, dialect: str) -> str:
    """Draw a file as the printer of ``dialect`` writes it, with at least one entity."""
    lines = []
    for _ in range(draw(st.integers(1, 5))):
        items = []
        for _ in range(draw(st.integers(1, 5))):
            words = draw(st.lists(_TOKENS[dialect], min_size=1, max_size=4))
            entity = draw(st.booleans())
            items.append(f"[{draw(_label)} {' '.join(words)}{_CLOSE[dialect]}" if entity else " ".join(words))
        lines.append(" ".join(items) + " \n")
    return f"[PER Ann{_CLOSE[dialect]} \n" + "".join(lines)


@pytest.mark.parametrize("dialect", list(_CLOSE))
@given(data=st.data())
@examples(150)
def test_reading_then_writing_a_canonical_file_gives_the_same_bytes(
    dialect: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = data.draw(canonical(dialect))
    folder = tmp_path_factory.mktemp("canonical")
    documents, _, facts = read(text, folder, markup="none")
    formats.write(bracket, in_batches(documents), folder / "out.txt", WriteOptions(dialect=dialect))
    assert (folder / "out.txt").read_bytes() == text.encode()
    assert facts["dialect"].startswith(dialect)


_pieces = st.sampled_from(
    ["[PER ", "[LOC ", "[x ", "[", ":[y ", "]", " ]", "  ]", " ", "\n", "\r\n", "<pre>", "</a>", "<a id='p'>"]
) | st.sampled_from(
    ["&amp;", "&#10;", "&#1;", "-DOCSTART-", "\ufeff", "\x00", "\t", "word", "É", "𝄞", "\u2028", "\x85", "\u00a0"]
)
_bytes = st.one_of(st.binary(max_size=80), st.lists(_pieces, max_size=30).map(lambda pieces: "".join(pieces).encode()))


@given(data=_bytes, how=st.sampled_from(["auto", "file", "pre", "blank-line", "line", "x"]))
@examples(600)
def test_no_bytes_make_the_reader_raise_or_lose_text(
    data: bytes, how: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    try:
        documents, findings, facts = read(data, folder, documents=how, labels=frozenset())
    except Unreadable:
        return
    for document in documents:
        for span in document.spans:
            place = document.place(span)
            assert place and place.line >= 1 and place.column >= 1
    plain = not any(sign in data for sign in (b"-DOCSTART-", b"&", b"<")) and facts["encoding"].startswith("utf-8")
    if plain and not findings and how != "x":
        source = data.removeprefix(b"\xef\xbb\xbf").decode()
        kept = "".join(d.text for d in documents)
        labels = sum(len(span.label) + 2 for d in documents for span in d.spans)
        gone = sum(not c.isspace() for c in source) - sum(not c.isspace() for c in kept)
        assert gone == labels


@given(
    text=st.one_of(*map(canonical, _CLOSE), st.lists(_pieces, max_size=30).map("".join)),
    dialect=st.sampled_from(["auto", "illinois", "compact", "spaced", "mixed"]),
)
@examples(600)
def test_each_opening_bracket_with_a_known_label_is_a_span_or_a_loss(
    text: str, dialect: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The ledger is whole: what the reader saw was read, or stands in a finding as unread."""
    try:
        documents, findings, _ = read(
            text, tmp_path_factory.getbasetemp(), dialect=dialect, documents="file", markup="none"
        )
    except Unreadable:
        return
    if any(finding.code == "F010" for finding in findings):
        return
    opened = Counter(event.value for line in lines_of(text.removeprefix("\ufeff"), False) for event in line.events)
    held = Counter(span.label for document in documents for span in document.spans)
    for finding in findings:
        held.update(finding.unread)
    for label in KNOWN_LABELS:
        assert opened[label] == held[label]


@st.composite
def _mixed(draw: st.DrawFn) -> bytes:
    """Ordinary lines with others among them."""
    ordinary = st.sampled_from(["[PER Ann Lee  ] met [LOC Rome  ] . \n", "é [ORG \u00a0x  ]\n", "a  b\n", "\n"])
    others = st.lists(_pieces, max_size=8).map("".join).map("{}\n".format)
    spans = st.sampled_from(
        [
            "[PER [LOC é  ] x  ] y\n",
            "[PER Bob] 's [X a ]\n",
            "[PER  ] [PER [PER x  ]  ]\n",
            "<p id='a'>[PER &amp;é  ]<b>\n",
            "a[PER x  ] ([LOC y  ]) é[z a] 的[PER b]\n",
            "[PER a :[x b  ] c\n",
        ]
    )
    return "".join(draw(st.lists(ordinary | spans | others | canonical("compact"), max_size=12))).encode()


@given(
    data=_bytes | canonical("illinois").map(str.encode) | _mixed(),
    how=st.sampled_from(["auto", "blank-line", "line", "pre", "^é"]),
    dialect=st.sampled_from(["auto", "auto", "compact", "spaced", "mixed"]),
    labels=st.sampled_from([None, frozenset(), frozenset({"PER"})]),
    markup=st.sampled_from(["none", "html", "auto"]),
)
@examples(1500)
def test_arrays_give_what_reading_line_by_line_gives(
    data: bytes,
    how: str,
    dialect: str,
    labels: frozenset[str] | None,
    markup: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.getbasetemp()
    options = {"documents": how, "markup": markup, "dialect": dialect, "labels": labels}
    try:
        fast, *rest = read(data, folder, **options)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reader, "read", exact.read)
            slow, *others = read(data, folder, **options)
    except Unreadable:
        return
    assert fast == slow
    assert rest == others
    for one, other in zip(fast, slow, strict=True):
        assert [span.where for span in one.spans] == [span.where for span in other.spans]
        assert one.origin == other.origin


def test_lines_that_are_not_flat_are_read_exactly_and_no_others() -> None:
    raw = b"[PER Ann  ] left . \n" * 3 + b"See [ORG [LOC Rome  ] Office  ] . \n" + b"[PER Bob  ] stayed . \n"
    events = find(raw, False)
    reading = reader.read(events, "a.txt", DialectDetection("illinois", "", {}), [Extent("a", 0, len(raw))])
    assert [line.text for line in events.exact(np.flatnonzero(events.others))] == ["See [ORG [LOC Rome  ] Office  ] . "]
    assert np.flatnonzero(pair(events, "illinois", None)).tolist() == [3]
    assert reading.batch.counts() == {"PER": 4, "ORG": 1, "LOC": 1}
    assert [finding.code for finding in reading.findings[0]] == ["F004"]


def test_a_nul_behind_a_label_makes_it_another_one(tmp_path: Path) -> None:
    documents, *_ = read(b"[PER Ann  ] met [PER\x00 Bob  ] . \n", tmp_path, dialect="illinois")
    (document,) = documents
    assert [(span.label, document.covered(span)) for span in document.spans] == [("PER", "Ann")]


@pytest.mark.parametrize(
    ("dialect", "line"),
    [
        ("compact", "[PER Ann Lee] met [LOC Rome]'s mayor .\n"),
        ("spaced", "[PER Ann Lee ] met [LOC Rome ] .\n"),
        ("mixed", "[PER Ann Lee] met [LOC Rome  ] , [ORG Acme ] .\n"),
    ],
)
def test_flat_lines_of_each_dialect_are_read_as_arrays(dialect: str, line: str) -> None:
    events = find(line.encode() * 3, False)
    assert not pair(events, dialect, None).any()
    assert batch_of_text(events.raw, dialect=dialect).starts.tolist()[:2] == [0, 12]
