"""What a conversion does with noise: flags that travel, spans left out by name, masking text by policy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from nerconv import formats, unlabelled
from nerconv.conversion.report import ConversionReport, ConvertOptions
from nerconv.conversion.together import ReviewedPiece, each_reviewed, reviewed
from nerconv.document import LABELLED, UNLABELLED, Document, Mark, Span
from nerconv.io.sources import Source
from nerconv.linting.cleaning import cleaner
from nerconv.linting.engine import Selection
from nerconv.linting.redactions import masks_of
from nerconv.linting.surface import masks
from nerconv.options import LINT_POLICIES, REDACTIONS, ReadOptions, UsageError
from nerconv.views import batch_of
from tests.commands import nerconv
from tests.strategies import documents

TEXT = """[PER Win Dayton  ] met [ORG XXXXXXXXXXXX  ] XXXXXXXXXXXX 's staff in [LOC Iran :  ] . \n\
Said [ORG XXXXXXXXXXXX Comment  ] . [PER XXXXXXXa  ] left [LOC Rome  ] . \n\
[LOC Paris  ] slept . \n"""


def convert(tmp_path: Path, name: str, *options: str) -> tuple[str, Document]:
    """Convert TEXT with ``options`` to a file called ``name``; return what was said and the document read back."""
    source, target = tmp_path / "a.txt", tmp_path / name
    source.write_text(TEXT, encoding="utf-8")
    code, said = nerconv("convert", str(source), "-o", str(target), "--unit", "document", *options)
    assert code == 0, said
    items = formats.documents(Source(str(target), "a", target), ReadOptions())
    return said, next(item for item in items if isinstance(item, Document))


@pytest.mark.parametrize("name", ["o.jsonl", "o.json", "o.parquet", "o.spacy"])
def test_flags_travel_in_every_format_that_keeps_them(tmp_path: Path, name: str) -> None:
    _, document = convert(tmp_path, name, "--lint", "mark")
    flags = {document.covered(span): span.flags for span in document.spans}
    assert flags["XXXXXXXXXXXX"] == flags["XXXXXXXa"] == ("C201",)
    assert flags["XXXXXXXXXXXX Comment"] == ("C202",)
    assert flags["Iran :"] == ("B102",)
    assert flags["Win Dayton"] == ()


def test_flags_that_a_format_cannot_hold_are_counted(tmp_path: Path) -> None:
    said, _ = convert(tmp_path, "o.txt", "--lint", "mark")
    assert "lint flags of spans" in said


