"""Notations in a file of another dialect: each is one finding, counted as lost; text without annotations has none."""

from __future__ import annotations

import ast
import gzip
import random
import sysconfig
import time
from pathlib import Path

import pytest

from nerconv import formats
from nerconv.conversion.pipeline import convert
from nerconv.conversion.report import ConversionReport, ConvertOptions
from nerconv.conversion.workers import Workers
from nerconv.document import Document, Finding, Span
from nerconv.io.sources import Source
from nerconv.options import ReadOptions


def findings(text: str, folder: Path, **options: object) -> list[Finding]:
    """Return what the reader of brackets finds in ``text``; other dialects are read only where they are detected."""
    path = folder / "a.txt"
    path.write_text(text, encoding="utf-8", newline="")
    read = ReadOptions(format="bracket", **{"dialect": "mixed"} | options)  # type: ignore[arg-type]
    return [item for item in formats.documents(Source("a.txt", "a", path), read) if isinstance(item, Finding)]


def spans(text: str, folder: Path) -> list[Span]:
    """Return the spans of a text whose dialect is detected."""
    (folder / "b.txt").write_text(text, encoding="utf-8", newline="")
    found = formats.documents(Source("b.txt", "b", folder / "b.txt"), ReadOptions(format="bracket"))
    return [span for item in found if isinstance(item, Document) for span in item.spans]


def notations(found: list[Finding]) -> dict[str, dict[str, int]]:
    """Return the notations that are reported, with what is not read by label."""
    return {finding.message.partition(" (")[0]: finding.unread for finding in found if finding.code == "F017"}


