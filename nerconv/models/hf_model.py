"""Token classifiers of Hugging Face as predictors, without the pipeline class, which cuts long texts in silence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from nerconv import schemes, tokens
from nerconv.document import Document, Span
from nerconv.models.predictor import ModelError, ModelOptions, Prediction, Predictor
from nerconv.models.windows import owners, windows
from nerconv.schemes import Scheme

#: A tokenizer without a limit says about 1e30.
_NO_LIMIT: Final = 1_000_000
#: The window of a model that takes any length.
_UNLIMITED: Final = 512
#: Positions that these models keep for padding: fewer tokens fit than their configuration says.
_RESERVED: Final[Mapping[str, int]] = {
    "roberta": 2,
    "xlm-roberta": 2,
    "camembert": 2,
    "longformer": 2,
    "mpnet": 2,
    "bertweet": 2,
}


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The parts of a model: ``room`` is how many sub-tokens of text fit, ``tags`` are the names of its outputs."""

    model: Any
    tokenizer: Any
    room: int
    tags: tuple[str, ...]
    scheme: Scheme
    options: ModelOptions


def load(name: str, options: ModelOptions) -> Predictor:
    """Return the token classifier ``name`` as a predictor. Raises ModelError with the reason when it cannot be used."""
    try:
        import torch
        import transformers
    except ImportError as error:
        raise ModelError(
            f"{name}: Hugging Face models need packages that are not here ({error}): pip install 'nerconv[hf]'"
        ) from error
    _refuse_pickle(name, options)
    try:
        local = not options.network
        config = transformers.AutoConfig.from_pretrained(name, local_files_only=local, trust_remote_code=False)
        tokenizer = transformers.AutoTokenizer.from_pretrained(
            name, local_files_only=local, trust_remote_code=False, add_prefix_space=True
        )
        model = transformers.AutoModelForTokenClassification.from_pretrained(
            name,
            local_files_only=local,
            trust_remote_code=False,
            use_safetensors=None if options.allow_pickle else True,
        )
    except Exception as error:  # of damaged or foreign files it can be anything
        reason = str(error).strip().partition("\n")[0]
        fetch = "" if options.network else "; nothing is fetched without --network"
        raise ModelError(
            f"{name}: cannot be loaded as a token classifier: {type(error).__name__}: {reason}{fetch}"
        ) from error
    if not getattr(tokenizer, "is_fast", False):
        raise ModelError(
            f"{name}: its tokenizer is a slow one, which cannot say which word a sub-token belongs to; "
            "convert it to a fast one"
        )
    tags = tuple(str(config.id2label[number]) for number in range(config.num_labels))
    scheme = _scheme(name, tags)
    device = options.device if options.device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
    loaded = _Loaded(model.to(device).eval(), tokenizer, _room(name, tokenizer, config), tags, scheme, options)
    settings = {
        "scheme": scheme.name,
        "label from": f"{options.label_from} sub-token",
        "window": f"{loaded.room} sub-tokens, {options.overlap} words shared",
    }
    labels = sorted({tag.partition("-")[2] for tag in tags} - {""})
    return Predictor(name, "Hugging Face", tuple(labels), settings, partial(_predict, loaded))


def _refuse_pickle(name: str, options: ModelOptions) -> None:
    folder = Path(name)
    if folder.is_dir() and not options.allow_pickle and not list(folder.glob("*.safetensors")):
        held = ", ".join(sorted(path.name for path in folder.glob("*.bin"))) or "no weights at all"
        raise ModelError(f"{name}: has no safetensors but {held}; a pickle can run code, so it is not loaded")


def _scheme(name: str, tags: Sequence[str]) -> Scheme:
    """Return the tag scheme of the outputs. Raises ModelError for outputs that are no tags."""
    unnamed = [tag for tag in tags if tag.startswith("LABEL_")]
    if unnamed:
        raise ModelError(
            f"{name}: its outputs are {', '.join(unnamed[:3])}…: it was trained without id2label, so nobody knows what "
            "they mean; set id2label in its config.json"
        )
    letters = {tag.partition("-")[0] for tag in tags if tag != "O"}
    bare = [tag for tag in tags if tag != "O" and not (tag[1:2] == "-" and tag[2:])]
    if bare or "O" not in tags:
        raise ModelError(
            f"{name}: its outputs {', '.join(map(repr, (bare or tags)[:3]))} are no tags such as O, B-PER, I-PER; "
            "set id2label in its config.json"
        )
    for scheme in ("IOB2", "IOBES", "BILOU", "IOE2", "IO"):
        if letters <= set(schemes.get(scheme).letters):
            return schemes.get(scheme)
    raise ModelError(f"{name}: the letters {' '.join(sorted(letters))} of its tags belong to no scheme")


def _room(name: str, tokenizer: Any, config: Any) -> int:
    """Return how many sub-tokens of text fit: the smaller of what the tokenizer and the configuration say."""
    positions = getattr(config, "max_position_embeddings", None)
    limits = [positions - _RESERVED.get(config.model_type, 0)] if positions and positions > 0 else []
    if 0 < tokenizer.model_max_length < _NO_LIMIT:
        limits.append(tokenizer.model_max_length)
    room = min(limits, default=_UNLIMITED) - int(tokenizer.num_special_tokens_to_add())
    if room < 1:
        raise ModelError(f"{name}: its length limit {min(limits)} leaves no room for a word")
    return room


