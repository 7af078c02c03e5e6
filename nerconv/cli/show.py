"""The only module that prints: data to stdout, talk to stderr."""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console

from nerconv.alignment.statuses import STATUSES
from nerconv.codes import CODES
from nerconv.document import Facts, Finding
from nerconv.printable import counted, one_line
from nerconv.terminal import Layout, Piece, excerpt, layout_of, line, places

if TYPE_CHECKING:
    from nerconv.alignment.job import Alignment
    from nerconv.conversion.report import ConversionReport
    from nerconv.linting.fix import FixReport

#: So many findings are shown, and of those whose messages differ in values alone; the rest by number and first places.
SHOWN: Final = 20
OF_A_KIND: Final = 5
_VALUES: Final = re.compile(r"'[^']*'|\"[^\"]*\"|\[[^\]]*\]|\d+")
#: What is set where stdout is a log that commands in it are read from.
_LOGS: Final = ("GITHUB_ACTIONS", "TF_BUILD")


def _stderr() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def say(message: str) -> None:
    """Print a line of talk, with all in it escaped that a terminal or a log would act on."""
    _stderr().print(one_line(message), markup=False)


def wrote(path: Path, what: str = "") -> None:
    """Say that ``path`` was written, ``what`` is in it, and how large it is."""
    say(f"wrote {path} ({what}{_size(path)})")


def _size(path: Path) -> str:
    size = path.stat().st_size
    unit, name = next(((n, name) for n, name in ((1_000_000, "MB"), (1000, "kB")) if size >= n), (1, "bytes"))
    return f"{size / unit:,.0f} {name}"


def put(text: str) -> None:
    """Print data to stdout as it stands."""
    sys.stdout.write(text)


def put_lines(text: str) -> None:
    """Print lines that hold text of others to stdout: exact to a file or a program, escaped to a terminal or a log."""
    if sys.stdout.isatty() or any(name in os.environ for name in _LOGS):
        text = "\n".join(map(one_line, text.split("\n")))
    put(text)


def job_summary(text: Callable[[], str]) -> None:
    """Append ``text`` to the summary of a GitHub job, where the command runs in one."""
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text() + "\n")


def findings(found: Sequence[Finding]) -> None:
    """Print the first findings of each kind with their source line and carets, then how many there are of each code."""
    layout, left = layout_of(sys.stderr), SHOWN
    alike: dict[tuple[str, str], list[Finding]] = {}
    for finding in found:
        alike.setdefault((finding.code, _VALUES.sub("", finding.message)), []).append(finding)
    for (code, _), some in alike.items():
        first = min(OF_A_KIND, left)
        left -= len(some[:first])
        for finding in some[:first]:
            _finding(finding, layout)
        if rest := some[first:]:
            wheres = [finding.where for finding in rest if finding.where]
            named = f"  … and {len(rest):,} more of {code}: "
            sys.stderr.write(line([Piece(named), Piece(places(wheres, "", layout.width - len(named)))], layout))
    if found:
        counts = Counter(finding.code for finding in found)
        names = _counts({f"{code} {CODES[code].name}": count for code, count in counts.items()})
        say(f"{'finding' if len(found) == 1 else 'findings'}: {names}")


def _finding(finding: Finding, layout: Layout) -> None:
    row = CODES[finding.code]
    place = [Piece(f"{finding.where}: ", "bold")] if finding.where else []
    sentence = [*place, Piece(row.severity, row.severity), Piece(f" {row.code} {row.name} {finding.message}")]
    sys.stderr.write(line(sentence, layout))
    if shown := finding.excerpt:
        text = shown.text[: shown.start], shown.text[shown.start : shown.end], shown.text[shown.end :]
        before, flagged, after = ([Piece(part)] for part in text)
        number = finding.where and finding.where.line
        sys.stderr.write(excerpt(number, (before, flagged, after), row.severity, layout))


def fixes(done: FixReport, written: bool) -> None:
    """Print how many fixes of each rule were made, or would be, in each file, and which were taken back and why."""
    from nerconv.linting.rules import RULES

    for draft in done.changed:
        say(f"{draft.source.name}: {_counts({f'{c} {RULES[c].name}': n for c, n in draft.made.items()})}")
    reasons = Counter(back.why for back in done.taken_back)
    for why, number in reasons.items():
        for back in [back for back in done.taken_back if back.why == why][:OF_A_KIND]:
            say(f"{back.where}: the fix of {back.code}, {back.title}, is not made: {why}")
        if number > OF_A_KIND:
            say(f"{counted(number - OF_A_KIND, 'more fix', 'more fixes')} not made for the same reason")
    for reason in done.refused:
        say(reason)
    verb = "made" if written else "would be made; nothing is changed without --fix"
    say(f"{counted(done.made, 'fix', 'fixes')} in {counted(len(done.changed), 'file')} {verb}")
    if done.skipped:
        advice = "nerconv convert SRC -o DST --lint fix writes a fixed copy"
        say(
            f"{counted(len(done.skipped), 'source')} cannot be fixed in place "
            f"(bracket text, columns and spans JSONL in one encoding can): {advice}"
        )


