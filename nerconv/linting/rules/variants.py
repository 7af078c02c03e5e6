"""Variant rules: the same name in another spelling, in part, or mostly without a label. They compare all documents."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from nerconv.document import Document, Span
from nerconv.linting.rule import Fix, Flag, Measured, Options, Rule, SpanChange, number, shown, switch

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus

_WORD: Final = re.compile(r"[^ \t\n]+")
#: A line with more characters is text, whatever its letters are.
_LONGEST_HEADER: Final = 2000
#: What hangs on a name in a variant of it: a possessive, a colon.
_TAIL: Final = re.compile(r"(?:['’][sS])?:?\Z")


def _variant_untagged(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    known = _known(corpus, int(number(options, "least")))
    # What is labelled in capitals, too, is for X311.
    capitals = {word for word, total in corpus.totals.items() if total > 1 and word.isupper()}
    found = [
        (document, start, variant)
        for document, words in corpus.capitalised_words(partial(_variant, known))
        for start, end in words
        if (variant := _variant(known, document.text[start:end])) and variant.word not in capitals
    ]
    spellings = {spelling for _, _, variant in found for spelling in (variant.surface, variant.surface.casefold())}
    bare = corpus.untagged_words(spellings)
    lines: defaultdict[tuple[int, int], list[tuple[Document, int, _Variant]]] = defaultdict(list)
    for document, start, variant in found:
        if not bare[variant.surface] and not bare[variant.surface.casefold()]:
            begin = document.text.rfind("\n", 0, start) + 1
            if switch(options, "headers") and _is_header(document.text, begin):
                lines[id(document), begin].append((document, start, variant))
            elif not _is_header(document.text, begin):
                yield document, _flag_of_name(start, variant)
    bare_names = Counter(variant.label for names in lines.values() for _, _, variant in names)
    labelled, share = _labelled_in_headers(corpus, known) if lines else Counter[str](), number(options, "share")
    chosen = {label for label, count in bare_names.items() if labelled[label] >= share * (labelled[label] + count)}
    for names in lines.values():
        if some := [(start, variant) for _, start, variant in names if variant.label in chosen]:
            yield names[0][0], _flag_of_header(some)


def _labelled_in_headers(corpus: LintCorpus, known: dict[str, tuple[str, str]]) -> Counter[str]:
    """Return by label how many ``known`` names in capitals have it in a header line."""
    capitals = corpus.surfaces.whose(
        lambda surface: surface.isupper() and len(surface) > 3 and surface.casefold() in known
    )
    found = Counter[str]()
    for mention in (mention for some in corpus.mentions(capitals).values() for mention in some):
        text, span = mention.document.text, mention.span
        found[span.label] += _is_header(text, text.rfind("\n", 0, span.start) + 1)
    return found


def _is_header(text: str, begin: int) -> bool:
    """Return whether the line that begins at ``begin`` has more capitals than other letters."""
    end = text.find("\n", begin)
    line = text[begin : end if end >= 0 else None]
    return len(line) <= _LONGEST_HEADER and 2 * sum(map(str.isupper, line)) > sum(map(str.isalpha, line))


def _flag_of_name(start: int, variant: _Variant) -> Flag:
    word, name, label, surface = variant
    message = (
        f"{shown(word)} has no label here, and {shown(surface)} is {label} everywhere; label the name, "
        "or make sure that it is none here"
    )
    added = Span(start, start + len(name), label)
    fix = Fix("unsafe", f"label {shown(name)} {label}", (SpanChange(None, added),))
    return Flag(start, start + len(name), message, fix=fix)


def _flag_of_header(names: list[tuple[int, _Variant]]) -> Flag:
    """Return one flag for all names of a header line: whether headers have labels is one decision, not one a name."""
    few = ", ".join(f"{shown(each.name)} {each.label}" for _, each in names[:3]) + (", …" if len(names) > 3 else "")
    what = f"{len(names):,} names in capitals have" if len(names) > 1 else "a name in capitals has"
    message = f"{what} no label in this header line ({few}); label the names of all headers, or of none (headers)"
    spans = (Span(start, start + len(each.name), each.label) for start, each in names)
    fix = Fix("unsafe", "label the names of the header", tuple(SpanChange(None, span) for span in spans))
    start, first = names[0]
    return Flag(start, start + len(first.name), message, fix=fix, about="names in headers")


class _Variant(NamedTuple):
    """A word, the name that stands in it, and the label and the usual spelling of that."""

    word: str
    name: str
    label: str
    surface: str


def _variant(known: dict[str, tuple[str, str]], word: str) -> _Variant | None:
    """Return the name that ``word`` is a variant of, or None."""
    name = _TAIL.sub("", word)
    if (name == word and not word.isupper()) or len(name) < 4 or not name[:1].isupper():
        return None
    label, surface = known.get(name.casefold(), ("", ""))
    return _Variant(word, name, label, surface) if label and surface != word else None


def _known(corpus: LintCorpus, least: int) -> dict[str, tuple[str, str]]:
    """Return the label and the spelling of single words with a capital that have one label throughout, by case-fold."""
    known: dict[str, tuple[str, str]] = {}
    for surface, total in corpus.totals.items():
        word = " " not in surface and surface[:1].isupper() and not surface.isupper()
        if word and total >= least and surface not in corpus.noises and len(labels := corpus.labels_of(surface)) == 1:
            known[surface.casefold()] = (next(iter(labels)), surface)
    return known


def _part_whole(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    wholes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for span in document.spans:
        words = document.covered(span).split(" ")
        if len(words) > 1 and words[-1][:1].isupper() and span.label == "PER":
            wholes[words[-1]][span.label] += 1
    for span in document.spans:
        surface = document.covered(span)
        labels = wholes.get(surface)
        if labels and span.label not in labels and surface not in corpus.noises:
            message = (
                f"{shown(surface)} is {span.label} here and the last word of a PER elsewhere in this document; label "
                "it alike, or make sure that it means something else"
            )
            fix = Fix("unsafe", "label it PER", (SpanChange(span, replace(span, label="PER")),))
            yield Flag(span.start, span.end, message, span, fix)


def _mostly_untagged(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    share, least = number(options, "share"), number(options, "least")
    single = {surface: total for surface, total in corpus.totals.items() if " " not in surface}
    bare = corpus.untagged_words(single.keys())
    rare = {
        surface
        for surface, tagged in single.items()
        if tagged + bare[surface] >= least
        and bare[surface] >= share * (tagged + bare[surface])
        and surface not in corpus.noises
    }
    for surface, mentions in corpus.mentions(corpus.surfaces.among(rare)).items():
        count = bare[surface]
        for document, span in mentions:
            message = (
                f"{shown(surface)} is {span.label} here and has no label {count:,} of "
                f"{count + single[surface]:,} times; take the label off, or label the others"
            )
            fix = Fix("unsafe", "drop the span", (SpanChange(span, None),))
            yield document, Flag(span.start, span.end, message, span, fix)


def _context_variation(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    """Yield spans whose surface with the words around it stands elsewhere under another label."""
    places: defaultdict[tuple[str, str, str], list[tuple[Document, Span]]] = defaultdict(list)
    for document in corpus.documents:
        for span in document.spans:
            before, after = _neighbours(document, span)
            if before and after:
                places[before, document.covered(span), after].append((document, span))
    for (before, surface, after), found in places.items():
        labels = Counter(span.label for _, span in found)
        if len(labels) > 1 and surface not in corpus.noises:
            usual, count = labels.most_common(1)[0]
            for document, span in found:
                if span.label != usual and count > labels[span.label]:
                    message = (
                        f"{shown(f'{before} {surface} {after}')} has {usual} {count:,} times and {span.label} here; "
                        "label it alike"
                    )
                    fix = Fix("unsafe", f"label it {usual}", (SpanChange(span, replace(span, label=usual)),))
                    yield document, Flag(span.start, span.end, message, span, fix)


def _neighbours(document: Document, span: Span) -> tuple[str, str]:
    text = document.text
    before = _WORD.findall(text, max(span.start - 40, 0), span.start)
    after = _WORD.findall(text, span.end, span.end + 40)
    return (before[-1] if before else "", after[0] if after else "")


RULES: Final = (
    Rule(
        code="X303",
        name="variant-untagged",
        scope="corpus",
        severity="warning",
        fix="unsafe",
        about="""A name in capitals, with a possessive or a colon without a label, while its usual form always has one.

