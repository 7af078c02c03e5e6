"""``nerconv stats``."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from nerconv import formats
from nerconv.cli import parameters as p
from nerconv.cli import show, uses, values
from nerconv.codes import costs, exit_code
from nerconv.document import Facts, Finding
from nerconv.linting.stats import stats as count
from nerconv.options import check_choice
from nerconv.report import STATS
from nerconv.settings import read_options

if TYPE_CHECKING:
    from nerconv.batch import Batch

Format = Annotated[str, typer.Option("--format", help="Of the output.", metavar="|".join(STATS))]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("stats")(stats)


def stats(
    context: typer.Context,
    sources: p.Sources,
    from_: p.From = None,
    labels: p.Labels = None,
    dialect: p.Dialect = None,
    markup: p.Markup = None,
    encoding: p.Encoding = None,
    documents: p.Documents = None,
    read_scheme: p.ReadScheme = None,
    invalid: p.Invalid = None,
    token_column: p.TokenColumn = None,
    tag_column: p.TagColumn = None,
    comments: p.Comments = None,
    accept_unrecognised: p.AcceptUnrecognised = None,
    format: Format = "text",
) -> None:
    """Count what SRC is made of: labels, surface forms, ambiguity, masking.

    Example: nerconv stats corpus_samples/news
    """
    check_choice("output format", format, tuple(STATS))
    options = read_options(values.settings(locals()))
    files = formats.sources(sources, options)
    uses.check(context, {"input": formats.names(files, options)})
    found: list[Batch] = []
    losses: list[Finding] = []
    with show.progress(len(files)) as begin:
        for source in files:
            begin(source)
            for item in formats.read(source, options):
                if isinstance(item, Finding):
                    losses.append(item)
                elif not isinstance(item, Facts):
                    found.append(item.batch)
                    losses += chain.from_iterable(item.findings.values())
    losses = list(filter(costs, losses))
    show.findings(losses)
    show.put(STATS[format](count(found)))
    raise typer.Exit(exit_code(losses, False))
