"""Every option of a conversion beside every format: it changes what comes of some input, or it is refused.

For each option of the table ``nerconv.cli.table`` there is a witness in ``witnesses``, and here are the inputs that
show what it does.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from foreign_files import FOREIGN
from witnesses import WITNESSES

from nerconv import formats
from nerconv.cli import main
from nerconv.cli.table import options_of
from nerconv.document import Document, Span
from nerconv.io.sources import Source
from nerconv.options import ReadOptions

pytest.importorskip("datasets", reason="the package datasets is not installed")

RICH = (
    "[PER Ann Lee  ] 's met [ORG [LOC Rome  ] Office  ] , [PER XXXXXXXX  ] said ( ok ) ! \n"
    "\nsuper[LOC Rome  ]s , & [PER Bob  ] left . \n\n[LOC Oslo  ] . \n-DOCSTART-\n[PER Eve  ] saw [PER Al  ] . \n"
)
#: Bracket text by name, from which every format gets files; those that show what reading options do, as they are.
BRACKETS = {
    "rich": RICH,
    "compact": "[PER Ann] left [DRUG Aspirin] , [PERSON Bo] said . \n",
    "markup": "<code>[PER Ann  ]</code> &amp; co . \n",
    "strange": "[PER Ann  ] left <LOC>Rome</LOC> . \n",
}
CONLL = {
    "touching": "Ann B-PER\nBo I-PER\nCy B-PER\n\nx O\n\n",
    "invalid": "Ann B-PER\nBo I-LOC\nx O\n\n",
    "noted": "% nothing\n\nAnn B-PER\nleft O\n\n",
    "odd": "Ann I-PER\nBo I-LOC\nx O\n\n",
}


SUFFIX = {name: f"{name}{suffixes[0]}" for name, suffixes in formats.FORMATS.items()} | {
    "bracket": "txt",
    "spans_jsonl": "jsonl",
    "conll": "conll",
    "docbin": "spacy",
    "dataset": "parquet",
    "tags_jsonl": "json",
}


Outcome = Callable[[str], tuple[int, str, dict[str, bytes]]]


def nerconv(words: str, stdout: Callable[[], str]) -> tuple[int, str]:
    sys.argv = ["nerconv", *words.split()]
    with pytest.raises(SystemExit) as end:
        main()
    sys.stdout.flush()
    return int(end.value.code or 0), stdout()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files of every format."""
    import msgspec
    from datasets import ClassLabel, Dataset, Features, Sequence, Value

    folder = tmp_path_factory.mktemp("corpus")
    (folder / "labels.json").write_text('["O", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-PER", "I-PER", "B-X", "I-X"]')
    for name, text in BRACKETS.items():
        (folder / f"{name}.txt").write_text(text)
        for format, suffix in SUFFIX.items():
            if format != "bracket":
                sys.argv = ["nerconv", "convert", f"{folder}/{name}.txt", "-o", f"{folder}/{name}.{suffix}"]
                sys.argv += ["--to", format]
                with pytest.raises(SystemExit):
                    main()
    (folder / "bytes.txt").write_bytes(b"[PER Ren\xe9  ] left . \n")
    (folder / "bytes.conll").write_bytes(b"Ren\xe9 B-PER\nleft O\n\n")
    (folder / "bytes.jsonl").write_bytes(
        b'{"text": "Ren\xe9 left", "spans": [{"start": 0, "end": 4, "label": "PER"}]}\n'
    )
    (folder / "bytes.json").write_bytes(b'{"tokens": ["Ren\xe9"], "ner_tags": ["B-PER"]}\n')
    (folder / "bytes.brat.txt").write_bytes(b"Ren\xe9 left .\n")
    (folder / "bytes.brat.ann").write_text("T1\tPER 0 4\tRen\u00e9\n", encoding="utf-8")
    (folder / "pieces.brat.txt").write_text("Ann met Bob Lee .\n")
    pieces = '<location offset="8" length="3"/></annotation>'
    whole = FOREIGN["bioc"]([Document("a", "Ann met Bob Lee .", (Span(0, 3, "PER"),))])
    (folder / f"pieces.{SUFFIX['bioc']}").write_text(
        whole.replace("</annotation>", pieces).replace("<text>Ann</text>", "<text>Ann Bob</text>")
    )
    (folder / "pieces.brat.ann").write_text("T1\tPER 0 3\tAnn\nT2\tPER 0 3;8 11\tAnn Bob\n")
    (folder / "numbers.json").write_text('{"tokens": ["Ann", "left"], "ner_tags": [5, 0]}\n')
    numbers = Dataset.from_dict({"tokens": [["Ann", "left"]], "ner_tags": [[5, 0]]})
    numbers.to_parquet(folder / "numbers.parquet")
    marked = "<p>[PER Ann] left &amp; [DRUG aspirin] . [PER x  ] [LOC=Oslo]"
    (folder / "marked.text_column.jsonl").write_text(
        json.dumps({"id": "a", "annotated": marked}, separators=(",", ":"))
    )
    (folder / "bytes.text_column.jsonl").write_bytes(b'{"id":"a","annotated":"[PER Ren\xe9  ] left . "}\n')
    for format, made in FOREIGN.items():
        for name in BRACKETS:
            read = formats.documents(Source(name, name, folder / f"{name}.txt"), ReadOptions(format="bracket"))
            text = made([one for one in read if isinstance(one, Document)])
            (folder / f"{name}.{SUFFIX[format]}").write_text(text)
        (folder / f"bytes.{SUFFIX[format]}").write_bytes(text.replace("left", "l\xe9ft").encode("latin-1"))
    (folder / "bytes.conllu.conllu").write_bytes(b"1\tRen\xe9" + b"\t_" * 8 + b"\n")
    for name, text in CONLL.items():
        (folder / f"{name}.conll").write_text(text)
        text = text.replace("% nothing", "")
        words = text.split()
        tokens, tags = words[::2], words[1::2]
        pairs = zip(tokens, tags, strict=True)
        rows = (f"{at}\t{token}{chr(9)}_" + "\t_" * 6 + f"\tNER={tag}\n" for at, (token, tag) in enumerate(pairs, 1))
        (folder / f"{name}.conllu.conllu").write_text("".join(rows) + "\n")
        lines = (" ".join(row.replace(" ", "|") for row in rows.split("\n")) for rows in text.strip().split("\n\n"))
        (folder / f"{name}.iob.iob").write_text("\n".join(lines))
        (folder / f"{name}.json").write_bytes(msgspec.json.encode({"tokens": tokens, "ner_tags": tags}) + b"\n")
        known = ClassLabel(names=sorted(set(tags)))
        features = Features({"tokens": Sequence(Value("string")), "ner_tags": Sequence(known)})
        data = Dataset.from_dict({"tokens": [tokens], "ner_tags": [list(map(known.str2int, tags))]}, features)
        data.to_parquet(folder / f"{name}.parquet")
    return folder


