"""How many of the slips something finds, and how many of its findings are about one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from noise.slips import Injected, Marked, columns


class Finding(NamedTuple):
    """The code of a rule, the words that it is about, by their number in the file, and its score, 0 to 1, if any."""

    code: str
    words: range
    score: float | None


class Gold:
    """A file of columns with slips in it: the kinds of the slips by number, and for each word its slip or -1."""

    def __init__(self, path: Path, made: Injected) -> None:
        self.path, self.kinds = path, made.kinds
        path.write_text("\n".join(columns([each.sentence for each in text] for text in made.documents)) + "\n", "utf-8")
        marked: list[Marked] = [each for text in made.documents for each in text]
        self.slips = [slip for each in marked for slip in each.slips]
        self.spans = sum(len(each.sentence.spans) for each in marked)
        self.sentences = [at for at, each in enumerate(marked) for _ in each.slips]
        self.wrong = [slip >= 0 for slip in self.slips]

    @cached_property
    def _words(self) -> dict[int, int]:
        """The number of the word on each line."""
        lines = enumerate(self.path.read_text("utf-8").split("\n"), 1)
        filled = (number for number, line in lines if line and not line.startswith("-DOCSTART-"))
        return {number: at for at, number in enumerate(filled)}

    def findings(self, record: bytes) -> list[Finding]:
        """Return what ``nerconv lint --format json`` printed about the file."""
        return list(self._read(json.loads(record)["findings"]))

    def _read(self, rows: Iterable[dict]) -> Iterator[Finding]:
        for row in rows:
            first = self._words.get(row["line"])
            if first is None:
                continue
            end = first + len(row["text"].split())
            if not row["text"]:
                sentence = self.sentences[first]
                end = next((at for at in range(first, len(self.slips)) if self.sentences[at] != sentence), end)
            yield Finding(row["code"], range(first, min(end, len(self.slips))), row["score"])

    def found(self, findings: Iterable[Finding]) -> set[int]:
        """Return the numbers of the slips that one of ``findings`` is about."""
        return {self.slips[word] for each in findings for word in each.words} - {-1}

    def right(self, findings: Iterable[Finding]) -> int:
        """Return how many of ``findings`` are about a slip."""
        return sum(any(self.wrong[word] for word in each.words) for each in findings)

    def scores(self, findings: Iterable[Finding]) -> list[float]:
        """Return for each word the highest score of the findings about it; 0.5 for one without a score."""
        found = [0.0] * len(self.slips)
        for each in findings:
            score = 0.5 if each.score is None else each.score + 1e-6
            for word in each.words:
                found[word] = max(found[word], score)
        return found

    def of_kind(self, kind: str, scores: Sequence[float]) -> float:
        """Return the average precision for the words of slips of ``kind`` among words of none."""
        rows = [(s >= 0, score) for s, score in zip(self.slips, scores, strict=True) if s < 0 or self.kinds[s] == kind]
        return average_precision(*zip(*rows, strict=True))

    def by_sentence(self, scores: Sequence[float]) -> tuple[list[bool], list[float]]:
        """Return for each sentence whether it has a slip, and the highest score of its words."""
        wrong, worst = [False] * (self.sentences[-1] + 1), [0.0] * (self.sentences[-1] + 1)
        for at, bad, score in zip(self.sentences, self.wrong, scores, strict=True):
            wrong[at] |= bad
            worst[at] = max(worst[at], score)
        return wrong, worst


def average_precision(wrong: Sequence[bool], scores: Sequence[float]) -> float:
    """Return the area under precision and recall of a ranking, equal scores taken together.

    >>> average_precision([True, False, True], [0.9, 0.8, 0.1])
    0.8333333333333333
    """
    return sum((recall - before) * precision for (before, _), (recall, precision) in steps(wrong, scores))


def steps(wrong: Sequence[bool], scores: Sequence[float]) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Yield the recall and precision before and after each group of equal scores, the highest first."""
    total, hits, seen = sum(wrong), 0, 0
    groups: Counter[float] = Counter(scores)
    right: Counter[float] = Counter()
    for bad, score in zip(wrong, scores, strict=True):
        right[score] += bad
    last = (0.0, 1.0)
    for score in sorted(groups, reverse=True) if total else ():
        hits += right[score]
        seen += groups[score]
        yield last, (last := (hits / total, hits / seen))


def linted(path: Path, *options: str) -> bytes:
    """Return what ``nerconv lint`` prints about ``path``, as JSON."""
    command = (sys.executable, "-m", "nerconv", "lint", str(path), "--format", "json", "--fail-on", "never", *options)
    return subprocess.run(command, check=True, capture_output=True).stdout
