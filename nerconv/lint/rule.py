"""What a lint rule is: a header of plain values and a function that yields flags.

A rule knows neither its severity nor whether it is on: both are configuration, stamped on by the engine. It works
on documents and offsets; the engine turns a flag into a Finding with file, line, column and caret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from nerconv.document import Document, Span

if TYPE_CHECKING:
    from nerconv.lint.corpus import Corpus
    from nerconv.lint.near import Mask
    from nerconv.lint.spans import Spans

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


@dataclass(frozen=True, slots=True)
class Fix:
    """A way to mend a flag. ``safety`` is safe (same mention, same type), unsafe, or shown (never applied)."""

    safety: str
    title: str
    changes: tuple[SpanChange | TextChange, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """Something a rule found at ``text[start:end]`` of a document.

    ``surface`` and ``label`` group flags that one decision would settle. ``related`` are other places that show it, as
    (document id, offset). ``score`` ranks flags of a rule from 0 to 1 where it can tell.
    """

    start: int
    end: int
    message: str
    span: Span | None = None
    fix: Fix | None = None
    related: tuple[tuple[str, int], ...] = ()
    score: float | None = None


#: A rule of scope span, sentence or document looks at one document, with the corpus for its counts.
LocalCheck: TypeAlias = "Callable[[Document, Corpus, Options], Iterator[Flag]]"
#: Says which spans such a rule may flag, all that it does and perhaps more; None where its flags stand elsewhere, too.
Screen: TypeAlias = "Callable[[Spans, Options], Mask | None]"
#: A rule of scope corpus looks at all of them, and says in which one a flag stands.
CorpusCheck: TypeAlias = "Callable[[Corpus, Options], Iterator[tuple[Document, Flag]]]"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its header, its examples and its check.

    ``code`` and ``name`` are never reused. ``about`` is its manual page: what it finds, why that hurts training or
    scores, how to mend it. ``bad`` and ``good`` are bracket texts (illinois) that are flagged and not flagged: tests
    and manual at once. ``fix`` says the best safety of its fixes: safe, unsafe, shown or none. ``precision`` is what
    was measured on real data, by name of the data; None where nothing was. With a ``screen`` the check is shown only
    documents with spans that pass it, and of columns only the spans on their lines.
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
    precision: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.local is None) == (self.corpus is None) or (self.scope == "corpus") != (self.local is None):
            raise ValueError(f"{self.code}: a rule has one check, that of its scope {self.scope!r}")
        if self.severity not in ("error", "warning", "info") or self.fix not in ("safe", "unsafe", "shown", "none"):
            raise ValueError(f"{self.code}: severity {self.severity!r} or fix {self.fix!r} is not known")
