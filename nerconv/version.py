"""The version of nerconv, as ``pyproject.toml`` has it."""

from typing import Final

VERSION: Final = "0.2.0"
#: Where the project is at home; links to its pages begin so.
HOME: Final = "https://github.com/OWNER/nerconv"
