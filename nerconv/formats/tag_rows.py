"""Rows of tables read: from text and spans where they have both, else from their tokens and tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from nerconv import schemes
from nerconv import tokens as corpus
from nerconv.document import Facts, Finding, Where
from nerconv.formats import class_labels
from nerconv.formats.json_record import FIELDS, enter_bad, is_rejected, read_exactly, seen_spans
from nerconv.formats.once import Once
from nerconv.formats.record import OFFSET_UNIT, OriginRecord, Record, SpanRecord, unlabelled
from nerconv.formats.record_read import corrected
from nerconv.formats.scheme_detection import SchemeDetection, detect, refusal, remedies
from nerconv.formats.shapes import in_words, shape
from nerconv.formats.tag_table import (
    COLUMNS,
    NESTED,
    NOT_LABELLED,
    USUAL,
    TableLayout,
    are_numbers,
    layout,
    missing,
    not_labelled,
)
from nerconv.io.sources import Source
from nerconv.notation import Notation
from nerconv.options import OTHER_RULE, ReadOptions
from nerconv.schemes import InvalidTags, TokenSpan

if TYPE_CHECKING:
    from nerconv.formats.record_batch import Columns
    from nerconv.views import Read

_KNOWN: Final = FIELDS | COLUMNS.keys()
#: Columns that tables of others do not have: offsets beside them count code points.
_OURS: Final = frozenset({"joins", "marks", "anchors"})
_ADVICE: Final = "; a table has the columns tokens and ner_tags, or text and spans"


class Row(NamedTuple):
    """A row as it was read: its place, the id it has unless it names its own, and its columns by name."""

    where: Where
    id: str
    columns: Mapping[str, Any]

    @property
    def is_whole(self) -> bool:
        """Whether it holds text and spans, so that its tags need not be read."""
        return self.columns.get("text") is not None and self.columns.get("spans") is not None


class _Tagged(NamedTuple):
    """The tokens of a row of others, a tag for each, O for those that nobody labelled, and the numbers of these.

    ``nested``: the tags of inner entities, where a column holds them.
    """

    tokens: list[str]
    tags: list[str]
    unlabelled: list[int]
    nested: list[str]

    @property
    def layers(self) -> list[list[str]]:
        """The tags, and those of inner entities where there are such."""
        return [self.tags, self.nested] if self.nested else [self.tags]


class _Made(NamedTuple):
    """The sound record of a row, and that by the other rule for invalid tags where it was asked for and differs."""

    record: Record
    other: Record | None = None


#: A row that was made a sound record already, one that is to be read, or what is wrong with one.
Item = Record | Row | Finding
#: Yields some rows after the other from the first on, each time it is called, sound ones as columns; what many share
#: goes to its argument.
_Rows = Callable[[Once], "Iterator[Columns | list[Item]]"]


@dataclass
class _Table:
    """A table of rows, and what was learnt of it: by their names where tokens and tags stand among columns, the tag
    scheme once it was needed, the columns that are not read, and how many tags had to be repaired, rows have
    no id, and tokens were not labelled.
    """

    rows: _Rows
    source: Source
    format: str
    options: ReadOptions
    once: Once = field(default_factory=Once)
    layouts: dict[tuple[str, ...], TableLayout] = field(default_factory=dict)
    detection: SchemeDetection | None = None
    ignored: Counter[str] = field(default_factory=Counter)
    repaired: int = 0
    nameless: int = 0
    unlabelled: int = 0

    def layout(self, row: Row) -> TableLayout | None:
        """Return where the tokens and tags of ``row`` stand; rows with the same columns have them in the same ones."""
        names = tuple(row.columns)
        if names not in self.layouts:
            if (found := layout(row.columns)) is None:
                return None
            if not row.columns[found.tokens]:
                return found
            self.layouts[names] = found
        return self.layouts[names]

    def tagged(self, row: Row) -> _Tagged:
        """Return the tokens and tags of a row of others. Raises ValueError when it has none, or not one for each."""
        if (found := self.layout(row)) is None:
            raise ValueError(missing(row.columns))
        tokens, tags = row.columns[found.tokens], row.columns[found.tags]
        unlabelled = not_labelled(tags) if isinstance(tags, list) else {}
        if self.names and isinstance(tags, list):
            tags = [self.name(tag) for tag in tags]
        if are_numbers([tag for at, tag in enumerate(tags if isinstance(tags, list) else ()) if at not in unlabelled]):
            raise ValueError(
                f"{found.tags} holds numbers, and nothing says which tag each stands for: name them with "
                "--labels-file, in the schema (ClassLabel of datasets), or write the tags as texts"
            )
        if unlabelled:
            tags = ["O" if at in unlabelled else tag for at, tag in enumerate(tags)]
        try:
            nested = [self.name(tag) for tag in row.columns.get(found.nested) or ()]
            lists = (msgspec.convert(each, list[str]) for each in (tokens, tags, nested))
            tagged = _Tagged(next(lists), next(lists), [*unlabelled], next(lists))
        except msgspec.ValidationError as error:
            raise ValueError(f"{found.tokens} and {found.tags}: {in_words(error, row.columns)}") from error
        if tagged.nested and len(tagged.nested) != len(tagged.tokens):
            raise ValueError(
                f"the row has {len(tagged.tokens):,} {found.tokens}, {len(tagged.nested):,} {found.nested}"
            )
        if len(tagged.tokens) != len(tagged.tags):
            count = f"{len(tagged.tokens):,} {found.tokens} and {len(tagged.tags):,} {found.tags}"
            raise ValueError(f"the row has {count}")
        return tagged

    @cached_property
    def names(self) -> Sequence[str]:
        """The names of tags by their numbers, where a file has them."""
        return class_labels.names_of(Path(self.options.labels_file)) if self.options.labels_file else ()

    def name(self, tag: Any) -> Any:
        """Return the name of a tag that is a number; -100 and what has no name stay."""
        return self.names[tag] if type(tag) is int and 0 <= tag < len(self.names) else tag

    def all_tags(self) -> Iterator[list[str]]:
        """Yield the tags of every row that is read from them; those that cannot be read become findings later."""
        for row in chain.from_iterable(rows for rows in self.rows(Once()) if isinstance(rows, list)):
            if isinstance(row, Row) and not row.is_whole and not is_rejected(row.columns):
                with suppress(ValueError):
                    yield from self.tagged(row).layers

    def detect(self, where: Where) -> Iterator[Facts | Finding]:
        """Detect the tag scheme from all rows; ``where``: the first that is read from its tags."""
        options = self.options
        self.detection = found = detect(self.all_tags(), options.scheme, options.invalid != "error")
        named = {"columns": " and ".join(other)} if (other := self._other_columns()) else {}
        facts = {**named, "scheme": str(found)}
        yield Facts(self.source.name, self.format, facts, found.name, found.candidates)
        if found.notation is None:
            unread: Counter[str] = sum(map(schemes.meant, self.all_tags()), Counter())
            code, why = refusal(found, options.repair_option, options.scheme_option)
            yield Finding(code, why, where, unread=unread, remedies=remedies(found))

    def _other_columns(self) -> list[str]:
        others = (found for found in self.layouts.values() if found != USUAL)
        return list(dict.fromkeys(f"tokens from {found.tokens}, tags from {found.tags}" for found in others))

    def closing(self) -> Iterator[Facts]:
        """Yield what is known when all rows are read."""
        if self.repaired:
            values = {"repaired tags": f"{self.repaired:,} ({self.options.invalid})"}
            yield Facts(self.source.name, self.format, values, repaired=self.repaired)
        values = {}
        if self.unlabelled:
            values["tokens that nobody labelled"] = f"{self.unlabelled:,} ({NOT_LABELLED})"
        if self.nameless:
            values["rows without an id"] = f"{self.nameless:,}, each a document of its own"
        if self.ignored:
            values["keys not read"] = ", ".join(f"{key} ({count:,})" for key, count in sorted(self.ignored.items()))
        if values:
            yield Facts(self.source.name, self.format, values)


def read_rows(rows: _Rows, source: Source, format: str, options: ReadOptions) -> Iterator[Read]:
    """Yield ``rows`` as batches, with what is wrong with them, and Facts about tags where they had to be read.

    A tag scheme that nobody named is detected from all rows. Faults that many rows share come at the end. Raises
    UsageError for a scheme that does not exist.
    """
    table = _Table(rows, source, format, options)
    for some in rows(table.once):
        yield from _readings(some, table)
    yield from table.once.findings()
    yield from table.closing()


def _readings(rows: Columns | list[Item], table: _Table) -> Iterator[Read]:
    """Yield the batch of some rows, behind what is known of all of them and what is wrong before the first record."""
    from nerconv.formats.record_batch import batch_of, batch_of_records
    from nerconv.views import Reading

    name = table.source.name
    if not isinstance(rows, list):
        yield Reading(batch_of(rows, name, name), {})
        return
    made: list[_Made] = []
    findings: dict[int, list[Finding]] = {}
    for row in rows:
        for found in _read(row, table):
            if isinstance(found, _Made):
                made.append(found)
            elif isinstance(found, Finding) and made:
                findings.setdefault(len(made) - 1, []).append(found)
            else:
                yield found
    if made:
        batch = batch_of_records([each.record for each in made], name, name)
        others = [each.other or each.record for each in made] if any(each.other for each in made) else []
        yield Reading(batch, findings, batch_of_records(others, name, name) if others else None)


def _read(row: Item, table: _Table) -> Iterator[_Made | Facts | Finding]:
    """Yield what a row makes, then what is wrong with it."""
    if isinstance(row, Record):
        yield _Made(row)
    elif isinstance(row, Finding):
        yield row
    else:
        table.nameless += row.columns.get("id") in (None, "")
        if row.is_whole or is_rejected(row.columns):
            table.ignored.update(row.columns.keys() - COLUMNS.keys())
            yield from _read_whole(row, table.once)
        else:
            yield from _read_tagged(row, table)


def _read_tagged(row: Row, table: _Table) -> Iterator[_Made | Facts | Finding]:
    """Yield the record of a row of others, then its findings."""
    try:
        tagged = table.tagged(row)
    except ValueError as error:
        table.ignored.update(row.columns.keys() - COLUMNS.keys())
        _enter_bad(row, error, table)
        return
    used = table.layout(row) or USUAL
    table.ignored.update(row.columns.keys() - {*COLUMNS, *used, used.nested})
    if table.detection is None:
        yield from table.detect(row.where)
    if table.detection is not None and table.detection.notation is not None:
        yield from _decoded(row, tagged, table, table.detection.notation)


def _decoded(row: Row, tagged: _Tagged, table: _Table, notation: Notation) -> Iterator[_Made | Finding]:
    options, other = table.options, None
    try:
        decoded = [notation.decode(tags, options.invalid) for tags in tagged.layers]
        spans = [*chain.from_iterable(each.spans for each in decoded)]
        repaired = sum(each.repaired for each in decoded)
        record, findings = corrected(_record_of(row, tagged, spans), row.id, row.where)
        if options.both and repaired:
            rule = OTHER_RULE[options.invalid]
            others = [*chain.from_iterable(notation.decode(tags, rule).spans for tags in tagged.layers)]
            other, _ = corrected(_record_of(row, tagged, others), row.id, row.where)
    except InvalidTags as error:
        repair = f" with {options.repair_option}" if all(found.repairable for found in error.violations) else ""
        unread = sum(map(schemes.meant, tagged.layers), Counter[str]())
        yield Finding("F005", f"{error}{repair}; the row is left out", row.where, unread=unread)
    except ValueError as error:
        _enter_bad(row, error, table)
    else:
        table.repaired += repaired
        table.unlabelled += len(tagged.unlabelled)
        yield _Made(record, other)
        yield from findings
        if repaired and options.invalid == "discard":
            for tags in tagged.layers:
                yield from _discarded(tagged.tokens, tags, row, notation)


def _enter_bad(row: Row, error: Exception, table: _Table) -> None:
    """Enter that a row of others makes no document, and the spans that it shows."""
    if (used := table.layout(row)) is None:
        enter_bad(row.columns, error, row.where, table.once, _ADVICE)
        return
    lists = [tags for key in (used.tags, used.nested) if isinstance(tags := row.columns.get(key), list)]
    texts = lists and all(isinstance(tag, str) for tag in chain.from_iterable(lists))
    unread = sum(map(schemes.meant, lists), Counter[str]()) if texts else seen_spans(row.columns)
    table.once.add("F012", f"{error}; the row is left out", row.where, unread)


def _record_of(row: Row, tagged: _Tagged, spans: Sequence[TokenSpan]) -> Record:
    """Return the record of a row of others: its tokens joined by spaces, one sentence."""
    starts = list(accumulate((len(token) + 1 for token in tagged.tokens), initial=0))
    text = " ".join(tagged.tokens)
    return Record(
        id=_id(row),
        text=text,
        offset_unit=OFFSET_UNIT,
        spans=[SpanRecord(starts[a], starts[b] - 1, label, *row.where[1:]) for a, b, label in spans],
        sentences=[extent] if (extent := corpus.trim(text, 0, len(text))) else [],
        marks=unlabelled(((starts[at], starts[at + 1] - 1) for at in tagged.unlabelled), str(NOT_LABELLED)),
        origin=_origin_of(row.where),
    )


def _discarded(tokens: Sequence[str], tags: Sequence[str], row: Row, notation: Notation) -> Iterator[Finding]:
    for start, end, label in schemes.discarded(notation.scheme, notation.standards(tags)):
        covered = " ".join(tokens[start:end])
        why = f"the {label} {covered!r} is discarded, since its tags break {notation.name}"
        yield Finding("F023", why, row.where, unread={label: 1})


def _read_whole(row: Row, once: Once) -> Iterator[_Made | Finding]:
    try:
        raw = _raw_record(row)
    except (ValueError, RecursionError) as error:
        enter_bad(row.columns, error, row.where, once, _ADVICE)
        return
    if found := read_exactly(raw, row.id, row.where, once, _known(raw), _ADVICE):
        yield _Made(found[0])
        yield from found[1]


def _raw_record(row: Row) -> dict[str, Any]:
    """Return the record that a row with text and spans holds. Raises ValueError when it is not of that shape."""
    raw = {key: value for key, value in row.columns.items() if value is not None}
    # In JSON lines the columns that hold more than strings are JSON within JSON.
    for key in ("meta", *NESTED):
        if isinstance(value := raw.get(key), str):
            try:
                raw[key] = msgspec.json.decode(value)
            except msgspec.DecodeError as error:
                raise ValueError(f"{key} is {shape(value)}, where JSON is expected ({error})") from error
    origin = {key: raw.pop(key) for key in ("anchors", "line", "column") if key in raw}
    path = raw.get("source")
    where = msgspec.to_builtins(_origin_of(row.where))
    raw["origin"] = origin | {"path": path} if isinstance(path, str) and path else where
    if row.columns.keys() >= _OURS:
        raw["offset_unit"] = OFFSET_UNIT
    return raw | {"id": _id(row)}


def _known(raw: Mapping[str, Any]) -> Collection[str]:
    """Return the columns that are read, or say again what others do: tags, where spans or nothing stand beside them."""
    tags = raw.get("ner_tags")
    said_again = bool(raw.get("spans")) or not isinstance(tags, list) or all(tag in ("O", 0) for tag in tags)
    return _KNOWN if said_again else _KNOWN - {"tokens", "ner_tags"}


def _id(row: Row) -> str:
    own = row.columns.get("id")
    return row.id if own is None or own == "" else str(own)


def _origin_of(where: Where) -> OriginRecord:
    return OriginRecord(where.path, [(0, where.line, where.column)])


def placed(found: Columns, places: Sequence[Where]) -> Columns:
    """Return rows, those without an origin with their place in the table for one, and an id. Raises ValueError."""
    from nerconv.formats.record_batch import columns_of_records, records_of

    if None not in found.paths:
        return found
    records = records_of(found)
    for record, where in zip(records, places, strict=True):
        record.origin = record.origin or _origin_of(where)
    return columns_of_records(records)
