"""``nerconv inspect``."""

from __future__ import annotations

from typing import Annotated

import typer

from nerconv import formats, settings
from nerconv.cli import parameters as p
from nerconv.cli import show, uses, values
from nerconv.codes import exit_code
from nerconv.inspect import inspect as inspect_sources
from nerconv.options import check_choice


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("inspect")(inspect)


def inspect(
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
    strict: p.Strict = None,
    format: Annotated[str, typer.Option("--format", help="Of the output.", metavar="text|json")] = "text",
) -> None:
    """Say what SRC is: dialect, encoding, documents, tokens, spans by label, marks, findings with line and column.

    Example: nerconv inspect corpus_samples/cables
    """
    check_choice("output format", format, ("text", "json"))
    asked = values.settings(locals())
    options = settings.read_options(asked)
    files = formats.sources(sources, options)
    uses.check(context, {"input": formats.names(files, options)})
    with show.progress(len(files)) as begin:
        inspection = inspect_sources(files, options, begin)
    (show.inspection_json if format == "json" else show.inspection_table)(inspection)
    raise typer.Exit(exit_code(inspection.findings, bool(asked.strict)))
