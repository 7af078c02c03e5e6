"""Columns of outer and inner entities: when both are read, and what is read of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nerconv import formats
from nerconv.conversion.pipeline import convert
from nerconv.conversion.report import ConvertOptions
from nerconv.document import Document, Facts, Finding, Span
from nerconv.io.sources import Source
from nerconv.options import ReadOptions, UsageError
from tests.effort import examples

GERMEVAL = (
    "#\thttp://example.org/a [2009-10-17]\n"
    "1\tDer\tO\tO\n2\tFC\tB-ORG\tO\n3\tDarmstadt\tI-ORG\tB-LOC\n4\tsiegte\tO\tO\n\n"
    "#\thttp://example.org/b [2009-10-18]\n"
    "1\tOslo\tB-LOC\tO\n2\t.\tO\tO\n"
)


def items(text: str, options: ReadOptions, suffix: str = ".conll") -> list[object]:
    return [*formats.documents(Source(f"a{suffix}", "a", content=text.encode()), options)]


def spans(found: Sequence[object]) -> list[tuple[str, str]]:
    return [(one.covered(s), s.label) for one in found if isinstance(one, Document) for s in one.spans]


def test_outer_and_inner_entities_of_germeval_are_both_read() -> None:
    found = items(GERMEVAL, ReadOptions(), ".tsv")
    assert spans(found) == [("FC Darmstadt", "ORG"), ("Darmstadt", "LOC"), ("Oslo", "LOC")]
    facts = {key: value for one in found if isinstance(one, Facts) for key, value in one.values.items()}
    assert facts["read"] == "token in column 2, tag in column 3 and 4"
    assert facts["nested tags"].endswith(": 1 of 1")


def test_a_prediction_is_not_taken_for_inner_entities() -> None:
    rows = "Ann\tB-PER\tB-PER\nLee\tI-PER\tO\nmet\tO\tO\nRome\tB-LOC\tB-LOC\n\n" * 20
    findings = [one for one in items(rows, ReadOptions()) if isinstance(one, Finding)]
    assert [one.code for one in findings] == ["F022"]
    assert "--tag-column 2 or --tag-column 3, or for outer and inner entities --tag-column 2,3" in findings[0].message
    both = spans(items(rows, ReadOptions(tag_column="2,3")))
    assert Counter(both) == {("Ann Lee", "PER"): 20, ("Ann", "PER"): 20, ("Rome", "LOC"): 40}


@pytest.mark.parametrize("chunk", ["B-NP|B-VP", "I-NPB-NP|B-NP"])
def test_several_chunks_in_a_cell_are_not_taken_for_outer_entities(chunk: str) -> None:
    rows = f"Ann NNP {chunk} B-PER\nLee NNP I-NP I-PER\nleft VBD B-VP O\n\n" * 12
    assert spans(items(rows, ReadOptions())) == [("Ann Lee", "PER")] * 12


@pytest.mark.parametrize(
    ("tag_column", "message"), [("3,3", "a column twice"), ("2,3", "different columns"), ("3,9", "one of 1 to 4")]
)
def test_columns_that_cannot_be_read_together_are_refused(tag_column: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        items(GERMEVAL, ReadOptions(token_column="2", tag_column=tag_column))


def test_a_sentence_with_one_invalid_column_loses_the_spans_of_both_by_name() -> None:
    text = GERMEVAL.replace("I-ORG\tB-LOC", "I-ORG\tI-LOC")
    options = ReadOptions(token_column="2", tag_column="3,4", scheme="IOB2")
    found = items(text, options)
    assert spans(found) == [("Oslo", "LOC")]
    (finding,) = (one for one in found if isinstance(one, Finding))
    assert (finding.code, finding.where and finding.where.line, finding.unread) == ("F005", 4, {"ORG": 1, "LOC": 1})


def test_a_ragged_row_loses_the_spans_of_both_columns_by_name() -> None:
    text = GERMEVAL.replace("4\tsiegte\tO\tO", "4\tsiegte")
    (finding,) = (
        one for one in items(text, ReadOptions(token_column="2", tag_column="3,4")) if isinstance(one, Finding)
    )
    assert (finding.code, finding.unread) == ("F011", {"ORG": 1, "LOC": 1})


def test_ids_that_comments_name_are_those_of_sentences() -> None:
    text = "# id 7f1a\tdomain=en\nnora _ _ B-PER\n\n# id 8c22\tdomain=en\nrain _ _ O\n"
    by_sentence = ReadOptions(documents="blank-line")
    assert [one.id for one in items(text, by_sentence) if isinstance(one, Document)] == ["7f1a", "8c22"]
    twice = items(text.replace("8c22", "7f1a"), by_sentence)
    assert [one.id for one in twice if isinstance(one, Document)] == ["a#1", "a#2"]


def test_ids_that_two_files_name_are_made_distinct(tmp_path: Path) -> None:
    sources = []
    for name in ("a", "b"):
        (tmp_path / f"{name}.conll").write_text("# id 7f1a\nnora B-PER\n\n# id 8c22\nrain O\n")
        sources.append(Source(name, name, tmp_path / f"{name}.conll"))
    options = ConvertOptions(ReadOptions(documents="blank-line"))
    convert(sources, str(tmp_path / "out.jsonl"), options, lambda _: None)
    written = (tmp_path / "out.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in written] == ["7f1a", "8c22", "7f1a~2", "8c22~2"]


_TAGS = st.sampled_from(["O", "O", "B-X", "I-X", "B-Y", "I-Y"])
_ROWS = st.lists(st.lists(st.tuples(_TAGS, _TAGS), min_size=1, max_size=6), min_size=1, max_size=5)


@given(rows=_ROWS, invalid=st.sampled_from(["lenient", "discard"]), how=st.sampled_from(["auto", "blank-line", "2"]))
@examples(100)
def test_two_columns_read_together_give_the_spans_of_each(
    rows: list[list[tuple[str, str]]], invalid: str, how: str
) -> None:
    text = "\n".join("".join(f"w{at}\t{one}\t{two}\n" for at, (one, two) in enumerate(some)) for some in rows)

    def read(tags: str) -> list[tuple[str, str, tuple[Span, ...]]]:
        options = ReadOptions(tag_column=tags, scheme="IOB2", invalid=invalid, documents=how)
        return [(one.id, one.text, one.spans) for one in items(text, options) if isinstance(one, Document)]

    apart = zip(read("2"), read("3"), strict=True)
    order = lambda span: (span.start, -span.end, span.label)  # noqa: E731
    together = [(one[0], one[1], sorted((*one[2], *two[2]), key=order)) for one, two in apart]
    assert [(id, words, list(found)) for id, words, found in read("2,3")] == together


def test_a_fix_is_refused_where_tags_stand_in_two_columns(tmp_path: Path) -> None:
    from nerconv.io.sources import expand
    from nerconv.linting.edits import conll
    from nerconv.linting.edits.outcome import Refused
    from nerconv.linting.edits.text import SourceText

    path = tmp_path / "a.tsv"
    path.write_text(GERMEVAL)
    with pytest.raises(Refused, match="outer and inner"):
        conll.editor(SourceText(GERMEVAL, "utf-8"), expand([str(path)], (".tsv",))[0], ReadOptions())
