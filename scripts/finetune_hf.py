#!/usr/bin/env python3
"""Fine-tune a token classifier on what ``nerconv to-dataset --split`` wrote: scripts/finetune_hf.py CONFIG [options].

The text of each sentence is tokenised as deployment does it, and every sub-token of a span is labelled. The best epoch
is the one with the highest micro F1 on the dev split: the figure of ``nerconv evaluate``, by the same code. Labels of
the splits go by their names. Long sentences are cut into windows that overlap, never truncated. Ends with the command
that scores the model.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nerconv import tokens
from nerconv.conversion.fit import fit
from nerconv.document import Document, count_labels
from nerconv.evaluation.annotated import of_documents
from nerconv.evaluation.run import EvaluateOptions, micro
from nerconv.evaluation.side import read_side
from nerconv.formats.class_labels import names_in
from nerconv.formats.keeps import Keeps
from nerconv.io.sources import Source, Unreadable
from nerconv.models import ModelError, ModelOptions, hf_model
from nerconv.models.head import Head
from nerconv.models.targets import head_of, names_of, targets
from nerconv.options import ReadOptions
from nerconv.views import batch_of, documents_of

_FLAT: Final = Keeps(nesting=False)


@dataclass(frozen=True)
class Config:
    """All settings of a run, as the TOML file has them."""

    model: str
    data: str
    output: str
    train: str = "train"
    dev: str = "dev"
    test: str = "test"
    epochs: int = 3
    batch: int = 16
    learning_rate: float = 5e-5
    weight_decay: float = 0.01
    warmup_steps: int = 0
    max_length: int = 256
    overlap: int = 32
    seeds: tuple[int, ...] = (0,)
    network: bool = False


def main() -> int:
    """Train one model for each seed and say how to score it.

    Returns 0, 2 for a configuration that cannot be used, 3 when model or data cannot be read.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    for name in ("model", "data", "output"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--seeds", type=int, nargs="+")
    asked = vars(parser.parse_args())
    try:
        config = settings(asked.pop("config"), {name: value for name, value in asked.items() if value is not None})
    except (OSError, ValueError, TypeError) as error:
        print(f"error: the configuration cannot be used: {error}", file=sys.stderr)
        return 2
    try:
        splits = {name: load(Path(config.data), name) for name in (config.train, config.dev)}
        head = head_of(label_names(Path(config.data) / f"{config.train}.parquet", splits[config.train]))
        scores = [train(config, splits, head, seed) for seed in config.seeds]
    except (Unreadable, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    spread = f" ± {100 * statistics.stdev(scores):.2f}" if len(scores) > 1 else ""
    print(f"dev micro F1 {100 * statistics.mean(scores):.2f}{spread} over {len(scores)} seed(s)")
    for seed in config.seeds:
        print(f"nerconv evaluate {config.data}/{config.test}.parquet --model {config.output}/seed-{seed} --verify")
    return 0


def settings(path: Path, asked: dict[str, Any]) -> Config:
    """Return what a TOML file says, with what was ``asked`` for over it. Raises OSError, ValueError, TypeError."""
    table = tomllib.loads(path.read_text(encoding="utf-8")) | asked
    return Config(**{**table, "seeds": tuple(table.get("seeds", (0,)))})


def load(folder: Path, split: str) -> Sequence[Document]:
    """Return a split of a folder of Parquet files, read as ``nerconv evaluate`` reads it. Raises Unreadable."""
    path = folder / f"{split}.parquet"
    if not path.is_file():
        advice = f"make it with nerconv to-dataset SRC -o {folder} --split train=0.8,dev=0.1,test=0.1"
        raise Unreadable(f"{folder}: has no {path.name}; {advice}")
    return read_side([Source(str(path), path.stem, path)], ReadOptions(), lambda source: None).held.documents


def label_names(path: Path, documents: Sequence[Document]) -> list[str]:
    """Return the names of the class labels of a file; where its tags are strings, those of IOB2 for its labels.

    Raises Unreadable when it has no span to learn from.
    """
    labels = sorted(count_labels(documents))
    if not labels:
        raise Unreadable(f"{path}: holds no span to learn from")
    return names_in(path) or ["O", *(f"{letter}-{label}" for label in labels for letter in "BI")]


def warn_of_unknown(config: Config, documents: Sequence[Document], head: Head) -> None:
    """Say which labels of dev the model cannot learn: they count as missed."""
    dev = count_labels(documents)
    if unknown := sorted(dev.keys() - set(head.labels)):
        print(
            f"warning: {config.dev} has {', '.join(unknown)}, which {config.train} does not teach: {config.dev} has "
            f"labels {', '.join(sorted(dev))}, {config.train} {', '.join(head.labels)}; these spans count as missed",
            file=sys.stderr,
        )


def train(config: Config, splits: dict[str, Sequence[Document]], head: Head, seed: int) -> float:
    """Train with one seed, save the best model, and return its micro F1 on dev. Raises ModelError."""
    import torch
    import transformers

    warn_of_unknown(config, splits[config.dev], head)
    tokenizer, model = new_model(config, head, seed)
    sets = {name: encoded(config, tokenizer, model, documents, head) for name, documents in splits.items()}
    folder = Path(config.output) / f"seed-{seed}"
    arguments = transformers.TrainingArguments(
        output_dir=str(folder / "checkpoints"),
        num_train_epochs=config.epochs,
        per_device_train_batch_size=config.batch,
        per_device_eval_batch_size=config.batch,
        learning_rate=config.learning_rate,
        weight_decay=config.weight_decay,
        warmup_steps=config.warmup_steps,
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=1,
        load_best_model_at_end=True,
        metric_for_best_model="f1",
        use_cpu=not torch.cuda.is_available(),
        report_to=[],
        seed=seed,
        disable_tqdm=not sys.stderr.isatty(),
    )
    trainer = transformers.Trainer(
        model=model,
        args=arguments,
        train_dataset=sets[config.train],
        eval_dataset=sets[config.dev],
        processing_class=tokenizer,
        data_collator=transformers.DataCollatorForTokenClassification(tokenizer),
        # The logits are not looked at, so they need not be held: dev is scored as nerconv evaluate scores it.
        preprocess_logits_for_metrics=lambda logits, labels: torch.zeros(len(labels)),
        compute_metrics=lambda _: {"f1": dev_f1(model, tokenizer, splits[config.dev])},
    )
    trainer.train()
    f1 = float(trainer.evaluate()["eval_f1"])
    trainer.save_model(str(folder))
    tokenizer.save_pretrained(str(folder))
    return f1


def new_model(config: Config, head: Head, seed: int) -> tuple[Any, Any]:
    """Return the tokenizer, and the encoder with a new head, which is drawn from ``seed`` alone. Raises ModelError."""
    import transformers

    transformers.set_seed(seed)
    names = names_of(head)
    local = not config.network
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(config.model, local_files_only=local)
        model = transformers.AutoModelForTokenClassification.from_pretrained(
            config.model,
            id2label=dict(enumerate(names)),
            label2id={name: number for number, name in enumerate(names)},
            local_files_only=local,
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(f"{config.model}: cannot be loaded: {str(error).strip().partition(chr(10))[0]}") from error
    return tokenizer, model


def encoded(config: Config, tokenizer: Any, model: Any, documents: Sequence[Document], head: Head) -> Any:
    """Return the windows of all sentences as a dataset, each sub-token with the number of its tag or with -100.

    A sub-token that two windows share is learnt in the first only; special tokens have -100.
    """
    import datasets

    encoder = hf_model.encoder_of(config.model, model, tokenizer, config.overlap, config.max_length)
    sentences = list(sentences_of(documents))
    rows = []
    for sentence, made in zip(sentences, encoder([sentence.text for sentence in sentences]), strict=True):
        known = [span for span in sentence.spans if span.label in head.labels]
        wanted, done = targets(sentence.text, made, known, head), 0
        for window in made.windows:
            labels = [-100] * len(window.inputs["input_ids"])
            for at, place in enumerate(window.places, window.start):
                labels[place] = wanted[at] if at >= done else -100
            done = window.end
            rows.append({**window.inputs, "labels": labels})
    return datasets.Dataset.from_list(rows)


def sentences_of(documents: Sequence[Document]) -> Iterator[Document]:
    """Yield the sentences of ``documents`` as documents of their own; of spans that share text, the outer one."""
    for document in documents:
        (flat,) = documents_of(fit(batch_of([document], ""), _FLAT, None, "outer").batch)
        for start, end in tokens.sentences(flat):
            if trimmed := tokens.trim(flat.text, start, end):
                yield flat.cut(*trimmed, f"{flat.id}/{start}", *trimmed)


def dev_f1(model: Any, tokenizer: Any, documents: Sequence[Document]) -> float:
    """Return micro F1 of exact spans, as ``nerconv evaluate --model`` counts it; 0 where it is not defined."""
    predictor = hf_model.predictor("dev", model, tokenizer, ModelOptions())
    predicted = [prediction.document for prediction in predictor.predict(documents)]
    return micro(of_documents(documents), of_documents(predicted), EvaluateOptions()).f1 or 0.0


if __name__ == "__main__":
    sys.exit(main())
