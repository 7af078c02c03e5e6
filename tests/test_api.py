"""The public API: every name is there, nothing heavy is loaded unused, and it gives what the commands give."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from effort import examples
from hypothesis import given
from strategies import documents

import nerconv
from nerconv import Corpus, Document, Span

TEXT = "[PER Win Dayton  ] met [ORG Interior [LOC Iran  ] Ministry  ] 's staff in [LOC Iran  ] . \n"


def test_every_name_can_be_imported() -> None:
    for name in nerconv.__all__:
        assert getattr(nerconv, name) is not None, name
    assert set(nerconv.__all__) <= set(dir(nerconv))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        nerconv.nothing  # noqa: B018


def test_nothing_heavy_is_loaded_before_it_is_used() -> None:
    program = "import nerconv, sys; print(nerconv.__version__, *sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split()[1:])
    assert {name for name in loaded if name.startswith("nerconv")} == {"nerconv", "nerconv.version"}
    assert not loaded & {"numpy", "spacy", "datasets", "typer", "msgspec"}


def test_functions_stay_functions_when_the_packages_behind_them_are_loaded() -> None:
    corpus = nerconv.read(text=TEXT)
    assert nerconv.lint(corpus).spans == 4
    assert nerconv.evaluate(corpus, corpus).micro.f1 == 1
    for name in ("read", "write", "convert", "lint", "fix", "evaluate", "load_model"):
        assert callable(getattr(nerconv, name)), name


def test_text_is_read_as_a_file_of_it_is(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text(TEXT + "[PERS x  ] [LOC \n", encoding="utf-8")
    from_text, from_file = nerconv.read(text=file.read_text(encoding="utf-8")), nerconv.read(file)
    assert [d.spans for d in from_text] == [d.spans for d in from_file]
    assert [f.code for f in from_text.findings] == [f.code for f in from_file.findings]
    assert from_text.unread == from_file.unread == {"LOC": 1}
    assert from_file.facts[0].values["dialect"].startswith("illinois")


def test_paths_or_text_is_read_and_not_both() -> None:
    for given_ in ({}, {"paths": "a.txt", "text": "a"}):
        with pytest.raises(nerconv.UsageError, match="one of the two"):
            nerconv.read(**given_)  # type: ignore[arg-type]


def test_documents_of_several_files_have_ids_of_their_own(tmp_path: Path) -> None:
    for folder in "ab":
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.txt").write_text(TEXT, encoding="utf-8")
    corpus = nerconv.read([tmp_path / "a" / "same.txt", tmp_path / "b" / "same.txt"])
    assert len({document.id for document in corpus}) == len(corpus) == 2


@pytest.mark.parametrize("suffix", [".conll", ".jsonl", ".json", ".parquet", ".spacy", ".txt"])
def test_a_corpus_is_written_as_its_file_is_converted(suffix: str, tmp_path: Path) -> None:
    if suffix == ".parquet":
        pytest.importorskip("datasets", reason="the package datasets is not installed")
    source = tmp_path / "source.txt"
    source.write_text(TEXT + "\nBye [LOC Rome  ] [PER \n", encoding="utf-8")
    converted, written = tmp_path / f"converted{suffix}", tmp_path / f"written{suffix}"
    first = nerconv.convert(source, converted)
    second = nerconv.write(nerconv.read(source), written)
    assert converted.read_bytes() == written.read_bytes()
    assert first.ledger == second.ledger and second.ledger.balanced and second.ledger.unread == 1


@examples(60)
@given(documents())
def test_a_corpus_as_a_source_loses_nothing(document: Document) -> None:
    found = nerconv.corpus.read([Corpus.of([document]).source()], nerconv.ReadOptions())
    assert found.documents == (document,)
    assert not found.findings


@examples(60)
@given(documents())
def test_a_doc_of_spacy_gives_the_document_back(document: Document) -> None:
    pytest.importorskip("spacy", reason="the package spacy is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        doc = document.to_spacy()
    if doc:
        assert doc.text == document.text
        again = Document.from_spacy(doc)
        assert (again.id, again.text, again.marks, again.meta) == (
            document.id,
            document.text,
            document.marks,
            document.meta,
        )


def test_a_doc_of_others_is_read_with_its_entities() -> None:
    spacy = pytest.importorskip("spacy", reason="the package spacy is not installed")
    doc = spacy.blank("en")("Ann Lee left Rome.")
    doc.ents = [doc.char_span(0, 7, "PER"), doc.char_span(13, 17, "LOC")]
    doc.user_data["theirs"] = object()  # cannot be written, and need not be
    document = Document.from_spacy(doc)
    assert document.text == doc.text
    assert [(document.covered(span), span.label) for span in document.spans] == [("Ann Lee", "PER"), ("Rome", "LOC")]
    again = document.to_spacy(doc.vocab)
    assert [entity.label_ for entity in again.ents] == ["PER", "LOC"] and again.vocab is doc.vocab


def test_every_document_is_a_doc_blank_ones_too() -> None:
    pytest.importorskip("spacy", reason="the package spacy is not installed")
    made = Corpus.of([Document("a", ""), Document("b", "Ann", (Span(0, 3, "PER"),)), Document("c", " \n")]).to_docs()
    assert [doc.text for doc in made] == ["", "Ann", " \n"]
    assert Corpus.of([]).to_docs() == []


def test_spans_that_a_dataset_cannot_hold_are_named_in_a_warning() -> None:
    pytest.importorskip("datasets", reason="the package datasets is not installed")
    across = Document("a", "Bank of\nIran .", (Span(0, 12, "ORG"),), sentences=((0, 7), (8, 14)))
    with pytest.warns(UserWarning, match="1 span is not in what was made"):
        Corpus.of([across]).to_dataset()
    dataset = nerconv.read(text=TEXT).to_dataset()
    names = dataset.features["ner_tags"].feature.names
    assert [names[tag] for tag in dataset[0]["ner_tags"]][:5] == ["B-PER", "I-PER", "O", "B-ORG", "I-ORG"]


def test_noise_is_dropped_on_the_way(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("[PER Ann  ] met [PER XXXXXX  ] . \n", encoding="utf-8")
    report = nerconv.convert(source, tmp_path / "a.conll", lint="drop")
    assert [(loss.code, str(loss.where)) for loss in report.lost] == [("K007", f"{source}:1:17")]
    assert "B-PER" in (tmp_path / "a.conll").read_text(encoding="utf-8")


def test_fixes_are_made_only_when_asked(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    before = "[LOC Rome ,  ] is far . \n"
    source.write_text(before, encoding="utf-8")
    assert nerconv.fix(source).made == 1
    assert source.read_text(encoding="utf-8") == before
    assert nerconv.fix(source, write=True).made == 1
    assert source.read_text(encoding="utf-8") == "[LOC Rome  ] , is far . \n"


def test_every_error_has_one_root() -> None:
    errors: list[Any] = [nerconv.UsageError, nerconv.Unreadable, nerconv.NotVerified, nerconv.ModelError]
    assert all(issubclass(error, nerconv.NerconvError) for error in errors)
    with pytest.raises(nerconv.NerconvError, match="no such file"):
        nerconv.read("there is none.txt")
    with pytest.raises(nerconv.NerconvError, match="neither a folder"):
        nerconv.load_model("there-is-none")


def test_reports_show_themselves_with_text_escaped() -> None:
    corpus = nerconv.read(text="[PER <b>Ann  ] met [PER XXXXXX  ] . \n", options=nerconv.ReadOptions(markup="none"))
    for shown in (corpus, corpus[0], nerconv.lint(corpus), nerconv.evaluate(corpus, corpus)):
        html = shown._repr_html_()
        assert "<b>Ann" not in html and "<script" not in html
    assert "&lt;b&gt;Ann" in corpus[0]._repr_html_()
    assert nerconv.evaluate(corpus, corpus).to_dict()["overall"]["micro"]["f1"] == 1
    assert nerconv.lint(corpus).to_dict() is not None


def test_parts_by_name_make_a_file_each_that_share_their_labels(tmp_path: Path) -> None:
    for name, text in (("a", "[PER Ann  ] left . \n"), ("b", "[LOC Rome  ] fell . \n")):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    parts = {"train": tmp_path / "a.txt", "dev": tmp_path / "b.txt"}
    report = nerconv.convert(parts, tmp_path / "out", nerconv.ConvertOptions(to="conll"))
    assert report.documents == {"train": 1, "dev": 1} and report.written == {"PER": 1, "LOC": 1}
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"train.conll", "dev.conll"}


def test_shards_that_are_finished_stay_unless_force_makes_them_again(tmp_path: Path) -> None:
    source, folder = tmp_path / "a.txt", tmp_path / "shards"
    source.write_text(TEXT, encoding="utf-8")
    options = nerconv.ConvertOptions(to="spans_jsonl")
    begun: list[str] = []
    for force in (False, False, True):
        made = nerconv.convert(
            source, folder, options, shard_docs=1, force=force, progress=lambda s: begun.append(s.id)
        )
        assert made.written.total() == 4
    assert begun == ["a", "a"]
    with pytest.raises(nerconv.UsageError, match="force makes shards again"):
        nerconv.convert(source, tmp_path / "b.jsonl", force=True)


def test_several_predictions_are_seeds_and_gates_are_asked_of_the_report() -> None:
    gold, other = nerconv.read(text=TEXT), nerconv.read(text=TEXT.replace("[PER Win Dayton  ]", "Win Dayton"))
    gates = nerconv.GateOptions([nerconv.Floor.of("0.99")], choice="worst")
    report = nerconv.evaluate(gold, gold, seeds=[other], gates=gates)
    assert report.seeds is not None and len(report.seeds.runs) == 2
    assert [gate.passed for gate in report.gates] == [False]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (
            lambda corpus, file: nerconv.convert({"../dev": corpus}, file, nerconv.ConvertOptions(to="conll")),
            "'../dev'",
        ),
        (lambda corpus, file: nerconv.convert({}, file, nerconv.ConvertOptions(to="conll")), "named by a word"),
        (lambda corpus, file: nerconv.convert(corpus, file, workers="2"), "Workers.workers takes int, got '2' (str)"),
        (lambda corpus, file: nerconv.evaluate(corpus), "name what was predicted, or a model"),
        (lambda corpus, file: nerconv.lint(7), "a path, several, or a Corpus, got 7"),
        (lambda corpus, file: nerconv.read(["a.txt", None]), "a path, several, or a Corpus"),
    ],
    ids=[
        "a part outside",
        "no parts",
        "a text for workers",
        "nothing predicted",
        "a number for paths",
        "none of several",
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(ask: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(nerconv.UsageError) as raised:
        ask(nerconv.read(text=TEXT), tmp_path / "out" / "out.conll")
    assert message in str(raised.value)
    assert not (tmp_path / "out").exists()
