"""``nerconv finetune``."""

from __future__ import annotations

import shlex
import statistics
from pathlib import Path
from typing import Final

from nerconv.cli.given import Given
from nerconv.cli.show import put, say
from nerconv.training.finetune import finetune as train_all
from nerconv.training.hf_settings import HfSettings

#: The settings that an option replaces.
_OPTIONS: Final = {
    "--model": "model",
    "--data": "data",
    "--output": "output",
    "--epochs": "epochs",
    "--seed": "seeds",
    "--network": "network",
}


def finetune(given: Given) -> int:
    """Train a model for each seed; print the F1 on dev, and how to score the models."""
    over = {name: value for option, name in _OPTIONS.items() if (value := given[option]) is not None}
    settings = HfSettings.of(Path(given.arguments["settings"]), over)
    scores = [100 * f1 for f1 in train_all(settings, lambda message: say(f"warning: {message}")).values()]
    spread = f" ± {statistics.stdev(scores):.2f}" if len(scores) > 1 else ""
    put(f"dev micro F1 {statistics.mean(scores):.2f}{spread} over {len(scores)} seed(s)\n")
    for seed in settings.seeds:
        test, model = f"{settings.data}/{settings.test}.parquet", f"{settings.output}/seed-{seed}"
        say(f"score it with {shlex.join(['nerconv', 'evaluate', test, '--model', model, '--verify'])}")
    return 0
