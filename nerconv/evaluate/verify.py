"""The same counts from another program: seqeval, which most published scores come from."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from nerconv import schemes, tokens
from nerconv.document import Document, Span
from nerconv.evaluate.pair import Paired
from nerconv.options import UsageError


def verify(paired: Paired, precision: float | None, recall: float | None, f1: float | None) -> str:
    """Return what was verified: seqeval gives the same precision, recall and F1 for the tags of both sides.

    Raises UsageError when seqeval is not installed, when spans nest or cut tokens, which tags cannot hold, or on a
    difference.
    """
    try:
        from seqeval.metrics import f1_score, precision_score, recall_score
        from seqeval.scheme import IOB2
    except ImportError as error:
        raise UsageError("--verify needs seqeval: pip install 'nerconv[oracles]'") from error
    gold, said = [], []
    for pair in paired.pairs:
        gold.append(_tags(pair.document, pair.gold, paired.unit))
        said.append(_tags(pair.document, pair.predicted, paired.unit))
    for name, ours, function in (
        ("precision", precision, precision_score),
        ("recall", recall, recall_score),
        ("F1", f1, f1_score),
    ):
        theirs = float(function(gold, said, mode="strict", scheme=IOB2, zero_division=0))
        if abs((ours or 0.0) - theirs) > 1e-9:
            raise UsageError(
                f"--verify: {name} is {ours} here and {theirs} in seqeval; please report this with the input"
            )
    return "verified with seqeval"


def _tags(document: Document, spans: Sequence[Span], unit: str) -> list[str]:
    starts, ends = tokens.edges(document)
    found = [(span.start, span.end, span.label) for span in spans]
    if unit == "characters":
        at_edges = set(starts), set(ends)
        if any(start not in at_edges[0] or end not in at_edges[1] for start, end, _ in found):
            raise UsageError(f"--verify: a span of {document.id!r} cuts a token, which tags cannot hold")
        found = [(bisect_right(starts, a) - 1, bisect_left(ends, b) + 1, label) for a, b, label in found]
    try:
        return schemes.encode(schemes.get("IOB2"), found, len(starts))
    except ValueError as error:
        raise UsageError(f"--verify: {document.id!r}: {error}") from error
