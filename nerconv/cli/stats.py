"""``nerconv stats``."""

from __future__ import annotations

from nerconv import api, plan
from nerconv.cli import refusals, show
from nerconv.cli.given import Given
from nerconv.cli.progress import progress
from nerconv.codes import costs, exit_code
from nerconv.report import STATS


def stats(given: Given) -> int:
    """Print what the sources are made of."""
    options = given.read_options()
    files = plan.sources(given.arguments["src"], options)
    refusals.check(given, {"input": plan.formats_of(files, options)})
    with progress(files) as bar:
        found = api.stats(bar.watched(files), options, bar.begin)
    losses = list(filter(costs, found.findings))
    show.findings(losses)
    show.put(STATS[given["--format"]](found))
    return exit_code(losses, False)