def test_drop_names_each_span_in_the_ledger(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    _, document = convert(tmp_path, "o.jsonl", "--lint", "drop", "--lint-select", "C2", "--ledger", str(ledger))
    assert [document.covered(span) for span in document.spans] == ["Win Dayton", "Iran :", "Rome", "Paris"]
    rows = [json.loads(line) for line in ledger.read_text().splitlines()]
    assert [row["code"] for row in rows if row.get("code")] == ["K007"] * 3


def test_fix_trims_and_keeps_every_span(tmp_path: Path) -> None:
    _, document = convert(tmp_path, "o.conll", "--lint", "fix")
    assert "Iran" in [document.covered(span) for span in document.spans]
    assert len(document.spans) == 7


def test_sentences_with_a_finding_are_left_out_whole(tmp_path: Path) -> None:
    said, document = convert(tmp_path, "o.conll", "--lint", "drop-sentence")
    assert document.text.split() == ["Paris", "slept", "."]
    assert "K007" in said


def test_what_lint_finds_is_not_labelled_in_training_data(tmp_path: Path) -> None:
    _, document = convert(tmp_path, "o.spacy", "--lint", "mask-loss")
    assert [document.covered(span) for span in document.spans] == ["Win Dayton", "Rome", "Paris"]
    stretches = batch_of([document], "")
    starts, ends = unlabelled.stretches(stretches)
    texts = [stretches.text[a:b].decode() for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
    assert texts == ["Iran :", "XXXXXXXXXXXX Comment"], "masks are known not to be names"


def test_tags_of_what_lint_finds_are_left_out_of_the_loss(tmp_path: Path) -> None:
    source, target = tmp_path / "a.txt", tmp_path / "o.parquet"
    source.write_text("[PER Ann  ] met [PER Bo:  ] and [PER XXXXX  ] . \n", encoding="utf-8")
    assert nerconv("convert", str(source), "-o", str(target), "--lint", "mask-loss")[0] == 0
    assert parquet.read_table(target).column("ner_tags").to_pylist() == [[1, 0, -100, 0, 0, 0]]


def test_a_format_that_cannot_leave_text_unlabelled_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text(TEXT, encoding="utf-8")
    code, said = nerconv("to-conll", str(source), "-o", str(tmp_path / "o.conll"), "--lint", "mask-loss")
    assert code == 2 and "docbin" in said and not (tmp_path / "o.conll").exists()


def test_text_that_nobody_labelled_before_stays_so() -> None:
    marks = (Mark(4, UNLABELLED, "-100"), Mark(7, LABELLED, ""))
    batch = batch_of([Document("a", "Ann met Kaio:\nBo left", (Span(8, 13, "PER"),), marks=marks)], "a.txt")
    [(after, lost)] = cleaner("mask-loss", "keep", Selection()).together([batch], set())  # type: ignore[misc]
    assert [edges.tolist() for edges in unlabelled.stretches(after)] == [[4, 8], [7, 13]]
    assert [mark.value for mark in after.marks if mark.kind == UNLABELLED] == ["-100", "lint"]
    assert len(lost) == 1


def test_mask_makes_one_word_of_each_redaction(tmp_path: Path) -> None:
    _, document = convert(tmp_path, "o.jsonl", "--redactions", "mask")
    assert [document.covered(span) for span in document.spans][1:5] == [
        "REDACTED",
        "Iran :",
        "REDACTED Comment",
        "REDACTED",
    ]
    assert "XXX" not in document.text


def test_drop_sentence_leaves_whole_sentences_only(tmp_path: Path) -> None:
    said, document = convert(tmp_path, "o.jsonl", "--redactions", "drop-sentence")
    assert document.text == "Paris slept . \n"
    assert "K008" in said


def test_drop_span_keeps_the_text(tmp_path: Path) -> None:
    _, document = convert(tmp_path, "o.jsonl", "--redactions", "drop-span")
    assert document.text.count("XXXXXXXXXXXX") == 3
    assert "XXXXXXXa" not in [document.covered(span) for span in document.spans]


def test_unknown_policies_are_usage_errors() -> None:
    with pytest.raises(UsageError, match="--lint"):
        cleaner("delete", "keep", Selection())
    with pytest.raises(UsageError, match="--redactions"):
        cleaner("keep", "hide", Selection())


@given(
    st.lists(st.lists(documents(), max_size=3), max_size=3),
    st.sampled_from(LINT_POLICIES[1:]),
    st.sampled_from(REDACTIONS),
)
def test_spans_in_are_spans_out_and_losses(corpus: list[list[Document]], policy: str, redactions: str) -> None:
    options = ConvertOptions(cleaning=cleaner(policy, redactions, Selection(("ALL",))))
    found = [batch_of(some, "a.txt") for some in corpus]
    results = []
    for piece in reviewed(map(ReviewedPiece, found), options, first := ConversionReport("bracket")):
        [after] = each_reviewed([piece.batch], options, first)
        results.append((after, first.lost))
        first.lost = []
    assert len(results) == len(found)
    for before, (after, lost) in zip(found, results, strict=True):
        assert len(before.starts) == len(after.starts) + len(lost)
        assert [extent.id for extent in before.documents] == [extent.id for extent in after.documents]


_PIECES = st.sampled_from(
    [
        *(
            "XXXX",
            "xxxx",
            "XX/XX/2010",
            "XXX-XX-1234",
            "Mr. XXXXXXXX",
            "XXXXXXComment",
            "aXXXXXX",
            "██",
            "▒▒▒",
            "___",
            "***",
        ),
        *("***", "[**Name**]", "{{NAME}}", "<NAME>", "[LAST NAME]", "%NAME%", "$CITY$", "(b) (6)", "PERSON_1"),
        *(
            "REDACTED",
            "HTTPURL",
            "@user",
            "[redacted name]",
            "é",
            "Ann",
            " ",
            " ",
            "\n",
            "\r\n",
            "X",
            "(",
            "’",
            "<mask>",
            "(NAME)",
            "( redacted )",
            "(b)(6)",
            "( C )",
            "▮▆",
        ),
    ]
)


@given(st.lists(st.lists(_PIECES, max_size=9).map("".join), max_size=3))
def test_masking_text_of_a_batch_is_that_of_its_documents(texts: list[str]) -> None:
    batch = batch_of([Document("d", text) for text in texts], "a.txt")
    found = [(batch.text[:start].decode(), batch.text[start:end].decode()) for start, end in masks_of(batch)]
    begins = [len(batch.text[: extent.start].decode()) for extent in batch.documents]
    expected = [(begin, text, *pair) for begin, text in zip(begins, texts, strict=True) for pair in masks(text)]
    assert [(len(before), mask) for before, mask in found] == [(b + i, text[i:j]) for b, text, i, j in expected]
