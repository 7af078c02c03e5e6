"""``nerconv convert`` and its short forms."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any, Final

import typer

from nerconv import formats
from nerconv.cli import parameters as p
from nerconv.cli import show
from nerconv.codes import exit_code
from nerconv.convert import convert as convert_sources
from nerconv.files import replacing
from nerconv.lint.engine import Selection
from nerconv.plan import ConvertOptions
from nerconv.settings import Settings, convert_options

_SHORT: Final = {
    "to-spans": (("spans_jsonl",), "Convert SRC to JSON lines of text and spans, which keep everything."),
    "to-conll": (("conll",), "Convert SRC to columns of token and tag."),
    "to-spacy": (("docbin",), "Convert SRC to a .spacy file for spacy train."),
    "to-dataset": (
        ("dataset", "tags_jsonl"),
        "Convert SRC to a Hugging Face dataset: a folder, a .parquet or a .json file.",
    ),
}


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("convert")(convert)
    for name, (targets, about) in _SHORT.items():
        app.command(name, help=about)(_short_form(targets))


def convert(
    sources: p.Sources,
    output: p.Output,
    to: p.To = None,
    from_: p.From = None,
    labels: p.Labels = None,
    dialect: p.Dialect = None,
    markup: p.Markup = None,
    encoding: p.Encoding = None,
    documents: p.Documents = None,
    read_scheme: p.ReadScheme = None,
    invalid: p.Invalid = None,
    map: p.Map = None,
    drop: p.Drop = None,
    unit: p.Unit = None,
    detokenize: p.Detokenize = None,
    cut_tokens: p.CutTokens = None,
    lint: p.LintPolicy = None,
    lint_select: p.LintSelect = None,
    redactions: p.Redactions = None,
    split: p.Split = None,
    seed: p.Seed = None,
    scheme: p.Scheme = None,
    delimiter: p.Delimiter = None,
    columns: p.Columns = None,
    for_: p.For = None,
    tokens: p.Tokens = None,
    nested: p.Nested = None,
    write_dialect: p.WriteDialect = None,
    ledger: p.LedgerFile = None,
    strict: p.Strict = None,
) -> None:
    """Convert SRC to DST, in the format of its suffix; every span is written or named as lost."""
    asked = p.settings({**locals(), "lint_policy": lint, "lint": None})
    rules = Selection(None if lint_select is None else tuple(p.comma_list(lint_select)))
    _run(sources, output, ledger, asked, convert_options(asked, rules))


def _run(sources: list[str], output: str, ledger: str | None, asked: Settings, options: ConvertOptions) -> None:
    files = formats.sources(sources, options.read)
    with show.progress(len(files)) as begin:
        report = convert_sources(files, output, options, begin)
    show.conversion(report, output)
    if ledger:
        with replacing(Path(ledger)) as part:
            part.write_text("".join(f"{line}\n" for line in show.ledger_lines(report)), encoding="utf-8")
    found = (finding.code for finding in (*report.findings, *report.lost))
    raise typer.Exit(exit_code(found, bool(asked.strict)))


def _short_form(targets: tuple[str, ...]) -> Callable[..., None]:
    """Return ``convert`` to one of ``targets``, the first unless the suffix says another, with its other parameters."""

    def command(**given: Any) -> None:
        named = (name for name in targets if given["output"].endswith(formats.get(name).SUFFIXES))
        convert(to=next(named, targets[0]), **given)

    shape = signature(convert, eval_str=True)
    kept = [parameter for name, parameter in shape.parameters.items() if name != "to"]
    command.__signature__ = shape.replace(parameters=kept)  # type: ignore[attr-defined]
    return command
