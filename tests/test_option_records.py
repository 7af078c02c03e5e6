"""Records of options say which field has a value of a wrong type, and the value."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import nerconv
from nerconv.conversion.arrow import BatchOptions
from nerconv.models.learner import LearnOptions

RECORDS = (
    nerconv.ReadOptions,
    nerconv.WriteOptions,
    nerconv.ConvertOptions,
    nerconv.Selection,
    nerconv.EvaluateOptions,
    nerconv.ModelOptions,
    nerconv.Workers,
    nerconv.GateOptions,
    nerconv.Drops,
    BatchOptions,
    LearnOptions,
)


@pytest.mark.parametrize(
    ("record", "name"), [(record, field.name) for record in RECORDS for field in fields(record)], ids=str
)
@pytest.mark.parametrize("value", [b"bytes", object()], ids=["bytes", "object"])
def test_a_value_of_another_type_is_named_with_its_field(record: Any, name: str, value: object) -> None:
    with pytest.raises(
        nerconv.UsageError, match=rf"^{record.__name__}\.{name} takes .*, got .* \({type(value).__name__}\)$"
    ):
        record(**{name: value})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nerconv.ReadOptions(token_column=2), "ReadOptions.token_column takes str, got 2 (int)"),  # type: ignore[arg-type]
        (lambda: nerconv.ReadOptions(labels="PER"), "ReadOptions.labels takes frozenset[str] | None, got 'PER' (str)"),  # type: ignore[arg-type]
        (
            lambda: nerconv.WriteOptions(labels=("PER", 1)),
            "WriteOptions.labels takes tuple[str, ...], got ('PER', 1) (tuple)",
        ),  # type: ignore[arg-type]
        (lambda: nerconv.ConvertOptions(seed=True), ""),
        (lambda: nerconv.GateOptions(baseline="a.json"), "GateOptions.baseline takes Path | None, got 'a.json' (str)"),  # type: ignore[arg-type]
        (lambda: nerconv.Selection(select="C201"), "Selection.select takes tuple[str, ...] | None, got 'C201' (str)"),  # type: ignore[arg-type]
    ],
    ids=[
        "a number for a name",
        "a word for a set",
        "one item of several",
        "a flag for a number",
        "a text for a path",
        "a word for several",
    ],
)
def test_usual_slips_are_named(make: Any, message: str) -> None:
    with pytest.raises(nerconv.UsageError) as raised:
        make()
    assert message in str(raised.value)


def test_numbers_of_numpy_and_whole_numbers_for_others_are_taken() -> None:
    import numpy as np

    assert nerconv.ConvertOptions(seed=np.int64(3)).seed == 3  # type: ignore[arg-type]
    assert nerconv.Drops(max_drop=0, hard_drop=np.float64(0.1)).max_drop == 0
    assert nerconv.GateOptions(baseline=Path("a.json")).baseline == Path("a.json")
