"""Batches as pieces of DocBins: the arrays of all Docs made at once, without a single Doc.

A token takes one space after it, all further white space is a token of its own, as spaCy cuts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from nerconv.batch import Batch
from nerconv.formats import docbin_provenance as provenance
from nerconv.formats.docbin import SPANS_KEY
from nerconv.formats.docbin_file import Bin, array_header, binaries, stretch
from nerconv.formats.docbin_groups import grouped, tally
from nerconv.formats.spacy_strings import Hashes, hashes_of, murmur, numbers_of, places
from nerconv.options import UsageError, WriteOptions
from nerconv.overlaps import flat
from nerconv.packages import package
from nerconv.tables import Numbers, character_starts
from nerconv.unlabelled import unknown
from nerconv.white_space import runs

if TYPE_CHECKING:
    from spacy.tokenizer import Tokenizer

_SPACE: Final = ord(" ")
#: Makes white space to us 1 and all else 0.
_WHITE: Final = bytes(byte in b" \t\n" for byte in range(256))
_BEGIN, _INSIDE, _OUTSIDE, _MISSING = 3, 1, 2, 0
_STARTS, _GOES_ON = 1, (1 << 64) - 1
#: A span of a group as ``SpanGroup.to_bytes`` has it; ``at``: its first token, the one behind it, start and end.
GROUP_SPAN: Final = np.dtype([("id", ">u8"), ("kb", ">u8"), ("label", ">u8"), ("at", ">i4", 4)])
#: The same as a msgpack value.
_PACKED_SPAN: Final = np.dtype([("head", "S2"), ("span", GROUP_SPAN)])
_SPAN_HEAD: Final = b"\xc4\x28"
#: Behind the spans of a group are the keys that it has.
_GROUP_END: Final = b"\x91" + msgspec.msgpack.encode(SPANS_KEY)
_LANGUAGE = re.compile("[a-z]{2,3}")
#: The most bytes that a code point has.
_WIDEST: Final = 4


class SpacyTokens(NamedTuple):
    """The tokens of all documents as spaCy has them, in bytes of the text, and the words that they are.

    ``spaces``: whether a space follows that belongs to it; ``lengths``: how many tokens each document has; ``words``:
    the distinct ones, ``codes`` the word of each token; ``solid``: the numbers of the tokens that are not white space.
    """

    starts: Numbers
    ends: Numbers
    spaces: NDArray[np.bool_]
    lengths: Numbers
    words: list[str]
    numbers: Hashes
    codes: Numbers
    solid: Numbers


def encode(batch: Batch, options: WriteOptions) -> Bin:
    """Return ``batch`` as a piece of a DocBin. Raises UsageError for a span that does not meet the edges of tokens."""
    batch, parts, counts = grouped(batch, options.group)
    tokens = spacy_tokens(batch, options.tokens)
    first, last = covered(batch, tokens)
    table = table_of(batch, tokens, (first, last), flat(batch, options.nested))
    labels = [batch.labels[code] for code in np.unique(batch.label_ids).tolist()]
    return Bin(
        stretch(_raw(table)),
        stretch(_raw(tokens.spaces)),
        stretch(tokens.lengths.astype("<i4").tobytes()),
        stretch(binaries(provenance.encode(batch, parts, kind_of(options.tokens)))),
        stretch(binaries(groups_of(batch, tokens, (first, last)))),
        frozenset(tokens.words + labels),
        tally(counts, tokens.lengths.tolist()),
    )


def edges(choice: str) -> Callable[[Batch], tuple[Numbers, Numbers]]:
    """Return what gives start and end (bytes) of the tokens that ``choice`` asks for: corpus, spacy or spacy:LANG.

    Raises UsageError for tokens that spaCy cannot make.
    """
    cut = _cut(choice)

    def found(batch: Batch) -> tuple[Numbers, Numbers]:
        starts, ends, _, _ = cut(batch)
        return starts, ends

    return found


def spacy_tokens(batch: Batch, choice: str) -> SpacyTokens:
    """Return the tokens of ``batch`` that ``--tokens`` asks for."""
    starts, ends, spaces, lengths = _cut(choice)(batch)
    hashes = murmur(batch.text, starts, ends)
    # Without numbers numpy sorts the distinct ones alone.
    found = np.unique(hashes)
    codes = places(found, hashes)
    examples = np.empty_like(codes, shape=len(found))
    examples[codes] = np.arange(len(codes))
    text, edges = batch.text.decode(), (batch.points(offsets[examples]).tolist() for offsets in (starts, ends))
    words = [text[start:end] for start, end in zip(*edges, strict=True)]
    solid = ~np.array(list(map(str.isspace, words)), dtype=bool)
    return SpacyTokens(starts, ends, spaces, lengths, words, numbers_of(found), codes, np.flatnonzero(solid[codes]))


_Tokens = tuple[Numbers, Numbers, NDArray[np.bool_], Numbers]


def _cut(choice: str) -> Callable[[Batch], _Tokens]:
    return _corpus if choice == "corpus" else partial(_of_spacy, _tokenizer(choice))


def _corpus(batch: Batch) -> _Tokens:
    """Return starts, ends, spaces and lengths of the tokens of the corpus, cut once more at joins."""
    length, bounds = len(batch.text), batch.bounds
    # What is before a document counts as white space, and it starts a line: its first space is a token.
    white = np.ones(length + 1, dtype=bool)
    white[1:] = np.frombuffer(batch.spaced.translate(_WHITE), dtype=bool)
    before, here = white[:-1], white[1:]
    # Of each byte whether the one before it is a space that a token takes.
    taken = np.zeros(length + 1, dtype=bool)
    np.greater(batch.bytes == _SPACE, before, out=taken[1:])
    turns = np.zeros(length + 1, dtype=bool)
    turns[:-1] = ((here != before) & ~taken[1:]) | (here & taken[:-1])
    turns[bounds] = True
    turns[_inner_cuts(batch, np.append(white, True))] = True
    cuts = np.flatnonzero(turns)
    first, last = np.searchsorted(cuts, bounds).T
    lengths = last - first
    starts, follows = cuts[:-1], cuts[1:]
    if lengths.sum() < len(starts):
        inside = runs(first, lengths)
        starts, follows = starts[inside], follows[inside]
    spaces = taken[follows]
    return starts, follows - spaces, spaces, lengths


def _inner_cuts(batch: Batch, white: NDArray[np.bool_]) -> Numbers:
    """Return where tokens are cut that no white space cuts: at joins, and where a span has white space to spaCy beside.

    ``white``: whether each byte is white space, and what is before the first and behind the last.
    """

    def inside(offsets: Numbers) -> Numbers:
        """Return those of ``offsets`` that are inside of tokens."""
        return offsets[~white[offsets] & ~white[offsets + 1]]

    joins = inside(batch.joins)
    edges = np.setdiff1d(inside(np.append(batch.starts, batch.ends)), joins)
    beside = [at for at in edges.tolist() if _is_space(batch.text, at, -1) != _is_space(batch.text, at, 0)]
    return np.append(joins, np.array(beside, dtype=np.int64))


def _is_space(text: bytes, at: int, side: int) -> bool:
    """Whether what is before ``at`` (-1) or from there on (0) is white space to Python and to spaCy."""
    near = text[max(at - _WIDEST, 0) : at] if side else text[at : at + _WIDEST]
    return near.decode(errors="ignore")[side].isspace()


def _of_spacy(tokenizer: Tokenizer, batch: Batch) -> _Tokens:
    """Return starts, ends, spaces and lengths of the tokens that spaCy cuts the text of each document into."""
    tables: list[NDArray[Any]] = [np.zeros((0, 3), dtype=np.int64)]
    for begin, (_, start, end) in zip(batch.points(batch.bounds[:, 0]).tolist(), batch.documents, strict=True):
        tables.append(tokenizer(batch.text[start:end].decode()).to_array(["IDX", "LENGTH", "SPACY"]).astype(np.int64))
        tables[-1][:, 0] += begin
    starts, sizes, spaces = np.concatenate(tables).T
    firsts = character_starts(batch.text)
    lengths = np.array([len(table) for table in tables[1:]], dtype=np.int64)
    return firsts[starts], firsts[starts + sizes], spaces.astype(bool), lengths


@lru_cache(8)
def _tokenizer(choice: str) -> Tokenizer:
    """Return the tokenizer that ``spacy`` or ``spacy:LANG`` names. Raises UsageError when there is none."""
    name, _, language = choice.partition(":")
    spelling = "spell it corpus, spacy (English) or spacy:LANG, LANG being a code of spaCy such as de, fr or xx"
    if name != "spacy" or (language and not _LANGUAGE.fullmatch(language)):
        raise UsageError(f"unknown tokens {choice!r}; {spelling}")
    spacy = package("spacy", f"--tokens {choice}", "spacy")
    try:
        return spacy.blank(language or "en").tokenizer
    except ImportError as error:
        raise UsageError(f"--tokens {choice}: spaCy cannot make these here ({error}); {spelling}") from error


def kind_of(choice: str) -> str:
    """Return whose tokens ``choice`` names, with the language; nothing for those of the corpus."""
    return "" if choice == "corpus" else f"spacy:{choice.partition(':')[2] or 'en'}"


def covered(batch: Batch, tokens: SpacyTokens) -> tuple[Numbers, Numbers]:
    """Return the numbers of the first and the last token of each span."""
    first = np.searchsorted(tokens.starts, batch.starts)
    last = np.searchsorted(tokens.ends, batch.ends)
    met = (np.append(tokens.starts, -1)[first] == batch.starts) & (np.append(tokens.ends, -1)[last] == batch.ends)
    if not met.all():
        at = int(np.flatnonzero(~met)[0])
        text = batch.text[int(batch.starts[at]) : int(batch.ends[at])].decode()
        place = f"{batch.name}:{batch.source_lines[at]}:{batch.source_columns[at]}"
        span = f"[{batch.labels[batch.label_ids[at]]} {text}]"
        raise UsageError(f"{place}: {span} does not meet the edges of tokens; --cut-tokens cuts them there")
    return first, last


def table_of(
    batch: Batch, tokens: SpacyTokens, covered: tuple[Numbers, Numbers], entities: NDArray[np.bool_]
) -> NDArray[np.uint64]:
    """Return a row of the attributes for each token; ``entities``: which spans are such."""
    outside = np.tile(np.array([0, _OUTSIDE, 0, _GOES_ON], dtype="<u8"), (len(tokens.numbers), 1))
    outside[:, 0] = tokens.numbers
    table = outside.take(tokens.codes, 0)
    table[unknown(batch, tokens.starts, tokens.ends), 1] = _MISSING
    first, last = (numbers[entities] for numbers in covered)
    lengths = last - first + 1
    # White space within a span belongs to it, too.
    inside = runs(first, lengths)
    table[inside, 1] = _INSIDE
    table[first, 1] = _BEGIN
    table[inside, 2] = np.repeat(hashes_of(batch.labels)[batch.label_ids[entities]], lengths)
    table[_sentence_starts(batch.covering[0], tokens.starts, tokens.solid, tokens.lengths), 3] = _STARTS
    return table


def _sentence_starts(sentences: Numbers, starts: Numbers, solid: Numbers, lengths: Numbers) -> Numbers:
    """Return the numbers of the tokens that start ``sentences``, which are offsets as the ``starts`` of tokens are.

    A sentence starts with its first word, white space belongs to the one before, and the first one of a Doc starts with
    its first token. ``solid``: the numbers of tokens that are words; ``lengths``: how many tokens each Doc has.

    >>> _sentence_starts(np.array([0, 5]), np.array([0, 3, 4, 5]), np.array([0, 1, 3]), np.array([4]))
    array([0, 3])
    """
    begins, words = np.cumsum(lengths) - lengths, np.append(solid, len(starts))
    found = np.zeros(len(starts) + 1, dtype=bool)
    found[words[np.searchsorted(solid, np.searchsorted(starts, sentences))]] = True
    # Not the words that begin Docs, and none behind the last.
    found[words[np.searchsorted(solid, begins)]] = found[-1] = False
    found[begins[lengths > 0]] = True
    return np.flatnonzero(found)


def groups_of(batch: Batch, tokens: SpacyTokens, covered: tuple[Numbers, Numbers]) -> list[bytes]:
    """Return the spans of each document as ``SpanGroups.to_bytes`` has them, in the group that spancat learns from.

    ``covered``: the numbers of their first and last tokens.
    """
    (first, last), document = covered, batch.document_of(batch.starts)
    begins, offsets = np.cumsum(tokens.lengths) - tokens.lengths, batch.points(batch.bounds)[:, 0]
    packed = np.zeros(len(first), dtype=_PACKED_SPAN)
    packed["head"] = _SPAN_HEAD
    rows = packed["span"]
    rows["label"] = hashes_of(batch.labels)[batch.label_ids]
    rows["at"][:, 0] = first - begins[document]
    rows["at"][:, 1] = last + 1 - begins[document]
    rows["at"][:, 2] = batch.points(batch.starts) - offsets[document]
    rows["at"][:, 3] = batch.points(batch.ends) - offsets[document]
    data, size = packed.tobytes(), _PACKED_SPAN.itemsize
    cuts = np.searchsorted(batch.starts, batch.bounds).tolist()
    heads = {count: _group_head(count) for count in {end - begin for begin, end in cuts}}
    return [heads[end - begin] + data[begin * size : end * size] + _GROUP_END for begin, end in cuts]


def _group_head(count: int) -> bytes:
    """Return what is before the spans of a group of ``count``: a map within an array."""
    key = msgspec.msgpack.encode
    head = b"\x83" + key("name") + key(SPANS_KEY) + key("attrs") + b"\x80" + key("spans") + array_header(count)
    spans = bytes(count * _PACKED_SPAN.itemsize)
    return b"\x81" + key(head + spans).removesuffix(spans)


def _raw(array: NDArray[Any]) -> memoryview:
    return array.reshape(-1).view(np.uint8).data
