"""Changes of spans and text as edits of the annotator's own file: what has to change in it, and nothing else.

A format that can be edited is a module with a function ``editor``, and a row in ``EDITORS``. An editor knows one file:
given a document of it and all that is to change there, it says which characters of the file become which.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final

from nerconv import formats
from nerconv.io.sources import Source
from nerconv.linting.edits.outcome import Editor, Refused
from nerconv.linting.edits.text import SourceText
from nerconv.options import ReadOptions

#: The formats that are edited where they stand, and how a message calls their files.
EDITORS: Final[Mapping[str, str]] = MappingProxyType(
    {"bracket": "bracket text", "conll": "columns", "spans_jsonl": "spans JSONL"}
)
_ADVICE: Final = "convert it to spans JSONL first: nerconv to-spans {name} -o FILE.jsonl"


def check_editable(source: Source, read: ReadOptions) -> None:
    """Raise Refused for a source that cannot be edited where it stands, with what to do instead."""
    if source.stream is not None:
        raise Refused(f"{source.name} is a pipe and cannot be written back; save it to a file and name that")
    if source.path is None and source.url is None:
        raise Refused(f"{source.name} is not a file; save it to a file and name that")
    if source.path is None:
        raise Refused(f"{source.name} is not a file of this machine; download it and name the copy")
    if source.packed:
        raise Refused(f"{source.name} is compressed, and a decision changes single bytes; unpack it first")
    name = formats.of_source(source, read).NAME
    if name not in EDITORS:
        known = ", ".join(EDITORS.values())
        raise Refused(f"a file of the format {name} is not edited where it stands ({known} are); {_advice(source)}")


def _advice(source: Source) -> str:
    return _ADVICE.format(name=source.name)


def editor_of(source: Source, raw: bytes, read: ReadOptions) -> tuple[SourceText, Editor]:
    """Return the text of a source whose bytes are ``raw``, and what edits it.

    Raises Refused for a source that cannot be edited where it stands, and for bytes that are not text in its encoding.
    """
    check_editable(source, read)
    text = SourceText.of(raw, read.encoding)
    module: Any = import_module(f"{__name__}.{formats.of_source(source, read).NAME}")
    editor: Editor = module.editor(text, source, read)
    return text, editor
