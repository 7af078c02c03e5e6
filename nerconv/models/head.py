"""What the outputs of a token classifier mean: tags of a scheme, or bare labels. Anything else is refused.

>>> head = read_head("model", ["O", "B-PER", "I-PER"])
>>> head.name, head.labels
('IOB2', ('PER',))
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from nerconv import schemes
from nerconv.models.predictor import ModelError
from nerconv.schemes import Scheme
from nerconv.spelling import spelling

#: The name of the scheme whose tags are labels without a letter.
BARE: Final = "labels"

_OUTSIDE: Final = "O"
_LETTERS: Final = "BIESLU"
_UNNAMED: Final = re.compile(r"LABEL_\d+")
#: A label without a letter before it; one with a hyphen could be a tag with an unknown letter.
_LABEL: Final = re.compile(r"[^\W\d_][\w.]*")
#: A letter and a label joined by something other than a hyphen, or a lower-case letter.
_MISSPELT: Final = re.compile(r"([BIESLUbieslu])([_.:/ -])(.+)")
_ADVICE: Final = (
    "set id2label in its config.json to the tags that it was trained with, in their order, "
    'for example {"0": "O", "1": "B-PER", "2": "I-PER"}'
)


@dataclass(frozen=True, slots=True)
class Head:
    """The tags of the outputs in order, the scheme that they are read in, and the name of their own scheme.

    Bare labels are read as the tags ``I-LABEL`` of IO: touching sub-tokens of one label are one span.
    """

    tags: tuple[str, ...]
    scheme: Scheme
    name: str

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the spans, sorted."""
        return tuple(sorted({tag.partition("-")[2] for tag in self.tags} - {""}))


def of_config(name: str, id2label: Mapping[int, str], outputs: int) -> Head:
    """Return the head of a model with this number of ``outputs``. Raises ModelError, as ``read_head``."""
    absent = [number for number in range(outputs) if number not in id2label]
    if absent or not outputs:
        raise ModelError(f"{name}: its id2label has no tag for output {absent[0] if absent else 0}; {_ADVICE}")
    return read_head(name, [str(id2label[number]) for number in range(outputs)])


def read_head(name: str, tags: Sequence[str]) -> Head:
    """Return what the outputs ``tags`` of the model ``name`` mean. Raises ModelError for names that are not tags."""
    unnamed = [tag for tag in tags if _UNNAMED.fullmatch(tag)]
    if unnamed:
        raise ModelError(
            f"{name}: its outputs are called {_shown(unnamed)}: it was saved without id2label or has no trained head, "
            f"so what they mean is not known; {_ADVICE}"
        )
    inside = [tag for tag in tags if tag != _OUTSIDE]
    if _OUTSIDE not in tags or not inside:
        absent = "no output O" if inside else "no output besides O"
        raise ModelError(f"{name}: among its outputs {_shown(tags)} there is {absent}; {_ADVICE}")
    if all(_is_tag(tag) and _is_one(tag) for tag in inside):
        return Head(tuple(tags), _scheme(name, inside), _scheme(name, inside).name)
    if any(_is_tag(tag) for tag in inside) or not _are_labels(inside):
        raise ModelError(f"{name}: {_fault(inside)}; {_ADVICE}")
    read = tuple(tag if tag == _OUTSIDE else f"I-{tag}" for tag in tags)
    return Head(read, schemes.get("IO"), BARE)


def _is_tag(tag: str) -> bool:
    return tag[1:2] == "-" and bool(tag[2:].strip()) and tag[0].isupper()


def _is_one(tag: str) -> bool:
    """Whether ``tag`` is not several in one, such as ``B-PER|B-ORG``; an ``X-`` of no scheme is one."""
    return spelling(tag).kind != "features"


def _are_labels(tags: Sequence[str]) -> bool:
    """Whether ``tags`` are labels without letters: ``PER``, but not ``B``, ``0.98``, or ``B_PER`` beside ``I_PER``."""
    if any(not _LABEL.fullmatch(tag) or tag.upper() in _LETTERS for tag in tags):
        return False
    parts = [match for tag in tags if (match := _MISSPELT.fullmatch(tag))]
    return len(parts) < len(tags) and len({match[3] for match in parts}) == len(parts)


def _fault(tags: Sequence[str]) -> str:
    wrong = [tag for tag in tags if not _is_tag(tag)]
    meant = next((match for tag in wrong if (match := _MISSPELT.fullmatch(tag))), None)
    hint = f" ({meant[0]!r} may be meant as {f'{meant[1].upper()}-{meant[3]}'!r})" if meant else ""
    if not wrong:
        several = [tag for tag in tags if not _is_one(tag)]
        return f"its outputs {_shown(several)} are several tags in one, which are not read"
    return f"its outputs {_shown(wrong)} are neither tags such as B-PER nor labels such as PER{hint}"


def _scheme(name: str, tags: Sequence[str]) -> Scheme:
    letters = {tag[0] for tag in tags}
    for scheme in ("IOB2", "IOBES", "BILOU", "IOE2"):
        if letters == {"I"}:
            return schemes.get("IO")
        if letters <= set(schemes.get(scheme).letters):
            return schemes.get(scheme)
    raise ModelError(f"{name}: the letters {' '.join(sorted(letters))} of its tags belong to no scheme; {_ADVICE}")


def _shown(tags: Sequence[str]) -> str:
    return ", ".join(map(repr, tags[:3])) + (" …" if len(tags) > 3 else "")
