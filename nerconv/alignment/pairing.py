"""Which annotated document belongs to which original: by its id, by the name of its file, or by what it says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath
from typing import Final

import numpy as np

from nerconv.alignment.folded import folded
from nerconv.alignment.matching import hashes
from nerconv.alignment.statuses import PAIRS
from nerconv.document import Document
from nerconv.options import check_choice

#: The length of the stretches that contents are compared by; one of so many is taken.
_SIZE: Final = 16
_SAMPLED: Final = np.uint64(8)
#: So large a share of the stretches of a document has to be in its original, and the next best has this much less.
_SHARE: Final = 0.1
_AHEAD: Final = 1.5

Partners = list[int | None]


def partners(annotated: Sequence[Document], originals: Sequence[Document], how: str) -> Partners:
    """Return the number of the original of each annotated document; None where there is none, or no single one.

    Raises UsageError for another word than ``PAIRS``.

    >>> partners([Document("a/2", "Ann left .")], [Document("b", "x"), Document("a", "Ann left.")], "id")
    [1]
    """
    check_choice("--pair", how, PAIRS)
    found: Partners = [None] * len(annotated)
    if len(originals) == 1 and how == "auto":
        return [0] * len(annotated)
    for way in ("id", "file", "content") if how == "auto" else (how,):
        missing = [number for number, partner in enumerate(found) if partner is None]
        chosen = _WAYS[way]([annotated[number] for number in missing], originals)
        for number, partner in zip(missing, chosen, strict=True):
            found[number] = partner
    return found


def _by_id(annotated: Sequence[Document], originals: Sequence[Document]) -> Partners:
    names = _single((document.id, number) for number, document in enumerate(originals))
    # Units and parts of a document have its id and a slash.
    return [names.get(d.id, names.get(d.id.rpartition("/")[0])) for d in annotated]


def _by_file(annotated: Sequence[Document], originals: Sequence[Document]) -> Partners:
    names = _single((name, number) for number, d in enumerate(originals) for name in {_stem(d), d.id})
    return [names.get(_stem(document)) for document in annotated]


def _stem(document: Document) -> str:
    name = PurePath(document.origin.path if document.origin else document.id).name
    return name.split(".")[0] if not name.startswith(".") else name


def _single(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return the numbers by name of those names that only one has."""
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for name, number in pairs:
        numbers[name].add(number)
    return {name: next(iter(found)) for name, found in numbers.items() if len(found) == 1}


def _by_content(annotated: Sequence[Document], originals: Sequence[Document]) -> Partners:
    owners: defaultdict[int, list[int]] = defaultdict(list)
    for number, document in enumerate(originals):
        for stretch in _sample(document.text):
            owners[stretch].append(number)
    found: Partners = []
    for document in annotated:
        sample = _sample(document.text)
        votes: defaultdict[int, float] = defaultdict(float)
        for stretch in sample:
            # What many texts share says little.
            for number in (some := owners.get(stretch, [])):
                votes[number] += 1 if len(some) == 1 else 0.25
        ranked = sorted(votes.items(), key=lambda vote: -vote[1])[:2]
        enough = bool(ranked) and ranked[0][1] >= max(_SHARE * len(sample), 1)
        alone = len(ranked) == 1 or (enough and ranked[0][1] >= _AHEAD * ranked[1][1])
        found.append(ranked[0][0] if enough and alone else None)
    return found


def _sample(text: str) -> set[int]:
    """Return some of the stretches of a text as numbers: the same ones wherever they stand."""
    found = hashes(folded(text).codes, _SIZE)
    return set(found[found % _SAMPLED == 0].tolist()) or set(found.tolist())


_WAYS: Final[dict[str, Callable[[Sequence[Document], Sequence[Document]], Partners]]] = {
    "id": _by_id,
    "file": _by_file,
    "content": _by_content,
}
