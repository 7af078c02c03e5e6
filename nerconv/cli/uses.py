"""Which options are used by what: a row for each option of each command, and the function that refuses the others.

To add an option, add its row to each command that has it: ``ALWAYS`` where nothing makes it do nothing, else a ``Use``.
Options of a settings file are defaults: a command takes those that it uses, and nothing refuses the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, NamedTuple

import typer

from nerconv.options import UsageError


class Use(NamedTuple):
    """When an option is used, and what it ``does``, as a refusal says it.

    ``reads`` and ``writes``: the formats of the input and of the target that use it, None for all; ``of`` names the
    input that is meant, where a command has several. ``needs``: options of which one must be in effect beside it;
    ``against``: options beside which it does nothing. Both are spelt ``--option`` or ``--option=value``.
    """

    does: str = ""
    reads: Collection[str] | None = None
    writes: Collection[str] | None = None
    needs: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    of: str = "input"


#: An option that is used whatever is read, written and asked for beside it.
ALWAYS: Final = Use()
#: Values that switch an option off, besides None, False and nothing.
_OFF: Final = {"--lint": "keep", "--redactions": "keep"}

_TEXT: Final = ("bracket", "spans_jsonl", "conll", "tags_jsonl")
_NOTED: Final = ("bracket",)
_LINES: Final = ("bracket", "conll")
_TAGS: Final = ("conll", "dataset", "tags_jsonl")
#: Targets that hold flat spans only, or have a part that does.
_FLAT: Final = ("conll", "docbin", "dataset", "tags_jsonl")

_BRACKETS: Final = {
    "--accept-unrecognised": Use("takes other notations of annotation as text", _NOTED),
    "--dialect": Use("sets the dialect of bracket text", ("bracket",)),
    "--labels": Use("says which brackets are annotations", ("bracket",)),
    "--markup": Use("says how markup in bracket text is read", ("bracket",)),
}
_READING: Final = {
    "--documents": Use("says what a document of a file of lines is", _LINES),
    "--encoding": Use("names the encoding of text", _TEXT),
    "--from": ALWAYS,
}
_TAGGED: Final = {
    "--invalid": Use("says what becomes of invalid tags", _TAGS),
    "--read-scheme": Use("names the scheme that tags are read in", _TAGS),
}
_COLUMNS: Final = {
    "--comments": Use("says what comment lines of column files begin with", ("conll",)),
    "--tag-column": Use("names the column of tags in column files", ("conll",)),
    "--token-column": Use("names the column of tokens in column files", ("conll",)),
}
_CONVERT: Final = {
    **_BRACKETS,
    **_READING,
    **_TAGGED,
    **_COLUMNS,
    "--balance": Use("spreads labels over the parts of a split", needs=("--split",)),
    "--columns": Use("sets the number of columns", writes=("conll",)),
    "--cut-tokens": Use(
        "cuts tokens where spans begin and end", writes=("spans_jsonl", *_FLAT), against=("--tokens=spacy",)
    ),
    "--delimiter": Use("sets what stands between columns", writes=("conll",), against=("--for=flair", "--for=hf")),
    "--detokenize": ALWAYS,  # CoNLL holds no spacing, and the report says what of it is left out
    "--drop": ALWAYS,
    "--engine": ALWAYS,
    "--for": Use("names the reader of columns", writes=("conll",)),
    "--force": ALWAYS,  # of two uses; convert refuses it where it has neither
    "--label-set": Use("fixes class labels", writes=("dataset",), against=("--labels-from",)),
    "--labels-from": Use("takes class labels from what was written before", writes=("dataset",)),
    "--group-sentences": Use("groups the sentences of a DocBin", writes=("docbin",), against=("--unit=sentence",)),
    "--ledger": ALWAYS,
    "--lint": ALWAYS,
    "--lint-select": Use("chooses the rules of --lint", needs=("--lint",)),
    "--map": ALWAYS,
    "--nested": Use("says which of two spans that share text a flat target holds", writes=_FLAT),
    "--output": ALWAYS,
    "--redactions": ALWAYS,
    "--scheme": Use("names the tag scheme to write", writes=_TAGS),
    "--scheduler": Use("is the address of a Dask cluster", needs=("--engine=dask",)),
    "--seed": Use("is the seed of a split", needs=("--split",)),
    "--shard-docs": Use("sets the size of shards", against=("--split", "--splits", "--lint", "--redactions")),
    "--split": Use("draws parts of a corpus", against=("--splits",)),
    "--splits": ALWAYS,
    "--strict": ALWAYS,
    "--tokens": Use("sets the tokens of a DocBin", writes=("docbin",)),
    "--unit": ALWAYS,
    "--workers": Use("sets how many processes work on this machine", against=("--scheduler",)),
    "--write-dialect": Use("sets the dialect of written brackets", writes=("bracket",)),
}

#: By command, every option that it has.
USES: Final[Mapping[str, Mapping[str, Use]]] = {
    "inspect": {**_BRACKETS, **_READING, **_TAGGED, **_COLUMNS, "--format": ALWAYS, "--strict": ALWAYS},
    "stats": {**_BRACKETS, **_READING, **_TAGGED, **_COLUMNS, "--format": ALWAYS},
    "convert": {**_CONVERT, "--to": ALWAYS},
    **dict.fromkeys(("to-spans", "to-conll", "to-spacy", "to-dataset"), _CONVERT),
    "lint": {
        **_BRACKETS,
        **_READING,
        **_TAGGED,
        **_COLUMNS,
        "--baseline": ALWAYS,
        "--diff": ALWAYS,
        "--extend-select": ALWAYS,
        "--fail-on": ALWAYS,
        "--fix": Use("makes fixes", against=("--diff",)),
        "--folds": Use("trains models and asks them", against=("--fix", "--unsafe-fixes", "--diff")),
        "--format": Use("sets the form in which findings are printed", against=("--diff",)),
        "--ignore": ALWAYS,
        "--map": Use("renames the labels of the model", needs=("--with-model",)),
        "--profile": ALWAYS,
        "--prune-baseline": Use("takes what is gone out of the baseline", needs=("--baseline",)),
        "--select": ALWAYS,
        "--unsafe-fixes": ALWAYS,
        "--with-model": Use("names the model to ask", against=("--fix", "--unsafe-fixes", "--diff")),
        "--write-baseline": ALWAYS,
    },
    "rule": {"--all": ALWAYS},
    "evaluate": {
        "--accept-unrecognised": _BRACKETS["--accept-unrecognised"],
        "--aggregation": Use("says how sub-tokens of a Hugging Face model become spans", needs=("--model",)),
        **_COLUMNS,
        "--baseline": ALWAYS,
        "--documents": _READING["--documents"],
        "--fail-under": ALWAYS,
        "--format": ALWAYS,
        # Without predictions and a model the gold is columns of both tags.
        "--from": Use("names the format of the gold", needs=("--predictions", "--model", "--from=conll")),
        "--gate": Use("says what gates take of several predictions", needs=("--fail-under", "--baseline")),
        "--gold-invalid": Use("says how invalid tags of the gold are read", _TAGS, of="gold"),
        "--gold-tokens": Use("gives a model the tokens of the gold", needs=("--model",)),
        "--hard-drop": Use("says how far F1 may fall below that of a baseline", needs=("--baseline",)),
        "--html": ALWAYS,
        "--invalid": Use("says how invalid predicted tags are read", _TAGS, of="predictions"),
        "--json": ALWAYS,
        "--junit": ALWAYS,
        "--labels": _BRACKETS["--labels"],
        "--lint": ALWAYS,
        "--map": ALWAYS,
        "--markdown": ALWAYS,
        "--max-drop": Use("says how far F1 may fall below that of a baseline", needs=("--baseline",)),
        "--model": ALWAYS,
        "--network": Use("lets a model be fetched", needs=("--model",)),
        "--pair": ALWAYS,
        "--predictions": ALWAYS,
        "--predictions-from": Use("names the format of the predictions", needs=("--predictions",)),
        "--predictions-scheme": Use("names the scheme of predicted tags", _TAGS, of="predictions"),
        "--read-scheme": _TAGGED["--read-scheme"],
        "--redact": ALWAYS,
        "--resamples": ALWAYS,
        "--seed": Use("is the seed of the bootstrap", needs=("--resamples", "--baseline")),
        "--train": ALWAYS,
        "--update-baseline": Use("writes the report to the file of the baseline", needs=("--baseline",)),
        "--verify": ALWAYS,
    },
    "compare": {"--resamples": ALWAYS, "--seed": Use("is the seed of the bootstrap", needs=("--resamples",))},
    "report": {"--format": ALWAYS, "--redact": ALWAYS},
    "config spacy": {
        "--dev": ALWAYS,
        "--lang": ALWAYS,
        "--output": ALWAYS,
        "--profile": ALWAYS,
        "--seed": ALWAYS,
        "--source": Use("names the pipeline to take tok2vec from", needs=("--profile=cpu-sourced",)),
        "--train": ALWAYS,
    },
    "config project": {"--output": ALWAYS, "--profile": ALWAYS},
}


def check(
    context: typer.Context,
    inputs: Mapping[str, Collection[str]] | None = None,
    target: str = "",
    settings: Mapping[str, object] | None = None,
) -> None:
    """Raise UsageError for options on the command line that nothing here uses, with the reason for each.

    ``inputs``: the formats read, by the name of the input; ``target``: the format written; ``settings``: what a
    settings file says, by option, where the command line says nothing.
    """
    values = _values(context, settings or {})
    uses = USES[_name(context)]
    refused = [
        f"{_spelt(option, values[option])} {uses[option].does} and {reason}"
        for option in _asked(context)
        if option in uses and (reason := _unused(option, uses[option], inputs or {}, target, values))
    ]
    if refused:
        raise UsageError("; ".join(refused))


def _name(context: typer.Context) -> str:
    """Return the words of the command, without that of the program."""
    words = []
    here: Any = context
    while here.parent is not None:
        words.append(here.info_name)
        here = here.parent
    return " ".join(reversed(words))


def option_of(parameter: Any) -> str:
    """Return how a parameter of a command is spelt at length, or nothing when it is an argument."""
    return max((word for word in parameter.opts if word.startswith("-")), key=len, default="")


def _asked(context: typer.Context) -> Iterator[str]:
    """Yield the options that stand on the command line."""
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source is not None and source.name == "COMMANDLINE" and (option := option_of(parameter)):
            yield option


def _values(context: typer.Context, settings: Mapping[str, object]) -> dict[str, object]:
    """Return the value of each option in effect."""
    given = {option_of(parameter): context.params.get(parameter.name or "") for parameter in context.command.params}
    return given | {option: value for option, value in settings.items() if given.get(option) is None}


def _unused(
    option: str, use: Use, inputs: Mapping[str, Collection[str]], target: str, values: Mapping[str, object]
) -> str:
    """Return why an option does nothing here, and what to do; nothing when it is used."""
    read = inputs.get(use.of)
    read = None if not read and use.of == "input" else read
    if use.reads is not None and read is not None and not set(read) & set(use.reads):
        where = f"where {' and '.join(sorted(read))} is read" if read else f"without {use.of}"
        return f"does nothing {where}; leave it out"
    if use.writes is not None and target and target not in use.writes:
        return f"does nothing where {target} is written; leave it out, or write {' or '.join(use.writes)}"
    if use.needs and not any(_in_effect(other, values) for other in use.needs):
        wanted = " or ".join(other.replace("=", " ") for other in use.needs)
        return f"does nothing without {wanted}; add that or leave it out"
    if others := [other for other in use.against if _in_effect(other, values)]:
        return f"does nothing beside {others[0].replace('=', ' ')}; leave one of the two out"
    return ""


def _in_effect(wanted: str, values: Mapping[str, object]) -> bool:
    option, equals, value = wanted.partition("=")
    found = values.get(option)
    if equals:
        return str(found).partition(":")[0] == value
    return bool(found) and found != _OFF.get(option)


def _spelt(option: str, value: object) -> str:
    if isinstance(value, list | tuple):
        return f"{option} {','.join(map(str, value))}"
    return option if isinstance(value, bool) else f"{option} {value}"