@dataclass(slots=True)
class _Piece:
    """A sentence or document as words: where they stand, which windows they are in, and the outputs for each word."""

    document: int
    starts: list[int]
    ends: list[int]
    words: list[str]
    lengths: list[int]
    windows: list[tuple[int, int]]
    outputs: list[Any]


def _predict(loaded: _Loaded, documents: Iterable[Document]) -> Iterator[Prediction]:
    held = list(documents)
    pieces = [piece for number, document in enumerate(held) for piece in _pieces(loaded, number, document)]
    _ask(loaded, pieces)
    by_document: defaultdict[int, list[_Piece]] = defaultdict(list)
    for piece in pieces:
        by_document[piece.document].append(piece)
    for number, document in enumerate(held):
        found = [pair for piece in by_document[number] for pair in _spans(loaded, piece)]
        blank = sum(piece.lengths.count(0) for piece in by_document[number])
        seen = sum(output is not None for piece in by_document[number] for output in piece.outputs) + blank
        words = sum(len(piece.words) for piece in by_document[number])
        spans = tuple(span for span, _ in found)
        yield Prediction(replace(document, spans=spans), tuple(score for _, score in found), seen, words, blank)


def _pieces(loaded: _Loaded, number: int, document: Document) -> Iterator[_Piece]:
    """Yield the sentences of ``document`` as words with their windows."""
    starts, ends = tokens.edges(document)
    extents = tokens.sentences(document)
    at = 0
    for _, stop in extents:
        first = at
        while at < len(starts) and starts[at] < stop:
            at += 1
        if at == first:
            continue
        words = [document.text[a:b] for a, b in zip(starts[first:at], ends[first:at], strict=True)]
        lengths = _lengths(loaded, words)
        found = windows(lengths, loaded.room, loaded.options.overlap)
        yield _Piece(number, starts[first:at], ends[first:at], words, lengths, found, [None] * len(words))


def _lengths(loaded: _Loaded, words: list[str]) -> list[int]:
    encoded = loaded.tokenizer(words, is_split_into_words=True, add_special_tokens=False, verbose=False)
    lengths = [0] * len(words)
    for word in encoded.word_ids():
        if word is not None:
            lengths[word] += 1
    return lengths


def _ask(loaded: _Loaded, pieces: Sequence[_Piece]) -> None:
    """Fill in the outputs of every word: batches of windows of like length, the longest first."""
    jobs = [(piece, window) for piece in pieces for window in range(len(piece.windows))]
    jobs.sort(key=lambda job: job[0].windows[job[1]][0] - job[0].windows[job[1]][1])
    owned = {id(piece): owners(piece.windows, len(piece.words)) for piece in pieces}
    size = loaded.options.batch
    for start in range(0, len(jobs), size):
        batch = jobs[start : start + size]
        texts = [piece.words[slice(*piece.windows[window])] for piece, window in batch]
        for (piece, window), (outputs, ids) in zip(batch, _outputs(loaded, texts), strict=True):
            first = piece.windows[window][0]
            for word, output in _by_word(outputs, ids, loaded.options.label_from).items():
                if owned[id(piece)][first + word] == window:
                    piece.outputs[first + word] = output


def _outputs(loaded: _Loaded, texts: list[list[str]]) -> Iterator[tuple[Any, list[int | None]]]:
    """Yield for each text the probabilities of its sub-tokens and the word that each belongs to."""
    import torch

    encoded = loaded.tokenizer(
        texts, is_split_into_words=True, padding=True, truncation=True,
        max_length=loaded.room + loaded.tokenizer.num_special_tokens_to_add(), return_tensors="pt",
    )  # fmt: skip
    with torch.inference_mode():
        logits = loaded.model(**encoded.to(loaded.model.device)).logits
    for number, row in enumerate(torch.softmax(logits.float(), -1).cpu().numpy()):
        yield row, encoded.word_ids(number)


def _by_word(outputs: Any, ids: Sequence[int | None], rule: str) -> dict[int, Any]:
    """Return the probabilities of each word: those of its first sub-token, their mean, or those of its surest."""
    rows: defaultdict[int, list[Any]] = defaultdict(list)
    for row, word in zip(outputs, ids, strict=True):
        if word is not None:
            rows[word].append(row)
    if rule == "average":
        return {word: sum(found) / len(found) for word, found in rows.items()}
    if rule == "max":
        return {word: max(found, key=lambda row: float(row.max())) for word, found in rows.items()}
    return {word: found[0] for word, found in rows.items()}


def _spans(loaded: _Loaded, piece: _Piece) -> Iterator[tuple[Span, float]]:
    tags, sure = [], []
    for output in piece.outputs:
        best = None if output is None else int(output.argmax())
        tags.append("O" if best is None else loaded.tags[best])
        sure.append(0.0 if best is None else float(output[best]))
    for start, end, label in schemes.decode(loaded.scheme, tags, "lenient").spans:
        yield Span(piece.starts[start], piece.ends[end - 1], label), sum(sure[start:end]) / (end - start)
