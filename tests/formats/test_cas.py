"""CAS of UIMA: what is read of files that dkpro-cassis writes, and what is refused."""

from __future__ import annotations

import tracemalloc
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nerconv import formats
from nerconv.document import Document, Facts, Finding
from nerconv.io.sources import Source, expand
from nerconv.options import ReadOptions, UsageError
from tests.effort import examples

cassis = pytest.importorskip("cassis", reason="the package dkpro-cassis is not installed")

ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
SENTENCE = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence"
TOKEN = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token"
CUSTOM = "webanno.custom.Claim"


def made(text: str, spans: list[tuple[int, int, str | None]], claims: int = 0) -> object:
    """Return a CAS with entities, and with claims from the beginning on."""
    types = cassis.TypeSystem()
    entity = types.create_type(ENTITY, "uima.tcas.Annotation")
    types.create_feature(entity, "value", "uima.cas.String")
    types.create_feature(entity, "identifier", "uima.cas.String")
    claim = types.create_type(CUSTOM, "uima.tcas.Annotation")
    cas = cassis.Cas(types)
    cas.sofa_string, cas.sofa_mime = text, "text/plain"
    cas.add_all([entity(begin=start, end=end, value=label, identifier="http://x") for start, end, label in spans])
    cas.add_all([claim(begin=0, end=at + 1) for at in range(claims)])
    return cas


def items(data: bytes, layer: str = "") -> list[object]:
    return [*formats.documents(Source("a.json", "a", content=data), ReadOptions(format="cas", layer=layer))]


def spans(found: list[object]) -> list[tuple[int, int, str]]:
    return [(s.start, s.end, s.label) for one in found if isinstance(one, Document) for s in one.spans]


def json_of(cas: object) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return cas.to_json().encode()  # type: ignore[attr-defined,no-any-return]


_TEXT = st.text(st.sampled_from("ab é<&\U0001f600\n"), min_size=1, max_size=16).filter(str.strip)


@given(text=_TEXT, data=st.data())
@examples(15)
def test_what_cassis_writes_is_read_as_json_and_as_xmi(
    text: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    places = [at for at, character in enumerate(text) if not character.isspace()]
    drawn = sorted(set(data.draw(st.lists(st.sampled_from(places), max_size=4))))
    cas = made(text, [(at, at + 1, "PER") for at in drawn])
    expected = [(at, at + 1, "PER") for at in drawn]
    found = items(json_of(cas))
    assert spans(found) == expected
    assert [one.text for one in found if isinstance(one, Document)] == [text]
    folder = tmp_path_factory.mktemp("xmi")
    cas.to_xmi(folder / "a.xmi")  # type: ignore[attr-defined]
    cas.typesystem.to_xml(folder / "TypeSystem.xml")  # type: ignore[attr-defined]
    sources = formats.sources([str(folder)], ReadOptions())
    assert [source.format for source in sources] == ["cas"]
    assert spans([*formats.documents(sources[0], ReadOptions())]) == expected


def test_tokens_that_meet_are_joins() -> None:
    cas = made("(Ann's)", [(1, 4, "PER")])
    token = cas.typesystem.create_type(TOKEN, "uima.tcas.Annotation")  # type: ignore[attr-defined]
    cas.add_all([token(begin=a, end=b) for a, b in ((0, 1), (1, 4), (4, 6), (6, 7))])  # type: ignore[attr-defined]
    (document,) = (one for one in items(json_of(cas)) if isinstance(one, Document))
    assert document.joins == (1, 4, 6)


def test_several_layers_are_refused_and_one_can_be_named() -> None:
    data = json_of(made("Ann left", [(0, 3, "PER")], claims=2))
    with pytest.raises(UsageError, match=r"several layers hold annotation: NamedEntity \(1\), Claim \(2\); .*--layer"):
        items(data)
    assert spans(items(data, "NamedEntity:value")) == [(0, 3, "PER")]
    found = items(data, "Claim")
    assert spans(found) == [(0, 2, "Claim"), (0, 1, "Claim")]
    assert [one.values["layers not read"] for one in found if isinstance(one, Facts)][:1] == ["NamedEntity (1)"]
    (finding,) = (one for one in items(data, "Place") if isinstance(one, Finding))
    assert finding.code == "F019"


def test_an_entity_without_a_value_or_outside_of_the_text_is_lost_by_name() -> None:
    found = items(json_of(made("Ann left", [(0, 3, "PER"), (4, 8, None), (5, 5, "LOC")])))
    assert spans(found) == [(0, 3, "PER")]
    lost = [one.unread for one in found if isinstance(one, Finding)]
    assert sorted(map(str, lost)) == ["{'?': 1}", "{'LOC': 1}"]


def test_xmi_without_its_type_system_is_refused_by_name(tmp_path: Path) -> None:
    made("Ann left", [(0, 3, "PER")]).to_xmi(tmp_path / "a.xmi")  # type: ignore[attr-defined]
    (source,) = expand([str(tmp_path / "a.xmi")], ())
    (finding,) = formats.documents(source, ReadOptions())
    assert isinstance(finding, Finding) and finding.code == "F014" and "TypeSystem.xml" in finding.message


def test_entities_are_refused_in_xmi_and_in_its_type_system(tmp_path: Path) -> None:
    cas = made("Ann left", [(0, 3, "PER")])
    cas.to_xmi(tmp_path / "a.xmi")  # type: ignore[attr-defined]
    cas.typesystem.to_xml(tmp_path / "TypeSystem.xml")  # type: ignore[attr-defined]
    bomb = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>'
    for name in ("a.xmi", "TypeSystem.xml"):
        text = (tmp_path / name).read_text()
        head, mark, rest = text.partition("?>")
        (tmp_path / name).write_text(head + mark + bomb + rest if mark else bomb + text)
        (source,) = expand([str(tmp_path / "a.xmi")], ())
        (finding,) = formats.documents(source, ReadOptions(format="cas"))
        assert isinstance(finding, Finding) and "declares entities" in finding.message
        (tmp_path / name).write_text(text)


@given(st.binary(max_size=60) | st.text(st.sampled_from('{}[]":, 1%TYPESVIEWFEAR_U'), max_size=60).map(str.encode))
@examples(60)
def test_damaged_files_are_refused(data: bytes) -> None:
    assert all(isinstance(one, Finding) for one in items(data))


@pytest.mark.parametrize("value", ["null", "5", '"x"', "[]", "{}", "-1", "1e30", "[5]"])
@pytest.mark.parametrize(
    "key", ["begin", "end", "sofaString", "%TYPES", "%VIEWS", "%FEATURE_STRUCTURES", "value", "%TYPE"]
)
def test_values_of_other_kinds_are_refused_or_named(key: str, value: str) -> None:
    import json

    def spoiled(raw: object) -> object:
        if isinstance(raw, dict):
            return {name: json.loads(value) if name == key else spoiled(each) for name, each in raw.items()}
        return [spoiled(each) for each in raw] if isinstance(raw, list) else raw

    raw = json.loads(json_of(made("Ann left", [(0, 3, "PER")])))
    assert all(isinstance(one, Document | Finding | Facts) for one in items(json.dumps(spoiled(raw)).encode()))


def test_a_long_text_takes_a_few_times_its_size() -> None:
    data = json_of(made("😀 Ann left . " * 20_000, [(2, 5, "PER")]))
    assert spans(items(data)) == [(2, 5, "PER")]
    tracemalloc.start()
    try:
        assert spans(items(data)) == [(2, 5, "PER")]
        assert tracemalloc.get_traced_memory()[1] < 40 * len(data)
    finally:
        tracemalloc.stop()
