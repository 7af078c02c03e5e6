"""Large documents as several Docs: nothing is cut, nothing is lost, and reading makes the documents again."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from reading import in_batches, read_as
from strategies import documents

from nerconv import formats
from nerconv.conversion.fit import fit
from nerconv.conversion.verify import difference
from nerconv.document import Document, Mark, Origin, Span
from nerconv.formats import docbin
from nerconv.formats.docbin_groups import MANY_TOKENS, Limits, first_sentences, grouped, tally
from nerconv.io.sources import Source
from nerconv.options import ReadOptions, WriteOptions
from nerconv.tokens import lines
from nerconv.views import batch_of, documents_of

spacy = pytest.importorskip("spacy")
from spacy.tokens import Doc, DocBin  # noqa: E402
from spacy.vocab import Vocab  # noqa: E402


def made(some: list[Document], path: Path, group: int | None, tokens: str = "corpus") -> list[Doc]:
    """Write documents and return the Docs of the file."""
    formats.write(docbin, in_batches(some), path, WriteOptions(group=group, tokens=tokens))
    return list(DocBin(store_user_data=True).from_disk(path).get_docs(Vocab()))


def read(path: Path) -> list[Document]:
    items = read_as(docbin, Source(str(path), "d", path), ReadOptions())
    return [item for item in items if isinstance(item, Document)]


def corpus(sentences: int, id: str = "d") -> Document:
    """Return a document of many sentences of five tokens, each with a span."""
    draw = random.Random(sentences)
    text = "".join(f"Ada{draw.randrange(99)} met Bo{draw.randrange(99)} today . \n" for _ in range(sentences))
    extents = tuple(lines(text, 0, len(text)))
    spans = tuple(Span(start, text.index(" ", start), "PER") for start, _ in extents)
    return Document(id, text, spans, extents, meta={"n": [1]}, origin=Origin("a.txt"))


@pytest.mark.parametrize("tokens", ["corpus", "spacy"])
@pytest.mark.parametrize("group", [1, 2])
def test_all_of_a_document_comes_back_from_its_groups(group: int, tokens: str, tmp_path: Path) -> None:
    options = WriteOptions(group=group, tokens=tokens)

    @examples(150)
    @given(st.lists(documents(), max_size=3))
    def check(some: list[Document]) -> None:
        kept = [*documents_of(fit(batch_of(some, "a.txt"), docbin.KEEPS, docbin.tokens(options), None).batch)]
        made(kept, tmp_path / "a.spacy", group, tokens)
        back = read(tmp_path / "a.spacy")
        assert back == kept
        assert difference(batch_of(kept, "a"), batch_of(back, "a"), docbin.KEEPS) is None
        for one, other in zip(back, kept, strict=True):
            assert all(one.locate(at) == other.locate(at) for at in range(len(one.text) + 1))
            assert [one.place(span) for span in one.spans] == [other.place(span) for span in other.spans]

    check()


@examples(300)
@given(documents(), st.integers(1, 3))
def test_groups_have_all_of_the_text_and_cut_no_span_and_no_sentence(one: Document, group: int) -> None:
    found = [*documents_of(grouped(batch_of([one], "a.txt"), group).batch)]
    assert "".join(part.text for part in found) == one.text
    assert sum(len(part.spans) for part in found) == len(one.spans)
    assert sum(len(part.sentences) for part in found) == len(one.sentences)
    assert all(part.text for part in found) or len(found) == 1
    assert sum(len(part.marks) for part in found) == len(one.marks)
    assert sum(len(part.joins) for part in found) == len(one.joins)


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=30), st.integers(1, 5), st.integers(1, 20))
def test_a_group_is_as_large_as_it_may_be(sentences: list[tuple[int, bool]], size: int, most: int) -> None:
    before = [0]
    for count, _ in sentences:
        before.append(before[-1] + count)
    free = [may for _, may in sentences]
    found = first_sentences(before, free, Limits(0, size, most))
    bounds = [0, *found, len(sentences)]
    assert bounds == sorted(set(bounds)) or not sentences
    assert all(free[number] for number in found)
    for first, last in pairwise(bounds):
        passed = [number for number in range(first + 1, last) if free[number]]
        assert all(number - first < size and before[number] - before[first] <= most for number in passed)
        assert last == len(sentences) or last - first >= size or before[last + 1] - before[first] > most


def test_a_large_document_is_grouped_unasked_and_a_small_one_only_when_asked(tmp_path: Path) -> None:
    large, small = corpus(600), corpus(30, "s")
    docs = made([large, small], tmp_path / "a.spacy", None)
    assert len(docs) == 61
    assert max(map(len, docs[:60])) <= MANY_TOKENS
    assert "".join(doc.text for doc in docs[:60]) == large.text
    assert docs[60].text == small.text
    assert [len(made([large, small], tmp_path / "a.spacy", group)) for group in (0, 10, 100)] == [2, 63, 7]


def test_long_lines_are_grouped_by_their_tokens(tmp_path: Path) -> None:
    text = ("word " * 900 + "\n") * 7
    docs = made([Document("d", text)], tmp_path / "a.spacy", None)
    assert [len(doc) for doc in docs] == [2 * 901] * 3 + [901]
    text = "word " * 5000 + "\nend ."
    assert [len(doc) for doc in made([Document("d", text)], tmp_path / "a.spacy", None)] == [5001, 2]


def test_a_span_across_sentences_keeps_them_together(tmp_path: Path) -> None:
    one = corpus(4)
    third = one.sentences[2]
    spans = (*one.spans, Span(one.sentences[1][0], third[1], "EVENT"))
    docs = made([Document("d", one.text, spans, one.sentences)], tmp_path / "a.spacy", 1)
    assert [doc.text.count("\n") for doc in docs] == [1, 2, 1]
    assert [len(doc.spans["sc"]) for doc in docs] == [1, 3, 1]


def test_each_group_says_what_it_is_and_where_it_came_from(tmp_path: Path) -> None:
    one = corpus(5)
    places = Origin("a.txt", tuple(start for start, _ in one.sentences), (1, 2, 3, 4, 5), (1,) * 5)
    marks = (Mark(one.sentences[2][0], "tag", "p"), Mark(len(one.text), "tag", "q"))
    whole = Document("d", one.text, one.spans, one.sentences, marks, meta={"n": 1}, origin=places)
    docs = made([whole], tmp_path / "a.spacy", 2)
    kept = [doc.user_data["nerconv"] for doc in docs]
    assert [(data["id"], tuple(data["part"])) for data in kept] == [("d", (1, 3)), ("d", (2, 3)), ("d", (3, 3))]
    assert [len(data.get("marks", ())) for data in kept] == [0, 1, 1]
    assert ["meta" in data for data in kept] == [True, False, False]
    (back,) = read(tmp_path / "a.spacy")
    assert (back, back.origin, back.meta) == (whole, places, {"n": 1})


def test_groups_that_do_not_follow_each_other_are_documents_of_their_own(tmp_path: Path) -> None:
    docs = made([corpus(6), corpus(6, "e")], tmp_path / "a.spacy", 2)
    ids = {}
    for name, order in {
        "gone": [0, 2],
        "mixed": [0, 3, 1, 4, 2, 5],
        "first": [1, 2, 3, 4, 5],
        "turned": [2, 1, 0],
    }.items():
        DocBin(store_user_data=True, docs=[docs[number] for number in order]).to_disk(tmp_path / "b.spacy")
        found = read(tmp_path / "b.spacy")
        assert sum(len(one.spans) for one in found) == sum(len(docs[number].spans["sc"]) for number in order)
        ids[name] = [one.id for one in found]
    assert ids == {
        "gone": ["d/g1", "d/g3"],
        "mixed": ["d/g1", "e/g1", "d/g2", "e/g2", "d/g3", "e/g3"],
        "first": ["d/g2", "d/g3", "e"],
        "turned": ["d/g3", "d/g2", "d/g1"],
    }


@pytest.mark.parametrize("part", [(0, 3), (3, 2), (-1, -1), (1, 1), (1, 0), (2, 2), (1, 10**15)])
def test_parts_that_cannot_be_are_read_all_the_same(part: tuple[int, int], tmp_path: Path) -> None:
    (doc,) = made([corpus(2)], tmp_path / "a.spacy", 0)
    doc.user_data["nerconv"] = {**doc.user_data["nerconv"], "part": list(part)}
    DocBin(store_user_data=True, docs=[doc, doc]).to_disk(tmp_path / "b.spacy")
    assert [len(one.spans) for one in read(tmp_path / "b.spacy")] == [2, 2]


def test_a_tally_counts_what_was_grouped_and_what_is_large_still() -> None:
    assert tally([1, 3, 2], [5, 1, 1, 4001, 4000, 3]) == {"documents": 2, "Docs": 5, "large": 1}
