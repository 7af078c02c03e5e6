"""A fuzzer: files with faults (``mutation``), read, converted, linted, fixed and given to commands under any options.

What must hold of each input: no command crashes (exit status 70, a traceback), spans slice the text, spans read are
spans written and lost, what was written reads back, chunks of a few bytes give the same file and the same account as
the whole, and a fix made twice is a fix made once.

``scripts/fuzz --inputs 1000000 --seed 7`` runs it by hand. Input N of a reader is the same in every run with that seed:
``scripts/fuzz --reader conll --seed 7 --only N`` looks at it again.
"""

from __future__ import annotations

import json
import os
import pickle
import pkgutil
import re
import shutil
import signal
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from itertools import starmap
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest.mock import patch

from commands import nerconv as command
from mutation import chosen, seeds
from witnesses import WITNESSES

import nerconv
from nerconv import formats
from nerconv.cli.option import Option, values_of
from nerconv.cli.table import TABLE, options_of
from nerconv.conversion import parts, workers
from nerconv.conversion.report import ConversionReport, ConvertOptions
from nerconv.document import WHITE_SPACE
from nerconv.io.chunks import BLOCK, Doing
from nerconv.linting.edits import EDITORS
from nerconv.options import ReadOptions, Selection, WriteOptions

#: Seconds of a processor that one input may take.
LIMIT = 20
#: Inputs between two forks: what one of them leaves behind in memory goes with its process.
_BATCH = 250
#: Values of options that the table does not list, beside those of ``witnesses``.
_MORE = {
    "--documents": ("(?i)the", r"\s+", "^$", ".", "2", "line", "blank-line"),
    "--encoding": ("utf-16", "cp1252", "utf-7", "unicode_escape", "raw_unicode_escape", "rot13", "idna", "shift_jis"),
    "--labels": ("any", "PER,X"),
    "--map": ("PER=X,LOC=X", "PER=a b"),
    "--drop": ("ORG", "PER,LOC"),
    "--token-column": ("1", "-1", "FORM", "99"),
    "--tag-column": ("1", "-1", "ner", "99"),
    "--comments": ("#", "none", "-"),
    "--text-key": ("text", "tokens", "data"),
    "--spans-key": ("spans", "label", "text"),
    "--annotator": ("predictions", "1"),
    "--split": ("a=0.5,b=0.5",),
    "--group-sentences": ("1", "3", "off"),
    "--select": ("ALL", "C", "B102"),
    "--lint-select": ("ALL",),
    "--max-per-rule": ("0", "1"),
    "--resamples": ("0", "3"),
    "--fail-under": ("0.5", "PER=0.9"),
    "--examples": ("0", "2"),
    "--min-status": ("exact",),
}
#: Options that name outputs, models or machines, and those whose value is fixed here.
_NOT_HERE = frozenset(
    (
        *(
            "--output",
            "--to",
            "--ledger",
            "--splits",
            "--workers",
            "--engine",
            "--scheduler",
            "--shard-docs",
            "--force",
        ),
        *("--with-model", "--folds", "--model", "--network", "--aggregation", "--gold-tokens", "--write-baseline"),
        *("--baseline", "--prune-baseline", "--update-baseline", "--html", "--json", "--junit", "--markdown"),
        *("--predictions", "--annotators", "--decisions", "--export", "--apply", "--undo", "--port", "--no-browser"),
        *("--list", "--train", "--seed", "--fix", "--from", "--force"),
    )
)


class Fault(NamedTuple):
    """What went wrong: its kind, which is the same for the same bug, what was said, and how the files were used."""

    kind: str
    said: str
    how: str


class Broken(AssertionError):
    """An invariant does not hold."""


class Hangs(BaseException):
    """An input takes longer than it may."""


