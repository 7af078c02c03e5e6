"""The schema of a dataset: its columns as Arrow has them, and as features in the way of the package ``datasets``.

The features stand as JSON in the metadata of the schema, where that package looks for them, in the spelling that all
versions of it read. So a Parquet file is written without it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa

#: What a column holds: values of a type, lists of something, or fields by name.
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
_KINDS: Final[dict[str, Kind]] = {
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


def schema(tags: Sequence[str]) -> pa.Schema:
    """Return the schema of a dataset whose tags are numbers of the names ``tags``."""
    features = {name: _feature(kind) for name, kind in _KINDS.items()}
    features["ner_tags"] = [{"names": list(tags), "_type": "ClassLabel"}]
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    return pa.schema([(name, kind_of(name)) for name in _KINDS], metadata)


def kind_of(name: str) -> pa.DataType:
    """Return the type of the column ``name``."""
    return _type(_KINDS[name])


def _type(kind: Kind) -> pa.DataType:
    if isinstance(kind, str):
        return pa.type_for_alias(kind)
    if isinstance(kind, list):
        return pa.list_(_type(kind[0]))
    return pa.struct([(name, _type(inner)) for name, inner in kind.items()])


def _feature(kind: Kind) -> Any:
    if isinstance(kind, str):
        return {"dtype": kind, "_type": "Value"}
    if isinstance(kind, list):
        return [_feature(kind[0])]
    return {name: _feature(inner) for name, inner in kind.items()}
