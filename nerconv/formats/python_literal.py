"""Training data as Python has it, ``TRAIN_DATA = [("Ann left", {"entities": [(0, 3, "PER")]})]``; nothing is run.

spaCy 2 was taught with such lists, and many still lie in ``.py`` and ``.txt`` files.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from nerconv.io.sources import Unreadable

_BEGINS: Final = re.compile(rb"^(?:[A-Za-z_]\w*\s*(?::[^=\n]+)?=\s*[\[({]|\[\s*\(\s*[rRuU]?[\"'])", re.MULTILINE)
_ENTITIES: Final = re.compile(rb"[\"']entities[\"']\s*:\s*[\[(]")


def beginning(head: bytes) -> str | None:
    """Return by what a file that begins with ``head`` is such a list, or None.

    >>> beginning(b'DATA = [("Ann left", {"entities": [(0, 3, "PER")]})]'), beginning(b"Ann = [PER Lee] left")
    ('it is a list of Python with entities', None)
    """
    return "it is a list of Python with entities" if _BEGINS.search(head) and _ENTITIES.search(head) else None


def records(data: bytes, name: str) -> list[tuple[int, bytes]]:
    """Return the lines at which records of the list in a file begin, and the records as JSON.

    Raises Unreadable for what is not Python, for several lists of records, and for one that holds something to run.
    """
    try:
        tree = ast.parse(data.decode("utf-8-sig"))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(f"{name}: looks like training data in Python, and cannot be read as such: {error}") from error
    found = {called: value for called, value in _lists(tree) if _is_record(value.elts[0])}
    if len(found) != 1:
        listed = ", ".join(f"{called} ({len(value.elts):,})" for called, value in found.items()) or "none"
        raise Unreadable(f"{name}: holds several lists of texts with entities, or none ({listed}); write one to a file")
    (value,) = found.values()
    return [(each.lineno, _json(each, name)) for each in value.elts]


def _lists(tree: ast.Module) -> Iterator[tuple[str, ast.List | ast.Tuple]]:
    """Yield the lists of a module that hold something, with their names."""
    for node in tree.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr) else None
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if isinstance(value, ast.List | ast.Tuple) and value.elts:
            yield getattr(targets[0], "id", "a list without a name"), value


def _is_record(node: ast.expr) -> bool:
    """Whether an item of a list is a text with entities, or an object, by how it is written."""
    if isinstance(node, ast.Dict):
        return True
    return isinstance(node, ast.Tuple | ast.List) and len(node.elts) == 2 and isinstance(node.elts[1], ast.Dict)


def _json(node: ast.expr, name: str) -> bytes:
    try:
        value: Any = ast.literal_eval(node)
        return msgspec.json.encode(value)
    except (ValueError, TypeError, OverflowError, RecursionError, MemoryError) as error:
        raise Unreadable(f"{name}:{node.lineno}: holds something else than literals, and nothing is run") from error
