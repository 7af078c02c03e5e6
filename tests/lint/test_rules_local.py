"""The rules about single spans: their own examples, their traps, and what they must never do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from local_rules import RULES, corpus_of_text, flags_of
from strategies import documents

from nerconv.document import WHITE_SPACE, Document, Span
from nerconv.linting.corpus import LintCorpus
from nerconv.linting.profiles import PROFILES
from nerconv.linting.rule import Fix, Rule, SpanChange, TextChange
from nerconv.linting.surface import noise
from nerconv.views import batch_of

#: A conflict or an omission of masking needs masking that is labelled, which C201 flags.
_SHARED: Final = {"C215": {"C201"}, "C216": {"C201"}}
_BY_CODE: Final = {rule.code: rule for rule in RULES}


def examples(kind: str) -> list[object]:
    """Return every rule with each of its ``kind`` examples, bad or good."""
    return [
        pytest.param(rule, text, id=f"{rule.code}-{n}")
        for rule in RULES
        for n, text in enumerate(getattr(rule, kind), 1)
    ]


def codes(text: str, folder: Path) -> set[str]:
    """Return the codes of all rules that flag ``text``."""
    corpus = corpus_of_text(text, folder)
    return {rule.code for rule in RULES if flags_of(rule, corpus)}


@pytest.mark.parametrize(("rule", "text"), examples("bad"))
def test_bad_example_is_flagged_by_its_rule_alone(rule: Rule, text: str, tmp_path: Path) -> None:
    assert codes(text, tmp_path) - _SHARED.get(rule.code, set()) == {rule.code}


@pytest.mark.parametrize(("rule", "text"), examples("good"))
def test_good_example_is_not_flagged(rule: Rule, text: str, tmp_path: Path) -> None:
    assert rule.code not in codes(text, tmp_path)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.fix != "none"], ids=lambda rule: rule.code)
def test_some_bad_example_shows_the_fix_that_the_header_promises(rule: Rule, tmp_path: Path) -> None:
    flags = [flag for text in rule.bad for _, flag in flags_of(rule, corpus_of_text(text, tmp_path))]
    assert rule.fix in {flag.fix.safety for flag in flags if flag.fix}


def test_every_rule_says_what_a_reader_needs() -> None:
    assert len(RULES) == len(_BY_CODE) == len({rule.name for rule in RULES})
    for rule in RULES:
        assert rule.bad and rule.good and len(rule.about.split("\n")) > 2, rule.code


def test_profiles_name_rules_and_options_that_exist() -> None:
    for profile in PROFILES.values():
        assert {*profile.extend_select, *profile.ignore, *profile.options} <= set(_BY_CODE)
        for code, options in profile.options.items():
            assert set(options) <= set(_BY_CODE[code].options)


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("B102", "met [PER Khamenei:  ] a case . ", "Khamenei"),
        ("B102", "met [PER - Khamenei ;,  ] a case . ", "Khamenei"),
        ("B102", "[LOC Qom.  ] He left [LOC Qom  ] . ", "Qom"),
        ("B104", "[ORG NATO ( North Atlantic  ] ) met . ", "NATO ( North Atlantic )"),
        ("B105", "[LOC Tehran and  ] Qom . ", "Tehran"),
        ("C202", "[PER XXXXXXXXXXXX Win Dayton  ] spoke . ", "Win Dayton"),
        ("C202", "[PER XXXXXXXX , Win Dayton XXXX  ] spoke . ", "Win Dayton"),
        ("C204", "the [ORG Interior Ministry End Comment.  ] . ", "Interior Ministry"),
        ("C213", "[ORG (S//NF) MFA  ] said . ", "MFA"),
    ],
)
def test_fix_leaves_the_name(code: str, before: str, after: str, tmp_path: Path) -> None:
    rule = _BY_CODE[code]
    flags = flags_of(rule, corpus_of_text(before, tmp_path))
    if code == "B102" and "Qom" in before:  # a word of three letters before a full stop may be an abbreviation
        assert not flags
        return
    [(document, flag)] = flags
    assert flag.fix
    [change] = flag.fix.changes
    assert isinstance(change, SpanChange) and change.new
    assert document.covered(change.new) == after


@pytest.mark.parametrize(
    ("code", "text", "after"),
    [
        ("B101", "[PER Win\u00a0  ] left . ", "Win left . "),
        ("C211", "[ORG AT&amp;amp;T  ] sold . ", "AT&T sold . "),
        ("C211", "[ORG AT&lt;T  ] sold . ", None),
        ("C211", "[ORG Bank -LRB- Europe -RRB-  ] sold . ", "Bank ( Europe ) sold . "),
        ("C212", "[PER Chris\u00adtian  ] left . ", "Christian left . "),
        ("C212", "[PER O\u0092Neil  ] left . ", "O’Neil left . "),
        ("C212", "[LOC Orl\u00c3\u00a9ans  ] . ", "Orléans . "),
        ("C212", "[LOC Orl\ufffdans  ] . ", None),
        ("C205", "who was [LOC ANKARA  ] 00000336 002 OF 003 engaged . ", "who was engaged . "),
    ],
)
def test_fix_rewrites_the_text(code: str, text: str, after: str | None, tmp_path: Path) -> None:
    [(document, flag)] = flags_of(_BY_CODE[code], corpus_of_text(text, tmp_path))
    assert (rewritten(document.text, flag.fix) if flag.fix and flag.fix.safety != "shown" else None) == after


def rewritten(text: str, fix: Fix) -> str:
    """Return ``text`` after the text changes of ``fix``."""
    for change in sorted((c for c in fix.changes if isinstance(c, TextChange)), reverse=True):
        text = text[: change.start] + change.text + text[change.end :]
    return text


_PIECES: Final = st.sampled_from(
    [
        *(
            "XXXXXXXX",
            "XXXXXXXa",
            "Comment",
            "Summary:",
            "End",
            "the",
            "of",
            "Minister",
            "Dr.",
            "Tehran",
            "ANKARA",
            "12",
        ),
        *(
            "(",
            '"',
            "C )",
            "&amp;",
            "-LRB-",
            "\u00a0",
            "\u00ad",
            "\ufffd",
            "Ã©",
            "@",
            ":",
            ",",
            "'s",
            "0000336 002 OF 003",
        ),
    ]
)


@st.composite
def noisy(draw: st.DrawFn) -> Document:
    """A line of noise in which spans stand anywhere."""
    text = draw(st.sampled_from(["", " "])).join(draw(st.lists(_PIECES, min_size=1, max_size=12)))
    text = " ".join([text, *draw(st.lists(_PIECES, max_size=6))])
    spans = []
    for _ in range(draw(st.integers(1, 5))):
        start, end = sorted((draw(st.integers(0, len(text) - 1)), draw(st.integers(1, len(text)))))
        if start < end and text[start] not in WHITE_SPACE and text[end - 1] not in WHITE_SPACE:
            spans.append(Span(start, end, draw(st.sampled_from(["PER", "LOC", "ORG", "MISC", "DATE"]))))
    return Document("noise", text, tuple(spans))


@given(st.lists(documents() | noisy(), max_size=3))
def test_no_rule_raises_and_every_fix_can_be_made(found: list[Document]) -> None:
    corpus = LintCorpus([batch_of(found, "a.txt")])
    for rule in RULES:
        for document, flag in flags_of(rule, corpus):
            assert 0 <= flag.start < flag.end <= len(document.text), rule.code
            assert flag.span is None or flag.span in document.spans, rule.code
            for problem in problems(document, flag.fix, rule):
                pytest.fail(f"{rule.code}: {problem}: {flag}")


def problems(document: Document, fix: Fix | None, rule: Rule) -> Iterator[str]:
    """Yield what keeps ``fix`` from being made."""
    order = ("none", "shown", "unsafe", "safe")
    if fix and order.index(fix.safety) > order.index(rule.fix):
        yield f"its fix is {fix.safety}, the header says {rule.fix}"
    for change in fix.changes if fix else ():
        if isinstance(change, TextChange):
            if not 0 <= change.start < change.end <= len(document.text):
                yield "changes text that is not there"
            continue
        if change.old is not None and change.old not in document.spans:
            yield "changes a span that is not there"
        if fix and fix.safety == "safe" and (not change.old or not change.new or change.old.label != change.new.label):
            yield "is safe and does more than move edges"
        if change.new is not None:
            covered = document.text[change.new.start : change.new.end]
            if not covered or covered[0] in WHITE_SPACE or covered[-1] in WHITE_SPACE:
                yield "makes a span with white space at an edge"
            if change.new == change.old:
                yield "changes nothing"


@pytest.mark.parametrize(
    ("surface", "code"),
    [
        *[(mask, "C201") for mask in ("XXXXXXXXXXXX", "XXXXXXXa", "XXXXXXXXXXXX.", "Xxxxxxxx", "██████", "[**Name**]")],
        *[(mask, "C201") for mask in ("___", "***", "[REDACTED]", "PERSON_1", "<NAME>", "XX/XX/2010", "XXX-XX-1234")],
        *[(mask, "C202") for mask in ("XXXXXXXXXXXX Comment", "Mr. XXXXXXXX", "XXXXXXXXComment", "Win XXXX")],
        *[(word, "C203") for word in ("Summary:", "DECL:", "Comment", "END SUMMARY", "SUBJECT", "Ref:", "TAGS")],
        *[(glued, "C204") for glued in ("MFA Comment", "Comment: MFA", "Tehran End Note", "Note: Tehran")],
        *[(page, "C205") for page in ("ANKARA 00000336 002 OF 003", "SECTION 01 OF 03", "Page 3 of 12")],
        *[(name, None) for name in ("XXX", "XXXVI", "XXXVIII", "xXx", "XXX can of This", "Malcolm X", "f***", "XXL")],
        *[(name, None) for name in ("Galaxy Note", "No Comment", "Land's End", "Introduction", "Background", "To")],
        *[(name, None) for name in ("REFUGEE", "Tagsdorf", "Page", "Jimmy Page", "Summary Ltd", "XIX/XX", "C**")],
    ],
)
def test_noise_by_itself(surface: str, code: str | None) -> None:
    assert noise(surface) == code


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("C208", "[LOC north  ] [LOC south  ] [LOC east  ] of [LOC Iran  ] . "),
        ("C206", "[PER the minister  ] and [PER he  ] and [PER us  ] met [PER Minister  ] . "),
        ("C214", " ".join(["[PER he  ]"] * 9)),
    ],
)
def test_what_a_guideline_does_throughout_is_not_a_slip(code: str, text: str, tmp_path: Path) -> None:
    assert code not in codes(text, tmp_path)
