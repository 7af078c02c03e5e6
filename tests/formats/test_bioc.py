"""BioC: what is read of files that the package bioc writes, and what is refused."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from foreign_files import bioc
from hypothesis import given
from hypothesis import strategies as st

from nerconv import formats
from nerconv.document import Document, Facts, Finding, Span
from nerconv.formats import standoff
from nerconv.io.sources import Source
from nerconv.options import ReadOptions
from tests.effort import examples

pytest.importorskip("bioc", reason="the package bioc is not installed")


def items(data: str | bytes, **options: str) -> list[object]:
    content = data.encode() if isinstance(data, str) else data
    return [*formats.documents(Source("a", "a", content=content), ReadOptions(format="bioc", **options))]  # type: ignore[arg-type]


_LINES = st.lists(st.text(st.sampled_from("ab\u00e9<&\U0001f600"), min_size=1, max_size=8), min_size=1, max_size=4)


@given(texts=st.lists(_LINES, min_size=1, max_size=3), data=st.data(), form=st.sampled_from(["xml", "json"]))
@examples(80)
def test_what_bioc_writes_is_read(texts: list[list[str]], data: st.DataObject, form: str) -> None:
    documents = []
    for number, some in enumerate(texts):
        text = "\n".join(some)
        starts = [at for at, character in enumerate(text) if character != "\n"]
        at = sorted(set(data.draw(st.lists(st.sampled_from(starts), max_size=3))))
        documents.append(Document(f"d{number}", text, tuple(Span(start, start + 1, "X") for start in at)))
    written = bioc(documents)
    if form == "json":
        from bioc import biocjson, biocxml

        written = biocjson.dumps(biocxml.loads(written))
    found = [one for one in items(written) if isinstance(one, Document)]
    assert [(one.id, one.text) for one in found] == [(one.id, one.text) for one in documents]
    assert [[(s.start, s.end, s.label) for s in one.spans] for one in found] == [
        [(s.start, s.end, s.label) for s in one.spans] for one in documents
    ]


BOMB = (
    "<!DOCTYPE collection [" + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "x"}">' for n in range(12)) + "]>"
)
FILE = '<!DOCTYPE collection [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
REST = "<collection><source>s</source><document><id>&a{};</id></document></collection>"


@pytest.mark.parametrize(
    "data",
    [
        BOMB + REST.format(11),
        FILE + REST.format(""),
        ('<?xml version="1.0" encoding="UTF-16"?>' + FILE + REST.format("")).encode("utf-16"),
        '<?xml version="1.0" encoding="UTF-7"?>' + REST.format(""),
        '<?xml version="1.0" encoding="EBCDIC-CP-US"?>',
    ],
)
def test_xml_that_declares_entities_or_may_hide_them_is_refused(data: str | bytes) -> None:
    (finding,) = items(data)
    assert isinstance(finding, Finding) and finding.code == "F014"


@given(st.binary(max_size=60) | st.text(st.sampled_from('<>/collection{}[]":, 1'), max_size=60).map(str.encode))
@examples(80)
def test_damaged_files_are_refused_or_named(data: bytes) -> None:
    assert all(isinstance(one, Finding | Facts) for one in items(data))


@pytest.mark.parametrize("value", [None, 5, "x", [], {}, [5], {"a": 1}, 10**30, -1])
@pytest.mark.parametrize("key", ["passages", "offset", "infons", "text", "annotations", "locations", "id"])
def test_values_of_other_kinds_are_named(key: str, value: object) -> None:
    written = bioc([Document("a", "Ann left", (Span(0, 3, "PER"),))])
    from bioc import biocjson, biocxml

    text = biocjson.dumps(biocxml.loads(written))

    def spoiled(raw: object) -> object:
        if isinstance(raw, dict):
            return {name: value if name == key else spoiled(each) for name, each in raw.items()}
        return [spoiled(each) for each in raw] if isinstance(raw, list) else raw

    found = items(json.dumps(spoiled(json.loads(text))))
    assert all(isinstance(one, Document | Finding | Facts) for one in found)


def test_a_discontinuous_span_is_lost_by_name_or_covered() -> None:
    written = bioc([Document("a", "Ann met Lee", (Span(0, 3, "PER"),))])
    more = '<location offset="8" length="3"/></annotation>'
    written = written.replace("</annotation>", more).replace("<text>Ann</text>", "<text>Ann Lee</text>")
    lost = [one.unread for one in items(written) if isinstance(one, Finding)]
    assert lost == [{"PER": 1}]
    (document,) = (one for one in items(written, discontinuous="cover") if isinstance(one, Document))
    assert [(s.start, s.end) for s in document.spans] == [(0, 11)]


def test_documents_are_parsed_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standoff, "_TOGETHER", 20)
    passage = "<offset>0</offset><text>Ann met Nora in Oslo and went home.</text>"
    spans = "".join(
        f'<annotation id="{at}"><infon key="type">PER</infon>'
        f'<location offset="{at}" length="3"/><text>x</text></annotation>'
        for at in range(0, 30, 3)
    )
    document = f"<document><id>d</id><passage>{passage}{spans}</passage></document>"

    def peak(count: int) -> int:
        """Return the most memory that reading so many documents takes, in bytes."""
        data = f"<collection>{document * count}</collection>".encode()
        tracemalloc.start()
        try:
            for _ in formats.read(Source("a.xml", "a", content=data), ReadOptions(format="bioc")):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(60)
    assert peak(480) < 4 * peak(60)
