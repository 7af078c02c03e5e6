"""spaCy pipelines as predictors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from nerconv import tokens
from nerconv.document import WHITE_SPACE, Document, Span
from nerconv.models.predictor import ModelError, ModelOptions, Prediction, Predictor
from nerconv.options import UsageError

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

#: Components that label spans, and where they put them.
_LABELLERS: Final = ("ner", "beam_ner", "entity_ruler", "spancat", "span_finder", "spancat_singlelabel")


def is_installed(name: str) -> bool:
    """Whether ``name`` is an installed spaCy pipeline."""
    from importlib.util import find_spec

    try:
        return name.isidentifier() and find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def load(name: str, options: ModelOptions) -> Predictor:
    """Return the pipeline ``name`` as a predictor.

    Raises ModelError when it cannot be loaded or labels nothing, UsageError for an option of Hugging Face models.
    """
    if options.aggregation != "auto":
        raise UsageError(
            f"--aggregation is for Hugging Face models; {name} is a spaCy pipeline, which has no sub-tokens"
        )
    import spacy

    try:
        pipeline = spacy.load(name)
    except Exception as error:  # what a damaged folder raises can be anything
        reason = str(error).partition("\n")[0]
        raise ModelError(f"{name}: cannot be loaded by spaCy: {reason}") from error
    factories = [pipeline.get_pipe_meta(pipe).factory for pipe in pipeline.pipe_names]
    if not set(factories) & set(_LABELLERS):
        raise ModelError(f"{name}: has no component that labels spans, only {', '.join(pipeline.pipe_names) or 'none'}")
    labels = sorted({label for pipe in pipeline.pipe_names for label in _labels(pipeline, pipe)})
    settings = {
        "version": str(pipeline.meta.get("version", "")),
        "tokens": "of the gold" if options.gold_tokens else "its own, from the raw text",
    }
    return Predictor(name, "spaCy", tuple(labels), settings, partial(_predict, pipeline, options))


def _labels(pipeline: Language, pipe: str) -> Iterable[str]:
    if pipeline.get_pipe_meta(pipe).factory not in _LABELLERS:
        return ()
    return getattr(pipeline.get_pipe(pipe), "labels", ())


def _predict(pipeline: Language, options: ModelOptions, documents: Iterable[Document]) -> Iterator[Prediction]:
    held = list(documents)
    texts: Iterable[Any] = (document.text for document in held)
    if options.gold_tokens:
        texts = (_tokenised(pipeline, document) for document in held)
    try:
        for document, doc in zip(held, pipeline.pipe(texts, batch_size=options.batch), strict=True):
            spans, scores = _spans(document, doc)
            words = tokens.count(document)
            yield Prediction(replace(document, spans=spans), scores, words, words)
    except ValueError as error:
        raise ModelError(f"the spaCy pipeline failed: {str(error).partition(chr(10))[0]}") from error


def _tokenised(pipeline: Language, document: Document) -> Doc:
    """Return a Doc with the tokens of ``document``; what stands between two of them is a space or nothing.

    Other white space, a line end for example, is a token of its own, so that the text stays what it is.
    """
    from spacy.tokens import Doc

    starts, ends = tokens.edges(document)
    words: list[str] = []
    spaces: list[bool] = []
    done = 0
    for start, end in (*zip(starts, ends, strict=True), (len(document.text), len(document.text))):
        gap = document.text[done:start]
        if gap.startswith(" ") and words:
            spaces[-1], gap = True, gap[1:]
        if gap:
            words.append(gap)
            spaces.append(False)
        if start < end:
            words.append(document.text[start:end])
            spaces.append(False)
        done = end
    return Doc(pipeline.vocab, words=words, spaces=spaces)


def _spans(document: Document, doc: Doc) -> tuple[tuple[Span, ...], tuple[float | None, ...]]:
    found: dict[Span, float | None] = {}
    for span in doc.ents:
        _add(found, document, span.start_char, span.end_char, span.label_, None)
    for group in doc.spans.values():
        scores = group.attrs.get("scores")
        for at, span in enumerate(group):
            _add(
                found,
                document,
                span.start_char,
                span.end_char,
                span.label_,
                float(scores[at]) if scores is not None else None,
            )
    spans = tuple(sorted(found, key=lambda span: (span.start, -span.end, span.label)))
    return spans, tuple(found[span] for span in spans)


def _add(
    found: dict[Span, float | None], document: Document, start: int, end: int, label: str, score: float | None
) -> None:
    # Some pipelines label white space; nothing else of a prediction is changed.
    while start < end and document.text[start] in WHITE_SPACE:
        start += 1
    while start < end and document.text[end - 1] in WHITE_SPACE:
        end -= 1
    if start < end and label:
        found[Span(start, end, label)] = score
