"""Settings: what a command was asked, over what ``nerconv.toml`` or ``[tool.nerconv]`` of pyproject.toml says.

Both use the names of the command-line options. An unknown key or a value of the wrong kind is an error.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from nerconv.conversion.report import ConvertOptions, Review
from nerconv.formats.class_labels import of_labels, of_place
from nerconv.options import ReadOptions, Selection, UsageError, WriteOptions


class LintSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """What a file may say about linting, in its table ``lint``; severities and options are by code of the rule."""

    select: list[str] | None = None
    extend_select: list[str] = []
    ignore: list[str] = []
    profile: str | None = None
    options: dict[str, dict[str, bool | int | float | str | list[str]]] = {}
    severity: dict[str, str] = {}
    per_file_ignores: dict[str, list[str]] = {}


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """Every option that a file may set; None where nothing was said."""

    from_: str | None = msgspec.field(default=None, name="from")
    to: str | None = None
    labels: list[str] | None = None
    map: dict[str, str] | None = None
    drop: list[str] | None = None
    dialect: str | None = None
    markup: str | None = None
    encoding: str | None = None
    documents: str | int | None = None
    read_scheme: str | None = None
    invalid: str | None = None
    token_column: str | int | None = None
    tag_column: str | int | None = None
    comments: str | None = None
    accept_unrecognised: bool | None = None
    unit: str | None = None
    detokenize: bool | None = None
    cut_tokens: bool | None = None
    scheme: str | None = None
    delimiter: str | None = None
    columns: int | None = None
    for_: str | None = msgspec.field(default=None, name="for")
    tokens: str | None = None
    group_sentences: int | str | None = None
    nested: str | None = None
    label_set: list[str] | None = None
    labels_from: str | None = None
    write_dialect: str | None = None
    split: str | None = None
    balance: str | None = None
    seed: int | None = None
    lint_policy: str | None = None
    redactions: str | None = None
    strict: bool | None = None
    lint: LintSettings | None = None

    def over(self, other: Settings) -> Settings:
        """Return these settings, with those of ``other`` where these say nothing."""
        mine = {name: getattr(self, name) for name in self.__struct_fields__}
        return Settings(**{name: getattr(other, name) if value is None else value for name, value in mine.items()})


def load(folder: Path) -> Settings:
    """Return the settings of the nearest nerconv.toml, or pyproject.toml with a nerconv table, from ``folder`` upwards.

    Raises UsageError naming the file and the key at fault.
    """
    found = _found(folder)
    return _parse(*found) if found else Settings()


def path_of(folder: Path) -> Path | None:
    """Return where ``load`` reads the settings from, or None when there are none."""
    found = _found(folder)
    return found and found[0]


def _found(folder: Path) -> tuple[Path, dict[str, Any]] | None:
    for parent in (folder, *folder.parents):
        own, project = parent / "nerconv.toml", parent / "pyproject.toml"
        if own.is_file():
            return own, _table(own)
        if project.is_file() and (table := _table(project).get("tool", {}).get("nerconv")) is not None:
            return project, table
    return None


def _table(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: is not TOML: {error}") from error


def _parse(path: Path, table: dict[str, Any]) -> Settings:
    try:
        return msgspec.convert(table, Settings)
    except msgspec.ValidationError as error:
        known = ", ".join(sorted(Settings.__struct_encode_fields__))
        raise UsageError(f"{path}: {error}; known keys: {known}") from error


def read_options(settings: Settings) -> ReadOptions:
    """Return how to read. ``labels = ["any"]`` accepts every label."""
    labels = frozenset(settings.labels) if settings.labels else None
    return ReadOptions(
        format=settings.from_,
        encoding=settings.encoding or "utf-8",
        labels=frozenset() if settings.labels == ["any"] else labels,
        dialect=settings.dialect or "auto",
        markup=settings.markup or "auto",
        documents="auto" if settings.documents is None else str(settings.documents),
        scheme=settings.read_scheme or "auto",
        invalid=settings.invalid or "error",
        token_column="" if settings.token_column is None else str(settings.token_column),
        tag_column="" if settings.tag_column is None else str(settings.tag_column),
        comments="auto" if settings.comments is None else settings.comments,
        accept_unrecognised=bool(settings.accept_unrecognised),
    )


def selection(settings: Settings, asked: Selection) -> Selection:
    """Return which rules to run: what was ``asked`` for on the command line, over what the file says."""
    file = settings.lint or LintSettings()
    return Selection(
        select=asked.select if asked.select is not None or file.select is None else tuple(file.select),
        extend_select=(*file.extend_select, *asked.extend_select),
        ignore=(*file.ignore, *asked.ignore),
        profile=asked.profile or file.profile,
        options=file.options,
        severity=file.severity,
        per_file_ignores=file.per_file_ignores,
    )


def write_options(settings: Settings) -> WriteOptions:
    """Return how to write, class labels aside."""
    return WriteOptions(
        scheme=settings.scheme or "IOB2",
        delimiter=settings.delimiter or "space",
        columns=settings.columns or 2,
        target=settings.for_,
        tokens=settings.tokens or "corpus",
        nested=settings.nested,
        dialect=settings.write_dialect or "illinois",
        group=_group(settings.group_sentences),
    )


def _group(asked: int | str | None) -> int | None:
    """Return how many sentences are a Doc, as ``WriteOptions.group`` has it. Raises UsageError."""
    if asked is None:
        return None
    if str(asked) == "off":
        return 0
    if not re.fullmatch("[1-9][0-9]{0,8}", str(asked)):
        raise UsageError(f"--group-sentences is a number of sentences from 1 on, or off; got {str(asked)!r}")
    return int(asked)


def convert_options(settings: Settings, asked: Selection) -> ConvertOptions:
    """Return what a conversion is to do; ``asked``: the lint rules named on the command line."""
    return ConvertOptions(
        read=read_options(settings),
        write=write_options(settings),
        to=settings.to,
        labels=settings.map or {},
        drop=frozenset(settings.drop or ()),
        unit=settings.unit,
        detokenize=bool(settings.detokenize),
        cut_tokens=bool(settings.cut_tokens),
        split=settings.split,
        seed=settings.seed or 0,
        balance=settings.balance,
        review=review_of(settings.lint_policy or "keep", settings.redactions or "keep", selection(settings, asked)),
    )


def with_class_labels(options: ConvertOptions, settings: Settings) -> ConvertOptions:
    """Return the options of a conversion to a dataset with the class labels that are fixed, if any are.

    Those of a file bring their tag scheme along. Raises UsageError, and Unreadable for a file that cannot be read.
    """
    if settings.labels_from:
        fixed = of_place(Path(settings.labels_from), settings.scheme)
    elif settings.label_set:
        fixed = of_labels(settings.label_set, options.write.scheme)
    else:
        return options
    return replace(options, write=replace(options.write, scheme=fixed.scheme, names=fixed.names))


def review_of(policy: str, redactions: str, rules: Selection) -> Review | None:
    """Return what a conversion does with noise, None for nothing; the linter is loaded only where it is needed."""
    if (policy, redactions, rules) == ("keep", "keep", Selection()):
        return None
    from nerconv.linting.review import reviewer

    return reviewer(policy, redactions, rules)