@dataclass
class Found:
    """What came of some inputs: how many of which reader came to what, and by kind the first fault and how many."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: dict[str, tuple[str, int, Fault]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, reader: str, number: int, outcome: str, fault: Fault | None) -> bool:
        """Enter an input; return whether its fault is the first of its kind."""
        self.outcomes[reader, outcome] += 1
        if fault is None:
            return False
        self.counts[fault.kind] += 1
        return self.faults.setdefault(fault.kind, (reader, number, fault)) == (reader, number, fault)

    def total(self, reader: str = "") -> int:
        """Return how many inputs there were, of one reader or of all."""
        return sum(count for (name, _), count in self.outcomes.items() if reader in ("", name))


def options_for(record: str, random: Random) -> dict[str, Any]:
    """Return values for some fields of a record of options, as their rows in the table have them."""
    rows = [row for row in TABLE if row.field.startswith(f"{record}.") and row.name not in _NOT_HERE]
    found = {}
    for row in random.sample(rows, random.choice([0, 0, 1, 1, 2, 3])):
        values = _values(row)
        if row.kind.type is bool:
            found[row.field.partition(".")[2]] = True
        elif values:
            value = random.choice(values)
            parsed = row.kind.parse([value] if row.kind.repeated else row.kind.type(value))
            found[row.field.partition(".")[2]] = parsed
    return found


def _values(row: Option) -> list[str]:
    found = list(values_of(row.choices)) if row.choices else []
    if row.name in WITNESSES and "{" not in WITNESSES[row.name].words:
        found += WITNESSES[row.name].words.split()[1:]
    return [*found, *_MORE.get(row.name, ())]


class Input(NamedTuple):
    """A file with faults, of the format ``reader``, and others beside it; how it is read; and what decides the rest."""

    reader: str
    path: str
    read: ReadOptions
    random: Random


def given(reader: str, seed: int, number: int) -> Input:
    """Write the files of an input into this folder, and return it. Raises UsageError for options that make no sense."""
    random = Random(f"{seed} {reader} {number}")
    made, files = chosen(reader, random)
    for suffix, data in files.items():
        Path(f"in{suffix}").write_bytes(data)
    own = {name: frozenset(value) if name == "labels" else value for name, value in made.options.items()}
    named = {"format": reader} if random.randrange(4) else {}
    read = ReadOptions(**own | options_for("read", random) | named)
    return Input(reader, f"in{next(iter(files))}", read, random)


def check_read(it: Input) -> nerconv.Corpus:
    """Read an input and look at its documents: offsets are within the text, spans cover what is no white space."""
    corpus = nerconv.read(it.path, it.read)
    for document in corpus:
        end, last = len(document.text), 0
        for span in document.spans:
            covered = document.text[span.start : span.end]
            if not (0 <= span.start < span.end <= end and covered.strip(WHITE_SPACE) and span.label):
                raise Broken(f"a span slices nothing: {span} of {end}")
            if span.where and min(span.where[1:]) < 1:
                raise Broken(f"a span stands nowhere: {span.where}")
        for start, stop in document.sentences:
            if not last <= start < stop <= end:
                raise Broken(f"sentences are out of order: {document.sentences} of {end}")
            last = stop
        if any(not 0 <= mark.offset <= end for mark in document.marks):
            raise Broken(f"a mark is outside of the text: {document.marks} of {end}")
        document.text.encode()
    return corpus


def check_convert(it: Input) -> None:
    """Convert an input: the account balances, and what is in the file is what the account says."""
    corpus, target, options = check_read(it), *_target(it)
    report = nerconv.convert(it.path, target, options)
    _check_account(report)
    if report.read != corpus.labels + corpus.unread:
        raise Broken(f"convert reads {report.read} and read {corpus.labels + corpus.unread}")
    if Path(target).exists() and not options.split:
        labels = frozenset(report.written) or frozenset({"none"})
        dialect = options.write.dialect if options.to in ("bracket", "text_column") else "auto"
        how = ReadOptions(options.to, labels=labels, dialect=dialect, markup="none", accept_unrecognised=True)
        back = nerconv.read(target, how)
        if back.labels != report.written and options.write.scheme != "IO":
            raise Broken(f"{options.to} is read back as {back.labels} and {report.written} was written")


def _check_account(report: ConversionReport) -> None:
    if not report.ledger.balanced:
        raise Broken(f"the account does not balance: {report.read}, {report.written}, lost {len(report.lost)}")


def _target(it: Input) -> tuple[str, ConvertOptions]:
    to = it.random.choice(formats.WRITTEN)
    options = ConvertOptions(
        **options_for("convert", it.random), read=it.read, write=WriteOptions(**options_for("write", it.random)), to=to
    )
    return f"out{'' if options.split or to == 'brat' else formats.FORMATS[to][0]}", options


def _sent(function: Callable[..., Any], calls: Iterator[tuple[Any, ...]]) -> Iterator[Any]:
    """Yield what calls give when they are done by other processes, but for these."""
    for call in calls:
        distant, arguments = pickle.loads(pickle.dumps((function, call)))
        yield pickle.loads(pickle.dumps(distant(*arguments)))


def check_parts(it: Input) -> None:
    """Convert an input in some chunks here, and in chunks of a few bytes that are sent to and fro: nothing differs."""
    target, options = _target(it)
    size = Path(it.path).stat().st_size
    for folder in ("whole", "cut"):
        Path(folder).mkdir(exist_ok=True)
    # A file of several chunks numbers its documents even where there is one.
    with _chunks(max(size // 3, 1), starmap):
        whole = nerconv.convert(it.path, f"whole/{target}", options)
    block = it.random.randint(1, 60)
    with _chunks(min(block, max(size // 3, 1)), _sent):
        cut = nerconv.convert(it.path, f"cut/{target}", options)
    if whole != cut:
        names = [name for name in ConversionReport.__dataclass_fields__ if getattr(whole, name) != getattr(cut, name)]
        raise Broken(f"chunks of {block} bytes change of the account {', '.join(names)}")
    sides = [f"{folder}/{target}" for folder in ("whole", "cut")]
    if _content(sides[0]) != _content(sides[1]) and _documents(sides[0]) != _documents(sides[1]):
        raise Broken(f"chunks of {block} bytes give another {options.to}")


def _documents(target: str) -> tuple[nerconv.Document, ...]:
    """Return what is in a file of which the bytes depend on how it was cut, such as one with groups of rows."""
    if Path(target).suffix not in (".spacy", ".parquet"):
        raise Broken(f"chunks change the bytes of {Path(target).suffix}")
    return nerconv.read(target).documents


@contextmanager
def _chunks(block: int, apply: Callable[..., Any]) -> Iterator[None]:
    """Convert in chunks of ``block`` bytes, each worked on by ``apply``, as large files are."""
    small = Doing(starmap, None, block)
    with (
        patch.object(parts, "_size", return_value=BLOCK + 1),
        patch.object(workers.Executor, "doing", lambda self, file: small),
        patch.object(workers, "starmap", apply),
    ):
        yield


def _content(target: str) -> dict[str, bytes]:
    path = Path(target)
    files = path.rglob("*") if path.is_dir() else [path] if path.exists() else []
    return {file.relative_to(path.parent).as_posix(): file.read_bytes() for file in files if file.is_file()}


def check_fix(it: Input) -> None:
    """Lint an input, fix it, and fix it again: the second time changes nothing."""
    rules = Selection(select=it.random.choice([None, ("ALL",)]))
    found = nerconv.lint(it.path, rules, it.read)
    str(list(found))
    if it.reader in EDITORS:
        unsafe = it.random.random() < 0.5
        nerconv.fix(it.path, rules, it.read, unsafe=unsafe, write=True)
        first = Path(it.path).read_bytes()
        again = nerconv.fix(it.path, rules, it.read, unsafe=unsafe, write=True)
        if first != Path(it.path).read_bytes() or again.made:
            raise Broken(f"a second fix changes more: {dict(sum((d.made for d in again.changed), Counter()))}")


#: By command, what stands behind it besides options of the table.
_WORDS = {
    "inspect": "{0}",
    "stats": "{0}",
    "lint": "{0}",
    "evaluate": "{0} --predictions {1} --json r.json --html r.html --junit r.xml",
    "review": "{0} --export r.html",
    "align": "{0} --to {1} -o aligned.jsonl",
    **dict.fromkeys(("to-spans", "to-conll", "to-spacy", "to-dataset"), "{0} -o out{2} --ledger l.jsonl"),
    "convert": "{0} -o out{2} --to {3} --ledger l.jsonl",
    "config project": "{0} -o project.yml",
}


def check_command(it: Input) -> None:
    """Give an input to a command with some options: it ends with one of the exit statuses that it may have."""
    words = words_of(it)
    status, said = command(*words)
    if status not in (0, 1, 2, 3) or "Traceback" in said or "bug of nerconv" in said:
        raise Broken(f"{words[0]} ends in {status}: {said.strip()[-300:]}")
    if account := re.search(r"^ *([\d,]+) spans? read.*? = ([\d,]+) written \+ ([\d,]+) lost", said, re.MULTILINE):
        read, written, lost = (int(number.replace(",", "")) for number in account.groups())
        if read != written + lost:
            raise Broken(f"{words[0]} does not balance: {account[0]}")


def words_of(it: Input) -> list[str]:
    """Return the words of some command on an input."""
    name, random = it.random.choice(list(_WORDS)), it.random
    to = random.choice(formats.WRITTEN)
    target = {"to-spans": "spans_jsonl", "to-conll": "conll", "to-spacy": "docbin", "to-dataset": "dataset"}.get(
        name, to
    )
    other = random.choice([it.path, "labels.json", "good.txt"])
    words = _WORDS[name].format(it.path, other, formats.FORMATS[target][0], to).split()
    rows = [row for row in options_of(name).values() if row.name not in _NOT_HERE]
    if "--from" in options_of(name) and random.randrange(2):
        words += ["--from", it.reader]
    for row in random.sample(rows, min(len(rows), random.choice([0, 1, 1, 2, 3]))):
        values = _values(row)
        if row.kind.type is bool or values:
            words += [row.name, *([] if row.kind.type is bool else [random.choice(values)])]
    return [*name.split(), *words]


#: What is done with an input, and how often among all.
CHECKS: dict[str, tuple[Callable[[Input], object], int]] = {
    "read": (check_read, 54),
    "convert": (check_convert, 18),
    "parts": (check_parts, 6),
    "fix": (check_fix, 12),
    "command": (check_command, 10),
}


def tried(reader: str, seed: int, number: int) -> tuple[str, Fault | None]:
    """Return what an input came to, and its fault if it has one; this folder is empty when it is called."""
    how = Random(f"{seed} {reader} {number} how").choices(list(CHECKS), [share for _, share in CHECKS.values()])[0]
    try:
        with _limited():
            it = given(reader, seed, number)
            CHECKS[how][0](it)
    except nerconv.NerconvError as error:
        if type(error).__name__ == "NotVerified":
            return how, _fault(error, how)
        return "refused", None
    except (Exception, Hangs) as error:
        return how, _fault(error, how)
    return how, None


@contextmanager
def _limited() -> Iterator[None]:
    def hangs(signum: int, frame: object) -> None:
        raise Hangs(f"it takes more than {LIMIT} seconds")

    before = signal.signal(signal.SIGPROF, hangs)
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _fault(error: BaseException, how: str) -> Fault:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/nerconv/" in frame.filename]
    said = "".join(traceback.format_exception(error))[-1500:]
    if isinstance(error, Broken) or type(error).__name__ == "NotVerified" or not own:
        return Fault(f"{type(error).__name__} {how}: {_general(str(error))}", said, how)
    place = own[-1]
    return Fault(f"{type(error).__name__} {Path(place.filename).name}:{place.name}", said, how)


def _general(message: str) -> str:
    """Return a message without what differs from input to input."""
    message = re.sub(r"'[^']*'|\"[^\"]*\"", "'…'", message)
    message = re.sub(r"Counter\(.*?\)|\{.*?\}|\[.*?\]", "…", message, flags=re.DOTALL)
    return re.sub(r"\d[\d,.]*", "N", message)[-160:]


def batch(reader: str, seed: int, numbers: Sequence[int], folder: Path) -> Iterator[tuple[int, str, Fault | None]]:
    """Yield what came of some inputs, which are tried by a fork of this process; one that ends it is a fault."""
    rest = list(numbers)
    while rest:
        done = 0
        for result in _forked(reader, seed, rest, folder):
            done += 1
            yield result
        if done < len(rest):
            yield rest[done], "ended", Fault("the process ended", "", "")
        rest = rest[done + 1 :]


def _forked(reader: str, seed: int, numbers: Sequence[int], folder: Path) -> Iterator[tuple[int, str, Fault | None]]:
    out, into = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            os.close(out)
            with os.fdopen(into, "w", buffering=1) as file:
                warnings.simplefilter("ignore")
                work = folder / f"{os.getpid()}"
                for number in numbers:
                    result = _alone(reader, seed, number, work)
                    file.write(json.dumps([number, *result]) + "\n")
                shutil.rmtree(work, ignore_errors=True)
            code = 0
        finally:
            os._exit(code)
    os.close(into)
    with os.fdopen(out) as file:
        for line in file:
            number, outcome, fault = json.loads(line)
            yield number, outcome, Fault(*fault) if fault else None
    os.waitpid(child, 0)


def _alone(reader: str, seed: int, number: int, work: Path) -> tuple[str, Fault | None]:
    """Try an input in an empty folder."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    os.chdir(work)
    Path("labels.json").write_text('["O", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-PER", "I-PER", "B-X", "I-X"]')
    Path("good.txt").write_text("[PER Ann Lee  ] met [ORG Acme  ] . \n")
    return tried(reader, seed, number)


