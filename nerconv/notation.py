"""How the tags of one source are written: the scheme, or bare labels, and the tag for no entity.

Bare labels (``PER``, not ``B-PER``) say which tokens belong to an entity and not where one ends and the next begins:
two touching tokens of one label are one span, as in IO.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from nerconv import schemes
from nerconv.schemes import SCHEMES, DecodedTags, InvalidTags, Scheme, Violation, misspelt
from nerconv.spelling import spelling

#: The name of the notation without letters, beside those of the schemes.
LABELS: Final = "labels"
#: What a source can be read as.
NAMES: Final = (*SCHEMES, LABELS)


def name_of(asked: str) -> str:
    """Return the name of the notation that is ``asked`` for, in any case. Raises UsageError for an unknown one."""
    return LABELS if asked.lower() == LABELS else schemes.get(asked).name


class Notation(NamedTuple):
    """The name of a scheme or LABELS, and the tag that stands for no entity."""

    name: str
    outside: str = "O"

    @property
    def scheme(self) -> Scheme:
        """The scheme that ``standard`` tags are in."""
        return schemes.get("IO" if self.name == LABELS else self.name)

    def fits(self, tag: str) -> bool:
        """Whether ``tag`` is spelt as this notation has it; its letter and its place are not looked at."""
        found = spelling(tag)
        return tag == self.outside or (found.kind == "label" if self.name == LABELS else found.is_sound)

    def standard(self, tag: str) -> str:
        """Return ``tag``, which fits, as a tag of ``scheme``."""
        return "O" if tag == self.outside else f"I-{tag}" if self.name == LABELS else tag

    def decode(self, tags: Sequence[str], invalid: str) -> DecodedTags:
        """Return the spans of the tags of one sentence, as ``schemes.decode`` does. Raises InvalidTags."""
        if self.name == LABELS and (faults := [*self._misfits(tags)]):
            raise InvalidTags(faults)
        return schemes.decode(self.scheme, self.standards(tags), invalid)

    def standards(self, tags: Sequence[str]) -> Sequence[str]:
        """Return ``tags`` as those of ``scheme``; what is misspelt stays so."""
        if self == (self.name, "O") and self.name != LABELS:
            return tags
        return [self.standard(tag) for tag in tags]

    def faults(self, steps: Mapping[tuple[str, str], int], edge: str) -> int:
        """Return how many tags are out of place; ``steps``: how often each tag follows each, ``edge`` standing for O.

        What is misspelt is left out.
        """
        return sum(
            count
            for pair, count in steps.items()
            if all(tag == edge or self.fits(tag) for tag in pair)
            and schemes.step(self.scheme, *("O" if tag == edge else self.standard(tag) for tag in pair)).fault
        )

    def _misfits(self, tags: Sequence[str]) -> list[Violation]:
        return [
            Violation(index, tag, tags[index - 1] if index else None, _why(tag), False)
            for index, tag in enumerate(tags)
            if not self.fits(tag)
        ]


def _why(tag: str) -> str:
    if spelling(tag).kind == "tag":
        return f"{tag!r} has a letter, and the file is read as labels without letters"
    return misspelt(tag)
