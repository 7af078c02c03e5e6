"""What a training starts from, made of the data: a spaCy configuration, a project, settings of a fine-tuning."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from nerconv.io.outputs import Place, everything
from nerconv.io.replacing import write_text
from nerconv.training import agreement, hf_settings, project, split_list
from nerconv.training.sourced import SUFFIX, sourced
from nerconv.training.spacy_config import Choice, check_vectors, header, make_config, write_config
from nerconv.training.survey import survey

#: Where a training writes its models.
_MODELS = "training/hf"


class SpacyRequest(NamedTuple):
    """What a configuration is asked for: DocBins to learn from and to measure by, and where it is written.

    ``lang`` None stands for the language of the tokens; ``source``: for the profile cpu-sourced, the pipeline whose
    tok2vec it starts from; ``vectors``: the package or folder whose word vectors are features.
    """

    train: Path
    dev: Path
    output: Path
    profile: str = "cpu"
    lang: str | None = None
    seed: int = 0
    source: str = "en_core_web_sm"
    vectors: str | None = None

    @property
    def weights(self) -> Path | None:
        """Where the weights are written that a sourced configuration starts from."""
        return self.output.with_suffix(SUFFIX) if self.profile == "cpu-sourced" else None

    @property
    def read(self) -> list[Place]:
        """What is read."""
        return [Place("--train", str(self.train), everything), Place("--dev", str(self.dev), everything)]

    @property
    def written(self) -> list[Place]:
        """What is written."""
        return [Place("-o", str(self.output)), *([Place("the weights", str(self.weights))] if self.weights else ())]

    def words(self, lang: str) -> Iterator[str]:
        """Yield the command that makes the configuration again, but for where its data are."""
        yield from ("nerconv", "config", "spacy", "--profile", self.profile)
        yield from ("--source", self.source) if self.profile == "cpu-sourced" else ()
        yield from ("--vectors", self.vectors) if self.vectors else ()
        yield from ("--lang", lang, "--seed", str(self.seed), "-o", self.output.name)


def configure_spacy(request: SpacyRequest) -> list[str]:
    """Write a filled configuration for ``spacy train``, and return what is to be said of it, line by line.

    Raises UsageError where nothing could be learnt or measured, or a package is not installed; Unreadable.
    """
    found, measured = survey(request.train), survey(request.dev)
    lang = agreement.language(found, measured, request.lang)
    notes = [*agreement.check(found, measured, lang), *split_list.notes(dict.fromkeys((request.train, request.dev)))]
    if request.vectors:
        check_vectors(request.vectors)
    weights = request.weights
    start = (sourced(request.source), str(weights)) if weights else None
    choice = Choice(request.profile, lang, request.seed, start, request.vectors)
    config = make_config(found, choice, str(request.train), str(request.dev))
    comment = header(found, shlex.join(request.words(lang)), config)
    write_config(config, comment, request.output, {weights: start[0].weights} if start and weights else {})
    return [*comment.replace("# ", "").removesuffix("\n").split("\n"), *(f"note: {note}" for note in notes)]


def configure_project(source: str, output: Path, profile: str, lint_profile: str) -> str:
    """Write a project that takes ``source`` to a scored pipeline, and return how the project names ``source``.

    Raises UsageError for a path that is not there, or that a project file cannot hold.
    """
    named = project.project_source(source, output.parent)
    options = ["--profile", profile, "--lint-profile", lint_profile, "-o", output.name]
    command = shlex.join(["nerconv", "config", "project", named, *options])
    write_text(output, project.make_project(named, profile, lint_profile, command))
    return named


def configure_hf(model: str, data: str, output: Path) -> list[str]:
    """Write the settings of a fine-tuning of ``model`` on the folder ``data``; return notes on these data.

    Raises Unreadable, UsageError.
    """
    words: Sequence[str] = ["nerconv", "config", "hf", "--model", model, "--data", data, "-o", output.name]
    documents = hf_settings.load_split(Path(data), "train")
    text = hf_settings.make_settings(model, data, _MODELS, documents, shlex.join(words))
    write_text(output, text)
    return [f"note: {note}" for note in split_list.notes(sorted(Path(data).glob("*.parquet")))]
