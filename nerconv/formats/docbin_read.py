"""What Docs hold, found in the arrays of a DocBin for many of them at once: no Doc is made, and spaCy not loaded.

Offsets count code points of the texts of documents, one after the other, each behind the line feed of the one before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from nerconv.document import WHITE_SPACE
from nerconv.formats import docbin_provenance as provenance
from nerconv.formats.docbin import SPANS_KEY
from nerconv.formats.docbin_docs import Docs, Known, OwnedRows, continues
from nerconv.formats.docbin_encode import GROUP_SPAN
from nerconv.formats.docbin_provenance import Provenance
from nerconv.formats.record import MarkRecord, unlabelled
from nerconv.formats.spacy_strings import Vocabulary, laid
from nerconv.tables import Numbers
from nerconv.tokens import trim
from nerconv.white_space import runs as numbers_from

#: The numbers of attributes (``spacy.attrs.IDS``), and what ENT_IOB says.
_ORTH, _DEP, _IOB, _TYPE, _HEAD, _SENT_START = 65, 76, 77, 78, 79, 80
_MISSING, _INSIDE, _BEGIN = 0, 1, 3
#: What is between two texts, by its length.
_GAPS: Final = ("", "\n", " \n")
_GROUPS: Final = msgspec.msgpack.Decoder(dict[bytes, list[str]] | list[bytes])


class Contents(NamedTuple):
    """What Docs hold.

    ``runs``: the first Doc of each document, and the number of Docs. ``text``: all texts; ``texts``: one a document;
    ``begins``: where each Doc begins. ``words``, ``edges``: of tokens the index of the string, start and end.
    ``spans``: start, end, label (index of a string), line, column (0 where not known), and the row that they have in
    the user data, or -1; those of the group are before other entities. ``entities``: start, end and number of the label
    of these alone. ``sentences``: start, end. ``anchors``: offset, line, column. ``joins``, ``marks``: offset;
    ``mark_records``: each of these.
    ``grouped``: whether each Doc has the group that is read. ``others``: Doc, key and labels of the spans of other
    groups that are not among ``spans``.
    """

    docs: Docs
    strings: Vocabulary
    runs: list[int]
    text: str
    texts: list[str]
    begins: Numbers
    spans: OwnedRows
    entities: OwnedRows
    words: Numbers
    edges: Numbers
    sentences: OwnedRows
    anchors: OwnedRows
    joins: OwnedRows
    marks: OwnedRows
    mark_records: list[MarkRecord]
    others: list[tuple[int, str, list[str]]]
    grouped: NDArray[np.bool_]


def contents(docs: Docs, strings: Vocabulary, unknown: int) -> Contents:
    """Return what ``docs`` hold. Raises ValueError for what spaCy refuses to read.

    ``unknown``: the line and column of text of which it is not known where it came from.

    >>> import tempfile, pathlib
    >>> from nerconv import read
    >>> from nerconv.formats import docbin, docbin_file
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name, "a.spacy")
    >>> _ = read(text="[PER Ann  ] left . \\n").write(path)
    >>> with docbin_file.unpacked(path) as packed:
    ...     found, = docbin.read_contents(packed, "a.spacy")
    ...     found.text, found.edges.tolist(), found.spans.values[0].tolist(), found.spans.values[1].tolist()
    ('Ann left . \\n', [[0, 4, 9, 11], [3, 8, 10, 12]], [0], [3])
    >>> folder.cleanup()
    """
    words, runs = strings.find(docs.column(_ORTH)), _runs(docs.known)
    spelled, first, last = laid([f"{string} " for string in strings.strings])
    sizes = (last - first - 1)[words] + docs.spaces
    raw = np.frombuffer(spelled, np.uint8)[numbers_from(first[words], sizes)].tobytes()
    bounds, counts = docs.bounds, docs.lengths
    texts = [raw[a:b].decode() for a, b in pairwise(np.append(0, np.cumsum(sizes))[bounds[runs]].tolist())]
    # A carriage return at the end must not become part of the line feed.
    gaps = np.array([1 + (text[-1:] == "\r") for text in texts], dtype=np.int64)
    after = np.append(0, np.cumsum(strings.lengths[words] + docs.spaces))
    shift = np.repeat(np.cumsum(gaps) - gaps, np.diff(runs))
    begins = after[bounds[:-1]] + shift
    edges = np.stack((after[:-1], after[1:] - docs.spaces)) + np.repeat(shift, counts)
    text = "".join([f"{text}{_GAPS[gap]}" for text, gap in zip(texts, [*gaps[:-1].tolist(), 0], strict=bool(texts))])
    group, others, grouped = _groups(docs, begins)
    entities = _entities(docs, edges)
    spans = _together(group, entities)
    blank = np.array(list(map(str.isspace, strings.strings)), dtype=bool)[words]
    marks = _missing(docs, edges, begins, ~(np.repeat(grouped, counts) | blank))
    given = zip(docs.known, marks, strict=True)
    known = [one if isinstance(one, Provenance) else Provenance(marks=own) for one, own in given]
    return Contents(
        docs,
        strings,
        runs,
        text,
        texts,
        begins,
        _placed(spans, _table([one.spans for one in known], provenance.SPAN, begins, 2), strings),
        entities,
        words,
        edges,
        _sentences(docs, known, begins, (text, edges)),
        _anchors(docs, known, begins, runs, unknown),
        _merged(_offsets([one.joins for one in known], begins), _met(docs, strings.strings, words, edges)),
        _offsets([[mark.offset for mark in one.marks] for one in known], begins),
        [mark for one in known for mark in one.marks],
        _unread(others, spans, strings),
        grouped,
    )


def _runs(known: Sequence[Known]) -> list[int]:
    """Return the first Doc of each document, and the number of Docs: groups are one where all of them are there."""
    found, at, count = [], 0, len(known)
    while at < count:
        found.append(at)
        one, last = known[at], at + 1
        part = one.part if isinstance(one, Provenance) else None
        while part and part[0] == 1 and last < count and continues(known[last - 1], known[last]):
            last += 1
            if last - at == part[1]:
                break
        at = last if part and last - at == part[1] else at + 1
    return [*found, len(known)]


def _entities(docs: Docs, edges: Numbers) -> OwnedRows:
    """Return start, end and number of the label of the entities."""
    iob, types = docs.column(_IOB), docs.column(_TYPE)
    first = np.zeros(len(iob), dtype=bool)
    first[docs.bounds[:-1][docs.lengths > 0]] = True
    stops = np.append(np.flatnonzero(first | (iob != _INSIDE)), len(iob))
    begun = (iob == _BEGIN) & (types != 0)
    inside, begins = np.flatnonzero(iob == _INSIDE), np.flatnonzero(begun)
    if iob.max(initial=0) > _BEGIN or not begun[stops[np.searchsorted(stops, inside, "right") - 1]].all():
        raise ValueError("ENT_IOB says that an entity continues where none begins")
    last = stops[np.searchsorted(stops, begins, "right")] - 1
    owners = np.searchsorted(docs.bounds, begins, "right") - 1
    return OwnedRows(owners, np.stack((edges[0][begins], edges[1][last], types[begins].view(np.int64))))


def _missing(docs: Docs, edges: Numbers, begins: Numbers, asked: NDArray[np.bool_]) -> list[list[MarkRecord]]:
    """Return of each Doc of others marks around the tokens of which it says nothing: spaCy calls them missing.

    ``asked``: which tokens are looked at; a Doc with the group that is read may have no entities at all.
    """
    foreign = np.array([one is None for one in docs.known], dtype=bool)
    found: list[list[MarkRecord]] = [[] for _ in docs.known]
    owners = docs.owners
    missing = (docs.column(_IOB) == _MISSING) & foreign[owners] & asked
    if not missing.any():
        return found
    begun = _sentence_starts(docs)[0]
    follows = np.append(False, missing[:-1] & (owners[1:] == owners[:-1])) & missing & ~begun
    first, last = np.flatnonzero(missing & ~follows), np.flatnonzero(missing & ~np.append(follows[1:], False))
    shift = begins[owners[first]]
    extents = zip((edges[0][first] - shift).tolist(), (edges[1][last] - shift).tolist(), strict=True)
    for owner, extent in zip(owners[first].tolist(), extents, strict=True):
        found[owner] += unlabelled([extent], "missing")
    return found


class _Group(msgspec.Struct, gc=False):
    """A group of spans as ``SpanGroup.to_bytes`` has it."""

    name: str
    spans: list[bytes]


_GROUP: Final = msgspec.msgpack.Decoder(_Group)


def _groups(docs: Docs, begins: Numbers) -> tuple[OwnedRows, list[tuple[int, str, OwnedRows]], NDArray[np.bool_]]:
    """Return start, end and number of the label of the spans in the group that is read; those of others; who has it."""
    read: list[Sequence[bytes] | None] = []
    others: list[tuple[int, str, OwnedRows]] = []
    for number, data in enumerate(docs.groups):
        found = _GROUPS.decode(data) if data else []
        # Old files have a list, whose groups are known by their names.
        named = found if isinstance(found, dict) else dict.fromkeys(found, ())
        spans: dict[str, Sequence[bytes]] = {}
        for value, keys in named.items():
            group = _GROUP.decode(value)
            spans |= dict.fromkeys(keys or [group.name], group.spans)
        read.append(spans.pop(SPANS_KEY, None))
        if spans:
            others += ((number, key, _span_rows([some], begins[number:], number)) for key, some in spans.items())
    has = np.array([group is not None for group in read], dtype=bool)
    return _span_rows([group or () for group in read], begins), others, has


def _span_rows(groups: Sequence[Sequence[bytes]], begins: Numbers, first: int = 0) -> OwnedRows:
    spans = [span for group in groups for span in group]
    if set(map(len, spans)) - {GROUP_SPAN.itemsize}:
        raise ValueError("a span of a group is cut short")
    table = np.frombuffer(b"".join(spans), GROUP_SPAN)
    owners = np.repeat(np.arange(len(groups)), list(map(len, groups)))
    starts, ends = table["at"][:, 2:].T + begins[owners]
    return OwnedRows(owners + first, np.stack((starts, ends, table["label"].astype(np.uint64).view(np.int64))))


def _keys(rows: OwnedRows) -> list[tuple[int, ...]]:
    """Return what spans are known by: Doc, start, end and label."""
    return list(zip(rows.owners.tolist(), *rows.values[:3].tolist(), strict=True))


def _same(rows: OwnedRows, other: OwnedRows) -> bool:
    return np.array_equal(rows.owners, other.owners) and np.array_equal(rows.values[:3], other.values[:3])


def _together(group: OwnedRows, entities: OwnedRows) -> OwnedRows:
    """Return the spans of the group, and those entities behind them that are not among these."""
    if _same(group, entities):
        return group
    among = set(_keys(group))
    more = np.array([key not in among for key in _keys(entities)], dtype=bool)
    return _merged(group, OwnedRows(entities.owners[more], entities.values[:, more]))


def _merged(rows: OwnedRows, more: OwnedRows) -> OwnedRows:
    """Return both tables as one, of each Doc the ``rows`` first."""
    owners = np.append(rows.owners, more.owners)
    order = np.argsort(owners, kind="stable")
    return OwnedRows(owners[order], np.concatenate((rows.values, more.values), 1)[:, order])


def _unread(
    others: Sequence[tuple[int, str, OwnedRows]], spans: OwnedRows, strings: Vocabulary
) -> list[tuple[int, str, list[str]]]:
    """Return by Doc and key the labels of those spans of other groups that are not read anyway."""
    among = set(_keys(spans)) if others else set()
    found = []
    for number, key, rows in others:
        labels = strings.find(rows.values[2].view(np.uint64)).tolist()
        left = [strings.strings[at] for at, span in zip(labels, _keys(rows), strict=True) if span not in among]
        found.append((number, key, left))
    return found


def _placed(spans: OwnedRows, known: OwnedRows, strings: Vocabulary) -> OwnedRows:
    """Return ``spans`` with the places that ``known`` has for them, of equal ones in order."""
    if _same(spans, known):
        at = np.arange(len(spans.owners))
    else:
        places: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for number, key in reversed(list(enumerate(_keys(known)))):
            places[key].append(number)
        at = np.array([places[key].pop() if places[key] else -1 for key in _keys(spans)], dtype=np.int64)
    starts, ends, labels = spans.values
    lines, columns = np.append(known.values[3:], [[0], [0]], 1)[:, at]
    rows = np.where(at < 0, -1, at - np.searchsorted(known.owners, spans.owners))
    return OwnedRows(spans.owners, np.stack((starts, ends, strings.find(labels.view(np.uint64)), lines, columns, rows)))


def _sentence_starts(docs: Docs) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return of each token whether it starts a sentence, and of each Doc whether it says anything of that.

    As in spaCy a parse counts more than SENT_START: a sentence begins with the first of all words below its root.
    """
    marks, bounds, owners = docs.column(_SENT_START), docs.bounds, docs.owners
    starts, numbers = marks == 1, np.arange(len(marks))
    if _HEAD in docs.attributes:
        heads = docs.column(_HEAD).astype(np.int32) + numbers
        if ((heads < bounds[owners]) | (heads >= bounds[owners + 1])).any():
            raise ValueError("HEAD is outside of a Doc")
        labels = docs.column(_DEP)
        parsed = (np.bincount(owners[labels != 0], minlength=len(docs.lengths)) > 0)[owners]
        roots = heads
        for _ in range(len(marks).bit_length()):
            roots = roots[roots]
        leftmost = np.zeros(len(marks), dtype=np.int64)
        leftmost[roots[::-1]] = numbers[::-1]
        starts &= ~parsed
        starts[leftmost[parsed & (heads == numbers) & (labels != 0)]] = True
        marks = marks | parsed
    first = bounds[:-1][docs.lengths > 0]
    later = np.ones(len(marks), dtype=bool)
    later[first], starts[first] = False, True
    said = (docs.lengths < 2) | (np.bincount(owners[later & (marks != 0)], minlength=len(docs.lengths)) > 0)
    return starts, said


