"""spaCy's DocBin: what ``spacy train`` takes, with true spaces, sentence starts and real negatives.

``Doc.text`` is the text of the document, white space and all. The entities are its outer spans. All spans of every
document stand in ``doc.spans["sc"]`` as well, flat ones too: spancat takes a document without that group for one
without spans, and the training and the development data both need it. A document of more than 2,000 tokens becomes
several Docs of ten sentences (``--group-sentences``), and one document again when it is read.
What a Doc has no place for is in ``doc.user_data["nerconv"]``, a mapping: ``id``, ``part`` (its number, and how many
Docs the document is, where there are several), ``path``, ``marks``, ``joins``, ``meta`` as JSON, ``tokens`` where they
are spaCy's (``spacy:de``), and tables as rows of 64-bit numbers, the lowest byte first: ``spans`` (start, end, label as
spaCy numbers it, line, column), ``sentences`` (start, end), ``anchors`` (offset, line, column).
``numpy.frombuffer`` reads them with the types in ``nerconv.formats.kept``.
"""

from __future__ import annotations

import gc
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache, partial
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from nerconv import tokens as corpus
from nerconv.document import WHITE_SPACE, Document, Facts, Finding, Item, Span, Where
from nerconv.formats import bins, groups
from nerconv.formats.bins import ATTRIBUTES, Bin, binaries, stretch
from nerconv.formats.groups import Group, Part
from nerconv.formats.keeps import Edges, Keeps
from nerconv.formats.once import Once
from nerconv.formats.pieces import Pieces
from nerconv.formats.record import OFFSET_UNIT, OriginRecord, Record, SpanRecord
from nerconv.formats.record_read import to_document
from nerconv.formats.shapes import counted
from nerconv.io.sources import Source, Unreadable, lying
from nerconv.options import ReadOptions, UsageError, WriteOptions

if TYPE_CHECKING:
    from spacy.tokenizer import Tokenizer
    from spacy.tokens import Doc, DocBin

    from nerconv.formats.bins_read import Unpacked

NAME: Final = "docbin"
SUFFIXES: Final = (".spacy",)
UNIT: Final = "document"
KEEPS: Final = Keeps(outer_space=False, flat_part="doc.ents")
SURVEYOR: Final = None
looks_like: Final = bins.looks_like

#: The group that spaCy's span categorizer learns from unless it is told another.
SPANS_KEY: Final = "sc"
#: Where in ``user_data`` the record stands.
USER_DATA_KEY: Final = "nerconv"

_ATTRIBUTES: Final = ATTRIBUTES[1:]
_FLAT: Final = Keeps(nesting=False)
_LANGUAGE = re.compile("[a-z]{2,3}")

# As spaCy cuts: a token takes one space after it, all further white space is a token, line ends included.
_PIECE = re.compile(r"((?:[^ \t\n\r]+|\r(?!\n))+|(?:[ \t\n]+|\r(?=\n))+)( ?)")
# White space to spaCy, though it belongs to tokens here.
_OTHER_SPACE = re.compile(r"[^\S \t\n]")


def tokens(options: WriteOptions) -> Edges | None:
    """Return the edges of the tokens of ``options.tokens`` that an entity may start or end with.

    Those are all but the ones that are white space to spaCy, such as a lone no-break space: its parser never starts
    or ends an entity with one. Corpus tokens end where a span does, too, if white space of that kind stands beside it.
    Raises UsageError for tokens that spaCy cannot make.
    """
    if options.tokens == "corpus":
        return _corpus_edges
    return partial(_spacy_edges, _tokenizer(options.tokens))


def _corpus_edges(document: Document) -> tuple[list[int], list[int]]:
    starts, ends = corpus.edges(document)
    if not _OTHER_SPACE.search(document.text):
        return starts, ends
    if cuts := _space_cuts(document):
        starts, ends = sorted({*starts, *cuts}), sorted({*ends, *cuts})
    solid = [(a, b) for a, b in zip(starts, ends, strict=True) if not document.text[a:b].isspace()]
    return [start for start, _ in solid], [end for _, end in solid]


def _space_cuts(document: Document) -> set[int]:
    """Return the edges of spans inside of tokens that have white space to spaCy on one side, as ``\u00a0|Ann``."""
    text, edges = document.text, {edge for span in document.spans for edge in (span.start, span.end)}
    return {at for at in edges if _inside_token(text, at) and text[at - 1].isspace() != text[at].isspace()}


