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
from nerconv.linting.stats import Stats
from nerconv.linting.stats import stats as count
from nerconv.options import check_choice
from nerconv.printable import one_line
from nerconv.settings import read_options

if TYPE_CHECKING:
    from nerconv.batch import Batch

Format = Annotated[str, typer.Option("--format", help="Of the output.", metavar="text|json")]


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
    check_choice("output format", format, ("text", "json"))
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
    show.put(_json(count(found)) if format == "json" else _text(count(found)))
    raise typer.Exit(exit_code(losses, False))


def _json(stats: Stats) -> str:
    import msgspec

    return msgspec.json.format(msgspec.json.encode(stats, order="sorted"), indent=1).decode() + "\n"


def _text(stats: Stats) -> str:
    lines = [
        f"{stats.documents:,} documents, {stats.sentences:,} sentences, {stats.tokens:,} tokens, {stats.spans:,} spans",
        f"{_share(stats.bare, stats.sentences)} of the sentences have no span",
        f"{_share(stats.masked, stats.spans)} of the spans are or hold masking text",
        f"{_share(len(stats.ambiguous), stats.surfaces)} of {stats.surfaces:,} surface forms have several labels",
        "",
        f"{'label':<14} {'spans':>8} {'share':>6} {'forms':>8} {'masked':>7}  commonest",
    ]
    for label, row in stats.labels.items():
        top = ", ".join(f"{surface} {n:,}" for surface, n in row.top[:3])
        share = _share(row.spans, stats.spans)
        lines.append(f"{label:<14} {row.spans:>8,} {share:>6} {row.surfaces:>8,} {row.masked:>7,}  {top}")
    lines += ["", "tokens a span: " + ", ".join(f"{name}: {n:,}" for name, n in stats.lengths.items())]
    if stats.ambiguous:
        lines += ["", "forms with several labels:"]
        for surface, labels in stats.ambiguous[:10]:
            lines.append(f"  {surface}: " + ", ".join(f"{label} {n:,}" for label, n in labels.items()))
    return "".join(f"{one_line(text)}\n" for text in lines)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"
