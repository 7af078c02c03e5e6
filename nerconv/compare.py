"""The meaning of "the same document": what a format keeps of it, as one string to compare by."""

from __future__ import annotations

from hashlib import blake2b

from nerconv import tokens
from nerconv.document import Document
from nerconv.fit import Keeps


def signature(document: Document, keeps: Keeps) -> bytes:
    """Return a digest of all that ``keeps`` says survives of ``document``; equal for equal annotations.

    Where the white space of the text is not kept, tokens, sentences and token edges take its place.
    """
    parts: list[object] = [document.id] if keeps.ids else []
    if keeps.text:
        parts += [document.text, [(span.start, span.end, span.label) for span in document.spans]]
        parts += [document.sentences] if keeps.sentences else []
    else:
        parts.append(_tokenised(document))
    if keeps.provenance:
        parts.append([document.place(span) for span in document.spans])
    parts += [getattr(document, name) for name in ("marks", "joins", "meta") if getattr(keeps, name)]
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _tokenised(document: Document) -> list[list[list[str]]]:
    """Return the tokens of each sentence, cut into pieces at span edges, with the labels at the edges."""
    edges = sorted(
        [(span.start, 1, f"[{span.label}") for span in document.spans]
        + [(span.end, 0, f"{span.label}]") for span in document.spans]
    )
    result, at = [], 0
    for start, end in tokens.sentences(document):
        pieces: list[list[str]] = []
        done = start
        while at < len(edges) and edges[at][0] <= end:
            offset, _, sign = edges[at]
            pieces += [tokens.words(document, done, offset), [sign]]
            done, at = offset, at + 1
        pieces.append(tokens.words(document, done, end))
        result.append(pieces)
    return result