NOTATIONS = [
    ("The <ORG>Quay Office</ORG> met <PER>Ada Holm</PER> .", "<PER>x</PER>", {"ORG": 1, "PER": 1}),
    ("<person>Ada Holm</person> met the <organization>Quay Office</organization> .", "<PER>x</PER>", 2),
    ("<PER>Ada Holm of <LOC>Bergen</LOC></PER> spoke .", "<PER>x</PER>", {"LOC": 1, "PER": 1}),
    ("<DRUG>Ibuprofen</DRUG> and <DRUG>Codeine</DRUG> , not <DRUG>Morphine</DRUG> .", "<PER>x</PER>", {"DRUG": 3}),
    ("<persName>Ada Holm</persName> spoke .", "<PER>x</PER>", {"PERSON": 1}),
    ('<ENAMEX TYPE="PERSON">Ada Holm</ENAMEX> left .', '<ENAMEX TYPE="PER">x</ENAMEX>', {"PERSON": 1}),
    ('<entity type="PER">Ada Holm</entity> left .', '<entity type="PER">x</entity>', {"PER": 1}),
    ('Today <span class="PER">Ada Holm</span> left .', '<mark class="PER">', {"PER": 1}),
    ('<mark class="entity">Ada <span>PERSON</span></mark> left .', '<mark class="entity">', {"?": 1}),
    ("<START:person> Ada Holm <END> left .", "<START:person> x <END>", {"person": 1}),
    ("<PER: Ada Holm> left .", "<PER x>", {"PER": 1}),
    ("[ORG] Quay Office [/ORG] met [person]Ada Holm[/person] .", "[PER] x [/PER]", {"ORG": 1, "person": 1}),
    ("Ada/PERSON Holm/PERSON met/O us/O", "x/PER", {"PERSON": 1}),
    ("codeine/DRUG helps/O against/O pain/SYMPTOM", "x/PER", {"DRUG": 1, "SYMPTOM": 1}),
    ("Ada/B-PER Holm/I-PER met/O us/O", "x/B-PER", {"PER": 1}),
    ("Ada_B-PER Holm_I-PER met_O us_O", "x_B-PER", {"PER": 1}),
    ("Ada|PER met us .", "x|PER", {"PER": 1}),
    ("Between Ada[PARTY] Holm[PARTY] of Bergen and Quay[PARTY] LLC[PARTY] .", "x[PARTY]", {"PARTY": 2}),
    ("Ada Holm [PER] left Bergen [LOC] .", "x [PER]", {"LOC": 1, "PER": 1}),
    ("Ada Holm (PER) of the Quay Office (ORG) left Bergen (LOC) .", "x (PER)", 3),
    ("[Ada Holm](PER) left .", "[x](PER)", {"PER": 1}),
    ("did [Ada](person:Ada Holm) leave [Bergen](town)", "[x](PER)", {"person": 1, "town": 1}),
    ('[Ada Holm]{"entity": "PER"} left .', '[x]{"entity": "PER"}', {"PER": 1}),
    ("[Ada Holm]{PER} left .", "[x]{PER}", {"PER": 1}),
    ("[Ada Holm]_PER left .", "[x]/PER", {"PER": 1}),
    ("[PER: Ada Holm] of [LOC:Bergen] .", "[PER: x]", {"LOC": 1, "PER": 1}),
    ("[Person: Ada Holm] of [Org: Quay Office] .", "[PER: x]", {"Org": 1, "Person": 1}),
    ("[PER|Ada Holm] left .", "[PER|x]", {"PER": 1}),
    ("[ORG=Quay Office] closed .", "[PER=x]", {"ORG": 1}),
    ("[Ada Holm|PER] left .", "[x|PER]", {"PER": 1}),
    ("[ Ada Holm | person ] left .", "[x|PER]", {"person": 1}),
    ("[Ada Holm, PER] left .", "[x, PER]", {"PER": 1}),
    ("[ PER Ada Holm ] left .", "[ PER x]", {"PER": 1}),
    ("[B-PER] Ada left .", "[B-PER] x", {"PER": 1}),
    ("Ada B-PER Holm I-PER met O us O", "x B-PER", {"PER": 1}),
    ("@@Ada Holm## left .", "@@x##", {"?": 1}),
    ("{{PER: Ada Holm}} left {LOC Bergen} .", "{PER: x}", {"LOC": 1, "PER": 1}),
    ("(PER Ada Holm) of (LOC Bergen) .", "(PER x)", {"LOC": 1, "PER": 1}),
    ("PER[Ada Holm] left .", "PER[x]", {"PER": 1}),
    ("\\PER{Ada Holm} left .", "PER{x}", {"PER": 1}),
    ("[DRUG Codeine] against [SYMPTOM pain] .\n" * 50, "", {"DRUG": 50, "SYMPTOM": 50}),
    ("[PER Ada] took it .\n" + "[DRUG Codeine] against [SYMPTOM pain] .\n" * 50, "", 100),
    ("[PER Ada  ] took it .\n" + "[DRUG Codeine] against [SYMPTOM pain] .\n" * 50, "", 100),
    ("[drug Codeine] against [symptom head pain] .\n" * 12, "", {"drug": 12, "symptom": 12}),
    ("[Drug Name Codeine] and [dose 5 mg] .", "", {"Drug": 1, "dose": 1}),
    ("[person Ada] left [city Bergen] .\n" * 2, "", {"city": 2, "person": 2}),
]


@pytest.mark.parametrize(
    ("text", "notation", "unread"), NOTATIONS, ids=[f"{n}-{row[1]}" for n, row in enumerate(NOTATIONS)]
)
def test_each_notation_is_one_finding_with_what_it_costs(
    text: str, notation: str, unread: dict[str, int] | int, tmp_path: Path
) -> None:
    text += "\nRain fell .\n"
    (finding,) = (each for each in findings(text, tmp_path) if each.code == "F017")
    assert f"notation {notation.replace('PARTY', 'PER')}" in finding.message or not notation
    assert finding.unread == unread if isinstance(unread, dict) else sum(finding.unread.values()) == unread
    assert finding.where and finding.excerpt
    assert "--accept-unrecognised" in finding.message
    (accepted,) = [
        each for each in findings(text, tmp_path, accept_unrecognised=True) if each.message.endswith("accepted")
    ]
    assert (accepted.code, accepted.unread) == ("F007", {})


