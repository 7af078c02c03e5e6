"""The command that fine-tunes: its figure is that of ``nerconv evaluate``, and a seed fixes all chance."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest
import tiny_models as tiny

from nerconv.cli import main
from nerconv.models.targets import head_of

os.environ.setdefault("HF_HUB_OFFLINE", "1")
pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None or importlib.util.find_spec("transformers") is None,
    reason="torch and transformers are not installed",
)
TRAIN = [
    "[PER Ivo Tamm  ] met [ORG Levant Rail  ] in [LOC Riga  ] . \n",
    "[MISC Dutch  ] ships left [LOC Oslo  ] . \n",
    "In [LOC Lima  ] we saw [PER Lena Roth  ] . \n",
]
DEV = ["[PER Lena Roth  ] left [LOC Riga  ] . \n", "In [LOC Oslo  ] we saw [PER Ivo Tamm  ] . \n"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")


def nerconv(*words: str) -> int:
    sys.argv = ["nerconv", *words]
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def encoder(folder: Path) -> str:
    """Save an encoder without a head that has read nothing."""
    tokenizer = tiny.word_piece()
    return tiny.saved(folder, tiny.new_model(tokenizer).bert, tokenizer)


def fine_tuned(model: str, capfd: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    settings = [
        f"model = {json.dumps(model)}",
        'data = "d"',
        'output = "out"',
        "epochs = 1",
        "max_length = 64",
        "overlap = 8",
        "learning_rate = 1e-2",
        "batch = 4",
    ]
    Path("ft.toml").write_text("\n".join(settings))
    code = nerconv("finetune", "ft.toml", *words)
    sys.stdout.flush()
    return code, "".join(capfd.readouterr())


def test_a_seed_gives_one_head_whatever_stands_before_it() -> None:
    from nerconv.training.finetune import new_model
    from nerconv.training.hf_settings import HfSettings

    head = head_of(["O", "B-PER", "I-PER"])
    settings = HfSettings(model=encoder(Path("enc")), data="d", output="out")
    heads = [new_model(settings, head, seed)[1].classifier.weight for seed in (0, 1, 0)]
    assert (heads[0] == heads[2]).all() and not (heads[0] == heads[1]).all()


@pytest.mark.parametrize("tokenizer", [False, True])
def test_code_beside_a_model_does_not_run(tokenizer: bool, tmp_path: Path) -> None:
    from nerconv.models import ModelOptions, load
    from nerconv.models.encoder_learner import _Tagger
    from nerconv.models.predictor import ModelError
    from nerconv.training.finetune import new_model
    from nerconv.training.hf_settings import HfSettings

    folder = Path(encoder(tmp_path / "enc"))
    (folder / "own.py").write_text("from pathlib import Path\nPath('ran').write_text('')\n")
    named = folder / ("tokenizer_config.json" if tokenizer else "config.json")
    auto = dict.fromkeys(("AutoConfig", "AutoModel", "AutoModelForTokenClassification"), "own.Own")
    own = {"auto_map": {"AutoTokenizer": ["own.Own", "own.Own"]} if tokenizer else auto, "tokenizer_class": "Own"}
    named.write_text(json.dumps(json.loads(named.read_text()) | own | ({} if tokenizer else {"model_type": "own"})))
    settings = HfSettings(model=str(folder), data="d", output="out")
    for use in (
        lambda: load(str(folder), ModelOptions()),
        lambda: new_model(settings, head_of(["O", "B-PER", "I-PER"]), 0),
        lambda: _Tagger(str(folder), 1, 0),
    ):
        with suppress(ModelError):
            use()
    assert not list(Path().rglob("ran"))


def test_labels_of_the_splits_go_by_name_and_the_figure_is_that_of_evaluate(capfd: pytest.CaptureFixture[str]) -> None:
    # Each file has class labels of its own: PER is 7 in train and 3 in dev.
    for name, lines in (("train", (TRAIN + DEV) * 5), ("dev", DEV * 2)):
        Path(f"{name}.txt").write_text("".join(lines), encoding="utf-8")
        assert nerconv("to-dataset", f"{name}.txt", "-o", f"d/{name}.parquet") == 0
    code, said = fine_tuned(encoder(Path("enc")), capfd, "--seed", "3", "--epochs", "12")
    figure = re.search(r"dev micro F1 ([\d.]+)", said)
    assert code == 0 and figure, said
    assert float(figure[1]) > 50
    assert nerconv("evaluate", "d/dev.parquet", "--model", "out/seed-3", "--json", "r.json") == 0
    assert f"{100 * json.loads(Path('r.json').read_text())['overall']['micro']['f1']:.2f}" == figure[1]


def test_both_figures_agree_for_words_without_a_sub_token(capfd: pytest.CaptureFixture[str]) -> None:
    rows = [
        (["Nora", "\u200b", "Quill", "met", "\ufe0f", "Ann", "\u00ad", "."], "B-PER I-PER I-PER O O B-PER O O"),
        (["\u200b", "Ann", "left", "Oslo", "."], "B-PER I-PER O B-LOC O"),
    ]
    lines = [json.dumps({"id": str(at), "tokens": t, "ner_tags": g.split()}) for at, (t, g) in enumerate(rows * 6)]
    Path("in.json").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name in ("train", "dev"):
        assert nerconv("to-dataset", "in.json", "-o", f"d/{name}.parquet") == 0
    code, said = fine_tuned(encoder(Path("enc")), capfd, "--epochs", "12")
    figure = re.search(r"dev micro F1 ([\d.]+)", said)
    assert code == 0 and figure, said
    assert nerconv("evaluate", "d/dev.parquet", "--model", "out/seed-0", "--json", "r.json") == 0
    report = json.loads(Path("r.json").read_text())
    assert f"{100 * report['overall']['micro']['f1']:.2f}" == figure[1]
    # A name that begins with such a word is out of reach; one around it is not cut in two.
    assert float(figure[1]) > 70


def test_labels_that_train_does_not_teach_are_named(capfd: pytest.CaptureFixture[str]) -> None:
    Path("train.txt").write_text("".join(DEV), encoding="utf-8")
    Path("dev.txt").write_text("".join(TRAIN), encoding="utf-8")
    for name in ("train", "dev"):
        assert nerconv("to-dataset", f"{name}.txt", "-o", f"d/{name}.parquet") == 0
    code, said = fine_tuned(encoder(Path("enc")), capfd)
    assert code == 0
    assert "dev has MISC, ORG, which train does not teach" in said
    assert "labels LOC, MISC, ORG, PER, train LOC, PER" in said


def test_what_cannot_be_trained_on_ends_in_3(capfd: pytest.CaptureFixture[str]) -> None:
    code, said = fine_tuned("no/such/model", capfd)
    assert code == 3 and "d: has no train.parquet; make it with nerconv to-dataset" in said
    Path("train.txt").write_text("No name here . \n", encoding="utf-8")
    for name in ("train", "dev"):
        assert nerconv("to-dataset", "train.txt", "-o", f"d/{name}.parquet") == 0
    code, said = fine_tuned("no/such/model", capfd)
    assert code == 3 and "d/train.parquet: holds no span to learn from" in said
    Path("train.txt").write_text("".join(DEV), encoding="utf-8")
    assert nerconv("to-dataset", "train.txt", "-o", "d/train.parquet") == 0
    code, said = fine_tuned("no/such/model", capfd)
    assert code == 3 and "no/such/model: cannot be loaded" in said


def test_settings_are_chosen_from_the_data_and_train(capfd: pytest.CaptureFixture[str]) -> None:
    for name, lines in (("train", TRAIN * 40), ("dev", DEV)):
        Path(f"{name}.txt").write_text("".join(lines), encoding="utf-8")
        assert nerconv("to-dataset", f"{name}.txt", "-o", f"d/{name}.parquet") == 0
    model = encoder(Path("enc"))
    assert nerconv("config", "hf", "--data", "d", "--model", model, "-o", "hf.toml") == 0
    text = Path("hf.toml").read_text()
    assert text.startswith("# nerconv config hf --model")
    assert "# chosen from 120 records, 280 spans of LOC MISC ORG PER\n" in text
    found = tomllib.loads(text)
    # 8 updates an epoch: as many epochs as there may be, and a tenth of the updates to warm up.
    assert (found["epochs"], found["warmup_steps"], found["seeds"]) == (20, 16, [0])
    assert nerconv("finetune", "hf.toml", "--epochs", "1", "--seed", "1", "--seed", "2", "-o", "two") == 0
    said = "".join(capfd.readouterr())
    assert "over 2 seed(s)" in said and "nerconv evaluate d/test.parquet --model two/seed-2 --verify" in said
    assert Path("two/seed-1/config.json").is_file()


@pytest.mark.parametrize(
    ("text", "reason"), [("model = 1", "Expected `str`"), ("modle = 'x'", "unknown field `modle`"), ("x", "hf.toml: ")]
)
def test_settings_that_cannot_be_used_are_named(text: str, reason: str, capfd: pytest.CaptureFixture[str]) -> None:
    Path("hf.toml").write_text(text)
    assert nerconv("finetune", "hf.toml") == 2
    said = capfd.readouterr().err
    assert reason in said and "the settings are model, data, output" in said


class Saved(NamedTuple):
    """What saves a file, as a trainer and a tokenizer do, or fails in the midst of it."""

    name: str
    content: str
    fails: bool = False

    def save_model(self, folder: str) -> None:
        Path(folder).mkdir(exist_ok=True)
        (Path(folder) / self.name).write_text(self.content)
        if self.fails:
            raise OSError(28, "No space left on device")

    save_pretrained = save_model


def test_a_model_and_its_tokenizer_are_saved_together_or_not_at_all() -> None:
    from nerconv.io.sources import Unreadable
    from nerconv.training.finetune import save

    folder = Path("out/seed-0")
    save(Saved("model.safetensors", "old"), Saved("merges", "old"), folder)
    (folder / "merges").unlink()
    save(Saved("model.safetensors", "old"), Saved("tokenizer.json", "old"), folder)
    (folder / "checkpoints").mkdir()
    with pytest.raises(Unreadable, match="out/seed-0: cannot be written: No space left"):
        save(Saved("model.safetensors", "new"), Saved("tokenizer.json", "new", fails=True), folder)
    held = {path.name: path.is_file() and path.read_text() for path in folder.iterdir()}
    assert held == {"checkpoints": False, "model.safetensors": "old", "tokenizer.json": "old"}
