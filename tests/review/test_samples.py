"""Whole reviews of real and sample text: as many decisions as there are questions, and nothing is left to find."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nerconv import formats
from nerconv.linting.engine import lint
from nerconv.options import ReadOptions, Selection
from nerconv.review.applying import InFiles
from nerconv.review.decisions import Log
from nerconv.review.queue import queue_of
from nerconv.review.session import Session

ROOT = Path(__file__).parents[2]
SEEDS = sorted((ROOT.parent / "shared").glob("seeds/*.txt"))
READ = ReadOptions()


@contextmanager
def review(path: Path, rules: Selection) -> Iterator[Session]:
    sources = formats.sources([str(path)], READ)
    with Log(path.with_name("log"), "maja") as log:
        yield Session(lambda: queue_of(sources, READ, rules, lambda _: None), log, InFiles(sources, READ), "a")


def accept_all(session: Session) -> int:
    """Accept question after question, or drop the span where nothing is proposed; return how many keys that took."""
    keys, next_ = 0, session.queue({})["rows"][0]["id"]
    while next_:
        action = "accept" if session.asked.by_id[next_].answer else "drop"
        next_ = session.decide({"question": next_, "action": action})["next"]
        keys += 1
    return keys


@pytest.mark.skipif(not SEEDS, reason="the seed document is not beside the project")
def test_the_findings_of_a_real_cable_are_settled_by_11_keys_and_lint_finds_nothing_then(tmp_path: Path) -> None:
    path = tmp_path / "seed.txt"
    path.write_bytes(SEEDS[0].read_bytes())
    with review(path, Selection()) as session:
        assert session.state()["counts"]["places"] == 50
        assert accept_all(session) == 11
        done = session.apply()
        assert (done["changed"], done["refused"]) == (50, [])
        assert not lint(formats.sources([str(path)], READ), READ, Selection(), lambda _: None).problems
        session.unapply()
    assert path.read_bytes() == SEEDS[0].read_bytes()


def test_the_findings_of_the_sample_cables_are_settled_by_53_keys(tmp_path: Path) -> None:
    folder = tmp_path / "cables"
    shutil.copytree(ROOT / "corpus_samples" / "cables", folder)
    rules = Selection(profile="cable")
    with review(folder, rules) as session:
        assert session.state()["counts"]["places"] == 208
        assert accept_all(session) == 53
        done = session.apply()
        assert (done["changed"], done["refused"], len(done["written"])) == (208, [], 42)
        assert not session.asked.questions
        assert not lint(formats.sources([str(folder)], READ), READ, rules, lambda _: None).problems
        session.unapply()
    for file in (ROOT / "corpus_samples" / "cables").iterdir():
        assert (folder / file.name).read_bytes() == file.read_bytes()
