"""Which tool a JSON file seems to come from, by the keys that its records have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from nerconv.formats.foreign_items import joined

#: What a tool is called in a message, and keys, joined, that all stand in what it writes; the first that fits counts.
_TOOLS: Final = (
    ("a Label Studio export", {"annotations", "result", "fromname"}),
    ("a Label Studio export (JSON-MIN)", {"annotationid", "annotator"}),
    ("Prodigy's db-out", {"inputhash", "taskhash"}),
    ("Rasa training data", {"rasanludata"}),
    ("Rasa training data", {"commonexamples"}),
    ("GLiNER training data", {"tokenizedtext", "ner"}),
    ("a doccano export", {"startoffset", "endoffset"}),
    ("an answer of Amazon Comprehend", {"beginoffset", "endoffset"}),
    ("output of a Hugging Face pipeline", {"entitygroup", "score"}),
    ("output of Flair", {"startpos", "endpos"}),
    ("output of Stanford CoreNLP", {"entitymentions"}),
    ("a CAS of UIMA", {"featurestructures"}),
    ("BioC", {"infons", "passages"}),
    ("spaCy's JSON", {"ents", "tokens"}),
    ("spaCy's JSON", {"paragraphs", "sentences", "tokens", "orth"}),
    ("spaCy training data", {"classes", "annotations", "entities"}),
    ("input and output of a language model", {"input", "output"}),
    ("a doccano export", {"data", "labels"}),
)
_DEEP: Final = 8


def tool(raw: Any) -> str:
    """Return what ``raw``, decoded from JSON, seems to be, or ``""``."""
    names = set(_names(raw, 0))
    found = next((name for name, needed in _TOOLS if needed <= names), "")
    if found or not isinstance(raw, dict | list | tuple):
        return found
    if isinstance(raw, list | tuple):
        pair = len(raw) == 2 and isinstance(raw[0], str) and isinstance(raw[1], dict)
        return "spaCy training data" if pair else ""
    return "a doccano export" if any(_is_list_of_lists(raw.get(key)) for key in ("label", "labels")) else ""


def _is_list_of_lists(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], list)


def _names(value: Any, depth: int) -> Iterator[str]:
    """Yield the joined keys of the objects in ``value``; of a long list, those of the first items."""
    if depth > _DEEP:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield joined(key)
            yield from _names(inner, depth + 1)
    elif isinstance(value, list | tuple):
        for inner in value[:3]:
            yield from _names(inner, depth + 1)