def _spacy_edges(tokenizer: Tokenizer, document: Document) -> tuple[list[int], list[int]]:
    table = tokenizer(document.text).to_array(["IDX", "LENGTH", "IS_SPACE"]).astype("int64")
    solid = table[table[:, 2] == 0]
    return solid[:, 0].tolist(), (solid[:, 0] + solid[:, 1]).tolist()


@lru_cache(8)
def _tokenizer(choice: str) -> Tokenizer:
    """Return the tokenizer that ``spacy`` or ``spacy:LANG`` names. Raises UsageError when there is none."""
    import spacy

    name, _, language = choice.partition(":")
    spelling = "spell it corpus, spacy (English) or spacy:LANG, LANG being a code of spaCy such as de, fr or xx"
    if name != "spacy" or (language and not _LANGUAGE.fullmatch(language)):
        raise UsageError(f"unknown tokens {choice!r}; {spelling}")
    try:
        return spacy.blank(language or "en").tokenizer
    except ImportError as error:
        raise UsageError(f"--tokens {choice}: spaCy cannot make these here ({error}); {spelling}") from error


def encode(documents: Sequence[Document], options: WriteOptions) -> Bin:
    """Return ``documents`` as a piece of a DocBin."""
    from spacy.tokens import DocBin

    make = _maker(options)
    packed = DocBin(attrs=_ATTRIBUTES, store_user_data=True)
    counts = []
    for document in documents:
        held = groups.parts(document, options.group)
        counts.append(len(held))
        for number, one in enumerate(held, 1):
            part = (number, len(held)) if len(held) > 1 else None
            _pack(packed, _annotated(make(one), one, options, part))
    return _bin(packed, counts)


def _bin(packed: DocBin, counts: Sequence[int]) -> Bin:
    import numpy as np

    lengths = np.array([len(tokens) for tokens in packed.tokens], dtype="int32")
    return Bin(
        stretch(b"".join(tokens.tobytes() for tokens in packed.tokens)),
        stretch(b"".join(spaces.tobytes() for spaces in packed.spaces)),
        stretch(lengths.tobytes()),
        stretch(binaries([data for data in packed.user_data if data is not None])),
        stretch(binaries(packed.span_groups)),
        frozenset(packed.strings),
        groups.tally(counts, lengths.tolist()),
    )


def join(pieces: Pieces, path: Path, options: WriteOptions) -> None:
    """Write ``pieces`` as one DocBin. Raises UsageError for more tokens than one can hold."""
    with path.open("wb") as file:
        bins.write(pieces.packed, file)


def _maker(options: WriteOptions) -> Callable[[Document], Doc]:
    """Return the function that makes a bare Doc of a document."""
    from spacy.attrs import IS_SPACE
    from spacy.vocab import Vocab

    if options.tokens == "corpus":
        return partial(_corpus_doc, Vocab(lex_attr_getters={IS_SPACE: str.isspace}))
    tokenizer = _tokenizer(options.tokens)
    return lambda document: tokenizer(document.text)


def _corpus_doc(vocab: Any, document: Document) -> Doc:
    from spacy.tokens import Doc

    text = document.text
    inside = {join for join in document.joins if _inside_token(text, join)}
    if _OTHER_SPACE.search(text):
        inside |= _space_cuts(document)
    cuts = [0, *sorted(inside), len(text)]
    found = list(chain.from_iterable(_PIECE.findall(text[start:end]) for start, end in pairwise(cuts)))
    return Doc(vocab, words=[word for word, _ in found], spaces=[space != "" for _, space in found])


def _inside_token(text: str, at: int) -> bool:
    if not 0 < at < len(text) or text[at - 1] in WHITE_SPACE or text[at] in WHITE_SPACE:
        return False
    return not text.startswith("\r\n", at)


def _share_text(spans: Sequence[Span]) -> bool:
    return any(before.end > after.start for before, after in pairwise(spans))


