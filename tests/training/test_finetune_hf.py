"""The script that fine-tunes: its figure is that of ``nerconv evaluate``, and a seed fixes all chance."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import tiny_models as tiny

from nerconv.cli import main

os.environ.setdefault("HF_HUB_OFFLINE", "1")
pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None or importlib.util.find_spec("transformers") is None,
    reason="torch and transformers are not installed",
)
SCRIPT = Path(__file__).parents[2] / "scripts" / "finetune_hf.py"
TRAIN = [
    "[PER Ivo Tamm  ] met [ORG Levant Rail  ] in [LOC Riga  ] . \n",
    "[MISC Dutch  ] ships left [LOC Oslo  ] . \n",
    "In [LOC Lima  ] we saw [PER Lena Roth  ] . \n",
]
DEV = ["[PER Lena Roth  ] left [LOC Riga  ] . \n", "In [LOC Oslo  ] we saw [PER Ivo Tamm  ] . \n"]


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("finetune_hf", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "finetune_hf", module)
    spec.loader.exec_module(module)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return module


def nerconv(*words: str) -> int:
    sys.argv = ["nerconv", *words]
    with pytest.raises(SystemExit) as end:
        main()
    return int(end.value.code or 0)


def encoder(folder: Path) -> str:
    """Save an encoder without a head that has read nothing."""
    tokenizer = tiny.word_piece()
    return tiny.saved(folder, tiny.new_model(tokenizer).bert, tokenizer)


def config(script: ModuleType, model: str, **settings: Any) -> Any:
    return script.Config(**{"model": model, "data": "d", "output": "out", "max_length": 64, "overlap": 8, **settings})


def fine_tuned(script: ModuleType, model: str, capfd: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    settings = [
        'data = "d"',
        'output = "out"',
        "epochs = 1",
        "max_length = 64",
        "overlap = 8",
        "learning_rate = 1e-2",
        "batch = 4",
    ]
    Path("ft.toml").write_text("\n".join(settings))
    sys.argv = ["finetune_hf.py", "ft.toml", "--model", model, *words]
    code = script.main()
    sys.stdout.flush()
    return code, "".join(capfd.readouterr())


def test_a_seed_gives_one_head_whatever_stands_before_it(script: ModuleType) -> None:
    head = script.head_of(["O", "B-PER", "I-PER"])
    settings = config(script, encoder(Path("enc")))
    heads = [script.new_model(settings, head, seed)[1].classifier.weight for seed in (0, 1, 0)]
    assert (heads[0] == heads[2]).all() and not (heads[0] == heads[1]).all()


def test_labels_of_the_splits_go_by_name_and_the_figure_is_that_of_evaluate(
    script: ModuleType, capfd: pytest.CaptureFixture[str]
) -> None:
    # Each file has class labels of its own: PER is 7 in train and 3 in dev.
    for name, lines in (("train", (TRAIN + DEV) * 5), ("dev", DEV * 2)):
        Path(f"{name}.txt").write_text("".join(lines), encoding="utf-8")
        assert nerconv("to-dataset", f"{name}.txt", "-o", f"d/{name}.parquet") == 0
    code, said = fine_tuned(script, encoder(Path("enc")), capfd, "--seeds", "3", "--epochs", "12")
    figure = re.search(r"dev micro F1 ([\d.]+)", said)
    assert code == 0 and figure, said
    assert float(figure[1]) > 50
    assert nerconv("evaluate", "d/dev.parquet", "--model", "out/seed-3", "--json", "r.json") == 0
    assert f"{100 * json.loads(Path('r.json').read_text())['overall']['micro']['f1']:.2f}" == figure[1]


def test_both_figures_agree_for_words_without_a_sub_token(
    script: ModuleType, capfd: pytest.CaptureFixture[str]
) -> None:
    rows = [
        (["Nora", "\u200b", "Quill", "met", "\ufe0f", "Ann", "\u00ad", "."], "B-PER I-PER I-PER O O B-PER O O"),
        (["\u200b", "Ann", "left", "Oslo", "."], "B-PER I-PER O B-LOC O"),
    ]
    lines = [json.dumps({"id": str(at), "tokens": t, "ner_tags": g.split()}) for at, (t, g) in enumerate(rows * 6)]
    Path("in.json").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name in ("train", "dev"):
        assert nerconv("to-dataset", "in.json", "-o", f"d/{name}.parquet") == 0
    code, said = fine_tuned(script, encoder(Path("enc")), capfd, "--epochs", "12")
    figure = re.search(r"dev micro F1 ([\d.]+)", said)
    assert code == 0 and figure, said
    assert nerconv("evaluate", "d/dev.parquet", "--model", "out/seed-0", "--json", "r.json") == 0
    report = json.loads(Path("r.json").read_text())
    assert f"{100 * report['overall']['micro']['f1']:.2f}" == figure[1]
    # A name that begins with such a word is out of reach; one around it is not cut in two.
    assert float(figure[1]) > 70


def test_labels_that_train_does_not_teach_are_named(script: ModuleType, capfd: pytest.CaptureFixture[str]) -> None:
    Path("train.txt").write_text("".join(DEV), encoding="utf-8")
    Path("dev.txt").write_text("".join(TRAIN), encoding="utf-8")
    for name in ("train", "dev"):
        assert nerconv("to-dataset", f"{name}.txt", "-o", f"d/{name}.parquet") == 0
    code, said = fine_tuned(script, encoder(Path("enc")), capfd)
    assert code == 0
    assert "dev has MISC, ORG, which train does not teach" in said
    assert "labels LOC, MISC, ORG, PER, train LOC, PER" in said


def test_what_cannot_be_trained_on_ends_in_3(script: ModuleType, capfd: pytest.CaptureFixture[str]) -> None:
    code, said = fine_tuned(script, "no/such/model", capfd)
    assert code == 3 and "d: has no train.parquet; make it with nerconv to-dataset" in said
    Path("train.txt").write_text("No name here . \n", encoding="utf-8")
    for name in ("train", "dev"):
        assert nerconv("to-dataset", "train.txt", "-o", f"d/{name}.parquet") == 0
    code, said = fine_tuned(script, "no/such/model", capfd)
    assert code == 3 and "d/train.parquet: holds no span to learn from" in said
    Path("train.txt").write_text("".join(DEV), encoding="utf-8")
    assert nerconv("to-dataset", "train.txt", "-o", "d/train.parquet") == 0
    code, said = fine_tuned(script, "no/such/model", capfd)
    assert code == 3 and "no/such/model: cannot be loaded" in said
