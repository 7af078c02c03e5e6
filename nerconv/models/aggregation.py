"""From the outputs of sub-tokens to labelled spans, as the token classification pipeline of transformers does it.

``simple`` reads the tag of each sub-token. ``first``, ``average`` and ``max`` give all sub-tokens of a word one tag:
that of the first, of the mean of all, or of the one with the highest probability. Words are those of the pipeline, too:
the words of a tokenizer that marks the continuation of a word (WordPiece), for others the text between spaces.

>>> import numpy as np
>>> from nerconv.models.head import read_head
>>> made = Subtokens([7, 8, 9], [(0, 2), (2, 3), (4, 8)], [])
>>> continues = goes_on("Ann left", made, None, None)
>>> outputs = np.array([[0.1, 0.9, 0.0], [0.8, 0.1, 0.1], [1.0, 0.0, 0.0]])  # sub-tokens x tags
>>> continues, list(spans("Ann left", made, outputs, continues, read_head("m", ["O", "B-PER", "I-PER"]), "first"))
([False, True, False], [Labelled(start=0, end=3, label='PER', score=0.9)])

Source: ``transformers/pipelines/token_classification.py`` of transformers 5. Spans differ from the pipeline in two
ways: they have no outer white space, and tags of IOBES, BILOU and IOE2 are read in their scheme.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nerconv import schemes
from nerconv.document import WHITE_SPACE, Document
from nerconv.models.head import Head
from nerconv.models.subtokens import Subtokens

if TYPE_CHECKING:
    import numpy as np

#: A larger share of spans that begin or end inside a word than this does not come from mistakes of annotators.
_CUT: Final = 0.05


class Labelled(NamedTuple):
    """A span of a text in code points, its label, and the mean probability of its tags."""

    start: int
    end: int
    label: str
    score: float


def suited(documents: Iterable[Document], word_based: bool) -> str:
    """Return the aggregation that suits a model and texts: ``first`` or ``simple``.

    A ``word_based`` tokenizer knows the words: ``first``. With any other, ``first`` reads the text between spaces as a
    word, punctuation included. That is right for tokenised text; where more than one in twenty spans of ``documents``
    begins or ends inside such a word, ``simple`` is better.
    """
    if word_based:
        return "first"
    cut = total = 0
    for document in documents:
        total += len(document.spans)
        cut += sum(_is_cut(document.text, span.start, span.end) for span in document.spans)
    return "simple" if cut > _CUT * total else "first"


def _is_cut(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start] not in WHITE_SPACE or text[end : end + 1] not in WHITE_SPACE


def goes_on(text: str, made: Subtokens, spelt: Sequence[str] | None, unknown: int | None) -> list[bool]:
    """Return for each sub-token of ``text`` whether it continues the word before it.

    ``spelt``: the sub-tokens as a tokenizer spells them that marks continuation, None for others. ``unknown``: the id
    of the unknown token, which is always a word of its own.
    """
    if spelt is None:
        found = [start > 0 and " " not in text[start - 1 : start + 1] for start, _ in made.offsets]
    else:
        found = [len(mark) != end - start for mark, (start, end) in zip(spelt, made.offsets, strict=True)]
    return [more and id != unknown for more, id in zip(found, made.ids, strict=True)]


def spans(
    text: str, made: Subtokens, outputs: np.ndarray[Any, Any], continues: Sequence[bool], head: Head, how: str
) -> Iterator[Labelled]:
    """Yield the spans of ``text`` in text order, each once.

    ``outputs``: probabilities, float, shape (sub-tokens, tags). ``continues``: the result of ``goes_on``. ``how``: the
    aggregation.
    """
    groups = _groups(continues, how)
    tags, sure = [], []
    for first, last in groups:
        row = _row(outputs[first:last], how)
        best = int(row.argmax())
        tags.append(head.tags[best])
        sure.append(float(row[best]))
    done = set()
    for start, end, label in schemes.decode(head.scheme, tags, "lenient").spans:
        edges = _trimmed(text, made.offsets[groups[start][0]][0], made.offsets[groups[end - 1][1] - 1][1])
        if edges and (*edges, label) not in done:
            done.add((*edges, label))
            yield Labelled(*edges, label, sum(sure[start:end]) / (end - start))


def _groups(continues: Sequence[bool], how: str) -> list[tuple[int, int]]:
    """Return the ranges of sub-tokens that get one tag."""
    count = len(continues)
    starts = [at for at in range(count) if how == "simple" or at == 0 or not continues[at]]
    return list(pairwise((*starts, count)))


def _row(outputs: np.ndarray[Any, Any], how: str) -> np.ndarray[Any, Any]:
    if how == "average":
        mean: np.ndarray[Any, Any] = outputs.mean(0)
        return mean
    row: np.ndarray[Any, Any] = outputs[int(outputs.max(1).argmax())] if how == "max" else outputs[0]
    return row


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    # A sub-token may hold the space before it, and normalisers take other white space for one.
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
