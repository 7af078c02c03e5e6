"""Batches: a row in, a row out, in order, whatever a row holds and whoever calls."""

from __future__ import annotations

import hashlib
import pickle
from functools import partial
from pathlib import Path
from typing import Any

import pytest

pa = pytest.importorskip("pyarrow")

from effort import examples  # noqa: E402
from hypothesis import given  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from nerconv.conversion.arrow import INPUT_SCHEMA, OUTPUT_SCHEMA, BatchOptions, convert_batch, convert_batches  # noqa: E402
from nerconv.conversion.pipeline import convert  # noqa: E402
from nerconv.conversion.report import ConvertOptions  # noqa: E402
from nerconv.io.sources import Source  # noqa: E402
from nerconv.options import ReadOptions, UsageError  # noqa: E402

TEXT = "[PER Ann  ] met [ORG [LOC Iran  ] MFA  ] . \nx [LOC Rome  ] \u201cquoted\u201d . \n"
ROWS = [
    ("clean", TEXT.encode()),
    ("columns", b"Ann B-PER\nleft O\n\n"),
    ("binary", bytes(range(20)) * 50),
    (None, b"x"),
    ("none", None),
    ("empty", b""),
    ("cp1252", b"[PER Ann\x93  ] left \n"),
    ("again", TEXT.encode() * 3),
]


def batch(rows: list[tuple[str | None, bytes | None]]) -> Any:
    return pa.RecordBatch.from_pylist([{"id": id, "content": content} for id, content in rows], schema=INPUT_SCHEMA)


def options(to: str = "spans_jsonl", **more: Any) -> BatchOptions:
    return BatchOptions(ConvertOptions(to=to, **more))


@pytest.mark.parametrize("to", ["spans_jsonl", "conll", "docbin", "bracket", "tags_jsonl", "dataset"])
def test_each_row_has_its_result_or_its_error(to: str) -> None:
    found = convert_batch(batch(ROWS), options(to))
    assert found.schema == OUTPUT_SCHEMA
    rows = found.to_pylist()
    assert [row["id"] for row in rows] == [id for id, _ in ROWS]
    assert [row["id"] for row in rows if row["error"] is None and row["content"]][:1] == ["clean"]
    assert all((row["error"] is None) != (row["content"] is None) for row in rows)
    assert "is not text" in rows[2]["error"]
    assert "columns of token and tag" in rows[1]["error"]
    assert rows[0]["spans_read"] == rows[0]["spans_written"] + rows[0]["spans_lost"] == 4
    assert "F013" in rows[6]["findings"]


@pytest.mark.parametrize("suffix", ["jsonl", "conll", "spacy"])
def test_a_row_gives_the_bytes_of_a_conversion(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / "clean"
    path.write_bytes(TEXT.encode())
    to = {"jsonl": "spans_jsonl", "conll": "conll", "spacy": "docbin"}[suffix]
    read = ReadOptions(format="bracket")
    convert([Source("clean", "clean", path)], str(tmp_path / f"o.{suffix}"), ConvertOptions(read=read), lambda _: None)
    row = convert_batch(batch(ROWS[:1]), options(to)).to_pylist()[0]
    assert hashlib.sha256(row["content"]).digest() == hashlib.sha256((tmp_path / f"o.{suffix}").read_bytes()).digest()


def test_it_can_be_sent_elsewhere() -> None:
    job = pickle.loads(pickle.dumps(partial(convert_batch, options=options("conll"))))
    assert job(batch(ROWS)) == convert_batch(batch(ROWS), options("conll"))


def test_a_dask_cluster_of_processes_gives_the_same(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="the package distributed is not installed")
    parts = [batch(ROWS[:3]), batch(ROWS[3:])]
    quiet = {"dashboard_address": None, "silence_logs": "ERROR"}
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, **quiet) as cluster,
        distributed.Client(cluster) as client,
    ):
        found = client.gather(client.map(convert_batch, parts, options=options("conll")))
    assert found == [convert_batch(part, options("conll")) for part in parts]


def test_batches_are_taken_one_by_one_and_an_empty_one_too() -> None:
    found = list(convert_batches(iter([batch(ROWS), batch([])]), options()))
    assert [part.num_rows for part in found] == [len(ROWS), 0]


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(UsageError, match="no split"):
        options(split="a=0.5,b=0.5")
    with pytest.raises(UsageError, match="unknown format"):
        options("nothing")
    with pytest.raises(UsageError, match="no content"):
        convert_batch(pa.RecordBatch.from_pylist([{"id": "a"}]), options())


def test_a_bug_in_one_row_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(sources: list[Source], *_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("nerconv.conversion.arrow.convert", broken)
    rows = convert_batch(batch(ROWS[:1]), options()).to_pylist()
    assert rows[0]["error"] == "a bug of nerconv: RuntimeError: broken"


@given(contents=st.lists(st.binary(max_size=60) | st.none(), max_size=5))
@examples(50)
def test_no_row_ends_a_batch(contents: list[bytes | None]) -> None:
    rows = [(str(number), content) for number, content in enumerate(contents)]
    assert convert_batch(batch(rows), options("conll")).num_rows == len(rows)
