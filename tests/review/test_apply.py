"""Decisions applied to the annotator's files: what is written, what is refused, and that it is taken back exactly."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nerconv import formats, schemes
from nerconv.document import Document, Span, Where
from nerconv.io.sources import Source, Unreadable
from nerconv.linting.edits import bracket
from nerconv.linting.engine import lint
from nerconv.linting.rule import SpanChange, TextChange
from nerconv.options import ReadOptions, Selection
from nerconv.review import written
from nerconv.review.apply import Plan, plan
from nerconv.review.decisions import Log, NotDecidable
from nerconv.review.question import Change, Place, digest, line_digest
from nerconv.review.queue import queue_of
from nerconv.review.records import Asked, Decision
from nerconv.tokens import edges

READ = ReadOptions()
ASKED = Asked("q1", "lint", "C201", "XXXX", "ORG", "drop the span")


def sources(folder: Path) -> list[Source]:
    found = [Source(str(p), p.stem, p) for p in sorted(folder.iterdir()) if p.suffix in (".txt", ".conll", ".jsonl")]
    return [source for source in found if not source.name.endswith(".review.jsonl")]


def documents(path: Path, read: ReadOptions = READ) -> dict[str, Document]:
    found = formats.documents(Source(str(path), path.stem, path), read)
    return {item.id: item for item in found if isinstance(item, Document)}


def place_of(path: Path, document: Document, changes: Sequence[Change], rule: str = "C201") -> Place:
    """Return a place at what changes first in a document of the file at ``path``, with the digest of its line."""
    first = changes[0]
    at = first if isinstance(first, TextChange) else (first.old or first.new)
    assert at is not None
    where = (at.where if isinstance(at, Span) else None) or document.locate(at.start)
    assert where is not None
    lines = path.read_bytes().decode("utf-8-sig").split("\n")
    line = line_digest(lines[where.line - 1].removesuffix("\r")) if where.path == str(path) else ""
    surface = document.text[at.start : at.end]
    return Place(rule, where, document.id, at.start, at.end, surface, changes=tuple(changes), digest=line)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "x.review.jsonl", "maja")


def decided(log: Log, folder: Path, action: str = "accept", rule: str = "C201", comment: str = "") -> None:
    """Answer all questions about a rule in the files of a folder."""
    for question in queue_of(sources(folder), READ, Selection(), lambda _: None).questions:
        if question.rule == rule:
            log.decide(action, Asked.of(question), question.places, comment)


def whys(found: Plan) -> list[str]:
    return [refusal.why for refusal in found.refused]


BEFORE = {
    "a.txt": b"an [ORG XXXXXXXXXXXX  ] man \r\nof [LOC Rome  ] and [ORG XXXXXXXXXXXX  ] \r\n",
    "b.conll": b"an\tO\r\nXXXXXXXXXXXX\tB-ORG\r\nman\tO\r\n\r\nRome\tB-LOC",
    "c.jsonl": b'{"id": 7, "text": "an XXXXXXXXXXXX", "spans": [{"start": 3, "end": 15, "label": "ORG", "by": 1}]}\n\n',
}
AFTER = {
    "a.txt": b"an XXXXXXXXXXXX man \r\nof [LOC Rome  ] and XXXXXXXXXXXX \r\n",
    "b.conll": b"an\tO\r\nXXXXXXXXXXXX\tO\r\nman\tO\r\n\r\nRome\tB-LOC",
    "c.jsonl": b'{"id": 7, "text": "an XXXXXXXXXXXX", "spans": []}\n\n',
}


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, raw in files.items():
        (folder / name).write_bytes(raw)


def held(folder: Path, names: Sequence[str] = tuple(BEFORE)) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names}


def test_accepted_fixes_are_written_into_all_three_formats_and_taken_back(tmp_path: Path, log: Log) -> None:
    put(tmp_path, BEFORE)
    decided(log, tmp_path)
    found = plan(log.state, sources(tmp_path), READ)
    assert (found.changed, found.ignored, whys(found)) == (4, 0, [])
    assert held(tmp_path) == BEFORE
    assert "-XXXXXXXXXXXX\tB-ORG\r\n+XXXXXXXXXXXX\tO\r\n" in found.diff()
    assert written.write(found, log).number == 1
    assert held(tmp_path) == AFTER
    again = plan(log.state, sources(tmp_path), READ)
    assert (again.changed, again.written, whys(again)) == (0, [], [])
    written.undo(log, sources(tmp_path))
    assert held(tmp_path) == BEFORE
    assert plan(log.state, sources(tmp_path), READ).changed == 4


def test_what_was_written_is_taken_back_by_another_run(tmp_path: Path) -> None:
    put(tmp_path, BEFORE)
    path = tmp_path / "x.review.jsonl"
    with Log(path, "maja") as log:
        decided(log, tmp_path)
        written.write(plan(log.state, sources(tmp_path), READ), log)
    with Log(path, "jo") as log:
        written.undo(log, sources(tmp_path), 1)
        with pytest.raises(NotDecidable, match="nothing was applied"):
            written.undo(log, sources(tmp_path))
    assert held(tmp_path) == BEFORE


def test_a_changed_line_is_refused_and_the_others_are_written(tmp_path: Path, log: Log) -> None:
    put(tmp_path, BEFORE)
    decided(log, tmp_path)
    raw = BEFORE["a.txt"].replace(b"an [ORG", b"an old [ORG")
    put(tmp_path, {"a.txt": raw})
    found = plan(log.state, sources(tmp_path), READ)
    (refusal,) = found.refused
    assert refusal.where == Where(str(tmp_path / "a.txt"), 1, 4)
    assert refusal.why == "the line was changed after the decision"
    written.write(found, log)
    # The other line is where it was, and its text has moved.
    assert (tmp_path / "a.txt").read_bytes() == raw.replace(b"and [ORG XXXXXXXXXXXX  ]", b"and XXXXXXXXXXXX")


def test_a_record_that_names_the_file_it_was_read_from_is_found(tmp_path: Path, log: Log) -> None:
    put(tmp_path, {"a.txt": BEFORE["a.txt"]})
    from nerconv import convert

    convert(str(tmp_path / "a.txt"), str(tmp_path / "c.jsonl"))
    before = (tmp_path / "c.jsonl").read_bytes()
    files = [source for source in sources(tmp_path) if source.suffix == ".jsonl"]
    for question in queue_of(files, READ, Selection(), lambda _: None).questions:
        if question.rule == "C201":
            log.decide("accept", Asked.of(question), question.places)
    found = plan(log.state, files, READ)
    assert (found.changed, whys(found)) == (2, [])
    written.write(found, log)
    assert [span.label for span in documents(tmp_path / "c.jsonl")["a"].spans] == ["LOC"]
    written.undo(log, files)
    assert (tmp_path / "c.jsonl").read_bytes() == before
    assert (tmp_path / "a.txt").read_bytes() == BEFORE["a.txt"]


def test_a_rejected_finding_is_a_line_of_the_ignore_file(tmp_path: Path, log: Log) -> None:
    put(tmp_path, BEFORE)
    (tmp_path / "b.conll.ignore").write_bytes(b"5 C301  # Rome")
    decided(log, tmp_path, "reject", comment="masked\nby law")
    found = plan(log.state, sources(tmp_path), READ)
    assert (found.changed, found.ignored, whys(found)) == (0, 4, [])
    written.write(found, log)
    assert held(tmp_path) == BEFORE
    assert (tmp_path / "a.txt.ignore").read_text() == "1 C201  # masked by law\n2 C201  # masked by law\n"
    assert (tmp_path / "b.conll.ignore").read_text() == "5 C301  # Rome\n2 C201  # masked by law\n"
    problems = lint(sources(tmp_path), READ, Selection(), lambda _: None).problems
    assert not [problem for problem in problems if problem.code == "C201"]
    assert plan(log.state, sources(tmp_path), READ).settled == []
    written.undo(log, sources(tmp_path))
    assert not (tmp_path / "a.txt.ignore").exists()
    assert (tmp_path / "b.conll.ignore").read_bytes() == b"5 C301  # Rome"


@pytest.mark.parametrize("known", ["* C2\n", "1\n2 C201 B1 # x\n", "*  redaction-placeholder\n"])
def test_what_is_ignored_already_is_not_ignored_twice(known: str, tmp_path: Path, log: Log) -> None:
    put(tmp_path, {"a.txt": BEFORE["a.txt"]})
    decided(log, tmp_path, "reject")
    (tmp_path / "a.txt.ignore").write_text(known)
    found = plan(log.state, sources(tmp_path), READ)
    assert (found.written, found.ignored) == ([], 2)


def test_of_two_decisions_about_one_span_the_later_is_refused(tmp_path: Path, log: Log) -> None:
    put(tmp_path, {"a.txt": b"[PER Ann  ] met [LOC Oz  ] \n"})
    path = tmp_path / "a.txt"
    (document,) = documents(path).values()
    ann = document.spans[0]
    drop, label = SpanChange(ann, None), SpanChange(ann, Span(0, 3, "ORG"))
    for rule, change in (("A1", label), ("A2", drop), ("A3", label)):
        log.decide("accept", ASKED, [place_of(path, document, [change], rule)])
    found = plan(log.state, sources(tmp_path), READ)
    assert whys(found) == ["decision 1 changes the same text; apply it first, or undo it"]
    written.write(found, log)
    assert path.read_bytes() == b"[ORG Ann  ] met [LOC Oz  ] \n"
    assert len(found.settled) == 2


def test_crossing_decisions_and_unknown_labels_are_refused(tmp_path: Path, log: Log) -> None:
    put(tmp_path, {"a.txt": b"[PER Ann] met in Oz today and [LOC Bo] \n"})
    path = tmp_path / "a.txt"
    (document,) = documents(path).values()
    for at, end, label in ((4, 10, "LOC"), (8, 13, "ORG"), (14, 19, "FOO")):
        log.decide("add", ASKED, [place_of(path, document, [SpanChange(None, Span(at, end, label))], f"A{at}")])
    found = plan(log.state, sources(tmp_path), READ)
    assert whys(found) == [
        'its brackets would cross those of LOC "met in"',
        "the brackets of FOO 'today' would be text; is the label known (--labels)?",
    ]
    written.write(found, log)
    assert path.read_bytes() == b"[PER Ann] [LOC met in] Oz today and [LOC Bo] \n"


def test_a_file_that_changes_before_it_is_written_stops_all_of_them(tmp_path: Path, log: Log) -> None:
    put(tmp_path, BEFORE)
    decided(log, tmp_path)
    found = plan(log.state, sources(tmp_path), READ)
    put(tmp_path, {"b.conll": b"x O\n"})
    with pytest.raises(Unreadable, match=r"b\.conll: was changed"):
        written.write(found, log)
    assert held(tmp_path) == BEFORE | {"b.conll": b"x O\n"}
    assert not log.state.applications
    (tmp_path / "b.conll").write_bytes(BEFORE["b.conll"])
    (tmp_path / "c.jsonl").chmod(0o444)
    with pytest.raises(Unreadable, match=r"c\.jsonl: is read-only"):
        written.write(found, log)
    assert held(tmp_path) == BEFORE


def test_a_failure_while_files_are_moved_puts_all_of_them_back(
    tmp_path: Path, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nerconv.io import inplace

    put(tmp_path, BEFORE)
    decided(log, tmp_path)
    found = plan(log.state, sources(tmp_path), READ)
    put_one, calls = inplace._Rewrite._put, list[Path]()

    def failing(self: inplace._Rewrite, new: Path, content: bytes) -> None:
        calls.append(self.path)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        put_one(self, new, content)

    monkeypatch.setattr(inplace._Rewrite, "_put", failing)
    with pytest.raises(Unreadable, match="No space left"):
        written.write(found, log)
    assert held(tmp_path) == BEFORE
    assert not log.state.applications
    assert plan(log.state, sources(tmp_path), READ).changed == 4


def test_a_file_that_was_changed_since_is_not_taken_back(tmp_path: Path, log: Log) -> None:
    put(tmp_path, BEFORE)
    decided(log, tmp_path)
    written.write(plan(log.state, sources(tmp_path), READ), log)
    put(tmp_path, {"b.conll": AFTER["b.conll"] + b"\n"})
    with pytest.raises(NotDecidable, match=r"b\.conll was changed after application 1"):
        written.undo(log, sources(tmp_path))
    assert held(tmp_path) == AFTER | {"b.conll": AFTER["b.conll"] + b"\n"}
    with pytest.raises(NotDecidable, match="there is no application 3 to take back; there are: 1"):
        written.undo(log, sources(tmp_path), 3)


def test_an_earlier_application_is_taken_back_after_the_later_one(tmp_path: Path, log: Log) -> None:
    put(tmp_path, {"a.txt": b"an [ORG XXXXXXXXXXXX  ] man and [PER Velidze:  ] \n"})
    for rule in ("C201", "B102"):
        decided(log, tmp_path, rule=rule)
        written.write(plan(log.state, sources(tmp_path), READ), log)
    with pytest.raises(NotDecidable, match="take back 2 first: nerconv review SRC --undo 2"):
        written.undo(log, sources(tmp_path), 1)
    written.undo(log, sources(tmp_path))
    written.undo(log, sources(tmp_path))
    assert (tmp_path / "a.txt").read_bytes() == b"an [ORG XXXXXXXXXXXX  ] man and [PER Velidze:  ] \n"


def test_a_run_that_was_killed_between_record_and_files_can_be_taken_back(tmp_path: Path, log: Log) -> None:
    put(tmp_path, BEFORE)
    decided(log, tmp_path)
    written.write(plan(log.state, sources(tmp_path), READ), log)
    put(tmp_path, {"a.txt": BEFORE["a.txt"], "c.jsonl": BEFORE["c.jsonl"]})
    written.undo(log, sources(tmp_path))
    assert held(tmp_path) == BEFORE


@pytest.mark.parametrize(
    ("name", "raw", "why"),
    [
        ("a.txt.gz", b"", "is compressed, and a decision changes single bytes; unpack it first"),
        ("a.spacy", b"", "a file of the format docbin is not edited where it stands"),
        ("a.txt", b"an [ORG XXXX  ] \xff\n", "its bytes are not all utf-8"),
    ],
)
def test_sources_that_cannot_be_edited_are_refused_with_advice(
    name: str, raw: bytes, why: str, tmp_path: Path, log: Log
) -> None:
    path = tmp_path / name
    path.write_bytes(raw)
    place = Place("C201", Where(str(path), 1, 4), "a", 3, 7, "XXXX", changes=(SpanChange(Span(3, 7, "ORG"), None),))
    log.decide("accept", ASKED, [place])
    found = plan(log.state, [Source(str(path), "a", path)], READ)
    assert [refusal for refusal in whys(found) if why in refusal]
    assert not found.written


def test_standard_input_and_urls_are_refused_with_advice(log: Log) -> None:
    for source, why in (
        (Source("<stdin>", "stdin"), "save it to a file"),
        (Source("https://x/a.txt", "a", url="https://x/a.txt"), "download it"),
    ):
        place = Place("C201", Where(source.name, 1, 4), source.name, 3, 7, "XXXX", changes=(TextChange(0, 1, ""),))
        log.decide("accept", ASKED, [place])
        assert [refusal for refusal in whys(plan(log.state, [source], READ)) if why in refusal]


def test_no_file_is_written_that_was_not_named(tmp_path: Path, log: Log) -> None:
    put(tmp_path, BEFORE)
    decided(log, tmp_path)
    found = plan(log.state, [s for s in sources(tmp_path) if s.suffix == ".txt"], READ)
    assert [file.path.name for file in found.files] == ["a.txt"]
    assert len(found.refused) == 2
    assert all("is not among the files that were named" in why for why in whys(found))
    outside = tmp_path.parent / "outside.txt"
    outside.write_bytes(b"x")
    record: dict[str, object] = {
        "path": str(outside),
        "encoding": "utf-8",
        "mark": "",
        "before": None,
        "after": digest("x"),
        "edits": [],
    }
    log.append(Decision("", "", 0, "apply", number=9, settled=("p",), files=(record,)))
    with pytest.raises(NotDecidable, match="not among the files that were named"):
        written.undo(log, sources(tmp_path))
    assert outside.read_bytes() == b"x"


ODD = [
    ("a.txt", "\ufeffé [ORG XXXX  ] \r\nof [LOC Rome  ]".encode("utf-16-le"), READ),
    ("a.txt", "\ufeffé [ORG XXXX  ] \r\nof [LOC Rome  ]".encode("utf-16-be"), READ),
    ("a.txt", "é [ORG XXXX  ] \n".encode("cp1252"), ReadOptions(encoding="cp1252")),
    ("a.txt", b"-DOCSTART-\n[LOC Rome  ] c \n-DOCSTART-\nd [ORG XXXX  ] \n", READ),
    ("a.txt", b"<p>a <b>b</b> [ORG XXXX  ] AT&amp;T</p> \n", READ),
    ("a.txt", "a\u2028b\rc [ORG XXXX  ]\t\u00a0x \n".encode(), READ),
    ("a.conll", b"# id = 1\n1\tXXXX\tB-ORG\n2\tx\tO\n\n# id = 2\n1\tRome\tB-LOC\n", ReadOptions(token_column="2")),
    ("a.conll", b"Ann I-PER\nx O\nXXXX I-ORG\n\na B-PER\nb O\n", ReadOptions(scheme="IOB2", invalid="lenient")),
    ("a.conll", b"XXXX ORG\nx 0\n\nRome LOC\n", READ),
    ("a.jsonl", b'\xef\xbb\xbf{"text": "XXXX", "spans": [{"start": "0", "end": 4, "label": "ORG"}]}\r\n\r\nno', READ),
]


@pytest.mark.parametrize(("name", "raw", "read"), ODD)
def test_encodings_documents_markup_and_odd_rows_stay(
    name: str, raw: bytes, read: ReadOptions, tmp_path: Path, log: Log
) -> None:
    path = tmp_path / name
    path.write_bytes(raw)
    found = documents(path, read)
    ((document, span),) = ((d, s) for d in found.values() for s in d.spans if d.covered(s) == "XXXX")
    place = Place("C201", span.where, document.id, span.start, span.end, "XXXX", changes=(SpanChange(span, None),))
    log.decide("drop", ASKED, [place])
    proposed = plan(log.state, [Source(str(path), "a", path)], read)
    assert whys(proposed) == []
    written.write(proposed, log)
    after = documents(path, read)
    assert [d.text for d in after.values()] == [d.text for d in found.values()]
    before = [(s.start, s.end, s.label) for d in found.values() for s in d.spans if s != span]
    assert [(s.start, s.end, s.label) for d in after.values() for s in d.spans] == before
    written.undo(log, [Source(str(path), "a", path)])
    assert path.read_bytes() == raw


def test_a_file_is_edited_and_read_back_once_for_all_its_decisions(
    tmp_path: Path, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, {"a.txt": b"an [ORG XXXXXXXXXXXX  ] man \n" * 300})
    decided(log, tmp_path)
    calls = []
    edited = bracket._Brackets.edited

    def counted(self: bracket._Brackets, changes: Sequence[Change]) -> object:
        calls.append(len(changes))
        return edited(self, changes)

    monkeypatch.setattr(bracket._Brackets, "edited", counted)
    assert plan(log.state, sources(tmp_path), READ).changed == 300
    assert calls == [300]


_TOKENS = st.sampled_from(["Ann", "met", "Oz", ",", "é", "\U0001f600", "x:"])
_LABELS = st.sampled_from(["PER", "LOC"])


@st.composite
def contents(draw: st.DrawFn, suffix: str) -> bytes:
    """Return a file with spans of single tokens."""
    lines, end = [], draw(st.sampled_from(["\n", "\r\n"]))
    scheme = schemes.get(draw(st.sampled_from([*schemes.SCHEMES])))
    for number in range(draw(st.integers(1, 3))):
        tokens = ["Bo", *draw(st.lists(_TOKENS, max_size=5))]
        spans = [(at, at + 1, draw(_LABELS)) for at in range(0, len(tokens), 2)]
        if suffix == ".txt":
            labels = {at: label for at, _, label in spans}
            pieces = [f"[{labels[at]} {token}  ]" if at in labels else token for at, token in enumerate(tokens)]
            lines.append(" ".join(pieces) + " ")
        elif suffix == ".conll":
            tags = schemes.encode(scheme, spans, len(tokens))
            lines += [f"{token} {tag}" for token, tag in zip(tokens, tags, strict=True)] + [""]
        else:
            begins = [sum(map(len, tokens[:at])) + at for at in range(len(tokens))]
            own = [{"start": begins[at], "end": begins[at] + len(tokens[at]), "label": label} for at, _, label in spans]
            lines.append(json.dumps({"id": str(number), "text": " ".join(tokens), "spans": own}, ensure_ascii=False))
    mark = b"\xef\xbb\xbf" if suffix == ".txt" and draw(st.booleans()) else b""
    return mark + end.join([*lines, ""]).encode()


@pytest.mark.parametrize("suffix", [".txt", ".conll", ".jsonl"])
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_what_is_applied_reads_back_and_is_taken_back_to_the_byte(
    suffix: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("apply")
    path = folder / f"a{suffix}"
    path.write_bytes(before := data.draw(contents(suffix)))
    found = documents(path)
    with Log(folder / "x.review.jsonl", "maja") as log:
        wanted: dict[str, set[tuple[int, int, str]]] = {}
        for document in found.values():
            starts, ends = edges(document)
            wanted[document.id] = spans = {(s.start, s.end, s.label) for s in document.spans}
            for at in data.draw(st.sets(st.integers(0, len(starts) - 1))):
                old = next((span for span in document.spans if span.start == starts[at]), None)
                label = data.draw(_LABELS)
                new = None if old and data.draw(st.booleans()) else Span(starts[at], ends[at], label)
                if old and new and old.label == label:
                    continue
                spans -= {(old.start, old.end, old.label)} if old else set()
                spans |= {(new.start, new.end, new.label)} if new else set()
                log.decide("label", ASKED, [place_of(path, document, [SpanChange(old, new)], f"A{at}")])
        proposed = plan(log.state, sources(folder), READ)
        for refusal in proposed.refused:
            (change,) = refusal.place.changes
            assert isinstance(change, SpanChange)
            spans = wanted[refusal.place.document]
            spans -= {(change.new.start, change.new.end, change.new.label)} if change.new else set()
            spans |= {(change.old.start, change.old.end, change.old.label)} if change.old else set()
        if proposed.settled:
            written.write(proposed, log)
            after = {d.id: {(s.start, s.end, s.label) for s in d.spans} for d in documents(path).values()}
            assert after == wanted
            written.undo(log, sources(folder))
        assert path.read_bytes() == before


@given(
    places=st.lists(
        st.builds(
            Place,
            st.sampled_from(["C201", "../x", "\n"]),
            st.none() | st.builds(Where, st.sampled_from(["a.txt", "b.conll", "/etc/passwd", ""]), st.integers(0, 9),
                                  st.integers(0, 99)),
            st.sampled_from(["a", "b", "7", ""]),
            st.integers(-3, 99), st.integers(-3, 99), st.sampled_from(["", "an", "XXXXXXXXXXXX"]), st.none(),
            st.lists(
                st.builds(TextChange, st.integers(-3, 99), st.integers(-3, 99), st.text(max_size=3))
                | st.builds(SpanChange, st.none() | st.just(Span(3, 15, "ORG")),
                            st.none() | st.builds(Span, st.integers(0, 3), st.integers(4, 99), st.text(min_size=1))),
                max_size=2,
            ).map(tuple),
        ),
        max_size=4,
    ),
    action=st.sampled_from(["accept", "reject", "label", "take"]),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_a_hostile_log_crashes_nothing_and_names_no_other_file(
    places: list[Place], action: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    put(folder, BEFORE)
    there = sources(folder)
    names = {Path(source.name).name: source.name for source in there}
    with Log(folder / "x.review.jsonl", "maja") as log:
        named = [replace(p, where=p.where and p.where._replace(path=names.get(p.where.path, p.where.path)))
                 for p in places]  # fmt: skip
        log.decide(action, ASKED, named)
        found = plan(log.state, there, READ)
        assert {file.path.parent for file in found.written} <= {folder}
        if found.settled:
            written.write(found, log)
            written.undo(log, there)
    assert held(folder) == BEFORE


@pytest.mark.parametrize(
    "broken",
    [{"edits": None}, {"edits": [[-5, "", "x"]]}, {"edits": [["a", 1, []]]}, {"encoding": "rot13"}, {"mark": "zz"},
     {"path": 3}, {"after": None}, {"before": None}],
)  # fmt: skip
def test_a_record_that_is_not_sound_takes_nothing_back(broken: dict[str, object], tmp_path: Path, log: Log) -> None:
    put(tmp_path, BEFORE)
    decided(log, tmp_path)
    done = written.write(plan(log.state, sources(tmp_path), READ), log)
    files = tuple(dict(file) | broken for file in done.files)
    log.append(replace(done, number=2, files=files))
    with pytest.raises(NotDecidable):
        written.undo(log, sources(tmp_path), 2)
    assert held(tmp_path) == AFTER
