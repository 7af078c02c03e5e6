"""What stands in place of a name, and what only looks like it."""

from __future__ import annotations

import pytest

from nerconv.linting.surface import holds_mask, is_mask, masks

PLACEHOLDERS = """[MASK] (b)(6) (b)(7)(C) [redacted_name] {{NAME}} <<NAME>> [[NAME]] [PERSON_NAME] (redacted) [Redacted]
[deleted] [address_redacted] %NAME% {{first_name}} [CLIENT_NAME] [name_removed] [REDACTED:NAME] <PII> <EMAIL_ADDRESS>
[LAST_NAME] {{_name_}} XXXXXXXXXXXX [REDACTED] <NAME_2> <mask>""".split()  # noqa: SIM905
OTHERS = """[sic] [1] [name] (KANSAS_CITY) (removed_from_office) 552(b)(6) 501(c)(3) {{cite|x}} US$NAME Person XXX
(c)(6) [Ten] [the_mask_slipped]""".split()  # noqa: SIM905


@pytest.mark.parametrize("written", PLACEHOLDERS)
def test_a_placeholder_is_one_as_a_whole(written: str) -> None:
    surface = written.replace("_", " ") if "first" not in written else written
    assert is_mask(surface)
    assert masks(surface) == [(0, len(surface))]
    assert holds_mask(f"Mr. {surface} Smith")


@pytest.mark.parametrize("written", OTHERS)
def test_what_is_not_a_placeholder(written: str) -> None:
    surface = written.replace("_", " ")
    assert not is_mask(surface)
    assert not holds_mask(surface)


def test_exemptions_in_a_row_are_masking() -> None:
    assert is_mask("(b)(6); (b)(7)(C)")