def test_labels_that_are_asked_for_count_in_every_notation(tmp_path: Path) -> None:
    text = "The <DRUG>Codeine</DRUG> helped .\n"
    assert not findings(text, tmp_path)
    assert findings(text, tmp_path, labels=frozenset({"DRUG"}))[0].unread == {"DRUG": 1}
    held = "[DRUG Morphine  ] and <DRUG>Codeine</DRUG> helped .\n"
    assert findings(held, tmp_path)[0].unread == {"DRUG": 1}


def test_a_mixture_is_one_finding_for_each_notation(tmp_path: Path) -> None:
    text = "[PER Ada] met <PER>Ole</PER> and [PER: Eva] and <LOC>Oslo</LOC> .\n"
    assert notations(findings(text, tmp_path)) == {
        "2 annotations in the notation <PER>x</PER>": {"LOC": 1, "PER": 1},
        "1 annotation in the notation [PER: x]": {"PER": 1},
    }


def test_the_first_two_places_are_named(tmp_path: Path) -> None:
    (finding,) = findings("x\né <ORG>Quay</ORG> , <PER>Ada</PER>\n<PER>Ole</PER> left\n", tmp_path)
    assert str(finding.where) == "a.txt:2:3"
    assert "also at a.txt:2:21" in finding.message
    assert finding.excerpt and finding.excerpt.text[finding.excerpt.start :].startswith("<ORG>Quay")


#: Text without annotations, as it is written everywhere, with what looks like some.
TEXTS = (Path(__file__).parent / "data" / "unannotated" / "lines.txt").read_text(encoding="utf-8").splitlines()


def test_there_are_texts() -> None:
    assert len(TEXTS) > 20


@pytest.mark.parametrize("text", TEXTS)
def test_text_without_annotations_is_left_alone(text: str, tmp_path: Path) -> None:
    # A record of elements is none within a sentence.
    sentence = "Rain fell on {} and then the sun came out again over the old town .\n" if text[0] != "<" else "{}\n"
    lines = [f"{text}\n", sentence.format(text)]
    for many in (*lines, "".join(lines) * 3):
        assert not notations(findings(many, tmp_path))
        assert not spans(many, tmp_path)


WORDS = "the of and rain fell over old town when people left for work Monday Oslo Ada Holm council said 12 1999"


def prose(size: int, dice: random.Random) -> str:
    """Return about ``size`` bytes of words with what stands in brackets, links and tags of ordinary text among them."""
    words = WORDS.split()
    pieces = [piece for text in TEXTS if text[0] != "<" for piece in text.split(" , ")]
    lines, length = [], 0
    while length < size:
        line = [dice.choice(words) for _ in range(dice.randint(6, 25))]
        if dice.random() < 0.2:
            line.insert(dice.randrange(len(line)), dice.choice(pieces))
        lines.append(" ".join(line) + ".\n")
        length += len(lines[-1])
    return "".join(lines)


@pytest.mark.parametrize("seed", range(3))
def test_a_megabyte_of_prose_raises_no_alarm(seed: int, tmp_path: Path) -> None:
    text = prose(1_000_000, random.Random(seed))
    assert not notations(findings(text, tmp_path, dialect="auto"))
    assert not spans(text, tmp_path)


def test_the_documentation_of_python_raises_no_alarm(tmp_path: Path) -> None:
    files = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
    assert len(files) > 100
    for path in files:
        tree = ast.parse(path.read_bytes())
        found = (
            ast.get_docstring(n) for n in ast.walk(tree) if isinstance(n, ast.Module | ast.ClassDef | ast.FunctionDef)
        )
        for text in ("\n".join(filter(None, found)), path.read_text(encoding="utf-8", errors="replace")):
            assert not notations(findings(text, tmp_path))


