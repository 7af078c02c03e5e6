"""The Docs of a DocBin, some at a time: their arrays, and what user data of ours says of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nerconv.formats import docbin_provenance as provenance
from nerconv.formats.docbin_file import Unpacked
from nerconv.formats.docbin_provenance import Provenance
from nerconv.formats.spacy_strings import Hashes
from nerconv.tables import Numbers

#: So many tokens are in memory at once, or those of one document.
_TOKENS: Final = 1 << 16

#: Where a Doc came from, or why its user data are not what they should be.
Known = Provenance | Exception | None


class Docs(NamedTuple):
    """Some Docs as a DocBin has them.

    ``attributes``: their numbers; ``table``: uint64, a row of them for each token; ``spaces``: bool, one a token;
    ``lengths``: tokens of each Doc; ``groups``: msgpack, one value a Doc; ``known``: of each Doc where it came from;
    ``first``: the number of the first one in its file, from 1.

    >>> docs = Docs([65], np.array([[7], [8], [7]], np.uint64), np.ones(3, bool), np.array([2, 1]), [], [])
    >>> docs.bounds.tolist(), docs.owners.tolist(), docs.column(65).tolist()
    ([0, 2, 3], [0, 0, 1], [7, 8, 7])
    """

    attributes: Sequence[int]
    table: Hashes
    spaces: NDArray[Any]
    lengths: Numbers
    groups: Sequence[bytes]
    known: Sequence[Known]
    first: int = 1

    def column(self, attribute: int) -> Hashes:
        """Return an attribute of each token, 0 where there is no such."""
        if attribute not in self.attributes:
            return np.zeros(len(self.table), dtype=np.uint64)
        return np.ascontiguousarray(self.table[:, self.attributes.index(attribute)])

    @property
    def bounds(self) -> Numbers:
        """The number of the first token of each Doc, and of that behind the last."""
        return np.append(0, np.cumsum(self.lengths, dtype=np.int64))

    @property
    def owners(self) -> Numbers:
        """The Doc of each token."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)


class OwnedRows(NamedTuple):
    """A table: the Doc that each row belongs to, ascending, and the values, an array for each column."""

    owners: Numbers
    values: Numbers


def docs_of(packed: Unpacked) -> Iterator[Docs]:
    """Yield the Docs of a file, some at a time, the groups of a document together. Raises what damage makes of it."""
    attributes, lengths = [*packed.rows("attrs")], packed.array("lengths", np.int32).astype(np.int64)
    tokens, spaces = packed.array("tokens", np.uint64), packed.array("spaces", np.uint8)
    if (
        len(tokens) != len(spaces) * len(attributes)
        or len(spaces) != lengths.sum(dtype=np.int64)
        or (lengths < 0).any()
    ):
        raise ValueError(f"{len(tokens):,} attributes and {len(spaces):,} spaces are not those of its tokens")
    whole = Docs(attributes, tokens.reshape(-1, len(attributes)), spaces, lengths, (), ())
    bounds, first = whole.bounds, 0
    rows: list[tuple[bool, bytes, Known]] = []
    lists = [packed.rows(name) for name in ("flags", "span_groups", "user_data")]
    for number in range(len(lengths)):
        flags, groups, data = map(next, lists)
        row = (bool(flags and flags.get("has_unknown_spaces")), groups or b"", _known(data))
        if rows and bounds[number + 1] - bounds[first] > _TOKENS and not continues(rows[-1][2], row[2]):
            yield _part(whole, bounds, first, rows)
            packed.release()
            first, rows = number, []
        rows.append(row)
    if rows:
        yield _part(whole, bounds, first, rows)


def _known(data: bytes | None) -> Known:
    try:
        return provenance.decode(data)
    except (ValueError, RecursionError) as error:
        return error


def continues(before: Known, after: Known) -> bool:
    """Whether two Docs are groups of one document, the second of which follows the first."""
    if not isinstance(before, Provenance) or not isinstance(after, Provenance) or before.id != after.id:
        return False
    return before.part is not None and after.part == (before.part[0] + 1, before.part[1])


def _part(whole: Docs, bounds: Numbers, first: int, rows: Sequence[tuple[bool, bytes, Known]]) -> Docs:
    """Return the Docs from number ``first`` on that have ``rows``; of unknown spaces, one follows each token."""
    last = first + len(rows)
    tokens, lengths = slice(bounds[first], bounds[last]), whole.lengths[first:last]
    unknown, groups, known = zip(*rows, strict=True)
    spaces = (whole.spaces[tokens] != 0) | np.repeat(np.array(unknown, dtype=bool), lengths)
    return Docs(whole.attributes, whole.table[tokens], spaces, lengths, groups, known, first + 1)