`IRAN:` in a headline is the `Iran` of the text; without a label it teaches a model that headlines hold no names. Only
words count that have one label at least `least` times and that never stand without one in their usual form.

A corpus has one policy for header lines, those with more capitals than other letters: label the names of all headers,
or of none. Only where at least `share` of such names under one label have it in headers, the others are findings, one a
line, and all of them one decision. Set the option `headers` to false to leave headers out.""",
        bad=(
            "[LOC Iran  ] said . [LOC Iran  ] left . IRAN: talks failed . ",
            "[LOC Iran  ] or [PER Kolawa  ] \n" * 2
            + "SUBJECT: IRAN: KOLAWA WAITS \nSUBJECT: [LOC IRAN  ] TALKS TO [PER KOLAWA  ] ",
        ),
        good=(
            "[LOC Iran  ] said . Iran left . IRAN: talks failed . ",
            "[PER May  ] left . We may go : MAY: ",
            "[LOC Iran  ] and [PER Kolawa  ] \n" * 2 + "SUBJECT: IRAN: KOLAWA WAITS ",
        ),
        corpus=_variant_untagged,
        options={"headers": True, "least": 2, "share": 0.5},
        precision={
            "planted slips": Measured(6, 6, "2026-11-27"),
            "sample cables": Measured(36, 36, "2026-11-27"),
        },
    ),
    Rule(
        code="X304",
        name="context-variation",
        scope="corpus",
        severity="warning",
        fix="unsafe",
        about="""The same words with the same neighbours under another label (variation n-grams).

