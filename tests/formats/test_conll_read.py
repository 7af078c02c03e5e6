"""Column files in chunks and as arrays: what is read is what one exact look at each row of the whole gives."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from itertools import groupby, pairwise

import numpy as np
import pytest
from effort import examples
from hypothesis import example, given
from hypothesis import strategies as st
from reading import held

from nerconv.document import Document, Finding, Origin, Span, Where
from nerconv.formats import conll_batch, conll_exact, conll_read, conll_rows
from nerconv.formats.conll_exact import Sentence, Shape, blocks, faults, parse
from nerconv.formats.conll_read import ConllSurvey, begins_document, last_sentence, markers
from nerconv.formats.conll_rows import alike
from nerconv.formats.scheme_detection import EDGE
from nerconv.io.chunks import HERE, WHOLE, Doing
from nerconv.io.sources import Source, Unreadable
from nerconv.io.text import TextSource
from nerconv.options import ReadOptions, UsageError
from nerconv.schemes import SCHEMES, InvalidTags, TokenSpan
from nerconv.views import Reading, documents_of


def contents(text: str, options: ReadOptions, doing: Doing = HERE, most: int = WHOLE) -> list[object]:
    """Return what is told of column text and what it holds when it is read in chunks of some bytes."""
    raw = text.encode()
    file = BytesIO(raw)
    try:
        told, known = conll_read.survey(TextSource(file, len(raw)), Source("a.conll", "a"), options, WHOLE, doing)
    except (Unreadable, UsageError) as error:
        return [str(error)]
    return [told, *(held(known, file, most, doing) if known else ())]


def shown(items: list[object]) -> list[object]:
    """Return items with all that equality leaves out."""
    return [
        (item, item.meta, [s.where for s in item.spans], [item.locate(at) for at in range(len(item.text) + 1)])
        if isinstance(item, Document)
        else item
        for item in items
    ]


def places(origin: Origin) -> list[tuple[int, int, int]]:
    return [*zip(origin.offsets, origin.lines, origin.columns, strict=True)]


def slowly(read: Callable[[], list[object]]) -> list[object]:
    """Return what is read when all rows ask for the exact reading."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conll_rows, "alike", lambda raw, *more: np.arange(len(raw)) if raw else alike(raw, *more))
        return read()


def one_by_one(raw: bytes, known: ConllSurvey) -> list[object]:
    """Return documents and findings as they follow from the exact reading of each sentence."""
    rule, lines = known.rule, raw.decode().split("\n")
    parts = parse(blocks(raw.decode()), known.shape, known.name)
    if known.group < 0:
        parts = (part for part in parts if part is not None)
    runs = (list(run) for is_one, run in groupby(parts, lambda part: part is not None) if is_one)
    size = known.group if known.group > 0 else len(raw) + 1
    items: list[object] = []
    for number, group in enumerate(run[at : at + size] for run in runs for at in range(0, len(run), size)):
        wrong: list[Finding] = []
        kept: list[tuple[Sentence, list[TokenSpan]]] = []
        for part in group:
            wrong += part.findings
            if isinstance(part, Sentence):
                wrong += faults(part, known.notation, rule, known.shape, known.name, lambda line: lines[line - 1])
                with suppress(InvalidTags):
                    kept.append((part, known.notation.decode(part.tags, rule.invalid).spans))
        if kept:
            items.append(document(kept, f"{known.id}#{number + 1}" if known.many else known.id, known))
        items += sorted(wrong, key=lambda finding: finding.where or 0)
    return items


def document(kept: list[tuple[Sentence, list[TokenSpan]]], id: str, known: ConllSurvey) -> Document:
    text, spans, extents, anchors = "", [], [], []
    for sentence, found in kept:
        begin, starts, ends = len(text), [], []
        for token, line, column in zip(sentence.tokens, sentence.lines, sentence.columns, strict=True):
            anchors.append((len(text), line, column))
            starts.append(len(text))
            text += token
            ends.append(len(text))
            text += " "
        extents.append((begin, ends[-1]))
        spans += [
            Span(starts[a], ends[b - 1], label, Where(known.name, sentence.lines[a], sentence.columns[a]))
            for a, b, label in found
        ]
        if sentence.tokens[-1].endswith("\r"):
            anchors.append((len(text), sentence.lines[-1] + 1, 1))
            text += " "
        text = text[:-1] + "\n"
    comments = kept[0][0].comments if known.group == 1 and known.shape.comments else ()
    meta = {"comments": list(comments)} if comments else {}
    origin = Origin(known.name, *map(tuple, zip(*anchors, strict=True)))
    return Document(id, text[:-1], tuple(spans), tuple(extents), meta=meta, origin=origin)


_ROWS = st.sampled_from(
    [
        "Ann B-PER\n",
        "Lee I-PER\n",
        "met O\n",
        "Rome\tB-LOC\n",
        "\n",
        " \t\n",
        "-DOCSTART- O\n",
        "-DOCSTART- x\tO\n",
        "é I-LOC\n",
        "# id 7\n",
        "# O\n",
        "token tag\n",
    ]
)


