"""Profiles: which rules are on beside the defaults, or off, for a kind of text, and with which options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from nerconv.linting.rule import Options


@dataclass(frozen=True, slots=True)
class Profile:
    """What a kind of text changes: codes to add to the default ones, codes to leave out, options by code."""

    about: str
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    options: Mapping[str, Options] = field(default_factory=dict)


PROFILES: Final[Mapping[str, Profile]] = {
    "newswire": Profile(
        "News in sentences: the default rules, small words at edges, titles that waver.", ("B105", "B108", "T401")
    ),
    "cable": Profile(
        "Telegrams with masking, page headers and marks: every rule about those, and generic words.",
        ("B103", "B105", "B108", "C208", "C215", "C216", "X301"),
    ),
    "social": Profile(
        "Posts: no capitals to rely on, names made of symbols; markup left over anywhere in the text.",
        ignore=("C206", "C208"),
        options={"C211": {"everywhere": True}},
    ),
    "legal": Profile(
        "Contracts and laws: numbers, offices and defined terms are labelled on purpose.",
        ignore=("C206", "C207", "C208", "C209"),
    ),
}
