"""What the columns of rows hold: words, tags, numbers; and whether the token and the tag can stand where they are read.

It is evidence against reading the first column as tokens and the last as tags, and never a guess at which ones to read:
the file is refused with what was found and the options that read it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, pairwise
from typing import Final, NamedTuple

from nerconv import schemes
from nerconv.formats.conll_exact import Shape
from nerconv.options import KNOWN_LABELS
from nerconv.spelling import spelling

#: The kinds of phrases, which chunk tags have as labels.
_PHRASES: Final = frozenset("NP VP PP ADJP ADVP SBAR PRT CONJP INTJ LST UCP NC VC PC AP NX VX PX".split())  # noqa: SIM905
#: One in so many cells may be something else.
_RARELY: Final = 20
#: So many rows, or sentences of several rows, are enough to say that they do not differ.
_ENOUGH: Final = 10
#: The columns of GermEval 2014.
_GERMEVAL: Final = 4
_IOB: Final = re.compile(r"O|[BI]-.+")
_ID: Final = re.compile(r"\d+(?:[-.]\d+)?")


class Role(NamedTuple):
    """What the cells of a column hold, counted: labels of tags, tags in all, ``O``, numbers, numbers of tokens, tags
    among features, nothing, and how many differ.
    """

    rows: int
    labels: Counter[str]
    tags: int
    outside: int
    numbers: int
    ids: int
    features: int
    blank: int
    distinct: int

    def is_mostly(self, count: int) -> bool:
        """Whether ``count`` are nearly all cells."""
        return bool(self.rows) and (self.rows - count) * _RARELY <= self.rows

    @property
    def holds_tags(self) -> bool:
        """Whether these are tags, not of O alone."""
        return bool(self.labels) and self.is_mostly(self.tags)

    @property
    def resembles_tags(self) -> bool:
        """Whether most of these are tags."""
        return self.tags * 2 > self.rows

    @property
    def holds_entities(self) -> bool:
        """Whether these are tags of other things than phrases."""
        return self.holds_tags and not self.holds_chunks

    @property
    def holds_chunks(self) -> bool:
        """Whether these are tags of phrases."""
        return self.holds_tags and self.labels.keys() <= _PHRASES


def role(cells: Sequence[str]) -> Role:
    """Return what ``cells`` hold."""
    counts = Counter(cells)
    labels: Counter[str] = Counter()
    outside = numbers = ids = features = 0
    for cell, count in counts.items():
        found = spelling(cell)
        if found.kind == "tag":
            labels[cell.partition("-")[2]] += count
        elif found.kind == "label" and cell.upper() in KNOWN_LABELS:
            labels[cell] += count
        numbers += count if found.kind == "number" or cell == "0" else 0
        outside += count if found.kind in ("outside", "zero") else 0
        ids += count if _ID.fullmatch(cell) else 0
        features += count if found.kind == "features" else 0
    tags = labels.total() + outside
    return Role(len(cells), labels, tags, counts["O"], numbers, ids, features, counts[""], len(counts))


class Sample(NamedTuple):
    """The cells of the first rows, sentence by sentence, and the number and the text of the line of the first row."""

    sentences: Sequence[Sequence[Sequence[str]]]
    line: int
    first: str

    def column(self, number: int) -> list[str]:
        """Return the cells of a column."""
        return [row[number] for row in chain.from_iterable(self.sentences)]

    def roles(self, columns: int) -> list[Role]:
        """Return what each column holds."""
        return [role(self.column(number)) for number in range(columns)]

    def is_same_in_sentences(self, number: int) -> bool:
        """Whether a column says the same in all rows of a sentence, nearly always."""
        several = [sentence for sentence in self.sentences if len(sentence) > 1]
        same = sum(len({row[number] for row in sentence}) == 1 for sentence in several)
        long = len(several) >= _ENOUGH or sum(map(len, several)) >= _ENOUGH
        return long and (len(several) - same) * _RARELY <= len(several)

    def counts_up(self, number: int) -> bool:
        """Whether a column counts the rows of each sentence, and there is one of several rows."""
        counted = [[row[number] for row in sentence] for sentence in self.sentences if sentence]
        if not all(cell.isdecimal() for cells in counted for cell in cells) or max(map(len, counted), default=0) < 2:
            return False
        return all(int(after) == int(before) + 1 for cells in counted for before, after in pairwise(cells))


class Found(NamedTuple):
    """What speaks against the columns that would be read, and those to name instead, from 0."""

    why: tuple[str, ...]
    token: int
    tags: tuple[int, ...]

    @property
    def remedies(self) -> tuple[Mapping[str, str | list[str]], ...]:
        """The options that name the columns, one set of them for each that tags may stand in."""
        return tuple({"token_column": f"{self.token + 1}", "tag_column": f"{tag + 1}"} for tag in self.tags)

    def __str__(self) -> str:
        tag = " or ".join(f"--tag-column {number + 1}" for number in self.tags)
        if len(self.tags) > 1:
            tag += f", or for outer and inner entities --tag-column {','.join(str(each + 1) for each in self.tags)}"
        advice = f"say --token-column {self.token + 1} and {tag}" if tag else "write the tags alone in a column"
        return f"{'; '.join(self.why)}; {advice}"


def judge(sample: Sample, usual: Shape, token_named: bool, tag_named: bool) -> Found | None:
    """Return what speaks against the columns of token and tag, unless they were named."""
    roles = sample.roles(usual.columns)
    if not roles[0].rows:
        return None
    tagged = [number for number, found in enumerate(roles) if found.holds_tags]
    why_token = None if token_named else _against_token(sample, roles, usual)
    others = [number for number in tagged if number != (usual.token if token_named else -1)]
    why_tag = None if tag_named else _against_tag(roles, others, usual)
    if not (why_token or why_tag):
        return None
    token = _words(sample, roles) if why_token else usual.token
    entities = [number for number in others if number != token and not roles[number].holds_chunks]
    tags = tuple(entities) if why_tag and entities else (usual.tag,)
    hidden = None if tag_named else _hidden(sample, roles[usual.tag], usual)
    return Found(tuple(filter(None, (why_token, why_tag, hidden))), token, () if hidden else tags)


def nested(sample: Sample, usual: Shape) -> str:
    """Return by what the last two columns show that they hold outer and inner entities, or nothing.

    A prediction has mostly the spans of its gold, while an inner entity is another one within an outer one: nearly all
    are. One is enough where the columns are those of GermEval 2014, the number of the token before it; else it takes
    ten. Only tags of IOB2 are looked at.
    """
    if usual.columns < 3:
        return ""
    wanted = 1 if usual.columns == _GERMEVAL and sample.counts_up(0) else _ENOUGH
    scheme, within, others = schemes.get("IOB2"), 0, 0
    for sentence in sample.sentences:
        columns = [[row[number] for row in sentence] for number in (-2, -1)]
        if not all(_IOB.fullmatch(cell) and spelling(cell).is_sound for column in columns for cell in column):
            return ""
        outer, inner = (schemes.decode(scheme, column, "lenient").spans for column in columns)
        for span in inner:
            if span not in outer and any(each[0] <= span[0] and span[1] <= each[1] for each in outer):
                within += 1
            else:
                others += 1
    if within < wanted or others * _RARELY > within:
        return ""
    return f"spans of the last column within another one of the column before: {within:,} of {within + others:,}"


def tags_in(number: int, usual: Shape) -> Found:
    """Return what speaks against the last column where another one holds tags, too."""
    return Found((_several([number, usual.tag]),), usual.token, (number, usual.tag))


def _against_token(sample: Sample, roles: Sequence[Role], usual: Shape) -> str | None:
    found, number = roles[usual.token], usual.token
    cells = sample.column(number)
    which = "the first column" if not number else f"column {number + 1}"
    if found.holds_tags and (found.tags > found.labels.total() or found.rows >= _ENOUGH):
        return f"{which} holds tags ({_shown(cells)}), not tokens"
    if usual.columns < 3:
        return None
    if found.is_mostly(found.ids) and (found.rows >= _ENOUGH or sample.counts_up(number)):
        counts = [row[number] for row in max(sample.sentences, key=len)][:3]
        return f"{which} holds numbers ({', '.join(counts)}, …), not tokens"
    if found.blank * 2 > found.rows:
        return f"{which} is empty in {found.blank:,} of {found.rows:,} rows"
    if sample.is_same_in_sentences(number):
        return f"{which} says the same ({cells[0]!r}) in all rows of a sentence"
    return None


def _against_tag(roles: Sequence[Role], tagged: Sequence[int], usual: Shape) -> str | None:
    found = roles[usual.tag]
    others = [number for number in tagged if number != usual.tag]
    entities = [number for number in others if not roles[number].holds_chunks]
    if found.resembles_tags and (found.labels or found.outside):
        same = [number for number in others if roles[number].labels.keys() & found.labels.keys()]
        several = sorted({*entities, *same})
        return _several([*several, usual.tag]) if several else None
    if not others:
        return None
    where = f"tags stand in column {', '.join(str(number + 1) for number in entities or others)}"
    what = "numbers, such as scores" if found.is_mostly(found.numbers) else "no tags"
    return f"{where}, and the last column holds {what}"


def _hidden(sample: Sample, found: Role, usual: Shape) -> str | None:
    """Return that the tags stand among the features of words, if they do."""
    if found.features * 2 <= found.rows:
        return None
    cell = next(cell for cell in sample.column(usual.tag) if spelling(cell).kind == "features")
    return f"the last column holds features such as {cell!r}, among which no option finds the tag"


def _several(columns: Iterable[int]) -> str:
    names = " and ".join(str(number + 1) for number in columns)
    return f"columns {names} hold tags (a gold and a prediction, or outer and inner entities)"


def _shown(cells: Iterable[str]) -> str:
    return ", ".join(f"{cell!r} {count:,}" for cell, count in Counter(cells).most_common(3))


def _words(sample: Sample, roles: Sequence[Role]) -> int:
    """Return the column that most likely holds words: of those without tags and numbers the one with most of them."""
    likely = [
        number
        for number, found in enumerate(roles)
        if not (found.holds_tags or found.is_mostly(found.numbers) or found.is_mostly(found.ids) or found.blank)
    ]
    return max(likely, key=lambda number: (roles[number].distinct, -number), default=0)
