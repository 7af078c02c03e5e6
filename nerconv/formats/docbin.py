"""spaCy's DocBin: what ``spacy train`` takes, with true spaces, sentence starts and real negatives.

``Doc.text`` is the text of the document, white space and all. The entities are its outer spans. All spans of every
document are in ``doc.spans["sc"]`` as well, flat ones too: spancat takes a document without that group for one
without spans, and the training and the development data both need it. A document of more than 2,000 tokens becomes
several Docs of ten sentences (``--group-sentences``), and one document again when it is read.
What a Doc has no place for is in ``doc.user_data["nerconv"]``, a mapping: ``id``, ``part`` (its number, and how many
Docs the document is, where there are several), ``path``, ``marks``, ``joins``, ``meta`` as JSON, ``tokens`` where they
are spaCy's (``spacy:de``), and tables as rows of 64-bit numbers, the lowest byte first: ``spans`` (start, end, label as
spaCy numbers it, line, column), ``sentences`` (start, end), ``anchors`` (offset, line, column).
``numpy.frombuffer`` reads them with the types in ``nerconv.formats.docbin_provenance``.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nerconv.document import Document, Facts, Finding, Where
from nerconv.formats.damaged import damaged
from nerconv.formats.keeps import Keeps, TokenEdges
from nerconv.formats.known import FORMATS
from nerconv.formats.once import Once
from nerconv.formats.pieces import Pieces
from nerconv.formats.shapes import counted
from nerconv.io.sources import Source, local_path
from nerconv.options import ReadOptions, WriteOptions

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.formats.docbin_file import Bin, Unpacked
    from nerconv.formats.docbin_read import Contents
    from nerconv.views import Reading

NAME: Final = "docbin"
SUFFIXES: Final = FORMATS[NAME]
UNIT: Final = "document"
SURVEYOR: Final = None
KEEPS: Final = Keeps(outer_space=False, flat_part="doc.ents")

#: The group that spaCy's span categorizer learns from unless it is asked for another.
SPANS_KEY: Final = "sc"
#: A Doc of more tokens, white space included, is worth a word: nothing in it could be grouped, or nobody asked for it.
LARGE: Final = 4_000
#: How a message of a DocBin begins: a map with a few keys, the first of which is its version or its attributes.
_BEGINNINGS: Final = (b"\xa7version", b"\xa5attrs")


def looks_like(head: bytes, suffix: str) -> str | None:
    """Return what in the first bytes of a file says that it is a DocBin, or None.

    >>> looks_like(zlib.compress(b"\\x8a\\xa7version\\xa30.1"), "")
    'zlib data that hold a message of spaCy, which begins with its version'
    """
    try:
        message = zlib.decompressobj().decompress(head, 16)
    except zlib.error:
        message = b""
    found = next((key for key in _BEGINNINGS if message[1:].startswith(key) and message[0] & 0xF0 == 0x80), None)
    return f"zlib data that hold a message of spaCy, which begins with its {found[1:].decode()}" if found else None


def tokens(options: WriteOptions) -> TokenEdges:
    """Return the edges of the tokens of ``options.tokens`` that an entity may start or end with.

    Raises UsageError for tokens that spaCy cannot make.
    """
    from nerconv.formats.docbin_encode import edges

    return edges(options.tokens)


def encode(batch: Batch, options: WriteOptions) -> Bin:
    """Return documents as a piece of a DocBin. Raises UsageError for a span that does not meet the edges of tokens."""
    from nerconv.formats import docbin_encode

    return docbin_encode.encode(batch, options)


def read_back(piece: Bin, options: WriteOptions) -> Batch:
    """Return what is read of the file that a piece makes. Raises Unreadable when it contradicts itself."""
    from nerconv.formats.docbin_documents import read_piece

    with refusing("what was written"):
        return read_piece(piece, options)


def join(pieces: Pieces, path: Path, options: WriteOptions) -> None:
    """Write ``pieces`` as one DocBin. Raises UsageError for more tokens than one can hold."""
    from nerconv.formats.docbin_file import write

    with path.open("wb") as file:
        write(pieces.packed, file)


def read(source: Source, options: ReadOptions) -> Iterator[Reading | Document | Finding | Facts]:
    """Yield Facts, then the documents, with findings about spans that had to be trimmed or left out.

    Spans are the entities and those of the group "sc", whoever set them; user data of ours gives them their places.
    In a file of others a document is named by its number, which is also its line. Raises files.Unreadable.
    """
    from nerconv.formats.docbin_documents import batch_of, items, named
    from nerconv.formats.docbin_file import unpacked
    from nerconv.views import Reading

    ignored: Counter[str] = Counter()
    once = Once()
    with ExitStack() as stack:
        path = stack.enter_context(local_path(source))
        with refusing(source.name):
            packed = stack.enter_context(unpacked(path, source.max_unpacked))
            facts = _facts(packed)
        yield Facts(source.name, NAME, facts)
        for found in read_contents(packed, source.name):
            _note_others(found, source.name, ignored, once)
            documents = named(found, source.id, source.name)
            batch = batch_of(found, documents, source.name)
            yield from items(found, documents, source.name) if batch is None else (Reading(batch, {}),)
    yield from once.findings()
    if ignored:
        keys = ", ".join(f"{key} ({count:,})" for key, count in sorted(ignored.items()))
        yield Facts(source.name, NAME, {"span groups not read": keys})


def read_contents(packed: Unpacked, name: str) -> Iterator[Contents]:
    """Yield what the Docs of the file ``name`` hold, some at a time. Raises Unreadable."""
    from nerconv.formats.docbin_docs import docs_of
    from nerconv.formats.docbin_read import contents
    from nerconv.formats.spacy_strings import vocabulary

    with refusing(name):
        strings = vocabulary(packed.rows("strings"))
        yield from (contents(docs, strings, 1) for docs in docs_of(packed))


def _facts(packed: Unpacked) -> dict[str, str]:
    import numpy as np

    from nerconv.formats.spacy_strings import symbols

    found = sorted(symbols().get(number, str(number)) for number in packed.rows("attrs"))
    return {"Docs": f"{len(packed.array('lengths', np.int32)):,}", "attributes": " ".join(found)}


def _note_others(found: Contents, name: str, ignored: Counter[str], once: Once) -> None:
    """Enter spans with labels that are in groups other than the one that is read, and in no other place."""
    for number, key, labels in found.others:
        ignored[key] += len(labels)
        if unread := Counter(filter(None, labels)):
            message = (
                f"doc.spans[{key!r}] holds {counted(unread.total(), 'span')}, which are not read: "
                f'spans are those of doc.ents and doc.spans["{SPANS_KEY}"]; copy the group there'
            )
            once.add("F019", message, Where(name, found.docs.first + number, 1), unread, like=key)


@contextmanager
def refusing(name: str) -> Iterator[None]:
    """Raise Unreadable for whatever is raised: of a damaged file that can be anything."""
    try:
        yield
    except Exception as error:
        raise damaged(name, "is not a DocBin or is damaged", error) from error
