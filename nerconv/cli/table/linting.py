"""The options of ``nerconv lint`` and ``nerconv rule``."""

from __future__ import annotations

from typing import Final

from nerconv.cli.option import DATE, FILE, FLAG, NAMES, NUMBER, TEXT, TEXTS, Option, Use, comma_list
from nerconv.cli.table.asking import asking
from nerconv.cli.table.labels import label_map
from nerconv.codes import SEVERITIES
from nerconv.terminal import USUAL

#: By the value of --fail-on, the severities that fail.
FAIL_ON: Final = {
    "never": (),
    "error": ("error",),
    "warning": ("error", "warning"),
    "info": SEVERITIES,
}
_LINT: Final = ("lint",)
_RULES, _FIXING, _BASELINE, _MODEL, _OUTPUT = "Rules", "Fixing", "Baseline", "Model", "Output"
_CODES: Final = NAMES._replace(parse=comma_list)
_ALL_RULES: Final = "nerconv.linting.rules:RULES"
_FIXES: Final = ("--fix", "--unsafe-fixes", "--diff")

# A row an option, as dense as a table.
# fmt: off
LINTING: Final = (
    Option("--select", "Run only these rules: codes, names, beginnings of codes such as C2, or ALL.", _LINT, _CODES,
        _RULES, "CODE,...", choices=_ALL_RULES, setting="lint.select"),
    Option("--extend-select", "Run these rules, too.", _LINT, _CODES, _RULES, "CODE,...", choices=_ALL_RULES,
        setting="lint.extend-select"),
    Option("--ignore", "Do not run these rules.", _LINT, _CODES, _RULES, "CODE,...", choices=_ALL_RULES,
        setting="lint.ignore"),
    Option("--profile", "Choose the rules for a kind of text", _LINT, TEXT, _RULES, "PROFILE",
        choices="nerconv.linting.profiles:PROFILES", setting="lint.profile"),
    Option("--fix", "Make the safe fixes in the files themselves, and print how many of each rule.", _LINT, FLAG,
        _FIXING, use=Use("makes fixes", against=("--diff",))),
    Option("--unsafe-fixes", "Include unsafe fixes, which drop or move spans. Without --fix no file is changed.", _LINT,
        FLAG, _FIXING),
    Option("--diff", "Print what the fixes would change, and change nothing.", _LINT, FLAG, _FIXING),
    Option("--baseline", "Leave out the findings that are recorded in this file.", _LINT, FILE, _BASELINE, "FILE"),
    Option("--write-baseline", "Record all findings in this file.", _LINT, FILE, _BASELINE, "FILE"),
    Option("--prune-baseline", "Remove findings that are fixed from the file of --baseline.", _LINT, FLAG, _BASELINE,
        use=Use("takes what is gone out of the baseline", needs=("--baseline",))),
    *asking("lint", _MODEL, _FIXES),
    Option("--map", "Rename the labels of the model, as in evaluate.", _LINT, TEXTS._replace(parse=label_map), _MODEL,
        "OLD=NEW,...", use=Use("renames the labels of the model", needs=("--with-model",))),
    Option("--format", "Form in which findings are printed", _LINT, TEXT, _OUTPUT, "FORMAT",
        choices="nerconv.report:LINT", checked="output format", default="text",
        use=Use("sets the form in which findings are printed", against=("--diff",))),
    Option("--no-group", "Print every finding with its line, not one row for all that one decision settles.", _LINT,
        FLAG, _OUTPUT, use=Use("prints findings one by one", needs=("--format=text",))),
    Option("--max-per-rule", "Print at most so many groups of a rule, or findings with --no-group; 0 prints all. "
        f"Default: {USUAL.most} groups, all findings.", _LINT, NUMBER, _OUTPUT, "N", least=0,
        use=Use("limits what is printed of a rule", needs=("--format=text",))),
    Option("--date", "Put a date into the page: now, or one such as 2026-11-26.", _LINT, DATE, _OUTPUT, "DATE",
        use=Use("dates the page", needs=("--html", "--format=html"))),
    Option("--html", "Also write the findings as a page to this file.", _LINT, FILE, _OUTPUT, "FILE"),
    Option("--fail-on", "Exit with status 1 on findings of this severity or a higher one.", _LINT, TEXT, _OUTPUT,
        "SEVERITY", choices=tuple(FAIL_ON), checked="--fail-on", default="warning"),
    Option("--all", "Print the manual page of every rule.", ("rule",), FLAG),
)
