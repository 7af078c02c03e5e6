"""Which notation a file is in: told from its own tags where they agree, named all the same where a few break it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nerconv import schemes
from nerconv.formats.scheme_detection import SchemeDetection, detect, refusal
from nerconv.notation import LABELS, NAMES, Notation, name_of
from nerconv.options import UsageError
from nerconv.schemes import SCHEMES, InvalidTags, TokenSpan, decode, encode, validate

ALL = sorted(SCHEMES)


def tags_of(text: str) -> list[str]:
    return text.split(" ") if text else []


def sentences_of(text: str, times: int = 1) -> list[list[str]]:
    return [tags_of(sentence) for sentence in text.split(" / ")] * times


def touch(spans: list[TokenSpan]) -> bool:
    return any(a[1:] == (b[0], b[2]) for a, b in pairwise(spans))


def corpus(name: str) -> Iterator[list[str]]:
    dice = random.Random(7)
    for _ in range(300):
        at, spans = 0, []
        while at < 20:
            size = dice.randint(1, 3)
            if dice.random() < 0.4 and at + size <= 20:
                spans.append((at, at + size, dice.choice(("PER", "LOC"))))
            at += size
        if SCHEMES[name].tells_touching or not touch(spans):
            yield encode(SCHEMES[name], spans, 20)


@pytest.mark.parametrize("name", ALL)
def test_a_scheme_is_detected_in_its_own_data(name: str) -> None:
    found = detect(corpus(name))
    assert name in found.candidates
    # Without touching spans of one label IO and IOB1 are the same tags, and the commoner name is given.
    assert found.notation == Notation("IOB1" if name == "IO" else name)
    for tags in corpus(name):
        assert found.notation.decode(tags, "error") == decode(SCHEMES[name], tags)


_TAGS = ["O", "B-A", "I-A", "E-A", "S-A", "L-A", "U-A", "I-B", "B-B", "E-B"]


@given(st.lists(st.lists(st.sampled_from(_TAGS))))
def test_of_schemes_that_fit_one_is_named_when_all_agree(sentences: list[list[str]]) -> None:
    found = detect(sentences)
    fitting = [name for name, scheme in SCHEMES.items() if not any(validate(scheme, tags) for tags in sentences)]
    assert list(found.candidates) == fitting
    readings = {str([decode(SCHEMES[name], tags).spans for tags in sentences]) for name in fitting}
    if fitting:
        assert found.notation == (Notation(fitting[0]) if len(readings) == 1 else None)


@given(st.lists(st.lists(st.sampled_from(_TAGS), min_size=1), min_size=1))
def test_a_repair_that_is_named_is_obeyed(sentences: list[list[str]]) -> None:
    """Whatever the tags, as long as they are spelt as such; the reading is the lenient one of every scheme."""
    found = detect(sentences, repaired=True)
    assert found.notation is not None
    for tags in sentences:
        assert found.notation.decode(tags, "lenient").spans == decode(SCHEMES["IOB2"], tags, "lenient").spans


def test_the_evidence_is_counted() -> None:
    assert detect([tags_of("I-A B-A O I-B"), tags_of("I-A I-B")]) == SchemeDetection(
        Notation("IOB1"),
        (
            "B- after O: 0, after its label: 1, after another: 0",
            "I- after O: 3, after its label: 0, after another: 1",
        ),
        ("IOB1",),
    )
    assert detect([["O"], []]).notation == Notation("IOB2")
    broken = detect([tags_of("B-A I-A O B-B O I-B"), tags_of("O B-B PER")])
    assert (broken.notation, broken.candidates) == (None, ())
    assert broken.evidence[-2:] == ("1 that are not tags, such as 'PER' (1)", "faults: 1 in IOB2, 3 in IOB1")


def test_a_scheme_is_not_guessed_where_two_read_differently(monkeypatch: pytest.MonkeyPatch) -> None:
    """No two of the seven disagree about tags that both allow, so one is made up that does."""
    odd = schemes.Scheme("ODD", single="B", first="I", last="B")
    monkeypatch.setattr(schemes, "SCHEMES", {"IOB1": SCHEMES["IOB1"], "ODD": odd})
    tags = ["I-A", "B-A"]
    assert [decode(SCHEMES["IOB1"], tags).spans, validate(odd, tags)] == [[(0, 1, "A"), (1, 2, "A")], []]
    found = detect([tags])
    assert (found.notation, found.candidates) == (None, ("IOB1", "ODD"))
    assert refusal(found, "--invalid")[0] == "F010"
    clear = detect([["I-A", "O"]])
    assert (clear.notation, clear.candidates) == (Notation("IOB1"), ("IOB1",))


GOOD = sentences_of("B-PER I-PER O B-LOC O / O O / B-ORG I-ORG I-ORG", 20)


@pytest.mark.parametrize(
    ("bad", "name", "share"),
    [
        ("O I-PER O", "IOB2", "120 of 121 tags other than O fit"),
        ("O 0 O", "IOB2", "120 of 121 tags other than O fit"),
        ("B_PER I-PER O", "IOB2", "121 of 122 tags other than O fit"),
        ("O E-PER O", "IOB2", "119 of 121 tags other than O fit"),
    ],
)
def test_a_scheme_that_all_but_a_few_tags_fit_is_that_of_the_file(bad: str, name: str, share: str) -> None:
    found = detect([*GOOD, tags_of(bad)])
    assert found.notation == Notation(name)
    assert found.evidence[0] == share


@pytest.mark.parametrize("name", [name for name in ALL if name != "IO"])
def test_one_orphan_does_not_change_the_scheme(name: str) -> None:
    """IO is IOB1 without touching spans; of every other scheme one broken tag in thousands leaves no question."""
    broken = {"IOB2": "I-PER", "IOB1": "B-PER", "IOE1": "E-PER", "IOE2": "I-PER", "IOBES": "I-PER", "BILOU": "L-PER"}
    tags = ["O", broken[name], "O"]
    assert validate(SCHEMES[name], tags)
    assert detect([*corpus(name), tags]).notation == Notation(name)


@pytest.mark.parametrize(
    ("text", "notation"),
    [
        ("PER PER 0 0 / 0 LOC", Notation(LABELS, "0")),
        ("PERSON O O / O ORGANIZATION", Notation(LABELS)),
        ("PERSON O O / O DATE", Notation(LABELS)),
        ("B-PER I-PER 0 0 / 0 B-LOC", Notation("IOB2", "0")),
        ("B-PER _ _", Notation("IOB2", "_")),
        ("building-other O O", None),
        ("NNP VBD NNP .", None),
        ("0.98 0.51 1.00", None),
        ("0 0 0", None),
        ("LABEL_0 LABEL_1", None),
        ("b-per i-per O", None),
        ("B I O", None),
        ("O O O O O O O O O O O 0", Notation("IOB2")),
        ("O O O O O O O O O O O building-other", None),
    ],
)
def test_bare_labels_are_read_where_all_are_known(text: str, notation: Notation | None) -> None:
    assert detect(sentences_of(text)).notation == notation


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("building-other O O", "say --read-scheme labels"),
        ("0.98 0.51 1.00", "say --tag-column"),
        ("B_PER I_PER O", "write B-PER"),
        ("B_a{0} B_a{x} O", "write B-a{0}"),
        ("PER-B PER-I O", "write B-PER"),
        ("b-per i-per O", "write B-per"),
        ("B-PER O I-PER", "say --read-scheme NAME, or --gold-invalid lenient or discard"),
    ],
)
def test_a_refusal_names_what_helps(text: str, advice: str) -> None:
    found = detect(sentences_of(text))
    assert found.notation is None
    code, message = refusal(found, "--gold-invalid")
    assert code == "F005"
    assert advice in message


def test_what_was_asked_for_is_not_put_in_question() -> None:
    assert detect([["B-A"]], "io").notation == Notation("IO")
    assert detect([["PER", "0"]], "LABELS").notation == Notation(LABELS, "0")
    with pytest.raises(UsageError, match="unknown tag scheme 'BMES'"):
        detect([], "BMES")
    assert [name_of(name) for name in NAMES] == list(NAMES)


def test_labels_are_spans_and_two_that_touch_are_one() -> None:
    notation = Notation(LABELS, "0")
    assert notation.decode(tags_of("PER PER ORG 0 building-other 0"), "error") == (
        [(0, 2, "PER"), (2, 3, "ORG"), (4, 5, "building-other")],
        0,
    )


@pytest.mark.parametrize(
    "tag", ["B-PER", "I-PER", "O", "0.98", "3", "LABEL_1", ".", "B_PER", "M-NAME", "b-per", "PER-B"]
)
@pytest.mark.parametrize("rule", ["error", "lenient", "discard"])
def test_among_labels_what_is_none_is_refused(tag: str, rule: str) -> None:
    with pytest.raises(InvalidTags) as caught:
        Notation(LABELS, "0").decode(["PER", tag, "0"], rule)
    assert [(found.index, found.tag, found.repairable) for found in caught.value.violations] == [(1, tag, False)]
