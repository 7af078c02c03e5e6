"""The same counts from another program: seqeval, which most published scores come from."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nerconv import schemes
from nerconv.evaluation.pair import Paired, SpanArrays
from nerconv.evaluation.report import Score
from nerconv.options import UsageError
from nerconv.tables import Numbers

#: The tags of each sentence or document.
Tags = list[list[str]]


def verify(gold: Tags, predicted: Tags, score: Score) -> str:
    """Return a note that seqeval gives the precision, recall and F1 of ``score`` for the tags of both sides.

    Raises UsageError when seqeval is not installed, or on a difference.
    """
    try:
        from seqeval.metrics import f1_score, precision_score, recall_score
        from seqeval.scheme import IOB2
    except ImportError as error:
        raise UsageError("--verify needs seqeval: pip install 'nerconv[oracles]'") from error
    for name, ours, function in (
        ("precision", score.precision, precision_score),
        ("recall", score.recall, recall_score),
        ("F1", score.f1, f1_score),
    ):
        theirs = float(function(gold, predicted, mode="strict", scheme=IOB2, zero_division=0))
        if abs((ours or 0.0) - theirs) > 1e-9:
            raise UsageError(
                f"--verify: {name} is {ours} here and {theirs} in seqeval; please report this with the input"
            )
    return "verified with seqeval"


def tags_of(paired: Paired, places: SpanArrays) -> Iterator[list[str]]:
    """Yield the tags of each pair, one for each token of the gold.

    Raises UsageError when spans nest or cut tokens: tags cannot represent them.

    >>> from nerconv import read
    >>> from nerconv.evaluation.annotated import of_batches
    >>> from nerconv.evaluation.pair import pair_documents
    >>> gold, = read(text="[PER Ann Lee  ] left . \\n").batches
    >>> paired = pair_documents(of_batches([gold]), of_batches([gold]))
    >>> list(tags_of(paired, paired.places[0]))
    [['B-PER', 'I-PER', 'O', 'O']]
    """
    starts, ends = places.starts, places.ends
    if paired.unit == "characters":
        starts, ends = _in_tokens(paired, places)
    extents = zip(starts.tolist(), ends.tolist(), (paired.labels[at] for at in places.label_ids.tolist()), strict=True)
    spans = list(extents)
    bounds = np.searchsorted(places.pairs, np.arange(len(paired.gold.ids) + 1)).tolist()
    sizes = paired.gold.token_counts.tolist()
    for id, size, first, last in zip(paired.gold.ids, sizes, bounds, bounds[1:], strict=False):
        try:
            yield schemes.encode(schemes.get("IOB2"), spans[first:last], size)
        except ValueError as error:
            raise UsageError(f"--verify: {id!r}: {error}") from error


def _in_tokens(paired: Paired, places: SpanArrays) -> tuple[Numbers, Numbers]:
    """Return spans in characters as half-open ranges of tokens. Raises UsageError for a span that cuts a token."""
    gold = paired.gold
    starts, ends = (edges + gold.document_begins[places.pairs] for edges in (places.starts, places.ends))
    first, last = np.searchsorted(gold.tokens.starts, starts), np.searchsorted(gold.tokens.ends, ends)
    for edges, at, wanted in ((gold.tokens.starts, first, starts), (gold.tokens.ends, last, ends)):
        cut = np.flatnonzero(np.append(edges, -1)[at] != wanted)
        if len(cut):
            id = gold.ids[places.pairs[cut[0]]]
            raise UsageError(f"--verify: a span of {id!r} cuts a token, which tags cannot represent")
    begins = gold.document_tokens.starts[places.pairs]
    return first - begins, last + 1 - begins
