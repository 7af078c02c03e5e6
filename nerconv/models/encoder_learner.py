"""An encoder of Hugging Face with a new linear layer, fine-tuned on parts of the corpus; on a GPU where there is one.

The layer reads the last states of the first sub-token of a word and, since small encoders often do not see capitals,
the shape of the word. What it says is averaged with what the conditional random field says of the same words: the two
have learnt other errors by heart, and together they rank errors better than each alone (docs/decisions.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from nerconv.models import crf
from nerconv.models.labelled_words import Text
from nerconv.models.predictor import ModelError
from nerconv.packages import package

if TYPE_CHECKING:
    from nerconv.models.learner import Learn, LearnOptions, Probabilities, Tick

#: What is fine-tuned unless another is named.
ENCODER: Final = "sentence-transformers/all-MiniLM-L6-v2"
_EPOCHS: Final = 4
_BATCH: Final = 16
#: Words at once, and sub-tokens at most.
_WORDS: Final = 120
_LONGEST: Final = 256
_RATE: Final = 1e-4
_HEAD_RATE: Final = 2e-3

#: The words of a chunk, and the number of the label of each, -100 where nobody labelled.
_Chunk = tuple[tuple[str, ...], list[int]]


def learner(texts: Sequence[Text], labels: Sequence[str], options: LearnOptions) -> Learn:
    """Return how to train on some of ``texts`` and judge others.

    Raises UsageError without the extras ``hf`` and ``lint-model``, ModelError for an encoder that is not on this
    machine.
    """
    for name, extra in (("torch", "hf"), ("transformers", "hf"), ("pycrfsuite", "lint-model")):
        package(name, "--learner hf", extra)
    field = crf.learner(texts, labels, options)
    numbers: dict[str | None, int] = {label: number for number, label in enumerate(labels)}

    def chunks(number: int) -> list[_Chunk]:
        """Return a text in pieces that the encoder takes."""
        return [
            (sentence.words[at : at + _WORDS], [numbers.get(each, -100) for each in sentence.labels[at : at + _WORDS]])
            for sentence in texts[number]
            for at in range(0, len(sentence.words), _WORDS)
        ]

    def learn(learnt: Sequence[int], judged: Sequence[int], tick: Tick) -> list[list[Probabilities]]:
        """Fine-tune on the texts ``learnt`` and return the means of both probabilities for those ``judged``."""
        model = _Tagger(options.encoder or ENCODER, len(labels), options.seed)
        model.train([each for number in learnt for each in chunks(number)], options.seed, tick)
        rows = iter(model.judge([each for number in judged for each in chunks(number)]))
        found = (
            [np.concatenate([next(rows) for _ in range(0, len(each.words), _WORDS)]) for each in texts[number]]
            for number in judged
        )
        others = field(learnt, judged, lambda share: None)
        return [
            [(one + other) / 2 for one, other in zip(*text, strict=True)] for text in zip(found, others, strict=True)
        ]

    return learn


class _Tagger:
    """An encoder with a layer that gives each word a label."""

    def __init__(self, name: str, labels: int, seed: int) -> None:
        import torch
        import transformers

        transformers.set_seed(seed)
        try:
            safe: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
            self._tokenizer: Any = transformers.AutoTokenizer.from_pretrained(name, **safe)
            self._encoder: Any = transformers.AutoModel.from_pretrained(name, use_safetensors=True, **safe)
        except (OSError, ValueError) as error:
            raise ModelError(f"{name}: cannot be loaded: {str(error).strip().partition(chr(10))[0]}") from error
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._layer = torch.nn.Linear(self._encoder.config.hidden_size + len(_form("")), labels).to(self._device)
        self._encoder.to(self._device)

    def train(self, chunks: Sequence[_Chunk], seed: int, tick: Tick) -> None:
        """Fine-tune on ``chunks``."""
        import torch

        weights = [
            {"params": self._encoder.parameters(), "lr": _RATE},
            {"params": self._layer.parameters(), "lr": _HEAD_RATE},
        ]
        optimizer = torch.optim.AdamW(weights, weight_decay=0.01)
        steps = _EPOCHS * -(-len(chunks) // _BATCH)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, [_RATE, _HEAD_RATE], steps, pct_start=0.1)
        loss_of = torch.nn.CrossEntropyLoss(ignore_index=-100)
        chance = np.random.default_rng(seed)
        self._encoder.train()
        done = 0
        for _ in range(_EPOCHS):
            for batch in _batches(chunks, chance.permutation(len(chunks)).tolist()):
                logits = self._logits([words for words, _ in batch])
                wanted = torch.tensor([number for _, numbers in batch for number in numbers], device=self._device)
                if bool((wanted >= 0).any()):
                    loss_of(logits, wanted).backward()
                    torch.nn.utils.clip_grad_norm_(self._encoder.parameters(), 1.0)
                    optimizer.step()
                    optimizer.zero_grad()
                schedule.step()
                done += 1
                tick(done / steps)

    def judge(self, chunks: Sequence[_Chunk]) -> Iterator[Probabilities]:
        """Yield the probabilities of each of ``chunks``."""
        import torch

        self._encoder.eval()
        with torch.no_grad():
            for batch in _batches(chunks, range(len(chunks))):
                found = torch.softmax(self._logits([words for words, _ in batch]), 1).double().cpu().numpy()
                yield from np.split(found, np.cumsum([len(words) for words, _ in batch])[:-1])

    def _logits(self, sentences: Sequence[Sequence[str]]) -> Any:
        """Return a row for each word of ``sentences``; one without a sub-token takes the state of the first token."""
        import torch

        made = self._tokenizer(
            [list(words) for words in sentences], is_split_into_words=True, truncation=True, max_length=_LONGEST,
            padding=True, return_tensors="pt",
        )  # fmt: skip
        states = self._encoder(**made.to(self._device)).last_hidden_state
        rows, columns, forms = [], [], []
        for row, words in enumerate(sentences):
            first: dict[int | None, int] = {}
            for column, word in enumerate(made.word_ids(row)):
                first.setdefault(word, column)
            rows += [row] * len(words)
            columns += [first.get(at, 0) for at in range(len(words))]
            forms += [_form(word) for word in words]
        own = torch.tensor(forms, device=self._device)
        return self._layer(torch.cat([states[rows, columns], own], 1))


def _form(word: str) -> list[float]:
    """Return what an encoder without capitals does not see of ``word``: of 0 and 1, length 4.

    >>> _form("USA"), _form("McLean")
    ([1.0, 1.0, 1.0, 0.0], [1.0, 0.0, 1.0, 0.0])
    """
    return [
        float(word[:1].isupper()),
        float(word.isupper() and len(word) > 1),
        float(any(map(str.isupper, word[1:]))),
        float(any(map(str.isdigit, word))),
    ]


def _batches(chunks: Sequence[_Chunk], order: Sequence[int]) -> Iterator[list[_Chunk]]:
    for start in range(0, len(order), _BATCH):
        yield [chunks[number] for number in order[start : start + _BATCH]]
