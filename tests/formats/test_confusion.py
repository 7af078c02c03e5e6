"""Detection over every file at hand, as a table of found and true formats: none is wrong; what is refused is listed.

``python tests/formats/test_confusion.py`` prints the table.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import Final

import pytest

from nerconv import formats
from nerconv.conversion.pipeline import convert
from nerconv.conversion.report import ConvertOptions
from nerconv.document import Facts, Finding
from nerconv.io.sources import Source, Unreadable
from nerconv.options import ReadOptions, UsageError

CASES: Final = Path(__file__).parent.parent / "cases"
SHARED: Final = Path(__file__).parent.parent.parent.parent / "shared"
REFUSED: Final = "refused"
#: What files of folders are, by the first pattern that fits; nothing stands for what is no annotation.
TRUE: Final = (
    ("base/*.json", ""),
    ("gate/*.json", ""),
    ("data/*/*.jsonl", "spans_jsonl"),
    ("data/*/*.conll", "conll"),
    ("data/wnut17/emerging*", "conll"),
    ("data/wnut17/submissions/*", "conll"),
    ("data/*/*.txt", "bracket"),
    ("seeds/*.txt", "bracket"),
    ("convert/b01-brat/*", "brat"),
    ("convert/c08-conllu-misc/*", "conllu"),
    ("convert/c1[789]*/*", "bracket"),
    ("convert/c20-rasa/*", "bracket"),
    ("convert/c11-zero-width/text.txt", "bracket"),
    ("convert/c*/*", "conll"),
    ("convert/d04-conlleval/*", "conll"),
    ("convert/j01-doccano/intid-spans.jsonl", "spans_jsonl"),
    ("convert/j01-doccano/*", "doccano"),
    ("convert/j02-labelstudio/*", "label_studio"),
    ("convert/j03-prodigy/*", "prodigy"),
    ("convert/j04-spacy/*", "offsets_jsonl"),
    ("convert/j06-gliner/*", "gliner"),
    ("convert/j07-hf/*.parquet", "dataset"),
    ("convert/j07-hf/*", "tags_jsonl"),
    ("convert/j0*/*", "spans_jsonl"),
    ("convert/u01-unicode/*.conll", "conll"),
    ("convert/[mu]*/*.txt", "bracket"),
    ("t11/in.json", "tags_jsonl"),
    ("*.spacy", "docbin"),
    ("*.parquet", "dataset"),
    ("*.conll", "conll"),
    ("*.txt", "bracket"),
    ("*.jsonl", "spans_jsonl"),
)
#: Texts that are hard to tell apart from the markup of some format, as spans JSONL.
HOSTILE: Final = {
    "words": "Ann Lee met Rome at noon .",
    "brackets": "Ann Lee [sic] met [1] Rome .",
    "json": 'Ann Lee {"text": "x", "spans": [], "label": [[0, 3, "PER"]]} Rome .',
    "tags": "Ann Lee B-PER O O Rome I-LOC .",
    "html": "Ann Lee <b>met</b> &amp; Rome .",
    "wide": "Ann Lee 東京 😀 met Rome .",
    "lines": "Ann Lee met\nT1\tPER 0 3\tAnn\nRome .",
    "other marks": "Ann Lee <PER>Bo</PER> [x](PER) Rome .",
}


def found_in(path: Path) -> str:
    """Return the format that a file is read as, or that it is refused: by detection, or by its reader."""
    try:
        (source,) = formats.any_sources([str(path)], ReadOptions())
        if source.fault is not None:
            return REFUSED
        items = list(formats.read(source, ReadOptions()))
    except (Unreadable, UsageError):
        return REFUSED
    read = any(not isinstance(item, Facts | Finding) and item.batch.documents for item in items)
    return source.format if read else REFUSED


def true_format(path: PurePath) -> str:
    return next((format for pattern, format in TRUE if path.match(pattern)), "")


def of_shared() -> Iterator[tuple[Path, str]]:
    """Yield the files of data and cases beside the project, each with its format."""
    for folder in ("data", "seeds", "cases"):
        for path in sorted((SHARED / folder).rglob("*")):
            notes = path.suffix in (".why", ".toml") or path.match("EXPECTED.tsv") or path.match("data/README.md")
            # Files of chance records have no format.
            if path.is_file() and not notes and not path.match("fault/fuzz-tags-*"):
                yield path, true_format(path)


def of_tests() -> Iterator[tuple[Path, str]]:
    """Yield the files of the reader tests that are read without options, each with its format."""
    for name in formats.FORMATS:
        for path in sorted((CASES / name).rglob("*")):
            expected = path.parent / f"{path.name}.expected.json"
            if path.parent.name in ("valid", "invalid") and expected.exists():
                options = json.loads(expected.read_text(encoding="utf-8")).get("options", {})
                if not options:
                    yield path, name


def of_nerconv(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield what nerconv writes in every format of texts that are hard to tell apart, also compressed and renamed."""
    for kind, text in HOSTILE.items():
        start = text.index("Rome")
        spans = [{"start": 0, "end": 7, "label": "PER"}, {"start": start, "end": start + 4, "label": "LOC"}]
        given = folder / f"{kind}.jsonl"
        given.write_text("".join(json.dumps({"id": f"d{n}", "text": text, "spans": spans}) + "\n" for n in range(3)))
        for name in formats.WRITTEN:
            suffix = formats.FORMATS[name][0]
            target = folder / f"{kind}-{name}" / ("" if name == "brat" else f"own{suffix}")
            target.parent.mkdir(exist_ok=True)
            source = Source(str(given), "d", given, format="spans_jsonl")
            try:
                convert([source], str(target), ConvertOptions(to=name), lambda _: None)
            except UsageError:
                continue  # it escapes nothing, and says so
            if name == "brat":
                yield from ((path, name) for path in sorted(target.glob("*.ann")))
                continue
            data = target.read_bytes()
            for other in ("bare", "a.data", "packed.gz"):
                (target.parent / other).write_bytes(gzip.compress(data) if other.endswith(".gz") else data)
            yield from ((path, name) for path in sorted(target.parent.iterdir()))


