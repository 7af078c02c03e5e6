"""What each format would lose of documents, by the fit that a conversion makes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from nerconv import formats
from nerconv.formats import Format
from nerconv.inspection.report import TargetFit
from nerconv.options import WriteOptions

if TYPE_CHECKING:
    from nerconv.batch import Batch
    from nerconv.conversion.losses import Losses
    from nerconv.document import Finding
    from nerconv.formats.keeps import Keeps, TokenEdges
    from nerconv.tables import Numbers

_USUAL: Final = WriteOptions()


def fits(batch: Batch) -> dict[str, TargetFit]:
    """Return what each format would lose of ``batch`` with the default options; formats that keep the same are one fit.

    >>> from nerconv import read
    >>> batch, = read(text="[ORG Bank of [LOC Oslo  ]  ] met . \\n").batches
    >>> found = fits(batch)
    >>> found["conll"].lost, found["spans_jsonl"].lost
    (Counter({'K002': 1}), Counter())
    """
    from nerconv.conversion.change import cut_tokens

    by_kind: dict[Any, TargetFit] = {}
    kinds = {name: _kind(formats.get(name)) for name in formats.WRITTEN}
    whole, cut = _Units(batch), None
    for kind in kinds.values():
        if kind not in by_kind:
            lost, left_out = whole.losses(*kind)
            by_kind[kind] = TargetFit(lost, left_out, lost.total())
            if lost["F006"]:
                cut = cut or _Units(cut_tokens(batch))
                by_kind[kind].cut = cut.losses(*kind)[0].total()
    return {name: by_kind[kind] for name, kind in kinds.items()}


def add(total: dict[str, TargetFit], more: Mapping[str, TargetFit]) -> None:
    """Count ``more`` in."""
    for name, fit in more.items():
        own = total.setdefault(name, TargetFit())
        own.lost += fit.lost
        own.left_out += fit.left_out
        own.cut += fit.cut


def _kind(format: Format) -> tuple[Keeps, str, TokenEdges | None]:
    """Return what the fit to a format depends on."""
    return formats.keeps(format, _USUAL), format.UNIT, format.tokens(_USUAL)


class _Units:
    """A batch as it is cut for formats: once for all that take the same units."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self._cut: dict[str, tuple[Batch, Counter[str]]] = {}

    def losses(self, keeps: Keeps, unit: str, tokens: TokenEdges | None) -> tuple[Counter[str], Counter[str]]:
        """Return the losses by code and what is left out by kind; of many losses no finding is made."""
        from nerconv.conversion.fit import fit
        from nerconv.conversion.units import cut_units

        if unit not in self._cut:
            crossing = Counter[str]()
            self._cut[unit] = cut_units(self.batch, unit, _counting(crossing)).batch, crossing
        cut, crossing = self._cut[unit]
        lost = crossing.copy()
        return lost, fit(cut, keeps, tokens, _USUAL.nested, _counting(lost)).left_out


def _counting(codes: Counter[str]) -> Losses:
    """Return what counts the code of each loss in ``codes`` and makes no finding."""

    def count(_: Batch, __: Numbers, reasons: Iterable[tuple[str, str]]) -> list[Finding]:
        """Count the code of each loss."""
        codes.update(code for code, _ in reasons)
        return []

    return count
