"""Commands that write, each with what is there before: what is killed, and where a disk is full."""

from __future__ import annotations

import json
import os
import tomllib
from hashlib import sha256
from pathlib import Path

from commands import nerconv
from killed import Scenario

OLD = "[PER Ann Lee  ] left [LOC Rome  ] . \n[ORG Acme  ] grew . \n"
NEW = "[PER Bob Ray  ] met [ORG Acme  ] in [LOC Oslo  ] . \n\n[PER Ann  ] left . \n\n[LOC Rome  ] fell . \n\nBye . \n"
#: Its commas are findings with safe fixes.
NOISY = "in [LOC Rome ,  ] and [PER Ann ,  ] . \n" * 3


def _made(words: str) -> None:
    """Make what a command makes of the old text, then give the new one."""
    Path("a.txt").write_text(OLD)
    assert nerconv(*words.split())[0] in (0, 1), words
    Path("a.txt").write_text(NEW)


def _file() -> None:
    _made("to-conll a.txt -o o.conll --ledger l.jsonl")


_FOLDER = "to-dataset a.txt -o set"


def _folder() -> None:
    _made(f"{_FOLDER} --ledger l.jsonl")


_SPLIT = "to-spans a.txt -o parts --split train=0.5,dev=0.5 --balance labels --documents"


_PARTS = ("parts/train.jsonl", "parts/dev.jsonl", "parts/splits.toml")


def _split() -> None:
    _made(f"{_SPLIT} line")


def _split_with_ledger() -> None:
    _made(f"{_SPLIT} line --ledger l.jsonl")


def _listing_shows(folder: Path) -> bool:
    """Whether the list of a split shows that the files beside it are not those it names."""
    listed = tomllib.loads((folder / "parts/splits.toml").read_text())["sha256"]
    return _differ(folder / "parts", {f"{name}.jsonl": digest for name, digest in listed.items()})


def _ledger_shows(folder: Path) -> bool:
    """Whether a ledger shows that the files beside it are not those it was written with."""
    with (folder / "l.jsonl").open() as file:
        return _differ(folder, json.loads(file.readline())["sha256"])


def _differ(folder: Path, digests: dict[str, str]) -> bool:
    return any(sha256((folder / name).read_bytes()).hexdigest() != digest for name, digest in digests.items())


_ALIGN = "align a.txt --to plain.txt -o o.jsonl --ledger l.jsonl --placements p.jsonl"


def _aligned() -> None:
    Path("plain.txt").write_text("Ann Lee left Rome. Acme grew.\n")
    _made(_ALIGN)
    Path("plain.txt").write_text("Bob Ray met Acme in Oslo.\n\nAnn left.\n\nRome fell.\n\nBye.\n")


def _parts() -> None:
    Path("b.txt").write_text(OLD)
    _made("to-spans -o parts --splits train=a.txt,dev=b.txt")
    Path("b.txt").write_text(NEW)


_SHARDS = "to-spans in -o out --documents blank-line --shard-docs"


def _shards() -> None:
    """Make shards of two files; then one shrinks and the other goes."""
    Path("in").mkdir()
    for name in "abc":
        Path(f"in/{name}.txt").write_text(NEW)
    assert nerconv(*f"{_SHARDS} 1".split())[0] in (0, 1)
    Path("in/a.txt").write_text(OLD)
    Path("in/b.txt").unlink()


def _noisy() -> None:
    for name in ("a.txt", "b.txt"):
        Path(name).write_text(NOISY)


def _linked() -> None:
    _noisy()
    os.link("a.txt", "other.txt")


_SCORE = "evaluate a.txt --predictions b.txt --json r.json --html r.html --junit r.xml"


def _scored() -> None:
    Path("b.txt").write_text(OLD)
    _made(_SCORE)
    Path("b.txt").write_text(NEW)


def _known() -> None:
    Path("a.txt").write_text(NOISY)
    Path("known.json").write_text('{"version": 1, "findings": {}}')


def _project() -> None:
    _made("config project a.txt -o project.yml")
    Path("project.yml").write_text("old")


SCENARIOS = {
    "convert to a file": Scenario(
        _file, "to-conll a.txt -o o.conll --ledger l.jsonl", ("o.conll", "l.jsonl"), _ledger_shows
    ),
    "convert to a folder": Scenario(_folder, f"{_FOLDER} --ledger l.jsonl", ("set", "l.jsonl"), _ledger_shows),
    "convert --split": Scenario(_split, f"{_SPLIT} blank-line", _PARTS, _listing_shows),
    "convert --split --ledger": Scenario(
        _split_with_ledger, f"{_SPLIT} blank-line --ledger l.jsonl", (*_PARTS, "l.jsonl"), _ledger_shows
    ),
    "convert --splits": Scenario(
        _parts, "to-spans -o parts --splits train=a.txt,dev=b.txt", ("parts/train.jsonl", "parts/dev.jsonl")
    ),
    "convert --shard-docs": Scenario(_shards, f"{_SHARDS} 2", ("out/a.00001.jsonl", "out/c.00001.jsonl"), each=True),
    "align": Scenario(_aligned, _ALIGN, ("o.jsonl", "p.jsonl", "l.jsonl"), _ledger_shows),
    "lint --fix": Scenario(_noisy, "lint a.txt b.txt --fix --select ALL", ("a.txt", "b.txt"), each=True),
    "lint --write-baseline": Scenario(
        _known, "lint a.txt --select ALL --write-baseline known.json --html page.html", ("known.json", "page.html")
    ),
    "evaluate": Scenario(_scored, _SCORE, ("r.json", "r.html", "r.xml")),
    "config project": Scenario(_project, "config project a.txt -o project.yml", ("project.yml",)),
}
#: Files with several names are written over: a kill in the midst of that leaves a copy of what they were.
LINKED = Scenario(_linked, "lint a.txt --fix --select ALL", ("a.txt",))
