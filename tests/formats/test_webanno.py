"""WebAnno TSV 3: what is read of it, and which layer."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from foreign_files import tokens, webanno
from hypothesis import given
from hypothesis import strategies as st

from nerconv import formats
from nerconv.conversion.pipeline import convert
from nerconv.conversion.report import ConvertOptions
from nerconv.document import Document, Facts, Finding, Span
from nerconv.io.sources import Source
from nerconv.options import ReadOptions, UsageError
from tests.effort import examples


def items(text: str, layer: str = "") -> list[object]:
    return [*formats.documents(Source("a.tsv", "a", content=text.encode()), ReadOptions(layer=layer))]


_LINES = st.text(st.sampled_from("ab é😊\\[]|_*->; "), min_size=1, max_size=12).filter(str.strip)
_LABELS = st.sampled_from(["PER", "a|b", "x[1]", "_", "*", "a->b", "\\", "I like; [0]"])


@given(data=st.data())
@examples(150)
def test_spans_that_another_encoder_wrote_are_read(data: st.DataObject) -> None:
    text = "\n".join(data.draw(st.lists(_LINES, min_size=1, max_size=3)).copy())
    found = [token for line in [text] for token in tokens(line.replace("\n", " "))]
    edges = st.tuples(st.integers(0, len(found) - 1), st.integers(0, 2))
    drawn = {
        (found[a][0], found[min(a + more, len(found) - 1)][1]) for a, more in data.draw(st.lists(edges, max_size=5))
    }
    spans = [Span(start, end, data.draw(_LABELS)) for start, end in sorted(drawn, key=lambda each: (each[0], -each[1]))]
    document = Document("a", text, tuple(spans))
    (read,) = (one for one in items(webanno([document])) if isinstance(one, Document))
    assert [(read.covered(s).split(), s.label) for s in read.spans] == [
        (document.covered(s).split(), s.label) for s in spans
    ]
    assert read.text.split() == text.split()


def test_a_layer_is_named_by_its_last_part_and_a_feature_behind_a_colon() -> None:
    text = webanno([Document("a", "Ann left", (Span(0, 3, "PER"),))], "x.Person|role|note").replace(
        "PER\t", "PER\thm\t"
    )
    text = text.replace("left\t_\t", "left\t_\t_\t")
    with pytest.raises(UsageError, match=r"several features hold values: Person:role \(1\), Person:note \(1\)"):
        items(text)
    for layer, label in (("Person:role", "PER"), ("x.Person:note", "hm")):
        (found,) = (one for one in items(text, layer) if isinstance(one, Document))
        assert [(s.start, s.end, s.label) for s in found.spans] == [(0, 3, label)]
    with pytest.raises(UsageError, match="no feature 'age'; it has role, note"):
        items(text, "Person:age")
    findings = [one for one in items(text, "Place") if isinstance(one, Finding)]
    assert [(one.code, one.message) for one in findings] == [("F019", "there is no layer 'Place'; the file has Person")]


def test_tokens_that_meet_are_tokens_of_what_is_written(tmp_path: Path) -> None:
    rows = ["#FORMAT=WebAnno TSV 3.3", "#T_SP=x.Entity|value", "", "", "#Text=(Ann's)", "1-1\t0-1\t(\t_\t"]
    rows += ["1-2\t1-4\tAnn\tPER\t", "1-2.1\t1-2\tA\t_\t", "1-3\t4-6\t's\t_\t", "1-4\t6-7\t)\t_\t"]
    (tmp_path / "a.tsv").write_text("\n".join(rows))
    options = ConvertOptions(to="conll")
    convert([Source("a", "a", tmp_path / "a.tsv")], str(tmp_path / "a.conll"), options, lambda _: None)
    assert (tmp_path / "a.conll").read_text() == "( O\nAnn B-PER\n's O\n) O\n\n"


def test_words_and_syntax_are_not_taken_for_entities_but_counted() -> None:
    text = webanno(
        [Document("a", "Ann left", (Span(0, 3, "NN"),))],
        "de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue",
    )
    found = items(text)
    facts = [one.values for one in found if isinstance(one, Facts)]
    assert (facts[0]["layer"], facts[0]["layers not read"]) == ("none holds entities", "POS (1)")
    assert [one.spans for one in found if isinstance(one, Document)] == [()]


def test_numbers_that_begin_anew_in_each_sentence_join_nothing() -> None:
    text = webanno([Document("a", "Ann Lee\nBob Ray\nx\nCy Fox", ())])
    for name in ("Ann", "Lee", "Bob", "Ray", "Cy", "Fox"):
        text = text.replace(f"\t{name}\t_", f"\t{name}\tPER[1]")
    (found,) = (one for one in items(text) if isinstance(one, Document))
    assert [found.covered(s) for s in found.spans] == ["Ann Lee", "Bob Ray", "Cy Fox"]
    joined = text.replace("\tx\t_", "\tx\tPER[1]")
    (found,) = (one for one in items(joined) if isinstance(one, Document))
    assert [found.covered(s) for s in found.spans] == ["Ann Lee\nBob Ray\nx\nCy Fox"]


@pytest.mark.parametrize(
    ("cell", "labels", "lost"),
    [
        ("[1]", [], {"?": 1}),
        ("PER[1]|[2]", ["PER"], {"?": 1}),
        ("PER\\", ["PER\\"], {}),
        ("|", [], {}),
        ("", [], {}),
        ("[sic]", ["[sic]"], {}),
    ],
)
def test_a_number_without_a_value_is_a_span_without_a_label(cell: str, labels: list[str], lost: dict[str, int]) -> None:
    rows = ["#FORMAT=WebAnno TSV 3.3", "#T_SP=x.Entity|value", "", "#Text=Ann Lee", f"1-1\t0-3\tAnn\t{cell}\t"]
    found = items("\n".join(rows))
    assert [span.label for one in found if isinstance(one, Document) for span in one.spans] == labels
    assert sum((Counter(one.unread) for one in found if isinstance(one, Finding)), Counter()) == lost


def test_a_layer_with_empty_cells_holds_no_annotation() -> None:
    rows = ["#FORMAT=WebAnno TSV 3.3", "#T_SP=x.Entity|value", "#T_SP=x.Other|value", "", "#Text=Ann Lee"]
    found = items("\n".join([*rows, "1-1\t0-3\tAnn\tPER\t\t"]))
    assert [span.label for one in found if isinstance(one, Document) for span in one.spans] == ["PER"]


@given(
    st.lists(
        st.sampled_from(
            [
                "#Text=Ann Lee",
                "1-1\t0-3\tAnn\tPER[1]\t",
                "1-2\t4-7\tLee\tPER[1]\t",
                "1-2\t4-7\tLee",
                "#T_SP=x.A|v",
                "1-1\t999999999-3\tAnn\tPER\t",
                "1-9\t4-3\tLee\t|[1]|\t",
                "",
                "#Text=",
                "1-1\t0-0\t\t[1]\t",
            ]
        ),
        max_size=9,
    )
)
@examples(200)
def test_whatever_rows_say_each_span_is_read_or_named(lines: list[str]) -> None:
    found = items(
        "\n".join(["#FORMAT=WebAnno TSV 3.3", "#T_SP=x.Entity|value", *lines]),
        "Entity" if any("PER" in line for line in lines) else "",
    )
    assert all(isinstance(one, Document | Facts | Finding) for one in found)
