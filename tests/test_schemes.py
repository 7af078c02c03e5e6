"""Tag schemes: spans and tags are inverses, faults are named first, and both repairs equal their originals."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nerconv.options import INVALID, UsageError
from nerconv.schemes import (
    SCHEMES,
    InvalidTags,
    TokenSpan,
    decode,
    discarded,
    encode,
    get,
    meant,
    prefixes,
    validate,
)

ALL = sorted(SCHEMES)
#: What SeqScore calls the schemes that it has.
SEQSCORE = {"IO": "IO", "IOB1": "IOB", "IOB2": "BIO", "IOBES": "BIOES", "BILOU": "BILOU"}
#: The schemes that seqeval reads right in strict mode; its IOE1 is unfinished, as its own source says.
SEQEVAL = ("IOB1", "IOB2", "IOE2", "IOBES", "BILOU")
ROUNDS = 4000


def tags_of(text: str) -> list[str]:
    return text.split(" ") if text else []


def random_tags(dice: random.Random, letters: str, labels: tuple[str, ...] = ("PER", "LOC")) -> list[str]:
    letters = letters + "O" * 2
    drawn = (dice.choice(letters) for _ in range(dice.randint(0, 9)))
    return [letter if letter == "O" else f"{letter}-{dice.choice(labels)}" for letter in drawn]


@st.composite
def flat_spans(draw: st.DrawFn) -> tuple[list[TokenSpan], int]:
    """Flat spans, often touching, with labels that hold hyphens, and the number of tokens."""
    spans, at = [], draw(st.integers(0, 2))
    for size in draw(st.lists(st.integers(1, 4), max_size=6)):
        spans.append((at, at + size, draw(st.sampled_from(["PER", "creative-work", "-", "O", "B-X", "a b"]))))
        at += size + draw(st.sampled_from([0, 0, 1, 2]))
    return spans, at + draw(st.integers(0, 2))


def touch(spans: list[TokenSpan]) -> bool:
    return any(a[1:] == (b[0], b[2]) for a, b in pairwise(spans))


# One text in every scheme: two touching PER, a LOC that touches the second, O, a single ORG.
SPANS: list[TokenSpan] = [(0, 2, "PER"), (2, 5, "PER"), (5, 6, "LOC"), (7, 8, "ORG")]
WRITTEN = {
    "IO": "I-PER I-PER I-PER I-PER I-PER I-LOC O I-ORG",
    "IOB1": "I-PER I-PER B-PER I-PER I-PER I-LOC O I-ORG",
    "IOB2": "B-PER I-PER B-PER I-PER I-PER B-LOC O B-ORG",
    "IOE1": "I-PER E-PER I-PER I-PER I-PER I-LOC O I-ORG",
    "IOE2": "I-PER E-PER I-PER I-PER E-PER E-LOC O E-ORG",
    "IOBES": "B-PER E-PER B-PER I-PER E-PER S-LOC O S-ORG",
    "BILOU": "B-PER L-PER B-PER I-PER L-PER U-LOC O U-ORG",
}


@pytest.mark.parametrize("name", [name for name in ALL if name != "IO"])
def test_one_text_in_every_scheme(name: str) -> None:
    assert encode(SCHEMES[name], SPANS, 8) == tags_of(WRITTEN[name])
    assert decode(SCHEMES[name], tags_of(WRITTEN[name])) == (SPANS, 0)


def test_io_reads_touching_spans_as_one_and_refuses_to_write_them() -> None:
    assert decode(SCHEMES["IO"], tags_of(WRITTEN["IO"])).spans == [(0, 5, "PER"), (5, 6, "LOC"), (7, 8, "ORG")]
    with pytest.raises(ValueError, match="IO cannot separate the touching 'PER' spans at 0 and 2"):
        encode(SCHEMES["IO"], SPANS, 8)
    assert [name for name in ALL if not SCHEMES[name].tells_touching] == ["IO"]


@pytest.mark.parametrize(
    ("name", "length", "after", "before", "letters"),
    [
        ("IOB2", 3, False, False, "BII"),
        ("IOB1", 3, False, True, "III"),
        ("IOB1", 3, True, False, "BII"),
        ("IOB1", 1, True, True, "B"),
        ("IOE1", 2, True, True, "IE"),
        ("IOE1", 1, True, False, "I"),
        ("IOE1", 1, False, True, "E"),
        ("IOE2", 1, False, False, "E"),
        ("IOBES", 1, True, True, "S"),
        ("BILOU", 4, True, True, "BIIL"),
    ],
)
def test_prefixes(name: str, length: int, after: bool, before: bool, letters: str) -> None:
    assert prefixes(SCHEMES[name], length, after, before) == letters


def test_prefixes_of_no_token_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one token, got 0"):
        prefixes(SCHEMES["IOB2"], 0, False, False)


@pytest.mark.parametrize("name", ALL)
@given(flat_spans())
def test_tags_and_spans_are_inverses(name: str, drawn: tuple[list[TokenSpan], int]) -> None:
    spans, length = drawn
    scheme = SCHEMES[name]
    if not scheme.tells_touching and touch(spans):
        with pytest.raises(ValueError, match="touching"):
            encode(scheme, spans, length)
        return
    tags = encode(scheme, list(reversed(spans)), length)
    assert len(tags) == length
    assert validate(scheme, tags) == []
    assert [decode(scheme, tags, rule) for rule in ("error", "lenient", "discard")] == [(spans, 0)] * 3


@pytest.mark.parametrize("name", ALL)
def test_valid_tags_are_exactly_those_that_are_written(name: str) -> None:
    """Random tags that pass validation come back from their spans unchanged, but for IO's own blindness none fail."""
    dice, scheme, valid = random.Random(name), SCHEMES[name], 0
    for _ in range(ROUNDS):
        tags = random_tags(dice, "".join(scheme.letters))
        if not validate(scheme, tags):
            valid += 1
            assert encode(scheme, decode(scheme, tags).spans, len(tags)) == tags
    assert valid > ROUNDS / 20


