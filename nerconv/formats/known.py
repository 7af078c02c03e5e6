"""The formats by name, each the module of this package that is called so, and the suffixes of its files."""

from __future__ import annotations

from typing import Final

#: New files get the first suffix of their format.
FORMATS: Final[dict[str, tuple[str, ...]]] = {
    "bracket": (".txt", ".brackets"),
    "spans_jsonl": (".jsonl", ".ndjson"),
    "conll": (".conll", ".bio", ".iob", ".iob2", ".tsv", ".bioes", ".bilou"),
    "docbin": (".spacy",),
    "dataset": (".parquet",),
    "tags_jsonl": (".json", ".csv"),
    "offsets_jsonl": (".jsonl", ".json"),
    "doccano": (".jsonl", ".json"),
    "prodigy": (".jsonl", ".json"),
    "label_studio": (".json",),
    "brat": (".ann",),
    "conllu": (".conllu",),
    "gliner": (".json", ".jsonl"),
    "text_column": (".jsonl", ".csv"),
    "iob": (".iob",),
    "webanno": (".tsv",),
    "pubtator": (".pubtator",),
    "bioc": (".xml", ".json"),
    "cas": (".xmi", ".json"),
}
#: Those that are read, and not written.
READ_ONLY: Final = frozenset({"iob", "webanno", "pubtator", "bioc", "cas"})
#: Those that are written, too.
WRITTEN: Final = tuple(name for name in FORMATS if name not in READ_ONLY)
