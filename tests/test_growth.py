"""What reading calls grows as its input does, whatever that is, for every format; tests/faults measures time, too."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from growth import WAYS, calls, grows

import nerconv


@pytest.mark.parametrize("format", nerconv.FORMATS)
def test_eight_times_as_much_takes_no_more_than_twelve_times_as_many_calls(format: str, tmp_path: Path) -> None:
    assert not list(grows(partial(WAYS["read"], tmp_path, format), calls, 256, 1000))
