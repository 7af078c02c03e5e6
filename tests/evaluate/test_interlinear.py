"""Text with bars above and below it: whatever the spans are, the text stands there once, every label at its span."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from nerconv.report.interlinear import Bar, interlinear


class _Line(HTMLParser):
    """Reads a line: its text without the bars, and the labels of the bars above and below."""

    def __init__(self, shown: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""
        self.labels: dict[str, list[str]] = {"g": [], "p": []}
        self.feed(shown)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(dict(attrs).get("class") or tag)

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        side = next((name for name in self.open if name in self.labels), "")
        if not side:
            self.text += data
        elif "sr" not in self.open and not data.startswith("…"):
            self.labels[side].append(data)


def bars(length: int) -> st.SearchStrategy[list[Bar]]:
    places = st.tuples(st.integers(0, length), st.integers(0, length)).map(sorted)
    return st.lists(
        st.builds(lambda place, label: Bar(*place, label, "gold"), places, st.sampled_from("PQR")), max_size=6
    )


@given(st.data())
def test_the_text_stands_there_once_and_every_label_where_its_span_is(data: st.DataObject) -> None:
    words = st.sampled_from(["a", "<b> ", "word ", "\u0642\u0627\u0644 ", "e\u0301", "東京", "x" * 40, " "])
    text = "".join(data.draw(st.lists(words, min_size=1, max_size=12)))
    above, first, second = (data.draw(bars(len(text))) for _ in range(3))
    line = _Line(interlinear(text, above, first, second))
    assert line.text == text
    for side, layers in (("g", [above]), ("p", [first, second])):
        expected = sorted(bar.label for layer in layers for bar in layer if bar.start < bar.end)
        assert sorted(line.labels[side]) == expected


def test_long_spans_and_labels_are_cut_so_that_lines_can_break() -> None:
    text = "word " * 30
    line = _Line(interlinear(text, [Bar(0, 149, "L" * 200, "gold")], []))
    assert line.text == text and line.labels["g"] == ["L" * 30 + "…"]
    shown = interlinear("x" * 10_000, [Bar(0, 10_000, "ORG", "gold")], [])
    assert len(shown) < 10_000 and shown.count("…ORG") > 3


def test_each_script_keeps_its_direction() -> None:
    arabic = "\u0642\u0627\u0644"
    assert interlinear(f"{arabic} Ann", [], []).startswith('<p class="il" dir=rtl>')
    mixed = interlinear(
        f"{arabic} Ministry of Works {arabic}", [Bar(4, 21, "ORG", "gold")], [Bar(16, 21, "ORG", "predicted")]
    )
    assert mixed.count('<bdi dir="ltr">') == 1


def test_without_a_text_spans_are_blocks() -> None:
    line = _Line(interlinear("", [Bar(4, 9, "ORG", "gold")], [Bar(12, 14, "PER", "predicted")]))
    assert line.text == " … █████ … ██" and line.labels == {"g": ["ORG"], "p": ["PER"]}
