"""What a user may choose about reading, writing and linting: frozen records, checked in construction or use."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from nerconv.errors import NerconvError
from nerconv.field_types import misfit
from nerconv.line_pattern import search_of

#: CoNLL-2003, its long forms (MITIE) and OntoNotes 5: the labels that open an entity where the closing rule alone
#: does not prove one.
KNOWN_LABELS: Final = frozenset(
    """PER LOC ORG MISC PERSON LOCATION ORGANIZATION ORGANISATION NORP FAC GPE PRODUCT EVENT WORK_OF_ART LAW LANGUAGE
    DATE TIME PERCENT MONEY QUANTITY ORDINAL CARDINAL""".split()  # noqa: SIM905
)

#: To so many bytes a source may unpack at least.
MAX_UNPACKED: Final = 1 << 28
#: Dialects of brackets, and those of other marks (``nerconv.bracket.notations``).
DIALECTS: Final = ("illinois", "compact", "spaced", "mixed")
NOTATIONS: Final = ("enamex", "xml", "opennlp", "rasa", "markdown", "tanl", "prefix", "bbcode", "gptner", "slash")
MARKUPS: Final = ("auto", "html", "none")
INVALID: Final = ("error", "lenient", "discard")
DISCONTINUOUS: Final = ("lose", "cover")
#: The rule for invalid tags that a score by each is shown beside.
OTHER_RULE: Final = MappingProxyType({"lenient": "discard", "discard": "lenient"})
TARGETS: Final = ("spacy", "seqscore", "flair", "hf")
DOCUMENTS: Final = ("auto", "file", "pre", "blank-line", "line")
NESTED: Final = ("outer", "inner")
#: By what sentences with errors are chosen: most errors first, at random, in the order of the gold.
ORDERS: Final = ("worst", "random", "source")
PAIRINGS: Final = ("auto", "position")
BALANCES: Final = ("labels",)
UNITS: Final = ("document", "paragraph", "sentence")
#: Whose spacing is known.
LANGUAGES: Final = ("en", "de", "fr", "es")
LINT_POLICIES: Final = ("keep", "mark", "drop", "fix", "drop-sentence", "mask-loss")
REDACTIONS: Final = ("keep", "drop-span", "mask", "drop-sentence")
ENGINES: Final = ("processes", "dask")
DELIMITERS: Final = {"space": " ", "tab": "\t"}


#: Label maps by name. An empty label drops the spans.
PRESETS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "ontonotes-to-conll": MappingProxyType(
            {
                **dict.fromkeys(("PERSON",), "PER"),
                **dict.fromkeys(("GPE", "FAC"), "LOC"),
                **dict.fromkeys(("NORP", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE", "PRODUCT"), "MISC"),
                **dict.fromkeys(("DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL"), ""),
            }
        )
    }
)


class UsageError(NerconvError):
    """What was asked for makes no sense; the message says what to ask for instead. Exit status 2."""


def check_types(record: object) -> None:
    """Raise UsageError for a field of ``record`` that has a value of another type than its own, with the value."""
    if wrong := misfit(record):
        raise UsageError(wrong)


def check_encoding(name: str) -> None:
    """Raise UsageError unless ``name`` is an encoding of text.

    >>> check_encoding("rot13")
    Traceback (most recent call last):
    nerconv.options.UsageError: unknown encoding 'rot13'; try utf-8, utf-16 or cp1252
    """
    try:
        # Codecs of other kinds, such as rot13, are found by a look-up as well.
        " ".encode(name)
    except (LookupError, ValueError):
        raise UsageError(f"unknown encoding {name!r}; try utf-8, utf-16 or cp1252") from None


def check_choice(what: str, value: str, choices: tuple[str, ...]) -> None:
    """Raise UsageError unless ``value`` is one of ``choices``, naming them."""
    if value not in choices:
        raise UsageError(f"unknown {what} {value!r}{did_you_mean(value, choices)}; known: {', '.join(choices)}")


def did_you_mean(value: str, known: Collection[str]) -> str:
    """Return a remark on the one of ``known`` that ``value`` looks like, to stand behind it; empty where none does."""
    from difflib import get_close_matches

    near = get_close_matches(value, known, 1)
    return f" (did you mean {near[0]!r}?)" if near else ""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read. ``labels``: None for the known ones, empty to accept every label.

    ``format``: a name in ``FORMATS``, None to detect it; ``encoding``: of text, as Python names it. ``dialect``: of
    bracket text, a value of DIALECTS, NOTATIONS or ``auto``; ``markup``: a value of MARKUPS.
    ``documents`` is a value of DOCUMENTS or a regular expression that matches separator lines. ``scheme`` is a name of
    ``nerconv.notation`` or ``auto``. ``repair_option``, ``scheme_option``: the options of the command that set
    ``invalid`` and ``scheme``, for messages. ``both``: documents with invalid tags carry the spans by the other rule
    for them as well, those of discard beside those of lenient.
    ``token_column``, ``tag_column``: of column files, the number of a column (from 1, or from -1 backwards) or its
    name; empty for the first and the last. ``tag_column`` may be several, as ``3,4``. ``comments``: what comment lines
    begin with, ``auto`` or ``none``.
    ``text_key``, ``spans_key``: where records of JSON have text and spans; empty for the keys of their format;
    ``id_key``: where they have their id. ``labels_file``: the names of tags that are numbers.
    ``annotator``: whose annotations are read where a task has several.
    ``layer``: that of entities, and after a colon the feature that holds labels, where a file has several.
    ``discontinuous``: what becomes of spans in several pieces, a value of DISCONTINUOUS.
    ``max_unpacked``: to so many bytes a source may unpack at least; to more it may where that is no more than 100 times
    its own size.
    ``accept_unrecognised``: what looks like annotation in a notation that is not read is text, and no loss.

    >>> ReadOptions(format="conll", tag_column="ner").tag_column
    'ner'
    >>> ReadOptions(markup="xml")
    Traceback (most recent call last):
    nerconv.options.UsageError: unknown markup 'xml'; known: auto, html, none
    """

    format: str | None = None
    encoding: str = "utf-8"
    labels: frozenset[str] | None = None
    dialect: str = "auto"
    markup: str = "auto"
    documents: str = "auto"
    scheme: str = "auto"
    invalid: str = "error"
    repair_option: str = "--invalid"
    scheme_option: str = "--read-scheme"
    both: bool = False
    token_column: str = ""
    tag_column: str = ""
    comments: str = "auto"
    accept_unrecognised: bool = False
    text_key: str = ""
    spans_key: str = ""
    id_key: str = ""
    labels_file: str = ""
    annotator: str = ""
    discontinuous: str = "lose"
    max_unpacked: int = MAX_UNPACKED
    layer: str = ""

    def __post_init__(self) -> None:
        check_types(self)
        check_choice("dialect", self.dialect, ("auto", *DIALECTS, *NOTATIONS))
        check_choice("markup", self.markup, MARKUPS)
        check_choice("repair", self.invalid, INVALID)
        check_choice("treatment of discontinuous spans", self.discontinuous, DISCONTINUOUS)
        check_encoding(self.encoding)
        if self.max_unpacked < 1:
            raise UsageError(f"--max-unpacked is a size such as 4GB, got {self.max_unpacked}")
        if self.comments != self.comments.strip() or not self.comments:
            raise UsageError(
                f"--comments is what comment lines begin with, such as '#', or none, got {self.comments!r}"
            )
        for option, column in (("--token-column", self.token_column), ("--tag-column", self.tag_column)):
            if column in ("0", "-0"):
                raise UsageError(f"{option} counts columns from 1, or from -1 backwards, got {column}")
        if self.documents.isdecimal() and not int(self.documents):
            raise UsageError(f"--documents takes how many sentences a document has, 1 or more, got {self.documents}")
        if self.documents not in DOCUMENTS:
            try:
                search_of(self.documents)
            except ValueError as error:
                raise UsageError(
                    f"--documents {self.documents!r} is neither one of {', '.join(DOCUMENTS)} "
                    f"nor a regular expression of RE2, without lookahead and backreferences: {error}"
                ) from None


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How to write. ``scheme``: that of tags; ``delimiter``: of columns, ``space`` or ``tab``; ``columns``: 2 or 4.

    ``target``: who reads the columns (TARGETS), None for anybody. ``tokens``: those that spans must meet,
    ``corpus``, ``spacy`` or ``spacy:LANG``. ``dialect``: of bracket text. ``labels`` gives the order of class
    labels; empty means those of the data, sorted. ``names`` fixes the tags themselves in the order of their
    numbers: none is added.

    ``nested`` is None when nobody chose: the outer span stays and each inner one is a loss. ``group``: so many
    sentences are a Doc of a DocBin, 0 for all of a document, None for about ten where it is large.

    >>> WriteOptions(scheme="BILOU", labels=("PER", "LOC")).columns
    2
    >>> WriteOptions(columns=3)
    Traceback (most recent call last):
    nerconv.options.UsageError: --columns is 2 or 4, got 3
    """

    scheme: str = "IOB2"
    delimiter: str = "space"
    columns: int = 2
    target: str | None = None
    tokens: str = "corpus"
    nested: str | None = None
    dialect: str = "illinois"
    labels: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    group: int | None = None

    def __post_init__(self) -> None:
        check_types(self)
        check_choice("dialect", self.dialect, (*DIALECTS[:3], *NOTATIONS))
        check_choice("delimiter", self.delimiter, tuple(DELIMITERS))
        if self.columns not in (2, 4):
            raise UsageError(f"--columns is 2 or 4, got {self.columns}")
        if self.target is not None:
            check_choice("target", self.target, TARGETS)
        if self.nested is not None:
            check_choice("nested policy", self.nested, NESTED)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rules to run and how: codes, names or beginnings of codes. ``select`` None stands for the default ones.

    ``extend_select`` adds to them, ``ignore`` takes away; ``profile``: the kind of text that the default is for.
    ``options`` and ``severity`` are by code; ``per_file_ignores`` by a pattern of paths, as ``fnmatch`` has them.

    >>> Selection(select=("C2", "edge-punctuation"), ignore=("C208",)).ignore
    ('C208',)
    """

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    profile: str | None = None
    options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    severity: Mapping[str, str] = field(default_factory=dict)
    per_file_ignores: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_types(self)
