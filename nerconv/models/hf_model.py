"""Hugging Face token classifiers as predictors: spans as in the pipeline, and long texts are read to the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nerconv import tokens
from nerconv.document import Document, Span
from nerconv.memory import check_memory
from nerconv.models import aggregation, subtokens
from nerconv.models.head import Head, of_config
from nerconv.models.predictor import ModelError, ModelOptions, Prediction, Predictor
from nerconv.models.subtokens import Encoder, Subtokens
from nerconv.models.windows import owners
from nerconv.options import UsageError

if TYPE_CHECKING:
    import numpy as np

#: A tokenizer without a limit reports about 1e30.
_NO_LIMIT: Final = 1_000_000
#: The window of a model without a length limit.
_UNLIMITED: Final = 512
#: Positions that these models reserve for padding: fewer tokens fit than their configuration says.
_RESERVED: Final = {"roberta": 2, "xlm-roberta": 2, "camembert": 2, "longformer": 2, "mpnet": 2, "bertweet": 2}
#: The number of documents predicted together.
_BLOCK: Final = 1024


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A loaded model with its tokenizer, head and options."""

    model: Any
    encoder: Encoder
    head: Head
    options: ModelOptions


def load(name: str, options: ModelOptions) -> Predictor:
    """Return the token classifier ``name`` as a predictor.

    Raises ModelError with the reason when it cannot be used, UsageError for an option of spaCy pipelines.
    """
    if options.gold_tokens:
        raise UsageError(f"--gold-tokens is for spaCy pipelines; {name} is of Hugging Face and reads the text as it is")
    try:
        import torch
        import transformers
    except ImportError as error:
        raise ModelError(
            f"{name}: Hugging Face models need packages that are not here ({error}): pip install 'nerconv[hf]'"
        ) from error
    _refuse_pickle(name, options)
    local = not options.network
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(name, local_files_only=local, trust_remote_code=False)
        model, found = transformers.AutoModelForTokenClassification.from_pretrained(
            name,
            local_files_only=local,
            trust_remote_code=False,
            use_safetensors=None if options.allow_pickle else True,
            output_loading_info=True,
        )
    except Exception as error:  # of damaged or foreign files it can be anything
        check_memory(error)
        reason = str(error).strip().partition("\n")[0]
        fetch = "" if options.network else "; nothing is fetched without --network"
        raise ModelError(
            f"{name}: cannot be loaded as a token classifier: {type(error).__name__}: {reason}{fetch}"
        ) from error
    _refuse_untrained(name, model, found["missing_keys"])
    device = options.device if options.device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
    return predictor(name, model.to(device).eval(), tokenizer, options)


def predictor(name: str, model: Any, tokenizer: Any, options: ModelOptions) -> Predictor:
    """Return a token classifier in memory as a predictor. Raises ModelError when it cannot be used.

    ``model`` runs as it is, on its device; ``tokenizer`` must be a fast one and is set to truncate on the right.
    """
    head = of_config(name, model.config.id2label, model.config.num_labels)
    encoder = encoder_of(name, model, tokenizer, options.overlap)
    settings = {
        "scheme": head.name,
        "window": f"{encoder.room} sub-tokens, {encoder.overlap} shared",
    }
    loaded = _Loaded(model, encoder, head, options)
    return Predictor(name, "Hugging Face", head.labels, settings, partial(_predict, loaded))


def encoder_of(name: str, model: Any, tokenizer: Any, overlap: int, most: int | None = None) -> Encoder:
    """Return the encoder of ``model``, its windows as long as the model takes or ``most``, special tokens included.

    Raises ModelError for a tokenizer without offsets, and for a limit that leaves no room for text.
    """
    if not getattr(tokenizer, "is_fast", False):
        raise ModelError(
            f"{name}: its tokenizer ({type(tokenizer).__name__}) is a slow one, which cannot say where in the text a "
            "sub-token is; save the model with a fast one (tokenizer.json)"
        )
    return subtokens.encoder(tokenizer, model, _room(name, tokenizer, model.config, most), overlap)


def _refuse_pickle(name: str, options: ModelOptions) -> None:
    folder = Path(name)
    if folder.is_dir() and not options.allow_pickle and not list(folder.glob("*.safetensors")):
        found = ", ".join(sorted(path.name for path in folder.glob("*.bin"))) or "no weights at all"
        raise ModelError(f"{name}: has no safetensors but {found}; a pickle can run code, so it is not loaded")


def _refuse_untrained(name: str, model: Any, missing: Iterable[str]) -> None:
    """Raise ModelError where the file has no weights for the head: it would be initialised at random."""
    body = f"{model.base_model_prefix}."
    if absent := sorted(key for key in missing if not key.startswith(body)):
        raise ModelError(
            f"{name}: has no weights for {', '.join(absent[:3])}: it was not trained to label tokens; fine-tune it"
        )


def _room(name: str, tokenizer: Any, config: Any, most: int | None) -> int:
    """Return how many sub-tokens of text fit: the smaller of what the tokenizer and the configuration say."""
    positions = getattr(config, "max_position_embeddings", None)
    limits = [positions - _RESERVED.get(config.model_type, 0)] if positions and positions > 0 else []
    if 0 < tokenizer.model_max_length < _NO_LIMIT:
        limits.append(tokenizer.model_max_length)
    limits += [most] if most else []
    room = min(limits, default=_UNLIMITED) - int(tokenizer.num_special_tokens_to_add())
    if room < 1:
        raise ModelError(f"{name}: its length limit {min(limits)} leaves no room for text")
    return room


