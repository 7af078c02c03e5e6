"""Files of formats that are read and not written, made of documents by other means than nerconv's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from nerconv.document import Document


def iob(documents: Sequence[Document]) -> str:
    """Return a sentence a line, each token with its tag behind a bar; of spans that share text the first has tags."""
    lines = []
    for document in documents:
        tags: dict[int, str] = {}
        for span in document.spans:
            if not any(at in tags for at in range(span.start, span.end)):
                tags.update(
                    dict.fromkeys(range(span.start, span.end), f"I-{span.label}") | {span.start: f"B-{span.label}"}
                )
        at = 0
        for line in document.text.split("\n"):
            starts = [place for place, word in enumerate(line) if word != " " and line[:place][-1:] in ("", " ")]
            tokens = [line[start:].split(" ")[0] for start in starts]
            cells = [f"{token}|{tags.get(at + start, 'O')}" for start, token in zip(starts, tokens, strict=True)]
            lines.append(" ".join(cells))
            at += len(line) + 1
    return "\n".join(lines) + "\n"


#: By format what makes a file of it.
FOREIGN: Mapping[str, Callable[[Sequence[Document]], str]] = {"iob": iob}
