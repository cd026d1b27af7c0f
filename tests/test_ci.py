"""What another repository copies from ci/, and the hooks: run, or held against what others publish."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest
import yaml

import folder

ROOT = Path(__file__).parent.parent
GATE = ROOT / "ci" / "gate.sh"
REPORTS = {"junit.xml", "checker.sarif", "summary.md", "report.json"}
SATISFIED = folder.VIOLATED.replace("value: 12", "value: 9")
FORGED = folder.VIOLATED.replace("quote: ten were held", 'quote: "ten\\n::error file=a::forged\\n::set-env name=A::b"')


class Story(NamedTuple):
    """A repository of facts, in a place with spaces, and how checker is called there."""

    root: Path
    environment: dict[str, str]

    def gate(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return run("sh", GATE, *arguments, cwd=self.root, env=self.environment | more)

    def git(self, *arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main")
        done = run("git", *identity, *arguments, cwd=self.root, env=self.environment)
        assert done.returncode == 0, done.stderr

    def reports(self, name: str = "checker-reports") -> set[str]:
        return {path.name for path in (self.root / name).iterdir()}

    def findings(self) -> list[str]:
        report = json.loads((self.root / "checker-reports" / "report.json").read_text("utf-8"))
        return sorted(finding["facts"][0]["file"] for finding in report["findings"])


def run(*command: str | Path, cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=cwd, env=env, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """A repository with one finding that fails and one that does not."""
    program = tmp_path / "a program" / "checker"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m checker "$@"\n', "utf-8")
    program.chmod(0o755)
    inherited = {name: os.environ[name] for name in ("PATH", "COVERAGE_PROCESS_START") if name in os.environ}
    environment = {"PYTHONPATH": str(ROOT / "src"), "CHECKER_COMMAND": str(program), "HOME": str(tmp_path)}
    root = tmp_path / "my facts"
    root.mkdir()
    return Story(folder.write(root), inherited | environment)


# ------------------------------------------------------------------------- the gate


def test_gate_writes_all_reports_and_passes_on_that_findings_fail(story: Story) -> None:
    done = story.gate()
    assert done.returncode == 1
    assert "12 hurt of 10 held" in done.stdout
    assert not re.search(r"^::", done.stdout, re.MULTILINE)
    assert story.reports() == REPORTS
    junit = (story.root / "checker-reports" / "junit.xml").read_bytes()
    assert ET.fromstring(junit).get("failures") == "1"  # noqa: S314  # written by the program itself
    assert (story.root / "checker-reports" / "summary.md").read_text("utf-8").startswith("## ")
    assert len(json.loads((story.root / "checker-reports" / "checker.sarif").read_text("utf-8"))["runs"]) == 1


def test_gate_passes_on_that_nothing_fails(story: Story) -> None:
    folder.write(story.root, {"facts/a.yaml": SATISFIED})
    assert story.gate().returncode == 0


def test_gate_passes_on_that_the_input_is_wrong_and_reports_it(story: Story) -> None:
    folder.write(story.root, {"facts/a.yaml": "facts: ["})
    summary = story.root / "step summary.md"
    assert story.gate(GITHUB_STEP_SUMMARY=str(summary)).returncode == 2
    assert story.reports() == REPORTS
    assert "facts/a.yaml" in summary.read_text("utf-8").replace("<span>", "").replace("</span>", "")


def test_gate_adds_to_the_summary_of_a_step(story: Story) -> None:
    summary = story.root / "step summary.md"
    summary.write_text("before\n", "utf-8")
    story.gate(GITHUB_STEP_SUMMARY=str(summary))
    report = (story.root / "checker-reports" / "summary.md").read_text("utf-8")
    assert summary.read_text("utf-8") == f"before\n{report}"


def test_gate_lets_only_annotations_give_commands_to_github(story: Story) -> None:
    folder.write(story.root, {"facts/a.yaml": FORGED})
    done = story.gate(GITHUB_ACTIONS="true")
    assert done.returncode == 1
    first, *rest = done.stdout.splitlines()
    word = first.removeprefix("::stop-commands::")
    assert re.fullmatch("[0-9a-f]{32}", word)
    end = rest.index(f"::{word}::")
    assert any("12 hurt of 10 held" in line for line in rest[:end])
    commands = [line.partition("::")[2].split(" ")[0] for line in rest[end + 1 :] if line.startswith("::")]
    assert commands == ["error", "warning"]
    assert "forged" in "".join(rest[end + 1 :])
    assert word not in story.gate(GITHUB_ACTIONS="true").stdout


def test_gate_hands_its_arguments_to_checker(story: Story) -> None:
    assert story.gate("facts/more", "--strict").returncode == 1
    assert story.findings() == ["facts/more/b.yaml"]
    assert story.gate("facts/more").returncode == 0


def test_gate_fails_for_warnings_where_it_is_told_to(story: Story) -> None:
    folder.write(story.root, {"facts/a.yaml": SATISFIED})
    assert story.gate(CHECKER_STRICT="").returncode == 0
    assert story.gate(CHECKER_STRICT="yes").returncode == 1


def test_gate_writes_where_it_is_told_to(story: Story) -> None:
    story.gate(CHECKER_REPORTS="-my/own reports")
    assert story.reports("-my/own reports") == REPORTS
    assert not (story.root / "checker-reports").exists()


def test_gate_fails_only_for_what_the_baseline_has_not(story: Story) -> None:
    story.gate()
    shutil.copy(story.root / "checker-reports" / "report.json", story.root / "the baseline.json")
    assert story.gate(CHECKER_BASELINE="the baseline.json").returncode == 0
    folder.write(story.root, {"facts/a.yaml": folder.VIOLATED.replace("value: 12", "value: 13")})
    assert story.gate(CHECKER_BASELINE="the baseline.json").returncode == 1


def test_gate_leaves_no_report_of_an_earlier_run(story: Story) -> None:
    story.gate(GITHUB_ACTIONS="true")
    assert "annotations.txt" in story.reports()
    assert story.gate(CHECKER_COMMAND="no such program").returncode == 127
    assert story.reports() == set()


def test_gate_refuses_a_directory_that_it_cannot_make(story: Story) -> None:
    done = story.gate(CHECKER_REPORTS="checker.toml")
    assert done.returncode == 2
    assert "checker.toml" in done.stderr


# ------------------------------------------------------------------------- the gate, asked for what has changed


@pytest.fixture
def request_(story: Story) -> Story:
    """A branch that changes one of two files, while its target has moved on."""
    story.git("init", "-q")
    story.git("add", "-A")
    story.git("commit", "-qm", "base")
    story.git("branch", "request")
    folder.write(story.root, {"facts/a.yaml": folder.VIOLATED.replace("value: 12", "value: 14")})
    story.git("commit", "-qam", "the target moves on")
    story.git("update-ref", "refs/remotes/origin/main", "main")
    story.git("checkout", "-q", "request")
    folder.write(story.root, {"facts/more/b.yaml": folder.SUSPICIOUS.replace("about 11", "30")})
    story.git("commit", "-qam", "change")
    return story


def test_gate_asks_what_a_pull_request_changes_of_its_target(request_: Story) -> None:
    done = request_.gate(CHECKER_CHANGED="base", GITHUB_BASE_REF="main")
    assert done.returncode == 1, done.stderr
    assert request_.findings() == ["facts/more/b.yaml"]


def test_gate_asks_what_a_merge_request_changes_of_its_target(request_: Story) -> None:
    request_.gate(CHECKER_CHANGED="base", CI_MERGE_REQUEST_DIFF_BASE_SHA="HEAD~1")
    assert request_.findings() == ["facts/more/b.yaml"]


def test_gate_takes_a_commit_by_name(request_: Story) -> None:
    assert request_.gate(CHECKER_CHANGED="HEAD").returncode == 0
    assert request_.findings() == []


def test_gate_looks_at_everything_where_nothing_is_to_be_merged(request_: Story) -> None:
    request_.gate(CHECKER_CHANGED="base")
    assert request_.findings() == ["facts/a.yaml", "facts/more/b.yaml"]


def test_gate_says_that_the_history_is_missing(request_: Story) -> None:
    done = request_.gate(CHECKER_CHANGED="base", GITHUB_BASE_REF="trunk")
    assert done.returncode == 2
    assert "origin/trunk" in done.stderr
    assert "fetch-depth: 0" in done.stderr
    assert request_.reports() == set()


# ------------------------------------------------------------------------- what services read


def test_gate_documents_each_of_its_variables() -> None:
    head, _, body = GATE.read_text("utf-8").partition("\nset -u\n")
    assert set(re.findall(r"CHECKER_[A-Z]+", body)) == set(re.findall(r"^#   (CHECKER_[A-Z]+) ", head, re.MULTILINE))


@pytest.mark.parametrize("name", ["github.yml", "gitlab.yml"])
def test_services_set_no_variable_that_the_gate_does_not_know(name: str) -> None:
    said = (ROOT / "ci" / name).read_text("utf-8")
    assert set(re.findall(r"^ +(CHECKER_[A-Z]+):", said, re.MULTILINE)) <= set(
        re.findall(r"CHECKER_[A-Z]+", GATE.read_text("utf-8"))
    )


@pytest.mark.parametrize(("schema", "name"), [("github-workflows", "github.yml"), ("gitlab-ci", "gitlab.yml")])
def test_services_read_their_files(schema: str, name: str) -> None:
    command = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", ROOT / "ci" / name)
    done = run(*command, cwd=ROOT, env=dict(os.environ))
    assert done.returncode == 0, done.stdout


def test_github_has_no_more_rights_than_it_needs() -> None:
    workflow = yaml.safe_load((ROOT / "ci" / "github.yml").read_text("utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["checker"]["permissions"] == {"contents": "read", "security-events": "write"}
    steps = workflow["jobs"]["checker"]["steps"]
    assert all(re.fullmatch(r"[\w/-]+@v\d+", step["uses"]) for step in steps if "uses" in step)
    assert not [step for step in steps if "${{" in step.get("run", "")]  # what is put into a script may be anything


# ------------------------------------------------------------------------- pre-commit


@pytest.mark.parametrize(
    ("command", "name"), [("validate-manifest", ".pre-commit-hooks.yaml"), ("validate-config", "ci/pre-commit.yaml")]
)
def test_pre_commit_reads_its_files(command: str, name: str) -> None:
    done = run(sys.executable, "-m", "pre_commit", command, ROOT / name, cwd=ROOT, env=dict(os.environ))
    assert done.returncode == 0, done.stdout


def test_hooks_are_the_same_in_the_repository_and_in_the_example() -> None:
    own = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (local,) = yaml.safe_load((ROOT / "ci" / "pre-commit.yaml").read_text("utf-8"))["repos"]
    for hook in own:
        del hook["description"]
    for hook in local["hooks"]:
        assert hook.pop("additional_dependencies") == ["checker-facts~=0.1"]
    assert own == local["hooks"]
