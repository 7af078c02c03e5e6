"""White space cut to one byte behind each token, against a plain reading of the same text."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nerconv.white_space import LINE, STOP, tight

_LINES = st.lists(st.text("ab \té", max_size=8), min_size=1, max_size=8)


@st.composite
def _documents(draw: st.DrawFn) -> tuple[bytes, list[tuple[int, int]]]:
    """Lines, and extents of documents among them, with or without their last line end; some lines are in none."""
    lines = [line.encode() for line in draw(_LINES)]
    text = b"\n".join(lines)
    starts = np.cumsum([0, *(len(line) + 1 for line in lines)]).tolist()
    extents, first = [], draw(st.integers(0, 1)) if len(lines) > 1 else 0
    while first < len(lines):
        last = min(len(lines), first + draw(st.integers(1, 3)))
        extents.append((starts[first], min(starts[last] - draw(st.integers(0, 1)), len(text))))
        first = last + draw(st.integers(0, 1))
    return text, extents


def _tokens(text: bytes) -> list[bytes]:
    return [token for token in text.replace(b"\t", b" ").split(b" ") if token]


def _plainly(text: bytes, extents: list[tuple[int, int]]) -> bytes:
    documents = [[_tokens(line) for line in text[start:end].split(b"\n") if _tokens(line)] for start, end in extents]
    joined = [bytes([LINE]).join(b" ".join(tokens) for tokens in lines) for lines in documents if lines]
    return bytes([STOP]).join(joined) + (bytes([LINE]) if joined else b"")


@given(_documents())
def test_white_space_is_cut_as_reading_token_by_token_says(made: tuple[bytes, list[tuple[int, int]]]) -> None:
    text, extents = made
    found = tight(np.frombuffer(text, np.uint8), np.array(extents, dtype=np.int64).reshape(-1, 2))
    assert found.text.tobytes() == _plainly(text, extents)
    kept = np.delete(np.frombuffer(text + b"\n", np.uint8), found.gone)
    signs = found.text >= STOP
    assert np.array_equal(kept[~signs & (found.text != ord(" "))], found.text[~signs & (found.text != ord(" "))])
    assert len(kept) == len(found.text)