def _annotated(doc: Doc, document: Document, options: WriteOptions, part: Part | None) -> Doc:
    """Return ``doc`` with the entities, spans, sentence starts and user data of ``document``, or a part of one."""
    from spacy.tokens import Span as DocSpan

    from nerconv.fit import fit
    from nerconv.formats.kept import kept

    starts = doc.to_array("IDX").astype("int64")
    spans = document.spans
    edges = starts.searchsorted([(span.start, span.end) for span in spans]) if spans else ()
    made = {span: DocSpan(doc, int(a), int(b), span.label) for span, (a, b) in zip(spans, edges, strict=True)}
    flat = fit(document, _FLAT, None, options.nested).document.spans if _share_text(spans) else spans
    # Set even when there are none: entities that were never set count as unknown, not as absent.
    doc.ents = [made[span] for span in flat]
    doc.spans[SPANS_KEY] = [made[span] for span in spans]
    _mark_sentences(doc, [start for start, _ in corpus.sentences(document)], starts)
    record = kept(document, doc.vocab.strings.add, _made(options.tokens), part)
    doc.user_data[USER_DATA_KEY] = msgspec.to_builtins(record, builtin_types=(bytes,))
    return doc


def _made(choice: str) -> str:
    """Return whose tokens ``choice`` names, with the language; nothing for those of the corpus."""
    return "" if choice == "corpus" else f"spacy:{choice.partition(':')[2] or 'en'}"


def _mark_sentences(doc: Doc, sentences: list[int], starts: Any) -> None:
    """Say of every token whether it starts a sentence. White space belongs to the sentence before it, if any."""
    import numpy as np

    if not len(doc):
        return
    solid = np.flatnonzero(doc.to_array("IS_SPACE") == 0)
    at = solid.searchsorted(starts.searchsorted(np.array(sentences, dtype="int64")))
    flags: Any = np.full((len(doc), 1), -1, dtype="int64")
    flags[solid[at[at < len(solid)]]] = 1
    flags[solid[:1]] = -1
    flags[0] = 1
    doc.from_array(["SENT_START"], flags.astype("uint64"))


def _pack(packed: DocBin, doc: Doc) -> None:
    """Add ``doc`` to ``packed``. ``DocBin.add`` does the same with nine look-ups in Python for every token."""
    import numpy as np

    table = doc.to_array([*packed.attrs])
    strings = doc.vocab.strings
    packed.tokens.append(table)
    packed.spaces.append(doc.to_array("SPACY").astype(bool).reshape(-1, 1))
    packed.strings.update(strings[key] for key in np.unique(table[:, 0]).tolist())
    packed.strings.update(span.label_ for span in doc.spans[SPANS_KEY])
    packed.cats.append({})
    packed.flags.append({"has_unknown_spaces": False})
    packed.user_data.append(msgspec.msgpack.encode(doc.user_data))
    packed.span_groups.append(doc.spans.to_bytes())


def read(source: Source, options: ReadOptions) -> Iterator[Item]:
    """Yield Facts, then each document, with findings about spans that had to be trimmed or left out.

    Spans are the entities and those of the group "sc", whoever set them; user data of ours gives them their places.
    In a file of others a document is named by its number, which is also its line. Raises files.Unreadable.
    """
    from nerconv.formats.bins_read import unpacked

    with ExitStack() as stack:
        path = stack.enter_context(lying(source))
        with refusing(source.name):
            packed = stack.enter_context(unpacked(path))
            attributes = _attributes(packed)
        yield Facts(source.name, NAME, {"Docs": f"{len(packed.lengths):,}", "attributes": attributes})
        yield from _documents(packed, source)


def _documents(packed: Unpacked, source: Source) -> Iterator[Item]:
    ignored: Counter[str] = Counter()
    once = Once()
    for item in groups.whole(_groups(packed, source, ignored, once)):
        if isinstance(item, Finding):
            yield item
            continue
        record, where = item
        try:
            document, findings = to_document(record, f"{source.id}#{where.line}", where)
        except (ValueError, RecursionError) as error:
            yield _spoilt(error, where, (span.label for span in record.spans))
            continue
        yield document
        yield from findings
    yield from once.findings()
    if ignored:
        named = ", ".join(f"{key} ({count:,})" for key, count in sorted(ignored.items()))
        yield Facts(source.name, NAME, {"span groups not read": named})


def _groups(packed: Unpacked, source: Source, ignored: Counter[str], once: Once) -> Iterator[Group | Finding]:
    """Yield what each Doc holds, with the number of the Doc as its line; count the spans of other span groups."""
    for number, held in enumerate(_contents(packed, source.name), 1):
        ignored.update({key: labels.total() for key, labels in held.other_groups.items()})
        where = Where(source.name, number, 1)
        _enter_groups(held, where, once)
        try:
            yield _group(held, where)
        except (ValueError, RecursionError) as error:
            yield _spoilt(error, where, (label for _, _, label in held.spans))


