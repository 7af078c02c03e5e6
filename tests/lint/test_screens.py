"""Screens: linting batches finds exactly what all rules find when they look at every document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final
from unittest.mock import patch

import numpy as np
import pytest
from columnar import batch_of_text, columns
from hypothesis import given
from hypothesis import strategies as st
from oracle import check_all, ends_at
from strategies import documents

from nerconv import formats, lint, read, tokens, views
from nerconv.batch import Batch
from nerconv.document import WHITE_SPACE, Document, Origin, Span
from nerconv.io.sources import Source
from nerconv.linting import surface
from nerconv.linting.corpus import LintCorpus
from nerconv.linting.engine import Selection, check, choose
from nerconv.linting.near import Near, Words
from nerconv.linting.problem import Problem
from nerconv.linting.rules import RULES
from nerconv.linting.surfaces import Surfaces
from nerconv.options import ReadOptions
from nerconv.views import batch_of, documents_of

_ROOT: Final = Path(__file__).parents[2]
_NAMES: Final = (
    *("Iran", "iran", "IRAN", "New York", "New York City", "York", "City", "Mir Mousavi", "Mir", "Mousavi", "Élan"),
    *(
        "the Hague",
        "Hague",
        "Interior Ministry",
        "Ministry",
        "May",
        "北京",
        "北京 大学",
        "A  B",
        "B",
        "the Iran",
        "York and Iran",
        "al Qaeda",
    ),
    *(
        "XXXXXXXX",
        "Win XXXX",
        "Summary:",
        "Iranian",
        "MFA Comment",
        "Page 3 of 12",
        "Monday",
        "Minister of Industry",
        "12/06",
    ),
    *("No Doubt (", "Dayton:", "AT&amp;T", "Win\u00a0", "Erdo?an", "@", "--", "SIPDIS", "(C) MFA", "President\u017f"),
    "Chris\u00adtian",
)
_WORDS: Final = (
    *(
        "the",
        "of",
        "and",
        "The",
        "said",
        "Iranian",
        "may",
        "IRAN:",
        "Iran's",
        "Iran’s",
        "IRAN",
        "ÉLAN:",
        "MOUSAVI",
        "x",
        ".",
    ),
    *("ANKARA 00000336 002 OF 003", "OF 0", "Ministry", "Mir", "New", "York", "Fashion", "'s", "'", ":", "-", "北京:"),
    *("XXXXXXXX", "MAYOR", "<!-- nerconv: ignore C2 -->", "\u2028"),
)
_LABELS: Final = ("PER", "LOC", "ORG", "MISC", "PERSON")
_GAPS: Final = st.sampled_from([" ", " ", " ", " ", " ", "", "  ", "\t", "\n", "\n", " \n", ". \n"])
#: What makes rules look for more, or at everything.
_OPTIONS: Final[dict[str, dict[str, object]]] = {
    "X302": {"least": 1, "share": 0.1, "unsteady": 1.0},
    "X311": {"least": 1, "share": 0.1, "unsteady": 1.0},
    "C221": {"least": 1, "share": 0.0},
    "X303": {"least": 1},
    "X306": {"least": 1, "share": 0.1},
    "X307": {"tokens": 1},
    "X313": {"least": 1, "share": 0.1},
    "X314": {"least": 1, "share": 0.1},
    "B110": {"least": 0},
    "B103": {"ratio": 0},
    "B106": {"least": 1, "ratio": 0},
    "B107": {"least": 1, "ratio": 0},
    "B109": {"least": 1, "ratio": 0},
    "C203": {"words": ["iran"]},
    "C210": {"hash_tags": True},
    "C211": {"everywhere": True},
    "F006": {"punctuation": True},
}


@st.composite
def noise(draw: st.DrawFn) -> str:
    """Text of some lines with names in and outside of spans, next to and inside of one another, and twice."""
    pieces = []
    for _ in range(draw(st.integers(1, 12))):
        name, label = draw(st.sampled_from(_NAMES)), draw(st.sampled_from(_LABELS))
        inner = f"[{label} {name}  ]"
        kind = draw(st.integers(0, 5))
        outer = (inner, inner, name, draw(st.sampled_from(_WORDS)), f"[ORG {inner} {name}  ]", f"{inner} {inner}")[kind]
        pieces.append(outer + draw(_GAPS))
    text = "".join(pieces)
    return draw(st.sampled_from([text, text + "\n" + text, text + "\n" + text.replace("[PER", "[LOC")]))


@st.composite
def noisy(draw: st.DrawFn) -> Document:
    """Documents of such text with joins, sentences and line ends of all kinds, spans across them, and doubled spans."""
    gaps = _GAPS | st.sampled_from(["\r\n", " \r\n", "\r"])
    pieces = [draw(st.sampled_from([*_NAMES, *_WORDS])) + draw(gaps) for _ in range(draw(st.integers(1, 14)))]
    text = "".join(pieces)
    if draw(st.booleans()):
        text += "\n" + text
    at = sorted({*tokens.edges(Document("x", text))[0], *tokens.edges(Document("x", text))[1]})
    joins = sorted(draw(st.sets(st.integers(0, len(text)), max_size=4)))
    spans = []
    for _ in range(draw(st.integers(0, 8)) if len(at) > 1 else 0):
        first = draw(st.integers(0, len(at) - 2))
        last = min(first + draw(st.sampled_from([1, 1, 1, 3, 3, 5, 7])), len(at) - 1)
        if pair := tokens.trim(text, at[first], at[last]):
            spans.append(Span(*pair, draw(st.sampled_from(_LABELS))))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=5)))
    sentences = draw(st.sampled_from([tokens.lines(text, 0, len(text)), list(pairwise(cuts)), []]))
    name = draw(st.sampled_from(["a.txt", "train.txt", "test.txt"]))
    return Document("d", text, tuple(spans), tuple(sentences), joins=tuple(joins), origin=Origin(name))


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    """Batches of everything."""
    return batch_of(draw(st.lists(noisy() | noisy() | documents(), max_size=3)), "a.txt")


def told(problems: Sequence[Problem]) -> list[tuple[object, ...]]:
    """Return all that ``problems`` say; of the documents that they are in, which ones."""
    names = [name for name in Problem._fields if name != "source"]
    return [
        (*(getattr(problem, name) for name in names), problem.source and problem.source[:2]) for problem in problems
    ]


@pytest.mark.parametrize("options", [{}, _OPTIONS], ids=["as they are", "looking for more"])
@given(st.lists(columns(noise()) | columns() | batches() | batches(), max_size=3))
def test_screens_leave_out_nothing_that_a_rule_flags(options: dict[str, dict[str, object]], found: list[Batch]) -> None:
    chosen = choose(Selection(select=("ALL",), options=options))
    looked = check(found, chosen)
    assert told(looked) == told(check_all(found, chosen))
    for source in (problem.source for problem in looked if problem.source):
        assert source.document == [*documents_of(found[source.batch])][source.number]


@pytest.mark.parametrize("code", RULES)
def test_the_examples_of_rules_do_not_escape_their_screens(code: str, tmp_path: Path) -> None:
    chosen = choose(Selection(select=(code,)))
    for number, text in enumerate(RULES[code].bad):
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8", newline="")
        options = ReadOptions(labels=frozenset(), dialect="illinois", markup="none")
        [source] = formats.sources([str(tmp_path / f"{number}.txt")], options)
        items = formats.read(source, options)
        found = [item.batch for item in items if isinstance(item, views.Reading)]
        assert found and check(found, chosen)


_SAMPLES: Final = sorted((_ROOT / "corpus_samples").glob("*/"))
#: Each folder of real text, and one way or several in which it is cut into documents.
_FOLDERS: Final = [
    *((folder, how) for folder in _SAMPLES for how in ("auto", "line", "blank-line")),
    *((folder, "auto") for folder in sorted((_ROOT.parent / "shared/data").glob("*/"))),
]


@pytest.mark.parametrize(("folder", "documents"), _FOLDERS, ids=lambda value: getattr(value, "name", value))
def test_real_text_has_the_problems_of_its_documents(folder: Path, documents: str) -> None:
    read = ReadOptions(documents=documents)
    sources = [Source(path.name, path.stem, content=_beginning(path)) for path in sorted(folder.glob("*.txt"))]
    items = (item for source in sources for item in formats.read(source, read))
    found = [item.batch for item in items if isinstance(item, views.Reading)]
    chosen = choose(Selection(select=("ALL",)))
    assert told(check(found, chosen)) == told(check_all(found, chosen))


def _beginning(path: Path) -> bytes:
    """Return the first lines of a file, about 50,000 bytes of it: to look at each document takes long."""
    content = path.read_bytes()
    return content[: content.find(b"\n", 50_000) + 1] or content


def test_nothing_is_made_of_documents_without_noise() -> None:
    """Neither spans nor whole documents, where no rule has anything to look at."""
    text = "[PER Ann Lee  ] met [ORG Acme  ] in [LOC Rome  ] . \n" * 3
    found = read_text(text)
    with (
        patch.object(views, "documents_of", side_effect=AssertionError),
        patch.object(views, "spans", side_effect=AssertionError),
    ):
        assert not check(found, choose(Selection()))


def read_text(text: str) -> list[Batch]:
    """Return ``text`` in the dialect illinois as columns."""
    return [batch_of_text(text.encode())]


def test_a_page_header_right_behind_another_is_found() -> None:
    header = "ANKARA 00000336 002 OF 003"
    found = lint(read(text=f"{header}\t[LOC ANKARA  ]{header[6:]} . \n"), rules=Selection(select=("C205",)))
    assert [(problem.code, problem.text) for problem in found] == [("C205", "ANKARA")]


def test_names_across_lines_are_looked_for_across_lines() -> None:
    crossing = Document("d", "New York City\nHall is far .", (Span(0, 18, "LOC"),))
    text = "New York City\nHall is far . \nNew York City\n[ORG Hall  ] is far . \n"
    problems = check([*read_text(text), batch_of([crossing], "d.txt")], choose(Selection(("X302",), options=_OPTIONS)))
    assert [problem.text for problem in problems] == ["New York City\nHall"]


_PIECES: Final = st.sampled_from([*_NAMES, *_WORDS, "redacted", "End", "to", "Section", "x", "_"])


@given(st.lists(_PIECES, min_size=1, max_size=4), st.sampled_from([" ", "", "-"]))
def test_what_is_noise_may_be_noise(pieces: list[str], gap: str) -> None:
    text = gap.join(pieces)
    checks = (surface.is_mask, surface.holds_mask, surface.section_word, surface.editor_words, surface.is_page)
    if not surface.may_be_noise(text):
        with patch.object(surface, "may_be_noise", lambda _: True):
            assert not any(check.__wrapped__(text) for check in checks)
            assert not surface.section_word.__wrapped__(text, True, True)


_FEW: Final = st.sampled_from("ab é")


@given(st.lists(st.text(_FEW, min_size=1, max_size=11), max_size=6), st.text(_FEW, max_size=30))
def test_no_word_is_missed_by_its_first_and_last_bytes(words: list[str], text: str) -> None:
    raw = text.encode()
    offsets = np.arange(len(raw) + 1)
    near, wanted = Near(raw), Words(words)
    for at, begins, ends in zip(offsets, near.begin_as(offsets, wanted), near.end_as(offsets, wanted), strict=True):
        keys = [word.encode() for word in words]
        lengths = [max(length for length in (1, 2, 3, 4, 8) if length <= len(key)) for key in keys]
        pairs = list(zip(keys, lengths, strict=True))
        assert begins or not any(raw[at:].startswith(key[:length]) for key, length in pairs)
        assert ends or not any(raw[:at].endswith(key[len(key) - length :]) for key, length in pairs)


@given(documents())
def test_a_token_ends_where_its_edge_is(document: Document) -> None:
    ends = set(tokens.edges(document)[1])
    for offset in range(1, len(document.text) + 1):
        if document.text[offset - 1] not in WHITE_SPACE:
            assert ends_at(document, offset) == (offset in ends)


@given(st.lists(columns(noise()) | batches(), max_size=3))
def test_counts_are_those_of_documents(found: list[Batch]) -> None:
    corpus, spans = (
        LintCorpus(found),
        [(d.covered(s), s.label) for batch in found for d in documents_of(batch) for s in d.spans],
    )
    assert list(corpus.totals.items()) == list(Counter(surface for surface, _ in spans).items())
    assert list(corpus.label_counts.items()) == list(Counter(label for _, label in by_text(spans)).items())
    for text, labels in corpus.labels.items():
        assert list(labels.items()) == list(Counter(label for name, label in spans if name == text).items())


def by_text(spans: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return ``spans`` text by text, in order of appearance."""
    return [pair for name in dict.fromkeys(text for text, _ in spans) for pair in spans if pair[0] == name]


def test_a_span_of_very_many_words_is_not_searched_for_names() -> None:
    # All pieces of a span of 200,000 words took 38 seconds.
    texts = [b"Ann Lee", b"Ann", b" ".join([b"Ann"] * 60), b" ".join([b"Ann"] * 61)]
    assert list(Surfaces(np.arange(4), texts).several_words) == [text.decode() for text in (texts[0], texts[2])]
