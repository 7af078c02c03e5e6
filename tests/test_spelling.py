"""How tags are spelt: what is one, and what all else looks like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nerconv.schemes import meant
from nerconv.spelling import spelling


@pytest.mark.parametrize(
    ("tag", "kind", "means"),
    [
        ("O", "outside", "O"),
        ("B-PER", "tag", "B-PER"),
        ("I-building-other", "tag", "I-building-other"),
        ("U--", "tag", "U--"),
        ("0", "zero", "O"),
        ("o", "zero", "O"),
        ("_", "zero", "O"),
        ("-", "zero", "O"),
        ("B_PER", "separator", "B-PER"),
        ("I:LOC", "separator", "I-LOC"),
        ("B\u2013PER", "separator", "B-PER"),
        ("b-per", "case", "B-per"),
        ("i-PER", "case", "I-PER"),
        ("PER-B", "suffix", "B-PER"),
        ("PER_I", "suffix", "I-PER"),
        ("M-NAME", "letter", "I-NAME"),
        ("X-PER", "letter", "I-PER"),
        ("O-PER", "letter", "O"),
        ("B", "unlabelled", "B-?"),
        ("B-", "unlabelled", "B-?"),
        ("0.98", "number", ""),
        ("-1e-05", "number", ""),
        ("17", "number", ""),
        ("LABEL_1", "class", ""),
        ("name=B-PER|SpaceAfter=No", "features", "B-PER"),
        ("SpaceAfter=No|name=O", "features", "O"),
        ("B-ORG|B-LOC", "features", "B-ORG"),
        ("(PER*", "parentheses", "B-PER"),
        ("*)", "parentheses", "O"),
        ('"B-PER"', "quoted", "B-PER"),
        ("'PER'", "quoted", "I-PER"),
        ("PER", "label", "PER"),
        ("building-other", "label", "building-other"),
        ("", "unknown", ""),
        (".", "unknown", ""),
        ("-PER", "unknown", ""),
    ],
)
def test_spelling(tag: str, kind: str, means: str) -> None:
    found = spelling(tag)
    assert (found.kind, found.means) == (kind, means)
    assert found.is_sound == (not found.looks) == (not found.fix)


@given(st.text(max_size=8) | st.from_regex(r"[BIESLUOXbm\"(0][-_=|.*)]?[A-Z0-9|=*)\"-]*", fullmatch=True))
def test_whatever_stands_in_a_tag_column_is_counted_once(tag: str) -> None:
    """A tag alone is a span at most, and none only where it stands for O."""
    assert meant([tag]).total() == (spelling(tag).means != "O")


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        ("B_PER I_PER O b-loc", {"PER": 1, "loc": 1}),
        ("PER PER 0 LOC", {"PER": 1, "LOC": 1}),
        ("0.98 0.99", {"?": 1}),
        ("(PER* *) * (LOC)", {"PER": 1, "LOC": 1}),
    ],
)
def test_spans_that_misspelt_tags_stand_for(tags: str, spans: dict[str, int]) -> None:
    assert meant(tags.split()) == spans
