"""Fine-tune a token classifier on what ``nerconv to-dataset --split`` wrote.

The text of each record is tokenised as deployment does it, and every sub-token of a span is labelled. The best epoch
is the one with the highest micro F1 on the dev split: the figure of ``nerconv evaluate``, by the same code. Labels of
the splits go by their names. Long sentences are cut into windows that overlap, never truncated.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from nerconv import tokens
from nerconv.conversion.fit import fit
from nerconv.document import Document, count_labels
from nerconv.evaluation.annotated import of_documents
from nerconv.evaluation.run import EvaluateOptions, micro
from nerconv.formats.class_labels import names_in
from nerconv.formats.keeps import Keeps
from nerconv.io.replacing import existing, named, together
from nerconv.io.sources import Unreadable
from nerconv.models import ModelError, ModelOptions, hf_model
from nerconv.models.head import Head
from nerconv.models.targets import head_of, names_of, targets
from nerconv.packages import package
from nerconv.training.hf_settings import HfSettings, load_split
from nerconv.views import batch_of, documents_of

_FLAT: Final = Keeps(nesting=False)
#: What the extra ``hf`` brings and a training takes.
_PACKAGES: Final = ("torch", "transformers", "accelerate", "datasets")


def finetune(settings: HfSettings, warn: Callable[[str], None]) -> dict[int, float]:
    """Train a model for each seed, save it in ``output/seed-N``, and return the micro F1 on dev by seed.

    Raises UsageError without the packages of the extra, Unreadable for data and ModelError for an encoder that cannot
    be used.
    """
    for name in _PACKAGES:
        package(name, "a fine-tuning", "hf")
    folder = Path(settings.data)
    splits = {name: load_split(folder, name) for name in (settings.train, settings.dev)}
    head = head_of(label_names(folder / f"{settings.train}.parquet", splits[settings.train]))
    if unknown := unknown_labels(settings, splits, head):
        warn(unknown)
    return {seed: train(settings, splits, head, seed) for seed in settings.seeds}


def label_names(path: Path, documents: Sequence[Document]) -> list[str]:
    """Return the names of the class labels of a file; where its tags are strings, those of IOB2 for its labels.

    Raises Unreadable when it has no span to learn from.
    """
    labels = sorted(count_labels(documents))
    if not labels:
        raise Unreadable(f"{path}: holds no span to learn from")
    return names_in(path) or ["O", *(f"{letter}-{label}" for label in labels for letter in "BI")]


def unknown_labels(settings: HfSettings, splits: Mapping[str, Sequence[Document]], head: Head) -> str:
    """Return which labels of dev the model cannot learn, as a sentence; empty where it can learn all."""
    dev = count_labels(splits[settings.dev])
    unknown = sorted(dev.keys() - set(head.labels))
    if not unknown:
        return ""
    return (
        f"{settings.dev} has {', '.join(unknown)}, which {settings.train} does not teach: {settings.dev} has labels "
        f"{', '.join(sorted(dev))}, {settings.train} {', '.join(head.labels)}; these spans count as missed"
    )


def train(settings: HfSettings, splits: Mapping[str, Sequence[Document]], head: Head, seed: int) -> float:
    """Train with one seed, save the best model, and return its micro F1 on dev. Raises ModelError."""
    import torch
    import transformers

    tokenizer, model = new_model(settings, head, seed)
    sets = {name: encoded(settings, tokenizer, model, documents, head) for name, documents in splits.items()}
    folder = Path(settings.output) / f"seed-{seed}"
    arguments = transformers.TrainingArguments(
        output_dir=str(folder / "checkpoints"),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch,
        per_device_eval_batch_size=settings.batch,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        warmup_steps=settings.warmup_steps,
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
        train_dataset=sets[settings.train],
        eval_dataset=sets[settings.dev],
        processing_class=tokenizer,
        data_collator=transformers.DataCollatorForTokenClassification(tokenizer),
        # The logits are not looked at, so they need not be held: dev is scored as nerconv evaluate scores it.
        preprocess_logits_for_metrics=lambda logits, labels: torch.zeros(len(labels)),
        compute_metrics=lambda _: {"f1": dev_f1(model, tokenizer, splits[settings.dev])},
    )
    trainer.train()
    f1 = float(trainer.evaluate()["eval_f1"])
    save(trainer, tokenizer, folder)
    return f1


def save(trainer: Any, tokenizer: Any, folder: Path) -> None:
    """Save the model and its tokenizer in ``folder``: all of their files, or none. Raises Unreadable."""
    with named(folder), together() as changes:
        made = changes.part(existing(folder))
        trainer.save_model(str(made))
        tokenizer.save_pretrained(str(made))
        for file in sorted(made.iterdir()):
            file.rename(changes.new(folder / file.name))


def new_model(settings: HfSettings, head: Head, seed: int) -> tuple[Any, Any]:
    """Return the tokenizer, and the encoder with a new head, which is drawn from ``seed`` alone. Raises ModelError."""
    import transformers

    transformers.set_seed(seed)
    names = names_of(head)
    safe: dict[str, Any] = {"local_files_only": not settings.network, "trust_remote_code": False}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(settings.model, **safe)
        model = transformers.AutoModelForTokenClassification.from_pretrained(
            settings.model,
            id2label=dict(enumerate(names)),
            label2id={name: number for number, name in enumerate(names)},
            use_safetensors=True,
            **safe,
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise ModelError(f"{settings.model}: cannot be loaded: {str(error).strip().partition(chr(10))[0]}") from error
    return tokenizer, model


def encoded(settings: HfSettings, tokenizer: Any, model: Any, documents: Sequence[Document], head: Head) -> Any:
    """Return the windows of all sentences as a dataset, each sub-token with the number of its tag or with -100.

    A sub-token that two windows share is learnt in the first only; special tokens have -100.
    """
    import datasets

    encoder = hf_model.encoder_of(settings.model, model, tokenizer, settings.overlap, settings.max_length)
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
