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
from nerconv.training.sourced import SUFFIX, sourced, write_weights
from nerconv.training.spacy_config import Choice, check_vectors, header, make_config, write_config
from nerconv.training.survey import survey


def spacy_config(given: Given) -> int:
    """Write a filled configuration for spacy train, and for cpu-sourced the weights that it starts from."""
    train, dev, output, profile, vectors = (
        given[name] for name in ("--train", "--dev", "--output", "--profile", "--vectors")
    )
    refusals.check(given)
    weights = output.with_suffix(SUFFIX) if profile == "cpu-sourced" else None
    written = [_place(output), *([Place("the weights", str(weights))] if weights else ())]
    check_outputs([Place("--train", str(train), everything), Place("--dev", str(dev), everything)], written)
    found, measured = survey(train), survey(dev)
    lang = agreement.language(found, measured, given["--lang"])
    notes = agreement.check(found, measured, lang)
    if vectors:
        check_vectors(vectors)
    start = (sourced(given["--source"]), str(weights)) if weights else None
    config = make_config(found, Choice(profile, lang, given["--seed"], start, vectors), str(train), str(dev))
    comment = header(found, _command(given, lang), config)
    if start and weights:
        write_weights(start[0], weights)
    write_config(config, comment, output)
    for line in (*comment.replace("# ", "").removesuffix("\n").split("\n"), *(f"note: {note}" for note in notes)):
        say(line)
    say(f"{output}: train it with spacy train {shlex.quote(str(output))} --output model")
    return 0


def _command(given: Given, lang: str) -> str:
    """Return the command that makes a configuration again, but for where its data are."""
    named = {"--profile": given["--profile"]}
    if given["--profile"] == "cpu-sourced":
        named["--source"] = given["--source"]
    if given["--vectors"]:
        named["--vectors"] = given["--vectors"]
    named |= {"--lang": lang, "--seed": str(given["--seed"]), "-o": given["--output"].name}
    return shlex.join(["nerconv", "config", "spacy", *(word for pair in named.items() for word in pair)])


def project(given: Given) -> int:
    """Write a project.yml."""
    source, output = given.arguments["src"], given["--output"]
    profiles = given["--profile"], given["--lint-profile"]
    named = project_source(source, output.parent)
    options = ["--profile", profiles[0], "--lint-profile", profiles[1], "-o", output.name]
    command = shlex.join(["nerconv", "config", "project", named, *options])
    check_outputs([Place("the input", source, everything)], [_place(output)])
    write_project(make_project(named, *profiles, command), output)
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
