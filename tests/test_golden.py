"""What commands write does not change by accident: digests of their output under many options.

After a change that was meant, ``python tests/golden/runs.py`` says which runs differ; ``--update`` keeps the new
digests.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "golden"))

from runs import DIGESTS, digest, names

KNOWN = json.loads(DIGESTS.read_text(encoding="utf-8"))


def test_every_run_has_a_digest() -> None:
    assert [f"{suffix}/{name}" for suffix, name in names()] == list(KNOWN)


@pytest.mark.parametrize(("suffix", "name"), names())
def test_the_output_is_as_before(suffix: str, name: str) -> None:
    assert digest(suffix, name) == KNOWN[f"{suffix}/{name}"]
