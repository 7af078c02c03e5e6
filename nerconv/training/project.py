"""A weasel project: convert, check, configure, train and evaluate, each step run only when its inputs changed."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
from pathlib import Path
from typing import Final

from nerconv.options import UsageError
from nerconv.packages import package
from nerconv.printable import one_line

#: A drive, or a share of a server.
_WINDOWS: Final = re.compile(r"[A-Za-z]:[\\/]|\\\\[^\\]")

_TEMPLATE: Final = """\
# {command}
title: "Named entities from bracket text"
description: "Bracket text to a trained and scored spaCy pipeline. Run it all: weasel run all"

vars:
  split: "train=0.7,dev=0.15,test=0.15"
  seed: 0
  # The pipeline to train: smoke, cpu, cpu-sourced or trf.
  profile: "{profile}"
  # The kind of text, for lint: newswire, cable, social or legal.
  lint_profile: "{lint_profile}"
  # What becomes of masking text such as XXXXXXXXXXXX: keep, drop-span, mask or drop-sentence.
  redactions: "keep"

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
      - {inspect}
      - {lint}
    deps:
      - {source}

  - name: convert
    help: "Convert to .spacy files, split by document; name every span lost"
    script:
      - {convert}
    deps:
      - {source}
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
    help: "Score the best pipeline on the test documents; the report is metrics/test.html"
    script:
      - >-
        nerconv evaluate corpus/test.spacy --model training/model-best --lint
        --json metrics/test.json --html metrics/test.html
    deps:
      - "training/model-best"
      - "corpus/test.spacy"
    outputs:
      - "metrics/test.json"
      - "metrics/test.html"
"""


def project_source(source: str, folder: Path) -> str:
    """Return how a project in ``folder`` names ``source``, a file or folder as seen from here or from there.

    A path of Windows is written with forward slashes, and where this is not Windows nothing can be looked up. Raises
    UsageError when there is no such file or folder.
    """
    forward = source.replace("\\", "/")
    if os.name == "nt":
        source = forward
    if source and Path(source).exists():
        found = source if Path(source).is_absolute() else os.path.relpath(source, folder).replace(os.sep, "/")
    elif source and (folder / source).exists():
        found = source
    elif os.name != "nt" and _WINDOWS.match(source):
        found = forward
    else:
        raise UsageError(
            f"{one_line(source)}: there is no such file or folder, here or in {folder}; a project needs one, and no "
            "pattern or URL"
        )
    # Else a command would take it for an option.
    return f"./{found}" if found.startswith("-") else found


def make_project(source: str, profile: str, lint_profile: str, command: str) -> str:
    """Return a ``project.yml`` that takes ``source`` to a scored pipeline; ``command`` made it.

    ``source`` is as the project names it. Raises UsageError for a path that weasel would not read back.
    """
    scripts = {
        "inspect": ["nerconv", "inspect", source],
        "lint": ["nerconv", "lint", source, "--format", "summary", "--fail-on", "never"],
        "convert": ["nerconv", "to-spacy", source, "--cut-tokens"],
    }
    lines = {name: shlex.join(words) for name, words in scripts.items()}
    lines["lint"] += " --profile ${vars.lint_profile}"
    lines["convert"] += " --redactions ${vars.redactions} --split ${vars.split} --seed ${vars.seed}"
    lines["convert"] += " --ledger corpus/ledger.jsonl -o corpus"
    parts = {name: _scalar(line) for name, line in lines.items()}
    named = {"profile": profile, "lint_profile": lint_profile}
    text = _TEMPLATE.format(source=_scalar(source), command=one_line(command), **named, **parts)
    if _read_back(text, source) != {source}:
        raise UsageError(f"{one_line(source)}: a project file cannot hold this path; rename it")
    return text


def _read_back(text: str, source: str) -> set[object]:
    """Return every path that the commands of a project take as ``source``, as weasel reads it; none on error."""
    import srsly  # type: ignore[import-untyped]

    config = package("weasel.util.config", "a project", "spacy")

    try:
        source.encode()
        commands = config.substitute_project_variables(srsly.yaml_loads(text))["commands"][:2]
    except (ValueError, TypeError, configparser.Error):
        return set()
    scripts = [line for command in commands for line in command["script"]]
    return {*(shlex.split(line)[2] for line in scripts), *(path for command in commands for path in command["deps"])}


def _scalar(text: str) -> str:
    """Return ``text`` as a value of YAML, in double quotes (YAML 1.2, 5.7)."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in quoted)
