"""``nerconv inspect``."""

from __future__ import annotations

from nerconv import formats
from nerconv.cli import refusals, show
from nerconv.cli.given import Given
from nerconv.codes import exit_code
from nerconv.inspect import inspect as inspect_sources


def inspect(given: Given) -> int:
    """Print what the sources are."""
    options = given.read_options()
    files = formats.sources(given.arguments["src"], options)
    refusals.check(given, {"input": formats.names(files, options)})
    with show.progress(len(files)) as begin:
        inspection = inspect_sources(files, options, begin)
    (show.inspection_json if given["--format"] == "json" else show.inspection_table)(inspection)
    return exit_code(inspection.findings, bool(given["--strict"]))
