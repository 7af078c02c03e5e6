"""Columns in a file that was named as text are refused, whatever their shape; prose and bracket text are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading import read_as

from nerconv.bracket.column_guard import holds_columns
from nerconv.conversion.report import ConvertOptions
from nerconv.corpus import Corpus
from nerconv.document import Document, Finding, Span
from nerconv.formats import bracket, conll
from nerconv.io.sources import Source, Unreadable
from nerconv.options import ReadOptions, UsageError

HERE = Path(__file__).parents[2]
TEXTS = sorted([*HERE.glob("corpus_samples/**/*.txt"), *HERE.glob("docs/*.md"), *HERE.glob("*.md")])
CORPORA = sorted(
    path
    for folder in ("data", "seeds")
    for path in HERE.parent.glob(f"shared/{folder}/**/*.txt")
    if "submissions" not in path.parts
)

WORDS = [("Ida", "NNP", "PER", "B"), ("Moss", "NNP", "PER", "I"), ("sings", "VBZ", "", "O"), (".", ".", "", "O")]


def rows(form: str, sentences: int = 3) -> str:
    """Return rows of one sentence again and again: ``{w}``, ``{p}``, ``{t}``, ``{l}``, ``{n}`` stand for its parts."""
    sentence = "".join(
        form.format(w=w, p=p, t=f"{b}-{t}" if t else "O", l=t or "O", z=t or "0", n=number) + "\n"
        for number, (w, p, t, b) in enumerate(WORDS, 1)
    )
    return (sentence + "\n") * sentences


SHAPES = {
    "token and tag": rows("{w} {t}"),
    "no-break space": rows("{w}\u00a0x {p} {t}"),
    "tag first": rows("{t}\t0\t{n}\t{p}\t{w}\tx"),
    "scores": rows("{w}\t{t}\t0.98"),
    "gold and prediction": rows("{w} {t} {t}"),
    "commas": rows("{w},{t}"),
    "semicolons": rows("{w};{p};{t}"),
    "quoted commas": rows('"{w}","{t}"'),
    "commas with a header": "token,tag\n" + rows("{w},{t}", 1),
    "quoted tabs": rows('"{w}"\t"{t}"'),
    "comments": ("# id 1\n" + rows("{w} _ _ {t}", 1)) * 3,
    "long comments": "# text = Ida Moss sings .\n# id = 1\n" + rows("{n} {w} {p} {t}", 1),
    "bare labels": rows("{w}\t{l}"),
    "bare labels with 0": rows("{w} {z}"),
    "labels of another set": rows("{w}\tx-{l}").replace("x-O", "O"),
    "0 for O": rows("{w} {t}").replace(" O", " 0"),
    "small letters": rows("{w} {t}").replace("B-", "b-").replace("I-", "i-"),
    "underscores": rows("{w} {t}").replace("B-", "B_").replace("I-", "I_"),
    "CoNLL-U": "# sent_id = 1\n" + rows("{n}\t{w}\t{w}\t{p}\t_\t_\t1\tx\t_\tname={t}", 1),
    "GermEval": ("#\thttp://example.org/wiki/Ida [2009-10-17]\n" + rows("{n}\t{w}\t{t}\tO", 1)) * 2,
    "document lines": "-DOCSTART- -X- O O\n\n" + rows("{w} {p} I-NP {t}"),
    "no entity": rows("{w} O"),
    "carriage returns": rows("{w} {t}").replace("\n", "\r\n"),
    "one ragged row": rows("{w} {t}", 2) + "oops\n",
    "tokens with spaces": rows("{w} {w}\t{t}"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_columns_are_refused_as_text(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(SHAPES[name].encode())
    with pytest.raises(Unreadable, match=r"a\.txt: looks like columns of token and tag"):
        list(read_as(bracket, Source("a.txt", "a", path), ReadOptions()))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Rain fell .\n",
        "[PER Ida Moss  ] sang . \n" * 4,
        "[PER Ida] sang\n[LOC Lima] froze\n",
        "Name Goals\nIda 0\nMoss 3\nBo 0\nLund 1\n",
        "vitamin B-12\nvitamin B-6\nvitamin D\n",
        "- one\n- two\n- three\n- four\n- five\n",
        "Ida,Lima,0\nBo,Oslo,0\n",
        "Ida;PER\nBo;ORG\n",
        "PLEASE NOTE\nTHE DATE\nTHE TIME\nTHE LAW\n",
        "e-mail me\ni-Phone app\nb-side song\n",
        "type O\ntype A\ntype B\n",
    ],
)
def test_prose_lists_and_tables_are_text(text: str) -> None:
    assert holds_columns(text) is None


def test_there_are_texts() -> None:
    assert len(TEXTS) > 50


@pytest.mark.parametrize("path", [*TEXTS, *CORPORA], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_part_of_a_text_looks_like_columns(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "replace")
    size = 1 << 12
    assert [at for at in range(0, len(text), size) if holds_columns(text[at : at + size]) is not None] == []


@pytest.mark.parametrize("name", ["commas", "semicolons", "quoted commas", "commas with a header"])
def test_columns_between_other_delimiters_are_named(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.conll"
    path.write_text(SHAPES[name])
    with pytest.raises(Unreadable, match=r"a\.conll: has '[,;]' between columns; write it with tabs between them"):
        list(read_as(conll, Source("a.conll", "a", path), ReadOptions()))


@pytest.mark.parametrize("name", [name for name in SHAPES if "commas" not in name and "semicolons" not in name])
def test_columns_are_read_or_refused_where_they_are_named_so(name: str, tmp_path: Path) -> None:
    """Never read without its spans: of each shape there is a span, a finding that counts them, or a refusal."""
    path = tmp_path / "a.conll"
    path.write_bytes(SHAPES[name].encode())
    items = list(read_as(conll, Source("a.conll", "a", path), ReadOptions()))
    spans = sum(len(getattr(item, "spans", ())) for item in items)
    lost = sum(sum(item.unread.values()) for item in items if isinstance(item, Finding))
    expected = {"no entity": 0, "long comments": 1, "CoNLL-U": 1, "tokens with spaces": 3}
    assert spans + lost == expected.get(name, SHAPES[name].count("Moss"))


@pytest.mark.parametrize("format", ["bracket", "text_column"])
@pytest.mark.parametrize("text", ["-Oslo|B-LOC\x1cfell Rome", "Ann B-PER\nleft O\nRome B-LOC"])
def test_text_that_would_be_read_as_columns_is_not_written_as_text_with_brackets(
    format: str, text: str, tmp_path: Path
) -> None:
    corpus = Corpus.of([Document("d", text, (Span(text.index("Rome"), text.index("Rome") + 4, "LOC"),))])
    with pytest.raises(UsageError, match="reads back differently: looks like columns"):
        corpus.write(tmp_path / "o", ConvertOptions(to=format))
    assert not list(tmp_path.iterdir())
