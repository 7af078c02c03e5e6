"""What a lint rule is: a header and a function that yields flags.

A rule knows neither its severity nor whether it is on: both are configuration, stamped on by the engine. It works
on documents and offsets; the engine turns a flag into a Finding with file, line, column and caret. At the end stands
what rules are written with: typed access to their options, and the fixes that they propose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from nerconv.codes import SEVERITIES
from nerconv.document import WHITE_SPACE, Document, Span
from nerconv.tokens import trim as trim_white_space

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus
    from nerconv.linting.near import Mask

Value: TypeAlias = bool | int | float | str | tuple[str, ...]
#: The options of one rule by name; every rule declares its own with their defaults.
Options: TypeAlias = Mapping[str, Value]


class SpanChange(NamedTuple):
    """One span becomes another: ``old`` None adds a span, ``new`` None drops one; else it is moved or relabelled."""

    old: Span | None
    new: Span | None


class TextChange(NamedTuple):
    """``text[start:end]`` of the document becomes ``text``; offsets behind it move along."""

    start: int
    end: int
    text: str


class Fix(NamedTuple):
    """A way to settle a flag. ``safety`` is safe (same mention, same type), unsafe, or shown (never applied)."""

    safety: str
    title: str
    changes: tuple[SpanChange | TextChange, ...]


class Flag(NamedTuple):
    """Something a rule found at ``text[start:end]`` of a document.

    One decision settles flags of the same text, label and fix; ``about`` stands for the text where flags of several
    texts are one decision. ``related`` are other places that show it, as (document id, offset). ``score`` ranks flags
    of a rule from 0 to 1 where it can tell.
    """

    start: int
    end: int
    message: str
    span: Span | None = None
    fix: Fix | None = None
    related: tuple[tuple[str, int], ...] = ()
    score: float | None = None
    about: str = ""


#: A rule of scope span, sentence or document looks at one document, with the corpus for its counts.
LocalCheck: TypeAlias = "Callable[[Document, LintCorpus, Options], Iterator[Flag]]"
#: Says which spans such a rule may flag, all that it does and perhaps more; None where its flags stand elsewhere, too.
Screen: TypeAlias = "Callable[[LintCorpus, Options], Mask | None]"
#: A rule of scope corpus looks at all of them, and says in which one a flag stands.
CorpusCheck: TypeAlias = "Callable[[LintCorpus, Options], Iterator[tuple[Document, Flag]]]"


class Measured(NamedTuple):
    """How many findings of a rule in some data were ``right``, as a person judged on the day ``date``.

    ``held_out``: the rule was finished before anybody looked at the data. Where slips were made on purpose (their data
    have a name of several words), a finding is right where one was made.

    >>> [round(edge, 2) for edge in Measured(4, 5, "2026-11-24").interval]
    [0.38, 0.96]
    """

    right: int
    findings: int
    date: str
    held_out: bool = False

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the precision (Wilson 1927), 0 to 1."""
        n, z = self.findings, 1.96
        middle, width = self.right + z * z / 2, z * sqrt(self.right * (n - self.right) / n + z * z / 4)
        return (middle - width) / (n + z * z), (middle + width) / (n + z * z)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its header, its examples and its check.

    ``code`` and ``name`` are never reused. ``about`` is its manual page: what it finds, why that hurts training or
    scores, how to fix it. ``bad`` and ``good`` are bracket texts (illinois) that are flagged and not flagged: tests
    and manual at once. ``fix`` says the best safety of its fixes: safe, unsafe, shown or none. ``precision`` is what
    was measured, by name of the data; empty where nothing was found. With a ``screen`` the check is shown only
    documents with spans that pass it, and only the spans on their lines. Large documents come in parts, cut between two
    lines, unless a rule that was chosen asks for ``whole`` ones.
    """

    code: str
    name: str
    scope: str
    severity: str
    fix: str
    about: str
    bad: tuple[str, ...]
    good: tuple[str, ...]
    local: LocalCheck | None = None
    corpus: CorpusCheck | None = None
    screen: Screen | None = None
    options: Options = field(default_factory=dict)
    default: bool = True
    whole: bool = False
    precision: Mapping[str, Measured] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.local is None) == (self.corpus is None) or (self.scope == "corpus" and self.local):
            raise ValueError(f"{self.code}: a rule has one check, that of its scope {self.scope!r}")
        if self.severity not in SEVERITIES or self.fix not in ("safe", "unsafe", "shown", "none"):
            raise ValueError(f"{self.code}: severity {self.severity!r} or fix {self.fix!r} is not known")


def strings(options: Options, name: str) -> tuple[str, ...]:
    """Return the list of words ``name``."""
    value = options[name]
    assert isinstance(value, tuple), f"the option {name} is a list of strings, got {value!r}"
    return value


def text(options: Options, name: str) -> str:
    """Return the string ``name``."""
    value = options[name]
    assert isinstance(value, str), f"the option {name} is a string, got {value!r}"
    return value


def number(options: Options, name: str) -> float:
    """Return the number ``name``."""
    value = options[name]
    assert isinstance(value, (int, float)), f"the option {name} is a number, got {value!r}"
    return value


def switch(options: Options, name: str) -> bool:
    """Return the switch ``name``."""
    value = options[name]
    assert isinstance(value, bool), f"the option {name} is true or false, got {value!r}"
    return value


def drop(span: Span, safety: str = "unsafe") -> Fix:
    """Return the fix that takes the label off the text of ``span``."""
    return Fix(safety, "drop the span", (SpanChange(span, None),))


def move(document: Document, span: Span, start: int, end: int, safety: str = "unsafe") -> Fix | None:
    """Return the fix that moves the edges of ``span`` to ``start:end`` without outer white space.

    None when nothing would change; a fix that drops the span when nothing would be left of it.
    """
    extent = trim_white_space(document.text, start, end) if start < end else None
    if extent is None:
        return drop(span)
    if extent == (span.start, span.end):
        return None
    new = replace(span, start=extent[0], end=extent[1])
    return Fix(safety, f"label {shown(document.text[new.start : new.end])} instead", (SpanChange(span, new),))


def instead(surface: str, old: Span | None, new: Span | None) -> Fix:
    """Return what somebody else has in place of ``old``, to be shown and never made: ``new``, which covers ``surface``.

    One of the two may be None.
    """
    if new is None:
        title = "drop the span"
    elif old is None:
        title = f"label {shown(surface)} {new.label}"
    elif (old.start, old.end) == (new.start, new.end):
        title = f"label it {new.label}"
    else:
        title = f"label {shown(surface)} {new.label} instead"
    return Fix("shown", title, (SpanChange(old, new),))


def retext(document: Document, span: Span, changes: list[TextChange], safety: str) -> Fix | None:
    """Return the fix that makes ``changes`` inside ``span``, or None when that would leave it blank at an edge."""
    pieces, done = [], span.start
    for change in changes:
        pieces += [document.text[done : change.start], change.text]
        done = change.end
    new = "".join(pieces) + document.text[done : span.end]
    if not new or new[0] in WHITE_SPACE or new[-1] in WHITE_SPACE:
        return None
    return Fix(safety, f"write {shown(new)}", tuple(changes))


def shown(surface: str) -> str:
    """Return ``surface`` as a message quotes it: on one line, at most 60 code points, what is invisible escaped."""
    surface = surface if len(surface) <= 60 else surface[:57] + "…"
    if not surface.isprintable():
        surface = "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in surface)
    return f'"{surface}"'
