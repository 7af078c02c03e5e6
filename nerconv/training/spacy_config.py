"""Configurations for ``spacy train``: spaCy's own, with a few overrides that the data chooses.

The base comes from ``spacy init config`` (spaCy 3.8), so that it is what spaCy documents. What differs was measured
against it (docs/training.md), and the header of a configuration says why.
"""

from __future__ import annotations

import configparser
import contextlib
import importlib.util
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from nerconv.formats.docbin import SPANS_KEY
from nerconv.io.replacing import named, together
from nerconv.options import UsageError, check_choice
from nerconv.packages import package
from nerconv.printable import counted, one_line
from nerconv.training.sourced import Sourced, start_from
from nerconv.training.survey import TrainingSurvey

PROFILES: Final = ("smoke", "cpu", "cpu-sourced", "trf")
#: Longer spans are left to the suggester's limit: their number grows with the square of the document.
LONGEST_SUGGESTED: Final = 12
#: About how often a corpus is seen: enough for a few hundred documents; large corpora stop by patience.
_EPOCHS: Final = 40
_WORDS_A_STEP: Final = 700
#: So many tokens are asked of a pipeline at once when it is measured; spaCy takes 1,000 documents, whatever their size.
_TOKENS_A_BATCH: Final = 10_000
#: The recognizer steps through stretches of about so many tokens in parallel; spaCy takes 100, for more steps in turn.
_CUT: Final = 20
#: Rows of the hash tables of NORM, PREFIX, SUFFIX, SHAPE: two fifths of spaCy's, which every update goes through.
_ROWS: Final = (2000, 500, 1000, 1000)


class Choice(NamedTuple):
    """What was asked for: the profile, the language and the seed.

    ``start``: for cpu-sourced the tok2vec to start from, and the path of its weights. ``vectors``: the package or
    folder whose word vectors are added to the features.
    """

    profile: str
    lang: str = "en"
    seed: int = 0
    start: tuple[Sourced, str] | None = None
    vectors: str | None = None


