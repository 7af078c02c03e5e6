"""The names of the class labels that a dataset was written with: what the numbers of its tags mean."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nerconv.files import Unreadable


def names_in(path: Path) -> list[str]:
    """Return the names of the tags in the order of their numbers; none where the tags are strings.

    ``path``: a Parquet file, or a folder as ``save_to_disk`` makes it. Raises Unreadable.
    """
    try:
        features = _features(path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = str(error).partition("\n")[0]
        raise Unreadable(f"{path}: its class labels cannot be read: {type(error).__name__}: {reason}") from error
    return list(_names(features.get("ner_tags")))


def _features(path: Path) -> dict[str, Any]:
    if path.is_dir():
        found: dict[str, Any] = json.loads((path / "dataset_info.json").read_text(encoding="utf-8"))["features"]
        return found
    import pyarrow.parquet as pq

    metadata = pq.read_schema(path).metadata or {}
    features: dict[str, Any] = json.loads(metadata.get(b"huggingface", b"{}")).get("info", {}).get("features", {})
    return features


def _names(feature: Any) -> Iterator[str]:
    """Yield the names of a feature, in either spelling of a list: ``[kind]``, or a dictionary with ``feature``."""
    if isinstance(feature, list) and feature:
        yield from _names(feature[0])
    elif isinstance(feature, dict):
        if feature.get("_type") == "ClassLabel":
            yield from map(str, feature.get("names") or ())
        else:
            yield from _names(feature.get("feature"))
