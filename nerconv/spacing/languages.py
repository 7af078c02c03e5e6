"""What each language writes together and apart: the tables that ``nerconv.spacing`` goes by.

A table holds words and symbols, no code. Where usage differs, it has that of newspapers: ``5 %`` and ``5%``, dashes
with and without spaces, « quotation marks » with and without them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

#: Symbols that hang on what stands before them in every language.
_CLOSING: Final = ".,)]}…"
#: Symbols that what follows hangs on, in every language.
_OPENING: Final = "([{¿¡"


class Language(NamedTuple):
    """The spacing of a language; words are in lower case.

    ``closing`` and ``opening``: symbols that hang on the token before and on the one behind. ``pairs``: quotation marks
    that open and close, and hang on what they enclose; others have spaces inside.
    ``tails``: what may follow an apostrophe, as the ``s`` of ``Ann ' s``; ``elided``: what may stand before it, as the
    ``l`` of ``l ' homme``; ``possessive``: letters at the end of words behind which an apostrophe closes the word;
    ``not_possessive``: words that end so and own nothing. ``whole``: tokens that were one word (``gon na``).
    ``percent``: whether ``%`` hangs on its number; ``decimal``: whether a comma stands within numbers of any length,
    not only before three digits; ``dotted``: whether single small letters with full stops are written together, as
    ``e.g.`` is. ``apart``: words that follow a dash rather than a hyphen; ``particles``: those that do when one of
    ``apart`` follows; ``together``: words joined by a hyphen although they are in ``apart``; ``suspended``: words that
    follow a hyphen whose second half comes later; ``enclitic``: what hangs on a verb with its hyphen. ``stems``: where
    it is not empty, a word in lower case follows a hyphen only behind a number, capitals, or one of these ends of
    words. ``em_dash``: what a long dash between words does: ``joined``, ``spaced`` or ``paired``. ``endings``: what
    stands in brackets at the end of a word, as in ``name(s)``.
    """

    closing: str
    pairs: tuple[tuple[str, str], ...]
    opening: str = _OPENING
    tails: frozenset[str] = frozenset()
    elided: frozenset[str] = frozenset()
    possessive: str = ""
    not_possessive: frozenset[str] = frozenset()
    whole: tuple[tuple[str, str], ...] = ()
    percent: bool = True
    decimal: bool = True
    dotted: bool = False
    apart: frozenset[str] = frozenset()
    particles: frozenset[str] = frozenset()
    together: frozenset[tuple[str, str]] = frozenset()
    suspended: frozenset[str] = frozenset()
    enclitic: frozenset[str] = frozenset()
    stems: tuple[str, ...] = ()
    em_dash: str = "spaced"
    endings: frozenset[str] = frozenset()


def words_of(text: str) -> frozenset[str]:
    """Return the words of ``text``, which are set apart by white space."""
    return frozenset(text.split())


#: Before an apostrophe in names of any language: O'Brien, D'Amico.
_NAMES: Final = words_of("o d l m dell dall sant qur")

TABLES: Final[dict[str, Language]] = {
    "en": Language(
        closing=_CLOSING + ";:?!”",
        pairs=(("“", "”"), ("‘", "’"), ("«", "»"), ("„", "“")),
        tails=words_of("s t m d ll re ve"),
        elided=_NAMES,
        possessive="sxzSXZ",
        not_possessive=words_of(
            "as is was has does his hers its this us yes says gives calls means becomes includes plus versus perhaps"
        ),
        whole=(
            ("gon", "na"),
            ("wan", "na"),
            ("got", "ta"),
            ("gim", "me"),
            ("lem", "me"),
            ("ought", "ta"),
            ("dun", "no"),
            ("can", "not"),
        ),
        decimal=False,
        dotted=True,
        apart=words_of(
            """a an the this that these those he she it they we you i his her its their our your my who whom whose which
            what when where while whether because since although though if then and but or nor so yet as is are was were
            be been has have had will would can could may might must should do does did not no never just only even also
            especially particularly including such there here for from with without of at into onto upon about between
            among during until than how why both either each every some any all most more less sometimes perhaps maybe
            possibly always once despite however whose namely i.e. e.g. let please see now"""
        ),
        particles=words_of("in on by to over up off out down after before under through back away"),
        together=frozenset(
            {
                ("would", "be"),
                ("so", "so"),
                ("as", "is"),
                ("no", "no"),
                ("over", "all"),
                ("catch", "all"),
                ("be", "all"),
            }
        ),
        suspended=words_of("and or to"),
        em_dash="joined",
        endings=words_of("s es ies ed ing"),
    ),
    "de": Language(
        closing=_CLOSING + ";:?!",
        pairs=(("„", "“"), ("‚", "‘"), ("»", "«"), ("›", "‹"), ("«", "»"), ("‹", "›"), ("“", "”")),
        tails=words_of("s n ne nen ner m"),
        elided=_NAMES,
        possessive="sxzßSXZ",
        percent=False,
        apart=words_of(
            """der die das den dem des ein eine einen einem einer eines und oder aber sondern denn doch nur auch nicht
            so wie als ob da weil wenn dass daß was wer wo wobei es er sie ich wir ihr man im in am an auf aus bei mit
            nach von vom vor zu zum zur für über unter um ohne gegen bis durch ist sind war waren hat haben wird werden
            kein keine sogar vielleicht jedoch dies diese dieser dieses hier dort nun dann"""
        ),
        suspended=words_of("und oder bzw bzw. beziehungsweise sowie bis wie"),
        stems=("sch", "o", "lich"),
        endings=words_of("in innen en e er n s r m"),
    ),
    "fr": Language(
        closing=_CLOSING + "”",
        pairs=(("“", "”"), ("‘", "’")),
        tails=words_of("hui s t"),
        elided=_NAMES | words_of("c j n s t qu jusqu lorsqu puisqu quoiqu quelqu presqu entr aujourd prud grand p' ch"),
        percent=False,
        dotted=True,
        apart=words_of(
            """un une des et mais ou où donc or ni car qui que dont quand comme dans pour par avec sans chez vers est
            sont était leur leurs son sa ses notre nos votre cette ces si puis alors soit aussi même notamment pas plus
            au aux du de"""
        ),
        together=frozenset({("sud", "est"), ("nord", "est")}),
        enclitic=words_of(
            "il elle on ils elles je tu nous vous ce t le la les lui leur moi toi y en ci là même mêmes m l"
        ),
        suspended=words_of("et ou"),
        endings=words_of("s e es x ne nes le les se ses trice rice"),
    ),
    "es": Language(
        closing=_CLOSING + ";:?!”",
        pairs=(("“", "”"), ("‘", "’"), ("«", "»")),
        tails=words_of("s t"),
        elided=_NAMES,
        apart=words_of(
            """el la los las un una unos unas y e o u pero que quien quienes cual con sin por para en de del al a como
            se su sus lo le les no es era fue son aunque cuando donde si ya más ni sino porque este esta estos estas
            ese esa mi tu muy también según entre hasta desde sobre tras vuelve"""
        ),
        suspended=words_of("y o e u"),
        em_dash="paired",
        endings=words_of("s es a as o os"),
    ),
}
