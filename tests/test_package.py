"""The package as a whole: what is said of it in several places agrees, and its commands stand on their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

import checker

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_version_is_the_newest_in_the_changelog() -> None:
    versions = re.findall(r"^## \[(\d.*?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert versions[0] == checker.__version__


def test_version_is_that_of_the_installed_distribution() -> None:
    try:
        installed = metadata.version(PROJECT["name"])
    except metadata.PackageNotFoundError:
        pytest.skip("the package is not installed here")
    assert installed == checker.__version__


def test_package_says_that_it_is_typed() -> None:
    assert (Path(checker.__file__).parent / "py.typed").is_file()


def test_importing_the_package_imports_no_other_module() -> None:
    seen = "import sys; before = set(sys.modules); import checker; print(*sorted(set(sys.modules) - before))"
    assert run(sys.executable, "-c", seen).stdout.split() == ["checker"]


def test_the_given_engine_is_never_a_reason_not_to_install() -> None:
    assert not any("durable" in name for name in PROJECT["dependencies"])
    assert PROJECT["optional-dependencies"]["durable"] == ["durable-rules>=2.0.28; python_version < '3.13'"]


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """A Python in a folder by itself; a test writes what it answers."""
    path = tmp_path / "path" / "python3"
    path.parent.mkdir()
    for tool in ("cat", "cksum", "dirname", "sed"):
        (path.parent / tool).symlink_to(next(p for p in (Path("/usr/bin", tool), Path("/bin", tool)) if p.exists()))
    return path


def answer(python: Path, script: str) -> None:
    python.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    python.chmod(0o755)


def start(command: str, python: Path, environment: Path) -> subprocess.CompletedProcess[str]:
    return run("/bin/sh", ROOT / "bin" / command, PATH=str(python.parent), PYTHON="", CHECKER_VENV=str(environment))


@pytest.mark.parametrize("command", ["checker", "test"])
def test_commands_say_which_python_they_need(command: str, python: Path, tmp_path: Path) -> None:
    answer(python, "exit 1  # older than 3.11")
    done = start(command, python, tmp_path / "environment")
    assert done.returncode == 2
    assert "needs Python 3.11 or later" in done.stderr
    assert done.stdout == ""


def test_commands_say_that_venv_is_missing(python: Path, tmp_path: Path) -> None:
    answer(python, 'case "$2" in *version_info*) echo "$0" ;; *) exit 1 ;; esac')
    done = start("checker", python, tmp_path / "environment")
    assert done.returncode == 2
    assert "apt install python3-venv" in done.stderr


# A stand-in that makes an environment of stand-ins: its python installs what FAILING does not name, its checker
# says how it was called.
MAKER = """
case "$2" in
    *version_info*) echo "$0" ;;
    *ensurepip*) ;;
    venv)
        echo made >>"$MADE"
        rm -rf "$4"
        mkdir -p "$4/bin"
        printf '%s\\n' '#!/bin/sh' 'for last; do :; done' 'echo "$last" >>"$MADE"' \\
            'case "$last" in *$FAILING*) exit 1 ;; esac' >"$4/bin/python"
        printf '%s\\n' '#!/bin/sh' 'echo "checker: $@"' >"$4/bin/checker"
        chmod +x "$4/bin/python" "$4/bin/checker" ;;
esac
"""


class Checkout:
    """bin/checker with stand-ins for Python and pip, in a folder of its own."""

    def __init__(self, python: Path, tmp_path: Path) -> None:
        for tool in ("chmod", "mkdir", "rm"):
            (python.parent / tool).symlink_to(Path("/bin", tool))
        answer(python, MAKER)
        self.python = python
        self.environment = tmp_path / "an environment"
        self.made = tmp_path / "made"

    def checker(self, *arguments: str, failing: str = "nothing") -> subprocess.CompletedProcess[str]:
        self.made.write_text("", "utf-8")
        return run(
            "/bin/sh",
            ROOT / "bin" / "checker",
            *arguments,
            PATH=str(self.python.parent),
            PYTHON="",
            CHECKER_VENV=str(self.environment),
            MADE=str(self.made),
            FAILING=failing,
        )

    def done(self) -> list[str]:
        """What the last call made and installed, without the checkout's path."""
        return [line.replace(str(ROOT), "") for line in self.made.read_text("utf-8").splitlines()]


@pytest.fixture
def checkout(python: Path, tmp_path: Path) -> Checkout:
    return Checkout(python, tmp_path)


def test_first_call_makes_the_environment_and_the_second_only_runs(checkout: Checkout) -> None:
    first = checkout.checker()
    assert (first.returncode, first.stdout) == (0, "checker: run\n")
    assert checkout.done() == ["made", "[durable,html,tables]"]
    second = checkout.checker("rules", "-v")
    assert (second.stdout, second.stderr) == ("checker: rules -v\n", "")
    assert checkout.done() == []


def test_without_a_compiler_it_runs_all_the_same_and_says_so(checkout: Checkout) -> None:
    done = checkout.checker(failing="durable")
    assert (done.returncode, done.stdout) == (0, "checker: run\n")
    assert "the plain engine gives the same results" in done.stderr
    assert checkout.done() == ["made", "[durable,html,tables]", "", "[durable]", "[html]", "[tables]"]


def test_without_what_draws_charts_it_runs_all_the_same_and_says_so(checkout: Checkout) -> None:
    done = checkout.checker(failing="html")
    assert (done.returncode, done.stdout) == (0, "checker: run\n")
    assert "there is no --format html" in done.stderr
    assert "plain engine" not in done.stderr


def test_what_was_interrupted_is_made_anew(checkout: Checkout) -> None:
    assert checkout.checker(failing=str(ROOT)).returncode == 2
    assert checkout.checker().stdout == "checker: run\n"
    assert checkout.done() == ["made", "[durable,html,tables]"]


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Checkout) -> None:
    checkout.checker()
    (checkout.environment / "bin" / "python").unlink()
    assert checkout.checker().stdout == "checker: run\n"
    assert checkout.done() == ["made", "[durable,html,tables]"]
