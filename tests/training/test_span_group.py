"""doc.spans["sc"] is in every Doc, whatever else was converted in the same call."""

from __future__ import annotations

from pathlib import Path

import pytest

from nerconv.conversion.pipeline import convert
from nerconv.conversion.report import ConvertOptions
from nerconv.conversion.shards import convert_to_shards
from nerconv.io.sources import Source

spacy = pytest.importorskip("spacy")
from spacy.tokens import DocBin  # noqa: E402
from spacy.vocab import Vocab  # noqa: E402

NESTED = "[ORG [LOC Oslo  ] Harbour Office  ] wrote to [PER Ada Moe  ] . \n"
FLAT = "[PER Ada Moe  ] left [LOC Oslo  ] . \n"


def groups(path: Path) -> list[int | None]:
    """Return for each Doc of a file how many spans its group has, or None without one."""
    docs = DocBin().from_disk(path).get_docs(Vocab())
    return [len(doc.spans["sc"]) if "sc" in doc.spans else None for doc in docs]


def source(folder: Path, name: str, text: str) -> Source:
    (folder / name).write_text(text, encoding="utf-8")
    return Source(str(folder / name), Path(name).stem, folder / name)


@pytest.mark.parametrize("options", [{}, {"cut_tokens": True}, {"unit": "sentence"}], ids=str)
def test_separate_calls_both_write_the_group(options: dict[str, object], tmp_path: Path) -> None:
    for name, text in (("nested", NESTED), ("flat", FLAT), ("bare", "Rain fell . \n")):
        made = ConvertOptions(to="docbin", **options)  # type: ignore[arg-type]
        convert([source(tmp_path, f"{name}.txt", text)], str(tmp_path / f"{name}.spacy"), made, lambda _: None)
    assert [groups(tmp_path / f"{name}.spacy") for name in ("nested", "flat", "bare")] == [[3], [2], [0]]


def test_shards_of_one_conversion_all_have_it(tmp_path: Path) -> None:
    sources = [source(tmp_path, "a.txt", NESTED), source(tmp_path, "b.txt", FLAT)]
    convert_to_shards(sources, tmp_path / "out", ConvertOptions(to="docbin"), 1, lambda _: None)
    assert [groups(path) for path in sorted((tmp_path / "out").glob("*.spacy"))] == [[3], [2]]


def test_parts_of_a_split_all_have_it(tmp_path: Path) -> None:
    sources = [source(tmp_path, f"d{n}.txt", (FLAT if n else NESTED).replace("Ada", f"Ada{n}")) for n in range(20)]
    convert(sources, str(tmp_path / "out"), ConvertOptions(to="docbin", split="a=0.5,b=0.5"), lambda _: None)
    found = [groups(path) for path in sorted((tmp_path / "out").glob("*.spacy"))]
    assert len(found) == 2
    assert sorted(found[0] + found[1]) == [2] * 19 + [3]  # type: ignore[type-var]
