"""A new repository runs at once, does what its README says, and overwrites nothing."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from checker import cli, document, initial, schema

NEW = sorted(initial.files())


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def below(directory: Path) -> list[str]:
    return sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())


def test_init_says_what_it_wrote_and_what_to_do_next(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["init", "my facts"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    wrote, _, following = out.partition("\n\n")
    assert wrote.splitlines() == [f"wrote my facts/{name}" for name in NEW]
    assert following.startswith("next:\n  cd 'my facts'\n  checker run ")
    assert below(here / "my facts") == NEW


def test_init_here_says_no_cd(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["init"]) == 0
    assert "cd " not in capsys.readouterr().out
    assert below(here) == NEW


def test_the_commands_of_the_readme_do_what_it_says(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["init"])
    readme = (here / "README.md").read_text("utf-8")
    block = re.search(r"```sh\n(.*?)```", readme, re.DOTALL)
    assert block is not None
    named = [line.partition("#")[0].split() for line in block[1].splitlines()]
    assert named == [["checker", "run"], ["checker", "test"], ["checker", "lint"]]
    codes = [cli.main(command[1:]) for command in named]
    assert codes == [1, 0, 0]
    out = capsys.readouterr().out
    assert "rescued + missing: at least 201 · aboard: 162 to 198" in out
    assert "at least 201, and around 180 on board are at most 198" in " ".join(readme.split())


def test_the_one_finding_is_waived_as_the_readme_says(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["init"])
    capsys.readouterr()
    cli.main(["run", "--format", "json"])
    report: Any = json.loads(capsys.readouterr().out)
    assert [finding["rule"] for finding in report["findings"]] == ["rescued-and-missing-within-aboard"]
    assert cli.main(["waive", report["findings"][0]["id"], "--reason", "both say so"]) == 0
    assert cli.main(["run"]) == 0
    assert "waived" in capsys.readouterr().out


# ------------------------------------------------------------------------- its files


def test_every_editor_line_leads_to_the_schema_of_its_file(here: Path) -> None:
    initial.write(here)
    wired = {}
    for name in NEW:
        text = (here / name).read_text("utf-8")
        found = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text) or re.match(r"#:schema (\S+)\n", text)
        if found:
            target = (here / name).parent / found[1]
            assert target.is_file(), name
            wired[name] = target.name.removesuffix(".schema.json")
    assert wired == {
        "checker.toml": "settings",
        "facts/ferry/harbour-post-2025-06-14.yaml": "facts",
        "facts/ferry/island-courier-2025-06-15.yaml": "facts",
        "facts/ferry/vocabulary.yaml": "vocabulary",
        "rules/ferry.yaml": "rules",
    }
    for name, kind in wired.items():
        if name.endswith(".yaml"):
            assert schema.check(document.read_file(here / name), kind) == []


def test_every_schema_that_another_refers_to_is_there(here: Path) -> None:
    initial.write(here)
    for path in (here / "schemas").iterdir():
        for name in re.findall(r'"\$ref": "([\w.]+\.json)', path.read_text("utf-8")):
            assert (here / "schemas" / name).is_file()


def test_each_text_has_the_sha256_that_its_source_gives(here: Path) -> None:
    initial.write(here)
    for path in (here / "facts/ferry").glob("*-2025-*.yaml"):
        data: Any = document.read_file(path).data
        text = here / "sources" / data["source"]["text"]
        assert sha256(text.read_bytes()).hexdigest() == data["source"]["sha256"]


@pytest.mark.parametrize("name", [".github/workflows/facts.yml", ".pre-commit-config.yaml"])
def test_what_services_read_is_yaml_and_calls_checker(name: str, here: Path) -> None:
    initial.write(here)
    read = document.read_file(here / name)
    assert isinstance(read.data, dict)
    assert "checker lint" in (here / name).read_text("utf-8")


# ------------------------------------------------------------------------- what is in the way


@pytest.mark.parametrize("taken", ["README.md", "facts/ferry/vocabulary.yaml", "checker.toml"])
def test_nothing_is_overwritten_and_nothing_else_written(
    taken: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / taken).parent.mkdir(parents=True, exist_ok=True)
    (here / taken).write_text("mine", "utf-8")
    assert cli.main(["init"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"checker: nothing was written, for nothing is overwritten:\n  {taken} is there\n"
    assert below(here) == [taken]
    assert (here / taken).read_text("utf-8") == "mine"


def test_a_file_where_a_directory_must_be_is_in_the_way(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "facts").write_text("mine", "utf-8")
    assert cli.main(["init"]) == 2
    assert capsys.readouterr().err.splitlines()[1:] == ["  facts is no directory"]
    assert cli.main(["init", "facts"]) == 2
    assert below(here) == ["facts"]


def test_a_link_that_leads_nowhere_is_in_the_way(here: Path) -> None:
    (here / "README.md").symlink_to(here.parent / "elsewhere")
    assert cli.main(["init"]) == 2
    assert not (here.parent / "elsewhere").exists()


def test_settings_that_would_be_put_out_of_force_are_in_the_way(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "pyproject.toml").write_text("[tool.checker]\nstrict = true\n", "utf-8")
    assert cli.main(["init"]) == 2
    assert "pyproject.toml has settings of checker" in capsys.readouterr().err
    assert below(here) == ["pyproject.toml"]
    assert cli.main(["init", "inner"]) == 0


def test_a_directory_that_cannot_be_written_to_is_an_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refused)
    assert cli.main(["init", "new"]) == 2
    assert "cannot be written: Permission denied" in capsys.readouterr().err