@given(
    text=st.lists(_ROWS, max_size=30).map("".join),
    how=st.sampled_from(["auto", "file", "blank-line", "2", "3"]),
    block=st.integers(1, 60),
    invalid=st.sampled_from(["error", "lenient"]),
)
@examples(300)
@example("Ann B-PER\n\n-DOCSTART- O\n\nmet O\n\n-DOCSTART- O\n", "auto", 3, "error")
@example("token tag\n\nAnn B-PER\n\n# id 7\n\nmet O\n\nLee O\n\nx O\n", "2", 3, "error")
def test_column_windows_give_what_the_whole_gives(text: str, how: str, block: int, invalid: str) -> None:
    options = ReadOptions(documents=how, scheme="IOB2", invalid=invalid)
    assert shown(contents(text, options, Doing(block=block))) == shown(contents(text, options))


_LIKE_ROWS = st.sampled_from(
    [
        "Ann{0}{1}\n",
        "é{0}{1}\n",
        "-DOCSTART-x{0}{1}\n",
        "Lee{0}{1}\n",
        "\n",
        "\n\n",
        "-DOCSTART- O\n",
        "-DOCSTART-\tx\n\n",
        "x{0}{1} \n",
        "x\r{0}{1}\n",
        "# ü 1\n",
        "#{0}{1}\n",
        "token{0}tag\n",
    ]
)
#: What stands between token and tag, and where these stand then.
_BETWEEN = {" ": ("1", "2"), "\t": ("1", "-1"), " é O ": ("1", "4"), "\tB-PER\t": ("2", "1"), " 1 x ": ("3", "4")}


@pytest.mark.parametrize("scheme", [*SCHEMES, "labels"])
@given(
    data=st.data(),
    how=st.sampled_from(["auto", "file", "line", "2"]),
    invalid=st.sampled_from(["error", "lenient", "discard"]),
    between=st.sampled_from([*_BETWEEN]),
    comments=st.sampled_from(["#", "auto", "none"]),
)
@examples(150)
def test_rows_as_columns_are_those_that_are_read_one_by_one(
    scheme: str, data: st.DataObject, how: str, invalid: str, between: str, comments: str
) -> None:
    letters = SCHEMES[scheme].letters if scheme in SCHEMES else ()
    sound = ["O", "O", *(f"{a}-{b}" for a in letters for b in ("PER", "LOC"))] if letters else ["O", "PER", "ORG"]
    tags = st.sampled_from(sound * 3 + ["X-PER", "I", "0"])
    rows = data.draw(st.lists(_LIKE_ROWS, max_size=12))
    raw = (
        "".join(row.format(between, data.draw(tags)) for row in rows)
        .encode()
        .removesuffix(data.draw(st.sampled_from([b"", b"\n"])))
    )
    token, tag = _BETWEEN[between]
    options = ReadOptions(
        documents=how, scheme=scheme, invalid=invalid, token_column=token, tag_column=tag, comments=comments
    )
    file = BytesIO(raw)
    try:
        _, known = conll_read.survey(TextSource(file, len(raw)), Source("a.conll", "a"), options)
    except (Unreadable, UsageError):
        return
    assert isinstance(known, ConllSurvey)
    found = list(held(known, file, WHOLE, HERE))
    assert shown(found) == shown(one_by_one(raw, known))
    assert shown(slowly(lambda: list(held(known, file, WHOLE, HERE)))) == shown(found)
    origins = [
        [places(item.origin) for item in items if isinstance(item, Document) and item.origin]
        for items in (found, one_by_one(raw, known))
    ]
    assert origins[0] == origins[1]


def test_rows_that_are_alike_need_no_exact_reading() -> None:
    """The property above also holds for what no array is made of."""
    raw = b"-DOCSTART- O\n\nAnn B-PER\nLee I-PER\nmet O\n \t\nRome\r B-LOC\n\n-DOCSTART- O\n\nx O\n"
    rows = alike(raw, 1, Shape(2, " ", 0, 1), markers(raw))
    assert isinstance(rows, conll_rows.ColumnRows)
    assert (rows.tagged.tolist(), rows.firsts.tolist(), rows.cuts.tolist()) == ([0, 1, 3], [0, 3, 4], [0, 2])


def test_odd_rows_alone_are_read_one_by_one() -> None:
    sound = "Ann B-PER\nmet O\n\n"
    raw = f"{sound * 50}-DOCSTART- O\n\nRome\n \n{sound * 50}a b O\n\n".encode()
    rows = conll_rows.rows_of(raw, 1, Shape(2, " ", 0, 1), "a.conll", markers(raw))
    assert (rows.closer, len(rows.starts), len(rows.firsts), rows.cuts.tolist()) == (4, 200, 102, [50])
    assert [(number, found.where) for number, found in rows.findings] == [
        (50, Where("a.conll", 153, 1)),
        (101, Where("a.conll", 305, 1)),
    ]


