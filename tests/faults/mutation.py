"""Files with faults, made from good ones by somebody who knows what is in them.

JSON is changed as values, columns and brackets as words and lines, a DocBin as the numbers and strings in it, Parquet
as rows, columns and metadata; any file as bytes, now and then. Seeds are the cases of every reader in ``tests/cases``
and what every writer makes of a small corpus, so that a new format is covered by itself.
"""

from __future__ import annotations

import io
import json
import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import msgspec
import numpy as np

from nerconv import formats
from nerconv.conversion.report import ConvertOptions
from nerconv.corpus import read
from nerconv.io.sources import Source
from nerconv.options import ReadOptions

CASES = Path(__file__).parent.parent / "cases"
TEXT = (
    "[PER Ann Lee  ] 's met [ORG [LOC Rome  ] Office  ] , [PER XXXXXXXX  ] said ( ok ) . \n"
    "[PER José  ] left [LOC Oslo ,  ] \U0001f600 . \n\n[MISC Dutch  ] ships & [PER Bob  ] . \n"
)
#: What readers trip over: white space of all kinds, ends of lines, and what is notation in some format.
PIECES = (
    *(" ", "  ", "\t", "\n", "\n\n", "\r", "\r\n", "\x00", "\x0b", "\x0c", "\x1c", "\x85", "\xa0", "\u2028", "\u3000"),
    *("\ufeff", "\u200b", "\u00ad", "e\u0301", "İ", "ß", "\U0001f600", "👩\u200d👧", "\u202e", "的", "\ufffd"),
    *("[PER ", "[PER Ann  ]", "[X ", "[", "]", "  ]", " ] ", "[]", "[PER  ]", "[Foo b  ]", "[[[[", "]]]]"),
    *("<a href='x'>", "<p>", "<pre>", "</pre>", "<!--", "-->", "<!-- nerconv: ignore -->", "<PER>Ann</PER>"),
    *("&#1;", "&#13;", "&#10;", "&amp;", "&#xD800;", "&#1114112;", "&nbsp;", "<p>&#1;</p>"),
    *("-DOCSTART-", "-DOCSTART- O\n\n", "#", "# id = a", "_", "1-2", "1.1", "*", "O", "B-PER", "I-PER", "I-LOC"),
    *("S-X", "E-PER", "L-PER", "U-PER", "B-", "-", "B-PER\tO", "PER", "NER=B-PER", "NER=", "|"),
    *("T1\tPER 0 3\tAnn", "T9\tPER 0 1;2 3\tA b", "R1\tRel Arg1:T1 Arg2:T2", "0 3", "3 0", "0 3;"),
    *('"', "'", "\\", ",", ";", "{", "}", "null", "NaN", "1e999", "-1", "0", "1", "99999999999999999999", "\\ud800"),
    *("XXXXX", "[REDACTED]", "@@PER", "==", "{{", "(PER", "Ann/PER", "Ann_B-PER", "{Ann}[PER]"),
)
NUMBERS = (
    -(2**63),
    -(2**31),
    -3,
    -1,
    0,
    1,
    2,
    3,
    7,
    255,
    2**16,
    2**31 - 1,
    2**31,
    2**53,
    2**63,
    2**64,
    10**30,
    0.5,
    3.0,
)
VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    "",
    "a",
    "PER",
    "B-PER",
    "O",
    [],
    {},
    [[]],
    [None],
    {"": 0},
    [0, 3, "PER"],
)
_WORDS = re.compile(r"\w+|[^\S\n]+|\n|[^\w\s]")


class Seed(NamedTuple):
    """Files that belong together by their suffix, the first of which is read; of what format, and how it is read."""

    name: str
    format: str
    files: dict[str, bytes]
    options: dict[str, Any]


@cache
def seeds(format: str) -> tuple[Seed, ...]:
    """Return good and bad files of a format: those of its cases, and what its writer makes."""
    found = []
    for path in sorted(CASES.glob(f"{format}/*valid/*")):
        expected = path.with_name(f"{path.name}.expected.json")
        if expected.exists() and path.stat().st_size < 20_000:
            options = json.loads(expected.read_text(encoding="utf-8")).get("options", {})
            others = [other for other in path.parent.glob(f"{path.stem}.*") if other.suffix != ".json"]
            files = {path.suffix: path.read_bytes()} | {
                other.suffix: other.read_bytes() for other in (others if format == "brat" else ())
            }
            found.append(Seed(path.name, format, files, options))
    return (*found, *_written(format))


