"""Texts as sub-tokens with offsets, tokenised as at inference, in windows that fit a model.

>>> windows = [Window(0, 2, {"input_ids": [1, 7, 8, 2]}, [1, 2]), Window(1, 2, {"input_ids": [1, 8, 2]}, [1])]
>>> padded(windows, padding=0)
{'input_ids': [[1, 7, 8, 2], [1, 8, 2, 0]]}
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from nerconv.models.predictor import ModelError

#: The outputs of a tokenizer that a model may take as inputs.
_INPUTS: Final = ("input_ids", "attention_mask", "token_type_ids")


class Window(NamedTuple):
    """A part of a text as the input of a model: the sub-tokens ``start:end`` of the text, and special tokens.

    ``inputs``: lists of equal length by name of the input. ``places``: the index in them of each of the sub-tokens.
    """

    start: int
    end: int
    inputs: dict[str, list[int]]
    places: list[int]


@dataclass(frozen=True, slots=True)
class Subtokens:
    """A text as n sub-tokens: their ids, their offsets in code points, and the windows that cover them."""

    ids: list[int]
    offsets: list[tuple[int, int]]
    windows: list[Window]


@dataclass(frozen=True, slots=True)
class Encoder:
    """A tokenizer, the number of sub-tokens that fit a window (``room``), and that neighbouring windows share."""

    tokenizer: Any
    room: int
    overlap: int
    inputs: tuple[str, ...]

    def __call__(self, texts: Sequence[str]) -> list[Subtokens]:
        """Return ``texts`` as sub-tokens. Raises ModelError for a text that the tokenizer refuses."""
        if not texts:
            return []
        try:
            encoded = self.tokenizer(
                list(texts),
                truncation=True,
                max_length=self.room + self.tokenizer.num_special_tokens_to_add(),
                stride=self.overlap,
                return_overflowing_tokens=True,
                return_offsets_mapping=True,
                return_special_tokens_mask=True,
                return_attention_mask=True,
                verbose=False,
            )
        except (TypeError, ValueError) as error:
            raise ModelError(f"the tokenizer refuses the text: {str(error).partition(chr(10))[0]}") from error
        found = [Subtokens([], [], []) for _ in texts]
        for number, text in enumerate(encoded["overflow_to_sample_mapping"]):
            row = {name: encoded[name][number] for name in self.inputs if name in encoded}
            places = [at for at, special in enumerate(encoded["special_tokens_mask"][number]) if not special]
            _add(found[text], row, places, encoded["offset_mapping"][number], self.overlap)
        return found

    def spelt(self, ids: Sequence[int]) -> list[str] | None:
        """Return the spelling of sub-tokens if it marks the continuation of a word, else None."""
        return self.tokenizer.convert_ids_to_tokens(list(ids)) if is_word_based(self.tokenizer) else None


def encoder(tokenizer: Any, model: Any, room: int, overlap: int) -> Encoder:
    """Return the encoder of ``model``: windows of at most ``room`` sub-tokens, of which ``overlap`` are shared."""
    # With truncation on the left, windows would come in reverse order.
    tokenizer.truncation_side = "right"
    taken = inspect.signature(model.forward).parameters
    inputs = tuple(name for name in _INPUTS if name in taken)
    return Encoder(tokenizer, room, min(overlap, (room - 1) // 2), inputs)


def is_word_based(tokenizer: Any) -> bool:
    """Whether a tokenizer marks sub-tokens that continue a word, as WordPiece does."""
    backend = getattr(tokenizer, "_tokenizer", None)
    return bool(backend and getattr(backend.model, "continuing_subword_prefix", None))


def _add(
    text: Subtokens, inputs: dict[str, list[int]], places: list[int], offsets: Sequence[Any], overlap: int
) -> None:
    """Add the next window of a text, of whose sub-tokens the first ``overlap`` are those of the window before."""
    start = max(len(text.ids) - overlap, 0) if text.windows else 0
    text.windows.append(Window(start, start + len(places), inputs, places))
    new = places[len(text.ids) - start :]
    text.ids.extend(inputs["input_ids"][at] for at in new)
    text.offsets.extend((int(offsets[at][0]), int(offsets[at][1])) for at in new)


def padded(windows: Iterable[Window], padding: int) -> dict[str, list[list[int]]]:
    """Return the inputs of ``windows``, padded on the right to equal length; padding has attention mask 0."""
    rows = [window.inputs for window in windows]
    longest = max(len(row["input_ids"]) for row in rows)
    filled = {"input_ids": padding}
    return {name: [row[name] + [filled.get(name, 0)] * (longest - len(row[name])) for row in rows] for name in rows[0]}
