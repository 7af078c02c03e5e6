"""``nerconv config spacy`` and ``nerconv config project``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from nerconv.cli import uses, values
from nerconv.cli.commands import COMMANDS
from nerconv.cli.show import say
from nerconv.io.outputs import Place, everything
from nerconv.options import check_choice
from nerconv.training import agreement
from nerconv.training.project import make_project, project_source, write_project
from nerconv.training.spacy_config import PROFILES, Choice, header, make_config, write_config
from nerconv.training.survey import survey

Train = Annotated[Path, typer.Option("--train", help="Training data: a .spacy file, or a folder of them.")]
Dev = Annotated[Path, typer.Option("--dev", help="Development data, likewise.")]
Output = Annotated[Path, typer.Option("-o", "--output", help="Where to write.", metavar="FILE")]
Profile = Annotated[str, typer.Option("--profile", help="What kind of pipeline.", metavar="|".join(PROFILES))]
Source = Annotated[str, typer.Option("--source", help="Of cpu-sourced: the installed pipeline to take tok2vec from.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    config = typer.Typer(no_args_is_help=True, help=COMMANDS["config"].about)
    config.command("spacy")(spacy_config)
    config.command("project")(project)
    app.add_typer(config, name="config")


def spacy_config(
    context: typer.Context,
    train: Train,
    dev: Dev,
    output: Output,
    profile: Profile = "cpu",
    source: Source = "en_core_web_sm",
    lang: Annotated[
        str | None, typer.Option("--lang", help="Language code of spaCy; else that of --tokens, or en.", metavar="LANG")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the training.")] = 0,
) -> None:
    """Write a filled configuration for spacy train, chosen from the data.

    Example: nerconv config spacy --train corpus/train.spacy --dev corpus/dev.spacy -o ner.cfg
    """
    uses.check(context)
    values.check_outputs(
        [Place("--train", str(train), everything), Place("--dev", str(dev), everything)], [_place(output)]
    )
    found, measured = survey(train), survey(dev)
    lang = agreement.language(found, measured, lang)
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


def project(source: Annotated[str, typer.Argument(metavar="SRC")], output: Output, profile: Profile = "cpu") -> None:
    """Write a project.yml that converts, checks, trains and evaluates SRC: weasel run all.

    Example: nerconv config project notes -o project.yml
    """
    check_choice("profile", profile, PROFILES)
    named = project_source(source, output.parent)
    command = shlex.join(["nerconv", "config", "project", named, "--profile", profile, "-o", output.name])
    values.check_outputs([Place("the input", source, everything)], [_place(output)])
    write_project(make_project(named, profile, command), output)
    if not (output.parent / named).exists():
        say(f"note: {named} is a path of Windows and was not looked for here")
    say(f"{output}: run it with weasel run all {shlex.quote(str(output.parent))}")


def _place(output: Path) -> Place:
    return Place("-o", str(output))