def _written(format: str) -> Iterable[Seed]:
    """Yield what the writer of a format makes of a small corpus, by unit; nothing for one that is only read."""
    suffix = formats.FORMATS[format][0]
    for unit in ("document", "sentence") if format in formats.WRITTEN else ():
        with TemporaryDirectory() as folder:
            target = Path(folder, f"a{suffix}")
            corpus = read([Source("a.txt", "a", content=TEXT.encode(), format="bracket")], ReadOptions())
            corpus.write(target, ConvertOptions(to=format, unit=unit))
            places = sorted(target.rglob("*")) if target.is_dir() else [target]
            files = {path.suffix: path.read_bytes() for path in places if path.suffix != ".conf"}
            if suffix in files:
                yield Seed(f"written by {unit}", format, {suffix: files.pop(suffix)} | files, {})


def mutated(seed: Seed, random: Random) -> dict[str, bytes]:
    """Return the files of ``seed`` with some faults."""
    other = random.choice(seeds(seed.format))
    files = dict(seed.files)
    for suffix in random.sample(list(files), random.randint(1, len(files))):
        data = files[suffix]
        if not random.randrange(12):
            files[suffix] = _bytes(data, random)
            continue
        try:
            files[suffix] = _kind(data)(data, other.files.get(suffix, b""), random)
        except (ValueError, TypeError, AttributeError, LookupError, NotImplementedError, OverflowError, zlib.error):
            files[suffix] = _bytes(data, random)
    return files


_Mutate = Callable[[bytes, bytes, Random], bytes]


def _kind(data: bytes) -> _Mutate:
    """Return what changes files that begin as ``data`` does."""
    if data.startswith((b"PAR1", b"ARROW1")):
        return _table
    if data[:1] == b"\x78":
        return _docbin
    if data.lstrip(b"\xef\xbb\xbf \n")[:1] in (b"{", b"["):
        try:
            json.loads(data.split(b"\n")[0] if data.startswith(b"{") else data)
        except ValueError:
            return _text
        return _json
    return _text


