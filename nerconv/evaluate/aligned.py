"""The units of several reports brought into one order, so that equal places hold the same text."""

from __future__ import annotations

from collections.abc import Sequence

from nerconv.evaluate.count import added
from nerconv.evaluate.report import Unit


def aligned(runs: Sequence[Sequence[Unit]]) -> list[list[Unit]] | None:
    """Return the units of several runs in the order of the first, so that equal places hold the same text.

    Where one counts sentences and another documents, all count documents. None: they count other texts.
    """
    return _in_order(runs) or _in_order([_documents(run) for run in runs])


def _in_order(runs: Sequence[Sequence[Unit]]) -> list[list[Unit]] | None:
    order = [unit.id for unit in runs[0]]
    by_id = [{unit.id: unit for unit in run} for run in runs]
    if any(len(run) != len(order) or held.keys() != by_id[0].keys() for run, held in zip(runs, by_id, strict=True)):
        return None
    return [[held[id] for id in order] for held in by_id]


def _documents(run: Sequence[Unit]) -> list[Unit]:
    groups: dict[str, list[Unit]] = {}
    for unit in run:
        groups.setdefault(unit.document or unit.id, []).append(unit)
    return [Unit(name, added(unit.labels for unit in held)) for name, held in groups.items()]