@pytest.mark.parametrize(
    ("spans", "length"),
    [([(0, 2, "A"), (1, 3, "B")], 4), ([(0, 5, "A")], 4), ([(2, 2, "A")], 4), ([(-1, 1, "A")], 4)],
)
def test_spans_that_no_tags_can_hold_are_refused(spans: list[TokenSpan], length: int) -> None:
    with pytest.raises(ValueError, match="shares a token with another or lies outside"):
        encode(SCHEMES["IOB2"], spans, length)


@pytest.mark.parametrize("name", SEQSCORE)
def test_the_tables_are_those_of_seqscore(name: str) -> None:
    encoding = pytest.importorskip("seqscore.encoding").get_encoding(SEQSCORE[name])
    # SeqScore counts O after O as "same", here it is "different" like every other pair with an O.
    same = {a + b for a, b in encoding.valid_same_type_transitions} - {"OO"}
    different = {a + b for a, b in encoding.valid_different_type_transitions} | {"OO"}
    assert (SCHEMES[name].same, SCHEMES[name].different) == (same, different)


@pytest.mark.parametrize("name", SEQSCORE)
def test_validation_and_decoding_equal_seqscore(name: str) -> None:
    encoding = pytest.importorskip("seqscore.encoding").get_encoding(SEQSCORE[name])
    validate_labels = pytest.importorskip("seqscore.validation").validate_labels
    dice, scheme = random.Random(name), SCHEMES[name]
    for _ in range(ROUNDS):
        tags = random_tags(dice, "".join(scheme.letters), ("PER", "a-b"))
        theirs = validate_labels(tags, encoding)
        assert len(validate(scheme, tags)) == len(theirs)
        if tags and not theirs.errors:
            mentions = [(m.span.start, m.span.end, m.type) for m in encoding.decode_labels(tags)]
            assert decode(scheme, tags).spans == mentions


@pytest.mark.parametrize(("rule", "theirs"), [("lenient", "conlleval"), ("discard", "discard")])
def test_repairs_of_iob2_equal_seqscore(rule: str, theirs: str) -> None:
    encoding = pytest.importorskip("seqscore.encoding").get_encoding("BIO")
    dice, repaired = random.Random(rule), 0
    for _ in range(ROUNDS):
        tags = random_tags(dice, "BI", ("PER", "a-b")) or ["O"]
        mended = encoding.repair_labels(tags, theirs)
        ours = decode(SCHEMES["IOB2"], tags, rule)
        assert ours.spans == [(m.span.start, m.span.end, m.type) for m in encoding.decode_labels(mended)]
        assert ours.repaired == sum(a != b for a, b in zip(tags, mended, strict=True))
        repaired += ours.repaired
    assert repaired > ROUNDS / 2