@dataclass(slots=True)
class _EncodedSentence:
    """A sentence: its offset in a document, its text and sub-tokens, and the outputs, shape (sub-tokens, tags)."""

    offset: int
    text: str
    subtokens: Subtokens
    outputs: np.ndarray[Any, Any]


def _predict(loaded: _Loaded, documents: Iterable[Document]) -> Iterator[Prediction]:
    documents = list(documents)
    how = loaded.options.aggregation
    if how == "auto":
        how = aggregation.suited(documents, subtokens.is_word_based(loaded.encoder.tokenizer))
    for start in range(0, len(documents), _BLOCK):
        block = documents[start : start + _BLOCK]
        sentences = [list(_sentences(loaded, document)) for document in block]
        _ask(loaded, [sentence for found in sentences for sentence in found])
        for document, found in zip(block, sentences, strict=True):
            yield _prediction(loaded, document, found, how)


def _sentences(loaded: _Loaded, document: Document) -> Iterator[_EncodedSentence]:
    """Yield the sentences of ``document`` as sub-tokens, their outputs still to be filled in."""
    import numpy as np

    extents = [found for a, b in tokens.sentences(document) if (found := tokens.trim(document.text, a, b))]
    texts = [document.text[start:end] for start, end in extents]
    for (start, _), text, made in zip(extents, texts, loaded.encoder(texts), strict=True):
        outputs = np.full((len(made.ids), len(loaded.head.tags)), np.nan, dtype=np.float32)
        yield _EncodedSentence(start, text, made, outputs)


def _ask(loaded: _Loaded, sentences: Sequence[_EncodedSentence]) -> None:
    """Fill in the outputs of every sub-token: batches of windows of similar length, the longest first."""
    jobs = [(sentence, number) for sentence in sentences for number in range(len(sentence.subtokens.windows))]
    jobs.sort(key=lambda job: -len(job[0].subtokens.windows[job[1]].places))
    owned = {id(sentence): _owners(sentence.subtokens) for sentence in sentences}
    size = loaded.options.batch
    for start in range(0, len(jobs), size):
        batch = jobs[start : start + size]
        rows = _outputs(loaded, [sentence.subtokens.windows[number] for sentence, number in batch])
        for (sentence, number), row in zip(batch, rows, strict=True):
            window = sentence.subtokens.windows[number]
            for at, place in enumerate(window.places, window.start):
                if owned[id(sentence)][at] == number:
                    sentence.outputs[at] = row[place]


def _owners(made: Subtokens) -> list[int]:
    return owners([(window.start, window.end) for window in made.windows], len(made.ids))


def _outputs(loaded: _Loaded, windows: Sequence[subtokens.Window]) -> Any:
    """Return the probabilities of tags, float32, shape (windows, places, tags)."""
    import torch

    device = loaded.model.device
    padding = loaded.encoder.tokenizer.pad_token_id or 0
    inputs = {name: torch.tensor(rows, device=device) for name, rows in subtokens.padded(windows, padding).items()}
    with torch.inference_mode():
        logits = loaded.model(**inputs).logits
    return torch.softmax(logits.float(), -1).cpu().numpy()


def _prediction(loaded: _Loaded, document: Document, sentences: Sequence[_EncodedSentence], how: str) -> Prediction:
    found = [pair for sentence in sentences for pair in _spans(loaded, sentence, how)]
    words, covered, blank = _coverage(document, sentences)
    spans, scores = [span for span, _ in found], [score for _, score in found]
    return Prediction(replace(document, spans=tuple(spans)), tuple(scores), covered, words, blank, {"aggregation": how})


def _spans(loaded: _Loaded, sentence: _EncodedSentence, how: str) -> Iterator[tuple[Span, float]]:
    made, encoder = sentence.subtokens, loaded.encoder
    continues = aggregation.goes_on(sentence.text, made, encoder.spelt(made.ids), encoder.tokenizer.unk_token_id)
    found = aggregation.spans(sentence.text, made, sentence.outputs, continues, loaded.head, how)
    for start, end, label, score in found:
        yield Span(sentence.offset + start, sentence.offset + end, label), score


def _coverage(document: Document, sentences: Sequence[_EncodedSentence]) -> tuple[int, int, int]:
    """Return the number of words of ``document``, of those that the model read, and of those without a sub-token."""
    some, without = bytearray(len(document.text)), bytearray(len(document.text))
    for sentence in sentences:
        given = (sentence.outputs[:, 0] == sentence.outputs[:, 0]).tolist()
        for (start, end), known in zip(sentence.subtokens.offsets, given, strict=True):
            where = slice(sentence.offset + start, sentence.offset + end)
            (some if known else without)[where] = b"\1" * (end - start)
    words = list(zip(*tokens.edges(document), strict=True))
    blank = sum(some.find(1, a, b) < 0 and without.find(1, a, b) < 0 for a, b in words)
    return len(words), blank + sum(some.find(1, a, b) >= 0 for a, b in words), blank
