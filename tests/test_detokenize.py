"""Natural spacing: what is joined, and that every offset follows."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nerconv import tokens
from nerconv.conversion import change
from nerconv.document import Document, Mark, Origin, Span
from nerconv.options import LANGUAGES
from nerconv.spacing import added_spaces
from nerconv.spacing.languages import TABLES
from nerconv.spacing.line import Line, units_of
from nerconv.spacing.symbols import settle
from nerconv.views import batch_of, documents_of

TEXTS = Path(__file__).parent / "data/spacing"


def detokenize(*documents: Document, language: str = "en") -> Document:
    """Return the last of ``documents``, which become a batch, with natural spacing."""
    return list(documents_of(change.detokenize(batch_of(documents, "f"), language)))[-1]


CASES = [
    ("Rafsanjani 's staff ( C ) met , twice .", "Rafsanjani's staff (C) met, twice."),
    ("He did n't say `` yes '' or “ no ” ; why ?", "He didn't say ``yes'' or “no”; why?"),
    ('She said " no " and left .', 'She said "no" and left.'),
    ('An odd " quote stays .', 'An odd " quote stays.'),
    ("up 5 % to $ 3 . \nNext line . \n", "up 5% to $3.\nNext line.\n"),
    ("a -LRB- b , .5 and :) stay", "a -LRB- b, .5 and :) stay"),
    ("’s first . ’s", "’s first.’s"),
    (". starts", ". starts"),
    ("a  , two spaces stay", "a  , two spaces stay"),
    ("a \t\r \nb", "a \t\r \nb"),
]


@pytest.mark.parametrize(("text", "natural"), CASES)
def test_spacing(text: str, natural: str) -> None:
    assert detokenize(Document("d", text)).text == natural


#: Tokens of tokenisers that split every symbol off.
FINE = [
    ("Daesh ’ s and Da ’ esh , the victims ’ families", "Daesh’s and Da’esh, the victims’ families"),
    ("counter - messaging by Al - Jubeir on - the - record", "counter-messaging by Al-Jubeir on-the-record"),
    ("the U.S. - Iraq pact and the U . S . - led one", "the U.S.-Iraq pact and the U.S.-led one"),
    ("short - and long - term , and / or 18 - 19", "short- and long-term, and/or 18-19"),
    ("He left - the others stayed - but came back .", "He left - the others stayed - but came back."),
    ("- one item\n- two items", "- one item\n- two items"),
    ("BAGHDAD - Iraqi police left .", "BAGHDAD - Iraqi police left."),
    ("you — through trade — and -- well -- so", "you—through trade—and -- well -- so"),
    ("in D . C . at 10 : 30 a . m . on the 3 . 5 km road", "in D.C. at 10:30 a.m. on the 3.5 km road"),
    ("$ 530 , 000 , US $ 5 , and 1 , 2 and 3", "$530,000, US$5, and 1, 2 and 3"),
    ("see www . example . org / a , or a . b @ example . org .", "see www.example.org/a, or a.b@example.org."),
    ("by @ Name on # tag : AT & T but cats & dogs", "by @Name on #tag: AT&T but cats & dogs"),
    ("' yes ' , he said , ' or no ' ; it ' s so", "'yes', he said, 'or no'; it's so"),
    ("name ( s ) . [ 1 ] and [ 2 ]", "name(s).[1] and [2]"),
    ("gon na can not do can not only", "gonna cannot do can not only"),
    ("so . . . he said ? !", "so... he said?!"),
    ("O ' Brien ' s ' 90s rock ' n ' roll", "O'Brien's '90s rock 'n' roll"),
]


@pytest.mark.parametrize(("text", "natural"), FINE)
def test_tokens_of_every_symbol_are_put_together(text: str, natural: str) -> None:
    assert detokenize(Document("d", text)).text == natural


OTHERS = [
    ("de", "„ Ja “ , sagte er . 5 % , 3 , 5 €", "„Ja“, sagte er. 5 %, 3,5 €"),
    ("de", "Ost - und West - Berlin , der 28 - jährige", "Ost- und West-Berlin, der 28-jährige"),
    ("de", "» Ja « und « Nein »", "»Ja« und «Nein»"),
    ("fr", "L ' homme a dit : « Oui ! » 5 %", "L'homme a dit : « Oui ! » 5 %"),
    ("fr", "a - t - il dit -elle aujourd ' hui", "a-t-il dit-elle aujourd'hui"),
    ("es", "¿ Qué ? ¡ No ! « Sí » , 5 %", "¿Qué? ¡No! «Sí», 5%"),
    ("es", "— Hola — dijo Ana — . Y tú ?", "—Hola —dijo Ana—. Y tú?"),
]


@pytest.mark.parametrize(("language", "text", "natural"), OTHERS)
def test_each_language_has_its_own_spacing(language: str, text: str, natural: str) -> None:
    assert detokenize(Document("d", text), language=language).text == natural


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_taken_apart_come_out_as_they_were(language: str) -> None:
    lines = (TEXTS / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    apart = "\n".join(" ".join(re.findall(r"\w+|[^\w\s]", line)) for line in lines)
    made = detokenize(Document("d", apart), language=language).text.split("\n")
    assert [line for line, again in zip(lines, made, strict=True) if line != again] == UNSETTLED.get(language, [])


#: What no rule tells: ``J . - P .`` are initials of one name, and ``M .`` is none of them.
UNSETTLED = {"fr": ["Le maire de Saint-Jean-sur-Mer, M. J.-P. Dumas, s'est rendu à Aix-la-Chapelle."]}


def test_a_hyphen_is_a_dash_where_the_tokens_of_the_document_have_theirs() -> None:
    dash = "The long-term plan - budget cuts - failed ."
    assert detokenize(Document("d", dash + "\nA two-year term .")).text.startswith("The long-term plan - budget cuts")
    # What a document has with a hyphen elsewhere is a word; what stands in another document is not known.
    known = "the so-called plan , a two-year term , this so - called plan"
    assert detokenize(Document("d", known)).text.endswith("this so-called plan")
    assert detokenize(Document("d", dash), Document("e", "plan - budget")).text == "plan-budget"


def test_a_quotation_may_run_over_lines() -> None:
    text = '" It was late .\nWe left . " He sighed .\n" So be it . "'
    assert detokenize(Document("d", text)).text == '"It was late.\nWe left." He sighed.\n"So be it."'


def test_languages_are_those_of_the_option() -> None:
    assert tuple(TABLES) == LANGUAGES


def test_spans_marks_joins_and_places_follow() -> None:
    text = "Ann 's aide , Bob , left . \n( Rome )"
    spans = (Span(0, 3, "PER"), Span(14, 17, "PER"), Span(30, 34, "LOC"))
    origin = Origin("f", (0, 28), (1, 2), (1, 1))
    document = Document("d", text, spans, ((0, 26), (28, 36)), (Mark(30, "tag", "x"),), origin=origin)
    natural = detokenize(Document("before", 'He said , " no " ( twice ) . '), document)
    assert natural.text == "Ann's aide, Bob, left.\n(Rome)"
    assert [natural.covered(span) for span in natural.spans] == ["Ann", "Bob", "Rome"]
    assert [natural.text[a:b] for a, b in natural.sentences] == ["Ann's aide, Bob, left.", "(Rome)"]
    assert natural.marks[0].offset == natural.text.index("Rome")
    assert tokens.words(natural, 0, len(natural.text)) == tokens.words(document, 0, len(text))
    rome = natural.locate(natural.text.index("Rome"))
    assert rome and (rome.line, rome.column) == (2, 3)


_TOKENS = (*"a,.()“”\"$%-'’/@:«—1U[]&#°<>l\n ", "Bob", "'s", "n't", "``", "http", "www", "20", "é𝄞", "\u00a0", "")
_text = st.lists(st.sampled_from(_TOKENS), max_size=25).map(" ".join)


@given(_text, st.sampled_from(LANGUAGES))
def test_tokens_stay_what_they_were_and_every_character_knows_its_place(text: str, language: str) -> None:
    breaks = [i + 1 for i, c in enumerate(text) if c == "\n"]
    origin = Origin("f", (0, *breaks), tuple(range(1, len(breaks) + 2)), (1,) * (len(breaks) + 1))
    document = Document("d", text, sentences=tuple(tokens.lines(text, 0, len(text))), origin=origin)
    natural = detokenize(document, language=language)
    assert tokens.words(natural, 0, len(natural.text)) == tokens.words(document, 0, len(text))
    lines = text.split("\n")
    for offset, character in enumerate(natural.text):
        where = natural.locate(offset)
        assert where and (character == "\n" or lines[where.line - 1][where.column - 1] == character)


_line = st.lists(st.sampled_from([token for token in _TOKENS if token not in ('"', "-", "\n")]), max_size=12).map(
    " ".join
)


@given(_line, st.sampled_from(LANGUAGES))
def test_what_is_settled_without_rules_is_what_the_rules_say(text: str, language: str) -> None:
    units, before, glued = units_of(text.split(" "))
    line = Line(units, TABLES[language])
    settle(line, {})
    spaces = [at for at, sign in enumerate(text.encode()) if sign == ord(" ")]
    end = len(text.encode().rstrip(b" \t"))
    gone = {spaces[number] for number in (*glued, *(before[at] for at in line.hung))}
    found = added_spaces(text.encode(), np.array([[0, len(text.encode())]]), language).tolist()
    assert [at for at in found if at < end] == sorted(at for at in gone if at < end)
