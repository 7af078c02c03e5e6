"""spaCy pipelines as predictors."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nerconv import tokens
from nerconv.document import WHITE_SPACE, Document, Span
from nerconv.memory import check_memory
from nerconv.models.predictor import ModelError, ModelOptions, Prediction, Predictor
from nerconv.options import UsageError
from nerconv.packages import package

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

#: Documents longer than the limit of a pipeline are cut into parts of this many code points: memory grows with them.
_PART: Final = 100_000
#: The factories of components that label spans.
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
    spacy = package("spacy", f"{name}: a spaCy pipeline", "spacy")
    try:
        pipeline = spacy.load(name)
    except Exception as error:  # what a damaged folder raises can be anything
        check_memory(error)
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
    limit = pipeline.max_length
    requests = [_Request(document, list(document_parts(document, limit))) for document in documents]
    parts = [part for request in requests for part in request.parts]
    texts: Iterable[Any] = (part.document.text for part in parts)
    if options.gold_tokens:
        texts = (_tokenised(pipeline, part.document) for part in parts)
    try:
        docs = pipeline.pipe(texts, batch_size=options.batch)
        for request in requests:
            yield _prediction(request, list(islice(docs, len(request.parts))), limit)
    except ValueError as error:
        raise ModelError(f"the spaCy pipeline failed: {str(error).partition(chr(10))[0]}") from error


class DocumentPart(NamedTuple):
    """A part of a document as a document of its own, and where in it the part starts, in code points."""

    start: int
    document: Document


class _Request(NamedTuple):
    """A document and its parts, which the pipeline reads one by one."""

    document: Document
    parts: list[DocumentPart]


def document_parts(document: Document, limit: int, most: int = _PART) -> Iterator[DocumentPart]:
    """Yield ``document`` whole, or one of more than ``limit`` code points in parts of at most ``most``, and ``limit``.

    Parts end where sentences end; inside a sentence that is longer, at white space if there is any.
    """
    if len(document.text) <= limit:
        yield DocumentPart(0, document)
        return
    ends = [end for _, end in tokens.sentences(document)]
    start, most = 0, min(limit, most)
    while start < len(document.text):
        end = _end(document.text, start, ends[bisect_right(ends, start) : bisect_right(ends, start + most)], most)
        yield DocumentPart(start, document.cut(start, end, f"{document.id}/{start}", start, end))
        start = end


def _end(text: str, start: int, ends: Sequence[int], most: int) -> int:
    """Return the end of a part from ``start``: of the text, the last of ``ends``, white space, or ``most`` later."""
    if start + most >= len(text):
        return len(text)
    if ends:
        return ends[-1]
    spaces = (text.rfind(space, start + 1, start + most) for space in WHITE_SPACE)
    found = max(spaces)
    return found if found > start else start + most


def _prediction(request: _Request, docs: Sequence[Doc], limit: int) -> Prediction:
    """Return the prediction for a document, its spans joined from those of its parts."""
    found: dict[Span, float | None] = {}
    for part, doc in zip(request.parts, docs, strict=True):
        for span, score in zip(*_spans(part.document, doc), strict=True):
            found[replace(span, start=span.start + part.start, end=span.end + part.start)] = score
    words = tokens.count(request.document)
    facts = {"asked in pieces": f"documents of more than {limit:,} characters, cut where sentences end"}
    document = replace(request.document, spans=tuple(found))
    return Prediction(document, tuple(found.values()), words, words, facts=facts if len(docs) > 1 else {})


def _tokenised(pipeline: Language, document: Document) -> Doc:
    """Return a Doc with the tokens of ``document``, each with or without a space after it.

    Other white space, a line end for example, is a token of its own, so that the text of the Doc is the same.
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
    # Some pipelines label white space, which is trimmed; nothing else of a prediction is changed.
    while start < end and document.text[start] in WHITE_SPACE:
        start += 1
    while start < end and document.text[end - 1] in WHITE_SPACE:
        end -= 1
    if start < end and label:
        found[Span(start, end, label)] = score
