"""Files at URLs (``s3://``, ``gs://``, ``hf://``, ``http://``, ``memory://``), through fsspec and its protocols."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from nerconv.memory import check_memory

_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


class Trouble(Exception):
    """A URL that could not be read or written, or that needs a package that is not here."""


def is_url(name: str) -> bool:
    """Whether ``name`` is a URL and not a path."""
    return _URL.match(name) is not None


def _filesystem(url: str) -> tuple[Any, str]:
    """Return what speaks the protocol of ``url``, and its path there."""
    try:
        import fsspec

        found: tuple[Any, str] = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise Trouble(
            f"{url}: cannot be reached: {error}; pip install 'nerconv[urls]' and what the protocol asks for"
        ) from error
    return found


@contextmanager
def _named(url: str, what: str) -> Iterator[None]:
    """Raise Trouble for whatever the libraries of protocols raise: they share no class."""
    try:
        yield
    except Trouble:
        raise
    except Exception as error:
        check_memory(error)
        raise Trouble(f"{url}: cannot be {what}: {type(error).__name__}: {error}") from error


@contextmanager
def open(url: str) -> Iterator[BinaryIO]:
    """Give the bytes at ``url``. Raises Trouble."""
    system, path = _filesystem(url)
    with _named(url, "read"):
        file = system.open(path, "rb")
    with file:
        yield cast(BinaryIO, file)


def expand(pattern: str) -> list[str]:
    """Return the URLs that ``pattern`` stands for, sorted: those that match, the files below it, or itself."""
    system, path = _filesystem(pattern)
    with _named(pattern, "read"):
        if any(character in path for character in "*?["):
            found = system.glob(path)
        elif system.isdir(path):
            found = system.find(path)
        else:
            return [pattern]
        return [system.unstrip_protocol(name) for name in sorted(found)]


def upload(path: Path, url: str) -> None:
    """Put a file, or a folder with all in it, at ``url``. Raises Trouble."""
    system, target = _filesystem(url)
    with _named(url, "written"):
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                inside = f"{target.rstrip('/')}/{file.relative_to(path).as_posix()}" if path.is_dir() else target
                system.makedirs(system._parent(inside), exist_ok=True)
                system.put_file(str(file), inside)