def table(files: Iterable[tuple[Path, str]]) -> dict[tuple[str, str], list[Path]]:
    """Return the files by the format found and the true one."""
    rows: defaultdict[tuple[str, str], list[Path]] = defaultdict(list)
    for path, true in files:
        rows[found_in(path), true].append(path)
    return dict(rows)


def wrong(rows: dict[tuple[str, str], list[Path]]) -> dict[tuple[str, str], list[str]]:
    """Return what was read as another format than it is."""
    return {
        pair: [f"{path.parent.name}/{path.name}" for path in paths]
        for pair, paths in rows.items()
        if pair[0] not in (REFUSED, pair[1])
    }


@pytest.mark.skipif(not (SHARED / "cases").exists(), reason="needs the data and cases that are not in this repository")
def test_no_file_of_data_and_cases_is_read_as_another_format() -> None:
    assert wrong(table(of_shared())) == {}


def test_no_file_of_the_reader_tests_is_read_as_another_format() -> None:
    assert wrong(table(of_tests())) == {}


def test_nothing_that_nerconv_writes_is_read_as_another_format(tmp_path: Path) -> None:
    rows = table(of_nerconv(tmp_path))
    assert wrong(rows) == {}
    refused = [(true, path) for (found, true), paths in rows.items() if found == REFUSED for path in paths]
    # Text that looks like other markup is refused without its suffix, and where nothing can be escaped.
    assert [path for true, path in refused if formats.get(true).KEEPS.any_text and path.name.startswith("own")] == []
    assert {path.parent.name.split("-")[0] for _, path in refused} <= {"json", "tags", "other marks"}


def main() -> None:
    """Print the table, then what is refused."""
    with tempfile.TemporaryDirectory() as folder:
        rows = table([*of_shared(), *of_tests(), *of_nerconv(Path(folder))])
        counts = Counter({pair: len(paths) for pair, paths in rows.items()})
        found = [*formats.FORMATS, REFUSED]
        print("| true format | " + " | ".join(found) + " |\n|---|" + "--:|" * len(found))
        for true in [*formats.FORMATS, ""]:
            cells = (str(counts[name, true] or "") for name in found)
            print(f"| {true or 'not annotated'} | " + " | ".join(cells) + " |")
        for (name, true), paths in sorted(rows.items()):
            if name == REFUSED:
                print(f"\nrefused, {true or 'not annotated'}:")
                print("\n".join(f"  {path.parent.parent.name}/{path.parent.name}/{path.name}" for path in paths))


if __name__ == "__main__":
    main()
