"""Names marked otherwise than with brackets: each dialect is detected and read, and each spoiled mark is a finding."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st

from nerconv import formats
from nerconv.bracket import reader, scan
from nerconv.bracket.dialect import DialectDetection
from nerconv.bracket.notations import NOTATIONS as TABLE
from nerconv.document import Document, Facts, Finding
from nerconv.io.sources import Source
from nerconv.options import NOTATIONS, ReadOptions, UsageError
from nerconv.tables import Extent
from nerconv.views import opened

Items = tuple[list[Document], list[Finding], str]


def read(text: str, folder: Path, name: str = "a.txt", **options: object) -> Items:
    """Return the documents and findings of a text, and what is said of its dialect."""
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    items = [*formats.documents(Source(name, "a", path), ReadOptions(format="bracket", **options))]  # type: ignore[arg-type]
    (facts,) = (item for item in items if isinstance(item, Facts))
    documents = [item for item in items if isinstance(item, Document)]
    return documents, [item for item in items if isinstance(item, Finding)], facts.values["dialect"]


def held(documents: list[Document]) -> list[tuple[str, str]]:
    """Return the surface and label of each span."""
    return [(document.covered(span), span.label) for document in documents for span in document.spans]


ADA = [("Ada Holm", "PER"), ("Oslo", "LOC")]
READ = [
    ("xml", "<PER>Ada Holm</PER> left <LOC>Oslo</LOC>.", "Ada Holm left Oslo.", ADA),
    ("xml", "<PER> Ada Holm </PER> left <LOC> Oslo </LOC>.", "Ada Holm left Oslo.", ADA),
    ("xml", "<PER>Ada &amp; Bo</PER> of AT&T &lt;x&gt;", "Ada & Bo of AT&T <x>", [("Ada & Bo", "PER")]),
    (
        "xml",
        "<ORG>Quay <LOC>Oslo</LOC></ORG> <entity type='PER'>Ada</entity>",
        "Quay Oslo Ada",
        [("Quay Oslo", "ORG"), ("Oslo", "LOC"), ("Ada", "PER")],
    ),
    ("xml", "<persName>Ada</persName> left", "Ada left", [("Ada", "PERSON")]),
    (
        "enamex",
        '<ENAMEX TYPE="PER">Ada</ENAMEX> left <NUMEX TYPE="X">2</NUMEX>',
        "Ada left 2",
        [("Ada", "PER"), ("2", "X")],
    ),
    ("opennlp", "<START:person> Ada Holm <END> left .", "Ada Holm left .", [("Ada Holm", "person")]),
    ("opennlp", "<START> Ada Holm <END> left .", "Ada Holm left .", [("Ada Holm", "default")]),
    ("rasa", '[Ada Holm]{"entity": "PER", "role": "x"} left [Oslo]{LOC}.', "Ada Holm left Oslo.", ADA),
    ("markdown", "[Ada Holm](PER) left [Oslo](LOC:x) [a](b://c) [1]", "Ada Holm left Oslo [a](b://c) [1]", ADA),
    ("tanl", "[ Ada Holm | PER ] left [ Oslo | LOC ] [ a | b ]", "Ada Holm left Oslo [ a | b ]", ADA),
    (
        "tanl",
        "[ [ Ada | person ] of Oslo | work of art | by = x ] .",
        "Ada of Oslo .",
        [("Ada of Oslo", "work_of_art"), ("Ada", "person")],
    ),
    ("prefix", "[PER: Ada Holm] left [LOC:Oslo].", "Ada Holm left Oslo.", ADA),
    ("prefix", "[PER: Ada [sic]] left [LOC: Oslo] [1]", "Ada [sic] left Oslo [1]", [("Ada [sic]", "PER"), ADA[1]]),
    ("bbcode", "[PER] Ada Holm [/PER] left [LOC]Oslo[/LOC].", "Ada Holm left Oslo.", ADA),
    ("slash", "Ada/PER Holm/PER left/O Oslo/LOC I/O/O", "Ada Holm left Oslo I/O", ADA),
    ("slash", "[Ada]/PER left/O Oslo/LOC", "[Ada] left Oslo", [("[Ada]", "PER"), ADA[1]]),
    ("slash", "Ada/PER left and/or uses I/O daily .", "Ada left and/or uses I/O daily .", [("Ada", "PER")]),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "source", "text", "spans"), READ, ids=[row[1] for row in READ])
def test_a_dialect_is_detected_and_read(
    dialect: str, source: str, text: str, spans: list[tuple[str, str]], tmp_path: Path
) -> None:
    for options in ({}, {"dialect": dialect}):
        documents, findings, said = read(f"{source}\n", tmp_path, **options)
        assert [document.text for document in documents] == [f"{text}\n"]
        assert held(documents) == spans
        assert said.startswith(f"{dialect}: ")
        assert {finding.code for finding in findings} <= {"F004"}


def test_the_table_has_every_dialect() -> None:
    assert tuple(TABLE) == NOTATIONS


def test_places_are_those_of_the_marks(tmp_path: Path) -> None:
    documents, _, _ = read("é\nx <PER>Ada</PER> & <LOC>Oslo</LOC>\n", tmp_path)
    (document,) = documents
    assert [str(span.where) for span in document.spans] == ["a.txt:2:3", "a.txt:2:20"]
    assert str(document.locate(document.text.index("Oslo"))) == "a.txt:2:25"
    documents, _, _ = read("é/O  Ada/PER Bo/PER x/O\n", tmp_path)
    assert [str(span.where) for span in documents[0].spans] == ["a.txt:1:6"]


def test_marks_without_a_label_have_that_of_the_option_or_of_the_file(tmp_path: Path) -> None:
    text = "@@Ada Holm## left .\n"
    assert held(read(text, tmp_path, labels=frozenset({"DRUG"}))[0]) == [("Ada Holm", "DRUG")]
    assert held(read(text, tmp_path, name="answers.per.txt")[0]) == [("Ada Holm", "PER")]
    _, (finding,), _ = read(text, tmp_path)
    assert (finding.code, finding.unread) == ("F017", {"?": 1})
    assert "--dialect gptner" in finding.message and "--labels PER" in finding.message
    with pytest.raises(UsageError, match="--labels PER"):
        read(text, tmp_path, dialect="gptner")


SPOILT = [
    ("xml", "<PER>Ada</PER> met <PER>Bo .", [("F001", 20, {"PER": 1})], 1),
    ("xml", "<PER>Ada</PER> met Bo</PER> .", [("F001", 22, {"PER": 1})], 1),
    ("xml", "<PER>Ada</ORG> met <PER>Bo</PER> .", [("F031", 1, {"PER": 1})], 1),
    ("xml", "<PER>a <ORG>b</PER> c</ORG>", [("F031", 8, {"ORG": 1})], 1),
    ("xml", "<PER></PER> <PER>Bo</PER>", [("F003", 1, {"PER": 1})], 1),
    ("xml", "<PER/> <PER>Bo</PER>", [("F001", 1, {"PER": 1})], 1),
    ("xml", "<PER Ada</PER> <PER>Bo</PER> </LOC", [("F001", 1, {"PER": 1}), ("F001", 30, {"LOC": 1})], 1),
    ("xml", "<PERS>Ada</PERS> <PER>Bo</PER> <i>x</i>", [("F002", 1, {"PERS": 1})], 1),
    ("xml", "<PER>Bo</PER> <PER>Ada\nHolm</PER>", [("F009", 15, {"PER": 1})], 1),
    ("xml", "<PER>Bo</PER> [LOC Oslo]", [("F017", 15, {"LOC": 1})], 1),
    ("enamex", "<ENAMEX>Bo</ENAMEX> </ENAMEX>", [("F001", 1, {"?": 1}), ("F001", 21, {"?": 1})], 0),
    ("opennlp", "<START:PER> Ada <END> <END> <START:PER> Bo", [("F001", 23, {"?": 1}), ("F001", 29, {"PER": 1})], 1),
    ("markdown", "[Ada](PER) met [Bo](PER .", [("F001", 19, {"PER": 1})], 1),
    ("markdown", "[Ada](PER) met Bo](PER) .", [("F001", 18, {"PER": 1})], 1),
    ("markdown", "[Ada](PER) met []() .", [("F001", 17, {"?": 1})], 1),
    ("markdown", "[Ada](PER) met [Bo](PERS) .", [("F002", 19, {"PERS": 1})], 1),
    ("rasa", '[Ada]{"entity": "PER"} met [Bo]{"entity": "PER" .', [("F001", 31, {"PER": 1})], 1),
    ("rasa", '[Ada]{"entity": "PER"} met [Bo]{"entity": PER, } .', [("F001", 31, {"PER": 1})], 1),
    ("tanl", "[ Ada | PER ] met [ Bo | ] [ Bo | PER .", [("F001", 24, {"?": 1}), ("F001", 33, {"PER": 1})], 1),
    ("prefix", "[PER: Ada] met [PER: Bo .", [("F001", 16, {"PER": 1})], 1),
    ("prefix", "[PER: Ada] met [PER: ] .", [("F003", 16, {"PER": 1})], 1),
    ("bbcode", "[PER]Ada[/PER] met [LOC]Oslo[/PER] .", [("F031", 20, {"LOC": 1})], 1),
    ("slash", "Ada/PER Holm/PERS left/O us/O for/O us/O it/O is/O so/O me/O", [("F002", 13, {"PERS": 1})], 1),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "text", "faults", "spans"), SPOILT, ids=[row[1] for row in SPOILT])
def test_a_spoiled_mark_is_a_finding_with_what_it_costs(
    dialect: str, text: str, faults: list[tuple[str, int, dict[str, int]]], spans: int, tmp_path: Path
) -> None:
    labels = frozenset({"PER", "LOC", "ORG"})
    documents, findings, _ = read(text + "\n", tmp_path, dialect=dialect, labels=labels)
    assert [(each.code, each.where.column if each.where else 0, each.unread) for each in findings] == faults
    assert all(each.excerpt and each.excerpt.text[each.excerpt.start :] for each in findings)
    assert len(held(documents)) == spans


#: A name of Oslo that runs over a line end, in a file whose other names are of Ada.
ACROSS = [
    ("xml", "<PER>Ada</PER> <LOC>Ny\nOslo</LOC>", "F009"),
    ("xml", "<PER>Ada</PER> <LOC>Ny <PER>Bo</PER>\nOslo</LOC>", "F009"),
    ("enamex", "<ENAMEX TYPE='PER'>Ada</ENAMEX> <ENAMEX TYPE='LOC'>Ny\nOslo</ENAMEX>", "F009"),
    ("opennlp", "<START:PER> Ada <END> <START:LOC>\nOslo\n<END>", "F009"),
    ("bbcode", "[PER]Ada[/PER] [LOC]Ny\nOslo[/LOC]", "F009"),
    ("spaced", "[LOC\nOslo ] [PER Ada ]", "F009"),
    ("rasa", '[Ada]{"entity": "PER"} [Ny\nOslo]{"entity": "LOC"}', "F001"),
    ("rasa", '[Ada]{"entity": "PER"} [Oslo]{"entity":\n"LOC"}', "F001"),
    ("markdown", "[Ada](PER) [Ny\nOslo](LOC)", "F001"),
    ("markdown", "[Ada](PER) [Oslo](\nLOC)", "F001"),
    ("markdown", "[Ada](PER) [Oslo](LOC\n)", "F001"),
    ("tanl", "[ Ada | PER ] [ Oslo\n| LOC ]", "F001"),
    ("tanl", "[ Ada | PER ] [ Oslo |\nLOC ]", "F001"),
    ("prefix", "[PER: Ada] [LOC: Ny\nOslo]", "F001"),
    ("prefix", "[PER: Ada] [LOC\n: Oslo]", "F001"),
]


@pytest.mark.parametrize(("dialect", "text", "code"), ACROSS, ids=[row[1] for row in ACROSS])
def test_a_mark_that_runs_over_a_line_end_is_lost_by_name(dialect: str, text: str, code: str, tmp_path: Path) -> None:
    documents, findings, said = read(text + "\n", tmp_path)
    assert said.startswith(f"{dialect}: ")
    assert {label for _, label in held(documents)} == {"PER"}
    cut = text.partition("\n")[0].endswith((":", "(", "|")) and "LOC" not in text.partition("\n")[0]
    assert [(each.code, each.unread) for each in findings] == [(code, {"?" if cut else "LOC": 1})]


def test_marks_without_a_label_that_are_spoiled(tmp_path: Path) -> None:
    documents, findings, _ = read("@@Ada## met @@Bo . x## \n", tmp_path, dialect="gptner", labels=frozenset({"PER"}))
    assert held(documents) == [("Ada", "PER"), ("Bo . x", "PER")]
    assert not findings
    _, findings, _ = read("@@Ada## met @@Bo .\nCy## left\n", tmp_path, dialect="gptner", labels=frozenset({"PER"}))
    assert [(each.code, each.unread) for each in findings] == [("F009", {"PER": 1})]


def test_no_dialect_is_guessed_between_two_plausible_ones(tmp_path: Path) -> None:
    text = "[PER Ada] met <PER>Ole</PER> and [PER: Eva] and <LOC>Oslo</LOC> .\n"
    documents, (first, *others), said = read(text, tmp_path)
    assert not documents
    assert first.code == "F010"
    assert all(name in first.message for name in ("compact (1", "xml (2", "prefix (1", "--dialect"))
    assert [each.unread for each in others] == [{"LOC": 1, "PER": 1}, {"PER": 1}]
    assert said.startswith("ambiguous")
    for dialect, spans in (("compact", 1), ("xml", 2), ("prefix", 1)):
        documents, findings, _ = read(text, tmp_path, dialect=dialect)
        assert len(held(documents)) == spans
        assert sum(sum(each.unread.values()) for each in findings) == 4 - spans


def test_a_few_marks_of_another_dialect_are_findings(tmp_path: Path) -> None:
    brackets, marks = "[PER Ada  ] left . \n", "<PER>Bo</PER> left . \n"
    documents, (finding,), said = read(brackets * 40 + marks, tmp_path)
    assert (len(held(documents)), finding.code, finding.unread) == (40, "F017", {"PER": 1})
    assert said.startswith("illinois") and "--dialect xml" in finding.message
    documents, (finding,), said = read(brackets + marks * 40, tmp_path)
    assert (len(held(documents)), finding.code, finding.unread) == (40, "F017", {"PER": 1})
    assert said.startswith("xml") and "write it as <PER>Ada</PER>" in finding.message


def test_labels_narrow_what_is_read(tmp_path: Path) -> None:
    text = "<PER>Ada</PER> took <DRUG>Codeine</DRUG> , <i>twice</i> .\n"
    assert held(read(text, tmp_path)[0]) == [("Ada", "PER"), ("Codeine", "DRUG")]
    assert held(read(text, tmp_path, labels=frozenset({"DRUG"}))[0]) == [("Codeine", "DRUG")]
    assert held(read(text, tmp_path, labels=frozenset(), dialect="xml")[0]) == [("Ada", "PER"), ("Codeine", "DRUG")]
    _, findings, _ = read(text, tmp_path, labels=frozenset({"DRUG"}))
    assert [(each.code, each.unread) for each in findings] == [("F002", {"PER": 1})]


@pytest.mark.parametrize("dialect", [*NOTATIONS])
def test_a_megabyte_of_half_a_mark_takes_time_in_proportion(dialect: str, tmp_path: Path) -> None:
    """Counted by events: no mark is looked at more often than a few times, however many stand on a line."""
    from nerconv.bracket import marks

    for piece in ("<PER>", "<PER ", "[", "](", "]{", " | a", "@@x", "##", "x/PER", "a/", "[PER: ", "[/PER]", "<START:"):
        line = piece * 20_000
        events = marks.events(line, False, dialect)
        assert len(events) <= 40_000
        found = marks.pair(events, dialect, frozenset({"PER"}))
        assert len(found.pairs) <= len(events)


#: What lines are made of, for every dialect: whole annotations, spoiled ones, and text that looks like marks.
PIECES = [
    *(notation.opening.format(label) + text + notation.closing.format(label)
      for notation in TABLE.values() for label in ("PER", "drug") for text in ("Ada", "\u00e9 B", " x")),
    "<PER>", "</PER>", "<b>", "</b>", "<PER id='1'>", "&amp;", "<!-- nerconv: ignore -->", "[", "]", "](PER)", "|",
    "[1]", "[LOC:Oslo]", "<START:PER> ", " <END>", "@@", "##", "a/PER", "x", " ", "\n", "\u3042", "<br>",
]  # fmt: skip


@pytest.mark.parametrize("dialect", [*NOTATIONS])
def test_lines_of_whole_annotations_are_read_as_every_line_is(dialect: str) -> None:
    @examples(150)
    @given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.booleans())
    def check(text: str, marked_up: bool) -> None:
        raw = text.encode()
        detection = DialectDetection(dialect, "", {}, frozenset({"PER", "LOC"}))
        events = scan.find(raw, marked_up, 1, dialect)
        none = events.only(np.zeros(len(events.opens), dtype=bool))
        slow = replace(none, others=np.ones_like(events.others))
        extents = [Extent("d", 0, len(raw))]
        fast, exact = (reader.read(found, "a.txt", detection, extents) for found in (events, slow))
        assert [*opened([fast])] == [*opened([exact])]
        assert fast.findings == exact.findings

    check()


def test_a_line_of_whole_annotations_is_not_looked_at_mark_by_mark() -> None:
    for dialect, notation in TABLE.items():
        line = f"{notation.opening.format('PER')}Ada{notation.closing.format('PER')} left .\n"
        events = scan.find((line * 3).encode(), False, 1, dialect)
        assert events.others.any() == (dialect in ("gptner", "slash"))
