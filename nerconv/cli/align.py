"""``nerconv align``."""

from __future__ import annotations

from pathlib import Path

from nerconv import api, plan
from nerconv.alignment.job import AlignOptions
from nerconv.cli import refusals, show
from nerconv.cli.given import Given, check_outputs
from nerconv.cli.progress import progress
from nerconv.codes import exit_code
from nerconv.conversion.report import ConvertOptions
from nerconv.io.outputs import Place, read_places
from nerconv.io.replacing import together
from nerconv.options import UsageError


def align(given: Given) -> int:
    """Place spans on the original text, and write it with them."""
    read, output = given.read_options(), given["--output"]
    options = AlignOptions(**given.fields("align"))
    # Without a suffix that says so, it is the format that keeps everything.
    to = None if Path(output).suffix else "spans_jsonl"
    convert = ConvertOptions(**given.fields("convert") | {"to": to}, write=given.write_options())
    if "-" in given.arguments["src"] and "-" in given["--to"]:
        raise UsageError("standard input cannot be the annotated text and the original, too; name a file for one")
    files, onto = plan.sources(given.arguments["src"], read), plan.given_texts(given["--to"])
    refusals.check(given, {"input": plan.formats_of(files, read)}, plan.target_format(output, convert))
    beside = [Place(name, given[name]) for name in ("--placements", "--ledger") if given[name]]
    check_outputs(given, [*read_places(files), *read_places(onto)], [*plan.written(files, output, convert), *beside])
    with progress(files) as bar:
        aligned = api.align(bar.watched(files), onto, options, read=read, progress=bar.begin)
    with together() as changes:
        if given["--placements"]:
            changes.text(given["--placements"], show.json_lines(each.to_dict() for each in aligned.placements))
        report = aligned.corpus.write(output, convert, given["--ledger"], changes)
    report.facts += aligned.facts
    report.remarks += show.placed(aligned)
    show.conversion(report, output, convert.write.tokens)
    return exit_code((*report.findings, *report.lost), bool(given["--strict"]))
