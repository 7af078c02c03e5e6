"""The options of ``nerconv review``."""

from __future__ import annotations

from typing import Final

from nerconv.cli.option import FILE, FLAG, NAMES, NUMBER, TEXT, TEXTS, WORD, Option, Use, comma_list
from nerconv.cli.table.asking import asking
from nerconv.cli.table.labels import label_map
from nerconv.cli.table.reading import TAGGED
from nerconv.formats.known import FORMATS
from nerconv.notation import NAMES as NOTATIONS
from nerconv.options import PAIRINGS

_REVIEW: Final = ("review",)
_QUESTIONS, _DECISIONS, _INSTEAD, _PAGE = "Questions", "Decisions", "Instead of the page", "Page"
_CODES: Final = NAMES._replace(parse=comma_list)
_ALL_RULES: Final = "nerconv.linting.rules:RULES"
#: Beside these nothing is asked.
_SILENT: Final = ("--apply", "--undo", "--diff")
_UNLINTED: Final = ("--annotators", *_SILENT)
_UNSHOWN: Final = ("--list", "--export", *_SILENT)
_PREDICTED: Final = ("--predictions",)

# A row an option, as dense as a table.
# fmt: off
REVIEWING: Final = (
    Option("--select", "Ask about findings of these rules only: codes, names, beginnings of codes such as C2, or ALL.",
        _REVIEW, _CODES, _QUESTIONS, "CODE,...", choices=_ALL_RULES, use=Use("chooses rules", against=_UNLINTED)),
    Option("--extend-select", "Ask about findings of these rules, too.", _REVIEW, _CODES, _QUESTIONS, "CODE,...",
        choices=_ALL_RULES, use=Use("chooses rules", against=_UNLINTED)),
    Option("--ignore", "Do not ask about findings of these rules.", _REVIEW, _CODES, _QUESTIONS, "CODE,...",
        choices=_ALL_RULES, use=Use("leaves rules out", against=_UNLINTED)),
    Option("--profile", "Choose the rules for a kind of text", _REVIEW, TEXT, _QUESTIONS, "PROFILE",
        choices="nerconv.linting.profiles:PROFILES", use=Use("chooses rules", against=_UNLINTED)),
    *asking("review", _QUESTIONS, _UNLINTED),
    Option("--predictions", "Ask about the errors of these predictions, too.", _REVIEW, TEXT, _QUESTIONS,
        "FILE[,FILE]", use=Use("names predictions to compare", against=_UNLINTED)),
    Option("--predictions-from", "Read the predictions as this format instead of detecting it", _REVIEW, TEXT,
        _QUESTIONS, "FORMAT", choices=tuple(FORMATS),
        use=Use("names the format of the predictions", needs=_PREDICTED)),
    Option("--predictions-scheme", "Tag scheme of the predictions, where it is not that of the text", _REVIEW, TEXT,
        _QUESTIONS, "SCHEME", choices=NOTATIONS,
        use=Use("names the scheme of predicted tags", TAGGED, needs=_PREDICTED, of="predictions")),
    Option("--pair", "How text and predictions are aligned: by their text, or by position.", _REVIEW, TEXT, _QUESTIONS,
        choices=PAIRINGS, default="auto", checked="pairing", use=Use("aligns predictions", needs=_PREDICTED)),
    Option("--map", "Rename the labels of the model or of the predictions, as in evaluate.", _REVIEW,
        TEXTS._replace(parse=label_map), _QUESTIONS, "OLD=NEW,...",
        use=Use("renames labels", needs=("--with-model", "--predictions"))),
    Option("--annotators", "Ask about what annotators of the same text disagree on: a file or folder for each of them. "
        "Each SRC is one, too.", _REVIEW, NAMES, _QUESTIONS, "FILE|FOLDER,..."),
    Option("--decisions", "Record decisions in this file. Default: FILE.review.jsonl beside one file or folder, else "
        "nerconv.review.jsonl.", _REVIEW, FILE, _DECISIONS, "FILE"),
    Option("--reviewer", "Who decides. Default: the login name.", _REVIEW, TEXT, _DECISIONS, "NAME",
        use=Use("says who decides", against=("--list", *_SILENT))),
    Option("--read-only", "Show everything and record nothing.", _REVIEW, FLAG, _DECISIONS,
        use=Use("lets nobody decide", against=_UNSHOWN)),
    Option("--output", "Write what annotators agree on, and what was decided, to this file.", _REVIEW, TEXT,
        _DECISIONS, "GOLD", short="-o", use=Use("names the gold of annotators", needs=("--annotators",))),
    Option("--list", "Print the questions, and how far the review is.", _REVIEW, FLAG, _INSTEAD,
        use=Use("prints the questions", against=("--export", *_SILENT))),
    Option("--export", "Write the page to one HTML file that works without nerconv; its decisions are downloaded.",
        _REVIEW, FILE, _INSTEAD, "FILE", use=Use("writes the page", against=_SILENT)),
    Option("--apply", "Take over the decisions in this file, and write all that is decided into the files.", _REVIEW,
        FILE, _INSTEAD, "FILE", use=Use("applies decisions", against=("--undo",))),
    Option("--diff", "Print what applying the decisions would change, and change nothing.", _REVIEW, FLAG, _INSTEAD,
        use=Use("shows what would change", against=("--undo",))),
    Option("--undo", "Take back what was written under this number, or last.", _REVIEW, WORD, _INSTEAD, "N|last"),
    Option("--port", "Serve the page at this port of 127.0.0.1. Default: one that is free.", _REVIEW, NUMBER, _PAGE,
        "N", least=1, use=Use("chooses the port of the page", against=_UNSHOWN)),
    Option("--no-browser", "Print the address of the page, and open no browser.", _REVIEW, FLAG, _PAGE,
        use=Use("leaves the browser closed", against=_UNSHOWN)),
)
