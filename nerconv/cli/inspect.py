"""``nerconv inspect``."""

from __future__ import annotations

import sys

from nerconv import api, plan
from nerconv.cli import refusals, show
from nerconv.cli.given import Given
from nerconv.cli.progress import progress
from nerconv.codes import exit_code
from nerconv.report import inspection_text, json
from nerconv.terminal import layout_of


def inspect(given: Given) -> int:
    """Print what the sources are, and how to go on with them."""
    options, names = given.read_options(), given.arguments["src"]
    files = plan.any_sources(names, options)
    refusals.check(given, {"input": plan.formats_of(files, options)})
    with progress(files) as bar:
        found = api.inspect(bar.watched(files), options, names=names, progress=bar.begin)
    if given["--format"] == "json":
        show.put(json.inspection(found))
    else:
        show.put(inspection_text.inspection(found, layout_of(sys.stdout)))
        show.findings(found.findings)
    return exit_code(found.findings, bool(given["--strict"]))
