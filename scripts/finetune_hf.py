#!/usr/bin/env python3
"""Fine-tune a token classifier on what ``nerconv to-dataset --split`` wrote: scripts/finetune_hf.py CONFIG [options].

The best epoch is the one with the highest micro F1 on the dev split, as nerconv counts it. Long rows are cut into
windows that overlap, never truncated. Ends with the command that scores the model.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nerconv import schemes
from nerconv.evaluate.count import harmonic
from nerconv.evaluate.tags import count_tags
from nerconv.models.windows import windows


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
    """Train one model for each seed and say how to score it. Returns 0, or 3 when model or data cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    for name in ("model", "data", "output"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--seeds", type=int, nargs="+")
    asked = vars(parser.parse_args())
    table = tomllib.loads(asked.pop("config").read_text(encoding="utf-8"))
    table |= {name: value for name, value in asked.items() if value is not None}
    config = Config(**{**table, "seeds": tuple(table.get("seeds", (0,)))})
    try:
        splits = {name: load(Path(config.data), name) for name in (config.train, config.dev)}
    except (OSError, ValueError) as error:
        advice = f"make it with nerconv to-dataset SRC -o {config.data} --split train=0.8,dev=0.1,test=0.1"
        print(f"error: {config.data}: {error}; {advice}", file=sys.stderr)
        return 3
    scores = [train(config, splits, seed) for seed in config.seeds]
    spread = f" ± {100 * statistics.stdev(scores):.2f}" if len(scores) > 1 else ""
    print(f"dev micro F1 {100 * statistics.mean(scores):.2f}{spread} over {len(scores)} seed(s)")
    for seed in config.seeds:
        print(f"nerconv evaluate {config.data}/{config.test}.parquet --model {config.output}/seed-{seed} --verify")
    return 0


def load(folder: Path, split: str) -> Any:
    """Return a split of a folder of Parquet files."""
    import datasets

    path = folder / f"{split}.parquet"
    if not path.is_file():
        raise ValueError(f"has no {path.name}")
    return datasets.Dataset.from_parquet(str(path))


def train(config: Config, splits: dict[str, Any], seed: int) -> float:
    """Train with one seed, save the best model, and return its micro F1 on dev."""
    import torch
    import transformers

    names = splits[config.train].features["ner_tags"].feature.names
    local = not config.network
    tokenizer = transformers.AutoTokenizer.from_pretrained(config.model, local_files_only=local, add_prefix_space=True)
    model = transformers.AutoModelForTokenClassification.from_pretrained(
        config.model,
        num_labels=len(names),
        id2label=dict(enumerate(names)),
        label2id={name: number for number, name in enumerate(names)},
        local_files_only=local,
    )
    transformers.set_seed(seed)
    sets = {name: encoded(tokenizer, rows, config) for name, rows in splits.items()}
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
        compute_metrics=lambda found: {"f1": micro_f1(found.predictions, found.label_ids, names)},
    )
    trainer.train()
    f1 = float(trainer.evaluate()["eval_f1"])
    trainer.save_model(str(folder))
    tokenizer.save_pretrained(str(folder))
    return f1


def encoded(tokenizer: Any, rows: Any, config: Config) -> Any:
    """Return the windows of all rows as sub-tokens, the first one of each word with its tag and the others with -100.

    A word that two windows share is scored in the first only.
    """
    room = config.max_length - tokenizer.num_special_tokens_to_add()
    texts, tags = [], []
    for row in rows.select_columns(["tokens", "ner_tags"]):
        if not row["tokens"]:
            continue
        ids = tokenizer(row["tokens"], is_split_into_words=True, add_special_tokens=False, verbose=False).word_ids()
        lengths = [0] * len(row["tokens"])
        for word in ids:
            lengths[word] += 1
        done = 0
        for start, end in windows(lengths, room, config.overlap):
            texts.append(row["tokens"][start:end])
            tags.append([-100 if at < done else row["ner_tags"][at] for at in range(start, end)])
            done = end
    batch = tokenizer(texts, is_split_into_words=True, truncation=True, max_length=config.max_length)
    labels = []
    for number, row_tags in enumerate(tags):
        before, row_labels = None, []
        for word in batch.word_ids(number):
            row_labels.append(-100 if word is None or word == before else row_tags[word])
            before = word
        labels.append(row_labels)
    import datasets

    return datasets.Dataset.from_dict({**batch, "labels": labels})


def micro_f1(logits: Any, labels: Any, names: list[str]) -> float:
    """Return micro F1 of exact spans, invalid tags read leniently, as ``nerconv evaluate`` does for predictions."""
    letters = {name.partition("-")[0] for name in names}
    scheme = next(s for s in ("IOB2", "IOBES", "BILOU") if letters <= {"O", *schemes.get(s).letters})
    kept = [gold != -100 for gold in labels]
    golds, said = (
        [[names[int(tag)] for tag in row[mask]] for row, mask in zip(side, kept, strict=True)]
        for side in (labels, logits.argmax(-1))
    )
    counts = count_tags(golds, said, schemes.get(scheme))
    return harmonic(*(sum(row[at] for row in counts.values()) for at in range(3))) or 0.0


if __name__ == "__main__":
    sys.exit(main())