What stands in the same context means the same nearly always, which tells errors from true ambiguity: a club named
after its city stands in other contexts than the city (Dickinson & Meurers 2003). Off by default: too few were found to
measure it.""",
        bad=("He is in [LOC Rome  ] today . \nWe met in [LOC Rome  ] today . \nIt rains in [ORG Rome  ] today . \n",),
        good=("in [LOC Rome  ] today . \nin [LOC Rome  ] today . \nbeat [ORG Rome  ] twice . \n",),
        corpus=_context_variation,
        default=False,
        whole=True,
        precision={"wnut17": Measured(3, 4, "2026-11-24")},
    ),
    Rule(
        code="X305",
        name="part-whole-conflict",
        scope="document",
        severity="warning",
        fix="unsafe",
        about="""A surname alone under another label than PER, in a document where it ends the full name of a person.

Texts name a person in full once and by surname afterwards; the second is the same person. Off by default: firms are
named after people, too.""",
        bad=("[PER Ann Velidze  ] left . [ORG Velidze  ] said so . ",),
        good=("[PER Ann Velidze  ] left . [PER Velidze  ] said so . ", "[ORG Old Mill  ] won . [LOC Mill  ] . "),
        local=_part_whole,
        default=False,
        whole=True,
        precision={"wikigold": Measured(0, 9, "2026-11-24")},
    ),
    Rule(
        code="X306",
        name="mostly-untagged-surface",
        scope="corpus",
        severity="warning",
        fix="unsafe",
        about="""A single word that has a label here and none in at least `share` of all its places.

Where nearly every place has no label, either the few are slips or the many are omissions. Words that stand fewer than
`least` times are left out. Off by default: names that are common words (`March`, `Sun`) are flagged as well.""",
        bad=("[ORG State  ] spoke . " + "State law holds . " * 9,),
        good=("[ORG State  ] spoke . State law holds . ",),
        corpus=_mostly_untagged,
        options={"least": 10, "share": 0.8},
        default=False,
        precision={
            "re3d": Measured(1, 1, "2026-11-24"),
            "sec": Measured(1, 1, "2026-11-24"),
            "wikigold": Measured(1, 3, "2026-11-24"),
            "wnut17": Measured(8, 17, "2026-11-24"),
        },
    ),
)
