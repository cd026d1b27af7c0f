"""The command: arguments, output, exit codes, and streams that are not as one would like them."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import checker
import folder
from checker import cli, document, rule, schema
from checker.cli import terminal

ROOT = Path(__file__).parent.parent
SUMS_UP = "2 sources, 4 facts, 1 rule, 2 matches: 1 violated, 1 suspicious, 0 undetermined, 0 satisfied, 0 incomparable"


@pytest.fixture(autouse=True)
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "CHECKER_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return folder.write(tmp_path)


class Done:
    """What a call gave."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    def __iter__(self) -> Any:
        return iter((self.code, self.out, self.err))


class Call:
    """The command, in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Done:
        try:
            code = cli.main(arguments)
        except SystemExit as end:
            assert isinstance(end.code, int)  # noqa: PT017  # argparse ends calls so, with a code
            code = end.code
        out, err = self._capsys.readouterr()
        return Done(code, out, err)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    return Call(capsys)


def start(*arguments: str, stdout: Any = subprocess.PIPE, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "checker", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment},
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
    )


def valid(text: str) -> Any:
    """The report in a text; it follows its schema."""
    data = json.loads(text)
    assert schema.check(document.read(text, "report.json")._replace(data=data), "report") == []
    return data


# ------------------------------------------------------------------------- help and version


def test_version(call: Call) -> None:
    assert list(call("--version")) == [0, f"checker {checker.__version__}\n", ""]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("-h", ["usage: checker ", "hold facts against rules", "hold rules against their own examples", "examples:"]),
        ("run -h", ["usage: checker run ", "[PATH ...]", "--format FORMAT[=FILE]", "--strict", "exit codes: 0 "]),
        ("test -h", ["usage: checker test ", "--engine {auto,durable,plain,duckdb,spark}"]),
        ("rules -h", ["usage: checker rules ", "--rules PATH"]),
        ("schema -h", ["usage: checker schema ", "facts, vocabulary, rules"]),
    ],
)
def test_help(arguments: str, said: list[str], call: Call) -> None:
    code, out, err = call(*arguments.split())
    assert (code, err) == (0, "")
    assert [text for text in said if text not in out] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("ran", "invalid choice: 'ran'"),
        ("run --what", "unrecognized arguments: --what"),
        ("run --format xml", "argument --format: 'xml' is no format: choose from table, json"),
        ("run --format =x", "argument --format: '' is no format: choose from table, json"),
        ("run --max-findings=-1", "argument --max-findings: '-1' is no whole number from 0"),
        ("run --max-findings ²", "argument --max-findings: '²' is no whole number from 0"),
        ("run --today soon", "argument --today: no date that can be read (expected "),
        ("run --today 2024-13-01", "argument --today: there is no such date in the calendar (expected "),
        ("run --today 2024-07", "argument --today: '2024-07' is no single day: a date such as 2026-01-31"),
        ("run --today ../2024-07-28", "argument --today: '../2024-07-28' is no single day"),
        ("run --engine what", "argument --engine: invalid choice: 'what'"),
    ],
)
def test_calls_that_are_wrong(arguments: str, message: str, call: Call) -> None:
    code, out, err = call(*arguments.split())
    assert (code, out) == (2, "")
    assert message in err


# ------------------------------------------------------------------------- run


def test_run(call: Call) -> None:
    code, out, err = call("run")
    assert (code, err) == (1, "")
    assert "VIOLATED  12 hurt of 10 held" in out
    assert "suspicious  about 11 hurt of 10 held" in out
    assert out.endswith("fails: 1 finding\n")


def test_run_quietly(call: Call) -> None:
    _, out, _ = call("run", "-q")
    assert out.startswith(SUMS_UP)
    assert " ".join(out.split()).endswith(" · fails: 1 finding")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("", 1),
        ("--strict", 1),
        ("facts/more", 0),
        ("facts/more --strict", 1),
        ("facts/vocabulary.yaml --strict", 0),
        ("--max-findings 0", 1),
        ("--today 2026-01-31", 1),
        ("--engine plain --sources .", 1),
        ("nowhere", 2),
        ("--rules nowhere", 2),
    ],
)
def test_exit_codes(arguments: str, code: int, call: Call) -> None:
    assert call("run", "-q", *arguments.split()).code == code


def test_run_verbosely(call: Call) -> None:
    assert "engine: plain" in call("run", "-v", "--engine", "plain").out
    assert "engine:" not in call("run").out


def test_formats_to_files_and_one_to_standard_output(call: Call, story: Path) -> None:
    code, out, err = call("run", "--format", "json=a.json", "--format", "table=a.txt", "--format", "json")
    assert (code, err) == (1, "")
    assert (story / "a.json").read_text("utf-8") == out
    assert valid(out)["summary"]["violated"] == 1
    assert "VIOLATED" in (story / "a.txt").read_text("utf-8")
    code, out, _ = call("run", "--format", "json=b.json")
    assert (code, out) == (1, "")
    assert (story / "b.json").read_bytes() == (story / "a.json").read_bytes()
    assert call("run", "--format", "table=", "-q").out.startswith(SUMS_UP)


def test_at_most_one_format_to_standard_output(call: Call) -> None:
    message = "checker: at most one --format goes to standard output: give the others a file (FORMAT=FILE)\n"
    assert list(call("run", "--format", "json", "--format", "table")) == [2, "", message]


def test_a_file_that_cannot_be_written(call: Call) -> None:
    code, out, err = call("run", "--format", "json=no/where.json")
    assert (code, out) == (2, "")
    assert err.startswith("no/where.json: cannot be written: No such file or directory\n")


def test_errors_come_in_the_format_asked_for(call: Call, story: Path) -> None:
    (story / "facts/a.yaml").write_text(folder.VIOLATED.replace("measure: hurt", "measure: hurd"), "utf-8")
    (story / "rules/own.yaml").write_text(folder.RULES.replace("a <= b", "a <="), "utf-8")
    code, out, err = call("run", "--format", "json")
    assert (code, err) == (2, "")
    data = valid(out)
    assert (data["exit_code"], data["findings"]) == (2, [])
    assert [(one["file"], one["line"], one["message"]) for one in data["errors"]] == [
        ("facts/a.yaml", 4, 'measure "hurd" is not declared'),
        ("rules/own.yaml", 5, "the end is not expected here"),
    ]
    code, out, err = call("run")
    assert (code, err) == (2, "")
    assert 'facts/a.yaml:4:25: measure "hurd" is not declared' in out
    assert 'expected: did you mean "hurt"?' in out


@pytest.mark.parametrize(
    ("arguments", "file", "message"),
    [
        (["nowhere"], "nowhere", "there is no such path"),
        (["--rules", "nowhere"], "nowhere", "there is no such path"),
        (["a" * 300], "a" * 300, "there is no such path"),
    ],
)
def test_errors_of_the_call_come_in_the_format_asked_for(
    arguments: list[str], file: str, message: str, call: Call
) -> None:
    code, out, err = call("run", "--format", "json", *arguments)
    assert (code, err) == (2, "")
    assert [(one["file"], one["message"]) for one in valid(out)["errors"]] == [(file, message)]


def test_an_engine_that_is_not_installed(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.engine.find_spec", lambda _: None)
    code, out, err = call("run", "--engine", "durable", "--format", "json")
    assert (code, err) == (2, "")
    assert [one["message"] for one in valid(out)["errors"]] == ["engine durable is not installed"]
    code, out, err = call("test", "--engine", "durable")
    assert (code, out) == (2, "")
    assert "engine durable is not installed" in err
    assert call("run", "-q").code == 1  # another one is


def test_without_settings_and_facts(call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    (tmp_path / "checker.toml").unlink()
    code, out, _ = call("run")
    assert code == 2
    assert out.startswith("facts: there is no such path\n  expected: a fact file or a directory\n")
    assert call("test", "-q").out.startswith(f"{len(rule.gather([rule.SHIPPED]))} rules, ")


def test_wrong_settings(call: Call, story: Path) -> None:
    (story / "checker.toml").write_text("strikt = true", "utf-8")
    code, out, _ = call("run")
    assert (code, "checker.toml:1:1: " in out) == (2, True)
    code, out, err = call("rules")
    assert (code, out, "checker.toml:1:1: " in err) == (2, "", True)


# ------------------------------------------------------------------------- test, rules, schema


def test_the_rules_pass_their_examples(call: Call) -> None:
    assert list(call("test")) == [0, "1 rule, 2 examples: none failed\n", ""]


def test_an_example_that_says_otherwise(call: Call, story: Path) -> None:
    (story / "rules/own.yaml").write_text(folder.RULES.replace("expect: violated", "expect: suspicious"), "utf-8")
    code, out, err = call("test")
    assert (code, err) == (1, "")
    head, *lines, last = out.splitlines()
    assert head == "rules/own.yaml:2: hurt-within-held: expected an example that violates it, found none"
    assert "rules/own.yaml:9: hurt-within-held: expected suspicious, found violated" in lines
    assert "  VIOLATED  2 hurt of 1 held" in lines  # and why, as a run would tell it
    assert "    a: 2 · b: 1" in lines
    assert last == "1 rule, 3 examples: 2 failed"
    assert list(call("test", "-q")) == [1, "1 rule, 3 examples: 2 failed\n", ""]


def test_examples_and_rules_that_make_no_sense(call: Call, story: Path) -> None:
    (story / "rules/own.yaml").write_text(
        folder.RULES.replace("{measure: hurt, value: 2}", "{measure: x, value: 2}"), "utf-8"
    )
    code, out, err = call("test")
    assert (code, out) == (2, "")
    assert 'rules/own.yaml:9:9: measure "x" is not declared' in err
    (story / "rules/own.yaml").write_text(folder.RULES.replace("a <= b", "a <="), "utf-8")
    for command in ("test", "rules"):
        code, out, err = call(command)
        assert (code, out) == (2, "")
        assert "rules/own.yaml:5:18: the end is not expected here" in err


def test_rules_are_listed(call: Call) -> None:
    assert list(call("rules")) == [0, "hurt-within-held  error  who is hurt is held\n", ""]
    out = call("rules", "--rules", "shipped").out
    assert "released-and-held-within-arrested" in out
    assert max(map(len, out.splitlines())) <= terminal.PIPE_WIDTH


def test_schemas(call: Call) -> None:
    code, out, _ = call("schema")
    assert (code, "facts" in out.split()) == (0, True)
    for name in out.split():
        code, text, _ = call("schema", name)
        assert code == 0
        assert json.loads(text)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert list(call("schema", "fact")) == [
        2,
        "",
        f"checker: there is no schema 'fact': choose from {', '.join(out.split())}\n",
    ]


# ------------------------------------------------------------------------- our own faults


def test_a_fault_of_our_own(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no such luck")

    monkeypatch.setattr("checker.run.run", fail)
    code, out, err = call("run")
    assert (code, out) == (70, "")
    assert err == (
        "checker: a fault of its own: RuntimeError: no such luck\n"
        "Please report it, with the output of the same call under CHECKER_TRACEBACK=1.\n"
    )
    monkeypatch.setenv("CHECKER_TRACEBACK", "1")
    with pytest.raises(RuntimeError, match="no such luck"):
        cli.main(["run"])


def test_an_interruption(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("checker.run.run", interrupt)
    assert list(call("run")) == [130, "", "checker: interrupted\n"]


# ------------------------------------------------------------------------- terminals and pipes


@pytest.mark.parametrize(
    ("columns", "width"),
    [("80", 80), ("3", 40), ("0", 120), ("-5", 120), ("wide", 120), ("²", 120), ("9" * 5000, 120), (None, 120)],
)
def test_width(columns: str | None, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert terminal.width() == width
    assert terminal.width(io.StringIO()) == width


def test_the_width_of_a_terminal(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    assert capfd is not None  # standard output is a file
    sizes = {sys.stdout.fileno(): os.terminal_size((97, 24)), sys.stderr.fileno(): os.terminal_size((13, 24))}
    real = os.get_terminal_size
    monkeypatch.setattr(os, "get_terminal_size", lambda *of: sizes[of[0]] if {*of} & {*sizes} else real(*of))
    assert terminal.width() == 97
    assert terminal.width(sys.stderr) == terminal.MIN_WIDTH


@pytest.mark.parametrize(
    ("environment", "is_terminal", "expected"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
    ],
)
def test_colour(
    environment: dict[str, str], is_terminal: bool, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stdout = io.StringIO()
    monkeypatch.setattr(stdout, "isatty", lambda: is_terminal, raising=False)
    monkeypatch.setattr(sys, "stdout", stdout)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert terminal.is_colourful() is expected


def test_colour_goes_to_the_terminal_and_to_no_file(call: Call, story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in call("run", "--format", "table", "--format", "json=a.json").out
    call("run", "--format", "table=a.txt")
    assert "\x1b[" not in (story / "a.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("asked", "marked"),
    [("table", "\x1b[1mten\x1b[22m were held"), ("html", '<mark class="figure">ten</mark> were held')],
)
def test_the_figure_of_a_quote_is_marked(
    asked: str, marked: str, call: Call, story: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert story.is_dir()
    assert marked in call("run", "--format", asked).out


@pytest.mark.parametrize(
    ("environment", "is_terminal", "expected"),
    [
        ({}, True, False),
        ({"VTE_VERSION": "7002"}, True, True),
        ({"VTE_VERSION": "4602"}, True, False),
        ({"VTE_VERSION": "7002"}, False, False),
        ({"VTE_VERSION": "7002", "FORCE_COLOR": "1"}, False, False),
        ({"VTE_VERSION": "7002", "NO_COLOR": "1"}, True, False),
        ({"VTE_VERSION": "7002", "TERM": "dumb"}, True, False),
        ({"VTE_VERSION": "7002", "TERM": "screen"}, True, False),
        ({"VTE_VERSION": "7002", "FORCE_HYPERLINK": "0"}, True, False),
        ({"FORCE_HYPERLINK": "1"}, False, True),
        ({"TERM": "xterm-kitty"}, True, True),
        ({"TERM_PROGRAM": "WezTerm"}, True, True),
        ({"WT_SESSION": "1"}, True, True),
        ({"TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.4", "TERM": "screen-256color"}, True, True),
        ({"TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.3a", "VTE_VERSION": "7002"}, True, False),
        ({"TERM_PROGRAM": "vscode", "VTE_VERSION": "x"}, True, False),
    ],
)
def test_links(environment: dict[str, str], is_terminal: bool, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    stdout = io.StringIO()
    monkeypatch.setattr(stdout, "isatty", lambda: is_terminal, raising=False)
    monkeypatch.setattr(sys, "stdout", stdout)
    for name in [name for name in os.environ if name.startswith(("TERM", "VTE", "WT_", "KONSOLE", "FORCE_", "NO_"))]:
        monkeypatch.delenv(name)
    for name, value in {"TERM": "xterm", **environment}.items():
        monkeypatch.setenv(name, value)
    assert bool(terminal.links()) is expected


def test_links_start_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "a b#é"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.setenv("FORCE_HYPERLINK", "1")
    start = terminal.links()
    assert start.startswith("file://")
    assert start.endswith("/a%20b%23%C3%A9/")


def test_links_go_to_the_terminal_and_to_no_file(call: Call, story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = call("run").out
    monkeypatch.setenv("FORCE_HYPERLINK", "1")
    linked = call("run", "--format", "table", "--format", "json=a.json").out
    assert f"\x1b]8;;{terminal.links()}facts/a.yaml\x1b\\facts/a.yaml:" in linked
    assert re.sub("\x1b]8;;[^\x1b]*\x1b\\\\", "", linked) == plain
    call("run", "--format", "table=a.txt")
    assert "\x1b" not in (story / "a.txt").read_text("utf-8") + (story / "a.json").read_text("utf-8")


def test_a_stream_that_is_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    assert cli.main(["run", "--format", "json"]) == 1
    assert valid(out.getvalue())["exit_code"] == 1
    assert cli.main(["rules", "--rules", "nowhere"]) == 2
    assert err.getvalue().startswith("nowhere: there is no such path\n")


# ------------------------------------------------------------------------- in a process of its own


def test_as_a_module() -> None:
    done = start("run", "-q")
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.decode().startswith(SUMS_UP)


def test_standard_output_that_is_not_utf_8(story: Path) -> None:
    quoted = folder.VIOLATED.replace("ten were held", "“zehn” – né → 😀")
    (story / "facts/a.yaml").write_text(quoted, "utf-8")
    done = start("run", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (1, b"")
    assert rb"\u201czehn\u201d \u2013 n\xe9 \u2192 \U0001f600" in done.stdout
    done = start("run", "--format", "json", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (1, b"")
    [found, *_] = valid(done.stdout.decode("utf-8"))["findings"]
    assert found["facts"][1]["quote"] == "“zehn” – né → 😀"


def test_names_of_files_that_are_not_utf_8(story: Path) -> None:
    try:
        (story / os.fsdecode(b"facts/caf\xe9.yaml")).write_text("source: [", "utf-8")
    except OSError:
        pytest.skip("this file system takes only names in UTF-8")
    for format_ in ("table", "json"):
        done = start("run", "--format", format_)
        assert (done.returncode, done.stderr) == (2, b"")
        assert b"caf" in done.stdout


def test_a_reader_that_has_seen_enough() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = start("run", "-v", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
