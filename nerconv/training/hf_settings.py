"""Settings of a fine-tuning of Hugging Face models: a TOML file, read, and written for the data at hand."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from nerconv.document import Document, count_labels
from nerconv.evaluation.side import read_side
from nerconv.io.chunks import WHOLE
from nerconv.io.sources import Source, Unreadable
from nerconv.options import ReadOptions, UsageError
from nerconv.printable import counted, one_line

#: About so many updates fine-tune an encoder on a corpus of any size, within these numbers of epochs.
_UPDATES: Final = 1000
_EPOCHS: Final = (3, 20)
_BATCH: Final = 16
_WARMUP: Final = 0.1


class HfSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All settings of a fine-tuning.

    ``data``: a folder with a Parquet file for each of ``train``, ``dev`` and ``test``. ``max_length`` and ``overlap``:
    sub-tokens of a window, and those that two neighbouring windows share. ``network``: the encoder may be downloaded.
    """

    model: str
    data: str
    output: str
    train: str = "train"
    dev: str = "dev"
    test: str = "test"
    epochs: int = 3
    batch: int = _BATCH
    learning_rate: float = 5e-5
    weight_decay: float = 0.01
    warmup_steps: int = 0
    max_length: int = 256
    overlap: int = 32
    seeds: tuple[int, ...] = (0,)
    network: bool = False

    @classmethod
    def of(cls, path: Path, over: Mapping[str, Any]) -> HfSettings:
        """Return what a TOML file says, with ``over`` in place of what it says of the same.

        Raises Unreadable where there is no such file, UsageError for what is not TOML or not a setting, and for an
        output outside of the project.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Unreadable(f"{path}: cannot be read ({error}); make it with nerconv config hf") from error
        try:
            found = msgspec.convert({**tomllib.loads(text), **over}, cls)
        except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise UsageError(f"{path}: {error}; the settings are {', '.join(cls.__struct_fields__)}") from error
        if "output" not in over:
            _check_inside(found.output, path)
        return found


def _check_inside(output: str, settings: Path) -> None:
    """Raise UsageError for an output that a settings file names outside of its own folder and of the current one."""
    place, own = Path(output).resolve(), (Path.cwd(), settings.resolve().parent)
    if not any(place.is_relative_to(folder) for folder in own):
        raise UsageError(f"{settings}: output {output!r} is outside of {own[0]}; name it with --output")


def load_split(folder: Path, split: str) -> Sequence[Document]:
    """Return a split of a folder of Parquet files, read as ``nerconv evaluate`` reads it.

    Raises Unreadable where it is missing, damaged, or a split to train on without a span.
    """
    path = folder / f"{split}.parquet"
    if not path.is_file():
        advice = f"make it with nerconv to-dataset SRC -o {folder} --split train=0.8,dev=0.1,test=0.1"
        raise Unreadable(f"{folder}: has no {path.name}; {advice}")
    return (
        read_side([Source(str(path), path.stem, path)], ReadOptions(), lambda source: None, most=WHOLE)
        .whole()[0]
        .documents
    )


def make_settings(model: str, data: str, output: str, documents: Sequence[Document], command: str) -> str:
    """Return the text of a settings file for the training ``documents``; ``command`` made it.

    Raises UsageError for a name that TOML would not read back.
    """
    labels = count_labels(documents)
    steps = -(-len(documents) // _BATCH)
    epochs = min(max(-(-_UPDATES // max(steps, 1)), _EPOCHS[0]), _EPOCHS[1])
    values = {"model": model, "data": data, "output": output}
    named = "\n".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items())
    size = f"{counted(len(documents), 'record')}, {counted(labels.total(), 'span')}"
    text = f"""\
# {one_line(command)}
# chosen from {size} of {one_line(" ".join(sorted(labels)))}
{named}
train = "train"
dev = "dev"
test = "test"
# {steps:,} updates an epoch: about {_UPDATES:,} in all, in {_EPOCHS[0]} to {_EPOCHS[1]} epochs; the best one is saved
epochs = {epochs}
batch = {_BATCH}
learning_rate = 5e-5  # the default of transformers; small encoders, such as MiniLM, take 2e-4
weight_decay = 0.01
warmup_steps = {round(_WARMUP * steps * epochs)}  # a tenth of the updates
max_length = 256  # sub-tokens of a window; longer records are cut into windows, not truncated
overlap = 32  # sub-tokens that neighbouring windows share
seeds = [0]  # one model for each
network = false  # true: the encoder may be downloaded
"""
    try:
        if {name: tomllib.loads(text).get(name) for name in values} == values:
            return text
    except tomllib.TOMLDecodeError:
        pass
    raise UsageError(f"{one_line(model)} or {one_line(data)}: a settings file cannot hold this name; rename it")
