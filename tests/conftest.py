"""What all tests share. Its place puts this folder on the import path of the tests below it, for ``strategies``.

In continuous integration the property tests draw the same examples every time, so that a red run tells of a change;
on a developer's machine they draw new ones.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from effort import examples
from hypothesis import settings

settings.register_profile("ci", examples(100), derandomize=True)
settings.register_profile("dev", examples(100))
settings.load_profile("ci" if os.environ.get("CI") else "dev")

#: Files whose tests look at one thing each, in memory; ``scripts/test tests -m quick`` runs all but the property tests.
QUICK = frozenset(
    {
        *("test_brackets", "test_change", "test_detection", "test_edit", "test_fit", "test_hooks", "test_inplace"),
        *("test_markup", "test_overlaps", "test_pages", "test_printable", "test_readers", "test_renderers"),
        *("test_rules_local", "test_schemes", "test_shape", "test_spelling", "test_split", "test_tag_arrays"),
        *("test_unique_ids", "test_units", "test_views", "test_words"),
    }
)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what holds no test, and other files where only quick tests are asked for: to load them takes longer."""
    # There are two of this name, and none holds a test.
    if collection_path.name == "conftest.py":
        return True
    is_test = collection_path.suffix == ".py" and collection_path.name.startswith("test_")
    return True if config.option.markexpr == "quick" and is_test and collection_path.stem not in QUICK else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of quick files."""
    for item in items:
        is_property = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        if item.path.stem in QUICK and not is_property:
            item.add_marker(pytest.mark.quick)
