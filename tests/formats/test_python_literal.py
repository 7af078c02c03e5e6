"""Training data in Python: read as literals, and never run."""

from __future__ import annotations

from pathlib import Path
from pprint import pformat

from hypothesis import given
from hypothesis import strategies as st

from nerconv import formats
from nerconv.document import Document, Finding
from nerconv.io.sources import Source, expand
from nerconv.options import ReadOptions
from tests.effort import examples


def items(text: str) -> list[object]:
    return [*formats.documents(Source("a.py", "a", content=text.encode()), ReadOptions())]


_TEXT = st.text(st.sampled_from("ab'\"\\é😀"), min_size=1, max_size=9)


@given(texts=st.lists(_TEXT, min_size=1, max_size=4), data=st.data(), width=st.sampled_from([20, 200]))
@examples(80)
def test_a_list_is_read_as_python_prints_it(texts: list[str], data: st.DataObject, width: int) -> None:
    pairs = []
    for text in texts:
        # Of text beyond ASCII, spans that cut words could be those of another unit.
        most = 3 if text.isascii() else 0
        starts = sorted(set(data.draw(st.lists(st.integers(0, len(text) - 1), max_size=most))))
        pairs.append((text, {"entities": [(start, start + 1, "X") for start in starts]}))
    found = items(f"import spacy\n\nTRAIN_DATA = {pformat(pairs, width)}\n")
    documents = [one for one in found if isinstance(one, Document)]
    assert [one.text for one in documents] == texts
    spans = [[(s.start, s.end, s.label) for s in one.spans] for one in documents]
    assert spans == [pair[1]["entities"] for pair in pairs]


def test_the_place_of_a_record_is_the_line_that_it_begins_on(tmp_path: Path) -> None:
    path = tmp_path / "train.py.txt"
    path.write_text(
        'DATA = [\n  ("Ann", {"entities": [(0, 3, "PER")]}),\n\n  ("Bo", {"entities": [(0, 9, "PER")]}),\n]\n'
    )
    (source,) = formats.sources([str(path)], ReadOptions())
    assert source.format == "offsets_jsonl"
    (finding,) = (one for one in formats.documents(source, ReadOptions()) if isinstance(one, Finding))
    assert finding.where is not None and finding.where.line == 4 and finding.unread == {"PER": 1}


def test_what_a_file_would_do_is_not_done(tmp_path: Path) -> None:
    there = tmp_path / "there"
    call = f'__import__("pathlib").Path({str(there)!r}).touch()'
    *_, finding = items(f'{call}\nDATA = [("Ann", {{"entities": [(0, 3, {call})]}})]\n')
    assert isinstance(finding, Finding) and finding.code == "F014" and "nothing is run" in finding.message
    assert not there.exists()


@given(st.text(st.sampled_from("[({})]\"'=, 1aentities:\n"), max_size=40))
@examples(100)
def test_damaged_lists_are_refused_by_name(rest: str) -> None:
    found = items('DATA = [("Ann", {"entities": [(0, 3, "PER")]}),' + rest)
    assert all(isinstance(one, Document | Finding) or one for one in found)


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text('DATA = [("Ann", {"entities": [' + "(" * 5000 + ")" * 5000 + "]})]\n")
    (source,) = expand([str(path)], ())
    *_, finding = formats.documents(source, ReadOptions())
    assert isinstance(finding, Finding) and finding.code == "F014"
