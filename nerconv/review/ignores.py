"""Rejected findings as lines of the ignore file beside their source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from nerconv.codes import CODES
from nerconv.linting.edits.outcome import Refused
from nerconv.linting.edits.text import Edit, SourceText
from nerconv.linting.rules import RULES
from nerconv.linting.suppress import SIDECAR
from nerconv.review.question import Place
from nerconv.review.records import Decision

#: The kinds of questions that are about findings of rules, which a line can speak of.
KINDS = ("lint", "model")


def ignore_path(path: Path) -> Path:
    """Return the ignore file of the source at ``path``."""
    return path.with_name(path.name + SIDECAR)


def added(text: SourceText, rejected: Iterable[tuple[Decision, Place]]) -> list[Edit]:
    """Return the edit of an ignore file that adds lines for what was ``rejected`` and is not ignored there yet.

    A line speaks of a line of the source and a rule, with the comment of the reviewer as its reason.
    """
    known = list(_known(text.text))
    lines: list[str] = []
    for decision, place in rejected:
        assert place.where
        number, code = place.where.line, place.rule
        if any(line in (0, number) and _speaks_of(words, code) for line, words in known):
            continue
        known.append((number, [code]))
        reason = " ".join(decision.comment.split())
        lines.append(f"{number} {code}{f'  # {reason}' if reason else ''}")
    if not lines:
        return []
    end = "\r\n" if "\r\n" in text.text else "\n"
    first = end if text.text and not text.text.endswith("\n") else ""
    return [Edit(len(text.text), len(text.text), first + "".join(line + end for line in lines))]


def _speaks_of(words: Sequence[str], code: str) -> bool:
    """Whether a line with ``words`` speaks of the rule with a code: of all rules where it names none."""
    name = RULES[code].name if code in RULES else CODES[code].name if code in CODES else ""
    return not words or any(code.startswith(word) or word == name for word in words)


def _known(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    for line in text.split("\n"):
        number, *words = line.partition("#")[0].split() or [""]
        if number == "*" or (number.isascii() and number.isdigit()):
            yield int(number.replace("*", "0")), words


def check_rejectable(place: Place, name: str) -> None:
    """Raise Refused unless a line of the ignore file of the source ``name`` can speak of ``place``."""
    if place.where is None or place.where.path != name:
        stands = f"stands in {place.where.path}" if place.where else "has no line"
        raise Refused(f"the finding {stands}, so no line beside {name} can speak of it; review that file")
    if not place.rule.isalnum() or not place.rule.isascii():
        raise Refused(f"{place.rule!r} is not the code of a rule")
