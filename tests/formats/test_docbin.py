"""DocBin: what spaCy gets is what the document says, its own tools accept it, and all of it comes back."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import warnings
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from reading import in_batches, read_as
from strategies import documents

import nerconv
from nerconv import formats
from nerconv.conversion.fit import fit
from nerconv.conversion.verify import difference
from nerconv.document import Document, Facts, Finding, Item, Mark, Origin, Span, Where
from nerconv.formats import docbin
from nerconv.formats.docbin_provenance import ANCHOR, SENTENCE, SPAN
from nerconv.formats.spacy_strings import hashes_of
from nerconv.io.sources import Source, Unreadable
from nerconv.options import ReadOptions, UsageError, WriteOptions
from nerconv.tokens import lines, trim
from nerconv.views import batch_of
from nerconv.views import documents_of as views_of

spacy = pytest.importorskip("spacy")
from spacy.tokens import Doc, DocBin  # noqa: E402
from spacy.tokens import Span as DocSpan  # noqa: E402
from spacy.vocab import Vocab  # noqa: E402

CORPUS = WriteOptions()
SPACY = WriteOptions(tokens="spacy")


@lru_cache
def blank(language: str) -> Any:
    return spacy.blank(language)


def document(text: str, *spans: tuple[int, int, str], id: str = "d", joins: tuple[int, ...] = ()) -> Document:
    made = tuple(Span(*span) for span in spans)
    return Document(id, text, made, tuple(lines(text, 0, len(text))), joins=joins, origin=Origin("a.txt"))


class Fitted(NamedTuple):
    """A document as a DocBin has it, what it loses, and what is said of spans that stay."""

    document: Document
    lost: list[Finding]
    trimmed: list[Finding]


def fitted(one: Document, options: WriteOptions = CORPUS) -> Fitted:
    batch, lost, _, trimmed = fit(batch_of([one], "a.txt"), docbin.KEEPS, docbin.tokens(options), options.nested)
    (document,) = views_of(batch)
    return Fitted(document, lost, trimmed)


def written(some: list[Document], options: WriteOptions = CORPUS) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "o.spacy")
        formats.write(docbin, in_batches(some), path, options)
        return path.read_bytes()


def read(data: bytes) -> list[Item]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "d.spacy")
        path.write_bytes(data)
        return list(read_as(docbin, Source("d.spacy", "d", path), ReadOptions()))


def docs_of(data: bytes) -> list[Doc]:
    return list(DocBin().from_bytes(data).get_docs(blank("en").vocab))


def doc_of(one: Document, options: WriteOptions = CORPUS) -> Doc:
    return docs_of(written([one], options))[0]


def documents_of(items: list[Item]) -> list[Document]:
    return [item for item in items if isinstance(item, Document)]


def findings_of(items: list[Item]) -> list[Finding]:
    return [item for item in items if isinstance(item, Finding)]


def edges_of(spans: Any) -> list[tuple[int, int, str]]:
    return [(span.start_char, span.end_char, span.label_) for span in spans]


# ---------------------------------------------------------------------------------------------- round trip


@pytest.mark.parametrize("options", [CORPUS, SPACY], ids=["corpus", "spacy"])
def test_all_of_a_document_comes_back(options: WriteOptions) -> None:
    @examples(120)
    @given(st.lists(documents(), max_size=3))
    def check(some: list[Document]) -> None:
        kept = [fitted(one, options).document for one in some]
        items = read(written(kept, options))
        assert documents_of(items) == kept
        assert difference(batch_of(kept, "a"), batch_of(documents_of(items), "a"), docbin.KEEPS) is None
        assert [d.origin for d in documents_of(items)] == [d.origin for d in kept]
        assert not findings_of(items)

    check()


@examples(150)
@given(documents())
def test_the_text_of_a_doc_is_the_text_and_its_entities_meet_it(one: Document) -> None:
    kept = fitted(one).document
    doc = doc_of(kept)
    assert doc.text == kept.text
    assert not doc.has_unknown_spaces
    assert {(s.start, s.end, s.label) for s in kept.spans} >= set(edges_of(doc.ents))
    assert not any(entity[0].is_space or entity[-1].is_space for entity in doc.ents)
    assert all(token.is_sent_start is not None for token in doc)


def test_places_marks_and_meta_stand_in_the_user_data() -> None:
    one = Document(
        "a/1",
        "Ann met Bob",
        (Span(0, 3, "PER", Where("b.txt", 7, 2)), Span(8, 11, "PER")),
        ((0, 11),),
        (Mark(4, "tag", "X"),),
        meta={"n": [1, 2**70], "t": {"deep": None}},
        origin=Origin("a.txt", (0, 8), (3, 4), (1, 9)),
    )
    data = written([one])
    kept = docs_of(data)[0].user_data["nerconv"]
    assert kept["id"] == "a/1"
    numbers = hashes_of(["PER"]).tolist()
    assert np.frombuffer(kept["spans"], SPAN).tolist() == [(0, 3, *numbers, 7, 2), (8, 11, *numbers, 4, 9)]
    assert np.frombuffer(kept["sentences"], SENTENCE).tolist() == [(0, 11)]
    assert np.frombuffer(kept["anchors"], ANCHOR).tolist() == [(0, 3, 1), (8, 4, 9)]
    assert kept["paths"] == ((0, "b.txt"),)
    (back,) = documents_of(read(data))
    assert (back.meta, back.marks, back.origin) == (one.meta, one.marks, one.origin)
    assert [back.place(span) for span in back.spans] == [Where("b.txt", 7, 2), Where("a.txt", 4, 9)]


# --------------------------------------------------------------------------------------------- what spaCy sees


@examples(200)
@given(st.lists(st.sampled_from(["ab", "c", "De", " ", "  ", "\n", "\t", "\r\n"]), max_size=12).map("".join))
def test_white_space_is_cut_as_spacy_itself_cuts_it(text: str) -> None:
    expected = blank("xx").tokenizer(text)
    doc = doc_of(document(text))
    assert [(t.text, t.whitespace_) for t in doc] == [(t.text, t.whitespace_) for t in expected]


def test_a_join_is_a_token_without_space_after_it() -> None:
    doc = doc_of(document("Iran's gas,  now", (0, 4, "LOC"), joins=(4, 10, 11)))
    assert [(t.text, t.whitespace_) for t in doc] == [
        ("Iran", ""),
        ("'s", " "),
        ("gas", ""),
        (",", " "),
        (" ", ""),
        ("now", ""),
    ]
    assert edges_of(doc.ents) == [(0, 4, "LOC")]


def test_a_document_without_entities_is_a_real_negative() -> None:
    doc = doc_of(document("nothing here"))
    assert [token.ent_iob_ for token in doc] == ["O", "O"]


def test_a_model_is_held_to_account_for_what_it_finds_in_a_negative() -> None:
    gold = doc_of(document("nothing here"))
    predicted = Doc(gold.vocab, words=["nothing", "here"])
    predicted.ents = [DocSpan(predicted, 0, 1, "PER")]
    scores = spacy.scorer.Scorer.score_spans([spacy.training.Example(predicted, gold)], "ents")
    assert scores["ents_p"] == 0


def test_a_sentence_starts_at_its_first_word_and_white_space_belongs_to_the_one_before() -> None:
    doc = doc_of(document(" \nAnn left . \n\n  Bob \nstayed ."))
    assert [sent.text for sent in doc.sents] == [" \nAnn left . \n\n  ", "Bob \n", "stayed ."]
    assert all(token.is_sent_start in (True, False) for token in doc)


def test_sentences_of_the_document_count_more_than_lines() -> None:
    one = Document("d", "A b\nc . D e .", sentences=((0, 7), (8, 13)))
    assert [sent.text for sent in doc_of(one).sents] == ["A b\nc .", "D e ."]


def test_every_document_has_all_of_its_spans_in_the_group() -> None:
    nested = document("the [ Iran MFA ] x", (0, 16, "MISC"), (6, 14, "ORG"), (6, 10, "LOC"), id="n")
    flat, none = document("Ann left", (0, 3, "PER"), id="f"), document("no one", id="o")
    first, second, third = docs_of(written([nested, flat, none]))
    assert edges_of(first.spans["sc"]) == [(0, 16, "MISC"), (6, 14, "ORG"), (6, 10, "LOC")]
    assert edges_of(first.ents) == [(0, 16, "MISC")]
    assert edges_of(second.spans["sc"]) == edges_of(second.ents) == [(0, 3, "PER")]
    assert edges_of(third.spans["sc"]) == []
    inner = doc_of(nested, WriteOptions(nested="inner"))
    assert edges_of(inner.ents) == [(6, 10, "LOC")]
    assert [edges_of(doc.spans["sc"]) for doc in docs_of(written([flat, none]))] == [[(0, 3, "PER")], []]


def test_a_span_across_sentences_stays() -> None:
    doc = doc_of(document("Ministry of\nForeign Affairs", (0, 27, "ORG")))
    assert edges_of(doc.ents) == [(0, 27, "ORG")]
    assert len(list(doc.sents)) == 2


def test_tokens_of_spacy_are_its_own_and_spans_inside_them_are_named() -> None:
    one = document("Ann's U.S.-based e-mail", (0, 3, "PER"), (6, 9, "LOC"))
    result = fitted(one, SPACY)
    assert [finding.code for finding in result.lost] == ["F006"]
    assert "U.S.-based" in result.lost[0].message
    doc = doc_of(result.document, SPACY)
    assert [t.text for t in doc] == [t.text for t in blank("en")(one.text)]
    assert edges_of(doc.ents) == [(0, 3, "PER")]


def test_white_space_of_spacy_alone_is_trimmed_from_spans() -> None:
    one = document("Ann \u00a0 B\u00a0C", (0, 5, "PER"), (6, 9, "ORG"))
    for options in (CORPUS, SPACY):
        result = fitted(one, options)
        assert [finding.code for finding in result.trimmed] == ["F015"]
        assert "U+00A0" in result.trimmed[0].message
        assert result.document.spans == (Span(0, 3, "PER"), one.spans[1])
        alone = document("Ann \u00a0 B", (4, 5, "PER"))
        assert [finding.code for finding in fitted(alone, options).lost] == ["F006"]


@pytest.mark.parametrize("choice", ["words", "spacy:qq", "spacy:../os", "spacy:en.attrs", "corpus:en", ""])
def test_unknown_tokens_are_refused_with_the_spelling(choice: str) -> None:
    with pytest.raises(UsageError, match=r"spacy:LANG"):
        docbin.tokens(WriteOptions(tokens=choice))


def test_a_language_can_be_named() -> None:
    french = doc_of(document("l'Iran"), WriteOptions(tokens="spacy:fr"))
    assert [t.text for t in french] == ["l'", "Iran"]


@examples(60)
@given(st.lists(documents(), min_size=1, max_size=3))
def test_a_file_holds_the_same_as_one_that_spacy_packs(some: list[Document]) -> None:
    data = written([fitted(one).document for one in some])
    ours = docs_of(data)
    stock = DocBin(attrs=["ENT_IOB", "ENT_TYPE", "SENT_START"], store_user_data=True)
    for doc in ours:
        stock.add(doc)
    attributes = ["ORTH", "SPACY", "ENT_IOB", "ENT_TYPE", "SENT_START"]
    theirs = docs_of(stock.to_bytes())
    for one, other in zip(ours, theirs, strict=True):
        assert one.text == other.text
        assert one.to_array(attributes).tolist() == other.to_array(attributes).tolist()
        assert {key: edges_of(group) for key, group in one.spans.items()} == {
            key: edges_of(group) for key, group in other.spans.items()
        }
        assert one.user_data == other.user_data


def test_the_same_documents_give_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path\nfrom nerconv import formats\nfrom nerconv.document import Document, Span\n"
        "from nerconv.formats import docbin\n"
        "from nerconv.options import WriteOptions\n"
        "from nerconv.views import batch_of\n"
        "docs = [Document('d', 'b a ' * 40, tuple(Span(i, i + 1, 'L' + str(i)) for i in range(0, 80, 2)))]\n"
        "formats.write(docbin, [batch_of(docs, '')], Path('o.spacy'), WriteOptions())\n"
    )
    found = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])}
        subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=True)
        found.append((tmp_path / "o.spacy").read_bytes())
    assert found[0] == found[1]


def test_nerconv_starts_without_spacy() -> None:
    program = "import sys, nerconv.formats; print({'spacy', 'numpy', 'datasets', 'pyarrow'} & set(sys.modules))"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"


# ------------------------------------------------------------------------------------------ files of others


def pack(*docs: Doc, user_data: bool = False) -> bytes:
    packed = DocBin(store_user_data=user_data, docs=docs)
    data: bytes = packed.to_bytes()
    return data


def test_a_file_of_others_is_read_from_entities_group_and_sentence_starts() -> None:
    vocab = Vocab()
    doc = Doc(vocab, words=["Iran", " ", "MFA", "said", "."], spaces=[True, False, True, True, False])
    doc.ents = [DocSpan(doc, 0, 1, "LOC")]
    doc.spans["sc"] = [DocSpan(doc, 0, 1, "LOC"), DocSpan(doc, 0, 3, "ORG"), DocSpan(doc, 1, 3, "ORG")]
    doc.spans["other"] = [DocSpan(doc, 3, 4, "VERB")]
    bare = Doc(vocab, words=["Ann", "left"])
    items = read(pack(doc, bare))
    first, second = documents_of(items)
    assert (first.id, second.id) == ("d#1", "d#2")
    assert first.text == "Iran  MFA said ."
    assert [(s.start, s.end, s.label) for s in first.spans] == [(0, 9, "ORG"), (0, 4, "LOC"), (6, 9, "ORG")]
    assert [finding.code for finding in findings_of(items)] == ["F015", "F019"]
    assert (first.sentences, second.sentences) == ((), ())
    assert second.place(Span(0, 3, "PER")) == Where("d.spacy", 2, 1)
    assert Facts("d.spacy", "docbin", {"span groups not read": "other (1)"}) in items


def test_sentence_starts_of_others_become_sentences_without_outer_white_space() -> None:
    doc = Doc(Vocab(), words=["A", ".", "\n", "B", "."], sent_starts=[True, False, False, True, False])
    (one,) = documents_of(read(pack(doc)))
    assert [one.text[start:end] for start, end in one.sentences] == ["A .", "B ."]


def test_an_entity_of_white_space_alone_is_left_out_and_named() -> None:
    doc = Doc(Vocab(), words=["A", "\n", "B"], ents=["O", "B-PER", "B-PER"])
    items = read(pack(doc))
    assert [finding.code for finding in findings_of(items)] == ["F012"]
    assert [span.label for span in documents_of(items)[0].spans] == ["PER"]


def test_entities_set_anew_since_count_and_those_that_stayed_keep_their_place() -> None:
    one = Document("d", "Ann met Bob", (Span(0, 3, "PER", Where("a.txt", 5, 1)),), origin=Origin("a.txt"))
    doc = doc_of(one)
    doc.ents = [*doc.ents, DocSpan(doc, 2, 3, "PER")]
    (back,) = documents_of(read(pack(doc, user_data=True)))
    assert [(back.covered(s), back.place(s)) for s in back.spans] == [
        ("Ann", Where("a.txt", 5, 1)),
        ("Bob", Where("a.txt", 1, 9)),
    ]


@pytest.mark.parametrize(
    "kept",
    [
        3,
        {"id": 3},
        {"spans": "no"},
        {"meta": "{"},
        {"meta": 1},
        {"meta": "[" * 5000},
        {"sentences": [[0, 99]]},
        {1: 2},
        {"spans": b"no"},
        {"path": "a", "anchors": bytes(23)},
    ],
)
def test_user_data_of_another_shape_is_a_finding_and_reading_goes_on(kept: Any) -> None:
    strange, sound = Doc(Vocab(), words=["a"]), Doc(Vocab(), words=["b"])
    strange.user_data["nerconv"] = kept
    items = read(pack(strange, sound, user_data=True))
    assert [(f.code, f.where) for f in findings_of(items)] == [("F012", Where("d.spacy", 1, 1))]
    assert [one.id for one in documents_of(items)] == ["d#2"]


def test_sentences_that_leave_the_text_are_left_out_and_the_document_stays() -> None:
    strange, sound = Doc(Vocab(), words=["a"]), Doc(Vocab(), words=["b"])
    strange.user_data["nerconv"] = {"sentences": np.array([0, 99]).tobytes()}
    items = read(pack(strange, sound, user_data=True))
    assert [(f.code, f.where) for f in findings_of(items)] == [("F012", Where("d.spacy", 1, 1))]
    assert [(one.id, one.sentences) for one in documents_of(items)] == [("d#1", ()), ("d#2", ((0, 1),))]


# ----------------------------------------------------------------------------------------------- damage


@examples(100)
@given(st.binary(max_size=80))
def test_random_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(Unreadable, match=r"d\.spacy: is not a DocBin or is damaged"):
        read(data)


def test_a_truncated_file_is_refused_and_the_collector_left_as_it_was() -> None:
    data = written([document("Ann left", (0, 3, "PER"))])
    with pytest.raises(Unreadable):
        read(data[: len(data) // 2])
    with pytest.raises(Unreadable):
        read(zlib.compress(b"\x81"))
    assert gc.isenabled()


VALUES = st.one_of(st.none(), st.integers(-9, 9), st.binary(max_size=9), st.lists(st.integers(-3, 3), max_size=3))


@examples(150)
@given(st.sampled_from(["tokens", "spaces", "lengths", "strings", "cats", "flags", "span_groups", "user_data"]), VALUES)
def test_a_docbin_with_a_spoiled_part_is_refused_or_read(part: str, value: object) -> None:
    sound = msgspec.msgpack.decode(zlib.decompress(written([document("Ann of Iran", (0, 11, "PER"), (7, 11, "LOC"))])))
    assert part in sound
    try:
        items = read(zlib.compress(msgspec.msgpack.encode({**sound, part: value})))
    except Unreadable as error:
        assert str(error).startswith("d.spacy: ")
    else:
        assert isinstance(items[0], Facts)


# ------------------------------------------------------------------------------------------ spaCy's own tools


def training_documents() -> list[Document]:
    names = [("Ann", "PER"), ("Rome", "LOC"), ("the United Nations", "ORG"), ("Bob Smith", "PER")]
    made = []
    for number in range(240):
        (who, label), (other, label_2) = names[number % 4], names[number // 4 % 4]
        text = f" {who}  went to\tsee {other} \non day {number} .\n\nIt  rained ."
        at = text.index(other, 10)
        made.append(document(text, (1, 1 + len(who), label), (at, at + len(other), label_2), id=f"d{number}"))
        made.append(document(f"Nobody came on day {number} .", id=f"n{number}"))
    return made


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A configuration as spaCy itself makes it, and the paths of what was written for it."""
    from spacy.cli.init_config import init_config

    folder = tmp_path_factory.mktemp("training")
    made = training_documents()
    for name, part in (("train", made[:400]), ("dev", made[400:])):
        formats.write(docbin, in_batches(part), folder / f"{name}.spacy", CORPUS)
    init_config(lang="en", pipeline=["ner"], optimize="efficiency").to_disk(folder / "config.cfg")
    return folder / "config.cfg", {f"paths.{n}": str(folder / f"{n}.spacy") for n in ("train", "dev")}


