"""Errors as workflow commands, which show them in a pull request at the annotator's file and line."""

from __future__ import annotations

import re
from typing import Final

from nerconv.escaped import in_command
from nerconv.evaluate.report import Example, Report, Side

#: A step shows ten annotations of a kind.
_SHOWN: Final = 10
_PLACE: Final = re.compile(r"(.*):(\d+):(\d+)", re.DOTALL)
#: The worst first: what is wholly wrong before what is half right.
_ORDER: Final = ("missed", "spurious", "type+boundary", "type", "boundary")


def github(report: Report) -> str:
    """Return failed gates as errors and the worst errors of the model as warnings, ten at most."""
    lines = [f"::error title=gate::{in_command(f'{g.name}: {g.why}')}\n" for g in report.gates if not g.passed]
    worst = sorted(report.examples, key=lambda example: _ORDER.index(example.kind))
    return "".join(lines + [_annotation(example) for example in worst[:_SHOWN]])


def _annotation(example: Example) -> str:
    side = example.gold or example.predicted
    match = _PLACE.fullmatch(side.where) if side else None
    place = f"file={in_command(match[1], ':,')},line={match[2]},col={match[3]}," if match else ""
    doubt = f" (lint reports the gold: {', '.join(example.flags)})" if example.flags else ""
    message = in_command(f"gold {_shown(example.gold)}, predicted {_shown(example.predicted)}{doubt}")
    return f"::warning {place}title={in_command(example.kind, ':,')}::{message}\n"


def _shown(side: Side | None) -> str:
    return f"[{side.label} {side.text or '…'}]" if side else "nothing"
