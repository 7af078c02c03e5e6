"""What training data holds, as far as a configuration depends on it."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nerconv.formats.docbin import SPANS_KEY, USER_DATA_KEY, refusing
from nerconv.io.sources import Unreadable

if TYPE_CHECKING:
    from spacy.tokens import Doc

_SUFFIX: Final = ".spacy"


@dataclass(frozen=True, slots=True)
class Survey:
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
        spans = f"{self.spans:,} {'nested ' if self.nested else ''}spans of {' '.join(self.labels)}"
        docs = f" in {self.docs:,} Docs" if self.docs > self.documents else ""
        return f"{self.documents:,} documents{docs}, {self.tokens:,} tokens, {spans}"


def survey(path: Path) -> Survey:
    """Return what the ``.spacy`` file, or the folder of them, at ``path`` holds.

    Raises Unreadable when there is none or it is damaged.
    """
    documents = docs = tokens = largest = ungrouped = 0
    labels, lengths, kinds = Counter[str](), Counter[int](), Counter[str]()
    nested = False
    for doc in _docs(path):
        spans = list(doc.spans[SPANS_KEY]) if doc.spans.get(SPANS_KEY) else list(doc.ents)
        docs += 1
        documents += _begins(doc)
        tokens += len(doc)
        largest = max(largest, len(doc))
        labels.update(span.label_ for span in spans)
        lengths.update(len(span) for span in spans)
        nested = nested or len(spans) > len(doc.ents)
        ungrouped += bool(doc.ents) and SPANS_KEY not in doc.spans
        kinds.update(_kind(doc))
    return Survey(
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


def _begins(doc: Doc) -> bool:
    """Whether a Doc is a document or the first part of one."""
    data = doc.user_data.get(USER_DATA_KEY)
    part = data.get("part") if isinstance(data, Mapping) else None
    return not isinstance(part, Sequence) or part[:1] in ([1], (1,))


def _kind(doc: Doc) -> Iterator[str]:
    """Yield how the tokens of a Doc of ours were made."""
    data = doc.user_data.get(USER_DATA_KEY)
    if isinstance(data, Mapping):
        yield str(data.get("tokens") or "corpus")


def _docs(path: Path) -> Iterator[Doc]:
    from nerconv.formats.bins_read import unpacked

    for file in _files(path):
        with refusing(str(file)), unpacked(file) as packed:
            yield from packed.docs()


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
