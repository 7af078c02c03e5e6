"""Annotation that stands in JSON under keys that are not read: found by its shape, its spans counted by label.

What is looked for, at any depth: objects and lists that hold offsets and a label, tokens with tags, and, under keys
that are called like annotation (``entities``, ``label``), anything else.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec

from nerconv.formats.foreign_items import Item, joined, number, of_list, of_object
from nerconv.formats.shapes import shape
from nerconv.printable import one_line

#: Keys, joined, under which weaker shapes are annotation, too.
_ANNOTATION: Final = frozenset(
    """entities entity ents ner nertags namedentities mentions entitymentions annotations annotation spans span label
    labels tags chunks output outputs result results completions predictions predictedentities goldentities highlights
    targets target""".split()  # noqa: SIM905
)
#: Those of them that are annotation whatever they hold.
_CERTAIN: Final = frozenset(
    ["entities", "ents", "ner", "namedentities", "mentions", "entitymentions", "annotations", "annotation"]
)
#: Those of them that are annotation even when they hold an empty list.
_EMPTY: Final = _CERTAIN | {"label", "labels"}
#: Keys that hold offsets of something else.
_OTHER: Final = frozenset(
    ["relations", "relation", "links", "edges", "arcs", "connections", "sents", "sentences", "paragraphs", "coref"]
)
_TOKENS: Final = frozenset(["tokens", "words", "token", "word", "tokenizedtext"])
_TAGS: Final = frozenset(["nertags", "ner", "tags", "labels", "label", "nertag", "tag", "entities"])
_OTHER_TAGS: Final = re.compile("pos|dep|lemma|chunk|morph|upos|xpos|head")
_TAG: Final = re.compile(r"[BIESLUM]-.+")
#: The shape of tags that stand beside their tokens.
TAGS: Final = "a tag for each token"
#: What follows on a path that goes on; nothing follows where it ends.
_STEPS: Final = (".", "[", " ")
#: Deeper than so nobody nests annotation, and longer texts are not annotation.
_DEEP: Final = 16
_LONG: Final = 1 << 20


class Held(NamedTuple):
    """Annotation under one key: the path of its first span, that of all of its kind, what it is, and its labels."""

    path: str
    kind: str
    shape: str
    labels: Counter[str]


@dataclass(slots=True)
class _Search:
    """What was found so far: by path without numbers and shape, the first path and the labels.

    ``read``: spans that are read elsewhere. ``sure``: only what holds offsets and a label counts.
    """

    read: Collection[tuple[Any, Any, Any]]
    sure: bool
    found: dict[tuple[str, str], tuple[str, Counter[str]]] = field(default_factory=dict)

    def add(self, path: str, item: Item, label: str = "") -> None:
        """Enter a span at ``path``; ``label``: the key on the way to it that is a label, or a text."""
        if item.label == "?" and label:
            item = item._replace(label=label)
        if (self.sure and not item.sure) or (item.extent and (*item.extent, item.label) in self.read):
            return
        kind = re.sub(r"\[\d+\]", "[]", path.replace(f".{one_line(label)}", ".*") if label else path)
        _, labels = self.found.setdefault((kind, item.shape), (path, Counter()))
        labels[item.label] += 1

    def held(self) -> list[Held]:
        """Return all of it."""
        return [Held(path, kind, what, labels) for (kind, what), (path, labels) in self.found.items()]


def foreign(raw: Any, skip: Collection[str] = (), read: Collection[tuple[Any, Any, Any]] = ()) -> list[Held]:
    """Return the annotation that ``raw``, decoded from JSON, holds outside of the keys to ``skip``.

    ``read``: start, end and label of the spans that are read from it. Where there are some, only sure finds under keys
    that are called like annotation count, and none that is among them.
    """
    search = _Search(read, bool(read))
    if not isinstance(raw, dict):
        _walk(raw, "", "", "", 0, search)
        return search.held()
    rest = {key: value for key, value in raw.items() if key not in skip}
    if read:
        rest = {key: value for key, value in rest.items() if joined(key) in _ANNOTATION}
    elif (item := of_object(rest)) is not None and item.sure:
        search.add("", item)
        return search.held()
    used = _tagged(raw, rest, "", search)
    for key, value in rest.items():
        if key not in used:
            _walk(value, _step("", key), joined(key), "", 0, search)
    return search.held() + ([] if read else _unknown(rest, search))


def _unknown(rest: Mapping[str, Any], search: _Search) -> list[Held]:
    """Return what stands under keys that are certainly annotation, and is of no shape that is known."""
    held = {path for path, _ in search.found}
    paths = sorted(held)
    others = []
    for key, value in rest.items():
        name, path = joined(key), _step("", key)
        empty = value in ([], {})
        if path in held or any(_has(paths, f"{path}{step}") for step in _STEPS):
            continue
        if (name in _EMPTY and empty) or (name in _CERTAIN and not empty and value not in (None, "", False)):
            others.append(Held(path, path, shape(value), Counter()))
    return others


def _has(paths: Sequence[str], beginning: str) -> bool:
    """Whether one of ``paths``, which are sorted, begins so."""
    at = bisect_left(paths, beginning)
    return at < len(paths) and paths[at].startswith(beginning)


def _step(path: str, key: Any) -> str:
    name = one_line(str(key))
    return f"{path}.{name}" if path else name


def _walk(value: Any, path: str, name: str, label: str, depth: int, search: _Search) -> None:
    """Look for annotation in ``value``, which stands at ``path`` under a key with the joined ``name``.

    ``label``: the key that it stands under where keys are labels.
    """
    if depth > _DEEP or name in _OTHER:
        return
    if isinstance(value, dict):
        _walk_object(value, path, name, label, depth, search)
    elif isinstance(value, list | tuple):
        _walk_list(value, path, name, label, depth, search)
    elif isinstance(value, str) and name in _ANNOTATION and value[:1] in ("[", "{") and len(value) < _LONG:
        _walk(_decoded(value), f"{path} (JSON in a text)", name, label, depth + 1, search)


def _walk_object(value: Mapping[str, Any], path: str, name: str, label: str, depth: int, search: _Search) -> None:
    named = name in _ANNOTATION
    if named and not path.endswith("]") and _by_label(value):
        _walk_by_label(value, path, name, depth, search)
        return
    item = of_object(value)
    if item is not None and name not in _TOKENS and (item.sure or named):
        search.add(path, item, label)
        return
    used = _tagged(value, value, path, search)
    for key, inner in value.items():
        if key not in used:
            _walk(inner, _step(path, key), joined(key), "", depth + 1, search)


def _by_label(value: Mapping[str, Any]) -> bool:
    """Whether an object under a key of annotation has labels as keys, or texts: all that it holds is of one kind."""
    if not value or _ANNOTATION.intersection(map(joined, value)):
        return False
    return any(all(isinstance(inner, kind) for inner in value.values()) for kind in (str, list))


def _walk_by_label(value: Mapping[str, Any], path: str, name: str, depth: int, search: _Search) -> None:
    for key, inner in value.items():
        at = _step(path, key)
        if isinstance(inner, str):
            search.add(f"{path}.*", Item("one of texts and labels, without offsets", "?", None, False))
        else:
            _walk_list(inner, at, name, str(key), depth + 1, search)


def _walk_list(value: Sequence[Any], path: str, name: str, label: str, depth: int, search: _Search) -> None:
    named = name in _ANNOTATION
    item = of_list(value)
    # A list of texts within another one is a span, else each of its texts is one.
    flat = not path.endswith("]") and (item is None or not item.sure)
    if named and flat and value and all(isinstance(inner, str) for inner in value):
        _texts([str(inner) for inner in value], path, name, label, search)
    elif item is not None and name not in _TOKENS and (item.sure or named):
        search.add(path, item, label)
    elif not _tagged_tokens(value, path, name, search):
        for at, inner in enumerate(value):
            _walk(inner, f"{path}[{at}]", name, label, depth + 1, search)


def _texts(value: list[str], path: str, name: str, label: str, search: _Search) -> None:
    """Enter a list of texts that are spans without offsets: those of a label, or ``Nora <> person``."""
    for at, text in enumerate(value):
        covered, arrow, label_text = text.partition(" <> ")
        if label or arrow or name in _CERTAIN:
            what = "a text <> label, without offsets" if arrow else "a text, without offsets"
            search.add(f"{path}[{at}]", Item(what, label_text if arrow and covered else "?", None, False), label)


def _decoded(text: str) -> Any:
    """Return what a text holds that is JSON, or a value written as Python writes it; None for any other."""
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def _tagged(whole: Mapping[str, Any], rest: Mapping[str, Any], path: str, search: _Search) -> set[str]:
    """Enter the tags that lists of ``rest`` hold, one for each token of a list of ``whole``, and return their keys."""
    counts = {len(value) for key, value in whole.items() if joined(key) in _TOKENS and _all(value, str)}
    used = set()
    for key, value in rest.items() if counts else ():
        if not isinstance(value, list) or len(value) not in counts or joined(key) in _TOKENS:
            continue
        if tags := _tags(value, joined(key)):
            _enter_tags(tags, _step(path, key), TAGS, search)
            used.add(key)
    return used


def _tagged_tokens(value: Sequence[Any], path: str, name: str, search: _Search) -> bool:
    """Enter the tags of tokens that are objects, each with its own tag, and return whether there are such."""
    if not value or not all(isinstance(item, dict) for item in value):
        return False
    if name not in _TOKENS and (item := of_object(value[0])) is not None and item.sure:
        return False
    for key in value[0]:
        tags = _tags([item.get(key) for item in value], "")
        if tags and not _OTHER_TAGS.search(joined(key)):
            _enter_tags(tags, f"{path}[0].{one_line(str(key))}", "a tag of a token", search)
            return True
    return False


def _tags(value: Sequence[Any], name: str) -> list[str]:
    """Return the tags that ``value`` holds, as strings, or none when it holds something else."""
    if _all(value, str) and not _OTHER_TAGS.search(name):
        texts = [str(tag) for tag in value]
        bare = "O" in texts and len(set(texts)) > 1
        return texts if bare or all(tag == "O" or _TAG.fullmatch(tag) for tag in texts) else []
    if name in _TAGS and value and all(number(tag) is not None for tag in value):
        return ["O" if tag in (0, "0") else "?" for tag in value]
    return []


def _enter_tags(tags: Sequence[str], path: str, what: str, search: _Search) -> None:
    """Enter a span for each tag that begins one: B-, S-, U-, or another label than that before it."""
    before = "O"
    for tag in tags:
        letter, hyphen, label = tag.partition("-")
        if not hyphen:
            letter, label = "I", tag
        if tag != "O" and (letter in "BSU" or label != before):
            search.add(path, Item(what, label, None, True))
        before = "O" if tag == "O" else label


def _all(value: Any, kind: type) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, kind) for item in value)
