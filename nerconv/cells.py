"""The cells of a row of a column file, and the row that starts a document."""

from __future__ import annotations

from typing import Final

#: The token of the row, or the line of bracket text, that stands between two documents.
DOCSTART: Final = "-DOCSTART-"


def fields(row: str) -> list[str]:
    """Return the columns of a row that is not blank."""
    row = row.rstrip(" \t")
    if "\t" in row:
        return [field.strip(" ") for field in row.split("\t")]
    return [field for field in row.split(" ") if field]


def starts_document(row: str) -> bool:
    """Whether ``row``, which is not blank, starts a document."""
    return row.lstrip(" \t").startswith(DOCSTART) and fields(row)[0] == DOCSTART
