"""Files that belong together: parts in one call, class labels that are fixed, and a word where they differ."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import datasets
import pytest

from nerconv.cli import main
from nerconv.formats.class_labels import names_in

Run = Callable[..., tuple[int, str]]
TRAIN = "[MISC Dutch  ] ships left [LOC Oslo  ] . \n[PER Ivo Tamm  ] met [ORG Levant Rail  ] . \n"
DEV = "[PER Lena Roth  ] left [LOC Riga  ] . \n"
ALL = ["O", *(f"{letter}-{label}" for label in ("LOC", "MISC", "ORG", "PER") for letter in "BI")]
TWO = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a folder with ``train.txt`` and ``dev.txt``; return its exit status and what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    Path("train.txt").write_text(TRAIN, encoding="utf-8")
    Path("dev.txt").write_text(DEV, encoding="utf-8")

    def command(words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["nerconv", *words.split()])
        with pytest.raises(SystemExit) as end:
            main()
        sys.stdout.flush()
        return int(end.value.code or 0), " ".join("".join(capfd.readouterr()).split())

    return command


def tags(folder: str, tmp_path: Path) -> dict[str, list[list[str]]]:
    """Return the tags of each split as ``load_dataset`` reads the folder."""
    read = datasets.load_dataset(str(tmp_path / folder), cache_dir=str(tmp_path / "cache"))
    return {
        name: [[split.features["ner_tags"].feature.names[tag] for tag in row] for row in split["ner_tags"]]
        for name, split in read.items()
    }


def test_parts_share_their_class_labels(run: Run, tmp_path: Path) -> None:
    code, said = run("to-dataset --splits train=train.txt,dev=dev.txt -o d")
    assert code == 0
    assert "6 spans read (LOC 2, PER 2, MISC 1, ORG 1) = 6 written + 0 lost" in said
    assert "d: dataset, records: train 2, dev 1; read back and compared" in said
    assert names_in(Path("d/train.parquet")) == names_in(Path("d/dev.parquet")) == ALL
    assert tags("d", tmp_path)["validation"] == [["B-PER", "I-PER", "O", "B-LOC", "O"]]


@pytest.mark.parametrize("format", ["conll", "spans_jsonl", "docbin", "bracket", "tags_jsonl"])
@pytest.mark.parametrize("options", ["", " --workers 2", " --unit document --detokenize"])
def test_a_part_is_what_its_files_make_alone(format: str, options: str, run: Run) -> None:
    if format == "conll":
        options = options.replace(" --detokenize", "")
    assert run(f"convert --to {format} --splits train=train.txt,dev=dev.txt -o d{options}")[0] == 0
    suffix = next(Path("d").glob("dev.*")).suffix
    for name in ("train", "dev"):
        assert run(f"convert --to {format} {name}.txt -o alone{suffix}{options}")[0] == 0
        assert Path(f"d/{name}{suffix}").read_bytes() == Path(f"alone{suffix}").read_bytes()


def test_a_part_takes_several_sources_and_names_with_commas(run: Run) -> None:
    Path("more").mkdir()
    for name in ("a", "b,c"):
        Path(f"more/{name}.txt").write_text(DEV, encoding="utf-8")
    assert run("to-conll --splits train=train.txt,dev=more/b,c.txt,dev=dev.txt --splits test=more/a.txt -o d")[0] == 0
    assert Path("d/dev.conll").read_text().count("Lena B-PER") == 2
    assert Path("d/test.conll").read_text().count("Lena B-PER") == 1


REFUSED = [
    ("to-conll -o d", 2, "nothing to read: name SRC, or parts with --splits"),
    ("to-conll train.txt --splits dev=dev.txt -o d", 2, "train.txt stands beside it"),
    ("to-conll --splits train.txt -o d", 2, "--splits takes NAME=SRC"),
    ("to-conll --splits a-b=train.txt -o d", 2, "--splits takes NAME=SRC"),
    ("to-conll --splits a=train.txt,b=none.txt -o d", 3, "none.txt: no such file"),
    ("to-conll --splits a=train.txt,b=./train.txt -o d", 2, "is in a and in b"),
    ("to-conll --splits a=train.txt,a=train.txt -o d", 2, "stands twice in a"),
    ("to-conll --splits a=train.txt,b=empty.txt -o d", 3, "--splits b: no document was read"),
    ("to-conll empty.txt --split a=0.5,b=0.5 -o d", 3, "no document was read, so nothing is written"),
    ("to-conll --splits a=train.txt,b=dev.txt -o -", 2, "writes a folder"),
    ("to-conll --splits a=train.txt,b=dev.txt -o d.conll", 2, "d.conll is called like a file"),
    ("convert --splits a=train.txt,b=dev.txt -o d", 2, "name one with --to"),
    ("to-conll --splits a=train.txt,b=dev.txt --split x=0.5,y=0.5 -o d", 2, "beside --splits"),
    ("to-conll --splits a=train.txt,b=dev.txt --shard-docs 1 -o d", 2, "beside --splits"),
    ("to-conll train.txt --label-set PER -o d.conll", 2, "where conll is written"),
    ("to-conll train.txt --labels-from x -o d.conll", 2, "where conll is written"),
    ("to-dataset train.txt --label-set PER --labels-from x -o d.parquet", 2, "beside --labels-from"),
    ("to-dataset train.txt --label-set , -o d.parquet", 2, "--label-set names no label"),
    ("to-dataset train.txt --label-set PER,PER -o d.parquet", 2, "names 'PER' twice"),
    ("to-dataset train.txt --label-set LOC,PER -o d.parquet", 2, "LOC, PER: MISC (1), ORG (1); add them"),
    ("to-dataset --splits a=dev.txt,b=train.txt --label-set LOC,PER -o d", 2, "MISC (1), ORG (1)"),
    ("to-dataset train.txt --shard-docs 1 --label-set LOC,PER -o d", 2, "are not among the class labels"),
    ("to-dataset train.txt --labels-from none.parquet -o d.parquet", 3, "is neither a file nor a folder"),
    ("to-dataset train.txt --labels-from train.txt -o d.parquet", 3, "its class labels cannot be read"),
]


@pytest.mark.parametrize(("words", "status", "reason"), REFUSED, ids=lambda value: str(value)[:60])
def test_what_cannot_be_done_is_refused_and_nothing_is_written(words: str, status: int, reason: str, run: Run) -> None:
    Path("empty.txt").write_text("")
    code, said = run(words)
    assert (code, reason in said) == (status, True), said
    assert not list(Path().rglob("*.conll")) and not list(Path().rglob("*.parquet"))


def test_a_part_that_cannot_be_read_leaves_what_stood_there(run: Run) -> None:
    Path("d").mkdir()
    Path("d/a.conll").write_text("before")
    Path("bad.conll").write_text("one column\nno tag here\n")
    assert run("to-conll --splits a=train.txt,b=bad.conll -o d")[0] == 3
    assert Path("d/a.conll").read_text() == "before"


def test_an_output_replaces_no_part(run: Run) -> None:
    Path("d").mkdir()
    Path("d/dev.conll").write_text("Ann B-PER\n")
    code, said = run("to-conll --splits train=train.txt,dev=d/dev.conll -o d")
    assert (code, "would be replaced" in said) == (2, True), said


def test_class_labels_that_differ_beside_are_named(run: Run) -> None:
    assert "F025" not in run("to-dataset train.txt -o d/train.parquet")[1]
    code, said = run("to-dataset dev.txt -o d/dev.parquet")
    assert (code, "F025 other-class-labels" in said) == (0, True)
    assert "d/dev.parquet has the class labels O B-LOC I-LOC B-PER I-PER" in said
    assert "say --labels-from d/train.parquet, or make all in one call with --splits" in said
    assert run("to-dataset dev.txt -o d/dev.parquet --strict")[0] == 1
    # Train has labels that dev lacks: its own file is not the one to take them from.
    _, said = run("to-dataset train.txt -o d/train.parquet")
    assert "F025" in said and "--labels-from" not in said


@pytest.mark.parametrize("options", ["-o d/{0}/a.parquet", "-o d/{0} --shard-docs 9"])
def test_class_labels_of_folders_called_like_parts_are_compared(options: str, run: Run) -> None:
    assert "F025" not in run(f"to-dataset train.txt {options.format('train')}")[1]
    assert "F025 other-class-labels d/dev/" in run(f"to-dataset dev.txt {options.format('dev')}")[1]
    assert "F025" in run(f"to-dataset dev.txt {options.format('dev')}")[1]
    # What is called otherwise is read by itself.
    assert "F025" not in run(f"to-dataset dev.txt {options.format('other')}")[1]
    code, said = run(f"to-dataset dev.txt {options.format('dev')} --label-set LOC,MISC,ORG,PER")
    assert (code, "F025" in said) == (0, False)


def test_class_labels_come_from_what_was_written_before(run: Run, tmp_path: Path) -> None:
    run("to-dataset train.txt -o d/train.parquet")
    for place in ("d/train.parquet", "d"):
        code, said = run(f"to-dataset dev.txt -o d/dev.parquet --labels-from {place}")
        assert (code, "F025" in said) == (0, False)
        assert names_in(Path("d/dev.parquet")) == ALL
    assert tags("d", tmp_path)["validation"] == [["B-PER", "I-PER", "O", "B-LOC", "O"]]
    run("to-dataset train.txt -o saved")
    for place in ("saved", "saved/labels.json"):
        assert run(f"to-dataset dev.txt -o again --labels-from {place}")[0] == 0
        assert datasets.load_from_disk("again").features["ner_tags"].feature.names == ALL


def test_class_labels_bring_their_scheme_along(run: Run) -> None:
    run("to-dataset train.txt -o t.parquet --scheme BILOU")
    assert run("to-dataset dev.txt -o d.parquet --labels-from t.parquet")[0] == 0
    assert names_in(Path("d.parquet")) == names_in(Path("t.parquet"))
    assert datasets.Dataset.from_parquet("d.parquet", cache_dir="c")[0]["ner_tags"][:2] == [13, 15]
    code, said = run("to-dataset dev.txt -o x.parquet --labels-from t.parquet --scheme IOB2")
    assert (code, "are not of --scheme IOB2; leave --scheme out" in said) == (2, True)


def foreign(path: str, names: list[str] | None) -> None:
    """Write a dataset as others do, its tags class labels in their own order, or strings."""
    kind = datasets.ClassLabel(names=names) if names else datasets.Value("string")
    features = datasets.Features({"tokens": datasets.List(datasets.Value("string")), "ner_tags": datasets.List(kind)})
    rows = {"tokens": [["Ann"]], "ner_tags": [[names[0] if names else "O"]]}
    datasets.Dataset.from_dict(rows, features=features).to_parquet(path)


def test_the_order_of_foreign_class_labels_is_taken_as_it_is(run: Run) -> None:
    names = ["B-PER", "I-LOC", "O", "I-PER", "B-LOC"]
    foreign("f.parquet", names)
    assert run("to-dataset dev.txt -o d.parquet --labels-from f.parquet")[0] == 0
    assert names_in(Path("d.parquet")) == names
    assert datasets.Dataset.from_parquet("d.parquet", cache_dir="c")[0]["ner_tags"] == [0, 3, 2, 4, 2]


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (None, "has no class labels, its tags are strings"),
        (["O", "PER", "LOC"], "are not O and tags such as B-PER"),
        (["B-PER", "I-PER"], "are not O and tags such as B-PER"),
        (["O", "X-PER"], "belong to no scheme"),
        (["O", "B-PER", "B-LOC", "I-LOC"], "the tags I-PER are not among the class labels"),
    ],
)
def test_class_labels_that_nothing_can_be_written_with_are_refused(
    names: list[str] | None, reason: str, run: Run
) -> None:
    foreign("f.parquet", names)
    code, said = run("to-dataset dev.txt -o d.parquet --labels-from f.parquet")
    assert (code, reason in said) == (2, True), said
    assert not Path("d.parquet").exists()


def test_files_of_a_folder_that_differ_are_no_place_to_take_labels_from(run: Run) -> None:
    run("to-dataset train.txt -o d/train.parquet")
    run("to-dataset dev.txt -o d/dev.parquet")
    code, said = run("to-dataset dev.txt -o x.parquet --labels-from d")
    assert (code, "its files differ" in said and "name one of them" in said) == (2, True)


def test_a_label_set_fixes_the_order(run: Run) -> None:
    for options in ("", " --unit paragraph", " --workers 2", " --detokenize"):
        assert run(f"to-dataset dev.txt -o d.parquet --label-set PER,LOC{options}")[0] == 0
        assert names_in(Path("d.parquet")) == TWO
    # What is renamed or left out is what counts.
    change = "--map ORG=PER --drop MISC"
    assert run(f"to-dataset train.txt -o d.parquet --label-set PER,LOC {change}")[0] == 0
    assert names_in(Path("d.parquet")) == TWO
    assert run("to-dataset dev.txt -o shards --shard-docs 1 --label-set PER,LOC")[0] == 0
    assert names_in(Path("shards/dev.00001.parquet")) == TWO


def test_a_label_set_of_a_settings_file_is_for_datasets(run: Run) -> None:
    Path("nerconv.toml").write_text('label-set = ["PER", "LOC"]\n')
    assert run("to-dataset dev.txt -o d.parquet")[0] == 0
    assert names_in(Path("d.parquet")) == TWO
    assert run("to-conll train.txt -o d.conll")[0] == 0
    assert run("to-dataset train.txt -o x.parquet")[0] == 2


def test_parts_go_before_the_split_of_a_settings_file(run: Run) -> None:
    Path("nerconv.toml").write_text('split = "a=0.5,b=0.5"\n')
    assert run("to-conll --splits train=train.txt,dev=dev.txt -o d")[0] == 0
    assert {path.name for path in Path("d").iterdir()} == {"train.conll", "dev.conll"}


def test_the_account_of_parts_is_one(run: Run) -> None:
    Path("dev.txt").write_text(DEV + "[PER x\n", encoding="utf-8")
    code, _ = run("to-conll --splits train=train.txt,dev=dev.txt -o d --ledger l.jsonl")
    totals = json.loads(Path("l.jsonl").read_text().splitlines()[0])
    assert code == 1 and totals["balanced"] and sum(totals["lost"].values()) == 1
    assert sum(totals["written"].values()) == 6
