"""``nerconv config spacy``, ``nerconv config project`` and ``nerconv config hf``."""

from __future__ import annotations

import shlex
from pathlib import Path

from nerconv.cli import refusals
from nerconv.cli.given import Given, check_outputs
from nerconv.cli.show import say
from nerconv.io.outputs import Place, everything
from nerconv.training.configure import SpacyRequest, configure_hf, configure_project, configure_spacy


def spacy_config(given: Given) -> int:
    """Write a filled configuration for spacy train, and for cpu-sourced the weights that it starts from."""
    refusals.check(given)
    request = SpacyRequest(**{name: given[f"--{name}"] for name in SpacyRequest._fields})
    check_outputs(given, request.read, request.written)
    for line in configure_spacy(request):
        say(line)
    output = request.output
    say(f"{output}: train it with spacy train {shlex.quote(str(output))} --output model")
    return 0


def project(given: Given) -> int:
    """Write a project.yml."""
    source, output = given.arguments["src"], given["--output"]
    check_outputs(given, [Place("the input", source, everything)], [_place(output)])
    named = configure_project(source, output, given["--profile"], given["--lint-profile"])
    if not (output.parent / named).exists():
        say(f"note: {named} is a path of Windows and was not looked for here")
    say(f"{output}: run it with weasel run all {shlex.quote(str(output.parent))}")
    return 0


def hf_config(given: Given) -> int:
    """Write the settings of a fine-tuning."""
    data, output = given["--data"], given["--output"]
    check_outputs(given, [Place("--data", data, everything)], [_place(output)])
    for line in configure_hf(given["--model"], data, output):
        say(line)
    say(f"{output}: train with it by nerconv finetune {shlex.quote(str(output))}")
    return 0


def _place(output: Path) -> Place:
    return Place("-o", str(output))