def _counts(counter: Mapping[str, int]) -> str:
    return ", ".join(
        f"{name} {count:,}" for name, count in sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    )


def conversion(report: ConversionReport, target: str, tokens: str) -> None:
    """Print what a conversion did: facts of few sources, findings, the ledger, and what the target left out.

    ``tokens``: those that spans had to meet, corpus or spaCy's.
    """
    for fact in report.facts if len(report.facts) <= 3 else ():
        say(_fact(fact))
    findings(report.findings)
    findings(report.lost)
    ledger = report.ledger
    read, written, lost = ledger.read.total(), ledger.written.total(), ledger.reasons().total()
    verb = "found" if ledger.unread else "read"
    by_label = f" ({_counts(ledger.read)})" if read else ""
    reasons = {f"{code} {CODES[code].name}": n for code, n in ledger.reasons().items()}
    why = f" ({_counts(reasons)})" if lost else ""
    say(f"{counted(read, 'span')} {verb}{by_label} = {written:,} written + {lost:,} lost{why}")
    if misaligned := ledger.reasons()["F006"]:
        say(_misaligned(misaligned, read, report.format, tokens))
    if report.left_out:
        say(f"{report.format} does not hold: {_counts(report.left_out)}")
    for remark in report.remarks:
        say(remark)
    for remark in _grouped(report.grouped):
        say(remark)
    records = ", ".join(f"{name} {n:,}".strip() for name, n in report.documents.items())
    size = f" ({_size(Path(target))})" if Path(target).is_file() else ""
    say(f"{target}: {report.format}, records: {records}; read back and compared{size}")


def placed(aligned: Alignment) -> Iterator[str]:
    """Yield how many spans have each status, and which originals no document belongs to."""
    counts = aligned.counts
    yield f"placed: {', '.join(f'{status} {counts[status]:,}' for status in STATUSES if counts[status]) or 'no span'}"
    if counts["lost"] + counts["ambiguous"] == counts.total() > 0:
        yield "no span has a place: the original is likely that of another text; --pair content compares what they say"
    if missing := aligned.unpaired:
        more = f" and {len(missing) - 3:,} more" if len(missing) > 3 else ""
        yield f"no annotated document belongs to {', '.join(map(one_line, missing[:3]))}{more}; not written"


def json_lines(values: Iterable[Mapping[str, Any]]) -> str:
    """Return ``values`` as JSON lines."""
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def _misaligned(count: int, spans: int, format: str, tokens: str) -> str:
    if tokens != "corpus":
        advice = f"--cut-tokens instead of --tokens {tokens} keeps them"
    else:
        spacy = "; --tokens spacy keeps most of them, too" if format == "docbin" else ""
        advice = f"add --cut-tokens to split punctuation off every word{spacy}"
    which = "begins or ends inside a token and is" if count == 1 else "begin or end inside a token and are"
    return f"{count:,} of {counted(spans, 'span')} {which} lost: {advice}"


def _grouped(counts: Mapping[str, int]) -> Iterator[str]:
    """Yield how large documents are written, and how many Docs are large still."""
    if documents := counts["documents"]:
        which = counted(documents, "document is", "documents are")
        yield (
            f"docbin: {which} written as {counts['Docs']:,} Docs of some sentences each, since spaCy takes a Doc "
            "whole; nerconv reads documents again (--group-sentences N|off)"
        )
    if large := counts["large"]:
        from nerconv.formats.docbin import LARGE

        which = "1 Doc has" if large == 1 else f"{large:,} Docs have"
        yield (
            f"docbin: {which} more than {LARGE:,} tokens, and spaCy takes a Doc whole: memory grows with it and "
            "training hardly moves (--group-sentences, --unit sentence)"
        )


def _fact(fact: Facts) -> str:
    return f"{fact.path}: {fact.format}; " + "; ".join(f"{name} {value}" for name, value in fact.values.items())