def test_spacy_debug_data_has_nothing_against_the_data(
    training: tuple[Path, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    from spacy.cli.debug_data import debug_data

    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        debug_data(training[0], config_overrides=training[1], silent=False)
    printed = capsys.readouterr().out
    assert "No entities consisting of or starting/ending with whitespace" in printed
    assert "No entities crossing sentence boundaries" in printed
    assert "Examples without occurrences available for all labels" in printed
    assert "0 missing value(s)" in printed
    assert "misaligned" not in printed
    assert "400 training docs" in printed
    warned = [line for line in printed.splitlines() if line.startswith("⚠")]
    assert all("Low number of examples to train a new pipeline" in line for line in warned)


def test_spacy_train_takes_it_without_a_warning(training: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    from spacy.cli.train import train

    overrides = {**training[1], "training.max_steps": 2, "training.eval_frequency": 1}
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        train(training[0], tmp_path / "out", overrides=overrides)
    assert not [str(w.message) for w in raised if "[W" in str(w.message)]
    nlp = spacy.load(tmp_path / "out" / "model-last")
    assert set(nlp.get_pipe("ner").labels) == {"PER", "LOC", "ORG"}


def test_documents_are_the_same_whatever_is_unpacked_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nlp = blank("en")
    packed = DocBin(attrs=["TAG", "LEMMA", "ENT_TYPE"], store_user_data=True)
    for number in range(7):
        doc = nlp("Ann left Rome . " * number)
        doc.user_data["x"] = number
        doc.spans["sc"] = [doc[0:1]] if number else []
        packed.add(doc)
    packed.to_disk(tmp_path / "a.spacy")
    whole = read((tmp_path / "a.spacy").read_bytes())
    assert len(documents_of(whole)) == 7
    monkeypatch.setattr("nerconv.formats.docbin_docs._TOKENS", 5)
    assert read((tmp_path / "a.spacy").read_bytes()) == whole


def invalid_spans(path: Path) -> int:
    """Return how many entities of a DocBin ``spacy debug data`` counts as invalid white space."""
    from spacy.cli.debug_data import _compile_gold
    from spacy.training import Corpus

    nlp = spacy.blank("en")
    return int(_compile_gold(list(Corpus(path)(nlp)), ["ner"], nlp, True)["ws_ents"])


SPACES = "\u00a0\u2009\u3000\u2028\u0085\u001f\u200b\ufeff"


@examples(150)
@given(st.text(st.sampled_from(f"ab. \n{SPACES}"), max_size=12), st.data(), st.sampled_from(["corpus", "spacy"]))
def test_no_entity_begins_or_ends_with_what_spacy_takes_for_white_space(
    text: str, data: st.DataObject, tokens: str
) -> None:
    at = data.draw(st.sets(st.integers(0, len(text)), max_size=4))
    extents = [trim(text, a, b) for a, b in zip(sorted(at)[::2], sorted(at)[1::2], strict=False)]
    one = Document("d", text, tuple(Span(*extent, "PER") for extent in extents if extent))
    options = WriteOptions(tokens=tokens)
    kept, lost, trimmed = fitted(one, options)
    assert all(one.covered(span) == one.covered(span).strip() for span in kept.spans)
    assert len(kept.spans) + len(lost) == len(one.spans)
    assert len(trimmed) == len(set(kept.spans) - set(one.spans))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "o.spacy")
        formats.write(docbin, in_batches([kept]), path, options)
        assert documents_of(read(path.read_bytes())) == [kept]
        assert not invalid_spans(path)


def test_spans_beside_punctuation_in_a_docbin_of_others_are_written_as_columns(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    doc = nlp("Ann left Rome, (Italy).\n\nIn Oslo.")
    doc.ents = [
        doc.char_span(at, at + len(name), "LOC") for name in ("Rome", "Italy", "Oslo") for at in [doc.text.index(name)]
    ]
    DocBin(docs=[doc]).to_disk(tmp_path / "a.spacy")
    report = nerconv.convert(tmp_path / "a.spacy", tmp_path / "a.conll")
    assert not report.lost and report.written == {"LOC": 3}
    rows = (tmp_path / "a.conll").read_text(encoding="utf-8").split("\n")
    assert [row.split(" ")[0] for row in rows if row] == [token.text for token in doc if not token.is_space]
