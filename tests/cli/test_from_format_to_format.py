"""The same documents from every format that is written to the next one, as commands: the account is balanced."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from nerconv import read
from nerconv.formats import FORMATS, WRITTEN
from tests.commands import nerconv

TEXT = "[PER Nora Quill  ] met the [ORG Bank of [LOC Oslo  ]  ] in [LOC Zürich  ] . \nShe left [GPE_LOC Rome  ] . \n"
#: Columns hold one level of spans: what is converted from them has lost the inner one already.
ORDER = [*(name for name in WRITTEN if name not in ("conll", "conllu")), "conll", "conllu", "bracket"]


def test_each_conversion_accounts_for_every_span(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("0-bracket.txt").write_text(TEXT, encoding="utf-8")
    names = ["0-bracket.txt"] + [
        f"{number}-{name}{'' if name == 'brat' else FORMATS[name][0]}" for number, name in enumerate(ORDER, 1)
    ]
    for (source, target), name in zip(pairwise(names), ORDER, strict=True):
        status, printed = nerconv("convert", source, "--to", name, "-o", target)
        account = re.search(r"(\d+) spans (read|found).* = (\d+) written \+ (\d+) lost", printed)
        assert account, printed
        found, _, written, lost = account.groups()
        assert (int(found), status) == (int(written) + int(lost), int(lost != "0")), (name, printed)
        assert lost == ("1" if name == "conll" else "0"), (name, printed)
        assert sum(len(document.spans) for document in read(target)) == int(written)
