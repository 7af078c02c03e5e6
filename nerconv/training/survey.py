"""What training data holds, as far as a configuration depends on it."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nerconv.formats.docbin import read_contents, refusing
from nerconv.formats.docbin_file import unpacked
from nerconv.io.sources import Unreadable
from nerconv.printable import counted

if TYPE_CHECKING:
    from nerconv.formats.docbin_read import Contents

_SUFFIX: Final = ".spacy"


@dataclass(frozen=True, slots=True)
class TrainingSurvey:
    """Counts over the Docs of a ``.spacy`` file or a folder of them.

    ``documents`` are those of the corpus, ``docs`` the Docs that they are, of which a large document is several.
    ``labels`` counts spans by label, ``lengths`` has them by length in tokens; ``nested``: some share tokens.
    ``largest`` is the number of tokens of the largest Doc. ``ungrouped`` counts the Docs with entities that lack the
    span group; ``kinds`` those of ours by how their tokens were made, as ``--tokens`` spells it.
    """

    documents: int
    tokens: int
    labels: Mapping[str, int]
    lengths: tuple[tuple[int, int], ...]
    nested: bool
    name: str = ""
    docs: int = 0
    largest: int = 0
    ungrouped: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)

    @property
    def spans(self) -> int:
        """The number of spans."""
        return sum(count for _, count in self.lengths)

    @property
    def longest(self) -> int:
        """The length of the longest span, in tokens; 0 without any."""
        return self.lengths[-1][0] if self.lengths else 0

    def __str__(self) -> str:
        spans = f"{counted(self.spans, 'nested span' if self.nested else 'span')} of {' '.join(self.labels)}"
        docs = f" in {counted(self.docs, 'Doc')}" if self.docs > self.documents else ""
        return f"{counted(self.documents, 'document')}{docs}, {counted(self.tokens, 'token')}, {spans}"


def survey(path: Path) -> TrainingSurvey:
    """Return what the ``.spacy`` file, or the folder of them, at ``path`` holds.

    Raises Unreadable when there is none or it is damaged.
    """
    import numpy as np

    from nerconv.formats.docbin_provenance import Provenance

    documents = docs = tokens = largest = ungrouped = 0
    labels, lengths, kinds = Counter[str](), Counter[int](), Counter[str]()
    nested = False
    for found in _contents(path):
        starts, ends, codes, *_ = found.spans.values
        docs += len(found.docs.lengths)
        tokens += len(found.words)
        largest = max(largest, int(found.docs.lengths.max(initial=0)))
        labels.update(found.strings.strings[at] for at in codes.tolist())
        first, last = np.searchsorted(found.edges[0], starts), np.searchsorted(found.edges[1], ends)
        lengths.update((last - first + 1).tolist())
        nested = nested or len(starts) > len(found.entities.owners)
        ungrouped += int((~found.grouped[np.unique(found.entities.owners)]).sum())
        known = [one for one in found.docs.known if isinstance(one, Provenance)]
        documents += len(found.docs.known) - sum(one.part is not None and one.part[0] != 1 for one in known)
        kinds.update(one.tokens or "corpus" for one in known)
    return TrainingSurvey(
        documents,
        tokens,
        dict(sorted(labels.items())),
        tuple(sorted(lengths.items())),
        nested,
        str(path),
        docs,
        largest,
        ungrouped,
        dict(sorted(kinds.items())),
    )


def _contents(path: Path) -> Iterator[Contents]:
    for file in _files(path):
        with refusing(str(file)), unpacked(file) as packed:
            yield from read_contents(packed, str(file))


def _files(path: Path) -> list[Path]:
    """Return the files that spaCy reads at ``path``: of a folder, none whose name begins with a dot."""
    if path.is_file() and path.name.endswith(_SUFFIX):
        return [path]
    if path.is_file():
        make = shlex.join(["nerconv", "to-spacy", str(path), "-o", str(path.with_suffix(_SUFFIX))])
        raise Unreadable(f"{path}: is not a {_SUFFIX} file, and spaCy reads nothing else; make one with {make}")
    if not path.is_dir():
        make = shlex.join(["nerconv", "to-spacy", "SRC", "-o", str(path)])
        raise Unreadable(f"{path}: there is no such file or folder; make it with {make}")
    found = sorted(file for file in path.rglob(f"*{_SUFFIX}") if file.is_file() and not _hidden(file.relative_to(path)))
    if not found or path.name.startswith("."):
        make = shlex.join(["nerconv", "to-spacy", "SRC", "-o", str(path / f"train{_SUFFIX}")])
        raise Unreadable(
            f"{path}: no {_SUFFIX} file there that spaCy would read, which passes over names that begin with a dot; "
            f"make one with {make}"
        )
    return found


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
