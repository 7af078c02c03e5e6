"""Tables of others with tokens and tags: Arrow and Feather files, and CSV with lists in its cells."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nerconv import formats
from nerconv.document import Document, Facts, Finding
from nerconv.formats.token_csv import listed
from nerconv.io.sources import Source, expand
from nerconv.options import ReadOptions
from tests.effort import examples

pa = pytest.importorskip("pyarrow")
pd = pytest.importorskip("pandas")
np = pytest.importorskip("numpy")

WORDS = [["Nora", "Quill", "left", "Oslo"], ["Rain", "fell"]]
TAGS = [["B-PER", "I-PER", "O", "B-LOC"], ["O", "O"]]
SPANS = [("Nora Quill", "PER"), ("Oslo", "LOC")]


def spans(found: list[object]) -> list[tuple[str, str]]:
    return [(one.covered(s), s.label) for one in found if isinstance(one, Document) for s in one.spans]


def stream(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)


def arrow(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def feather(table: pa.Table, path: Path) -> None:
    from pyarrow import feather

    feather.write_feather(table, str(path))


@pytest.mark.parametrize("write", [stream, arrow, feather], ids=["stream", "file", "feather"])
@pytest.mark.parametrize("name", ["a.arrow", "a.feather", "a.data"])
def test_arrow_files_are_read_whatever_they_are_called(
    write: Callable[[pa.Table, Path], None], name: str, tmp_path: Path
) -> None:
    write(pa.table({"words": WORDS, "labels": TAGS}), tmp_path / name)
    (source,) = expand([str(tmp_path / name)], ())
    assert spans([*formats.documents(source, ReadOptions())]) == SPANS


def test_a_saved_dataset_and_its_file_say_the_same(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    names = datasets.ClassLabel(names=["O", "B-PER", "I-PER", "B-LOC"])
    features = datasets.Features({"tokens": [datasets.Value("string")], "tags": [names]})
    numbers = [[names.str2int(tag) for tag in tags] for tags in TAGS]
    saved = datasets.Dataset.from_dict({"tokens": WORDS, "tags": numbers}, features=features)
    datasets.DatasetDict({"train": saved}).save_to_disk(tmp_path / "saved")
    (file,) = (tmp_path / "saved").glob("train/*.arrow")
    for path in (tmp_path / "saved", tmp_path / "saved/train", file):
        (source,) = expand([str(path)], ())
        assert spans([*formats.documents(source, ReadOptions())]) == SPANS


def test_inner_entities_in_a_column_of_their_own_are_read(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    names = datasets.ClassLabel(names=["O", "B-ORG", "I-ORG", "B-LOC"])
    tokens = datasets.Value("string")
    features = datasets.Features({"tokens": [tokens], "ner_tags": [names], "nested_ner_tags": [names]})
    rows = {"tokens": [["FC", "Bonn", "lost"]], "ner_tags": [[1, 2, 0]], "nested_ner_tags": [[0, 3, 0]]}
    datasets.Dataset.from_dict(rows, features=features).to_parquet(tmp_path / "a.parquet")
    (source,) = expand([str(tmp_path / "a.parquet")], ())
    found = [*formats.documents(source, ReadOptions())]
    assert spans(found) == [("FC Bonn", "ORG"), ("Bonn", "LOC")]
    assert not any("keys not read" in one.values for one in found if isinstance(one, Facts))
    line = '{"tokens": ["FC", "Bonn"], "tags": ["B-ORG", "I-ORG"], "nested_tags": ["O", "I-LOC"]}\n'
    for text, unread in ((line, {"ORG": 1, "LOC": 1}), (line.replace('"O", ', ""), {"ORG": 1, "LOC": 1})):
        found = [*formats.documents(Source("a.jsonl", "a", content=text.encode()), ReadOptions(scheme="IOB2"))]
        assert [one.unread for one in found if isinstance(one, Finding)] == [unread]


@pytest.mark.parametrize("end", [3, 40, 200])
def test_a_damaged_arrow_file_is_unreadable(end: int, tmp_path: Path) -> None:
    for write in (stream, arrow):
        write(pa.table({"tokens": WORDS, "tags": TAGS}), tmp_path / "a")
        (tmp_path / "a").write_bytes((tmp_path / "a").read_bytes()[:end])
        found = [*formats.documents(Source("a", "a", tmp_path / "a"), ReadOptions(format="dataset"))]
        assert [one.code for one in found if isinstance(one, Finding)] == ["F014"]


def csv_of(columns: dict[str, object], separator: str, kind: type) -> str:
    made = {name: [kind(each) for each in values] for name, values in columns.items()}  # type: ignore[attr-defined]
    file = io.StringIO()
    pd.DataFrame(made).to_csv(file, index=False, sep=separator)
    return file.getvalue()


@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
@pytest.mark.parametrize("kind", [list, np.array, " ".join, lambda each: [np.str_(one) for one in each]])
@pytest.mark.parametrize("names", [("tokens", "ner_tags"), ("words", "labels")])
def test_lists_in_cells_are_read_as_pandas_writes_them(suffix: str, kind: type, names: tuple[str, str]) -> None:
    text = csv_of(dict(zip(names, (WORDS, TAGS), strict=True)), {".csv": ",", ".tsv": "\t"}[suffix], kind)
    source = Source(f"a{suffix}", "a", content=text.encode())
    found = [*formats.documents(source, ReadOptions())]
    assert {one.format for one in found if isinstance(one, Facts)} == {"tags_jsonl"}
    assert spans(found) == SPANS


def test_a_list_that_was_cut_when_it_was_printed_is_named() -> None:
    text = "tokens,tags\n['Nora' 'left'],['B-PER' 'O']\n['Rain' ... '.'],['O' ... 'O']\n"
    found = [*formats.documents(Source("a.csv", "a", content=text.encode()), ReadOptions())]
    assert spans(found) == [("Nora", "PER")]
    (finding,) = (one for one in found if isinstance(one, Finding))
    assert (finding.code, finding.where and finding.where.line) == ("F012", 3)


_ITEMS = st.lists(st.text(st.sampled_from("ab é'\"\\,\n[].0"), min_size=1, max_size=4), max_size=5)


@given(items=_ITEMS)
@examples(100)
def test_a_list_is_read_as_it_was_printed(items: list[str]) -> None:
    with np.printoptions(threshold=1000, linewidth=40):
        for printed in (str(items), str([np.str_(each) for each in items]), str(np.array(items, dtype=object))):
            assert listed(printed) == items


@given(st.text(st.sampled_from("[]'\", \\n1x"), max_size=12))
@examples(100)
def test_whatever_a_cell_holds_nothing_is_raised(cell: str) -> None:
    assert listed(cell) == cell or isinstance(listed(cell), list)
