"""Layers of annotation, as WebAnno, INCEpTION and UIMA have several of them: which one holds the entities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final, NamedTuple

from nerconv.document import Finding, Where
from nerconv.options import UsageError

#: Layers of DKPro, UIMA and PDF readers that hold words, structure and syntax, and never entities.
_OTHERS: Final = (
    "de.tudarmstadt.ukp.dkpro.core.api.coref.",
    "de.tudarmstadt.ukp.dkpro.core.api.lexmorph.",
    "de.tudarmstadt.ukp.dkpro.core.api.metadata.",
    "de.tudarmstadt.ukp.dkpro.core.api.segmentation.",
    "de.tudarmstadt.ukp.dkpro.core.api.structure.",
    "de.tudarmstadt.ukp.dkpro.core.api.syntax.",
    "de.tudarmstadt.ukp.dkpro.core.api.transform.",
    "de.tudarmstadt.ukp.clarin.webanno.api.type.",
    "de.tudarmstadt.ukp.inception.api.type.",
    "org.dkpro.core.api.pdf.",
    "org.dkpro.core.api.xml.",
    "uima.",
)
#: Features that hold labels where a layer has several, the first that it has.
_LABELS: Final = ("value", "label", "type")
#: Features that identify what a span is about, or say what to do with it.
_NEVER: Final = frozenset(("identifier", "id", "uuid", "uiOrder", "uiColor", "uiHidden"))


class Layer(NamedTuple):
    """A layer and the feature of it that holds labels; without one the name of the layer is the label."""

    name: str
    feature: str

    @property
    def short(self) -> str:
        """The last part of its name."""
        return self.name.rpartition(".")[2]

    def __str__(self) -> str:
        return f"{self.short}:{self.feature}" if self.feature else self.short


#: By layer, and by feature of it, how many annotations have a value; a layer without features has the one called "".
Held = Mapping[str, Mapping[str, int]]


def chosen(held: Held, asked: str, name: str) -> Layer | None:
    """Return the layer of the file ``name`` to read, None where none holds entities, or the one that was asked for.

    ``asked``: the name of one, or its last part, and after a colon a feature; empty for the only one that may hold
    entities. Raises UsageError, naming those there are, where several may be meant, or for a feature that is not there.

    >>> chosen({"webanno.custom.Person": {"role": 2}, "uima.tcas.DocumentAnnotation": {"language": 1}}, "", "a.tsv")
    Layer(name='webanno.custom.Person', feature='role')
    """
    layer, _, feature = asked.partition(":")
    if layer:
        found = [each for each in held if layer in (each, each.rpartition(".")[2])]
    else:
        found = [each for each, values in held.items() if any(values.values()) and not each.startswith(_OTHERS)]
    if len(found) > 1:
        listed = ", ".join(f"{each.rpartition('.')[2]} ({max(held[each].values()):,})" for each in found)
        raise UsageError(f"{name}: several layers hold annotation: {listed}; choose one with --layer")
    return Layer(found[0], _feature(held[found[0]], found[0], feature, name)) if found else None


def lacking(held: Held, layer: Layer | None, asked: str, name: str) -> list[Finding]:
    """Return the finding that the layer that was ``asked`` for is not in the file ``name``, if it is not."""
    if layer or not asked:
        return []
    there = ", ".join(each.rpartition(".")[2] for each in held) or "no layers"
    return [Finding("F019", f"there is no layer {asked!r}; the file has {there}", Where(name, 1, 1))]


def _feature(values: Mapping[str, int], layer: str, asked: str, name: str) -> str:
    if asked:
        if asked in values:
            return asked
        raise UsageError(f"{name}: the layer {layer} has no feature {asked!r}; it has {', '.join(values)}")
    named = [feature for feature in values if feature not in _NEVER]
    filled = [feature for feature in named if values[feature]] or named[:1] or [*values][:1]
    usual = [feature for feature in _LABELS if feature in filled]
    if len(filled) > 1 and not usual:
        short = layer.rpartition(".")[2]
        options = ", ".join(f"{short}:{feature} ({values[feature]:,})" for feature in filled)
        raise UsageError(f"{name}: several features hold values: {options}; choose one with --layer")
    return (usual or filled)[0]


def others(held: Held, read: Layer | None) -> dict[str, str]:
    """Return the fact how many annotations of other layers are not read."""
    counts = Counter({each.rpartition(".")[2]: max(values.values(), default=0) for each, values in held.items()})
    del counts[read.short if read else ""]
    listed = ", ".join(f"{short} ({count:,})" for short, count in sorted(counts.items()) if count)
    return {"layers not read": listed} if listed else {}
