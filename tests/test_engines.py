"""Recipes of docs/engines.md, run as they are printed: every engine gives the rows that the batch function gives."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pa = pytest.importorskip("pyarrow")

import pyarrow.dataset as ds  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402

from nerconv.conversion.arrow import SPANS_SCHEMA, BatchOptions, spans_batch, spans_batches  # noqa: E402
from nerconv.conversion.report import ConvertOptions  # noqa: E402
from nerconv.options import UsageError  # noqa: E402

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/engines.md").read_text(encoding="utf-8")
RECIPES: dict[str, str] = dict(re.findall(r"^## ([^\n]+)\n[^#]*?```python\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE))
PACKAGES = {
    "PyArrow": "pyarrow",
    "Polars": "polars",
    "DuckDB": "duckdb",
    "Dask": "dask",
    "Ray Data": "ray",
    "Spark": "pyspark",
    "Daft": "daft",
}
#: Engines that start processes of their own.
APART = ("Ray Data", "Spark", "Daft")
TEXTS = (
    "[PER Ann  ] met [ORG [LOC Rome  ] Office  ] , “é𝄞” [LOC Oslo  ] . \n",
    "nobody here . \n",
    "",
    None,
    "[PERS x ] [LOC [\x00",
    "a . \n-DOCSTART- \n[PER Bo  ] left . \n",
)


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Bracket text in a column, in several row groups; the folder of the file is the current one."""
    table = pa.table({"id": [f"n{number}" for number in range(6)], "response": [*TEXTS], "other": [1.5] * 6})
    pq.write_table(table, tmp_path / "notes.parquet", row_group_size=4)
    monkeypatch.chdir(tmp_path)
    return table.select(["id", "response"]).rename_columns(["id", "content"])


def digest(table: Any) -> str:
    """Return what rows are known by, in any order."""
    assert table.schema.names == SPANS_SCHEMA.names
    rows = sorted(table.to_pylist(), key=lambda row: row["id"])
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


@pytest.mark.parametrize("engine", PACKAGES)
def test_an_engine_gives_the_rows_of_the_batch_function(engine: str, notes: Any, tmp_path: Path) -> None:
    if find_spec(PACKAGES[engine]) is None:
        pytest.skip(f"{engine} is not installed; scripts/test_engines installs all of them")
    if engine in APART:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYSPARK_PYTHON": sys.executable}
        subprocess.run([sys.executable, "-c", RECIPES[engine]], env=environment, check=True, timeout=500)
    else:
        exec(compile(RECIPES[engine], "docs/engines.md", "exec", dont_inherit=True), {"__name__": "recipe"})
    expected = pa.Table.from_batches(spans_batches(notes.to_batches()), SPANS_SCHEMA)
    assert digest(ds.dataset(tmp_path / "spans.parquet", format="parquet").to_table()) == digest(expected)


def test_every_recipe_of_the_page_is_run() -> None:
    assert [*RECIPES] == [*PACKAGES]


def test_spans_are_those_of_the_text_and_none_disappears(notes: Any) -> None:
    rows = spans_batch(notes.combine_chunks().to_batches()[0]).to_pylist()
    first, no_span, empty, missing, broken, several = rows
    text, spans = first["documents"][0]["text"], first["documents"][0]["spans"]
    assert [(text[span["start"] : span["end"]], span["label"]) for span in spans] == [
        ("Ann", "PER"),
        ("Rome Office", "ORG"),
        ("Rome", "LOC"),
        ("Oslo", "LOC"),
    ]
    assert [document["spans"] for document in no_span["documents"]] == [[]]
    assert (empty["spans_read"], empty["error"]) == (0, None)
    assert (missing["documents"], missing["error"]) == (None, "the row has no id or no content")
    assert broken["spans_lost"] == broken["spans_read"] > 0 == broken["spans_written"]
    assert [len(document["spans"]) for document in several["documents"]] == [0, 1]


def test_spans_are_made_of_no_other_target(notes: Any) -> None:
    with pytest.raises(UsageError, match="spans as Arrow are made of spans_jsonl"):
        spans_batch(notes.to_batches()[0], BatchOptions(ConvertOptions(to="conll")))