def converted(path: Path, target: Path, workers: int = 1, **options: object) -> ConversionReport:
    read = ReadOptions(format="bracket")
    source = Source(path.name, "a", path)
    return convert([source], str(target), ConvertOptions(read=read, **options), lambda _: None, Workers(workers))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of several windows: notations far apart, and more of each than one window holds."""
    path = tmp_path_factory.mktemp("large") / "a.txt"
    plain = "[PER Ada Holm  ] met the council on Monday , and rain fell over the old town . \n" * 400
    strange = "The <ORG>Quay Office</ORG> took [DRUG Codeine] for é [Ole Vik](PER) , not [PERS Eva] . \n"
    path.write_text((plain + strange) * 80, encoding="utf-8")
    assert path.stat().st_size > 2_000_000
    return path


def test_one_finding_for_a_file_whoever_reads_it(large: Path, tmp_path: Path) -> None:
    """Windows, workers, documents and columns, compressed or not: the same findings, totals and bytes."""
    packed = tmp_path / "a.txt.gz"
    packed.write_bytes(gzip.compress(large.read_bytes()))
    reports = [
        converted(large, tmp_path / "a.conll"),
        converted(large, tmp_path / "b.conll", workers=2),
        converted(packed, tmp_path / "c.conll"),
        converted(large, tmp_path / "d.conll", unit="sentence"),
    ]
    for report in reports:
        strange = [finding for finding in report.lost if finding.code == "F017"]
        assert [finding.unread for finding in strange] == [{"ORG": 80}, {"DRUG": 80}, {"PER": 80}]
        assert [(finding.where.line, finding.where.column) for finding in strange if finding.where] == [
            (401, 5),
            (401, 33),
            (401, 54),
        ]
        assert report.ledger.reasons() == {"F002": 80, "F017": 240}
        assert report.ledger.balanced
        assert report.read["PER"] == 80 * 401
    assert reports[0].lost == reports[1].lost
    assert (tmp_path / "a.conll").read_bytes() == (tmp_path / "b.conll").read_bytes()


def test_markup_that_shows_late_makes_no_difference(tmp_path: Path) -> None:
    """A file that turns out to be marked up only in a later window is counted anew, and once."""
    plain = "[PER Ada Holm  ] met <PER>Ole Vik</PER> , and rain fell over the old town for days . \n" * 20_000
    found = notations(findings(plain + "<p id='par1'>x</p>\n", tmp_path))
    assert found == {"20,000 annotations in the notation <PER>x</PER>": {"PER": 20_000}}


SIGNS = ("[", "[a ", "[PER", "[x](", "<", "<a ", "<a>", "@@", "{", "{A", "(", "(A", "(AB ", "/A", "_A", "|A", "a/")
TAGS = (" B-", "x B-P ")


@pytest.mark.parametrize("sign", SIGNS + TAGS)
def test_a_line_of_any_length_takes_time_in_proportion(sign: str, tmp_path: Path) -> None:
    times = []
    for count in (20_000, 80_000):
        begun = time.perf_counter()
        findings(sign * count + "\n", tmp_path)
        times.append(time.perf_counter() - begun)
    assert times[1] < 12 * times[0] + 1


def test_what_is_accepted_is_text_in_every_target(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("[PER Ada  ] met <PER>Ole</PER> and [PERS Eva] .\n", encoding="utf-8")
    read = ReadOptions(accept_unrecognised=True)
    for name in ("a.jsonl", "a.conll", "a.json", "b.txt"):
        report = convert([Source("a.txt", "a", path)], str(tmp_path / name), ConvertOptions(read=read), lambda _: None)
        assert not report.lost
        assert [finding.code for finding in report.findings] == ["F007", "F007"]
        again = formats.documents(Source(name, "b", tmp_path / name), ReadOptions(accept_unrecognised=True))
        (document,) = (item for item in again if isinstance(item, Document))
        assert document.text.strip() == "Ada met <PER>Ole</PER> and [PERS Eva] ."
