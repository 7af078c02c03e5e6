"""The options of ``nerconv config`` and ``nerconv finetune``."""

from __future__ import annotations

from typing import Final

from nerconv.cli.option import FILE, FLAG, NUMBER, TEXT, Kind, Option, Use

_SPACY: Final = ("config spacy",)
_BOTH: Final = ("config spacy", "config project")
_HF: Final = ("config hf",)
_TUNE: Final = ("finetune",)
_NUMBERS: Final = Kind(int, tuple, repeated=True)

# A row an option, as dense as a table.
# fmt: off
TRAINING: Final = (
    Option("--train", "Training data: a .spacy file, or a folder of them.", _SPACY, FILE, metavar="FILE|FOLDER",
        required=True),
    Option("--dev", "Development data: a .spacy file, or a folder of them.", _SPACY, FILE, metavar="FILE|FOLDER",
        required=True),
    Option("--output", "Where to write.", (*_BOTH, *_HF), FILE, metavar="FILE", required=True, short="-o"),
    Option("--profile", "Kind of pipeline", _BOTH, metavar="PROFILE", choices="nerconv.training.spacy_config:PROFILES",
        checked="profile", default="cpu"),
    Option("--lint-profile", "Choose the rules of lint for a kind of text", ("config project",), metavar="PROFILE",
        choices="nerconv.linting.profiles:PROFILES", checked="profile", default="newswire"),
    Option("--source", "Installed pipeline from which cpu-sourced takes its tok2vec.", _SPACY, metavar="NAME",
        default="en_core_web_sm", use=Use("names the pipeline to take tok2vec from", needs=("--profile=cpu-sourced",))),
    Option("--vectors", "Pipeline whose word vectors become features, such as en_core_web_md.", _SPACY,
        metavar="NAME|FOLDER", use=Use("names word vectors", needs=("--profile=cpu", "--profile=smoke"))),
    Option("--lang", "Language code of spaCy. Default: that of --tokens, or en.", _SPACY, metavar="LANG"),
    Option("--seed", "Seed of the training.", _SPACY, NUMBER, metavar="N", default=0),
    Option("--data", "Folder with train.parquet and dev.parquet, as to-dataset --split writes it.", _HF, TEXT,
        metavar="FOLDER", default="corpus"),
    Option("--model", "Encoder to start from: a folder, or its name on the hub.", _HF, TEXT, metavar="NAME|FOLDER",
        required=True),
    Option("--data", "Folder with the Parquet files. Default: that of the settings.", _TUNE, TEXT, metavar="FOLDER"),
    Option("--model", "Encoder to start from. Default: that of the settings.", _TUNE, TEXT, metavar="NAME|FOLDER"),
    Option("--output", "Folder for the models. Default: that of the settings.", _TUNE, TEXT, metavar="FOLDER",
        short="-o"),
    Option("--epochs", "Number of epochs. Default: that of the settings.", _TUNE, NUMBER, metavar="N", least=1),
    Option("--seed", "Seed of a training; repeatable, one model each. Default: those of the settings.", _TUNE, _NUMBERS,
        metavar="N"),
    Option("--network", "Allow the encoder to be downloaded.", _TUNE, FLAG),
)