@pytest.fixture(scope="module")
def without() -> dict[str, tuple[int, str, dict[str, bytes]]]:
    """What came of commands without the options in question, each run once for all of these."""
    return {}


@pytest.fixture
def outcome(corpus: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Outcome:
    """Return what runs a command beside the inputs: its exit status, all that it printed, and what it wrote."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "argv", [])
    capfd.readouterr()

    def run(words: str) -> tuple[int, str, dict[str, bytes]]:
        place = corpus.parent / "here"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(corpus, place, copy_function=os.link)
        monkeypatch.chdir(place)
        code, said = nerconv(words, lambda: "".join(capfd.readouterr()))
        found = (path.relative_to(place) for path in sorted(place.rglob("*")) if path.is_file())
        return code, said, {str(path): (place / path).read_bytes() for path in found if not (corpus / path).exists()}

    return run


def inputs(corpus: Path, format: str) -> Iterator[str]:
    for path in sorted(corpus.iterdir()):
        if path.name.partition(".")[2] == SUFFIX[format] and path.name != "labels.json":
            yield path.name


#: What is read and what is written: brackets as every format, every format as JSON lines.
PAIRS = [("bracket", target) for target in formats.WRITTEN] + [
    (source, "spans_jsonl") for source in formats.FORMATS if source != "bracket"
]


@pytest.mark.parametrize("option", sorted(WITNESSES))
def test_an_option_changes_what_comes_of_it_or_is_refused(
    option: str, corpus: Path, outcome: Outcome, without: dict[str, tuple[int, str, dict[str, bytes]]]
) -> None:
    def plain(words: str) -> tuple[int, str, dict[str, bytes]]:
        if words not in without:
            without[words] = outcome(words)
        return without[words]

    assert not [pair for pair in PAIRS if not is_used_or_refused(option, *pair, corpus, outcome, plain)]


def is_used_or_refused(option: str, source: str, target: str, corpus: Path, outcome: Outcome, plain: Outcome) -> bool:
    witness, row = WITNESSES[option], options_of("convert")[option].use
    output = "out" if "--split" in f"{witness.beside} {witness.words}" else f"out.{SUFFIX[target]}"
    for name in inputs(corpus, source):
        base = f"convert {name} -o {output} --to {target} {witness.beside}"
        other = "conll" if source == "bracket" else "bracket"
        code, said, written = outcome(f"{base} {witness.words.format(other=other)}")
        assert code != 70, said
        if code == 2 and "does nothing" in said:
            assert not written
            beside = witness.beside and witness.beside in said
            return (
                bool(beside)
                or (row.writes is not None and target not in row.writes)
                or (row.reads is not None and source not in row.reads)
            )
        if code == 2 and witness.beside and f"leave {witness.beside.split()[0]} out" in said:
            # Brat is a folder, and takes no --split to say anything beside.
            assert not written
            return True
        if witness.unseen or (code, said, written) != plain(base):
            return True
    return False


READERS = {
    "inspect": "inspect {0}",
    "stats": "stats {0}",
    "lint": "lint {0}",
    "evaluate": "evaluate {0} --predictions {0}",
}
#: How options that only evaluate has are asked for.
SCORING = {
    "--gold-invalid": "--gold-invalid discard",
    "--predictions-dialect": "--predictions-dialect compact",
    "--predictions-scheme": "--predictions-scheme IOB2",
}


@pytest.mark.parametrize("command", READERS)
def test_a_command_refuses_what_says_how_other_formats_are_read(command: str, corpus: Path, outcome: Outcome) -> None:
    wrong = []
    for option, row in ((name, each.use) for name, each in options_of(command).items()):
        for source in formats.FORMATS if row.reads else ():
            witness = SCORING.get(option) or WITNESSES[option].words
            code, said, _ = outcome(f"{READERS[command].format(f'compact.{SUFFIX[source]}')} {witness}")
            refused = code == 2 and f"where {source} is read" in said
            if refused == (row.reads is not None and source in row.reads):
                wrong.append((option, source, code, said))
    assert not wrong
