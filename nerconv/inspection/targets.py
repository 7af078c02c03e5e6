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
    from nerconv.document import Finding
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
    cut: Batch | None = None
    for name, kind in kinds.items():
        if kind in by_kind:
            continue
        lost, left_out = _losses(batch, name)
        by_kind[kind] = TargetFit(lost, left_out, lost.total())
        if lost["F006"]:
            cut = cut or cut_tokens(batch)
            by_kind[kind].cut = _losses(cut, name)[0].total()
    return {name: by_kind[kind] for name, kind in kinds.items()}


def add(total: dict[str, TargetFit], more: Mapping[str, TargetFit]) -> None:
    """Count ``more`` in."""
    for name, fit in more.items():
        own = total.setdefault(name, TargetFit())
        own.lost += fit.lost
        own.left_out += fit.left_out
        own.cut += fit.cut


def _kind(format: Format) -> tuple[Any, ...]:
    """Return what the fit to a format depends on."""
    return formats.keeps(format, _USUAL), format.UNIT, format.tokens(_USUAL)


def _losses(batch: Batch, name: str) -> tuple[Counter[str], Counter[str]]:
    """Return the losses by code and what is left out by kind; of many losses no finding is made."""
    from nerconv.conversion.pipeline import changed
    from nerconv.conversion.report import ConversionReport, ConvertOptions

    codes: Counter[str] = Counter()

    def count(_: Batch, __: Numbers, reasons: Iterable[tuple[str, str]]) -> list[Finding]:
        """Count the code of each loss."""
        codes.update(code for code, _ in reasons)
        return []

    report = ConversionReport(name)
    changed(batch, formats.get(name), ConvertOptions(to=name), report, count)
    return codes, Counter(report.left_out)
