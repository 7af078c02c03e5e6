"""Values of frozen records, looked at against the types of their fields."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from numbers import Integral, Real
from reprlib import repr as shown
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

#: What is as good as a type: numbers of numpy, and a whole number for any number.
_ALIKE = {int: Integral, float: Real}


def misfit(record: Any) -> str:
    """Return which field of a dataclass has a value of another type than its own, in words; empty where none has.

    >>> from nerconv.document import Facts
    >>> misfit(Facts("a.txt", "conll", {"scheme": 1}))
    "Facts.values takes Mapping[str, str], got {'scheme': 1} (dict)"
    """
    for name, kind in _kinds(record.__class__).items():
        value = getattr(record, name)
        if not _fits(value, kind):
            written = type(record).__annotations__[name]
            return f"{type(record).__name__}.{name} takes {written}, got {shown(value)} ({type(value).__name__})"
    return ""


@cache
def _kinds(record: type) -> dict[str, Any]:
    return get_type_hints(record)


def _fits(value: object, kind: Any) -> bool:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return any(_fits(value, each) for each in inner)
    if kind in (Any, object):
        return True
    if origin is None:
        is_flag = isinstance(value, bool) and kind is not bool
        return not is_flag and isinstance(value, _ALIKE.get(kind, NoneType if kind is None else kind))
    if not isinstance(value, origin) or isinstance(value, str | bytes):
        return False
    if isinstance(value, Mapping):
        return all(_fits(key, inner[0]) and _fits(item, inner[1]) for key, item in value.items())
    return origin is Callable or not isinstance(value, Collection) or all(_fits(item, inner[0]) for item in value)
