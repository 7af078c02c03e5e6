"""What a conversion may do to documents on the way: drop labels, cut tokens, restore natural spacing."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

import numpy as np

from nerconv.batch import Batch
from nerconv.conversion.losses import losses
from nerconv.document import Finding
from nerconv.edit import Changes, changed
from nerconv.spacing import added_spaces
from nerconv.tables import within
from nerconv.white_space import is_white

_SPACE, _NEWLINE = b" \n"


def drop(batch: Batch, labels: Set[str]) -> tuple[Batch, list[Finding]]:
    """Return ``batch`` without the spans that have one of ``labels``, and each of those as a K001 finding."""
    dropped = np.array([label in labels for label in batch.labels], dtype=bool)[batch.label_ids]
    if not dropped.any():
        return batch, []
    numbers = np.flatnonzero(dropped)
    whys = [f"has the label {name}, which was to be dropped" for name in batch.labels]
    reasons = [("K001", whys[code]) for code in batch.label_ids[numbers].tolist()]
    return batch.with_spans(~dropped), losses(batch, numbers, reasons)


def cut_tokens(batch: Batch) -> Batch:
    """Return ``batch`` with joins where ``words.cuts`` cuts its words, and at each span edge inside a token.

    All words are cut by the same rules, labelled or not; every span then meets token edges.
    """
    from nerconv import words

    white = is_white(np.frombuffer(b"\n%b\n" % batch.text, np.uint8))
    edges = np.append(batch.starts, batch.ends)
    cuts = batch.offsets(np.array(words.cuts(batch.text.decode()), dtype=np.int64))
    found = np.append(edges[~white[edges] & ~white[edges + 1]], cuts)
    found = found[within(batch.bounds, found) & ~np.isin(found, batch.bounds[:, 0])]
    return replace(batch, joins=np.union1d(batch.joins, found)) if len(found) else batch


def detokenize(batch: Batch, language: str = "en") -> Batch:
    """Return ``batch`` without the spaces that tokenisation put in, every offset moved along.

    Each space taken out becomes a join, so that the tokens stay what they were. ``language``: whose spacing it is, a
    value of ``options.LANGUAGES``.

    >>> from nerconv import read
    >>> batch, = read(text="[PER Ann  ] 's aide . \\n").batches
    >>> found = detokenize(batch)
    >>> found.text, found.joins.tolist(), found.ends.tolist()
    (b"Ann's aide.\\n", [3, 10], [3])
    """
    gone = added_spaces(batch.text, batch.bounds, language)
    gone = gone[within(batch.bounds, gone)]
    if not len(gone):
        return batch
    natural, _ = changed(batch, Changes(gone, gone + 1, [b""] * len(gone)))
    # Nothing follows a space at the end of a line.
    follows = np.append(batch.bytes, np.uint8(_NEWLINE))[gone + 1]
    parting = (batch.bytes[gone] == _SPACE) & (follows != _NEWLINE) & ~np.isin(gone + 1, batch.bounds[:, 1])
    return replace(natural, joins=np.union1d(natural.joins, (gone - np.arange(len(gone)))[parting]))
