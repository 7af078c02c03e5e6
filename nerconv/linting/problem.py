"""What a lint run yields: findings with what the rules know about them, and the report that holds them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from json import loads
from typing import TYPE_CHECKING, Any, NamedTuple

from nerconv.document import Finding, Where
from nerconv.linting.rule import Fix, SpanChange
from nerconv.printable import counted

if TYPE_CHECKING:
    from nerconv.linting.corpus import Owner
    from nerconv.linting.groups import Group


class Replacement(NamedTuple):
    """What stands from ``start`` up to ``end`` in a file becomes ``text``."""

    start: Where
    end: Where
    text: str


class Problem(NamedTuple):
    """A finding with what the rule and its configuration add: name, severity, document, text, label, fix, score.

    ``extent`` is where ``text`` stands in the document, in code points. ``end`` is the place in the source right behind
    it, and behind the bracket that closes it, where that is known.
    """

    finding: Finding
    name: str
    severity: str
    source: Owner | None = None
    text: str = ""
    label: str = ""
    fix: Fix | None = None
    score: float | None = None
    extent: tuple[int, int] | None = None
    end: Where | None = None
    about: str = ""
    edits: tuple[Replacement, ...] = ()

    @property
    def code(self) -> str:
        """The code of the rule."""
        return self.finding.code

    @property
    def message(self) -> str:
        """What is wrong, and what to do."""
        return self.finding.message

    @property
    def where(self) -> Where | None:
        """Where it stands in the source."""
        return self.finding.where

    @property
    def document(self) -> str:
        """The id of the document, or nothing for a finding of a reader."""
        return self.source.id if self.source else ""

    @property
    def fix_title(self) -> str:
        """What the fix would do, or nothing when there is none."""
        return self.fix.title if self.fix else ""

    @property
    def surface(self) -> str:
        """What one decision would be about: the text, or what several texts have in common."""
        return self.about or self.text

    @property
    def proposed(self) -> str:
        """The one label that the fix would give to what has another or none, or nothing."""
        changes = [change for change in self.fix.changes if isinstance(change, SpanChange)] if self.fix else []
        labels = {new.label for old, new in changes if new and not (old and old.label == new.label)}
        return labels.pop() if len(labels) == 1 else ""

    @property
    def safety(self) -> str:
        """Whether the fix is safe, unsafe or only shown."""
        return self.fix.safety if self.fix else ""


@dataclass(slots=True, repr=False)
class LintReport:
    """What a run found, in source order, and what it looked at: the number of documents, and the files of them.

    ``spans``: how many there are; ``rules``: the codes of those that ran. ``command``, ``date``: of the run, if known.
    Iterates over the problems; ``len`` is their number.

    >>> from nerconv import lint, read
    >>> found = lint(read(text="[PER XXXXX  ] left . \\n"))
    >>> len(found), found.spans, [problem.name for problem in found]
    (1, 1, ['redaction-placeholder'])
    """

    problems: list[Problem] = field(default_factory=list)
    documents: int = 0
    files: tuple[str, ...] = ()
    spans: int = 0
    rules: tuple[str, ...] = ()
    command: str = ""
    date: str = ""

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)

    def __len__(self) -> int:
        return len(self.problems)

    def __repr__(self) -> str:
        return f"<LintReport: {self.size}>"

    @property
    def size(self) -> str:
        """How much was found, and in how much."""
        return (
            f"{counted(len(self), 'finding')} in {counted(self.documents, 'document')} "
            f"with {counted(self.spans, 'span')}"
        )

    @property
    def groups(self) -> list[Group]:
        """The findings that one decision settles together: the same rule, text, label and fix."""
        from nerconv.linting.groups import groups

        return groups(self.problems)

    def to_dict(self) -> dict[str, Any]:
        """Return what ``nerconv lint --format json`` prints, as a value."""
        from nerconv.report import json

        found: dict[str, Any] = loads(json.lint(self))
        return found

    def _repr_html_(self) -> str:
        from nerconv.report import notebook

        return notebook.lint(self)

    @property
    def counts(self) -> Counter[tuple[str, str, str]]:
        """How many findings there are by code, name and severity."""
        return Counter((problem.finding.code, problem.name, problem.severity) for problem in self.problems)


def source_order(problem: Problem) -> tuple[object, ...]:
    """Return the key that sorts problems by path, line, column and code."""
    where = problem.finding.where
    return where is None, *(where or ("", 0, 0)), problem.finding.code
