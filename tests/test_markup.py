"""Character references: which are decoded, and which stay as they stand so that nothing of the text is lost."""

from __future__ import annotations

import html
import unicodedata
from pathlib import Path

import pytest
from reading import read_as

from nerconv.bracket import markup
from nerconv.document import Document
from nerconv.formats import bracket
from nerconv.io.sources import Source
from nerconv.options import ReadOptions

DECODED = [
    ("&amp;", "&"),
    ("&#65;", "A"),
    ("&#x1F600;", "\U0001f600"),
    ("&#0065;", "A"),
    ("&#128;", "€"),
    ("&nbsp;", "\u00a0"),
    ("&#xFFFD;", "\ufffd"),
    ("&#65533;", "\ufffd"),
    ("&#xE000;", "\ue000"),
]
#: Controls, line ends, white space, surrogates, noncharacters, numbers out of range, unknown names.
LEFT = (
    *("&#0;", "&#1;", "&#8;", "&#x0;", "&#x7F;", "&#x81;", "&#10;", "&#13;", "&#9;", "&#32;", "&#x20;"),
    *("&Tab;", "&NewLine;", "&#xD800;", "&#xDFFF;", "&#55296;", "&#xFFFE;", "&#xFDD0;", "&#x1FFFF;"),
    *("&#x110000;", "&#9999999;", "&#xFFFFFF;", "&nosuch;"),
)


@pytest.mark.parametrize(("reference", "character"), DECODED)
def test_a_reference_to_a_character_is_decoded(reference: str, character: str) -> None:
    assert markup.decode(reference) == character


@pytest.mark.parametrize("reference", LEFT)
def test_a_reference_to_no_character_of_a_text_stays(reference: str) -> None:
    assert markup.decode(reference) is None


def test_every_number_is_decoded_to_a_character_or_stays() -> None:
    for number in (*range(0x3000), *range(0xD700, 0xE010), *range(0xFDC0, 0x10010), *range(0x10FFF0, 0x110010)):
        for reference in (f"&#{number};", f"&#x{number:X};"):
            character = markup.decode(reference)
            if character is not None:
                assert len(character) == 1
                assert unicodedata.category(character) not in ("Cc", "Cs")
                assert character == html.unescape(reference)
            elif 0x20 < number < 0x7F or 0xA0 <= number < 0xD800:
                raise AssertionError(f"{reference} is not decoded")


def test_no_reference_stops_the_reader_or_leaves_the_text(tmp_path: Path) -> None:
    huge = ("&#99999999999999999999;", "&#x99999999999999999999;", "&#;", "&#x;", "&;", "&#xZZ;")
    path = tmp_path / "a.txt"
    line = " ".join(f"<b>{reference}</b>" for reference in (*LEFT, *huge))
    path.write_text(f"<p>&#1;</p>\n{line} [PER Ann &#2; Lee  ]\n", encoding="utf-8")
    items = read_as(bracket, Source(str(path), "a", path), ReadOptions())
    (document,) = (item for item in items if isinstance(item, Document))
    assert document.text == f"&#1;\n{' '.join((*LEFT, *huge))} Ann &#2; Lee\n"
    assert [document.covered(span) for span in document.spans] == ["Ann &#2; Lee"]
