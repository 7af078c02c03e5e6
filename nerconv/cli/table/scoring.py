"""The options of ``nerconv evaluate``, ``nerconv compare`` and ``nerconv report``."""

from __future__ import annotations

from typing import Final

from nerconv.cli.option import DATE, FILE, FLAG, NUMBER, RATIO, TEXT, TEXTS, Option, Use
from nerconv.cli.table.labels import label_map
from nerconv.cli.table.reading import BRACKETS, TAGGED
from nerconv.formats.known import FORMATS
from nerconv.notation import NAMES as NOTATIONS
from nerconv.options import DIALECTS, INVALID, ORDERS, PAIRINGS, PRESETS
from nerconv.options import NOTATIONS as INLINE

_EVALUATE: Final = ("evaluate",)
_BOTH: Final = ("evaluate", "compare")
_DRAWN: Final = ("--resamples", "--baseline", "--examples-by=random")
_PREDICTIONS, _SCORING, _GATES, _OUTPUT = "Predictions", "Scoring", "Gates", "Output"

# A row an option, as dense as a table.
# fmt: off
SCORING: Final = (
    Option("--predictions", "Files with the predictions; repeatable, once for each seed.", _EVALUATE, TEXTS,
        _PREDICTIONS, "FILE[,FILE]"),
    Option("--predictions-from", "Read the predictions as this format instead of detecting it", _EVALUATE, TEXT,
        _PREDICTIONS, "FORMAT", choices=tuple(FORMATS),
        use=Use("names the format of the predictions", needs=("--predictions",))),
    Option("--predictions-dialect", "Read brackets of the predictions in this dialect instead of detecting it",
        _EVALUATE, TEXT, _PREDICTIONS, "DIALECT", choices=("auto", *DIALECTS, *INLINE), checked="dialect",
        use=Use("sets the dialect of predicted bracket text", BRACKETS, of="predictions")),
    Option("--predictions-scheme", "Tag scheme of the predictions, where it is not that of the gold", _EVALUATE, TEXT,
        _PREDICTIONS, "SCHEME", choices=NOTATIONS,
        use=Use("names the scheme of predicted tags", TAGGED, of="predictions")),
    Option("--invalid", "How invalid predicted tags are read.", _EVALUATE, TEXT, _PREDICTIONS, choices=INVALID,
        default="lenient", use=Use("says how invalid predicted tags are read", TAGGED, of="predictions")),
    Option("--model", "Predict with this spaCy pipeline or Hugging Face model.", _EVALUATE, TEXT, _PREDICTIONS,
        "NAME|FOLDER"),
    Option("--gold-tokens", "Give a spaCy model the tokens of the gold.", _EVALUATE, FLAG, _PREDICTIONS,
        use=Use("gives a model the tokens of the gold", needs=("--model",)), field="model.gold_tokens"),
    Option("--aggregation", "How sub-tokens of a Hugging Face model become spans, as in its pipeline", _EVALUATE, TEXT,
        _PREDICTIONS, "STRATEGY", choices="nerconv.models.predictor:AGGREGATIONS", default="auto",
        use=Use("says how sub-tokens of a Hugging Face model become spans", needs=("--model",)),
        field="model.aggregation"),
    Option("--network", "Allow the model to be downloaded.", _EVALUATE, FLAG, _PREDICTIONS,
        use=Use("lets a model be fetched", needs=("--model",)), field="model.network"),
    Option("--gold-invalid", "How invalid tags of the gold are read.", _EVALUATE, TEXT, _SCORING, choices=INVALID,
        default="error", use=Use("says how invalid tags of the gold are read", TAGGED, of="gold")),
    Option("--pair", "How gold and predictions are aligned: by their text, or by position.", _EVALUATE, TEXT, _SCORING,
        choices=PAIRINGS, default="auto", field="evaluate.pairing"),
    Option("--map", f"Rename labels on both sides: OLD=NEW, OLD= to leave a label out, or {', '.join(PRESETS)}.",
        _EVALUATE, TEXTS._replace(parse=label_map), _SCORING, "OLD=NEW,...", field="evaluate.labels"),
    Option("--train", "Training data, to score names that occur in it and those that do not.", _EVALUATE, TEXTS,
        _SCORING, "SRC"),
    Option("--lint", "Report how much of the gold lint flags, and the score without it.", _EVALUATE, FLAG, _SCORING),
    Option("--verify", "Score again with seqeval, and stop where the two differ.", _EVALUATE, FLAG, _SCORING),
    Option("--resamples", "Bootstrap samples for the confidence intervals; 0 for none.", _BOTH, NUMBER, _SCORING, "N",
        default=1000, least=0, field="evaluate.resamples"),
    Option("--seed", "Seed of the bootstrap.", _EVALUATE, NUMBER, _SCORING, "N", default=0, least=0,
        use=Use("is the seed of the bootstrap and of a random choice", needs=_DRAWN), field="evaluate.seed"),
    Option("--seed", "Seed of the bootstrap.", ("compare",), NUMBER, _SCORING, "N", default=0, least=0,
        use=Use("is the seed of the bootstrap", needs=("--resamples",))),
    Option("--fail-under", "Exit with status 1 below this score, F1 unless .precision or .recall is named; repeatable.",
        _EVALUATE, TEXTS, _GATES, "[LABEL[.recall]=]SCORE"),
    Option("--baseline", "Compare with this earlier report, written by --json.", _EVALUATE, FILE, _GATES, "FILE"),
    Option("--update-baseline", "Write this report to the file of --baseline, whether the gates pass or not.",
        _EVALUATE, FLAG, _GATES, use=Use("writes the report to the file of the baseline", needs=("--baseline",))),
    Option("--max-drop", "Fail if F1 drops by more than this and the drop is significant. Default: 0.", _EVALUATE,
        RATIO, _GATES, "F1", use=Use("says how far F1 may fall below that of a baseline", needs=("--baseline",))),
    Option("--hard-drop", "Fail if F1 drops by more than this, significant or not. Default: 0.2 of micro F1, more on "
        "tiny gold.", _EVALUATE, RATIO, _GATES, "F1",
        use=Use("says how far F1 may fall below that of a baseline", needs=("--baseline",))),
    Option("--max-drop", "Fail if F1 drops by more than this and the drop is significant.", ("compare",), RATIO, _GATES,
        "F1"),
    Option("--hard-drop", "Fail if F1 drops by more than this, significant or not.", ("compare",), RATIO, _GATES, "F1"),
    Option("--gate", "What the gates check of several --predictions: their mean, or the worst. Default: mean.",
        _EVALUATE, TEXT, _GATES, choices="nerconv.evaluation.seeds:CHOICES", checked="choice for --gate",
        use=Use("says what gates take of several predictions", needs=("--fail-under", "--baseline"))),
    Option("--format", "Form in which the report is printed", _EVALUATE, TEXT, _OUTPUT, "FORMAT",
        choices="nerconv.report:EVALUATION", checked="output format", default="text"),
    Option("--format", "Form in which the report is printed", ("report",), TEXT, _OUTPUT, "FORMAT",
        choices="nerconv.report:EVALUATION", checked="output format", default="html"),
    Option("--format", "Form in which the comparison is printed", ("compare",), TEXT, _OUTPUT, "FORMAT",
        choices="nerconv.report:COMPARISON", checked="output format", default="text"),
    Option("--date", "Put a date into the page: now, or one such as 2026-11-26.", ("compare",), DATE, _OUTPUT, "DATE",
        use=Use("dates the page", needs=("--format=html",))),
    Option("--examples", "Keep the sentences of about this many errors in the report; 0 for none.", _EVALUATE, NUMBER,
        _OUTPUT, "N", default=500, least=0, field="evaluate.examples"),
    Option("--examples-by", "Which sentences these are: most errors first, at random (--seed), or the first ones.",
        _EVALUATE, TEXT, _OUTPUT, "ORDER", choices=ORDERS, checked="order", default="worst",
        use=Use("chooses among the sentences with errors", needs=("--examples",)), field="evaluate.order"),
    Option("--date", "Put a date into the report: now, or one such as 2026-11-26.", _EVALUATE, DATE, _OUTPUT, "DATE"),
    *(
        Option(f"--{name}", f"Also write the report as {form} to this file.", _EVALUATE, FILE, _OUTPUT, "FILE")
        for name, form in (("json", "JSON"), ("html", "HTML"), ("markdown", "Markdown"), ("junit", "JUnit XML"))
    ),
    Option("--redact", "Leave the text of the data out of every output.", ("evaluate", "report"), FLAG, _OUTPUT,
        field="evaluate.redact"),
)
