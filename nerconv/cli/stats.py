"""``nerconv stats``."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from nerconv import formats
from nerconv.cli import refusals, show
from nerconv.cli.given import Given
from nerconv.codes import costs, exit_code
from nerconv.document import Facts, Finding
from nerconv.linting.stats import stats as count
from nerconv.report import STATS

if TYPE_CHECKING:
    from nerconv.batch import Batch


def stats(given: Given) -> int:
    """Print what the sources are made of."""
    options = given.read_options()
    files = formats.sources(given.arguments["src"], options)
    refusals.check(given, {"input": formats.names(files, options)})
    found: list[Batch] = []
    losses: list[Finding] = []
    with show.progress(len(files)) as begin:
        for source in files:
            begin(source)
            for item in formats.read(source, options):
                if isinstance(item, Finding):
                    losses.append(item)
                elif not isinstance(item, Facts):
                    found.append(item.batch)
                    losses += chain.from_iterable(item.findings.values())
    losses = list(filter(costs, losses))
    show.findings(losses)
    show.put(STATS[given["--format"]](count(found)))
    return exit_code(losses, False)
