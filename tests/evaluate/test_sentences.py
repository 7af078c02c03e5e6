"""The sentences of a report: whole, with all spans, chosen by what is asked."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scoring import evaluate

from nerconv.document import Document, Span, Where
from nerconv.evaluation.report import EvaluationReport
from nerconv.evaluation.run import Context, EvaluateOptions
from nerconv.options import ORDERS

#: Sentences of three names each; the numbers say how many of them the predictions have wrong.
WRONG = [0, 1, 3, 2, 1, 0, 3]
LINE = "Ann met Bo and Cy . \n"


def options(limit: int = 500, order: str = "worst", seed: int = 0) -> EvaluateOptions:
    return EvaluateOptions(resamples=0, examples=limit, order=order, seed=seed)


def report_on(wrong: list[int], how: EvaluateOptions) -> EvaluationReport:
    """Return the report on a document with a line for each of ``wrong``: as many of its names are predicted as LOC."""
    gold, said = [], []
    for number, count in enumerate(wrong):
        for place, (start, end) in enumerate([(0, 3), (8, 10), (15, 17)]):
            begin = number * len(LINE)
            gold.append(Span(begin + start, begin + end, "PER", Where("a.txt", number + 1, start + 1)))
            said.append(Span(begin + start, begin + end, "LOC" if place < count else "PER"))
    text = LINE * len(wrong)
    return evaluate([Document("a", text, tuple(gold))], [Document("a", text, tuple(said))], how)


def lines(report: EvaluationReport) -> list[int]:
    return [sentence.start // len(LINE) for sentence in report.sentences]


def test_the_worst_sentences_come_first_and_are_whole() -> None:
    report = report_on(WRONG, options(limit=5))
    assert lines(report) == [2, 6]
    assert report.sentences[0].text == LINE.strip() and report.sentences[0].where == "a.txt:3:1"
    assert [span.kind for span in report_on(WRONG, options()).sentences[2].gold] == ["type", "type", "correct"]
    assert [example.gold and example.gold.start for example in report.examples] == [42, 50, 57, 126, 134, 141]


def test_sentences_are_chosen_by_the_order_that_is_asked_for() -> None:
    assert lines(report_on(WRONG, options(order="source"))) == [1, 2, 3, 4, 6]
    drawn = {tuple(lines(report_on(WRONG, options(limit=1, order="random", seed=seed)))) for seed in range(20)}
    assert len(drawn) > 2
    again = [lines(report_on(WRONG, options(order="random", seed=3))) for _ in range(2)]
    assert again[0] == again[1] and sorted(again[0]) == [1, 2, 3, 4, 6]
    assert report_on(WRONG, options(limit=0)).sentences == report_on(WRONG, options(limit=0)).examples == ()


def test_every_kind_of_error_has_a_sentence_before_the_worst_fill_the_rest() -> None:
    text = LINE * 9
    at = [number * len(LINE) for number in range(9)]
    gold = [Span(begin, begin + 3, "PER") for begin in at] + [Span(begin + 8, begin + 10, "PER") for begin in at]
    said = [Span(begin, begin + 3, "LOC") for begin in at[:8]] + [
        Span(begin + 8, begin + 10, "LOC") for begin in at[:8]
    ]
    said += [Span(at[8], at[8] + 3, "ORG"), Span(at[8] + 8, at[8] + 10, "PER")]
    report = evaluate([Document("a", text, tuple(gold))], [Document("a", text, tuple(said))], options(limit=4))
    assert 8 in lines(report) and len(report.sentences) == 3


def test_a_span_over_two_lines_joins_them_and_a_long_line_is_cut_between_tokens() -> None:
    text = "Ann of \nthe Sea left . \n" + "word " * 400 + "Bo . \n"
    crossing = Document("a", text, (Span(0, 15, "PER"), Span(text.index("Bo"), text.index("Bo") + 2, "PER")))
    report = evaluate([crossing], [Document("a", text, (Span(0, 3, "PER"),))], options(order="source"))
    first, second = report.sentences
    assert first.text == "Ann of \nthe Sea left ." and not first.cut_before and not first.cut_after
    assert second.text.endswith("word Bo .") and second.cut_before and not second.cut_after
    assert len(second.text) < 600 and second.text[slice(second.gold[0].start, second.gold[0].end)] == "Bo"


def test_predicted_spans_of_another_spacing_stand_in_the_text_of_the_gold() -> None:
    gold = Document("a", "Ann  met  Bo Li .", (Span(10, 15, "PER"),))
    said = Document("a", "Ann met Bo Li .", (Span(8, 10, "PER"),))
    (sentence,) = evaluate([gold], [said], options()).sentences
    (span,) = sentence.predicted
    assert sentence.text[span.start : span.end] == "Bo" and span.kind == "boundary"


def test_the_score_of_a_predicted_span_stands_in_its_sentence() -> None:
    text = "Ann met Bo ."
    gold, said = Document("a", text, (Span(0, 3, "PER"),)), Document("a", text, (Span(0, 3, "PER"), Span(8, 10, "PER")))
    context = Context(scores={("a", 0, 3, "PER"): 0.9, ("a", 8, 10, "PER"): 0.25})
    (sentence,) = evaluate([gold], [said], options(), context).sentences
    assert [span.score for span in (*sentence.gold, *sentence.predicted)] == [None, 0.9, 0.25]


@st.composite
def documents(draw: st.DrawFn) -> tuple[list[Document], list[Document]]:
    """Return both sides of documents of up to ten short lines with any spans, nested and crossing ones too."""
    sides: tuple[list[Document], list[Document]] = ([], [])
    for number in range(draw(st.integers(1, 3))):
        text = "".join(draw(st.lists(st.sampled_from(["a ", "bb ", ". \n", "\n"]), min_size=1, max_size=20)))
        words = [at for at, character in enumerate(text) if not character.isspace()]
        for side in sides:
            spans = []
            for _ in range(draw(st.integers(0, 5)) if words else 0):
                start, end = sorted(draw(st.tuples(st.sampled_from(words), st.sampled_from(words))))
                spans.append(Span(start, end + 1, draw(st.sampled_from(["PER", "LOC"]))))
            side.append(
                Document(
                    str(number),
                    text,
                    tuple(dict.fromkeys([*spans, *([Span(words[0], words[0] + 1, "PER")] if words else [])])),
                )
            )
    return sides


@given(documents(), st.sampled_from(ORDERS))
def test_sentences_hold_every_error_and_every_span_of_theirs(
    sides: tuple[list[Document], list[Document]], order: str
) -> None:
    report = evaluate(*sides, options(order=order))
    texts = {document.id: document.text for document in sides[0]}
    for sentence in report.sentences:
        assert texts[sentence.document][sentence.start :].startswith(sentence.text)
        assert all(0 <= s.start < s.end <= len(sentence.text) for s in (*sentence.gold, *sentence.predicted))
    for side, spans in (
        ("gold", [s.gold for s in report.sentences]),
        ("predicted", [s.predicted for s in report.sentences]),
    ):
        found = Counter(span.kind for held in spans for span in held if span.kind != "correct")
        counted = {kind: getattr(count, side) for kind, count in report.kinds.items() if kind != "correct"}
        assert found == Counter({kind: count for kind, count in counted.items() if count})
    for sentence in report.sentences:
        everything = {document.id: document for document in sides[0]}[sentence.document].spans
        stop = sentence.start + len(sentence.text)
        inside = [span for span in everything if sentence.start <= span.start < stop]
        assert len(inside) == len(sentence.gold) and all(span.end <= stop for span in inside)


def test_an_order_that_does_not_exist_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    from nerconv.cli import main

    for words, said in (("--examples-by best", "best"), ("--examples 0 --examples-by worst", "--examples")):
        monkeypatch.setattr(
            sys,
            "argv",
            ["nerconv", "evaluate", "corpus_samples/news", "--predictions", "corpus_samples/news", *words.split()],
        )
        with pytest.raises(SystemExit) as end:
            main()
        assert end.value.code == 2 and said in capsys.readouterr().err
