"""A weasel project: convert, check, configure, train and evaluate, each step run only when its inputs changed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from nerconv.files import replacing
from nerconv.options import UsageError

_TEMPLATE: Final = """\
# {command}
title: "Named entities from bracket text"
description: "Bracket text to a trained and scored spaCy pipeline. Run it all: weasel run all"

vars:
  source: "{source}"
  split: "train=0.7,dev=0.15,test=0.15"
  seed: 0
  profile: "{profile}"

directories: ["corpus", "configs", "training", "metrics"]

workflows:
  all:
    - lint
    - convert
    - config
    - train
    - evaluate

commands:
  - name: lint
    help: "Report what the source holds, and how much of its annotation is noise"
    script:
      - 'nerconv inspect "${{vars.source}}"'
      - 'nerconv lint "${{vars.source}}" --format summary --fail-on never'
    deps:
      - "${{vars.source}}"

  - name: convert
    help: "Convert to .spacy files, split by document; name every span lost"
    script:
      - >-
        nerconv to-spacy "${{vars.source}}" --split ${{vars.split}} --seed ${{vars.seed}}
        --ledger corpus/ledger.jsonl -o corpus
    deps:
      - "${{vars.source}}"
    outputs:
      - "corpus/train.spacy"
      - "corpus/dev.spacy"
      - "corpus/test.spacy"

  - name: config
    help: "Choose a training configuration from the data"
    script:
      - >-
        nerconv config spacy --profile ${{vars.profile}}
        --train corpus/train.spacy --dev corpus/dev.spacy -o configs/train.cfg
    deps:
      - "corpus/train.spacy"
      - "corpus/dev.spacy"
    outputs:
      - "configs/train.cfg"

  - name: train
    help: "Train the pipeline"
    script:
      - >-
        python -m spacy train configs/train.cfg --output training
        --paths.train corpus/train.spacy --paths.dev corpus/dev.spacy
    deps:
      - "configs/train.cfg"
      - "corpus/train.spacy"
      - "corpus/dev.spacy"
    outputs:
      - "training/model-best"

  - name: evaluate
    help: "Score the best pipeline on the test documents"
    script:
      - "python -m spacy evaluate training/model-best corpus/test.spacy --output metrics/test.json"
    deps:
      - "training/model-best"
      - "corpus/test.spacy"
    outputs:
      - "metrics/test.json"
"""


def make_project(source: str, profile: str, command: str) -> str:
    """Return a ``project.yml`` that takes ``source`` to a scored pipeline; ``command`` made it.

    Raises UsageError for a path with signs that project files give a meaning of their own.
    """
    if any(sign in source for sign in "\"'\\${}\n"):
        raise UsageError(f"{source!r} holds quotes, backslashes or braces, which a project file cannot; rename it")
    return _TEMPLATE.format(source=source, profile=profile, command=command)


def write_project(text: str, path: Path) -> None:
    """Write a project file, whole or not at all."""
    with replacing(path) as part:
        part.write_text(text, encoding="utf-8")
