"""Corpus health: leaks between splits, rare labels, labels that are nearly the same, pages inside sentences."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from nerconv import tokens
from nerconv.document import Document
from nerconv.linting.rule import Flag, Options, Rule, number, shown
from nerconv.linting.surface import is_page
from nerconv.printable import counted

if TYPE_CHECKING:
    from nerconv.linting.corpus import LintCorpus

_SPLIT: Final = re.compile(r"(?:^|[^a-z])(train|dev|valid|validation|test|eval)(?:ing)?(?=[^a-z]|$)")
#: Labels that are the same under two names, each row one meaning.
_SAME: Final = (
    ("PER", "PERSON", "PERS"),
    ("LOC", "LOCATION"),
    ("ORG", "ORGANIZATION", "ORGANISATION"),
    ("MISC", "MISCELLANEOUS"),
    ("GPE", "GEOPOLITICAL"),
)


def split_of(document: Document) -> str:
    """Return the split of ``document`` as its file is named; empty when that does not tell."""
    return _split_of_file(document.origin.path if document.origin else "")


@cache
def _split_of_file(path: str) -> str:
    match = _SPLIT.search(PurePath(path).name.lower())
    return {"valid": "dev", "validation": "dev", "eval": "test"}.get(match[1], match[1]) if match else ""


def _has_splits(corpus: LintCorpus) -> bool:
    """Whether there are splits, as the names of files tell: no document is looked at."""
    named = {_split_of_file(name) for part in corpus.parts for name in part.names}
    return len(named - {""}) > 1


def _split_leak(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    if not _has_splits(corpus):
        return
    least = number(options, "tokens")
    earlier: dict[str, tuple[str, Document, int]] = {}
    for name in ("train", "dev", "test"):
        here: dict[str, tuple[str, Document, int]] = {}
        for document in corpus.documents:
            for start, end in tokens.sentences(document) if split_of(document) == name else ():
                text = document.text[start:end]
                if text.count(" ") + 1 < least or not (folded := _folded(text)):
                    continue
                if found := earlier.get(folded):
                    split, source, at = found
                    place = source.locate(at)
                    where = f"{place.path}:{place.line}" if place else source.id
                    message = f"this sentence of {name} stands in {split}, too ({where})"
                    yield document, Flag(start, end, message, related=((source.id, at),))
                here.setdefault(folded, (name, document, start))
        earlier = {**here, **earlier}


def _folded(text: str) -> str:
    """Return ``text`` so that what differs in case, numbers, punctuation and spacing only is the same."""
    return " ".join(re.findall(r"[^\W\d_]+", text.casefold()))


def _near_identical(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    meaning = {label: row[0] for row in _SAME for label in row}
    for label in corpus.label_counts:
        folded = re.sub(r"[^A-Z0-9]", "", label.upper())
        groups[meaning.get(folded, folded)].append(label)
    for labels in groups.values():
        usual = max(labels, key=lambda label: (corpus.label_counts[label], label))
        for label in sorted(set(labels) - {usual}):
            document, span = corpus.first(label)
            message = (
                f"the labels {label} ({corpus.label_counts[label]:,}) and {usual} ({corpus.label_counts[usual]:,}) "
                f"look like one; convert with --map {label}={usual}, or tell them apart by name"
            )
            yield document, Flag(span.start, span.end, message, span)


def _rare_label(corpus: LintCorpus, options: Options) -> Iterator[tuple[Document, Flag]]:
    least = number(options, "least")
    for label, count in sorted(corpus.label_counts.items()):
        if count < least:
            document, span = next((d, s) for d in corpus.documents for s in d.spans if s.label == label)
            message = f"{label} has {counted(count, 'span')} in all; fewer than {least:g} teach and measure little"
            yield document, Flag(span.start, span.end, message, span)
    splits = {split_of(document) for document in corpus.documents} - {""}
    by_label: defaultdict[str, set[str]] = defaultdict(set)
    for document in corpus.documents:
        for span in document.spans:
            by_label[span.label].add(split_of(document))
    for label, found in sorted(by_label.items()) if len(splits) > 1 else ():
        if missing := sorted(splits - found):
            document, span = next((d, s) for d in corpus.documents for s in d.spans if s.label == label)
            yield document, Flag(span.start, span.end, f"{label} does not occur in {', '.join(missing)}", span)


def _header_splits(document: Document, corpus: LintCorpus, options: Options) -> Iterator[Flag]:
    text = document.text
    extents = tokens.lines(text, 0, len(text))
    for (before, before_end), (start, end), (after, _) in zip(extents, extents[1:], extents[2:], strict=False):
        line = text[start:end]
        if is_page(line) and text[before_end - 1] not in '.!?:;"”)' and text[after].islower() and before_end > before:
            message = f"the page line {shown(line[:60])} stands between two halves of a sentence; take it out"
            yield Flag(start, end, message)


RULES: Final = (
    Rule(
        code="L501",
        name="split-leak",
        scope="corpus",
        severity="error",
        fix="none",
        about="""A sentence of the dev or test split that stands in the training data, or one of test in dev.

Case, numbers and punctuation make no difference.

Scores on such sentences measure memory. Splits are known by the names of the files (`train`, `dev`, `test`);
sentences of fewer than `tokens` tokens are left out. Take the sentence out of the training data.""",
        bad=(),
        good=("[LOC Rome  ] was quiet today . \n[LOC Rome  ] was quiet today . \n",),
        corpus=_split_leak,
        options={"tokens": 5},
    ),
    Rule(
        code="L503",
        name="rare-label",
        scope="corpus",
        severity="info",
        fix="none",
        about="""A label with fewer than `least` spans, or one that a split does not have at all.

No model learns a label from a handful of examples, and no score of it means anything. Collect more, or map the label
to another. Splits are recognised by the names of the files.""",
        bad=("[LOC Rome  ] was quiet . ",),
        good=(),
        corpus=_rare_label,
        options={"least": 50},
        default=False,
    ),
    Rule(
        code="L505",
        name="near-identical-labels",
        scope="corpus",
        severity="warning",
        fix="none",
        about="""Two labels that mean the same: `PER` and `PERSON`, `Org` and `ORG`.

A model learns to tell apart what nobody can, and both halves score badly. Flagged once, at the first span of the rarer
one. Convert with `--map`.""",
        bad=("[PER Ann  ] met [PERSON Bo  ] and [PER Cid  ] . ",),
        good=("[PER Ann  ] met [ORG Bo  ] in [LOC Rome  ] . ",),
        corpus=_near_identical,
    ),
    Rule(
        code="T402",
        name="header-splits-sentence",
        scope="document",
        severity="warning",
        fix="none",
        about="""A page header between the two halves of a sentence.

Both halves become sentences of their own, and a name that runs across them is lost. Flagged when the line before
does not end in final punctuation and the one behind begins in lower case. Take the header out. Off by default: no
corpus at hand has any.""",
        bad=("He went to \nANKARA 00000112 002 OF 003 \nthe ministry . \n",),
        good=("He went home . \nANKARA 00000112 002 OF 003 \nThe ministry fell . \n",),
        local=_header_splits,
        default=False,
        whole=True,
    ),
)
