"""``nerconv config spacy``, ``nerconv config project`` and ``nerconv config hf``."""

from __future__ import annotations

import shlex
from pathlib import Path

from nerconv.cli import refusals
from nerconv.cli.given import Given, check_outputs
from nerconv.cli.show import say
from nerconv.io.outputs import Place, everything
from nerconv.training import agreement
from nerconv.training.project import make_project, project_source, write_project
from nerconv.training.spacy_config import Choice, header, make_config, write_config
from nerconv.training.survey import survey


def spacy_config(given: Given) -> int:
    """Write a filled configuration for spacy train."""
    train, dev, output, profile, source = (
        given[name] for name in ("--train", "--dev", "--output", "--profile", "--source")
    )
    refusals.check(given)
    check_outputs([Place("--train", str(train), everything), Place("--dev", str(dev), everything)], [_place(output)])
    seed, (found, measured) = given["--seed"], map(survey, (train, dev))
    lang = agreement.language(found, measured, given["--lang"])
    notes = agreement.check(found, measured, lang)
    config = make_config(found, Choice(profile, lang, seed, source), str(train), str(dev))
    sourced = f" --source {shlex.quote(source)}" if profile == "cpu-sourced" else ""
    name = shlex.quote(output.name)
    command = f"nerconv config spacy --profile {profile}{sourced} --lang {lang} --seed {seed} -o {name}"
    comment = header(found, command)
    write_config(config, comment, output)
    for line in comment.replace("# ", "").rstrip().split("\n"):
        say(line)
    for note in notes:
        say(f"note: {note}")
    say(f"{output}: train it with spacy train {shlex.quote(str(output))} --output model")
    return 0


def project(given: Given) -> int:
    """Write a project.yml."""
    source, output, profile = given.arguments["src"], given["--output"], given["--profile"]
    named = project_source(source, output.parent)
    command = shlex.join(["nerconv", "config", "project", named, "--profile", profile, "-o", output.name])
    check_outputs([Place("the input", source, everything)], [_place(output)])
    write_project(make_project(named, profile, command), output)
    if not (output.parent / named).exists():
        say(f"note: {named} is a path of Windows and was not looked for here")
    say(f"{output}: run it with weasel run all {shlex.quote(str(output.parent))}")
    return 0


def hf_config(given: Given) -> int:
    """Write the settings of a fine-tuning."""
    from nerconv.training.hf_settings import load_split, make_settings, write_settings

    model, data, output = given["--model"], given["--data"], given["--output"]
    check_outputs([Place("--data", data, everything)], [_place(output)])
    command = shlex.join(["nerconv", "config", "hf", "--model", model, "--data", data, "-o", output.name])
    write_settings(make_settings(model, data, "training/hf", load_split(Path(data), "train"), command), output)
    say(f"{output}: train with it by nerconv finetune {shlex.quote(str(output))}")
    return 0


def _place(output: Path) -> Place:
    return Place("-o", str(output))
