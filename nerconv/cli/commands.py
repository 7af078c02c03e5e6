"""Which commands there are: what each is for, its arguments and the function that runs it."""

from __future__ import annotations

from typing import Final, NamedTuple

from nerconv.cli.option import Argument

_SOURCES: Final = "Files, folders, globs, or - for standard input; .gz .bz2 .xz .zst too."
_SRC: Final = Argument("SRC...", _SOURCES, number=-1)
_SOME: Final = Argument("SRC...", f"{_SOURCES} Or name parts with --splits.", number=-1, required=False)
_REVIEWED: Final = Argument(
    "SRC...",
    "Files, folders or globs; decisions are written into them when they are applied. Or name annotators.",
    number=-1,
    required=False,
)
_REPORT: Final = "A report as JSON, written by evaluate --json."


class Command(NamedTuple):
    """A command: ``run`` is ``module:function`` below ``nerconv.cli``; the function takes what was given (``Given``)
    and returns the exit status. ``example`` stands in its help.
    """

    run: str
    about: str
    example: str
    arguments: tuple[Argument, ...] = ()


#: Every command by its words, in the order of the help.
COMMANDS: Final = {
    "inspect": Command(
        "inspect:inspect",
        "Show what SRC is and by what that is known, what each format and other tools would lose, and how to go on.",
        "nerconv inspect corpus_samples/cables",
        (_SRC,),
    ),
    "convert": Command(
        "convert:convert",
        "Convert SRC to DST, in the format of its suffix; every span is written or named as lost.",
        "nerconv convert corpus_samples/news -o news.conll",
        (_SOME,),
    ),
    "to-spans": Command(
        "convert:to_spans",
        "Convert SRC to JSON lines of text and spans, which keep everything.",
        "nerconv to-spans corpus_samples/news -o news.jsonl",
        (_SOME,),
    ),
    "to-conll": Command(
        "convert:to_conll",
        "Convert SRC to CoNLL: a line for each token, with its tag.",
        "nerconv to-conll corpus_samples/news -o news.conll --scheme IOBES",
        (_SOME,),
    ),
    "to-spacy": Command(
        "convert:to_spacy",
        "Convert SRC to a .spacy file for spacy train.",
        "nerconv to-spacy corpus_samples/news -o corpus --split train=0.8,dev=0.2 --seed 1",
        (_SOME,),
    ),
    "to-dataset": Command(
        "convert:to_dataset",
        "Convert SRC to a Hugging Face dataset: a folder, a .parquet or a .json file.",
        "nerconv to-dataset corpus_samples/news -o news.parquet",
        (_SOME,),
    ),
    "align": Command(
        "align:align",
        "Place the spans of tokenised, normalised or edited text on the original text, and write that.",
        "nerconv align tagged --to originals -o gold.jsonl",
        (_SRC,),
    ),
    "lint": Command(
        "lint:lint",
        "Find noise in the annotations of SRC: masked names, layout words, bad edges, odd forms.",
        "nerconv lint corpus_samples/cables --profile cable",
        (_SRC,),
    ),
    "rule": Command(
        "lint:rule",
        "List the lint rules, or print the manual page of one.",
        "nerconv rule C201",
        (Argument("RULE", "A code or a name.", required=False, choices="nerconv.linting.rules:RULES"),),
    ),
    "review": Command(
        "review:review",
        "Decide about findings in SRC in the browser, a group at a time, and write the decisions into the files.",
        "nerconv review corpus_samples/cables --profile cable",
        (_REVIEWED,),
    ),
    "stats": Command(
        "stats:stats",
        "Count what SRC is made of: labels, surface forms, ambiguity, masking.",
        "nerconv stats corpus_samples/news",
        (_SRC,),
    ),
    "evaluate": Command(
        "evaluate:evaluate",
        "Score predictions or a model against GOLD, label by label, and exit with status 1 when a gate is missed.",
        "nerconv evaluate test.conll --model training/model-best --fail-under 0.80",
        (Argument("GOLD...", "The gold: files, folders or globs of any format.", number=-1),),
    ),
    "compare": Command(
        "evaluate:compare",
        "Compare two reports on the same gold: how far F1 moved, by label, too, and how likely that is chance.",
        "nerconv compare before.json after.json",
        (Argument("BEFORE", _REPORT), Argument("AFTER", "Another on the same gold.")),
    ),
    "report": Command(
        "evaluate:report",
        "Print a report that was written with --json in another form.",
        "nerconv report r.json > r.html",
        (Argument("REPORT", _REPORT),),
    ),
    "config spacy": Command(
        "config:spacy_config",
        "Write a filled configuration for spacy train, chosen from the data.",
        "nerconv config spacy --train corpus/train.spacy --dev corpus/dev.spacy -o ner.cfg",
    ),
    "config project": Command(
        "config:project",
        "Write a project.yml that converts, checks, trains and evaluates SRC: weasel run all.",
        "nerconv config project notes -o project.yml",
        (Argument("SRC", "The annotated data."),),
    ),
    "config hf": Command(
        "config:hf_config",
        "Write the settings of nerconv finetune, chosen from the data.",
        "nerconv config hf --data corpus --model distilbert/distilbert-base-cased -o hf.toml",
    ),
    "finetune": Command(
        "finetune:finetune",
        "Train a Hugging Face token classifier on what to-dataset --split wrote; the best epoch on dev is saved.",
        "nerconv finetune hf.toml",
        (Argument("SETTINGS", "A TOML file, written by config hf."),),
    ),
    "clean": Command(
        "clean:clean",
        "Remove the temporary folders of runs that were killed, below FOLDER and where the system has such files.",
        "nerconv clean corpus",
        (Argument("FOLDER...", "Where runs wrote to. Default: this folder.", number=-1, required=False),),
    ),
}
#: What stands about groups of commands.
GROUPS: Final = {"config": "Make training configurations from the data."}