def _sentences(docs: Docs, known: Sequence[Provenance], begins: Numbers, tokens: tuple[str, Numbers]) -> OwnedRows:
    """Return start and end of sentences: those of the user data, else those that the tokens say, trimmed."""
    found = _table([one.sentences for one in known], provenance.SENTENCE, begins, 2)
    foreign = np.array([one is None for one in docs.known], dtype=bool)
    if not foreign.any() or not len(docs.table):
        return found
    (text, edges), owners = tokens, docs.owners
    starts, said = _sentence_starts(docs)
    first = np.flatnonzero(starts & (said & foreign)[owners])
    # The last token of a sentence is the one before the next that starts one, or before another Doc.
    turns = np.append(np.flatnonzero(starts | np.append(True, owners[1:] != owners[:-1])), len(owners))
    last = turns[np.searchsorted(turns, first, "right")] - 1
    extents = zip(owners[first].tolist(), edges[0][first].tolist(), edges[1][last].tolist(), strict=True)
    rows = [(owner, *pair) for owner, start, end in extents if (pair := trim(text, start, end))]
    table = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return _merged(found, OwnedRows(table[0], table[1:]))


def _table(data: Sequence[bytes], kind: np.dtype[Any], begins: Numbers, offsets: int) -> OwnedRows:
    """Return tables of a ``kind``, one a Doc, whose first ``offsets`` columns count from where the Doc begins."""
    table = np.frombuffer(b"".join(data), kind)
    owners = np.repeat(np.arange(len(data)), np.array([*map(len, data)], dtype=np.int64) // kind.itemsize)
    values = np.stack([table[name].view("<i8").astype(np.int64) for name in kind.names or ()])
    values[:offsets] += begins[owners]
    return OwnedRows(owners, values)


def _offsets(lists: Sequence[Sequence[int]], begins: Numbers) -> OwnedRows:
    owners = np.repeat(np.arange(len(lists)), list(map(len, lists)))
    return OwnedRows(owners, np.array([[at for each in lists for at in each]], dtype=np.int64) + begins[owners])


def _met(docs: Docs, strings: Sequence[str], words: Numbers, edges: Numbers) -> OwnedRows:
    """Return where two tokens of Docs of others meet without white space between them; ours say it themselves."""
    foreign = np.array([one is None for one in docs.known], dtype=bool)
    if not foreign.any():
        return OwnedRows(np.zeros(0, dtype=np.int64), np.zeros((1, 0), dtype=np.int64))
    # What is white space to a token is one to the corpus, too: a token of it has no edge inside a word.
    begins, ends = ([text[at : at + 1 or None].strip(WHITE_SPACE) != "" for text in strings] for at in (0, -1))
    solid = [np.array(each, dtype=bool)[words] for each in (ends, begins)]
    owners = docs.owners
    meets = (edges[1][:-1] == edges[0][1:]) & solid[0][:-1] & solid[1][1:] & (owners[:-1] == owners[1:])
    at = 1 + np.flatnonzero(meets & foreign[owners[1:]])
    return OwnedRows(owners[at], edges[0][at][None])


def _anchors(docs: Docs, known: Sequence[Provenance], begins: Numbers, runs: Sequence[int], unknown: int) -> OwnedRows:
    """Return offset, line and column of anchors: none of a group that follows from those before, one at least."""
    firsts = np.array(runs[:-1], dtype=np.int64)
    heads = np.repeat(firsts, np.diff(runs))
    nowhere = [one.path is None for one in known]
    data = [b"" if nowhere[at] or nowhere[head] else known[at].anchors for at, head in enumerate(heads.tolist())]
    owners, values = _table(data, provenance.ANCHOR, begins, 1)
    steps = np.diff(values, prepend=values[:, :1])
    follows = (np.diff(heads[owners], prepend=-1) == 0) & (np.diff(owners, prepend=-1) != 0)
    follows &= (steps[1] == 0) & (steps[0] == steps[2])
    found = OwnedRows(owners[~follows], values[:, ~follows])
    bare = np.setdiff1d(firsts, heads[owners])
    foreign = np.array([one is None for one in docs.known], dtype=bool)[bare]
    named = np.array([known[at].path is not None for at in bare.tolist()], dtype=bool)
    lines = np.where(foreign, docs.first + bare, np.where(named, 1, unknown))
    columns = np.where(foreign | named, 1, unknown)
    return _merged(found, OwnedRows(bare, np.stack((begins[bare], lines, columns))))
