"""``nerconv inspect`` on columns with annotated text, and on files in other encodings: the options that read them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nerconv import api
from nerconv.inspection.encodings import guesses


def ways(name: str) -> list[tuple[str, str]]:
    """Return the options of the commands to go on with, behind the target, and what is said of each."""
    return [(" ".join(step.words[5:]), step.why) for step in api.inspect(name).steps]


ROWS = [
    {"id": "1", "prompt": "Mark the names.", "out": "I see none."},
    {"id": "2", "prompt": "", "out": "<PER>Ann</PER>"},
]
KEY = "--text-key out"
FORMAT = "--from text_column --text-key out"


def put(name: str) -> None:
    """Write the rows as a file of a kind."""
    if name.endswith(("parquet", "arrow")):
        import pyarrow as pa
        from pyarrow import feather, parquet

        (parquet.write_table if name.endswith("parquet") else feather.write_feather)(pa.Table.from_pylist(ROWS), name)
    elif name.endswith("jsonl"):
        Path(name).write_text("".join(f"{json.dumps(row)}\n" for row in ROWS))
    elif name.endswith("json"):
        Path(name).write_text(json.dumps(ROWS))
    else:
        mark = "," if name.endswith("csv") else "\t"
        Path(name).write_text("".join(f"{mark.join(cells)}\n" for cells in (ROWS[0], *(r.values() for r in ROWS))))


@pytest.mark.parametrize(
    ("name", "options"),
    [("a.jsonl", KEY), ("a.json", KEY), ("a.csv", KEY), ("a.tsv", FORMAT), ("a.parquet", FORMAT), ("a.arrow", FORMAT)],
)
def test_a_column_with_annotated_text_is_proposed(
    name: str, options: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    put(name)
    assert ways(name) == [(options, "reads PER 1")]


def test_a_column_in_two_dialects_is_proposed_with_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_text('{"id": 1, "response": "[PER: Ann] met <ORG>UN</ORG>"}\n')
    assert ways("a.jsonl") == [
        ("--dialect xml --text-key response", "reads ORG 1; 1 not read"),
        ("--dialect prefix --text-key response", "reads PER 1; 1 not read"),
    ]


WRITTEN = [
    ("cp1252", "Le café de Renée à Genève coûte 3 € — « déjà vu » disait l’élève."),
    ("cp1252", "It’s “quoted” – really…"),
    ("cp1250", "Łódź i Kraków, Wałęsa i święto. Příliš žluťoučký kůň."),
    ("cp1251", "Москва и Санкт-Петербург: «Россия» не спит"),
    ("cp1253", "Η Αθήνα είναι πρωτεύουσα της Ελλάδας"),
    ("mac-roman", "Müller grüßt Österreich. „Schön“ sagte er."),
    ("cp850", "¿Dónde está Ñoño? El niño comió en Perú."),
    ("shift-jis", "東京で会議が開かれた。カタカナとひらがな。"),
    ("euc-kr", "서울은 대한민국의 수도이다."),
    ("gb18030", "北京是中华人民共和国的首都。"),
]


@pytest.mark.parametrize(("encoding", "text"), WRITTEN, ids=[row[0] + row[1][:3] for row in WRITTEN])
def test_the_encoding_that_makes_words_is_named_first(encoding: str, text: str) -> None:
    found = guesses(f"{text}\n{text}".encode(encoding))
    assert found[0].encoding == encoding
    assert any(word in text for word in found[0].words)


def test_an_encoding_is_proposed_with_what_it_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_bytes("né à [LOC Genève  ] – [PER Renée  ] . \n".encode("cp1252"))
    assert ways("a.txt")[0] == ("--encoding cp1252", "reads LOC 1, PER 1; with né, à, Genève among its words")
    for order in ("utf-16-le", "utf-16-be"):
        Path("b.txt").write_bytes("[LOC Rome  ] . \n".encode(order))
        assert ways("b.txt") == [(f"--encoding {order}", "reads LOC 1")]
    # What no encoding makes words of is read as it is.
    Path("c.txt").write_bytes(b"[LOC Rome  ] a\xd8\x9db\xf7c . \n")
    assert "nerconv lint c.txt" in [" ".join(step.words) for step in api.inspect("c.txt").steps]
