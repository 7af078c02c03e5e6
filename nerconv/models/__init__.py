"""Models that label text: spaCy pipelines and Hugging Face token classifiers, behind one interface.

Loading a model runs no code from its files and downloads nothing unless asked.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from nerconv.models.predictor import ModelError, ModelOptions, Prediction, Predictor

__all__ = ["ModelError", "ModelOptions", "Prediction", "Predictor", "load"]


def load(name: str, options: ModelOptions) -> Predictor:
    """Return the model called ``name``: a folder of either kind, an installed spaCy pipeline, or a hub id.

    A folder with ``config.cfg`` is a spaCy pipeline, one with ``config.json`` of Hugging Face. Raises ModelError.
    """
    from nerconv.models import hf_model, spacy_model

    folder = Path(name)
    if folder.is_dir():
        if (folder / "config.cfg").is_file():
            return spacy_model.load(name, options)
        if (folder / "config.json").is_file():
            return hf_model.load(name, options)
        raise ModelError(f"{name}: has neither config.cfg (spaCy) nor config.json (Hugging Face): not a model")
    if spacy_model.is_installed(name):
        return spacy_model.load(name, options)
    if "/" in name and not folder.exists() and name.count("/") == 1 and not name.startswith((".", "/")):
        return hf_model.load(name, options)
    advice = "" if find_spec("spacy") else "; for spaCy pipelines: pip install 'nerconv[spacy]'"
    raise ModelError(f"{name}: is neither a folder, nor an installed spaCy pipeline, nor a hub id OWNER/NAME{advice}")
