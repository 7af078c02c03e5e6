"""The names of class labels: what the numbers of the tags of a dataset mean, and where they differ between files.

``datasets.load_dataset`` reads all files of a folder with the names of the first, whatever their own are.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from nerconv import schemes
from nerconv.document import Finding
from nerconv.io.sources import Unreadable
from nerconv.options import UsageError
from nerconv.packages import package
from nerconv.schemes import Scheme
from nerconv.spelling import spelling

#: The schemes that names may be in, those of the same letters by the commonest.
_SCHEMES: Final = ("IO", "IOB2", "IOBES", "BILOU", "IOE2")
_SHOWN: Final = 12
#: Folders in which ``load_dataset`` looks for the part that they are called like.
_PART: Final = re.compile(r"(train(ing)?|valid(ation)?|val|dev|test(ing)?|eval(uation)?)[-._ 0-9]*", re.IGNORECASE)


class ClassLabels(NamedTuple):
    """The names of tags in the order of their numbers, and the scheme that they are of."""

    scheme: str
    names: tuple[str, ...]


def tag_names(scheme: Scheme, labels: Sequence[str]) -> list[str]:
    """Return the names of the tags in the order of their numbers: O, then those of each label.

    Raises UsageError for a label with which a tag would read as several, such as ``B-PER|B-LOC``.
    """
    for label in labels:
        if not spelling(f"I-{label}").is_sound:
            raise UsageError(f"the label {label!r} makes a tag that reads as several; rename it with --map OLD=NEW")
    return ["O", *(f"{letter}-{label}" for label in labels for letter in scheme.letters)]


def refuse_labels(labels: Iterable[str], characters: str, why: str) -> None:
    """Raise UsageError for a label with one of ``characters``; ``why``: what such a label holds.

    >>> refuse_labels(["PER", "my label"], " ", "white space, which a tag cannot")
    Traceback (most recent call last):
    nerconv.options.UsageError: the label 'my label' holds white space, which a tag cannot; rename it with --map OLD=NEW
    """
    for label in labels:
        if any(character in label for character in characters):
            raise UsageError(f"the label {label!r} holds {why}; rename it with --map OLD=NEW")


def labels_of(names: Sequence[str]) -> list[str]:
    """Return the labels of tags, each where it stands first."""
    return list(dict.fromkeys(name.partition("-")[2] for name in names if "-" in name))


def of_labels(labels: Sequence[str], scheme: str) -> ClassLabels:
    """Return the class labels of ``labels`` in this order. Raises UsageError for one that stands twice or is blank."""
    if twice := [label for label, count in Counter(labels).items() if count > 1 or not label.strip()]:
        raise UsageError(f"--label-set names {twice[0]!r} {'twice' if twice[0].strip() else 'as a label'}")
    found = schemes.get(scheme)
    return ClassLabels(found.name, tuple(tag_names(found, labels)))


def of_place(path: Path, scheme: str | None) -> ClassLabels:
    """Return the class labels of what was written before, in ``scheme`` or, without one, in that of their letters.

    ``path``: a Parquet file, a folder of such, a folder as ``save_to_disk`` makes it, or a JSON list of names. Raises
    Unreadable, and UsageError for names that no dataset can be written with.
    """
    files = _files(path)
    names = names_in(files[0])
    for other in files[1:]:
        if (others := names_in(other)) != names:
            raise UsageError(
                f"--labels-from {path}: its files differ: {_shown(names)} in {files[0].name}, {_shown(others)} in "
                f"{other.name}; name one of them"
            )
    if not names:
        raise UsageError(
            f"--labels-from {files[0]}: has no class labels, its tags are strings; name them by --label-set"
        )
    return ClassLabels(_scheme(files[0], names, scheme), tuple(names))


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise Unreadable(f"--labels-from {path}: is neither a file nor a folder")
    if not path.is_dir() or (path / "dataset_info.json").is_file():
        return [path]
    below = (
        *path.glob("*.parquet"),
        *path.glob("data/*.parquet"),
        *(p.parent for p in path.glob("*/dataset_info.json")),
    )
    if not below:
        raise Unreadable(f"--labels-from {path}: holds neither .parquet files nor a saved dataset")
    return sorted(below)


def _scheme(path: Path, names: Sequence[str], asked: str | None) -> str:
    """Return the scheme that ``names`` are written in. Raises UsageError."""
    inside = [name for name in names if name != "O"]
    if "O" not in names or any(name[1:2] != "-" or not name[2:] for name in inside) or len({*names}) < len(names):
        raise UsageError(f"--labels-from {path}: its class labels {_shown(names)} are not O and tags such as B-PER")
    letters = {name[0] for name in inside}
    if asked is not None:
        scheme = schemes.get(asked)
        if not letters <= set(scheme.letters):
            raise UsageError(
                f"--labels-from {path}: its class labels {_shown(names)} are not of --scheme {scheme.name}; leave "
                "--scheme out"
            )
        return scheme.name
    for scheme in map(schemes.get, _SCHEMES):
        if letters <= set(scheme.letters):
            return scheme.name
    raise UsageError(f"--labels-from {path}: the letters of its class labels {_shown(names)} belong to no scheme")


def names_in(path: Path) -> list[str]:
    """Return the names of the tags in the order of their numbers; none where the tags are strings.

    ``path``: a Parquet file, a folder as ``save_to_disk`` makes it, or a JSON list of names. Raises Unreadable.
    """
    try:
        if path.suffix == ".json":
            found = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
                raise ValueError("it holds no list of names")
            return found
        return names_by_column(_features(path)).get("ner_tags", [])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        raise Unreadable(f"{path}: its class labels cannot be read: {type(error).__name__}: {reason}") from error


def names_of(path: Path) -> list[str]:
    """Return the names of tags in the order of their numbers, as a file has them. Raises Unreadable.

    ``path``: a JSON list, an object of names by number, a configuration of a model with ``id2label``, a text with a
    name a line, a Parquet file or a saved dataset.
    """
    if path.is_dir() or path.suffix == ".parquet":
        return names_in(path)
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text) if path.suffix == ".json" else text.split()
        held = found.get("id2label", found) if isinstance(found, dict) else found
        if isinstance(held, dict):
            by_number = {int(number): str(name) for number, name in held.items()}
            held = [by_number[number] for number in range(len(by_number))]
        if not held or not all(isinstance(name, str) for name in held):
            raise ValueError("it holds no list of names, and no id2label")
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        raise Unreadable(f"--labels-file {path}: cannot be read: {type(error).__name__}: {reason}") from error
    return list(held)


def _features(path: Path) -> dict[str, Any]:
    if path.is_dir():
        found: dict[str, Any] = json.loads((path / "dataset_info.json").read_text(encoding="utf-8"))["features"]
        return found
    parquet = package("pyarrow.parquet", f"{path}, a Hugging Face dataset,", "datasets")
    return features_of(parquet.read_schema(path))


def features_of(schema: Any) -> dict[str, Any]:
    """Return the features that the package ``datasets`` notes in the metadata of an Arrow schema, none without it."""
    held = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
    features: dict[str, Any] = held.get("info", {}).get("features", {})
    return features


def names_by_column(features: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return by column the names of class labels, of the columns that have some."""
    found = {column: list(_names(feature)) for column, feature in features.items()}
    return {column: names for column, names in found.items() if names}


