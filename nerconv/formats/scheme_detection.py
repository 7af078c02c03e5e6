"""Which notation the tags of a source are in, detected by counting which tag follows which; never guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from operator import itemgetter
from typing import Final, NamedTuple

from nerconv import schemes
from nerconv.notation import LABELS, Notation, name_of
from nerconv.options import KNOWN_LABELS
from nerconv.schemes import Scheme
from nerconv.spelling import LETTERS, OTHER_OUTSIDE, spelling

#: Stands before the first tag of a sentence and behind its last.
EDGE: Final = "\n"
#: A scheme is that of a file when at most one of so many tags breaks it,
_FEW: Final = 10
#: and every other one that reads the file differently is broken so many times as often.
_CLEARLY: Final = 4


class SchemeDetection(NamedTuple):
    """The notation of a source, or None when it cannot be detected; what was counted; the names of those that fit.

    ``misspelt``: the commonest tag that is not spelt as one, or nothing; ``nearest``: where none can be detected, the
    scheme that the fewest tags break.
    """

    notation: Notation | None
    evidence: tuple[str, ...]
    candidates: tuple[str, ...]
    misspelt: str = ""
    nearest: str = ""

    @property
    def name(self) -> str:
        """The name of the notation; empty where it cannot be detected."""
        return self.notation.name if self.notation else ""

    def __str__(self) -> str:
        return f"{self.name or 'not detected'}: {'; '.join(self.evidence)}"


#: How often a tag of one letter follows another: the letters, and whether the labels are the same.
_Pairs = Counter[tuple[str, str, bool]]


def steps_of(tag_sequences: Iterable[Sequence[str]]) -> Counter[tuple[str, str]]:
    """Return how often each tag follows each in sentences, with EDGE before the first and behind the last."""
    edged = chain.from_iterable(chain((EDGE,), tags) for tags in tag_sequences)
    return Counter(pairwise(chain(edged, (EDGE,))))


def detect(tag_sequences: Iterable[Sequence[str]], asked: str = "auto", repaired: bool = False) -> SchemeDetection:
    """Detect the notation of sentences by counting transitions, as ``detect_steps`` does."""
    return detect_steps(steps_of(tag_sequences), asked, repaired)


def detect_steps(steps: Counter[tuple[str, str]], asked: str = "auto", repaired: bool = False) -> SchemeDetection:
    """Detect the notation of sentences by how often each tag follows each.

    A scheme is named when every scheme that allows all the transitions reads them to the same spans: the commonest of
    those; or the one that all but a few tags fit, or with ``repaired`` the one that most do. Bare labels are named when
    all of them are known ones. ``asked`` is not put in question. Raises UsageError for an unknown notation.
    """
    tags: Counter[str] = Counter()
    for (_, tag), count in steps.items():
        tags[tag] += count
    del tags[EDGE]
    outside = _outside(tags)
    others = {tag: count for tag, count in tags.items() if tag != outside}
    bad = Counter({tag: count for tag, count in others.items() if not spelling(tag).is_sound})
    notes = (f"{outside!r} stands for O ({tags[outside]:,})",) if outside != "O" else ()
    if asked.lower() != "auto":
        name = name_of(asked)
        return SchemeDetection(Notation(name, outside), ("as asked", *notes), (name,), _commonest(bad))
    sound = sum(others.values()) - bad.total()
    if not sound and bad:
        return _bare(bad, tags[outside], outside, notes)
    found = _scheme(_pairs(steps, outside), sum(others.values()), bad, repaired)
    evidence = (*found.evidence, *notes)
    if bad.total() > sound:
        return SchemeDetection(None, evidence, (), _commonest(bad))
    return found._replace(notation=found.notation and Notation(found.notation.name, outside), evidence=evidence)


def _commonest(tags: Counter[str]) -> str:
    return next((tag for tag, _ in tags.most_common(1)), "")


def _outside(tags: Counter[str]) -> str:
    """Return the tag for no entity: ``O``, or without one the commonest of others, where there are tags beside it."""
    other = max(OTHER_OUTSIDE, key=lambda tag: tags[tag])
    return other if tags[other] and not tags["O"] and tags.total() > tags[other] else "O"


def _bare(bad: Counter[str], outside_count: int, outside: str, notes: tuple[str, ...]) -> SchemeDetection:
    """Return what tags are none of which is spelt as one: bare labels where all are known, or O with a slip or two."""
    evidence = (*_misspelt(bad), *notes)
    kinds = {spelling(tag).kind for tag in bad}
    if outside_count and all(tag.upper() in KNOWN_LABELS for tag in bad):
        counted = ", ".join(f"{tag} {count:,}" for tag, count in sorted(bad.items()))
        alone = f"labels without letters ({counted}), of which two that touch are one span"
        return SchemeDetection(Notation(LABELS, outside), (alone, *notes), (LABELS,))
    if bad.total() * _FEW <= outside_count and not kinds & {"label", "number", "class"}:
        return SchemeDetection(Notation("IOB2", outside), evidence, (), _commonest(bad))
    return SchemeDetection(None, evidence, (), _commonest(bad))


def _pairs(steps: Counter[tuple[str, str]], outside: str) -> _Pairs:
    """Return how often letters follow each other; what is misspelt has none."""
    pairs: _Pairs = Counter()
    for (previous, tag), count in steps.items():
        before, after = ("O" if one in (EDGE, outside) else one for one in (previous, tag))
        if spelling(before).is_sound and spelling(after).is_sound:
            (first, _, label), (second, _, other) = before.partition("-"), after.partition("-")
            pairs[first, second, label == other and "O" not in (first, second)] += count
    return pairs


def _scheme(pairs: _Pairs, total: int, bad: Counter[str], repaired: bool) -> SchemeDetection:
    faults = {
        scheme.name: sum(count for pair, count in pairs.items() if not scheme.allows(*pair))
        for scheme in schemes.SCHEMES.values()
    }
    evidence = (*_counted(pairs), *_misspelt(bad))
    fitting = tuple(name for name, count in faults.items() if not count)
    if fitting:
        alike = all(_joined(name, pairs) == _joined(fitting[0], pairs) for name in fitting)
        notation = Notation(fitting[0]) if alike or repaired else None
        return SchemeDetection(notation, (*_share(total, bad.total()), *evidence), fitting, _commonest(bad))
    best, fewest = min(faults.items(), key=itemgetter(1))
    rivals = [name for name, count in faults.items() if count < _CLEARLY * fewest]
    clear = all(_joined(name, pairs) == _joined(best, pairs) for name in rivals)
    spoken = sum(count for (_, after, _), count in pairs.items() if after != "O")
    chosen = repaired or (clear and fewest * _FEW <= spoken)
    share = _share(total, bad.total() + fewest) if chosen else ()
    evidence = (*share, *evidence, *_nearest(faults))
    return SchemeDetection(Notation(best) if chosen else None, evidence, (), _commonest(bad), best)


def _share(total: int, faults: int) -> tuple[str, ...]:
    return (f"{max(total - faults, 0):,} of {total:,} tags other than O fit",) if faults else ()


def _joined(name: str, pairs: _Pairs) -> set[str]:
    """Return the pairs of letters that occur in one label and that a scheme reads as one span."""
    scheme: Scheme = schemes.SCHEMES[name]
    return {before + after for before, after, same in pairs if same} & scheme.joins


def _counted(pairs: _Pairs) -> Iterator[str]:
    occurring = {after for _, after, _ in pairs}
    for letter in (letter for letter in LETTERS if letter in occurring or letter in "BI"):
        after: Counter[str] = Counter()
        for (before, here, same), count in pairs.items():
            if here == letter:
                after["O" if before == "O" else "its label" if same else "another"] += count
        places = ", ".join(f"after {place}: {after[place]:,}" for place in ("O", "its label", "another"))
        yield f"{letter}- {places}"


def _misspelt(bad: Counter[str]) -> Iterator[str]:
    if bad:
        shown = ", ".join(f"{tag!r} ({count:,})" for tag, count in bad.most_common(3))
        yield f"{bad.total():,} that are not tags, such as {shown}"


def _nearest(faults: Mapping[str, int]) -> Iterator[str]:
    fewest = sorted(faults.items(), key=itemgetter(1))[:2]
    yield "faults: " + ", ".join(f"{count:,} in {name}" for name, count in fewest)


def refusal(detection: SchemeDetection, repair: str, scheme: str = "--read-scheme") -> tuple[str, str]:
    """Return the code and the message of a source whose notation cannot be detected.

    ``repair`` and ``scheme``: the options that name a repair and the notation.
    """
    evidence = "; ".join(detection.evidence)
    if len(detection.candidates) > 1:
        which = " and ".join(detection.candidates)
        return (
            "F010",
            f"the tag scheme cannot be detected, {which} read it differently ({evidence}); say {scheme} NAME",
        )
    if detection.misspelt:
        found = spelling(detection.misspelt)
        advice = _ADVICE[found.kind].format(scheme=scheme) if found.kind in _ADVICE else found.fix
        return (
            "F005",
            f"the tags cannot be read ({evidence}): {detection.misspelt!r} looks like {found.looks}; {advice}",
        )
    advice = f"say {scheme} NAME, or {repair} lenient or discard for tags that break the nearest one"
    return "F005", f"the tag scheme cannot be detected, none fits ({evidence}); {advice}"


def remedies(detection: SchemeDetection) -> tuple[Mapping[str, str | list[str]], ...]:
    """Return the options that ``refusal`` names, as ``Finding`` has them."""
    if len(detection.candidates) > 1:
        return tuple({"scheme": name} for name in detection.candidates)
    if detection.misspelt:
        return ({"scheme": LABELS},) if spelling(detection.misspelt).kind == "label" else ()
    return {"invalid": "lenient"}, {"invalid": "discard"}


_ADVICE: Final[Mapping[str, str]] = {
    "label": "say {scheme} labels to read labels without letters",
    "number": "if the tags stand in another column, say --tag-column",
}
