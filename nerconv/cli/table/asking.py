"""The options that say which model is asked, of ``nerconv lint`` and ``nerconv review``."""

from __future__ import annotations

from typing import Final

from nerconv.cli.option import NAMES, NUMBER, TEXT, Option, Use

#: One of these must be in effect for the others.
_TRAINED: Final = ("--folds", "--reference")
ASKED: Final = ("--with-model", *_TRAINED)


def asking(command: str, panel: str, against: tuple[str, ...]) -> tuple[Option, ...]:
    """Return the rows for ``command``; beside the options ``against`` no model is asked."""
    only = (command,)
    # A row an option, as dense as a table.
    # fmt: off
    return (
        Option("--folds", "Train models on all folds of the documents but one, and compare the annotation of that one "
            "with what they predict.", only, NUMBER, panel, "K",
            use=Use("trains models and asks them", against=against)),
        Option("--reference", "Train a model on these files instead, and compare the annotation with what it predicts.",
            only, NAMES, panel, "TRAIN", use=Use("names files to train on", against=against)),
        Option("--learner", "What is trained: linear (seconds), spacy, or hf (linear and an encoder).", only, TEXT,
            panel, "NAME", choices="nerconv.models.learner:LEARNERS", checked="learner",
            use=Use("chooses what is trained", needs=_TRAINED)),
        Option("--encoder", "Fine-tune this encoder. Default: all-MiniLM-L6-v2, which must be on this machine.", only,
            TEXT, panel, "NAME|FOLDER", use=Use("names an encoder to fine-tune", needs=("--learner=hf",))),
        Option("--with-model", "Compare the annotation with the predictions of a spaCy or Hugging Face model.", only,
            TEXT, panel, "NAME|FOLDER", use=Use("names the model to ask", against=against)),
        Option("--top", "Leave only what the N likeliest errors are, by the scores of rules and models together.", only,
            NUMBER, panel, "N", use=Use("ranks by what a model says", needs=ASKED)),
    )
