"""One side of an evaluation, read from files of any format, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from nerconv import formats
from nerconv.batch import Batch
from nerconv.codes import CODES, costs
from nerconv.document import Facts, Finding
from nerconv.evaluation.annotated import Annotated, light, of_batches, unique
from nerconv.evaluation.report import InputInfo
from nerconv.io.chunks import MOST, WHOLE
from nerconv.io.sources import Source, Unreadable
from nerconv.options import ReadOptions

#: Losses that the user asked for: tags that a repair drops.
_ASKED = ("F023",)


@dataclass(frozen=True, slots=True)
class ReadSide:
    """One side of an evaluation, and how it was read.

    ``schemes``: the tag schemes of its files, one if all can be read in it, none without tags. ``other``: the same side
    with invalid tags read by the other rule, if that was asked for and there are any.
    """

    annotated: Annotated
    other: Annotated | None
    reading: InputInfo
    schemes: tuple[str, ...]

    @property
    def repaired(self) -> int:
        """How many tags were read by a repair."""
        return sum(self.reading.repaired.values())

    def sharing(self, gold: Annotated) -> ReadSide:
        """Return the same, with the text of ``gold`` where it is the same, so that one of them is held."""
        if self.annotated.text != gold.text:
            return self
        own, other = replace(self.annotated, text=gold.text), self.other and replace(self.other, text=gold.text)
        return replace(self, annotated=own, other=other)


def read_side(
    sources: Iterable[Source],
    options: ReadOptions,
    progress: Callable[[Source], None],
    decided: str = "named",
    quoted: bool = True,
    whole: bool = True,
) -> ReadSide:
    """Return the annotation of ``sources``. Raises Unreadable for anything that would leave spans out of the score.

    ``decided``: where the scheme of ``options`` comes from, if it is not detected. ``progress`` is called with each
    source. Messages quote text of the data only if ``quoted``. If not ``whole``, large documents are read in parts,
    and less is held of them: they can be scored, not asked for (``Annotated.documents``).
    """
    advice = f"say {options.scheme_option} NAME where theirs is another"
    hint = f"; these tags are read in the scheme of the gold, {options.scheme}; {advice}" if decided == "gold" else ""
    #: Batches, and the same by the other rule for invalid tags where there are any.
    parts: list[tuple[Batch, Batch | None]] = []
    continued = list[int]()
    facts: list[Facts] = []
    for source in sources:
        progress(source)
        for item, continues in formats.read_parts(source, options, WHOLE if whole else MOST):
            if isinstance(item, Facts):
                facts.append(item)
            elif isinstance(item, Finding):
                _refuse([item], quoted, hint)
            else:
                _refuse(chain.from_iterable(item.findings.values()), quoted, hint)
                continued += [len(parts)] if continues else []
                pair = item.batch, item.other
                parts.append(pair if whole else (light(item.batch), item.other and light(item.other)))
    found = schemes_of(facts)
    reading = InputInfo(
        tuple(dict.fromkeys(each.format for each in facts)),
        ", ".join(found),
        ("detected" if options.scheme.lower() == "auto" else decided) if found else "",
        options.invalid if found else "",
        _repaired(facts),
    )
    annotated = of_batches((part for part, _ in parts), continued)
    other = None
    if any(other for _, other in parts):
        other = of_batches((other or part for part, other in parts), continued)
    ids = unique(annotated.ids)
    return ReadSide(replace(annotated, ids=ids), other and replace(other, ids=ids), reading, found)


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
