"""Whether a file is annotated in another notation than brackets with labels, judged over all of it.

Labels are evidence by how well they are known: ``exact`` are those that nearly every annotation has, that were asked
for, or that the file holds; ``folded`` are these in other capitals; ``general`` are other known labels, which are words
of forms and programs, too (``DATE``, ``EVENT``); ``other`` are words in capitals. What proves a notation was measured
on text without annotations (docs/decisions.md).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from nerconv.bracket.dialect import DialectDetection
from nerconv.bracket.labels import CORE
from nerconv.bracket.marks import NO_LABEL
from nerconv.bracket.notations import NOTATIONS
from nerconv.bracket.sightings import Example, Sighted, Sightings
from nerconv.bracket.vocabulary import EDITORIAL, WORDS
from nerconv.document import Finding, Where
from nerconv.options import KNOWN_LABELS


#: Found so often, in which of these, a notation is proven; 0 where it never is. Later ones count those before them.
class Proof(NamedTuple):
    exact: int
    folded: int
    general: int
    other: int


_ALWAYS: Final = Proof(1, 1, 1, 1)
_PROOFS: Final = {
    "<START:person> x <END>": _ALWAYS,
    "@@x##": _ALWAYS,
    '[x]{"entity": "PER"}': _ALWAYS,
    '<ENAMEX TYPE="PER">x</ENAMEX>': _ALWAYS,
    '<mark class="entity">': _ALWAYS,
    '<entity type="PER">x</entity>': Proof(1, 1, 3, 0),
    '<mark class="PER">': Proof(1, 0, 3, 0),
    "<PER>x</PER>": Proof(1, 2, 3, 3),
    "<PER x>": Proof(1, 0, 3, 0),
    "<PER>x": Proof(1, 0, 0, 0),
    "x<PER>": Proof(2, 0, 0, 0),
    "x <PER>": Proof(2, 0, 0, 0),
    "[PER] x [/PER]": Proof(1, 1, 3, 3),
    "[B-PER] x": Proof(1, 0, 2, 4),
    "[x](PER)": Proof(1, 1, 3, 3),
    "[x]{PER}": Proof(1, 0, 3, 3),
    "[x]/PER": Proof(1, 0, 3, 0),
    "[PER: x]": Proof(1, 2, 3, 3),
    "[PER|x]": Proof(1, 2, 3, 3),
    "[PER=x]": Proof(1, 2, 3, 3),
    "[PER/x]": Proof(2, 0, 0, 0),
    "[x|PER]": Proof(1, 1, 3, 0),
    "[x: PER]": Proof(1, 0, 3, 0),
    "[x/PER]": Proof(1, 0, 3, 0),
    "[x - PER]": Proof(1, 0, 3, 0),
    "[x, PER]": Proof(1, 0, 0, 0),
    "[x (PER)]": Proof(2, 0, 3, 0),
    "[ PER x]": Proof(1, 0, 3, 0),
    "x/PER": Proof(1, 0, 3, 0),
    "x|PER": Proof(1, 0, 3, 0),
    "x_PER": Proof(2, 0, 0, 0),
    "x#PER": Proof(2, 0, 0, 0),
    "x\\PER": Proof(2, 0, 0, 0),
    "x[PER]": Proof(1, 0, 3, 2),
    "x [PER]": Proof(1, 0, 3, 4),
    "[PER] x": Proof(2, 0, 0, 0),
    "x B-PER": Proof(1, 1, 1, 3),
    **{f"x{mark}B-PER": Proof(1, 0, 2, 3) for mark in "/_|#\\"},
    "PER[x]": Proof(1, 0, 0, 0),
    "PER(x)": Proof(2, 0, 0, 0),
    "PER{x}": Proof(1, 0, 0, 0),
    "{x}(PER)": Proof(1, 0, 0, 0),
    "{PER: x}": Proof(1, 0, 3, 0),
    "(PER x)": Proof(2, 0, 0, 0),
    "x (PER)": Proof(3, 0, 0, 0),
}
#: Notations in which tags stand behind all words, ``O`` behind those that belong to no name.
_WITH_OUTSIDE: Final = frozenset(("x/PER", "x|PER", "x_PER", "x#PER", "x\\PER"))
#: Notations in which anything else stands, too, so that most must look like a name.
_MOSTLY: Final = frozenset(("x [PER]", "[PER] x", "x <PER>"))
_CORE: Final = CORE | {"GPE", "NORP", "FAC"}
#: Brackets with a label that is not known, and links.
UNKNOWN: Final = "[PER x]"
_LINK: Final = "[x](url)", ""
_CAPITALS: Final = re.compile(r"[A-Z][A-Z0-9]+(?:[_-][A-Z0-9]+)*|[A-Z](?:[_-][A-Z0-9]+)+")
_EXAMPLES: Final = 2
_SHOWN: Final = 6
#: Marks that name no label.
_UNLABELLED: Final = "@@x##"
_ACCEPT: Final = "--accept-unrecognised"


class Unrecognised(NamedTuple):
    """A notation that a file is annotated in: its name, how often each label stands in it, and the first examples.

    ``readers``: the dialects that read it.
    """

    notation: str
    labels: Counter[str]
    examples: list[Example]
    readers: Sequence[str] = ()

    @property
    def is_unknown_label(self) -> bool:
        """Whether it is the notation of brackets, with labels that are not known."""
        return self.notation == UNKNOWN and not self.readers

    def finding(self, path: str, detection: DialectDetection, accepted: bool) -> Finding:
        """Return what is said of it; ``detection`` says how the file is read."""
        first, *others = self.examples
        also = "".join(f", also at {path}:{example.line}:{example.column}" for example in others[: _EXAMPLES - 1])
        what = f"{self._named()} ({self._shown()}){also}"
        where = Where(path, first.line, first.column)
        if accepted:
            return Finding("F007", f"{what}: read as text, which was accepted", where, excerpt=first.shown)
        how = f"not in the dialect {detection.dialect}" if self.readers and detection.dialect else "not recognised"
        advice = self._advice(detection)
        message = f"{what}: {how}, read as text; {advice}, or accept it as text with {_ACCEPT}"
        if detection.dialect is None:
            message = f"{what}: not read; {advice}"
        unread = dict(sorted(self.labels.items()))
        names = sorted({*detection.held, *self.labels} - {NO_LABEL})
        remedies: tuple[Mapping[str, str | list[str]], ...] = ({"labels": names},) if self.is_unknown_label else ()
        return Finding("F017", message, where, excerpt=first.shown, unread=unread, remedies=remedies)

    def _named(self) -> str:
        number = self.labels.total()
        plural = "s" if number > 1 else ""
        if self.is_unknown_label:
            return f"{number:,} bracket{plural} with a label that is not known"
        return f"{number:,} annotation{plural} in the notation {self.notation}"

    def _shown(self) -> str:
        named = sorted(self.labels.items(), key=lambda item: (-item[1], item[0]))
        rest = f", {len(named) - _SHOWN:,} others" if len(named) > _SHOWN else ""
        return ", ".join(f"{label} {count:,}" for label, count in named[:_SHOWN]) + rest

    def _advice(self, detection: DialectDetection) -> str:
        if self.is_unknown_label:
            names = ",".join(sorted({*detection.held, *self.labels} - {NO_LABEL})[:_SHOWN])
            return f"name all labels of the file with --labels {names}, or read every one with --labels any"
        if self.notation == _UNLABELLED and NO_LABEL in self.labels and detection.dialect not in self.readers:
            return "read the file with --dialect gptner and say which label is meant, such as --labels PER"
        label = next((label for label in self.labels if label != NO_LABEL), "LABEL")
        text = self.examples[0].text or "text"
        notation = NOTATIONS.get(detection.dialect or "")
        written = f"[{label} {text}]"
        if notation:
            written = f"{notation.opening.format(label)}{text}{notation.closing.format(label)}"
        ways = [f"write it as {written}"] if detection.dialect or not self.readers else []
        return ", ".join([*ways, *(f"read the file with --dialect {name}" for name in self.readers[-1:])])


def judge(sightings: Sightings, size: int, detection: DialectDetection) -> Iterator[Unrecognised]:
    """Yield the notations that a bracket file of ``size`` bytes is annotated in and that are not read, by place."""
    labels = KNOWN_LABELS if detection.labels is None else detection.labels
    held = detection.held
    found: list[Unrecognised] = []
    for name, sighted in _by_notation(sightings):
        if name == UNKNOWN:
            found += _brackets(sighted, size, detection, labels)
        elif counted := _counted(name, sighted, _CORE | held | (labels - KNOWN_LABELS), _LINK in sightings.counts):
            readers = [dialect for dialect, notation in NOTATIONS.items() if name in notation.sights]
            found.append(_unrecognised(name, counted, sighted, readers))
    return iter(sorted(found, key=lambda each: each.examples[0][:2]))


def _brackets(
    sighted: Mapping[str, Sighted], size: int, detection: DialectDetection, labels: frozenset[str]
) -> Iterator[Unrecognised]:
    """Yield brackets with labels that are not read: in a file of other marks known ones as well."""
    # What opens a span is read, or reported where it stands.
    skipped = {*detection.held, *detection.suspects, *labels}
    if detection.dialect in NOTATIONS:
        skipped = {*KNOWN_LABELS, *detection.held}
        if counted := Counter({label: each.count for label, each in sighted.items() if label in skipped}):
            yield _unrecognised(UNKNOWN, counted, sighted, ("mixed",))
    unknown = {label: each for label, each in sighted.items() if label not in skipped}
    if labels and (counted := _unknown(unknown, size, detection.annotated)):
        yield _unrecognised(UNKNOWN, counted, sighted)


def _by_notation(sightings: Sightings) -> Iterator[tuple[str, dict[str, Sighted]]]:
    """Yield each notation with what was found of it by label."""
    for name in dict.fromkeys(name for name, _ in sightings.counts):
        yield name, {label: each for (notation, label), each in sightings.counts.items() if notation == name}


def _unrecognised(
    name: str, labels: Counter[str], sighted: Mapping[str, Sighted], readers: Sequence[str] = ()
) -> Unrecognised:
    examples = sorted(example for label in labels for example in sighted[label].examples)[:_EXAMPLES]
    return Unrecognised(name, labels, [example for _, example in examples], readers)


def _counted(name: str, sighted: Mapping[str, Sighted], known: frozenset[str], has_links: bool) -> Counter[str]:
    """Return how often each label stands in a notation, or nothing where it is not proven."""
    proof = _PROOFS.get(name)
    if proof is None:
        return Counter()
    classes = {label: _class(label, known) for label in sighted}
    if _has_outside(name, sighted):
        return +Counter({label: each.count for label, each in sighted.items() if label != "O"})
    if not _is_proven(name, proof, sighted, classes, has_links):
        return Counter()
    labels = Counter({label: each.count if classes[label] < 3 else each.firm for label, each in sighted.items()})
    style = [label for label in sighted if classes[label] < 2] or [label for label in sighted if sighted[label].firm]
    upper = any(label.isupper() for label in style)
    for label in sighted:
        strange = classes[label] == 3 and (label.isupper() != upper or label in EDITORIAL)
        if label == "O" or (strange and proof.other != 1):
            labels[label] = 0
    return +labels


def _class(label: str, known: frozenset[str]) -> int:
    """Return how well a label is known: 0 exact, 1 folded, 2 general, 3 other."""
    if label in known:
        return 0
    upper = label.upper()
    if upper in {name.upper() for name in known}:
        return 1
    return 2 if upper in KNOWN_LABELS else 3


def _is_proven(
    name: str, proof: Proof, sighted: Mapping[str, Sighted], classes: Mapping[str, int], has_links: bool
) -> bool:
    firm = [0, 0, 0, 0]
    for label, each in sighted.items():
        if classes[label] < 3 or _is_telling(label, each, proof, name == "[x](PER)"):
            firm[classes[label]] += each.firm
    if name in _MOSTLY and 2 * sum(firm) < sum(each.count for each in sighted.values()):
        return False
    if name == "[x](PER)" and has_links and not firm[0]:
        return False
    sums = [sum(firm[: place + 1]) for place in range(4)]
    return any(least and total >= least for least, total in zip(proof, sums, strict=True))


def _is_telling(label: str, sighted: Sighted, proof: Proof, any_case: bool) -> bool:
    """Whether a label that is not known is evidence: in capitals, no word of editors, and there more than once."""
    fits = (any_case or label.isupper()) and len(label) > 1 and label.upper() not in EDITORIAL
    return proof.other == 1 or (fits and sighted.firm > 1)


def _has_outside(name: str, sighted: Mapping[str, Sighted]) -> bool:
    """Whether ``O`` stands behind so many words that all have their tag."""
    outside = sighted["O"].count if name in _WITH_OUTSIDE and "O" in sighted else 0
    return outside >= 2 and outside * 3 >= sum(each.count for each in sighted.values())


def _unknown(sighted: Mapping[str, Sighted], size: int, annotated: bool) -> Counter[str]:
    """Return how often each label that is not known stands in brackets, or nothing where these are words of the text.

    Labels in capitals that are there again and again are annotations; in a file that is ``annotated`` they need not
    stand densely. Other words are, too, where the text is hardly anything else, or a few of them are there very often.
    """
    capitals = {label: each for label, each in sighted.items() if _CAPITALS.fullmatch(label) and label not in EDITORIAL}
    firm = +Counter({label: each.firm for label, each in capitals.items()})
    again = firm.total() >= 10 and firm.total() >= 3 * len(firm)
    if _is_dense(firm, 500, size) or (again and (annotated or _is_dense(firm, 2000, size))):
        return Counter({label: capitals[label].count for label in firm})
    words = {label: each for label, each in sighted.items() if label.lower() not in WORDS and label not in EDITORIAL}
    firm = +Counter({label: each.firm for label, each in words.items()})
    again = firm.total() >= 20 and 2 <= len(firm) <= firm.total() // 8
    if _is_dense(firm, 200 if again else 25, size):
        return Counter({label: words[label].count for label in firm})
    return Counter()


def _is_dense(firm: Counter[str], apart: int, size: int) -> bool:
    """Whether one stands in so many bytes of ``size``, two at least in all."""
    return firm.total() >= 2 and firm.total() * apart >= size