@pytest.mark.parametrize("name", ALL)
def test_lenient_equals_conlleval_whatever_the_scheme(name: str) -> None:
    """seqeval's default mode is conlleval with E and S; L and U mean the same as those and are unknown to it."""
    get_entities = pytest.importorskip("seqeval.metrics.sequence_labeling").get_entities
    dice = random.Random(name)
    for _ in range(ROUNDS):
        tags = random_tags(dice, "BIESLU")
        known = [tag.replace("L-", "E-").replace("U-", "S-") for tag in tags]
        theirs = [(start, end + 1, label) for label, start, end in get_entities(known)]
        assert decode(SCHEMES[name], tags, "lenient").spans == theirs


@pytest.mark.parametrize("name", SEQEVAL)
def test_discard_equals_seqeval_strict(name: str) -> None:
    seqeval = pytest.importorskip("seqeval.scheme")
    dice, dropped = random.Random(name), 0
    for _ in range(ROUNDS):
        tags = random_tags(dice, "".join(SCHEMES[name].letters))
        theirs = [(e.start, e.end, e.tag) for e in seqeval.Tokens(tags, getattr(seqeval, name)).entities]
        ours = decode(SCHEMES[name], tags, "discard")
        assert ours.spans == theirs
        inside = {index for start, end, _ in theirs for index in range(start, end)}
        assert ours.repaired == sum(tag != "O" and index not in inside for index, tag in enumerate(tags))
        dropped += ours.repaired
    assert dropped > ROUNDS / 2


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        ("I-PER E-PER I-PER O", [(0, 2, "PER"), (2, 3, "PER")]),
        ("I-PER E-PER O I-LOC", [(3, 4, "LOC")]),
        ("I-PER E-PER", []),
        ("I-PER E-PER I-LOC", [(2, 3, "LOC")]),
        ("E-PER E-PER I-PER", [(0, 1, "PER"), (1, 2, "PER"), (2, 3, "PER")]),
    ],
)
def test_discard_in_ioe1_drops_a_span_that_ends_in_e_before_nothing(tags: str, spans: list[TokenSpan]) -> None:
    assert decode(SCHEMES["IOE1"], tags_of(tags), "discard").spans == spans


def agreement(gold: list[TokenSpan], predicted: list[TokenSpan]) -> tuple[int, int, int]:
    return len(set(gold) & set(predicted)), len(predicted), len(gold)


# Where evaluators disagree: gold, predicted, then right/predicted/gold as the lenient tools, as those that discard
# under IOB2, and as seqeval under IOB1 count them (measured with the released packages).
DISAGREEMENTS = [
    ("O B-PER O", "O I-PER O", (1, 1, 1), (0, 0, 1), (0, 1, 0)),
    ("B-PER I-PER O", "I-PER I-PER O", (1, 1, 1), (0, 0, 1), (0, 1, 1)),
    ("B-PER I-PER O", "B-PER I-ORG O", (0, 2, 1), (0, 1, 1), (0, 1, 1)),
    ("B-PER O O", "B-PER I-ORG O", (1, 2, 1), (1, 1, 1), (0, 1, 0)),
    ("B-PER B-ORG O", "B-PER I-ORG O", (2, 2, 2), (1, 1, 2), (0, 1, 0)),
    ("B-PER I-PER I-PER", "B-PER I-ORG I-PER", (0, 3, 1), (0, 1, 1), (0, 2, 1)),
    ("B-PER B-PER O", "B-PER I-PER O", (0, 1, 2), (0, 1, 2), (1, 1, 1)),
    ("B-PER I-PER O", "B-PER B-PER O", (0, 2, 1), (0, 2, 1), (1, 1, 1)),
    ("B-PER I-PER O B-LOC", "B-PER I-PER O B-LOC", (2, 2, 2), (2, 2, 2), (1, 1, 1)),
    ("I-PER I-PER O I-ORG", "B-PER I-PER O B-ORG", (2, 2, 2), (0, 2, 0), (0, 1, 2)),
    ("B-ARGM-LOC", "B-ARGM-TMP", (0, 1, 1), (0, 1, 1), (0, 0, 0)),
    # seqeval strips hyphens off labels and counts 2/2/2; SeqScore does not.
    ("B--X B-Y-", "B-X B-Y", (0, 2, 2), (0, 2, 2), (0, 0, 0)),
    ("B-PER O", "O O", (0, 0, 1), (0, 0, 1), (0, 0, 0)),
    ("O O", "O O", (0, 0, 0), (0, 0, 0), (0, 0, 0)),
    ("B-PER I-PER", "B-ORG I-ORG", (0, 1, 1), (0, 1, 1), (0, 1, 1)),
]


