"""Models that are trained here judge text that they have not learnt; they and rules make one ranking."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st

import nerconv
from nerconv.document import LABELLED, UNLABELLED, Document, Mark, Span
from nerconv.linting.guesses import Models, WordErrors, asker
from nerconv.models import crf, learner
from nerconv.models.labelled_words import Text, texts_of
from nerconv.models.learner import LearnOptions, by_reference, out_of_fold
from nerconv.models.word_features import WordFeatures
from nerconv.options import UsageError

NAMES = ("Ann", "Bo", "Cid", "Dora", "Eve")
ONE, OTHER = "Ann was here , and Rome slept .", "Bo Lee was there , and Oslo woke ."


def lines(count: int = 60, wrong: int = 30) -> str:
    """Return bracket text in which one name has another label than elsewhere."""
    labels = ["LOC" if n == wrong else "PER" for n in range(count)]
    return "".join(f"[{label} {NAMES[n % 5]}  ] left [LOC Rome  ] on day {n} . \n" for n, label in enumerate(labels))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text(lines())
    return path


def recorded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[int], list[int]]]:
    """Put a learner in place of the linear one that says nothing and records what it learnt and judged."""
    calls = []

    def fake(texts: Sequence[Text], labels: Sequence[str], options: LearnOptions) -> learner.Learn:
        def learn(learnt: Sequence[int], judged: Sequence[int], tick: learner.Tick) -> list[list[np.ndarray]]:
            calls.append((list(learnt), list(judged)))
            tick(1.0)
            return [[np.ones((len(each.words), len(labels))) / len(labels) for each in texts[n]] for n in judged]

        return learn

    monkeypatch.setattr(crf, "learner", fake)
    return calls


def test_each_document_is_judged_once_by_models_that_did_not_learn_it(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = recorded(monkeypatch)
    documents = [Document(f"d{n}", f"Ann {n} left .", (Span(0, 3, "PER"),)) for n in range(20)]
    steps: list[tuple[int, int]] = []
    found = out_of_fold(documents, LearnOptions(folds=4), lambda *step: steps.append(step))
    assert sorted(number for _, judged in calls for number in judged) == list(range(20))
    assert all(sorted([*learnt, *judged]) == list(range(20)) for learnt, judged in calls)
    assert [each[0].sentence.words[1] for each in found.documents] == [str(n) for n in range(20)]
    assert steps == [(5, 20), (10, 20), (15, 20), (20, 20)]


def test_the_same_text_is_never_learnt_and_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = recorded(monkeypatch)
    documents = [Document(f"d{n}", f"Ann {n % 7} left .", (Span(0, 3, "PER"),)) for n in range(28)]
    out_of_fold(documents, LearnOptions(folds=3))
    assert all({n % 7 for n in learnt}.isdisjoint(n % 7 for n in judged) for learnt, judged in calls)


def test_few_documents_are_folded_by_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = recorded(monkeypatch)
    document = Document("d", "\n".join(f"Ann {n} left ." for n in range(9)), (Span(0, 3, "PER"), Span(11, 14, "PER")))
    found = out_of_fold([document], LearnOptions(folds=2))
    assert sorted(len(judged) for _, judged in calls) == [4, 5]
    assert [each.sentence.words[1] for each in found.documents[0]] == [str(n) for n in range(9)]


def test_an_error_that_other_text_speaks_against_is_the_likeliest_and_every_finding_has_a_score(file: Path) -> None:
    report = nerconv.lint(file, folds=3)
    scores = [problem.score for problem in report if problem.extent]
    assert scores and None not in scores
    best = max(report, key=lambda problem: problem.score or 0.0)
    assert (best.where and best.where.line, best.text, best.label, best.proposed) == (31, "Ann", "LOC", "PER")
    assert nerconv.lint(file, folds=3).to_dict() == report.to_dict()


def test_files_of_a_reference_are_learnt_and_only_the_others_judged(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "b.txt"
    other.write_text("[LOC Ann  ] left [LOC Rome  ] on day 3 . \n[PER Bo  ] left [LOC Rome  ] on day 4 . \n")
    report = nerconv.lint(other, nerconv.Selection(("M6",)), reference=file)
    assert [(problem.text, problem.label, problem.proposed) for problem in report] == [("Ann", "LOC", "PER")]


def test_a_file_that_is_judged_cannot_be_the_reference(file: Path) -> None:
    with pytest.raises(UsageError, match=r"a\.txt is judged and in the reference, too"):
        nerconv.lint(file, reference=file.parent / "." / "a.txt")


def test_a_reference_without_annotations_teaches_nothing(file: Path, tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("Ann left . \n")
    with pytest.raises(UsageError, match="--reference names files without annotations"):
        nerconv.lint(file, reference=tmp_path / "b.txt")


@pytest.mark.parametrize(
    ("models", "message"),
    [
        (Models(name="x", folds=3), "--with-model and --folds each say"),
        (Models(name="x", learner="linear"), "a learner trains models"),
        (Models(folds=1), "--folds 1 leaves nothing to learn from"),
        (Models(folds=3, learner="tree"), "unknown learner 'tree'; known: linear, spacy, hf"),
    ],
)
def test_models_that_make_no_sense_are_refused_before_anything_is_read(models: Models, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        asker(models, nerconv.ReadOptions())


def test_labels_that_only_one_side_has_are_named_and_not_compared(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "b.txt"
    other.write_text("[PER Ann  ] left [LOC Rome  ] on [MISC day 3  ] . \n[PER Bo  ] left . \n")
    file.write_text(lines().replace("day", "[ORG day  ]"))
    report = nerconv.lint(other, nerconv.Selection(("M6",)), reference=file)
    assert [problem.message for problem in report if problem.code == "N002"] == [
        "ORG (1): which the annotation never has, is not compared; rename labels of a model with --map",
        "MISC (1): which the model does not know, is not compared; ask one that learnt it",
    ]
    assert all(problem.label != "MISC" and problem.proposed != "ORG" for problem in report)


def test_text_that_nobody_labelled_is_neither_learnt_nor_judged() -> None:
    marks = (Mark(4, UNLABELLED, ""), Mark(11, LABELLED, ""))
    document = Document("d", "Ann met Bo at\nRome .", (Span(0, 3, "PER"), Span(14, 18, "LOC")), marks=marks)
    (text,) = texts_of([document])
    assert [each.labels for each in text] == [("PER", None, None, ""), ("LOC", "")]
    learnt = [Document(f"t{n}", f"{name} met Bo at", (Span(0, len(name), "PER"),)) for n, name in enumerate(NAMES * 4)]
    ask = asker(Models(folds=2), nerconv.ReadOptions())
    assert ask
    opinions = ask([document, *learnt])
    assert opinions.errors and opinions.errors[0].wrong[1:3] == [0.0, 0.0]
    assert all(guess.span.end <= 4 or guess.span.start >= 11 for guess in opinions.guesses[0])


def test_the_label_of_a_word_in_its_own_sentence_is_not_among_its_features() -> None:
    document = Document("d", f"{ONE}\n{OTHER}", (Span(0, 3, "PER"),))
    bare = Document("d", f"{ONE}\n{OTHER}")
    (with_label,), (without,) = (list(WordFeatures(texts_of([each])).of([0], [0])) for each in (document, bare))
    assert with_label[0][0] == without[0][0]


def test_labels_elsewhere_in_the_document_and_in_what_is_learnt_are_features() -> None:
    documents = [Document("a", "Ann left .\nAnn slept .", (Span(0, 3, "PER"),)), Document("b", "Ann woke .")]
    ((first, second), (third,)) = WordFeatures(texts_of(documents)).of({0}, [0, 1])
    assert "dm=PER" in second[0] and "dm=" in first[0]
    assert "g=PER2" in third[0] or "g=2" in third[0]


@examples(60)
@given(
    st.lists(
        st.lists(
            st.tuples(st.text("aB.1", min_size=1, max_size=3), st.sampled_from(("", "X", "Y"))), min_size=1, max_size=5
        ),
        min_size=1,
        max_size=4,
    )
)
def test_words_and_labels_are_those_of_the_document(rows: list[list[tuple[str, str]]]) -> None:
    text, spans = "", []
    for row in rows:
        for word, label in row:
            spans += [Span(len(text), len(text) + len(word), label)] if label else []
            text += word + " "
        text = text[:-1] + "\n"
    (found,) = texts_of([Document("d", text, tuple(spans))])
    assert [list(zip(each.words, each.labels, strict=True)) for each in found] == rows
    for each in found:
        places = zip(each.starts, each.ends, strict=True)
        assert tuple(text[start:end] for start, end in places) == each.words


def test_a_score_is_the_mean_of_the_words_that_the_model_labels_otherwise() -> None:
    errors = WordErrors([0, 4, 8], [3, 7, 9], [0.9, 0.2, 0.1], [True, False, False])
    assert errors.over(0, 9) == 0.9
    assert errors.over(4, 9) == pytest.approx(0.15)


def test_top_leaves_the_likeliest_and_a_rule_and_a_model_about_one_place_are_one(file: Path) -> None:
    file.write_text(lines() + "[PER XXXXXXXX  ] left [LOC Rome  ] on day 61 . \n")
    everything = nerconv.lint(file, folds=3)
    two = nerconv.lint(file, folds=3, top=2)
    masks = {problem.code for problem in everything if problem.text == "XXXXXXXX"}
    assert "C201" in masks and {problem.text for problem in two} == {"XXXXXXXX", "Ann"}
    assert sum(problem.text == "XXXXXXXX" for problem in two) == 1
    assert not nerconv.lint(file, folds=3, top=0).problems


def test_two_names_side_by_side_are_not_taken_for_one() -> None:
    text = "".join(f"[PER {a}  ] [PER {b}  ] left [LOC Rome  ] . \n" for a in NAMES for b in NAMES)
    report = nerconv.lint(nerconv.read(text=text), nerconv.Selection(("M6",)), folds=3)
    assert [problem.message for problem in report] == []


@pytest.mark.skipif(not importlib.util.find_spec("spacy"), reason="needs the extra spacy")
def test_pipelines_of_spacy_speak_against_an_error_that_they_have_not_learnt(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nerconv.models.pipeline_learner._VOTES", 1)
    monkeypatch.setattr("nerconv.models.pipeline_learner._UPDATES", 40)
    report = nerconv.lint(file, nerconv.Selection(("M6",)), folds=2, learner="spacy")
    assert (31, "Ann", "PER") in {(p.where and p.where.line, p.text, p.proposed) for p in report}


@pytest.mark.skipif(not importlib.util.find_spec("torch"), reason="needs the extra hf")
def test_an_encoder_is_fine_tuned_on_other_text(file: Path, tmp_path: Path) -> None:
    from test_models import IOB, tiny

    folder = tiny(tmp_path / "model", IOB)
    documents = nerconv.read(file).documents
    found = by_reference(documents, documents, LearnOptions(learner="hf", encoder=str(folder)))
    assert found.labels == ("", "LOC", "PER")
    rows = [each.probabilities for each in found.documents[0]]
    assert len(rows) == 60 and all(np.allclose(each.sum(1), 1) for each in rows)
    with pytest.raises(nerconv.NerconvError, match="cannot be loaded"):
        by_reference(documents, documents, LearnOptions(learner="hf", encoder=str(tmp_path / "none")))
