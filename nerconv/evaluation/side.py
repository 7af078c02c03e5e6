"""One side of an evaluation, read from files of any format, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from nerconv import formats
from nerconv.batch import Batch
from nerconv.codes import CODES, costs
from nerconv.document import Facts, Finding
from nerconv.evaluation.annotated import Annotated, of_batches
from nerconv.evaluation.report import InputInfo
from nerconv.io.chunks import MOST
from nerconv.io.sources import Source, Unreadable
from nerconv.options import ReadOptions
from nerconv.unique_ids import UniqueIds

#: Losses that the user asked for: tags that a repair drops.
_ASKED = ("F023",)


class Part(NamedTuple):
    """Documents of a side, the same by the other rule for invalid tags where there are any, and whether the first of
    them goes on with the last one of the part before.
    """

    batch: Batch
    other: Batch | None = None
    continues: bool = False


class Side:
    """One side of an evaluation, read once, part by part, each document under an id of its own.

    ``facts``: what was found out about its files so far; ``used``: the labels of spans so far; ``documents``: how many
    began so far, and ``order``, which differs where their ids do or come in another order.
    """

    def __init__(self, items: Iterable[Facts | Part], options: ReadOptions, decided: str = "named") -> None:
        self.facts: list[Facts] = []
        self.used: set[str] = set()
        self.ids = UniqueIds()
        self.documents = self.order = 0
        self._last = ""
        self._options, self._decided = options, decided
        self._parts = self._named(items)

    def __iter__(self) -> Iterator[Part]:
        return self

    def __next__(self) -> Part:
        return next(self._parts)

    def _named(self, items: Iterable[Facts | Part]) -> Iterator[Part]:
        for item in items:
            if isinstance(item, Facts):
                self.facts.append(item)
                continue
            batch, other, continues = item
            own = [extent.id for extent in batch.documents][continues:]
            ids = own if self.ids.are_new(own) else [self.ids.name(id) for id in own]
            self.documents += len(ids)
            self.order = hash((self.order, *ids)) if ids else self.order
            self.used |= batch.counts().keys()
            named = [self._last, *ids] if continues else ids
            self._last = named[-1] if named else self._last
            yield Part(batch.named(named), other and other.named(named), continues)

    def begin(self) -> None:
        """Read on until what comes first is known of its files."""
        first = next(self._parts, None)
        self._parts = chain([first], self._parts) if first else self._parts

    def drain(self) -> None:
        """Read the rest, which nobody asks for."""
        for _ in self:
            pass

    @property
    def schemes(self) -> tuple[str, ...]:
        """The tag schemes of its files so far, one if all can be read in it, none without tags."""
        return schemes_of(self.facts)

    @property
    def reading(self) -> InputInfo:
        """How its files were read so far."""
        options, found = self._options, self.schemes
        return InputInfo(
            tuple(dict.fromkeys(each.format for each in self.facts)),
            ", ".join(found),
            ("detected" if options.scheme.lower() == "auto" else self._decided) if found else "",
            options.invalid if found else "",
            _repaired(self.facts),
        )

    def whole(self) -> tuple[Annotated, Annotated | None]:
        """Return all of it, and the same with invalid tags read by the other rule, if there are any."""
        parts = list(self)
        continued = [number for number, part in enumerate(parts) if part.continues]
        own = of_batches((part.batch for part in parts), continued)
        if not any(part.other for part in parts):
            return own, None
        return own, of_batches((part.other or part.batch for part in parts), continued)


def read_side(
    sources: Iterable[Source],
    options: ReadOptions,
    progress: Callable[[Source], None],
    decided: str = "named",
    quoted: bool = True,
    most: int = MOST,
) -> Side:
    """Return the annotation of ``sources``. It raises Unreadable for anything that would leave spans out of the score.

    ``decided``: where the scheme of ``options`` comes from, if it is not detected. ``progress`` is called with each
    source. Messages quote text of the data only if ``quoted``. Documents of more than ``most`` bytes come in parts.
    """
    advice = f"say {options.scheme_option} NAME where theirs is another"
    hint = f"; these tags are read in the scheme of the gold, {options.scheme}; {advice}" if decided == "gold" else ""

    def items() -> Iterator[Facts | Part]:
        """Yield what the files hold."""
        for source in sources:
            progress(source)
            for item, continues in formats.read_parts(source, options, most):
                if isinstance(item, Facts):
                    yield item
                elif isinstance(item, Finding):
                    _refuse([item], quoted, hint)
                else:
                    _refuse(chain.from_iterable(item.findings.values()), quoted, hint)
                    yield Part(item.batch, item.other, continues)

    return Side(items(), options, decided)


def schemes_of(facts: Sequence[Facts]) -> tuple[str, ...]:
    """Return the one scheme that fits all files, or else the schemes that they were read in."""
    tagged = [each for each in facts if each.scheme]
    shared = [name for name in tagged[0].fitting if all(name in each.fitting for each in tagged)] if tagged else []
    return (shared[0],) if shared else tuple(dict.fromkeys(each.scheme for each in tagged))


def _repaired(facts: Sequence[Facts]) -> dict[str, int]:
    repaired: dict[str, int] = {}
    for each in facts:
        if each.repaired:
            repaired[each.path] = repaired.get(each.path, 0) + each.repaired
    return repaired


def _refuse(findings: Iterable[Finding], quoted: bool, hint: str) -> None:
    """Raise Unreadable for the first finding that leaves annotation out; ``hint`` is added where it is about tags."""
    for finding in findings:
        if costs(finding) and finding.code not in _ASKED:
            message = finding.message if quoted else f"{CODES[finding.code].name} (its text is not shown: --redact)"
            tags = hint if finding.code == "F005" else ""
            raise Unreadable(f"{finding.where}: {finding.code} {message}; a score would leave it out{tags}")
