"""What an installed pipeline learnt about words, its tok2vec, as the start of a training."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from nerconv.options import UsageError
from nerconv.packages import package

#: What the file of weights beside a configuration has for its suffix.
SUFFIX: Final = ".tok2vec"


class Sourced(NamedTuple):
    """A tok2vec: the ``model`` section for one of its shape, its ``weights`` and ``width``.

    ``vectors``: the pipeline whose word vectors it asks for, if any.
    """

    model: dict[str, Any]
    weights: bytes
    width: int
    vectors: str | None


def sourced(name: str) -> Sourced:
    """Return the tok2vec of the pipeline ``name``: that of its entity recognizer, else the one that components share.

    Raises UsageError where there is no such pipeline, or none of the two in it.
    """
    spacy = package("spacy", "--profile cpu-sourced", "spacy")
    try:
        pipeline = spacy.load(name)
    except OSError as error:
        advice = "install it, or name another with --source"
        raise UsageError(f"the pipeline {name!r} is not installed; {advice}") from error
    components = pipeline.config.interpolate()["components"]
    own = components.get("ner", {}).get("model", {}).get("tok2vec", {})
    if own and "Listener" not in own["@architectures"]:
        # The recognizer projects what its tok2vec gives: the projection is another layer.
        section, layer = own, pipeline.get_pipe("ner").model.get_ref("tok2vec").layers[0]
    elif "tok2vec" in components:
        section, layer = components["tok2vec"]["model"], pipeline.get_pipe("tok2vec").model
    else:
        raise UsageError(f"the pipeline {name!r} has no tok2vec to source; name another with --source")
    vectors = name if section.get("embed", {}).get("include_static_vectors") else None
    return Sourced(section, layer.to_bytes(), layer.get_dim("nO"), vectors)


def start_from(config: Any, component: str, found: Sourced, path: str) -> None:
    """Have ``component`` of a configuration start from a tok2vec whose weights stand in a file at ``path``."""
    from spacy.language import DEFAULT_CONFIG_PRETRAIN_PATH
    from spacy.util import load_config

    config["components"]["tok2vec"]["model"] = found.model
    config["components"][component]["model"]["tok2vec"]["width"] = found.width
    config["paths"] |= {"init_tok2vec": path, "vectors": found.vectors}
    # spaCy loads weights into the layer that this section names; nothing is pretrained.
    settings = load_config(DEFAULT_CONFIG_PRETRAIN_PATH)["pretraining"]
    config["pretraining"] = settings | {"component": "tok2vec", "layer": ""}
