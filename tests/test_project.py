"""project.py: what is asked on the command line, over what the settings say."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

import folder
from checker import cli, project, run
from checker.model import InputErrors


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in a folder below the working directory's parents; the facts are in two homes."""
    root = folder.write(tmp_path / "project")
    monkeypatch.chdir(root)
    return root


def asked(*arguments: str, command: str = "run") -> Namespace:
    """What is asked on the command line."""
    return cli.parser().parse_args([command, *arguments])


def call(*arguments: str) -> run.Call:
    return project.call(asked(*arguments))


def missing(*arguments: str) -> list[tuple[str, str, str]]:
    with pytest.raises(InputErrors) as caught:
        call(*arguments)
    return [(wrong.location.file, wrong.message, wrong.expected) for wrong in caught.value.errors]


# ------------------------------------------------------------------------- settings


def test_without_settings_there_are_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write(tmp_path, {"facts/a.yaml": folder.VIOLATED})
    monkeypatch.chdir(tmp_path)
    found = call()
    assert (found.facts, found.rules, found.only) == ((tmp_path / "facts",), ("shipped",), ())
    assert (found.sources, found.hedges, found.engine, found.strict) == (None, None, "auto", False)
    (tmp_path / "rules").mkdir()
    assert call().rules == (str(tmp_path / "rules"), "shipped")


def test_settings_hold_from_any_directory_below(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (story / "checker.toml").write_text(
        'facts = ["facts"]\nrules = ["rules/own.yaml"]\nsources = "../texts"\nhedges = "h.yaml"\n'
        'engine = "durable"\nstrict = true\n',
        "utf-8",
    )
    found = call()
    assert (found.facts, found.rules) == ((story / "facts",), (str(story / "rules/own.yaml"),))
    assert (found.sources, found.hedges) == (story / "../texts", story / "h.yaml")
    assert (found.engine, found.strict) == ("durable", True)
    monkeypatch.chdir(story / "facts/more")
    assert call() == found


@pytest.mark.usefixtures("story")
def test_the_call_goes_before_the_settings() -> None:
    words = "--rules shipped --rules rules --sources texts --engine plain --strict -v --max-findings 3"
    found = call(*words.split())
    assert (found.rules, found.sources, found.engine) == (("shipped", "rules"), Path("texts"), "plain")
    assert (found.strict, found.verbose, found.max_findings) == (True, True, 3)


def test_wrong_settings_are_input_errors(story: Path) -> None:
    (story / "checker.toml").write_text("strict = 3", "utf-8")
    assert [(Path(file).name, bool(message)) for file, message, _ in missing()] == [("checker.toml", True)]


# ------------------------------------------------------------------------- paths


def test_a_path_inside_the_facts_loads_all_of_them(story: Path) -> None:
    found = call("facts/a.yaml", "facts/more")
    assert found.facts == (story / "facts",)
    assert found.only == (story / "facts/a.yaml", story / "facts/more")


@pytest.mark.parametrize("path", ["facts", "./facts/", "facts/more/.."])
def test_the_facts_themselves_are_all_of_them(path: str, story: Path) -> None:
    assert call(path) == call()._replace(facts=(story / "facts",))
    assert call("facts/a.yaml", path).only == ()


def test_a_path_outside_the_facts_is_loaded_for_itself(story: Path) -> None:
    folder.write(story, {"other/c.yaml": folder.VIOLATED})
    assert (call("other").facts, call("other").only) == ((Path("other"),), ())
    both = call("other/c.yaml", "facts/a.yaml")
    assert both.facts == (story / "facts", Path("other/c.yaml"))
    assert both.only == (story / "other/c.yaml", story / "facts/a.yaml")


@pytest.mark.parametrize(
    ("where", "path", "files"),
    [
        (".", "facts/a.yaml", ["a"]),
        ("facts", "a.yaml", ["a"]),
        ("facts", "../facts/more", ["b"]),
        ("facts/more", ".", ["b"]),
        ("facts/more", "..", ["a", "b"]),
        ("rules", "../facts/more/b.yaml", ["b"]),
        ("rules", "../facts/../facts/a.yaml", ["a"]),
    ],
)
def test_findings_are_shown_however_a_path_is_written(
    where: str, path: str, files: list[str], story: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(story / where)
    found = run.run(call(path)).findings
    assert sorted({cited.fact.id[0] for one in found for cited in one.facts}) == files
    assert [one.facts[0].fact.id[0] for one in run.run(call(str(Path(path).absolute()))).findings] == [
        one.facts[0].fact.id[0] for one in found
    ]


def test_a_path_through_a_link(story: Path) -> None:
    (story / "link").symlink_to(story / "facts")
    [found] = run.run(call("link/a.yaml")).findings
    assert found.facts[0].fact.id == "a#hurt"


@pytest.mark.usefixtures("story")
def test_paths_that_are_not_there() -> None:
    there = "there is no such path", "a fact file or a directory"
    assert missing("nowhere", "facts/nowhere.yaml", "facts/nowhere.yaml") == [
        ("facts/nowhere.yaml", *there),
        ("nowhere", *there),
    ]
    assert missing("a" * 300) == [("a" * 300, *there)]


def test_facts_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert missing() == [("facts", "there is no such path", "a fact file or a directory")]


def test_rules_that_are_not_there(story: Path) -> None:
    there = "there is no such path", "a rules file, a directory, or “shipped”"
    assert missing("--rules", "rules", "--rules", "shipped", "--rules", "r/nowhere") == [("r/nowhere", *there)]
    (story / "checker.toml").write_text('rules = ["more-rules", "shipped"]', "utf-8")
    assert missing() == [("more-rules", *there)]
    (story / "checker.toml").write_text('rules = ["rules", "shipped"]', "utf-8")
    (story / "rules").rename(story / "elsewhere")
    assert call().rules == ("shipped",)  # the default may be missing


# ------------------------------------------------------------------------- rules


@pytest.mark.usefixtures("story")
def test_rules_of_the_settings_and_of_the_call() -> None:
    assert [one.id for one in project.rules(asked(command="rules"))] == ["hurt-within-held"]
    assert len(project.rules(asked("--rules", "shipped", "--rules", "rules", command="rules"))) > 20


def test_rules_under_test(story: Path) -> None:
    found, names, engine = project.rules_under_test(asked("--engine", "plain", command="test"))
    assert ([one.id for one in found], list(names.claimants), engine) == (
        ["hurt-within-held"],
        ["police", "ngo"],
        "plain",
    )
    (story / "facts").rename(story / "elsewhere")
    _, names, engine = project.rules_under_test(asked(command="test"))
    assert (not any(names), engine) == (True, "auto")


@pytest.mark.usefixtures("story")
def test_a_directory_that_holds_the_facts_asks_for_all_of_them() -> None:
    assert call(".") == call()
    assert call("..", "facts") == call()
