"""Scores on arrays: the same as counted span by span, from columns as from documents."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nerconv import formats, tokens
from nerconv.batch import Batch
from nerconv.document import Document, Facts, Finding, Span
from nerconv.evaluation import gold_hash
from nerconv.evaluation.annotated import NOTHING, Annotated, Before, of_batches, of_documents
from nerconv.evaluation.count import by_unit, counts, hits, unmatched
from nerconv.evaluation.gold_hash import GoldHash
from nerconv.evaluation.match import LabelCounts, UnmatchedSpan, leftovers, semeval_pairs
from nerconv.evaluation.pair import Paired, pair_documents
from nerconv.evaluation.side import read_side
from nerconv.io.chunks import MOST, WHOLE
from nerconv.io.sources import Source
from nerconv.options import ReadOptions
from nerconv.views import documents_of
from tests.strategies import documents as any_documents

LABELS = ("PER", "LOC", "X-Y")


@st.composite
def documents(draw: st.DrawFn) -> list[list[Document]]:
    """Two annotations of the same few texts; spans nest, share edges and come twice."""
    texts = draw(
        st.lists(st.sampled_from(["a b c d e f", "é  b\tc\n\nd e", "a\r\nb 𝒳 c", "a"]), min_size=1, max_size=4)
    )
    joins = draw(st.booleans())
    sides = []
    for _ in range(2):
        side = []
        for number, text in enumerate(texts):
            edges = [at for at in range(len(text)) if text[at] not in " \t\r\n"]
            spans = []
            for _ in range(draw(st.integers(0, 5))):
                start, last = sorted((draw(st.sampled_from(edges)), draw(st.sampled_from(edges))))
                spans.append(Span(start, last + 1, draw(st.sampled_from(LABELS))))
            cuts = (1,) if joins and len(text) > 1 and text[1] not in " \t\r" else ()
            side.append(Document(f"d{number}", text, tuple(spans), joins=cuts))
        sides.append(side)
    return sides


def paired(sides: list[list[Document]]) -> Paired:
    return pair_documents(of_documents(sides[0]), of_documents(sides[1]))


@given(documents())
def test_arrays_hold_what_documents_do(sides: list[list[Document]]) -> None:
    gold = of_documents(sides[0])
    assert gold.documents == tuple(sides[0])
    same_as_documents(gold, sides[0])


def same_as_documents(gold: Annotated, side: list[Document]) -> None:
    assert [gold.text_of(number) for number in range(len(side))] == [document.text for document in side]
    assert [gold.keys(number) for number in range(len(side))] == [[*map(key, document.spans)] for document in side]
    words = [tokens.words(document, span.start, span.end) for document in side for span in document.spans]
    starts, ends = gold.span_tokens
    assert (ends - starts).tolist() == [len(found) for found in words]
    assert [*gold.surfaces()] == [" ".join(found) for found in words]
    words = [word for document in side for word in tokens.words(document, 0, len(document.text))]
    assert gold.spelled().decode() == "".join(f"{word} " for word in words)
    begins = zip(gold.bounds[:, 0].tolist(), side, strict=True)
    sentences = [(begin + a, begin + b) for begin, d in begins for a, b in tokens.sentences(d)]
    assert list(zip(*(edges.tolist() for edges in gold.sentences), strict=True)) == sentences
    cut = gold.by_sentence()
    parts = [(d, f"{d.id}/s{n}", *e) for d in side for n, e in enumerate(tokens.sentences(d), 1)]
    made = [d.cut(a, b, id, a, b) for d, id, a, b in parts if tokens.trim(d.text, a, b)]
    assert [(id, cut.text_of(n), cut.keys(n)) for n, id in enumerate(cut.ids)] == [
        (d.id, d.text, [*map(key, d.spans)]) for d in made
    ]
    assert [cut.place(n) for n in range(len(made))] == [str(d.locate(0) or d.id) for d in made]
    assert [gold.where(n) for n in range(gold.count)] == [d.place(span) for d in side for span in d.spans]


@given(documents())
def test_counts_and_kinds_are_those_of_each_document(sides: list[list[Document]]) -> None:
    gold = paired(sides)
    found = hits(*gold.places)
    texts = [[[*map(key, document.spans)] for document in pair] for pair in zip(*sides, strict=True)]
    each = [tally(*text) for text in texts]
    total: Counter[tuple[str, int]] = Counter()
    for row in each:
        total.update({(label, at): count for label, counted in row.items() for at, count in enumerate(counted)})
    assert {(label, at): n for label, row in counts(gold, found).items() for at, n in enumerate(row) if n} == +total
    units = gold.places[0].pairs, gold.places[1].pairs
    assert by_unit(gold, found, units, len(each)) == each
    errors = unmatched(gold, found)
    apart = [list(leftovers(*left(*text))) for text in texts]
    assert Counter(outcome.kind for outcome in errors) == Counter(outcome.kind for text in apart for outcome in text)
    assert semeval_pairs(errors) == sum(map(semeval_pairs, apart), Counter())


def key(span: Span) -> tuple[int, int, str]:
    return span.start, span.end, span.label


def tally(gold: list[tuple[int, int, str]], said: list[tuple[int, int, str]]) -> LabelCounts:
    """Return tp, predicted and gold by label; one that a side has twice needs two on the other."""
    rows = [
        Counter(label for _, _, label in some.elements())
        for some in (Counter(gold) & Counter(said), *map(Counter, (said, gold)))
    ]
    return {label: (rows[0][label], rows[1][label], rows[2][label]) for label in sorted(rows[1] | rows[2])}


def left(*sides: list[tuple[int, int, str]]) -> list[list[UnmatchedSpan]]:
    """Return what each of two sides has more than the other."""
    golds, said = map(Counter, sides)
    return [sorted(UnmatchedSpan(*row, 0) for row in more.elements()) for more in (golds - said, said - golds)]


@given(documents(), st.randoms(use_true_random=False))
def test_documents_find_each_other_in_any_order(sides: list[list[Document]], chance: random.Random) -> None:
    turned = chance.sample(sides[1], len(sides[1]))
    one, other = paired(sides), pair_documents(of_documents(sides[0]), of_documents(turned))
    assert counts(one, hits(*one.places)) == counts(other, hits(*other.places))
    assert other.predicted.ids == tuple(document.id for document in sides[0])
    keys = [other.predicted.keys(number) for number in range(len(turned))]
    assert keys == [[*map(key, document.spans)] for document in sides[1]]


@given(documents())
def test_relabelling_is_that_of_the_spans(sides: list[list[Document]]) -> None:
    labels = {"PER": "LOC", "LOC": "", "none": "x"}
    gold = of_documents(sides[0]).relabelled(labels)
    expected = [
        [(span.start, span.end, new) for span in document.spans if (new := labels.get(span.label, span.label))]
        for document in sides[0]
    ]
    assert [gold.keys(number) for number in range(len(sides[0]))] == expected


TEXTS = {
    "several.conll": "-DOCSTART- O\n\nAnn B-PER\nLee I-PER\n\né B-LOC\n. O\n\n-DOCSTART- O\n\nOslo B-LOC\n\nit O\n",
    "one.conll": "\nAnn B-PER\nLee I-PER\n\n\né B-LOC\n𝒳 B-LOC\n. O",
    "brackets.txt": "[PER Ann Lee  ] met [LOC é ville  ] . \n\n  [ORG x  ]  [ORG y  ] \nno  name \n",
}


@pytest.mark.parametrize("name", TEXTS)
def test_columns_are_what_their_documents_are(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(TEXTS[name], encoding="utf-8")
    items = [*formats.read(Source(name, path.stem, path), ReadOptions())]
    parts = [item.batch for item in items if not isinstance(item, Facts | Finding | Document)]
    assert parts and all(isinstance(part, Batch) for part in parts)
    gold = of_batches([*parts, *parts])
    same_as_documents(gold, [document for part in (*parts, *parts) for document in documents_of(part)])
    assert gold.documents == tuple(document for part in (*parts, *parts) for document in documents_of(part))


LARGE = {
    "one.conll": ("Ann B-PER\nLee I-PER\n. O\n\né B-LOC\nleft O\n\n", ReadOptions()),
    "several.txt": ("[PER Ann Lee  ] met [LOC é ville  ] . \n", ReadOptions(documents="line")),
    "one.txt": ("[PER Ann Lee  ] met [LOC é ville  ] . \n", ReadOptions()),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_side_that_is_read_in_parts_is_the_one_that_is_read_whole(name: str) -> None:
    text, options = LARGE[name]
    content = (text * (3_000_000 // len(text))).encode()
    sources = [Source(name, "large", content=content), Source("b.txt", "b", content=b"[PER Ann  ] met \n")]
    whole, parts = (read_side(sources, options, lambda _: None, most=most).whole()[0] for most in (WHOLE, MOST))
    assert len(parts.parts) >= 4
    assert (parts.text, parts.ids, parts.labels) == (whole.text, whole.ids, whole.labels)
    for array in ("bounds", "owners", "starts", "ends", "label_ids", "sources", "tokens", "sentences", "span_tokens"):
        assert np.array_equal(getattr(parts, array), getattr(whole, array)), array
    last = whole.count - 1
    assert parts.where(last) == whole.where(last) and parts.where(last - 1) == whole.where(last - 1) is not None
    assert parts.place(len(whole.ids) - 2) == whole.place(len(whole.ids) - 2)
    sentence = len(whole.by_sentence().ids) - 3
    assert parts.by_sentence().place(sentence) == whole.by_sentence().place(sentence)


@given(st.lists(any_documents(), max_size=3), st.integers(1, 9))
def test_the_hash_of_a_gold_is_that_of_the_repr_of_its_documents(corpus: list[Document], piece: int) -> None:
    digest = sha256()
    for document in corpus:
        keys = [(span.start, span.end, span.label) for span in document.spans]
        digest.update(repr((document.text, keys)).encode("utf-8", "surrogatepass"))
    with patch.object(gold_hash, "_PIECE", piece):
        assert hash_of(of_documents(corpus)) == digest.hexdigest()[:16]


def hash_of(*blocks: Annotated) -> str:
    found = GoldHash()
    for block in blocks:
        found.add(block)
    return found.digits


@pytest.mark.parametrize("text", ["it's", 'a "b"', "'\"'", '"\'"', "\\ \n\té\x00", "", "none"])
def test_the_hash_knows_how_quotes_are_shown_whatever_comes_behind(text: str) -> None:
    expected = sha256(repr((text, [])).encode()).hexdigest()[:16]
    with patch.object(gold_hash, "_PIECE", 2):
        assert hash_of(of_documents([Document("a", text)])) == expected
        blocks = [of_documents([Document("a", piece)]) for piece in text or [""]]
        befores = [NOTHING, *(Before(at + 1) for at in range(len(blocks)))]
        parts = [replace(block, before=at, goes_on=True) for block, at in zip(blocks, befores, strict=False)]
        assert hash_of(*parts[:-1], replace(parts[-1], goes_on=False)) == expected


def test_nothing_is_a_side_too() -> None:
    gold = of_documents([])
    assert gold.count == 0 and gold.used == set() and not gold.sentences.starts.size and gold.documents == ()
    assert of_batches([]).count == 0 and of_batches([]).spelled() == b""
