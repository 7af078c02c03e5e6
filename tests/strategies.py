"""Random documents for property tests: every field filled, with the code points that readers trip over."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

from nerconv.document import Document, Mark, Origin, Span, Where
from nerconv.tokens import edges, lines, trim

#: Words with what is white space to Python but not here, astral and combining code points, and what JSON escapes.
WORDS = st.sampled_from(
    ["Wir", "'s", "a\u00a0b", "\u00a0", "\u2028", "x\u0085", "\U0001f600", "e\u0301", "[PER", '\\"/', "\ufeff"]
)
GAPS = st.sampled_from([" ", " ", " ", "\n", "  ", "\t", " \n", "\n\n ", "\r\n", "\r"])
MARKS = ["paragraph", "unlabelled", "labelled"]
LABELS = st.sampled_from(["PER", "LOC", "WORK_OF_ART", "B-x"])
CHARACTERS = st.characters(exclude_categories=("Cs",))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(CHARACTERS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(CHARACTERS), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Words and white space in turn, sometimes any code points at all."""
    pieces = draw(st.lists(WORDS | st.text(CHARACTERS, max_size=6) | GAPS, max_size=16))
    return "".join(piece + draw(GAPS | st.just("")) for piece in pieces)


@st.composite
def origins(draw: st.DrawFn, length: int) -> Origin:
    """Anchors at ascending offsets, the first at 0."""
    offsets = sorted({0, *draw(st.lists(st.integers(0, length), max_size=4))})
    places = [(draw(st.integers(1, 99)), draw(st.integers(1, 99))) for _ in offsets]
    path = draw(st.sampled_from(["a.txt", "b c/d.txt"]))
    return Origin(path, tuple(offsets), tuple(line for line, _ in places), tuple(column for _, column in places))


@st.composite
def span_lists(draw: st.DrawFn, text: str, at: list[int]) -> list[Span]:
    """Spans between the offsets ``at``, nested, crossing and doubled ones among them."""
    spans = []
    for _ in range(draw(st.integers(0, 6)) if len(at) > 1 else 0):
        start, end = sorted(draw(st.lists(st.sampled_from(at), min_size=2, max_size=2)))
        if pair := trim(text, start, end):
            place = draw(
                st.none() | st.builds(Where, st.sampled_from(["a.txt", "z"]), st.integers(1, 9), st.integers(1, 9))
            )
            spans.append(Span(*pair, draw(LABELS), place))
    return spans


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Documents with spans at token edges and inside tokens, sentences, marks, joins, meta and an origin."""
    text = draw(texts())
    joins = sorted(draw(st.sets(st.integers(0, len(text)), max_size=3)))
    marks = sorted(
        draw(
            st.lists(
                st.tuples(
                    st.integers(0, len(text)),
                    st.sampled_from(MARKS),
                    st.text(CHARACTERS, max_size=4),
                ),
                max_size=3,
            )
        )
    )
    bare = Document("x", text, joins=tuple(joins))
    at = sorted({*edges(bare)[0], *edges(bare)[1], *draw(st.sets(st.integers(0, len(text)), max_size=2))})
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=4)))
    sentences = draw(st.sampled_from([lines(text, 0, len(text)), list(pairwise(cuts)), []]))
    return Document(
        draw(st.text(CHARACTERS, min_size=1, max_size=8)),
        text,
        tuple(draw(span_lists(text, at))),
        tuple(sentences),
        tuple(Mark(*mark) for mark in marks),
        tuple(joins),
        draw(st.dictionaries(st.text(CHARACTERS, max_size=4), JSON, max_size=2)),
        draw(origins(len(text))),
    )
