"""Label Studio: the JSON of a project, tasks with annotations and predictions, and the shorter JSON-MIN.

Read are regions with offsets and labels. Of several annotations of a task those of ``--annotator`` are read, else the
ground truth, else the only one, or any where all say the same; where they differ the task is left out, as are skipped
ones. A task that nobody annotated is text that nobody labelled. ``--annotator predictions`` reads the predictions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from nerconv import tokens as corpus
from nerconv.formats.foreign_items import number
from nerconv.formats.json_record import Loose
from nerconv.formats.keeps import Keeps
from nerconv.formats.known import FORMATS
from nerconv.formats.offsets import in_points
from nerconv.formats.own import Own
from nerconv.formats.pieces import Pieces, join_list
from nerconv.formats.record import OFFSET_UNIT, QuotedSpan, Record, SpanRecord, unlabelled
from nerconv.formats.records import RecordFormat
from nerconv.formats.shapes import keys, listed, shape
from nerconv.options import ReadOptions

NAME: Final = "label_studio"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "document"
KEEPS: Final = Keeps(sentences=False, marks=False, joins=False, provenance=False, unlabelled=False)
#: The value of --annotator that asks for predictions.
PREDICTIONS: Final = "predictions"
_CODE: Final = re.compile(r"[A-Z]\d{1,3}")
#: What a head of a file holds, all of each, by what it says.
_HEADS: Final = {
    "its regions have from_name and to_name": (rb'"from_name"\s*:\s*"', rb'"to_name"\s*:\s*"'),
    "its tasks have data and annotations": (rb'"data"\s*:\s*\{', rb'"(annotations|predictions)"\s*:\s*\['),
    "its tasks say who completed them": (rb'"annotations"\s*:\s*\[', rb'"completed_by"\s*:'),
    "it has annotator and annotation_id, as JSON-MIN": (rb'"annotator"\s*:', rb'"annotation_id"\s*:'),
}
#: A list whose first task has data that a head ends in: its text is long.
_LONG: Final = re.compile(rb'\s*\[\s*\{\s*"data"\s*:\s*\{(?>[^"{}]|"(?:[^"\\]|\\.)*+")*+(?:"(?:[^"\\]|\\.)*+\\?)?\Z')


class _Comment(msgspec.Struct, forbid_unknown_fields=True):
    """What is noted of a region."""

    text: list[str]


class _Value(msgspec.Struct, forbid_unknown_fields=True):
    """The place and the label of a region."""

    start: int
    end: int
    text: str
    labels: list[str]


class _Region(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A region of the text."""

    from_name: str
    to_name: str
    type: str
    value: _Value
    meta: _Comment | None = None


class _Annotation(msgspec.Struct, forbid_unknown_fields=True):
    """All regions of one annotator."""

    result: list[_Region]


