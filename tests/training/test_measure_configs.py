"""The script that measures configurations: its table holds each against that of spaCy, seed by seed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts/measure_configs"


def result(config: str, seed: int, *curve: tuple[float, float, float]) -> str:
    points = [{"cpu": cpu, "step": 1, "dev": dev, "test": test} for cpu, dev, test in curve]
    return json.dumps({"run": ["wiki", config, seed, 60], "cpu": 60, "steps": 9, "best": points[-1], "curve": points})


def test_a_profile_is_held_against_the_runs_of_spacy_from_the_same_seed(tmp_path: Path) -> None:
    lines = [
        result("stock", 0, (20, 0.2, 0.1), (40, 0.4, 0.3)),
        result("stock", 1, (40, 0.5, 0.4)),
        result("cpu", 0, (10, 0.4, 0.2), (50, 0.6, 0.5)),
        result("cpu", 1, (30, 0.3, 0.35)),
        result("cpu", 2, (30, 0.3, 0.95)),
    ]
    (tmp_path / "r.jsonl").write_text("\n".join(lines) + "\n")
    command = [sys.executable, SCRIPT, "--results", tmp_path / "r.jsonl", "--table"]
    rows = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    # Of three runs, two have one of spaCy to be compared with: + 20 and - 5 points.
    assert rows[2] == "| wiki | stock | 60 | 30.0 40.0 | 35.0 | +0.0 | 40 40 |"
    assert rows[3] == "| wiki | cpu | 60 | 50.0 35.0 95.0 | 60.0 | +7.5 | 10 - |"