@pytest.mark.parametrize(("gold", "predicted", "lenient", "discard", "iob1"), DISAGREEMENTS)
def test_what_evaluators_disagree_on(
    gold: str, predicted: str, lenient: tuple[int, ...], discard: tuple[int, ...], iob1: tuple[int, ...]
) -> None:
    pair = tags_of(gold), tags_of(predicted)
    rules = [("IOB2", "lenient", lenient), ("IOB2", "discard", discard), ("IOB1", "discard", iob1)]
    for name, rule, expected in rules:
        read = [decode(SCHEMES[name], tags, rule).spans for tags in pair]
        assert agreement(*read) == expected, (name, rule)


@pytest.mark.parametrize(
    ("name", "tags", "wrong"),
    [
        ("IOB2", "O I-PER I-PER", [(1, "I-PER", "O", "'I-PER' may not follow 'O' in IOB2")]),
        ("IOB2", "I-PER", [(0, "I-PER", None, "'I-PER' may not begin a sentence in IOB2")]),
        ("IOB2", "B-PER I-LOC", [(1, "I-LOC", "B-PER", "'I-LOC' may not follow 'B-PER' in IOB2")]),
        ("IOB1", "I-PER B-LOC", [(1, "B-LOC", "I-PER", "'B-LOC' may not follow 'I-PER' in IOB1")]),
        ("IOBES", "O B-PER", [(1, "B-PER", "O", "'B-PER' may not end a sentence in IOBES")]),
        ("IOBES", "B-PER O", [(1, "O", "B-PER", "'O' may not follow 'B-PER' in IOBES")]),
        ("IOB2", "E-PER O", [(0, "E-PER", None, "'E-PER' has a letter that is not in IOB2 (B I)")]),
    ],
)
def test_violations_say_what_stands_where(name: str, tags: str, wrong: list[tuple[object, ...]]) -> None:
    found = validate(SCHEMES[name], tags_of(tags))
    assert [(v.index, v.tag, v.previous, v.why) for v in found] == wrong


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "tag", ["PER", "LABEL_1", "-", "", "B", "B-", "-PER", "O-PER", "o", "b-PER", "X-PER", "BI-PER"]
)
def test_what_is_not_a_tag_is_a_violation_in_every_scheme(name: str, tag: str) -> None:
    (violation,) = validate(SCHEMES[name], ["O", tag, "O"])
    assert (violation.index, violation.tag) == (1, tag)
    assert "is not a tag" in violation.why
    assert not violation.repairable
    for rule in INVALID:
        with pytest.raises(InvalidTags, match="is not a tag"):
            decode(SCHEMES[name], ["O", tag, "O"], rule)


def test_invalid_tags_are_refused_with_all_that_is_wrong() -> None:
    with pytest.raises(InvalidTags, match=r"tag 0: 'I-A' may not begin .* and 1 more; .* lenient or discard") as caught:
        decode(SCHEMES["IOB2"], ["I-A", "O", "I-B"])
    assert [violation.index for violation in caught.value.violations] == [0, 2]
    with pytest.raises(UsageError, match="unknown repair 'guess'; known: error, lenient, discard"):
        decode(SCHEMES["IOB2"], ["O"], "guess")


@pytest.mark.parametrize("name", ALL)
@given(tags=st.lists(st.sampled_from(["O", "B-A", "I-A", "E-A", "S-A", "L-A", "U-A", "I-B"])))
def test_any_tags_can_be_read_and_every_repair_is_counted(name: str, tags: list[str]) -> None:
    scheme = SCHEMES[name]
    violations = validate(scheme, tags)
    lenient, discard = decode(scheme, tags, "lenient"), decode(scheme, tags, "discard")
    assert lenient.repaired == len(violations)
    # A repair that dropped nothing would be none; valid tags lose nothing.
    assert bool(violations) == bool(discard.repaired)
    for decoded in (lenient, discard):
        assert all(0 <= start < end <= len(tags) and label for start, end, label in decoded.spans)
        assert all(a[1] <= b[0] for a, b in pairwise(decoded.spans))
    dropped = discarded(scheme, tags)
    assert {*dropped} == {*lenient.spans} - {*discard.spans}
    assert meant(tags) == Counter(label for _, _, label in lenient.spans)


@pytest.mark.parametrize(("alias", "name"), [("bio", "IOB2"), ("BIOES", "IOBES"), ("Bilou", "BILOU"), ("io", "IO")])
def test_names_and_aliases(alias: str, name: str) -> None:
    assert get(alias) is SCHEMES[name]


def test_an_unknown_scheme_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"unknown tag scheme 'BMES' .*'IOBES'.*; known: IOB2, IOBES, .*BIO, BIOES"):
        get("BMES")