def _spoilt(error: Exception, where: Where, labels: Iterable[str]) -> Finding:
    message = f"document {where.line:,} of the file is not what its user data says and is left out: {error}"
    return Finding("F012", message, where, unread=dict(Counter(label or "?" for label in labels)))


def _enter_groups(held: _Held, where: Where, once: Once) -> None:
    """Enter spans with labels that stand in groups other than the one that is read, and in no other place."""
    for key, labels in held.other_groups.items():
        if unread := +Counter({label: count for label, count in labels.items() if label}):
            message = (
                f"doc.spans[{key!r}] holds {counted(unread.total(), 'span')}, which are not read: "
                f'spans are those of doc.ents and doc.spans["{SPANS_KEY}"]; copy the group there'
            )
            once.add("F019", message, where, unread, like=key)


@contextmanager
def refusing(name: str) -> Iterator[None]:
    """Raise Unreadable for whatever spaCy raises: of a damaged file that can be anything."""
    collecting = gc.isenabled()
    try:
        yield
    except Exception as error:
        reason = str(error).partition("\n")[0]
        raise Unreadable(f"{name}: is not a DocBin or is damaged: {type(error).__name__}: {reason}") from error
    finally:
        # srsly switches the collector off and, when it fails, leaves it so.
        if collecting:
            gc.enable()


def _attributes(packed: Unpacked) -> str:
    from spacy.attrs import IDS

    return " ".join(sorted(name for name, key in IDS.items() if key in packed.attributes))


class _Held(NamedTuple):
    """What a Doc holds: text, spans and sentences as offsets, user data, and by label the spans of other groups.

    ``labels``: the numbers of the labels of the spans. Spans of other groups that are read anyway are not counted.
    """

    text: str
    spans: list[tuple[int, int, str]]
    labels: dict[str, int]
    sentences: list[tuple[int, int]]
    kept: object
    other_groups: dict[str, Counter[str]]


def _contents(packed: Unpacked, name: str) -> Iterator[_Held]:
    with refusing(name):
        # Nothing here holds a Doc while the next one is made.
        yield from map(_held, packed.docs())


def _held(doc: Doc) -> _Held:
    entities = [(span.start_char, span.end_char, span.label_) for span in doc.ents]
    group = [(s.start_char, s.end_char, s.label_) for s in doc.spans.get(SPANS_KEY, ())]
    known = set(group)
    spans = group + [span for span in entities if span not in known]
    told = doc.has_annotation("SENT_START")
    return _Held(
        _text(doc),
        spans,
        {label: doc.vocab.strings[label] for _, _, label in spans},
        [(sent.start_char, sent.end_char) for sent in doc.sents] if told else [],
        doc.user_data.get(USER_DATA_KEY),
        {key: _not_among(spans, group) for key, group in doc.spans.items() if key != SPANS_KEY},
    )


def _not_among(spans: Sequence[tuple[int, int, str]], group: Any) -> Counter[str]:
    """Return by label how many spans of a group are not among ``spans``."""
    known = set(spans)
    return Counter(s.label_ for s in group if (s.start_char, s.end_char, s.label_) not in known)


def _text(doc: Doc) -> str:
    """Return ``doc.text``, for which spaCy would make a Python object of every token."""
    words: Iterator[str] = map(doc.vocab.strings.__getitem__, doc.to_array("ORTH").tolist())
    gaps = map(("", " ").__getitem__, doc.to_array("SPACY").tolist())
    return "".join(chain.from_iterable(zip(words, gaps, strict=True)))


def _group(held: _Held, where: Where) -> Group:
    """Return what a Doc holds as a record. Raises ValueError when its user data is not of the shape that we write."""
    from nerconv.formats.kept import Kept, to_record

    if held.kept is None:
        trimmed = (corpus.trim(held.text, start, end) for start, end in held.sentences)
        origin = OriginRecord(where.path, [(0, where.line, where.column)])
        spans = [SpanRecord(*span) for span in held.spans]
        sentences = [pair for pair in trimmed if pair]
        return Group(
            Record(text=held.text, offset_unit=OFFSET_UNIT, spans=spans, sentences=sentences, origin=origin), where
        )
    if not isinstance(held.kept, Mapping):
        raise ValueError(f"user_data[{USER_DATA_KEY!r}] is no mapping but {type(held.kept).__name__}")
    kept = msgspec.convert(dict(held.kept), Kept)
    return Group(to_record(kept, held.text, held.spans, held.labels), where, kept.part)
