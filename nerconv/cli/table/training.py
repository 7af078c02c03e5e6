"""The options of ``nerconv config``."""

from __future__ import annotations

from typing import Final

from nerconv.cli.option import FILE, NUMBER, Option, Use

_SPACY: Final = ("config spacy",)
_BOTH: Final = ("config spacy", "config project")

# A row an option, as dense as a table.
# fmt: off
TRAINING: Final = (
    Option("--train", "Training data: a .spacy file, or a folder of them.", _SPACY, FILE, metavar="FILE|FOLDER",
        required=True),
    Option("--dev", "Development data: a .spacy file, or a folder of them.", _SPACY, FILE, metavar="FILE|FOLDER",
        required=True),
    Option("--output", "Where to write.", _BOTH, FILE, metavar="FILE", required=True, short="-o"),
    Option("--profile", "Kind of pipeline", _BOTH, metavar="PROFILE", choices="nerconv.training.spacy_config:PROFILES",
        checked="profile", default="cpu"),
    Option("--source", "Installed pipeline from which cpu-sourced takes its tok2vec.", _SPACY, metavar="NAME",
        default="en_core_web_sm", use=Use("names the pipeline to take tok2vec from", needs=("--profile=cpu-sourced",))),
    Option("--lang", "Language code of spaCy. Default: that of --tokens, or en.", _SPACY, metavar="LANG"),
    Option("--seed", "Seed of the training.", _SPACY, NUMBER, metavar="N", default=0),
)