class _Data(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What is annotated."""

    id: str
    text: str
    meta: dict[str, Any] = {}


class _Task(msgspec.Struct, forbid_unknown_fields=True):
    """A task."""

    data: _Data
    annotations: list[_Annotation]


def _to_object(record: Record) -> _Task:
    regions = []
    for span in record.spans:
        value = _Value(span.start, span.end, record.text[span.start : span.end], [span.label])
        comment = _Comment(list(span.flags)) if span.flags else None
        regions.append(_Region("label", "text", "labels", value, comment))
    return _Task(_Data(record.id or "", record.text, record.meta), [_Annotation(regions)])


def _from_object(task: _Task) -> Record:
    if len(task.annotations) != 1:
        raise ValueError("the annotations need a closer look")
    spans: list[SpanRecord] = []
    for region in task.annotations[0].result:
        if len(region.value.labels) != 1:
            raise ValueError("a region has not one label")
        value = region.value
        flags = _flags(region.meta.text if region.meta else ())
        spans.append(QuotedSpan(value.start, value.end, value.labels[0], flags=flags, text=value.text))
    data = task.data
    return Record(id=data.id, text=data.text, offset_unit=OFFSET_UNIT, spans=spans, meta=data.meta)


def _flags(notes: Sequence[Any]) -> list[str]:
    """Return those of the notes on a region that are codes of lint rules."""
    return [note for note in notes if isinstance(note, str) and _CODE.fullmatch(note)]


def _loose(raw: Any, options: ReadOptions) -> Loose:
    """Return the record that a task is. Raises ValueError in words."""
    if not isinstance(raw, dict):
        raise ValueError(f"the task is {shape(raw)}, where an object is expected")
    data = raw.get("data")
    if not isinstance(data, dict):
        data = raw
    results = _minimal(raw) if data is raw else _results(raw, options.annotator)
    regions = [region for region in results or () if _is_labelled(region)]
    key = _text_key(data, regions, options.text_key)
    text: str = data[key]
    spans, own, lost = [], [], []
    for region in regions:
        value, notes = region["value"], region.get("meta")
        flags = _flags(notes.get("text") or ()) if isinstance(notes, dict) else []
        start, end = number(value.get("start")), number(value.get("end"))
        for label in _labels(value):
            if start is None or end is None or "startOffset" in value:
                lost.append((label, f"a region {label} has no offsets of the text (it is one of HTML)"))
                continue
            spans.append(SpanRecord(start, end, label, flags=flags))
            own.append(Own(value["text"] if isinstance(value.get("text"), str) else None, None))
    id = raw.get("id", data.get("id"))
    record = Record(id=None if id in (None, "") else str(id), text=text, spans=spans, meta=_meta(data, key, regions))
    unit, record = in_points(record, own)
    if results is None:
        record.marks = unlabelled(corpus.lines(text, 0, len(text)), "no annotation")
    others = [f"results of type {region.get('type')}" for region in results or () if not _is_labelled(region)]
    return Loose(record, own if any(each.text is not None for each in own) else (), lost, unit, others)


def _meta(data: Mapping[str, Any], key: str, regions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what else a task has in its data; of JSON-MIN without its regions."""
    own = data.get("meta")
    rest = {name: value for name, value in data.items() if name not in (key, "id", "meta")}
    if regions:
        rest = {name: value for name, value in rest.items() if not _is_regions(value)}
    return (own if isinstance(own, dict) else {}) | rest


def _is_labelled(region: Any) -> bool:
    value = region.get("value") if isinstance(region, dict) else None
    return isinstance(value, dict) and bool(_labels(value)) and ("start" in value or "startOffset" in value)


def _labels(value: Mapping[str, Any]) -> list[str]:
    """Return the labels of a region, whatever its tag is called."""
    found: list[Any] = next(
        (value[key] for key in value if key.endswith("labels") and isinstance(value[key], list)), []
    )
    return [label for label in found if isinstance(label, str)]


def _is_regions(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_labelled({"value": each}) for each in value)


def _minimal(raw: Mapping[str, Any]) -> list[Any]:
    """Return the regions of a record of JSON-MIN."""
    return [{"value": each} for value in raw.values() if _is_regions(value) for each in value]


def _results(raw: Mapping[str, Any], annotator: str) -> list[Any] | None:
    """Return the results of the annotation to read, None without one. Raises ValueError where several differ."""
    if annotator == PREDICTIONS:
        return _one(raw.get("predictions") or [], "predictions")
    done = [each for each in raw.get("annotations") or raw.get("completions") or () if not _is_skipped(each)]
    if annotator:
        mine = [each for each in done if annotator in _names(each)]
        if done and not mine:
            who = listed(sorted({name for each in done for name in _names(each)}))
            raise ValueError(f"annotator {annotator!r} did not annotate the task; {who} did")
        return _one(mine, f"annotations of {annotator}")
    truth = [each for each in done if each.get("ground_truth")]
    return _one(truth if len(truth) == 1 else done, "annotations")


def _one(found: Sequence[Any], what: str) -> list[Any] | None:
    """Return the results of the only one of ``found``, or of one where all are alike. Raises ValueError."""
    if not found:
        return None
    results = [each.get("result") or [] for each in found]
    if len({_said(result) for result in results}) > 1:
        who = listed(sorted({name for each in found for name in _names(each)}))
        raise ValueError(
            f"its {len(found)} {what} differ{f' ({who})' if who else ''}; say --annotator with one of them"
        )
    return list(results[0])


def _said(result: Sequence[Any]) -> frozenset[str]:
    """Return the spans of results in a form that can be compared."""
    values = [region["value"] for region in result if _is_labelled(region)]
    return frozenset(f"{value.get('start')}:{value.get('end')} {_labels(value)}" for value in values)


def _names(annotation: Mapping[str, Any]) -> list[str]:
    """Return by what the annotator of an annotation, or the model of a prediction, is known."""
    by = annotation.get("completed_by", annotation.get("model_version"))
    if isinstance(by, dict):
        return [str(by[key]) for key in ("id", "email", "username") if key in by]
    return [] if by is None else [str(by)]


def _is_skipped(annotation: Any) -> bool:
    return not isinstance(annotation, dict) or bool(annotation.get("was_cancelled") or annotation.get("skipped"))


def _text_key(data: Mapping[str, Any], regions: Sequence[Mapping[str, Any]], asked: str) -> str:
    """Return the key of the text that ``regions`` stand in. Raises ValueError where several may be meant."""
    texts = [
        key for key, value in data.items() if isinstance(value, str) and key not in ("id", "created_at", "updated_at")
    ]
    if asked or len(texts) == 1:
        key = asked or texts[0]
        if not isinstance(data.get(key), str):
            raise ValueError(f"no text stands under {key}; it has {keys(data)}")
        return key
    named = {region.get("to_name") for region in regions} & {*texts} or {"text"} & {*texts}
    if len(named) == 1:
        return str(next(iter(named)))
    raise ValueError(f"several texts may be meant ({listed(texts)}); say --text-key" if texts else "it has no text")


def _read_keys(raw: Any, options: ReadOptions) -> Any:
    return raw.keys() if isinstance(raw, dict) else ()


def _skipped(raw: Any) -> str:
    """Return why nobody may learn from a task: all who looked at it skipped it."""
    given = raw.get("annotations") if isinstance(raw, dict) else None
    return "its annotations are cancelled" if isinstance(given, list) and given and all(map(_is_skipped, given)) else ""


_FORMAT: Final = RecordFormat(
    NAME, _Task, (), _to_object, _from_object, _loose, _read_keys, listed=True, skipped=_skipped
)
tokens, encode, read_back = _FORMAT.tokens, _FORMAT.encode, _FORMAT.read_back
read, SURVEYOR = _FORMAT.read, None


def join(pieces: Pieces, path: Path, options: Any) -> None:
    """Write the tasks of ``pieces`` as one list."""
    join_list(pieces.packed, path)


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return by what tasks of Label Studio show."""
    if not head.lstrip().startswith((b"[", b"{")):
        return None
    said = (why for why, patterns in _HEADS.items() if all(re.search(each, head) for each in patterns))
    return next(said, "its first task begins with long data" if _LONG.match(head) else None)
