"""The tag schemes as tables: spans to tags, tags to spans, and what is wrong with tags.

A tag is ``O``, or a letter, a hyphen and a label; the label may hold more hyphens. What is spelt otherwise is
misspelt (``nerconv.spelling``) and read by nobody. A scheme says which letters the
first, inner, last and only token of a span have. The transitions that it allows follow from that: one table for two
tags of one label, one for two of different labels, where ``O`` and the edges of a sentence count as different.

Sources: Ramshaw & Marcus 1995 (IOB1), Tjong Kim Sang & Veenstra 1999 (IOB2, IOE1, IOE2), Ratinov & Roth 2009
(BILOU), and for the two repairs the programs conlleval and seqeval 1.2.2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, product
from types import MappingProxyType
from typing import Final, NamedTuple

from nerconv.options import INVALID, UsageError, check_choice, did_you_mean
from nerconv.spelling import spelling

#: A span of tokens ``start:end``, half-open, and its label.
TokenSpan = tuple[int, int, str]

_OUTSIDE: Final = "O"


@dataclass(frozen=True, slots=True, eq=False)
class Scheme:
    """A tag scheme: the letters of a span, and the transitions that it allows, as pairs of letters.

    Every inner token has ``I``. In a span that touches one of its own label, ``after_same`` stands for the first
    letter and ``before_same`` for the last. ``joins`` are the pairs of ``same`` that go on with a span.
    """

    name: str
    single: str
    first: str
    last: str
    after_same: str = ""
    before_same: str = ""
    letters: tuple[str, ...] = field(init=False)
    joins: frozenset[str] = field(init=False)
    same: frozenset[str] = field(init=False)
    different: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        heads, tails = {self.first, self.after_same, "I"}, {self.last, self.before_same, "I"}
        letters = sorted((heads | tails | {self.single}) - {""})
        pairs = list(product((*letters, _OUTSIDE), repeat=2))
        joins = frozenset(a + b for a, b in pairs if a in heads and b in tails)
        same = {a + b for a, b in pairs if _OUTSIDE not in (a, b) and self.ends(a, True) and self.starts(b, True)}
        different = {a + b for a, b in pairs if self.ends(a, False) and self.starts(b, False)}
        object.__setattr__(self, "letters", tuple(letters))
        object.__setattr__(self, "joins", joins)
        object.__setattr__(self, "same", joins | same)
        object.__setattr__(self, "different", frozenset(different))

    def starts(self, letter: str, touching: bool) -> bool:
        """Whether a span may start with ``letter``; ``touching``: right after one of its own label."""
        if letter == self.after_same:
            return touching
        return letter in (self.single, self.first, self.before_same, _OUTSIDE)

    def ends(self, letter: str, touching: bool) -> bool:
        """Whether a span may end with ``letter``; ``touching``: right before one of its own label."""
        if letter == self.before_same:
            return touching
        return letter in (self.single, self.last, self.after_same, _OUTSIDE)

    def allows(self, before: str, after: str, same_label: bool) -> bool:
        """Whether a tag with the letter ``after`` may follow one with ``before``."""
        return before + after in (self.same if same_label else self.different)

    @property
    def tells_touching(self) -> bool:
        """Whether two touching spans of one label stay two."""
        return self.same != self.joins


#: The schemes, the commonest first: of those that read a file to the same spans, detection names the first.
SCHEMES: Final[Mapping[str, Scheme]] = MappingProxyType(
    {
        scheme.name: scheme
        for scheme in (
            Scheme("IOB2", single="B", first="B", last="I"),
            Scheme("IOBES", single="S", first="B", last="E"),
            Scheme("BILOU", single="U", first="B", last="L"),
            Scheme("IOB1", single="I", first="I", last="I", after_same="B"),
            Scheme("IO", single="I", first="I", last="I"),
            Scheme("IOE2", single="E", first="I", last="E"),
            Scheme("IOE1", single="I", first="I", last="I", before_same="E"),
        )
    }
)
_ALIASES: Final = MappingProxyType({"BIO": "IOB2", "BIOES": "IOBES"})


def get(name: str) -> Scheme:
    """Return the scheme called ``name``, in any case, BIO and BIOES included. Raises UsageError naming the known."""
    upper = name.upper()
    scheme = SCHEMES.get(_ALIASES.get(upper, upper))
    if scheme is None:
        known = [*SCHEMES, *_ALIASES]
        raise UsageError(f"unknown tag scheme {name!r}{did_you_mean(name, known)}; known: {', '.join(known)}")
    return scheme


def prefixes(scheme: Scheme, length: int, after_same: bool, before_same: bool) -> str:
    """Return the letters of a span of ``length`` tokens, for example ``BII``.

    ``after_same`` and ``before_same``: it touches a span of its own label there. Raises ValueError for no token.
    """
    if length < 1:
        raise ValueError(f"a span covers at least one token, got {length}")
    first = (after_same and scheme.after_same) or scheme.first
    last = (before_same and scheme.before_same) or scheme.last
    if length > 1:
        return first + "I" * (length - 2) + last
    return (after_same and scheme.after_same) or (before_same and scheme.before_same) or scheme.single


def encode(scheme: Scheme, spans: Iterable[TokenSpan], length: int) -> list[str]:
    """Return the tags of ``length`` tokens with ``spans``, in any order.

    Raises ValueError for spans that share a token, lie outside, or touch where the scheme would make them one.
    """
    tags = [_OUTSIDE] * length
    flat = sorted(spans)
    edges: list[TokenSpan] = [(0, 0, ""), *flat, (length, length, "")]
    for before, (start, end, label), after in zip(edges[:-2], flat, edges[2:], strict=True):
        if not before[1] <= start < end <= after[0]:
            raise ValueError(f"span {start}:{end} {label!r} shares a token with another or lies outside 0:{length}")
        after_same, before_same = before[1:] == (start, label), after[0] == end and after[2] == label
        if after_same and not scheme.tells_touching:
            raise ValueError(f"{scheme.name} cannot separate the touching {label!r} spans at {before[0]} and {start}")
        letters = prefixes(scheme, end - start, after_same, before_same)
        tags[start:end] = [f"{letter}-{label}" for letter in letters]
    return tags


@dataclass(frozen=True, slots=True)
class Violation:
    """A tag that the scheme does not allow where it stands: its index, the tag before it (None at the start), why.

    ``repairable``: a repair can read it; one that is misspelt none can.
    """

    index: int
    tag: str
    previous: str | None
    why: str
    repairable: bool = True


class InvalidTags(ValueError):
    """Tags that break their scheme or are misspelt, with every violation in ``violations``."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        first = violations[0]
        more = f", and {len(violations) - 1:,} more" if len(violations) > 1 else ""
        repair = " or name a repair: lenient or discard" if all(found.repairable for found in violations) else ""
        super().__init__(f"tag {first.index}: {first.why}{more}; correct them{repair}")
        self.violations = tuple(violations)