def _names(feature: Any) -> Iterator[str]:
    """Yield the names of a feature, in either spelling of a list: ``[kind]``, or a dictionary with ``feature``."""
    if isinstance(feature, list) and feature:
        yield from _names(feature[0])
    elif isinstance(feature, dict):
        if feature.get("_type") == "ClassLabel":
            yield from map(str, feature.get("names") or ())
        else:
            yield from _names(feature.get("feature"))


def check(written: Mapping[str, int], names: Sequence[str]) -> None:
    """Raise UsageError where spans ``written``, by label, have labels that are not among fixed class labels."""
    known = labels_of(names)
    if outside := {label: count for label, count in sorted(written.items()) if count and label not in known}:
        first = next(iter(outside))
        shown = ", ".join(f"{label} ({count:,})" for label, count in outside.items())
        raise UsageError(
            f"spans have labels that are not among the class labels {', '.join(known)}: {shown}; add them to "
            f"--label-set, rename them with --map {first}=NEW, or leave them out with --drop {first}"
        )


def beside(written: Sequence[Path], names: Sequence[str]) -> Iterator[Finding]:
    """Yield a finding for each other Parquet file beside those ``written`` whose class labels are not ``names``."""
    found_beside = {path for folder in {path.parent for path in written} for path in _read_with(folder)}
    for path in sorted(found_beside.difference(written)):
        try:
            found = names_in(path)
        except Unreadable:
            continue  # what it holds is not asked about
        if found and found != list(names):
            yield Finding("F025", _difference(written[0], names, path, found))


def _read_with(folder: Path) -> Iterator[Path]:
    """Yield the Parquet files that ``load_dataset`` reads with one list of names: those of ``folder``, and of folders
    beside it, where all of them are called like parts.
    """
    yield from folder.glob("*.parquet")
    real = folder.absolute()
    if _PART.fullmatch(real.name):
        others = (folder.parent if folder.name else real.parent).glob("*/*.parquet")
        yield from (path for path in others if _PART.fullmatch(path.parent.name))


def _difference(path: Path, names: Sequence[str], other: Path, others: Sequence[str]) -> str:
    fits = set(labels_of(names)) <= set(labels_of(others))
    here = f"say --labels-from {other}, or make" if fits else "make"
    return (
        f"{path} has the class labels {_shown(names)}, {other} beside it {_shown(others)}, and load_dataset reads all "
        f"files of a folder with the names of the first: {here} all in one call with --splits, or with one --label-set"
    )


def _shown(names: Sequence[str]) -> str:
    return " ".join(names[:_SHOWN]) + (f" … ({len(names):,})" if len(names) > _SHOWN else "")