@given(text=st.lists(_ROWS, max_size=30).map("".join), block=st.integers(1, 40))
@examples(200)
def test_columns_cut_into_parts_lose_nothing(text: str, block: int) -> None:
    options = ReadOptions(scheme="IOB2", invalid="lenient")
    whole = [d for d in contents(text, options) if isinstance(d, Document)]
    parts = [d for d in contents(text, options, Doing(block=block), block) if isinstance(d, Document)]
    assert " ".join(d.text for d in parts).split() == " ".join(d.text for d in whole).split()
    assert [s.where for d in parts for s in d.spans] == [s.where for d in whole for s in d.spans]


LINES = st.sampled_from(
    ["a O", "", "", " ", "\t", "-DOCSTART- O", " -DOCSTART-", "-DOCSTART-x O", "b -DOCSTART-", "c\tO"]
)
TEXTS = st.lists(LINES, max_size=12).map("\n".join) | st.lists(LINES, max_size=12).map("".join)


@given(TEXTS, st.integers(1, 9))
def test_cuts_are_where_lines_say(text: str, tail: int) -> None:
    raw = text.encode()
    lines = text.split("\n")
    begins = [len("\n".join(lines[:number])) + (number > 0) for number in range(len(lines))]
    starting = re.compile(r" *-DOCSTART-(?:[ \t].*)?")
    is_marker = [starting.fullmatch(line) is not None and conll_exact.is_marker(line) for line in lines]
    assert markers(raw) == [begin for begin, found in zip(begins, is_marker, strict=True) if found]
    assert begins_document(raw) == is_marker[0]
    inner = raw[: len(raw.rstrip(b" \t\n"))]
    ends = [match.end() for match in re.finditer(rb"\n(?:[ \t]*\n)+", inner)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conll_read, "_TAIL", tail)
        assert last_sentence(raw) == max(ends, default=0)


def column_text(chance: random.Random) -> str:
    """Return some documents of sentences whose tags are chosen without a thought for the scheme."""
    tags = ["O", "O", *(f"{letter}-{label}" for letter in chance.choice(["BI", "BIES"]) for label in ("A", "B-C"))]
    pieces = []
    for _ in range(chance.randint(1, 4)):
        pieces += ["-DOCSTART- O\n\n"] if chance.random() < 0.7 else []
        for _ in range(chance.randint(1, 4)):
            pieces += [f"{chance.choice(['a', 'é', '#'])} {chance.choice(tags)}\n" for _ in range(chance.randint(1, 6))]
            pieces.append("\n" * chance.randint(1, 2))
    return "".join(pieces)


@pytest.mark.parametrize("scheme", ["IOB1", "IOB2", "IOBES"])
def test_other_spans_are_those_of_the_other_rule(scheme: str) -> None:
    chance = random.Random(4)

    def read(text: str, rule: str, both: bool = False) -> list[list[tuple[Span, ...]]]:
        """Return the spans of each document, and those by the other rule."""
        raw = text.encode()
        options = ReadOptions(scheme=scheme, invalid=rule, both=both)
        _, known = conll_read.survey(TextSource(BytesIO(raw), len(raw)), Source("a.conll", "a"), options)
        assert known is not None
        parts = [part for chunk in known.chunks(BytesIO(raw)) for part in known.read(chunk)]
        reads = [part for part in parts if isinstance(part, Reading)]
        return [
            [document.spans for read in reads for document in documents_of(batch(read))]
            for batch in (lambda read: read.batch, lambda read: read.other or read.batch)
        ]

    for _ in range(60):
        text = column_text(chance)
        lenient, discard = read(text, "lenient")[0], read(text, "discard")[0]
        assert read(text, "lenient", both=True) == [lenient, discard]
        assert read(text, "discard", both=True) == [discard, lenient]


@given(st.lists(st.lists(st.sampled_from(["O", "O", "B-X", "I-X", "I-Y", "0"]), min_size=1, max_size=5), max_size=6))
def test_steps_are_counted_with_the_edges_of_sentences(tags: list[list[str]]) -> None:
    raw = "".join("".join(f"a {tag}\n" for tag in sentence) + "\n" for sentence in tags).encode()
    edged = [pair for sentence in tags for pair in pairwise([EDGE, *sentence, EDGE])]
    for rows in (
        alike(raw, 1, Shape(2, " ", 0, 1), ()),
        conll_rows.exactly(blocks(raw.decode()), Shape(2, " ", 0, 1), ""),
    ):
        assert isinstance(rows, conll_rows.ColumnRows)
        found = conll_batch.steps(rows)
        assert found == Counter(edged)
        named = [tag for _, tag in found if tag not in ("O", EDGE)]
        assert list(dict.fromkeys(named)) == list(dict.fromkeys(tag for s in tags for tag in s if tag != "O"))
