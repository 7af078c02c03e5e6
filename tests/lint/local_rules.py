"""The rules about single spans, and how tests run them without the engine."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from nerconv import formats
from nerconv.document import Document
from nerconv.io.sources import Source
from nerconv.linting.corpus import LintCorpus
from nerconv.linting.rule import Flag, Rule
from nerconv.linting.rules import RULES as ALL
from nerconv.options import ReadOptions
from nerconv.views import Reading

#: Those that need several files, or a model.
_OTHERS: Final = {"L501", "L503", "M601", "M602"}
RULES: Final = tuple(rule for rule in ALL.values() if rule.code not in _OTHERS)


def flags_of(rule: Rule, corpus: LintCorpus) -> list[tuple[Document, Flag]]:
    """Return what ``rule`` finds with its own options."""
    if rule.corpus:
        return list(rule.corpus(corpus, rule.options))
    assert rule.local
    return [(document, flag) for document in corpus.documents for flag in rule.local(document, corpus, rule.options)]


def corpus_of_files(paths: Iterable[Path], options: ReadOptions) -> LintCorpus:
    """Return the corpus of the documents in ``paths``."""
    items = [item for path in paths for item in formats.read(Source(str(path), path.stem, path), options)]
    return LintCorpus([item.batch for item in items if isinstance(item, Reading)])


def corpus_of_text(text: str, folder: Path) -> LintCorpus:
    """Return the corpus of one document that ``text``, in the dialect illinois, reads as."""
    path = folder / "example.txt"
    path.write_text(text, encoding="utf-8", newline="")
    return corpus_of_files([path], ReadOptions(labels=frozenset(), dialect="illinois", markup="none"))