class DecodedTags(NamedTuple):
    """The spans that tags stand for, and the number of tags whose reading had to be repaired."""

    spans: list[TokenSpan]
    repaired: int


class _Tag(NamedTuple):
    """A tag taken apart as the repairs read it; ``sound`` says whether it is spelt as one."""

    letter: str
    label: str
    sound: bool


#: Letters with a meaning, and the letter that means the same to the lenient rules.
_LETTERS: Final = MappingProxyType({"B": "B", "I": "I", "E": "E", "S": "S", "L": "E", "U": "S"})
#: Distinct tags and pairs of tags are few; the bound only keeps hostile files from filling the memory.
_MEMO: Final = 1 << 14


@lru_cache(_MEMO)
def _parse(tag: str) -> _Tag:
    """Take ``tag`` apart. One without a label is outside, but a lone letter has the label ``_``, as in seqeval."""
    letter, _, label = tag.partition("-")
    sound = spelling(tag).is_sound
    if letter == _OUTSIDE:
        return _Tag(_OUTSIDE, "", sound)
    if label:
        return _Tag(letter, label, sound)
    return _Tag(letter, "_", False) if letter in _LETTERS else _Tag(_OUTSIDE, "", False)


class Step(NamedTuple):
    """What one scheme makes of a tag after another: all that validation and the two repairs need to know.

    ``fault``: the kind of fault, or nothing. ``breaks``: the lenient rules end or start a span between the
    two. ``joins``, ``starts``, ``ends``: by the scheme, the tag goes on with a span, may start one, may follow its end.
    """

    label: str
    fault: str
    breaks: bool
    joins: bool
    starts: bool
    ends: bool


@lru_cache(_MEMO)
def step(scheme: Scheme, previous: str, tag: str) -> Step:
    """Return what ``scheme`` makes of ``tag`` after ``previous``; the edges of a sentence count as O."""
    before, after = _parse(previous), _parse(tag)
    same = before.label == after.label != ""
    first, second = (t.letter if t.letter in scheme.letters else _OUTSIDE for t in (before, after))
    touching = same and _OUTSIDE not in (first, second)
    return Step(
        after.label,
        _fault(scheme, before, after),
        # The conlleval rules. A letter that they do not know goes on like I.
        not same or _LETTERS.get(before.letter) in ("E", "S") or _LETTERS.get(after.letter) in ("B", "S"),
        touching and first + second in scheme.joins,
        second != _OUTSIDE and scheme.starts(second, touching),
        # seqeval forgets one way for a span of IOB1 to end: B before a B of another label.
        scheme.ends(first, touching) and not (first == second == scheme.after_same and not touching),
    )


