"""Runs the steps of a GitHub job or action as GitHub does: ``if``, ``env``, ``with``, outputs, exit status of bash.

Programs of others are stubs that record how they were called; ``nerconv`` is the one under test.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_GH = r"""#!/bin/sh
printf '%s\n' "$*" >> "$CALLS/gh"
case "$1 $2" in
  "run list") printf '%s' "$GH_RUN" ;;
  "run download") for last; do :; done; mkdir -p "$last" && cp "$GH_BASELINE" "$last/report.json" ;;
  "pr comment") [ -z "$GH_REFUSES" ] ;;
  "api --paginate") printf '%s\n' "$GH_COMMENT" ;;
  "api --silent") for last; do :; done; [ -z "$GH_REFUSES" ] && cp "${last#body=@}" "$CALLS/body" ;;
esac
"""


@dataclass
class Job:
    """One run of some steps in the folder of a checkout."""

    checkout: Path
    home: Path
    context: dict[str, str]
    environ: dict[str, str] = field(default_factory=dict)
    used: dict[str, dict[str, str]] = field(default_factory=dict)
    failed: int = 0
    output: str = ""

    def __post_init__(self) -> None:
        for folder in ("bin", "calls", "temp"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        record = '#!/bin/sh\nprintf "%s\\n" "$*" >> "$CALLS/${0##*/}"\n'
        stubs = {
            "gh": _GH,
            "pip": record,
            "python": record,
            "nerconv": f'#!/bin/sh\nexec {sys.executable} -m nerconv "$@"\n',
        }
        for name, text in stubs.items():
            (self.home / "bin" / name).write_text(text, encoding="utf-8")
            (self.home / "bin" / name).chmod(0o755)
        self.environ = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parent.parent),
            "PATH": f"{self.home / 'bin'}:{os.environ['PATH']}",
            "CALLS": str(self.home / "calls"),
            "RUNNER_TEMP": str(self.home / "temp"),
            "GITHUB_ACTION_PATH": "/action",
            "GITHUB_REPOSITORY": "owner/corpus",
            "GITHUB_WORKFLOW_REF": "owner/corpus/.github/workflows/ner.yml@refs/pull/7/merge",
            "GITHUB_STEP_SUMMARY": str(self.home / "summary"),
            **dict.fromkeys(("GH_RUN", "GH_BASELINE", "GH_COMMENT", "GH_REFUSES"), ""),
            **self.environ,
        }

    def calls(self, program: str) -> str:
        """Return the arguments that a stub was called with, a line for each call."""
        path = self.home / "calls" / program
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def run(self, steps: list[dict[str, Any]]) -> int:
        """Run ``steps`` one after the other, and return the status of the first that failed the job."""
        for step in steps:
            condition = step.get("if", "success()")
            if (self.failed and "always()" not in condition) or not self._holds(condition):
                continue
            if "uses" in step:
                self.used[step.get("name", step["uses"])] = {
                    k: self._expand(v) for k, v in step.get("with", {}).items()
                }
                continue
            status = self._bash(step)
            if status and not step.get("continue-on-error"):
                self.failed = self.failed or status
        return self.failed

    def _bash(self, step: dict[str, Any]) -> int:
        assert "${{" not in step["run"], "what others chose would become a part of the script"
        outputs = self.home / "outputs"
        outputs.write_text("", encoding="utf-8")
        own = {name: self._expand(value) for name, value in step.get("env", {}).items()}
        words = ["bash", "--noprofile", "--norc", "-eo", "pipefail"] if "shell" in step else ["bash", "-e"]
        done = subprocess.run(
            [*words, "-c", step["run"]],
            cwd=self.checkout,
            env={**self.environ, **own, "GITHUB_OUTPUT": str(outputs)},
            capture_output=True,
            text=True,
        )
        self.output += done.stdout + done.stderr
        for line in outputs.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            self.context[f"steps.{step['id']}.outputs.{name}"] = value
        return done.returncode

    def _expand(self, value: object) -> str:
        return re.sub(r"\$\{\{ (.*?) \}\}", lambda match: self._value(match[1]), str(value))

    def _value(self, name: str) -> str:
        if name.startswith("'"):
            return name.strip("'")
        return self.context.get(name, "") if name.startswith("steps.") else self.context[name]

    def _holds(self, condition: str) -> bool:
        for part in condition.split(" && "):
            if part in ("always()", "success()"):
                continue
            left, sign, right = part.split(" ")
            if (self._value(left) == self._value(right)) != (sign == "=="):
                return False
        return True
