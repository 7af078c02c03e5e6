"""``nerconv inspect``."""

from __future__ import annotations

from nerconv import api, plan
from nerconv.cli import refusals, show
from nerconv.cli.given import Given
from nerconv.cli.progress import progress
from nerconv.codes import exit_code


def inspect(given: Given) -> int:
    """Print what the sources are."""
    options = given.read_options()
    files = plan.sources(given.arguments["src"], options)
    refusals.check(given, {"input": plan.formats_of(files, options)})
    with progress(files) as bar:
        inspection = api.inspect(bar.watched(files), options, progress=bar.begin)
    (show.inspection_json if given["--format"] == "json" else show.inspection_table)(inspection)
    return exit_code(inspection.findings, bool(given["--strict"]))
