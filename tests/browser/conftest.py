"""One browser for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from chromium import Browser, missing, started


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A headless Chromium; what it downloads goes to the folder ``downloads`` of the module."""
    if why := missing():
        pytest.skip(why)
    with started(tmp_path_factory.mktemp("profile"), tmp_path_factory.mktemp("downloads")) as found:
        yield found
