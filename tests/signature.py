"""The meaning of "the same document": what a format keeps of it, as one string to compare by."""

from __future__ import annotations

from hashlib import blake2b

from nerconv import tokens
from nerconv.document import WHITE_SPACE, Document
from nerconv.formats.keeps import Keeps


def signature(document: Document, keeps: Keeps) -> bytes:
    """Return a digest of all that ``keeps`` says survives of ``document``; equal for equal annotations.

    Where the white space of the text is not kept, tokens, sentences and token edges take its place.
    """
    parts: list[object] = [document.id] if keeps.ids else []
    if keeps.text:
        parts += [
            document.text if keeps.open_end else document.text.removesuffix("\n"),
            [(span.start, span.end, span.label) for span in document.spans],
        ]
        parts += [document.sentences] if keeps.sentences else []
    else:
        parts.append(_tokenised(document))
    if keeps.provenance:
        parts.append([document.place(span) for span in document.spans])
    if keeps.flags:
        parts.append([span.flags for span in document.spans])
    parts += [getattr(document, name) for name in ("marks", "joins", "meta") if getattr(keeps, name)]
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _has_tokens(text: str, start: int, end: int) -> bool:
    piece = text[start:end].strip(WHITE_SPACE)
    return bool(piece.strip("\r")) or bool(piece and text.replace("\r\n", "  ")[start:end].strip(WHITE_SPACE))


def _tokenised(document: Document) -> str:
    """Return the tokens with signs among them where sentences begin and spans begin and end.

    Spans meet token edges here, so that a sign set apart by spaces changes no token.
    """
    signs = [(start, 1, " \0. ") for start, end in tokens.sentences(document) if _has_tokens(document.text, start, end)]
    # A join between the two characters of a line end separates nothing.
    signs += [(join, 1, " ") for join in document.joins if not document.text.startswith("\r\n", join - 1)]
    signs += [(span.end, 0, f" \0{span.label}] ") for span in document.spans]
    signs += [(span.start, 2, f" \0[{span.label} ") for span in document.spans]
    pieces: list[str] = []
    done = 0
    for offset, _, sign in sorted(signs):
        pieces += (document.text[done:offset], sign)
        done = offset
    pieces.append(document.text[done:])
    spaced = "".join(pieces).replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    return " ".join(filter(None, spaced.split(" ")))
