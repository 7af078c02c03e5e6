"""Whether training and development data go together: what would leave the score at zero is refused, the rest noted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from nerconv.formats.docbin import LARGE, SPANS_KEY
from nerconv.options import UsageError
from nerconv.training.survey import TrainingSurvey


def check(train: TrainingSurvey, dev: TrainingSurvey, lang: str) -> list[str]:
    """Return notes on how ``train``, ``dev`` and the language of the pipeline differ.

    Raises UsageError when nothing could be learnt or measured.
    """
    if not train.spans:
        raise UsageError(f"{train.name} holds no span to learn from; give annotated training data with --train")
    if not dev.spans:
        raise UsageError(f"{dev.name} holds no span to measure by; give annotated development data with --dev")
    if not train.labels.keys() & dev.labels.keys():
        raise UsageError(
            f"no label of {train.name} ({' '.join(train.labels)}) is one of {dev.name} ({' '.join(dev.labels)}): every "
            "score would be 0; convert one of them again with --map OLD=NEW"
        )
    _check_groups(train, dev)
    found = (_same(train, dev), _labels(train, dev), _nesting(train, dev), _tokens(train, dev), _large(train, dev))
    return [*chain(*found), *_foreign(train, dev, lang)]


def language(train: TrainingSurvey, dev: TrainingSurvey, asked: str | None) -> str:
    """Return the language of the pipeline: the one ``asked`` for, or that of the tokens; English where nothing tells.

    Raises UsageError when the data were made with the tokens of several languages.
    """
    found = sorted({_language(kind) for data in (train, dev) for kind in data.kinds} - {""})
    if asked is not None:
        return asked
    if len(found) > 1:
        raise UsageError(
            f"{train.name} and {dev.name} hold tokens of spaCy for several languages ({' '.join(found)}); convert both "
            "with one --tokens, or choose with --lang"
        )
    return found[0] if found else "en"


def _language(kind: str) -> str:
    """Return the language of tokens that spaCy made, or nothing."""
    name, _, code = kind.partition(":")
    return code if name == "spacy" else ""


def _check_groups(train: TrainingSurvey, dev: TrainingSurvey) -> None:
    """Raise UsageError where spancat would find no spans: it looks at the group alone."""
    for data in (train, dev) if train.nested else ():
        if data.ungrouped:
            raise UsageError(
                f"{data.name}: {data.ungrouped:,} of {data.docs:,} Docs have entities and no "
                f"doc.spans[{SPANS_KEY!r}], the group that a span categorizer learns from and is measured by (the "
                f"training data nest): make the file again with nerconv to-spacy"
            )


def _same(train: TrainingSurvey, dev: TrainingSurvey) -> Iterator[str]:
    if train.name == dev.name:
        yield f"{train.name} is the training and the development data: the score will measure memory"


def _labels(train: TrainingSurvey, dev: TrainingSurvey) -> Iterator[str]:
    if unlearnt := _without(dev.labels, train.labels):
        yield f"{train.name} lacks labels that {dev.name} has ({unlearnt}): every span of them will count as missed"
    if unmeasured := _without(train.labels, dev.labels):
        yield f"{dev.name} lacks labels that {train.name} has ({unmeasured}): they are learnt and never measured"


def _without(labels: Mapping[str, int], others: Mapping[str, int]) -> str:
    """Return the ``labels`` with their counts that are not among ``others``."""
    return ", ".join(f"{label} {count:,}" for label, count in labels.items() if label not in others)


def _nesting(train: TrainingSurvey, dev: TrainingSurvey) -> Iterator[str]:
    if train.nested and not dev.nested:
        yield f"spans of {train.name} nest and those of {dev.name} do not: nested spans are learnt and never measured"
    if dev.nested and not train.nested:
        yield (
            f"spans of {dev.name} nest and those of {train.name} do not: an entity recognizer is trained and measured "
            "by the outer spans alone"
        )


def _tokens(train: TrainingSurvey, dev: TrainingSurvey) -> Iterator[str]:
    if train.kinds and dev.kinds and train.kinds.keys() != dev.kinds.keys():
        made = (f"{' and '.join(data.kinds)} ({data.name})" for data in (train, dev))
        yield f"the tokens were made in different ways, {' and '.join(made)}; convert both with one --tokens"


def _foreign(train: TrainingSurvey, dev: TrainingSurvey, lang: str) -> Iterator[str]:
    for data in (train,) if train.name == dev.name else (train, dev):
        if others := [kind for kind in data.kinds if _language(kind) not in ("", lang)]:
            yield f"the tokens of {data.name} were made by {' and '.join(others)}, and the pipeline is for {lang}"


def _large(train: TrainingSurvey, dev: TrainingSurvey) -> Iterator[str]:
    for data in (train,) if train.name == dev.name else (train, dev):
        if data.largest > LARGE:
            yield (
                f"{data.name} has a Doc of {data.largest:,} tokens, and spaCy takes each one whole: memory grows with "
                "it and training hardly moves; make the file again with nerconv to-spacy, which groups sentences "
                "(--group-sentences), or with --unit sentence"
            )
