"""What training data holds, as far as a configuration depends on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nerconv.files import Unreadable
from nerconv.formats.docbin import SPANS_KEY
from nerconv.options import UsageError

if TYPE_CHECKING:
    from spacy.tokens import Doc


@dataclass(frozen=True, slots=True)
class Survey:
    """Counts over the training documents. ``lengths`` are spans by length in tokens; ``nested``: some share tokens."""

    documents: int
    tokens: int
    labels: tuple[str, ...]
    lengths: tuple[tuple[int, int], ...]
    nested: bool

    @property
    def spans(self) -> int:
        """The number of spans."""
        return sum(count for _, count in self.lengths)

    @property
    def longest(self) -> int:
        """The length of the longest span, in tokens."""
        return self.lengths[-1][0]

    def __str__(self) -> str:
        spans = f"{self.spans:,} {'nested ' if self.nested else ''}spans of {' '.join(self.labels)}"
        return f"{self.documents:,} documents, {self.tokens:,} tokens, {spans}"


def survey(path: Path) -> Survey:
    """Return what the ``.spacy`` file, or the folder of them, at ``path`` holds.

    Raises Unreadable when there is none or it is damaged, UsageError when it holds no span.
    """
    documents = tokens = 0
    labels: set[str] = set()
    lengths: Counter[int] = Counter()
    nested = False
    for doc in _docs(path):
        spans = list(doc.spans[SPANS_KEY]) if doc.spans.get(SPANS_KEY) else list(doc.ents)
        documents += 1
        tokens += len(doc)
        labels.update(span.label_ for span in spans)
        lengths.update(len(span) for span in spans)
        nested = nested or len(spans) > len(doc.ents)
    if not lengths:
        raise UsageError(f"{path} holds no span to learn from; give the training data with --train")
    return Survey(documents, tokens, tuple(sorted(labels)), tuple(sorted(lengths.items())), nested)


def _docs(path: Path) -> Iterator[Doc]:
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    files = sorted(path.rglob("*.spacy")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise Unreadable(f"{path}: no .spacy file there; make one with nerconv to-spacy")
    vocab = Vocab()
    for file in files:
        try:
            packed = DocBin().from_disk(file)
        except Exception as error:
            raise Unreadable(f"{file}: is not a DocBin or is damaged: {error}") from error
        yield from packed.get_docs(vocab)