def _fault(scheme: Scheme, before: _Tag, after: _Tag) -> str:
    """Return what kind of fault ``after`` is after ``before``: spelling, letter, place or none."""
    if not after.sound:
        return "spelling"
    if after.letter not in (*scheme.letters, _OUTSIDE):
        return "letter"
    first = before.letter if before.sound and before.letter in scheme.letters else _OUTSIDE
    same = first != _OUTSIDE and before.label == after.label
    return "" if scheme.allows(first, after.letter, same) else "place"


def _steps(scheme: Scheme, tags: Sequence[str]) -> Iterator[tuple[int, Step]]:
    """Yield the index and the step of every tag but O after O; the end of the sentence is an O at the last index."""
    previous = _OUTSIDE
    for index, tag in enumerate(chain(tags, (_OUTSIDE,))):
        if tag != _OUTSIDE or previous != _OUTSIDE:
            yield index, step(scheme, previous, tag)
        previous = tag


def validate(scheme: Scheme, tags: Sequence[str]) -> list[Violation]:
    """Return what is wrong with the tags of one sentence, in order; a fault at its end is put down to the last tag."""
    return [_violation(scheme, tags, index, found.fault) for index, found in _steps(scheme, tags) if found.fault]


def _violation(scheme: Scheme, tags: Sequence[str], index: int, fault: str) -> Violation:
    at_end = index == len(tags)
    index -= at_end
    tag, previous = tags[index], tags[index - 1] if index else None
    if fault == "spelling":
        why = misspelt(tag)
    elif fault == "letter":
        why = f"{tag!r} has a letter that is not in {scheme.name} ({' '.join(scheme.letters)})"
    elif at_end:
        why = f"{tag!r} may not end a sentence in {scheme.name}"
    elif previous is None:
        why = f"{tag!r} may not begin a sentence in {scheme.name}"
    else:
        why = f"{tag!r} may not follow {previous!r} in {scheme.name}"
    return Violation(index, tag, previous, why, fault != "spelling")


def misspelt(tag: str) -> str:
    """Return in words that ``tag`` is not spelt as one, what it looks like and how to write it."""
    found = spelling(tag)
    return f"{tag!r} is not a tag; it looks like {found.looks}: {found.fix}"


def decode(scheme: Scheme, tags: Sequence[str], invalid: str = "error") -> DecodedTags:
    """Return the spans of the tags of one sentence.

    ``invalid`` names what is done about tags that break the scheme: ``error`` raises InvalidTags with all of them;
    ``lenient`` reads them as conlleval does, whatever the scheme (a stray I, E or L starts a span; U and L are S
    and E); ``discard`` drops them and the spans they spoil, as seqeval does in strict mode. Whatever it names, misspelt
    tags raise InvalidTags: they are not an invalid sequence, and nobody knows what they mean.
    """
    check_choice("repair", invalid, INVALID)
    if tags.count(_OUTSIDE) == len(tags):
        return DecodedTags([], 0)
    if invalid != "error" and not all(_parse(tag).sound for tag in set(tags)):
        raise InvalidTags([found for found in validate(scheme, tags) if not found.repairable])
    if invalid == "discard":
        return _discard(scheme, tags)
    decoded = _read(scheme, tags)
    if decoded.repaired and invalid == "error":
        raise InvalidTags(validate(scheme, tags))
    return decoded


def _read(scheme: Scheme, tags: Sequence[str]) -> DecodedTags:
    """Read by the lenient rules, which give valid tags the meaning that they have in every scheme."""
    spans: list[TokenSpan] = []
    start, label, repaired = 0, "", 0
    for index, found in _steps(scheme, tags):
        if found.fault:
            repaired += 1
        if found.breaks:
            if label:
                spans.append((start, index, label))
            start, label = index, found.label
    return DecodedTags(spans, repaired)


def _discard(scheme: Scheme, tags: Sequence[str]) -> DecodedTags:
    spans: list[TokenSpan] = []
    start, label = 0, ""
    for index, found in _steps(scheme, tags):
        if label and found.joins:
            continue
        if label and found.ends:
            spans.append((start, index, label))
        start, label = index, found.label if found.starts else ""
    inside = sum(end - start for start, end, _ in spans)
    return DecodedTags(spans, len(tags) - tags.count(_OUTSIDE) - inside)


def discarded(scheme: Scheme, tags: Sequence[str]) -> list[TokenSpan]:
    """Return the spans that the rule ``discard`` drops: those of the lenient reading that it does not have."""
    valid = set(_discard(scheme, tags).spans)
    return [span for span in _read(scheme, tags).spans if span not in valid]


def meant(tags: Iterable[str]) -> Counter[str]:
    """Return by label how many spans ``tags`` seem to stand for, misspelt ones too; ``?``: the label is not known.

    It is for the account of what is not read, never for reading.
    """
    likely = [_likely(tag) for tag in tags]
    return Counter(label for _, _, label in _read(SCHEMES["IOB2"], likely).spans)


@lru_cache(_MEMO)
def _likely(tag: str) -> str:
    found = spelling(tag)
    if found.kind == "label":
        return f"I-{tag}"
    return found.means or "I-?"
