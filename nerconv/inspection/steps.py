"""How to go on: the commands for what was read, or the options with which a source reads, each of them tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nerconv import formats
from nerconv.document import Facts, Finding
from nerconv.formats import text_column
from nerconv.inspection.columns import text_keys
from nerconv.inspection.encodings import guesses
from nerconv.inspection.report import Inspection, Step
from nerconv.io.sources import Source
from nerconv.options import ReadOptions, UsageError
from nerconv.printable import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The options that set fields of ``ReadOptions``, where they are not called like these.
_OPTIONS: Final = {"format": "--from", "scheme": "--read-scheme"}
#: Fields that no option of a conversion sets.
_INNER: Final = ("repair_option", "scheme_option", "both")
#: So many ways are tried; so many files of a format, and so many labels, are named one by one.
_TRIED, _NAMED, _LABELS = 6, 5, 4
#: So many bytes show an encoding.
_LOOKED_AT: Final = 1 << 18


def steps(inspection: Inspection, sources: Sequence[Source], options: ReadOptions, names: Sequence[str]) -> list[Step]:
    """Return how to go on with ``sources``, which are those of the ``names`` that were given."""
    if found := list(_with_encodings(inspection.findings, sources, options, names)):
        return found
    remedies = [finding for finding in inspection.findings if finding.remedies]
    if remedies and "text_key" not in remedies[0].remedies[0]:
        found = list(_with_remedies(remedies[0], sources, options, names))
    if remedies or not inspection.labels:
        return found or list(_with_text_keys(sources, options, names))
    read: dict[str, list[Source]] = {}
    for source in sources:
        if source.fault is None:
            read.setdefault(formats.of_source(source, options).NAME, []).append(source)
    fit = inspection.targets["docbin"]
    extra = ("--cut-tokens",) if fit.cut < fit.lost.total() else ()
    found = []
    for name, some in read.items():
        own = options if len(read) == 1 else replace(options, format=name)
        given = names if len(read) == 1 or len(some) > _NAMED else [_shown(source) for source in some]
        found += [_lint(given, own), _convert(given, own, extra, name)]
    return found


def words_of(options: ReadOptions) -> tuple[str, ...]:
    """Return the words of the command line that say ``options``.

    >>> words_of(ReadOptions(token_column="2", labels=frozenset()))
    ('--labels', 'any', '--token-column', '2')
    """
    usual, words = ReadOptions(), list[str]()
    for field in fields(ReadOptions):
        value = getattr(options, field.name)
        if value == getattr(usual, field.name) or field.name in _INNER:
            continue
        words.append(_OPTIONS.get(field.name) or f"--{field.name.replace('_', '-')}")
        if isinstance(value, frozenset):
            words.append(",".join(sorted(value)) or "any")
        elif value is not True:
            words.append(str(value))
    return tuple(words)


def _lint(names: Sequence[str], options: ReadOptions) -> Step:
    return Step(("nerconv", "lint", *names, *words_of(options)), "names what a model should not learn")


def _convert(names: Sequence[str], options: ReadOptions, extra: Sequence[str], format: str) -> Step:
    """Return the step that writes a DocBin, or from one a dataset."""
    command, suffix, what = (
        ("to-dataset", ".parquet", "a Hugging Face dataset")
        if format == "docbin"
        else ("to-spacy", ".spacy", "data for spacy train")
    )
    words = ("nerconv", command, *names, "-o", _target(names, suffix), *words_of(options), *extra)
    return Step(words, f"writes {what}")


def _target(names: Sequence[str], suffix: str) -> str:
    """Return a file in this folder that is not there yet, called like what is read."""
    stem = Path(names[0]).resolve().name.split(".")[0] if len(names) == 1 and names[0] != "-" else "corpus"
    number, target = 1, f"{stem or 'corpus'}{suffix}"
    while Path(target).exists():
        number, target = number + 1, f"{stem or 'corpus'}-{number + 1}{suffix}"
    return target


def _with_remedies(
    finding: Finding, sources: Sequence[Source], options: ReadOptions, names: Sequence[str]
) -> Iterator[Step]:
    """Yield a step for each of the ways in which the source of a finding reads."""
    source = _source_of(finding, sources)
    for remedy in finding.remedies[:_TRIED]:
        yield from _way(source, _changed(options, remedy), _given(source, sources, names))


def _source_of(finding: Finding, sources: Sequence[Source]) -> Source:
    return next((s for s in sources if finding.where and s.name == finding.where.path), sources[0])


def _given(source: Source, sources: Sequence[Source], names: Sequence[str]) -> Sequence[str]:
    """Return how a command names one of ``sources``."""
    return names if len(sources) == 1 else [_shown(source)]


def _way(source: Source, changed: ReadOptions, given: Sequence[str]) -> Iterator[Step]:
    """Yield a step that reads ``source`` with ``changed`` options; of each dialect, where several read a part of it."""
    found = _read(source, changed)
    if found.words:
        yield _convert(given, changed, (), "")._replace(why=found.words)
    for name in found.dialects:
        options = replace(changed, dialect=name)
        if words := _read(source, options).words:
            yield _convert(given, options, (), "")._replace(why=words)


def _with_encodings(
    findings: Sequence[Finding], sources: Sequence[Source], options: ReadOptions, names: Sequence[str]
) -> Iterator[Step]:
    """Yield a step for each encoding that makes words of the first source with bytes that are not text."""
    wrong = next((finding for finding in findings if finding.code == "F013"), None)
    if wrong is None or options.encoding != ReadOptions().encoding:
        return
    source = _source_of(wrong, sources)
    with source.open() as file:
        raw = file.read(_LOOKED_AT)
    for guess in guesses(raw):
        changed = replace(options, encoding=guess.encoding)
        words = _read(source, changed).words
        why = f"{words}; {guess}" if words else str(guess)
        yield _convert(_given(source, sources, names), changed, (), "")._replace(why=why)


def _changed(options: ReadOptions, remedy: Mapping[str, str | list[str]]) -> ReadOptions:
    values: dict[str, Any] = {
        name: frozenset(value) if isinstance(value, list) else value for name, value in remedy.items()
    }
    return replace(options, **values)


class _Read(NamedTuple):
    """In words what is read of a source, nothing where no span is; ``dialects``: those that each read a part."""

    words: str = ""
    dialects: tuple[str, ...] = ()


def _read(source: Source, options: ReadOptions) -> _Read:
    """Return what is read of ``source``."""
    labels: Counter[str] = Counter()
    dialects: list[str] = []
    unread = 0
    try:
        for part in formats.read_parts(replace(source, fault=None, format=""), options):
            if isinstance(part.item, Finding):
                unread += sum(part.item.unread.values())
                dialects += (str(remedy["dialect"]) for remedy in part.item.remedies if "dialect" in remedy)
            elif not isinstance(part.item, Facts):
                labels.update(part.item.batch.counts())
                unread += sum(sum(f.unread.values()) for some in part.item.findings.values() for f in some)
    except UsageError:
        return _Read()
    ranked = sorted(labels.items(), key=lambda item: (-item[1], item[0]))
    named = ", ".join(f"{label} {count:,}" for label, count in ranked[:_LABELS])
    more = f" and {counted(len(labels) - _LABELS, 'more label')}" if len(labels) > _LABELS else ""
    rest = f"; {unread:,} not read" if unread else ""
    return _Read(f"reads {named}{more}{rest}" if labels else "", tuple(dialects))


def _with_text_keys(sources: Sequence[Source], options: ReadOptions, names: Sequence[str]) -> Iterator[Step]:
    """Yield a step for each column of the first source whose texts are annotated."""
    source = sources[0]
    if options.text_key or options.format:
        return
    for key in text_keys(source, options)[:_TRIED]:
        changed = replace(options, text_key=key)
        if formats.of_source(replace(source, fault=None, format=""), changed).NAME != text_column.NAME:
            changed = replace(changed, format=text_column.NAME)
        yield from _way(source, changed, _given(source, sources, names))


def _shown(source: Source) -> str:
    return str(source.path or source.url or source.name)
