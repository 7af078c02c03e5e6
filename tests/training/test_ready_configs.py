"""The configurations in configs/ are what the code makes of the sample corpus today, and spaCy loads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from nerconv import formats
from nerconv.conversion.pipeline import convert
from nerconv.conversion.report import ConvertOptions
from nerconv.io.sources import expand
from nerconv.training.project import make_project
from nerconv.training.spacy_config import Choice, make_config
from nerconv.training.survey import survey

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ROOT / "corpus_samples"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Convert the samples as scripts/make_configs does, and return the folder."""
    folder = tmp_path_factory.mktemp("corpus")
    split = ConvertOptions(to="docbin", cut_tokens=True, split="train=0.7,dev=0.15,test=0.15")
    main = expand([str(SAMPLES / "cables"), str(SAMPLES / "news")], formats.SUFFIXES)
    convert(main, str(folder / "corpus"), split, lambda _: None)
    nested = expand([str(SAMPLES / "nested")], formats.SUFFIXES)
    convert(nested, str(folder / "corpus/nested.spacy"), ConvertOptions(), lambda _: None)
    return folder / "corpus"


READY = [
    ("ner_smoke", "train", Choice("smoke")),
    ("ner_cpu", "train", Choice("cpu")),
    ("spancat_cpu", "nested", Choice("cpu")),
]


@pytest.mark.parametrize(("name", "data", "choice"), READY)
def test_a_ready_config_is_current(name: str, data: str, choice: Choice, corpus: Path) -> None:
    from spacy.util import load_config

    found = survey(corpus / f"{data}.spacy")
    dev = "dev" if data == "train" else data
    made = make_config(found, choice, f"corpus/{data}.spacy", f"corpus/{dev}.spacy")
    path = ROOT / "configs" / f"{name}.cfg"
    assert load_config(path).to_str() == made.to_str(), "run scripts/make_configs"
    assert f"# chosen from {found}\n" in path.read_text(encoding="utf-8")


def test_the_transformer_config_has_the_shape_of_the_others() -> None:
    """It can be made only where spacy-transformers is installed, so it is only read here."""
    from spacy.util import load_config

    config = load_config(ROOT / "configs/ner_trf.cfg")
    assert config["nlp"]["pipeline"] == ["transformer", "ner"]
    assert config["paths"]["train"] == "corpus/train.spacy"


def test_the_ready_project_is_current() -> None:
    text = (ROOT / "configs/project.yml").read_text(encoding="utf-8")
    command = text.partition("\n")[0].removeprefix("# ")
    assert text == make_project("../corpus_samples/cables", "smoke", "cable", command)