def warm_up(readers: Sequence[str]) -> None:
    """Load here what forks need, and make the seeds."""
    for module in pkgutil.walk_packages(nerconv.__path__, "nerconv."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    for reader in readers:
        seeds(reader)
    with suppress(ImportError):
        # To load these takes longer than thousands of inputs.
        import_module("spacy").blank("en")
        import_module("datasets")
        import_module("seqeval.metrics")


def fuzzed(
    inputs: int, seed: int, readers: Sequence[str], folder: Path, shown: Callable[[Found], None] = lambda _: None
) -> Found:
    """Try ``inputs`` in all, the same number of each of ``readers``; files of first faults are kept in ``folder``."""
    warm_up(readers)
    found = Found()
    each = -(-inputs // len(readers))
    for first in range(0, each, _BATCH):
        for reader in readers:
            numbers = range(first, min(first + _BATCH, each))
            for number, outcome, fault in batch(reader, seed, numbers, folder):
                if found.add(reader, number, outcome, fault) and fault:
                    _keep(reader, seed, number, fault, folder)
        shown(found)
    return found


def _keep(reader: str, seed: int, number: int, fault: Fault, folder: Path) -> None:
    """Write the files of an input beside what went wrong with it."""
    place = folder / "faults" / f"{reader}-{seed}-{number}"
    place.mkdir(parents=True, exist_ok=True)
    here = Path.cwd()
    os.chdir(place)
    try:
        with suppress(nerconv.NerconvError):
            it = given(reader, seed, number)
            Path("how.txt").write_text(f"{fault.kind}\n{fault.how} {it.path} {it.read}\n\n{fault.said}\n")
    finally:
        os.chdir(here)


def table(found: Found) -> str:
    """Return the totals by reader, and the faults."""
    names = sorted({outcome for _, outcome in found.outcomes})
    rows = [f"{'reader':14}{'inputs':>9}" + "".join(f"{name:>10}" for name in names)]
    for reader in dict.fromkeys(reader for reader, _ in found.outcomes):
        counts = "".join(f"{found.outcomes[reader, name]:>10,}" for name in names)
        rows.append(f"{reader:14}{found.total(reader):>9,}{counts}")
    rows.append(f"{'all':14}{found.total():>9,}")
    for kind, (reader, number, _) in found.faults.items():
        rows.append(f"{found.counts[kind]:>6} x {kind} (first: {reader} {number})")
    return "\n".join(rows)
