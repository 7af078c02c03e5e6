"""Packages that come with an extra: imported where they are used, and named where they are missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from nerconv.options import UsageError


def package(name: str, user: str, extra: str) -> Any:
    """Return the package ``name``. Raises UsageError, with the ``extra`` that brings it, where it cannot be imported.

    ``user``: what asks for it, as a message says it.
    """
    try:
        return import_module(name)
    except ImportError as error:
        message = f"{user} needs a package that is not here ({error}): pip install 'nerconv[{extra}]'"
        raise UsageError(message) from error
