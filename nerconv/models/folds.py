"""Out-of-fold predictions: each text is labelled by models that were trained on the other texts.

Small spaCy pipelines, trained from scratch, several for each fold with different seeds; the score of a span is the
share of them that predict it. Such models are weak, but none was trained on the text that it judges.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from nerconv import tokens
from nerconv.document import Document, Span
from nerconv.formats.keeps import Keeps, corpus_tokens
from nerconv.options import UsageError, check_types
from nerconv.packages import package

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc
    from spacy.training import Example


#: The batch size in sentences, and the least number of updates.
_BATCH: Final = 8
_UPDATES: Final = 400


@dataclass(frozen=True, slots=True)
class FoldOptions:
    """The number of folds, models for each fold (``votes``) and training passes; ``seed`` makes it repeatable."""

    folds: int = 5
    votes: int = 3
    passes: int = 8
    seed: int = 0

    def __post_init__(self) -> None:
        check_types(self)


class _FoldSentence(NamedTuple):
    """A sentence as a document, the number of the document it is from, its offset there, and the key of its fold."""

    document: int
    offset: int
    sentence: Document
    key: str


def out_of_fold(documents: Sequence[Document], options: FoldOptions) -> list[list[tuple[Span, float]]]:
    """Return for each document the spans predicted by models of other folds, and the share of models that predict each.

    Folds are made of documents, and of sentences where those are few; the same text falls into the same fold. Raises
    UsageError for fewer sentences with annotations than folds.
    """
    sentences = list(_sentences(documents, by_sentence=len(documents) < 2 * options.folds))
    if options.folds < 2 or sum(bool(each.sentence.spans) for each in sentences) < options.folds:
        raise UsageError(f"--folds {options.folds} needs at least two folds, and as many sentences with annotations")
    keys = sorted({each.key for each in sentences})
    random.Random(options.seed).shuffle(keys)
    fold_of = {key: number % options.folds for number, key in enumerate(keys)}
    votes: list[Counter[Span]] = [Counter() for _ in documents]
    for fold in range(options.folds):
        held_out = [each for each in sentences if fold_of[each.key] == fold]
        train = [each.sentence for each in sentences if fold_of[each.key] != fold]
        for vote in range(options.votes):
            pipeline = _trained(train, options, options.seed + 1000 * fold + vote)
            for each in held_out:
                votes[each.document].update(_labelled(pipeline, each))
    return [
        sorted(((span, count / options.votes) for span, count in counted.items()), key=lambda p: (p[0].start, p[0].end))
        for counted in votes
    ]


def _sentences(documents: Sequence[Document], by_sentence: bool) -> Iterator[_FoldSentence]:
    for number, document in enumerate(documents):
        for start, end in tokens.sentences(document):
            if trimmed := tokens.trim(document.text, start, end):
                sentence = document.cut(*trimmed, f"{document.id}/{start}", *trimmed)
                yield _FoldSentence(number, trimmed[0], sentence, sentence.text if by_sentence else document.text)


def _trained(sentences: Sequence[Document], options: FoldOptions, seed: int) -> Language:
    spacy = package("spacy", "to train pipelines on parts of the corpus", "spacy")
    from spacy import util

    util.fix_random_seed(seed)  # type: ignore[attr-defined]
    pipeline: Language = spacy.blank("xx")
    pipeline.add_pipe("ner")
    examples = [_example(pipeline, sentence) for sentence in sentences]
    pipeline.initialize(lambda: examples)
    chance = random.Random(seed)
    # A small corpus needs more passes.
    for _ in range(max(options.passes, _UPDATES * _BATCH // len(examples))):
        chance.shuffle(examples)
        for start in range(0, len(examples), _BATCH):
            pipeline.update(examples[start : start + _BATCH], drop=0.2)
    return pipeline


def _example(pipeline: Language, sentence: Document) -> Example:
    """Return a sentence with its spans; those that nest or cut tokens are left out."""
    from spacy.training import Example

    from nerconv.conversion.fit import fit
    from nerconv.views import batch_of, documents_of

    doc = _doc(pipeline, sentence)
    fitted = fit(batch_of([sentence], ""), Keeps(nesting=False), corpus_tokens, None)
    (flat,) = documents_of(fitted.batch)
    starts, ends = (list(edges) for edges in tokens.edges(sentence))
    tags = ["O"] * len(starts)
    for span in flat.spans:
        first, last = starts.index(span.start), ends.index(span.end)
        if first == last:
            tags[first] = f"U-{span.label}"
        else:
            inner = [f"I-{span.label}"] * (last - first - 1)
            tags[first : last + 1] = [f"B-{span.label}", *inner, f"L-{span.label}"]
    return Example.from_dict(doc, {"entities": tags})


def _doc(pipeline: Language, sentence: Document) -> Doc:
    from spacy.tokens import Doc

    return Doc(pipeline.vocab, words=tokens.words(sentence, 0, len(sentence.text)))


def _labelled(pipeline: Language, each: _FoldSentence) -> Iterator[Span]:
    starts, ends = tokens.edges(each.sentence)
    for span in pipeline(_doc(pipeline, each.sentence)).ents:
        yield Span(each.offset + starts[span.start], each.offset + ends[span.end - 1], span.label_)
