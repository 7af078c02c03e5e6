"""The notebook of the documentation runs from top to bottom, and shows what it shows in the repository."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat", reason="the package nbformat is not installed")
nbclient = pytest.importorskip("nbclient", reason="the package nbclient is not installed")
pytest.importorskip("datasets", reason="the package datasets is not installed")
pytest.importorskip("spacy", reason="the package spacy is not installed")

ROOT = Path(__file__).parent.parent


def shown(notebook: Any) -> list[str]:
    """Return what the cells print and show as text, warnings left out."""
    outputs = [
        output for cell in notebook.cells for output in cell.get("outputs", ()) if output.get("name") != "stderr"
    ]
    return [output.get("text") or output["data"]["text/plain"] for output in outputs]


def test_the_quick_start_shows_what_it_says() -> None:
    stored = nbformat.read(ROOT / "docs" / "quickstart.ipynb", 4)
    again = deepcopy(stored)
    nbclient.NotebookClient(again, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}).execute()
    assert len(shown(stored)) >= sum(cell.cell_type == "code" for cell in stored.cells)
    assert shown(again) == shown(stored)
