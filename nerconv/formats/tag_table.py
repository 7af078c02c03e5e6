"""The columns of a table: those written here, and which of a table of others unmistakably hold tokens and tags."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from nerconv.formats.foreign_items import joined, number
from nerconv.formats.shapes import shape
from nerconv.printable import one_line
from nerconv.spelling import spelling

#: What a column holds: values of a type as Arrow names it, lists of something, or fields by name.
Kind = str | list[Any] | dict[str, Any]

_SPAN: Final[Kind] = {
    "start": "int64",
    "end": "int64",
    "label": "string",
    "line": "int64",
    "column": "int64",
    "path": "string",
    "flags": ["string"],
}
#: The columns that are written here, in order.
COLUMNS: Final[dict[str, Kind]] = {
    "id": "string",
    "tokens": ["string"],
    "ner_tags": ["int64"],
    "text": "string",
    "spans": [_SPAN],
    "sentences": [["int64"]],
    "marks": [{"offset": "int64", "kind": "string", "value": "string"}],
    "joins": ["int64"],
    "meta": "string",
    "source": "string",
    "line": "int64",
    "column": "int64",
    "anchors": [["int64"]],
}
#: Those that hold something else than strings and lists of them, besides the tags.
NESTED: Final = ("spans", "sentences", "marks", "joins", "line", "column", "anchors")

#: The tag of a token that nobody labelled, which no loss of PyTorch and transformers counts.
NOT_LABELLED: Final = -100

#: Names of columns, joined: of tokens, and of tags that are not spelt as such.
TOKENS: Final = frozenset({"tokens", "words", "token", "word"})
TAGS: Final = frozenset(
    ["nertags", "ner", "tags", "labels", "nertag", "tag", "label", "iob", "bio", "iobtags", "biotags"]
)
#: Tags of something else than entities.
_OTHER: Final = re.compile("pos|dep|lemma|chunk|morph|head")


class TableLayout(NamedTuple):
    """The names of two columns, one of lists of tokens, one of lists with a tag for each."""

    tokens: str
    tags: str

    @property
    def nested(self) -> str:
        """The name of the column of inner entities, as the dataset germeval_14 has it; few tables have one."""
        return f"nested_{self.tags}"


#: What a table has that is written here, or by most others.
USUAL: Final = TableLayout("tokens", "ner_tags")


def layout(columns: Mapping[str, Any]) -> TableLayout | None:
    """Return where the tokens and tags of a row stand, or None where it has none, or several that may be meant."""
    tokens = _only([key for key, value in columns.items() if joined(key) in TOKENS and _is_texts(value)], USUAL.tokens)
    if tokens is None:
        return None
    count = len(columns[tokens])
    lists = {key: value for key, value in columns.items() if isinstance(value, list) and key != tokens}
    if USUAL.tags in lists:
        return TableLayout(tokens, USUAL.tags)
    lists = {
        key: value for key, value in lists.items() if not (_OTHER.search(joined(key)) or key.startswith("nested_"))
    }
    fitting = {key: value for key, value in lists.items() if len(value) == count}
    spelt = [key for key, value in fitting.items() if count and _are_tags(value)]
    tags = _only(spelt or _named(fitting) or _named(lists))
    return TableLayout(tokens, tags) if tags is not None else None


def _named(lists: Mapping[str, Any]) -> list[str]:
    return [key for key, value in lists.items() if joined(key) in TAGS and _may_be_tags(value)]


def _only(names: Sequence[str], usual: str = "") -> str | None:
    """Return the ``usual`` one of ``names``, or the only one of them."""
    if usual in names:
        return usual
    return names[0] if len(names) == 1 else None


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _are_tags(value: Sequence[Any]) -> bool:
    return all(isinstance(item, str) and spelling(item).is_sound for item in value)


def _may_be_tags(value: Sequence[Any]) -> bool:
    left = not_labelled(value)
    return all(isinstance(item, str) or number(item) is not None or at in left for at, item in enumerate(value))


def not_labelled(tags: Sequence[Any]) -> dict[int, Any]:
    """Return the numbers of the tokens that nobody labelled, with their tags.

    >>> not_labelled(["B-PER", -100, "O", "-100"])
    {1: -100, 3: '-100'}
    """
    return {at: tag for at, tag in enumerate(tags) if tag in (NOT_LABELLED, str(NOT_LABELLED))}


def missing(columns: Mapping[str, Any]) -> str:
    """Return that a row has no layout: which columns it has, and which are asked for."""
    held = [f"{one_line(str(key))} ({shape(value)})" for key, value in sorted(columns.items()) if value is not None]
    return (
        "the row has neither text and spans nor tokens and ner_tags, or one other column with a tag for each token; "
        f"it has {', '.join(held) or 'no columns'}"
    )


def are_numbers(tags: Sequence[Any]) -> bool:
    """Whether tags are numbers, which say nothing without their names."""
    return bool(tags) and all(type(tag) is int for tag in tags)
