"""Hugging Face datasets: what the library itself loads, the same bytes each time, and all of a document back."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from document_fit import fit
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from reading import in_batches, read_as
from signature import signature
from strategies import documents

from nerconv import formats, schemes
from nerconv.document import Document, Facts, Finding, Item, Mark, Origin, Span, Where
from nerconv.formats import dataset
from nerconv.io.sources import Source, Unreadable
from nerconv.options import ReadOptions, UsageError, WriteOptions

datasets = pytest.importorskip("datasets")

ONE = Document(
    "a/s1",
    "Ann of [ Iran MFA ] 's",
    (Span(0, 3, "PER", Where("b.txt", 2, 1)), Span(9, 17, "ORG"), Span(9, 13, "LOC")),
    ((0, 22),),
    (Mark(4, "tag", "x"),),
    (1,),
    {"a": [1, None]},
    Origin("a.txt", (0, 4), (2, 3), (3, 1)),
)
NAMES = ["O", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-PER", "I-PER"]


def fitted(one: Document) -> Document:
    return fit(one, dataset.KEEPS, dataset.tokens(WriteOptions()), None).document


def write(some: list[Document], path: Path, options: WriteOptions | None = None) -> Path:
    formats.write(dataset, in_batches(some), path, options or WriteOptions())
    return path


def read(path: Path, options: ReadOptions | None = None) -> list[Item]:
    return list(read_as(dataset, Source(path.name, "d", path), options or ReadOptions()))


def documents_of(items: list[Item]) -> list[Document]:
    return [item for item in items if isinstance(item, Document)]


def findings_of(items: list[Item]) -> list[Finding]:
    return [item for item in items if isinstance(item, Finding)]


def facts_of(items: list[Item]) -> dict[str, str]:
    return {name: value for item in items if isinstance(item, Facts) for name, value in item.values.items()}


# ---------------------------------------------------------------------------------------------- round trip


@pytest.mark.parametrize("name", ["o.parquet", "folder"])
def test_all_of_a_document_comes_back(name: str) -> None:
    @examples(50)
    @given(st.lists(documents(), max_size=3), st.sampled_from([*schemes.SCHEMES]))
    def check(some: list[Document], scheme: str) -> None:
        kept = [fitted(one) for one in some]
        with tempfile.TemporaryDirectory() as folder:
            items = read(write(kept, Path(folder, name), WriteOptions(scheme=scheme)))
        assert documents_of(items) == kept
        assert [signature(d, dataset.KEEPS) for d in documents_of(items)] == [signature(d, dataset.KEEPS) for d in kept]
        assert [d.origin for d in documents_of(items)] == [d.origin for d in kept]
        assert not findings_of(items)

    check()


def test_many_rows_come_back_in_order(tmp_path: Path) -> None:
    some = [Document(f"d{n}", f"Ann {n}", (Span(0, 3, f"L{n % 7}"),), origin=Origin("a.txt")) for n in range(2500)]
    for name in ("o.parquet", "folder"):
        assert documents_of(read(write(some, tmp_path / name))) == some


# --------------------------------------------------------------------------------------- what the library sees


def test_parquet_gives_class_labels_to_whoever_loads_it(tmp_path: Path) -> None:
    path = write([ONE], tmp_path / "o.parquet")
    loaded = datasets.Dataset.from_parquet(str(path), cache_dir=str(tmp_path / "c"))
    assert loaded.features["ner_tags"].feature.names == NAMES
    assert loaded.column_names[:4] == ["id", "tokens", "ner_tags", "text"]
    row = loaded[0]
    assert row["tokens"] == ["A", "nn", "of", "[", "Iran", "MFA", "]", "'s"]
    assert [NAMES[tag] for tag in row["ner_tags"]] == ["B-PER", "I-PER", "O", "O", "B-ORG", "I-ORG", "O", "O"]
    span = {"start": 0, "end": 3, "label": "PER", "path": "b.txt", "line": 2, "column": 1, "flags": []}
    assert row["spans"][0] == span
    assert [(s["label"], s["line"], s["column"]) for s in row["spans"][1:]] == [("ORG", 3, 6), ("LOC", 3, 6)]
    assert (row["sentences"], row["joins"], row["meta"]) == ([[0, 22]], [1], '{"a":[1,null]}')
    assert row["marks"] == [{"offset": 4, "kind": "tag", "value": "x"}]
    # The text is one line and its source two, so that nothing follows from where it begins.
    assert (row["source"], row["line"], row["column"], row["anchors"]) == ("a.txt", None, None, [[0, 2, 3], [4, 3, 1]])


def test_a_folder_loads_and_has_its_labels_beside_it(tmp_path: Path) -> None:
    path = write([ONE], tmp_path / "folder", WriteOptions(nested="inner"))
    loaded = datasets.load_from_disk(str(path))
    assert loaded.features["ner_tags"].feature.names == NAMES == json.loads((path / "labels.json").read_text())
    assert [NAMES[tag] for tag in loaded[0]["ner_tags"][4:6]] == ["B-LOC", "O"]
    assert len(loaded) == 1


@pytest.mark.parametrize(
    ("scheme", "labels", "names"),
    [
        ("BIO", ("PER", "X"), ["O", "B-PER", "I-PER", "B-X", "I-X", "B-LOC", "I-LOC", "B-ORG", "I-ORG"]),
        ("IO", (), ["O", "I-LOC", "I-ORG", "I-PER"]),
        ("IOBES", ("PER", "LOC", "ORG"), ["O", *(f"{a}-{b}" for b in ("PER", "LOC", "ORG") for a in "BEIS")]),
    ],
)
def test_labels_stand_in_the_order_asked_for_and_others_follow(
    scheme: str, labels: tuple[str, ...], names: list[str], tmp_path: Path
) -> None:
    write([ONE], tmp_path / "o.parquet", WriteOptions(scheme=scheme, labels=labels))
    assert facts_of(read(tmp_path / "o.parquet"))["tags"].split(" ") == names


def test_the_same_documents_give_the_same_bytes_and_nothing_else_is_written(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom nerconv.document import Document, Span\n"
        "from nerconv import formats\nfrom nerconv.io.sources import Source\nfrom nerconv.formats import dataset\n"
        "from nerconv.options import ReadOptions, WriteOptions\n"
        "from nerconv.views import batch_of\n"
        "docs = [Document(f'd{n}', 'b a', (Span(0, 1, f'L{n}'),), meta={'k': n}) for n in range(30)]\n"
        "for name in ('o.parquet', 'folder'):\n"
        "    path = Path(sys.argv[1], name)\n"
        "    formats.write(dataset, [batch_of(docs, '')], path, WriteOptions())\n"
        "    assert len(list(formats.documents(Source(name, 'o', path), ReadOptions()))) == 31\n"
    )
    home = tmp_path / "home"
    home.mkdir()
    found = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2]), "HOME": str(home)}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "XDG_", "PYTHON"))}
        done = subprocess.run(
            [sys.executable, "-c", program, str(folder)], env=kept | environment, check=True, capture_output=True
        )
        assert not done.stderr
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        found.append({str(path.relative_to(folder)): path.read_bytes() for path in files})
    assert found[0] == found[1]
    assert "folder/labels.json" in found[0] and len(found[0]) == 5
    assert not list(home.iterdir())


@pytest.mark.parametrize(("package", "name"), [("datasets", "folder"), ("pyarrow", "folder"), ("pyarrow", "p.parquet")])
def test_without_a_package_the_way_to_get_it_is_named(
    package: str, name: str, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UsageError, match=r"pip install 'nerconv\[datasets\]'"):
        write([ONE], tmp_path / name)
    with pytest.raises(UsageError, match=r"pip install 'nerconv\[datasets\]'"):
        read(saved / "folder" if name == "folder" else saved / "o.parquet")


def test_parquet_is_written_and_read_without_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    assert documents_of(read(write([ONE], tmp_path / "o.parquet"))) == [fitted(ONE)]


def test_the_schema_is_that_of_the_library(tmp_path: Path) -> None:
    schema = pq.read_schema(write([ONE], tmp_path / "o.parquet"))
    features = datasets.Features.from_arrow_schema(schema)
    assert features["ner_tags"] == datasets.List(datasets.ClassLabel(names=NAMES))
    assert features.arrow_schema.equals(schema)


# ------------------------------------------------------------------------------------------- data sets of others


def test_a_folder_of_splits_gives_the_documents_of_all(tmp_path: Path) -> None:
    parts = {}
    for name in ("train", "test"):
        made = [Document(f"{name}/{n}", "Ann left", (Span(0, 3, "PER"),), origin=Origin("a.txt")) for n in (1, 2)]
        parts[name] = datasets.load_from_disk(str(write(made, tmp_path / name)))
    datasets.DatasetDict(parts).save_to_disk(str(tmp_path / "both"))
    items = read(tmp_path / "both")
    assert [one.id for one in documents_of(items)] == ["train/1", "train/2", "test/1", "test/2"]
    assert facts_of(items)["rows"] == "2 in both/train, 2 in both/test"


def other(tags: list[list[Any]], feature: Any, **columns: list[Any]) -> Any:
    features = datasets.Features({"tokens": [datasets.Value("string")], "ner_tags": [feature]})
    words = [["Ann", "of", "New\u00a0York"][: len(row)] for row in tags]
    made = datasets.Dataset.from_dict({"tokens": words, "ner_tags": tags}, features=features)
    for name, values in columns.items():
        made = made.add_column(name, values)
    return made


@pytest.mark.parametrize("form", ["parquet", "folder"])
@pytest.mark.parametrize("kind", ["class labels", "strings"])
def test_tokens_and_tags_of_others_are_enough(form: str, kind: str, tmp_path: Path) -> None:
    names = ["O", "B-LOC", "I-LOC", "B-PER"]
    tags = [[3, 0, 1], [3, 1, 2]]
    if kind == "class labels":
        made = other(tags, datasets.ClassLabel(names=names), id=[7, 8], pos=["x", "y"])
    else:
        made = other([[names[t] for t in row] for row in tags], datasets.Value("string"), id=[7, 8], pos=["x", "y"])
    path = tmp_path / ("o.parquet" if form == "parquet" else "folder")
    made.to_parquet(str(path)) if form == "parquet" else made.save_to_disk(str(path))
    items = read(path)
    first, second = documents_of(items)
    assert (first.id, first.text, first.sentences) == ("7", "Ann of New\u00a0York", ((0, 15),))
    assert first.spans == (Span(0, 3, "PER"), Span(7, 15, "LOC"))
    assert second.spans == (Span(0, 3, "PER"), Span(4, 15, "LOC"))
    assert second.place(second.spans[1]) == Where(path.name, 2, 1)
    assert facts_of(items)["scheme"].startswith("IOB2: ")
    assert facts_of(items)["keys not read"] == "pos (2)"
    assert not findings_of(items)


def test_rows_of_splits_without_ids_get_ids_of_their_own(tmp_path: Path) -> None:
    feature = datasets.ClassLabel(names=["O", "B-X"])
    both = {"train": other([[1]], feature), "dev": other([[0], [1, 0]], feature)}
    datasets.DatasetDict(both).save_to_disk(str(tmp_path / "both"))
    assert [one.id for one in documents_of(read(tmp_path / "both"))] == ["d/train#1", "d/dev#1", "d/dev#2"]


def test_numbers_without_names_and_broken_tags_are_findings(tmp_path: Path) -> None:
    other([[0, 1], [0]], datasets.Value("int64")).to_parquet(str(tmp_path / "n.parquet"))
    items = read(tmp_path / "n.parquet")
    assert [(f.code, f.where) for f in findings_of(items)] == [("F012", Where("n.parquet", 1, 1))]
    assert "ner_tags holds numbers" in findings_of(items)[0].message
    assert "1 more record like this one" in findings_of(items)[0].message
    other([["O", "I-X"], ["B-X"]], datasets.Value("string")).to_parquet(str(tmp_path / "i.parquet"))
    items = read(tmp_path / "i.parquet", ReadOptions(scheme="IOB2"))
    assert [(f.code, f.where) for f in findings_of(items)] == [("F005", Where("i.parquet", 1, 1))]
    assert len(documents_of(items)) == 1


def test_a_table_of_something_else_is_named_once(tmp_path: Path) -> None:
    datasets.Dataset.from_dict({"words": [["a"], ["b"]]}).to_parquet(str(tmp_path / "o.parquet"))
    items = read(tmp_path / "o.parquet")
    assert [finding.code for finding in findings_of(items)] == ["F012"]
    assert "it has words (a list of 1 text) (1 more record like this one)" in findings_of(items)[0].message
    assert not documents_of(items)


# ----------------------------------------------------------------------------------------------- damage


@examples(60)
@given(st.binary(max_size=60), st.booleans())
def test_random_bytes_are_refused(data: bytes, framed: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "o.parquet")
        path.write_bytes(b"PAR1" + data + b"PAR1" if framed else data)
        with pytest.raises(Unreadable, match=r"o\.parquet: is neither a table of Arrow nor a saved dataset"):
            read(path)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    write([ONE], folder / "o.parquet")
    write([ONE], folder / "folder")
    return folder


@pytest.mark.parametrize(
    "name", ["o.parquet", "folder/dataset_info.json", "folder/state.json", "folder/data-00000-of-00001.arrow"]
)
def test_a_damaged_file_is_refused_or_read(name: str, saved: Path, tmp_path: Path) -> None:
    sound = (saved / name).read_bytes()
    chance = random.Random(name)
    for turn in range(60):
        data = bytearray(sound)
        for _ in range(chance.choice([1, 1, 8])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        copy = tmp_path / str(turn)
        shutil.copytree(saved, copy)
        (copy / name).write_bytes(data if turn % 4 else sound[: chance.randrange(len(sound))])
        try:
            items = read(copy / name.partition("/")[0])
        except Unreadable as error:
            assert name.partition("/")[0] in str(error)
        else:
            assert isinstance(items[0], Facts)
            assert len(documents_of(items)) + len({f.where for f in findings_of(items)}) >= 1


def test_a_folder_that_lacks_a_file_is_refused(saved: Path, tmp_path: Path) -> None:
    shutil.copytree(saved / "folder", tmp_path / "folder")
    (tmp_path / "folder" / "data-00000-of-00001.arrow").unlink()
    with pytest.raises(Unreadable, match="folder"):
        read(tmp_path / "folder")


@pytest.mark.parametrize("listed", ["state.json", "dataset_dict.json"])
@pytest.mark.parametrize("way", ["../secret", "a/../../secret", "/proc/self/secret", "{}"])
def test_a_saved_dataset_that_names_places_outside_of_its_folder_is_refused(
    way: str, listed: str, saved: Path, tmp_path: Path
) -> None:
    shutil.copytree(saved / "folder", tmp_path / "secret")
    folder = tmp_path / "folder"
    shutil.copytree(saved / "folder", folder)
    if listed == "state.json":
        name = f"{way}/data-00000-of-00001.arrow".format(tmp_path / "secret")
        (folder / listed).write_text(json.dumps({"_data_files": [{"filename": name}]}))
    else:
        name = way.format(tmp_path / "secret")
        (folder / "state.json").unlink()
        (folder / listed).write_text(json.dumps({"splits": [name]}))
    with pytest.raises(Unreadable, match=f"{listed}: names '{re.escape(name)}', which is outside of its folder"):
        read(folder)


@pytest.mark.parametrize("name", ["data-00000-of-00001.arrow", "state.json"])
def test_a_pipe_in_a_saved_dataset_is_not_waited_for(name: str, saved: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(saved / "folder", folder)
    (folder / name).unlink()
    os.mkfifo(folder / name)
    with pytest.raises(Unreadable, match="folder"):
        read(folder)


def test_files_of_a_saved_dataset_may_be_links(saved: Path, tmp_path: Path) -> None:
    shutil.copytree(saved / "folder", tmp_path / "blobs")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "blobs").iterdir():
        (tmp_path / "folder" / path.name).symlink_to(path)
    assert read(tmp_path / "folder")[1:] == read(saved / "folder")[1:]


def test_tokens_and_tags_are_found_in_columns_of_other_names(tmp_path: Path) -> None:
    names = datasets.ClassLabel(names=["O", "B-PER", "I-PER"])
    columns = {"words": [["Ann", "Lee", "left"]], "ner": [[1, 2, 0]], "pos": [[0, 0, 1]]}
    features = {
        "words": datasets.List(datasets.Value("string")),
        "ner": datasets.List(names),
        "pos": datasets.List(datasets.ClassLabel(names=["NNP", "VBD"])),
    }
    table = datasets.Dataset.from_dict(columns, features=datasets.Features(features))
    table.to_parquet(str(tmp_path / "w.parquet"))
    table.save_to_disk(str(tmp_path / "saved"))
    for name in ("w.parquet", "saved"):
        items = read(tmp_path / name)
        (one,) = documents_of(items)
        assert [(one.covered(span), span.label) for span in one.spans] == [("Ann Lee", "PER")]
        assert not findings_of(items)
