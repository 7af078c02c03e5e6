"""Memory that reading takes does not grow as a file does: each part is let go before the next one is read."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import pytest
from effort import examples
from hypothesis import given
from hypothesis import strategies as st
from reading import held

from nerconv import ReadOptions
from nerconv.conversion import parts
from nerconv.conversion.report import ConversionReport, ConvertOptions
from nerconv.document import Item
from nerconv.formats import get, text_column
from nerconv.io.chunks import WHOLE, Doing
from nerconv.io.sources import Source, Unreadable
from nerconv.io.text import TextSource

#: Bytes of a part here, and of the smaller of two files.
_PART, _SMALL = 1 << 13, 1 << 16


def _answers(size: int) -> str:
    """Return rows of JSON with bracket text."""
    row = {"annotated": "[PER Ann Lee] met Nora in [LOC Oslo] and went home ."}
    return f"{json.dumps(row)}\n" * (size // 70)


def _answers_csv(size: int) -> str:
    """Return rows of CSV with bracket text."""
    return "id,annotated\n" + "".join(f"{n},[PER Ann Lee] met Nora in [LOC Oslo] .\n" for n in range(size // 45))


def _iob(size: int) -> str:
    """Return sentences of tokens with tags, a line each."""
    return "Nora|NNP|B-PER Lee|NNP|I-PER left|VBD|O Oslo|NNP|B-LOC\n" * (size // 54)


def _conllu(size: int) -> str:
    """Return sentences of CoNLL-U that are one document."""
    rows = (f"{n}\t{word}\t_\t_\t_\t_\t_\t_\t_\t{misc}\n" for n, word, misc in _WORDS)
    return f"# text = Nora Lee left\n{''.join(rows)}\n" * (size // 110)


_WORDS = ((1, "Nora", "NER=B-PER"), (2, "Lee", "NER=I-PER"), (3, "left", "_"))
SOURCES: dict[str, tuple[str, Callable[[int], str]]] = {
    "x.jsonl": ("text_column", _answers),
    "x.csv": ("text_column", _answers_csv),
    "x.iob": ("iob", _iob),
    "x.conllu": ("conllu", _conllu),
}


def _peak(path: Path, format: str) -> tuple[int, int]:
    """Return the most memory that reading takes, in bytes, and the number of batches."""
    options, report = ConvertOptions(read=ReadOptions(format=format)), ConversionReport(format)
    source, count = Source(path.name, path.stem, path), 0
    tracemalloc.start()
    try:
        doing = Doing(block=_PART)
        for part in parts.parts_of([source], {source.id: report}, options, lambda _: None, lambda _: doing, _PART):
            for batch in parts.batches_of(part, options, report):
                count += 1
                assert len(batch.text) < 4 * _PART
        return tracemalloc.get_traced_memory()[1], count
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", SOURCES)
def test_eight_times_as_much_is_read_in_hardly_more_memory(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "BLOCK", _PART)
    monkeypatch.setattr(text_column, "BLOCK", _PART)
    format, make = SOURCES[name]
    get(format)
    peaks = []
    for size in (_SMALL // 8, _SMALL, 8 * _SMALL):  # the first loads what it needs
        path = tmp_path / name
        path.write_text(make(size))
        peak, count = _peak(path, format)
        peaks.append(peak)
        assert count >= size // (2 * _PART)
    # So small a file is held in memory as bytes, and so are its texts.
    assert peaks[2] - peaks[1] < 6 * 7 * _SMALL


def _row(word: str, tag: str) -> str:
    return f"1\t{word}\t_\t_\t_\t_\t_\t_\t_\t{tag}"


_TAGS = st.sampled_from(["_", "NER=B-PER", "NER=I-PER", "NER=O", "NER=B-LOC|SpaceAfter=No", "é"])
_CONLLU = st.one_of(
    st.sampled_from(
        ["", "", " \t", "\u2003", "# newdoc", "# newdoc id = a", "# newdoc id = b", "# text = é", "# x", "1"]
    ),
    st.builds(_row, st.sampled_from(["Ann", "é"]), _TAGS),
)
_IOB = st.sampled_from(["", " ", "Ann|B-PER left|O", "é|I-PER", "é|O|O x|B-LOC", "x", "a|B-PER b|I-LOC"])


def _read(format: str, text: str, options: ReadOptions, block: int) -> list[Item]:
    """Return what is read of a text in chunks of so many bytes, no document being cut."""
    raw = text.encode()
    file = io.BytesIO(raw)
    surveyor = get(format).SURVEYOR
    assert surveyor is not None
    facts, survey = surveyor.survey(TextSource(file, len(raw)), Source("a", "a"), options, WHOLE, Doing(block=block))
    return [*facts, *(held(survey, file, WHOLE, Doing(block=block)) if survey else ())]


@examples(100)
@given(
    format_lines=st.one_of(
        st.tuples(st.just("conllu"), st.lists(_CONLLU, max_size=30)),
        st.tuples(st.just("iob"), st.lists(_IOB, max_size=12)),
    ),
    block=st.integers(1, 200),
    invalid=st.sampled_from(["error", "lenient", "discard"]),
)
def test_a_file_read_in_chunks_holds_what_it_holds_as_a_whole(
    format_lines: tuple[str, list[str]], block: int, invalid: str
) -> None:
    format, lines = format_lines
    options = ReadOptions(format=format, scheme="IOB2", invalid=invalid)
    with suppress(Unreadable):
        whole = _read(format, "\n".join(lines), options, 1 << 20)
        assert _read(format, "\n".join(lines), options, block) == whole


def test_parts_of_a_document_have_its_id() -> None:
    rows = "\n".join(_row(word, misc) for _, word, misc in _WORDS)
    raw = "".join(f"# newdoc id = {id}\n" + f"{rows}\n\n" * 60 for id in ("one", "two")).encode()
    surveyor = get("conllu").SURVEYOR
    assert surveyor is not None
    _, survey = surveyor.survey(TextSource(io.BytesIO(raw), len(raw)), Source("a", "a"), ReadOptions())
    assert survey is not None
    ids, continued = list[str](), 0
    for chunk in survey.chunks(io.BytesIO(raw), 2000, Doing(block=2000)):
        continued += chunk.continues
        ids += [extent.id for reading in survey.read(chunk) for extent in reading.batch.documents]
    assert len(ids) == continued + 2
    assert [id for id, _ in groupby(ids)] == ["one", "two"]
