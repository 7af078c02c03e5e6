"""The action and the pages of docs/ci, each step run in a folder that holds only a gold and predictions."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import srsly
from jobs import Job

ROOT = Path(__file__).parent.parent
ACTION = srsly.read_yaml(ROOT / "action.yml")
STEPS = ACTION["runs"]["steps"]
GITHUB = srsly.read_yaml(ROOT / "docs/ci/github.yml")
GITLAB = srsly.read_yaml(ROOT / "docs/ci/gitlab.yml")["ner"]

SENTENCE = "Sarah B-PER\nConnor I-PER\nlives O\nin O\nBerlin B-LOC\n. O\n\n"
EVENTS = {
    "push": {"github.event_name": "push", "github.ref_name": "main"},
    "pull_request": {"github.event_name": "pull_request", "github.event.pull_request.number": "7"},
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with a gold of 60 sentences and predictions that find all of it."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "gold.conll").write_text(SENTENCE * 60, encoding="utf-8")
    predict(folder, right=60)
    return folder


def predict(folder: Path, right: int) -> None:
    """Write predictions that find all of the first ``right`` sentences, and nothing in the others."""
    blank = re.sub(r" [BI]-\w+", " O", SENTENCE)
    (folder / "predictions.conll").write_text(SENTENCE * right + blank * (60 - right), encoding="utf-8")


def job(
    checkout: Path, event: str, *, environ: dict[str, str] | None = None, inputs: dict[str, str] | None = None
) -> Job:
    defaults = {name: str(row.get("default", "")) for name, row in ACTION["inputs"].items()}
    given = {"gold": "gold.conll\n", "predictions": "predictions.conll\n", **(inputs or {})}
    context = {
        "github.token": "secret",
        "github.event.repository.default_branch": "main",
        **EVENTS[event],
        **{f"inputs.{name}": value for name, value in {**defaults, **given}.items()},
    }
    number = sum(path.name.startswith("job") for path in checkout.parent.iterdir())
    return Job(checkout, checkout.parent / f"job{number}", context, environ or {})


def reports(ran: Job) -> Path:
    return Path(ran.context["steps.start.outputs.reports"])


def baseline_of_main(checkout: Path) -> dict[str, str]:
    """Run the action on main, and return what makes ``gh`` find the baseline that it uploaded."""
    main = job(checkout, "push")
    assert main.run(STEPS) == 0, main.output
    kept = main.used["Keep the baseline of the default branch"]
    assert kept["name"] == "ner-baseline"
    return {"GH_RUN": "11", "GH_BASELINE": kept["path"]}


def test_the_action_passes_on_the_first_pull_request_and_comments(checkout: Path) -> None:
    ran = job(checkout, "pull_request")
    assert ran.run(STEPS) == 0, ran.output
    body = (ran.home / "calls/body").read_text(encoding="utf-8")
    assert body.startswith("<!-- nerconv: ner -->\n## Micro F1 100.00")
    assert "main has no baseline ner-baseline yet" in ran.output
    assert "--method POST repos/owner/corpus/issues/7/comments" in ran.calls("gh")
    assert "-m pip install --quiet /action\n" in ran.calls("python")
    sarif = json.loads(Path(ran.used["Upload the findings"]["sarif_file"]).read_text(encoding="utf-8"))
    assert sarif["version"] == "2.1.0"
    assert {path.name for path in reports(ran).iterdir()} >= {
        "lint.html",
        "report.json",
        "report.html",
        "report.md",
        "report.xml",
    }
    assert [path.name for path in sorted(checkout.iterdir())] == ["gold.conll", "predictions.conll"]


def test_the_action_comments_on_a_missed_gate_and_fails_all_the_same(checkout: Path) -> None:
    ran = job(checkout, "pull_request", inputs={"fail-under": "0.50\nPER.recall=0.9\n"})
    predict(checkout, right=40)
    assert ran.run(STEPS) == 1
    assert "1 of 2 gates failed" in (ran.home / "calls/body").read_text(encoding="utf-8")
    assert ran.context["steps.score.outputs.status"] == "1"
    assert "Keep the reports" in ran.used


def test_the_action_compares_with_the_newest_run_of_main_and_renews_its_comment(checkout: Path) -> None:
    baseline = baseline_of_main(checkout)
    predict(checkout, right=30)
    ran = job(checkout, "pull_request", environ={**baseline, "GH_COMMENT": "901"})
    assert ran.run(STEPS) == 1, ran.output
    assert "--workflow ner.yml --branch main --event push --status success" in ran.calls("gh")
    assert "run download 11 --repo owner/corpus --name ner-baseline" in ran.calls("gh")
    assert "--method PATCH repos/owner/corpus/issues/comments/901" in ran.calls("gh")
    assert "drops by at most 0.01" in (ran.home / "calls/body").read_text(encoding="utf-8")


def test_the_action_keeps_its_verdict_where_a_fork_may_not_comment(checkout: Path) -> None:
    predict(checkout, right=10)
    ran = job(checkout, "pull_request", environ={"GH_REFUSES": "yes"}, inputs={"fail-under": "0.9"})
    assert ran.run(STEPS) == 1
    assert "::warning::no comment" in ran.output


def test_a_comment_that_would_be_too_long_for_github_ends_after_a_line(checkout: Path) -> None:
    ran = job(checkout, "pull_request", environ={"GH_COMMENT": "901\n902"})
    (ran.home / "report.md").write_text("| é | 1 |\n" * 9000, encoding="utf-8")
    ran.context["steps.start.outputs.reports"] = str(ran.home)
    assert ran.run([step for step in STEPS if step.get("name") == "Comment on the pull request"]) == 0, ran.output
    mark, *lines = (ran.home / "calls/body").read_text(encoding="utf-8").splitlines()
    assert mark == "<!-- nerconv: ner -->"
    assert set(lines) == {"| é | 1 |"}
    assert 5000 < len(lines) < 9000
    assert "issues/comments/901 " in ran.calls("gh")


def test_the_action_says_3_of_a_gold_that_cannot_be_read_and_uploads_no_findings(checkout: Path) -> None:
    ran = job(checkout, "pull_request", inputs={"gold": "missing.conll"})
    assert ran.run(STEPS) == 3
    assert "missing.conll: no such file or folder" in ran.output
    assert "Upload the findings" not in ran.used
    body = (ran.home / "calls/body").read_text(encoding="utf-8")
    assert body == "<!-- nerconv: ner -->\n## No score: exit status 3, see the log of the job\n"


@pytest.mark.parametrize(
    ("names", "status"),
    [
        (["name"], 2),
        (["fail-under"], 2),
        (["gold", "predictions", "model", "lint-options", "evaluate-options"], 3),
    ],
)
def test_inputs_of_the_action_are_never_a_part_of_its_scripts(checkout: Path, names: list[str], status: int) -> None:
    hostile = "\"; touch pwned; $(touch pwned) `touch pwned` ' *"
    ran = job(checkout, "pull_request", inputs=dict.fromkeys(names, hostile))
    assert ran.run(STEPS) == status, ran.output
    assert not (checkout / "pwned").exists()


def test_the_action_takes_names_with_spaces_and_more_options(checkout: Path) -> None:
    (checkout / "gold.conll").rename(checkout / "our gold.conll")
    inputs = {"gold": "our gold.conll", "evaluate-options": "--map\nLOC=PLACE\n", "lint-options": "--profile\ncable"}
    ran = job(checkout, "push", inputs={**inputs, "extras": "spacy,hf", "name": "cables"})
    assert ran.run(STEPS) == 0, ran.output
    assert "/action[spacy,hf]" in ran.calls("python")
    report = json.loads((reports(ran) / "report.json").read_text(encoding="utf-8"))
    assert "PLACE" in json.dumps(report)


def test_each_script_of_the_action_stops_at_its_first_error() -> None:
    scripts = [step for step in STEPS if "run" in step]
    assert len(scripts) == 6
    for step in scripts:
        assert step["shell"] == "bash"
        assert step["run"].startswith("set -euo pipefail\n")


def test_the_page_names_each_input_of_the_action_with_its_default() -> None:
    page = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.*?) \|", page, re.MULTILINE))
    assert rows.keys() == ACTION["inputs"].keys()
    for name, row in ACTION["inputs"].items():
        default = str(row.get("default", ""))
        assert rows[name] == ("" if not default or "${{" in default else f"`{default}`"), name


def github(checkout: Path, event: str, environ: dict[str, str] | None = None) -> Job:
    ran = job(checkout, event, environ=environ)
    ran.run(GITHUB["jobs"]["score"]["steps"])
    return ran


def test_the_pasted_github_job_compares_with_main_and_comments(checkout: Path) -> None:
    main = github(checkout, "push")
    assert main.failed == 0, main.output
    assert main.calls("pip") == "install nerconv\n"
    assert (main.home / "summary").read_text(encoding="utf-8").count("## Micro F1 100.00") == 1
    kept = main.used["Keep the baseline of main"]
    assert kept == {"name": "ner-baseline", "path": "report.json"}
    baseline = (checkout / "report.json").rename(checkout.parent / "baseline.json")
    predict(checkout, right=40)
    alone = github(checkout, "pull_request")
    assert alone.failed == 0, alone.output
    compared = github(checkout, "pull_request", {"GH_RUN": "11", "GH_BASELINE": str(baseline)})
    assert compared.failed == 1
    assert "pr comment 7 --repo owner/corpus --edit-last --body-file report.md" in compared.calls("gh")
    assert "Keep the reports" in compared.used
    assert json.loads((checkout / "lint.sarif").read_text(encoding="utf-8"))["runs"]


def test_the_pasted_github_job_asks_for_the_rights_that_its_steps_need() -> None:
    needed = {"actions": "read", "contents": "read", "pull-requests": "write", "security-events": "write"}
    assert GITHUB["permissions"] == needed


def gitlab(checkout: Path, policy: str) -> int:
    """Run the script of the GitLab job in one shell, as its runner does, and return the exit status."""
    script = "pip() { :; }\n" + "\n".join(GITLAB["script"])
    home = Job(checkout, checkout.parent / "gitlab", {})
    words = ["bash", "-eo", "pipefail", "-c", script]
    return subprocess.run(words, cwd=checkout, env={**home.environ, "POLICY": policy}, capture_output=True).returncode


def test_the_pasted_gitlab_job_compares_with_main_and_leaves_its_reports(checkout: Path) -> None:
    policies = [rule["variables"]["POLICY"] for rule in GITLAB["rules"]]
    assert policies == ["push", "pull"]
    predict(checkout, right=40)
    assert gitlab(checkout, "pull") == 0
    predict(checkout, right=60)
    assert gitlab(checkout, "push") == 0
    assert (checkout / GITLAB["cache"]["paths"][0] / "report.json").exists()
    predict(checkout, right=40)
    assert gitlab(checkout, "pull") == 1
    kinds: dict[str, Any] = GITLAB["artifacts"]["reports"]
    assert isinstance(json.loads((checkout / kinds["codequality"]).read_text(encoding="utf-8")), list)
    assert ElementTree.parse(checkout / kinds["junit"]).getroot().tag == "testsuites"
    assert all((checkout / name).exists() for name in GITLAB["artifacts"]["paths"])


def test_the_pasted_gitlab_job_fails_on_a_gold_that_cannot_be_read(checkout: Path) -> None:
    (checkout / "gold.conll").write_bytes(b"\xff\xfe\x00")
    assert gitlab(checkout, "pull") == 3
