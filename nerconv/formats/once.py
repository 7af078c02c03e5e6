"""Faults that many records of a file share, each reported once: at the first place, with the number of records."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from nerconv.document import Excerpt, Finding, Where

# What differs between two records with the same fault: numbers, and what is quoted.
_VARYING: Final = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|-?\d[\d,.]*")


@dataclass(slots=True)
class _RepeatedFault:
    """The finding of the first record, the number of records, and the spans of all that no document holds."""

    first: Finding
    records: int = 0
    unread: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Once:
    """The faults of the records of a file, by code and by what their messages share."""

    faults: dict[tuple[str, str], _RepeatedFault] = field(default_factory=dict)

    def add(
        self,
        code: str,
        message: str,
        where: Where,
        unread: Mapping[str, int],
        excerpt: Excerpt | None = None,
        like: str = "",
    ) -> None:
        """Enter a fault of a record; ``unread``: by label its spans that no document holds.

        Faults are the same that share ``like``, else what their messages say besides numbers and quotations.
        """
        kind = code, like or _VARYING.sub("", message)
        if kind not in self.faults:
            self.faults[kind] = _RepeatedFault(Finding(code, message, where, excerpt=excerpt))
        fault = self.faults[kind]
        fault.records += 1
        fault.unread.update(unread)

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each fault."""
        for fault in self.faults.values():
            more = fault.records - 1
            also = f" ({more:,} more record{'s' if more > 1 else ''} like this one)" if more else ""
            first = fault.first
            yield Finding(
                first.code, first.message + also, first.where, excerpt=first.excerpt, unread=dict(+fault.unread)
            )