def make_config(found: TrainingSurvey, choice: Choice, train: str, dev: str) -> Any:
    """Return a filled spaCy Config for the data that was surveyed, with ``train`` and ``dev`` as its paths.

    Spans that nest get a span categorizer, others an entity recognizer. Raises UsageError for an unknown profile or
    one whose package is not installed, and for a language that spaCy does not have.
    """
    check_choice("profile", choice.profile, PROFILES)
    component = "spancat" if found.nested else "ner"
    config = _base(component, choice)
    config["paths"] |= {"train": train, "dev": dev}
    config["system"]["seed"] = choice.seed
    config["training"]["seed"] = "${system.seed}"
    config["training"] |= _schedule(found, choice.profile)
    size = found.tokens // max(found.docs or found.documents, 1)
    config["nlp"]["batch_size"] = min(max(_TOKENS_A_BATCH // max(size, 1), 1), config["nlp"]["batch_size"])
    if component == "spancat":
        config["components"]["spancat"] |= {"spans_key": SPANS_KEY, "suggester": suggester(found)}
        scores = {"sc_f": 1.0, "sc_p": 0.0, "sc_r": 0.0}
        config["training"]["score_weights"] = {f"spans_{name}": weight for name, weight in scores.items()}
    if choice.profile != "trf" and component == "ner":
        _hasten(config, choice)
    if choice.start:
        start_from(config, component, *choice.start)
    if choice.vectors:
        config["paths"]["vectors"] = choice.vectors
        config["components"]["tok2vec"]["model"]["embed"]["include_static_vectors"] = True
    return config


def _base(component: str, choice: Choice) -> Any:
    package("spacy", "a configuration for spacy train", "spacy")
    from spacy.cli.init_config import init_config

    if choice.profile == "trf" and importlib.util.find_spec("spacy_transformers") is None:
        raise UsageError("the profile trf needs spacy-transformers: pip install 'nerconv[spacy-trf]'")
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return init_config(
                lang=choice.lang,
                pipeline=[component],
                optimize="efficiency",
                gpu=choice.profile == "trf",
                silent=True,
            )
    except ImportError as error:
        raise UsageError(
            f"--lang {choice.lang}: spaCy cannot make this language here ({str(error).partition(chr(10))[0]}); name "
            "one by its code, such as en, de, fr, or xx for any"
        ) from error


def suggester(found: TrainingSurvey) -> dict[str, Any]:
    """Return an n-gram suggester for every span length in the data up to LONGEST_SUGGESTED."""
    sizes = [length for length, _ in found.lengths if length <= LONGEST_SUGGESTED] or [1]
    return {"@misc": "spacy.ngram_suggester.v1", "sizes": sizes}


def unsuggested(found: TrainingSurvey) -> int:
    """Return the number of spans that are too long for the suggester of a nested corpus."""
    return sum(count for length, count in found.lengths if length > LONGEST_SUGGESTED) if found.nested else 0


def _schedule(found: TrainingSurvey, profile: str) -> dict[str, int]:
    if profile == "smoke":
        return {"max_steps": 400, "eval_frequency": 100, "patience": 0, "max_epochs": 0}
    steps = min(max(_EPOCHS * found.tokens // _WORDS_A_STEP, 1000), 20_000)
    every = min(max(steps // 25, 40), 200)
    return {"max_steps": steps, "eval_frequency": every, "patience": min(8 * every, 1600), "max_epochs": 0}


def _hasten(config: Any, choice: Choice) -> None:
    """Have an entity recognizer learn more in the same time: averaged weights, shorter stretches, smaller tables.

    The average of the few steps of ``smoke`` is behind their last weights.
    """
    if choice.profile != "smoke":
        config["training"]["optimizer"]["use_averages"] = True
    config["components"]["ner"]["update_with_oracle_cut_size"] = _CUT
    if choice.start is None:
        config["components"]["tok2vec"]["model"]["embed"]["rows"] = [*_ROWS]


def check_vectors(name: str) -> None:
    """Raise UsageError unless ``name`` is an installed pipeline, or a folder of one, that has word vectors."""
    spacy = package("spacy", "--vectors", "spacy")
    try:
        width = spacy.load(name).vocab.vectors_length
    except (OSError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise UsageError(f"--vectors {one_line(name)}: cannot be loaded: {reason}") from error
    if not width:
        raise UsageError(f"--vectors {one_line(name)}: has no word vectors; the md and lg pipelines of spaCy have some")


def header(found: TrainingSurvey, command: str, config: Any) -> str:
    """Return the comment that a configuration begins with: the command that made it, from what, and why it is so."""
    text = f"# {one_line(command)}\n# chosen from {one_line(str(found))}\n"
    text += "".join(f"# {reason}\n" for reason in _reasons(found, config))
    if more := unsuggested(found):
        text += (
            f"# {counted(more, 'span is', 'spans are')} longer than {LONGEST_SUGGESTED} tokens and never suggested\n"
        )
    return text


def _reasons(found: TrainingSurvey, config: Any) -> Iterator[str]:
    """Yield why a configuration differs from that of spaCy."""
    training = config["training"]
    steps, every = training["max_steps"], training["eval_frequency"]
    stop = f", and stops {training['patience']:,} steps after the best" if training["patience"] else ""
    yield f"{steps:,} steps at most: scored on dev every {every:,}{stop}"
    if training["optimizer"].get("use_averages"):
        yield "averaged weights are scored and saved, as in the pipelines of spaCy (measured: docs/training.md)"
    if config["components"].get("ner", {}).get("update_with_oracle_cut_size") == _CUT:
        yield f"the recognizer learns from stretches of about {_CUT} tokens in parallel: more steps in the same time"
    if config["paths"].get("init_tok2vec"):
        yield "the tok2vec starts from the weights in paths.init_tok2vec, and is trained further"
    if config["paths"].get("vectors"):
        yield f"word vectors of {one_line(config['paths']['vectors'])} are features of each token"


def write_config(config: Any, comment: str, path: Path, beside: Mapping[Path, bytes] = MappingProxyType({})) -> None:
    """Write ``config`` below ``comment``, and what is to stand ``beside`` it: all of it, whole, or nothing.

    Raises UsageError for a path in it that spaCy would not read back.
    """
    # As spaCy writes it a lone dollar is doubled, and the file that ``spacy train`` then looks for has two.
    text = config.to_str(interpolate=False).replace("$$", "\\u0024")
    for name in ("train", "dev", "init_tok2vec"):
        if config["paths"][name] is not None:
            _check_read_back(text, name, config["paths"][name])
    with together() as changes:
        for other, content in beside.items():
            with named(other):
                changes.new(other).write_bytes(content)
        changes.text(path, comment + text)


def _check_read_back(text: str, name: str, path: str) -> None:
    """Raise UsageError unless spaCy finds ``path`` in the configuration ``text``, both ways in which it reads one."""
    from spacy.util import load_config_from_str

    found: list[object] = []
    with contextlib.suppress(ValueError, configparser.Error):
        path.encode()
        configs = load_config_from_str(text, interpolate=True), load_config_from_str(text).interpolate()
        found = [config["paths"][name] for config in configs]
    if found != [path, path]:
        option = "-o" if name == "init_tok2vec" else f"--{name}"
        raise UsageError(f"{option} {one_line(path)}: spaCy does not read this path from a configuration; rename it")