def _bytes(data: bytes, random: Random) -> bytes:
    found = bytearray(data)
    for _ in range(random.randint(1, 4)):
        at = random.randint(0, len(found))
        match random.randrange(4):
            case 0:
                found[at : at + 1] = bytes([random.randrange(256)])
            case 1:
                found[at:at] = random.choice([b"\xff", b"\x00", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r", b"\n"])
            case 2:
                del found[at : at + random.choice([1, 2, 30])]
            case 3:
                del found[at:]
    return bytes(found)


def _text(data: bytes, other: bytes, random: Random) -> bytes:
    """Change words and lines, in the encoding that they seem to be in."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    text = data.decode(encoding, "surrogateescape")
    more = other.decode(encoding, "replace").split("\n")
    if not random.randrange(3):
        lines = text.split("\n")
        _change(lines, lambda: random.choice(more) if more else "", random)
        text = "\n".join(lines)
    words = _WORDS.findall(text)
    _change(words, lambda: random.choice(PIECES), random)
    text = "".join(words)
    if not random.randrange(8):
        text = text.replace("\n", random.choice(["\r\n", "\r", "\n\n", " \n", "\n\r"]))
    return text.encode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")


def _change(items: list[str], made: Callable[[], str], random: Random) -> None:
    """Replace, add, double, swap and remove some of ``items``."""
    for _ in range(random.choice([1, 1, 2, 3, 5])):
        at = random.randrange(len(items) + 1)
        match random.randrange(6):
            case 0 | 1:
                items[at : at + 1] = [made()]
            case 2:
                items.insert(at, made())
            case 3:
                items[at:at] = items[at : at + random.choice([1, 1, 5])]
            case 4:
                del items[at : at + random.choice([1, 1, 1, 4])]
            case 5 if items:
                one, two = random.randrange(len(items)), random.randrange(len(items))
                items[one], items[two] = items[two], items[one]


def _json(data: bytes, other: bytes, random: Random) -> bytes:
    """Change values of a file of JSON, or of one of its lines."""
    if not random.randrange(10):
        return _text(data, other, random)
    whole = data.lstrip(b"\xef\xbb\xbf \n").startswith(b"[")
    raws = [data] if whole else data.split(b"\n")
    at = random.randrange(max(len(raws) - 1, 1))
    tree = json.loads(raws[at])
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        tree = changed(tree, random)
    ascii = bool(random.randrange(3))
    raws[at] = json.dumps(tree, ensure_ascii=ascii).encode("utf-8", "surrogatepass")
    if not whole and not random.randrange(4):
        raws.insert(random.randrange(len(raws)), random.choice([*other.split(b"\n"), raws[at], b"", b"{}", b"null"]))
    return b"\n".join(raws)


def changed(tree: Any, random: Random) -> Any:
    """Return a value as JSON has them with one change somewhere in it."""
    if isinstance(tree, dict) and tree and random.randrange(12):
        key = random.choice(list(tree))
        match random.randrange(12):
            case 0:
                return {name: value for name, value in tree.items() if name != key}
            case 1:
                return tree | {random.choice([*tree, "id", "text", "spans", "label", "meta", ""]): tree[key]}
            case 2:
                return {**tree, key: value_like(tree[key], random)}
        return {**tree, key: changed(tree[key], random)}
    if isinstance(tree, list) and tree and random.randrange(12):
        at = random.randrange(len(tree))
        match random.randrange(10):
            case 0:
                return tree[:at] + tree[at + 1 :]
            case 1:
                return tree[:at] + [tree[at]] * random.choice([1, 2, 30]) + tree[at:]
            case 2:
                return random.sample(tree, len(tree))
        return [*tree[:at], changed(tree[at], random), *tree[at + 1 :]]
    return value_like(tree, random)


def value_like(value: Any, random: Random) -> Any:
    """Return a value that may stand where ``value`` does, or not."""
    if isinstance(value, bool) or not random.randrange(5):
        return random.choice((*VALUES, *NUMBERS, *PIECES))
    if isinstance(value, int):
        return random.choice([value - 1, value + 1, -value, *NUMBERS])
    if isinstance(value, str):
        words = _WORDS.findall(value)
        _change(words, lambda: random.choice((*PIECES, "\ud800", "\udc80")), random)
        return "".join(words)
    return random.choice((*VALUES, *NUMBERS))


def _docbin(data: bytes, other: bytes, random: Random) -> bytes:
    """Change a DocBin: its keys, its arrays, its strings, and what is packed in its user data."""
    message = msgspec.msgpack.decode(zlib.decompress(data))
    for _ in range(random.choice([1, 1, 2])):
        key = random.choice(list(message))
        value = message[key]
        if isinstance(value, bytes) and random.randrange(6):
            numbers = np.frombuffer(value, {"tokens": "<u8", "lengths": "<i4"}.get(key, "u1")).copy()
            if len(numbers):
                chosen = random.choice([0, 1, 2, 3, 7, 2**31 - 1, 2**32, 2**63 + 1, *numbers[:99].tolist()])
                numbers[random.randrange(len(numbers))] = chosen % (1 << 8 * numbers.itemsize - 1)
            message[key] = numbers.tobytes()[: None if random.randrange(8) else -1]
        elif isinstance(value, list) and value and isinstance(value[0], bytes) and random.randrange(6):
            at = random.randrange(len(value))
            message[key] = [*value[:at], _packed(value[at], random), *value[at + 1 :]]
        else:
            message = {**message, key: changed(value, random)} if random.randrange(9) else changed(message, random)
        if not isinstance(message, dict) or not message:
            break
    return zlib.compress(msgspec.msgpack.encode(message), 1)


def _packed(data: bytes, random: Random) -> bytes:
    """Change what is packed as msgpack, as user data is."""
    if not data or not random.randrange(6):
        return _bytes(data, random)
    return msgspec.msgpack.encode(changed(msgspec.msgpack.decode(data), random))


def _table(data: bytes, other: bytes, random: Random) -> bytes:
    """Change rows, columns, types and metadata of a file of Parquet or Arrow."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    is_arrow = data.startswith(b"ARROW1")
    table = pa.ipc.open_file(data).read_all() if is_arrow else pq.read_table(io.BytesIO(data))
    metadata = dict(table.schema.metadata or {})
    match random.randrange(6):
        case 0 if metadata:
            key = random.choice(list(metadata))
            tree = changed(json.loads(metadata[key]), random)
            metadata[key] = json.dumps(tree).encode() if random.randrange(6) else _bytes(metadata[key], random)
        case 1:
            names = list(table.column_names)
            name = random.choice(names)
            renamed = random.choice([*names, "text", "spans", "tokens", "ner_tags", "id", "tags", ""])
            table = random.choice([table.drop_columns([name]), table.rename_columns({name: renamed})])
        case 2:
            table = table.slice(random.randint(0, 2), random.choice([0, 1, 2, 100]))
        case _:
            rows = table.to_pylist()
            for _ in range(random.choice([1, 1, 2, 3])):
                rows = changed(rows, random)
            table = pa.Table.from_pylist(rows, None if random.randrange(3) else table.schema)
    file, table = io.BytesIO(), table.replace_schema_metadata(metadata)
    if is_arrow:
        with pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
    else:
        pq.write_table(table, file)
    return file.getvalue()


def chosen(format: str, random: Random) -> tuple[Seed, dict[str, bytes]]:
    """Return a seed of a format, and its files with faults."""
    found: Sequence[Seed] = seeds(format)
    seed = random.choice(found)
    return seed, mutated(seed, random)
