"""Scripts for shells, and the helps: what each command says of itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from checker import cli
from checker.cli import completion

ROOT = Path(__file__).parent.parent
SNAPSHOTS = Path(__file__).parent / "snapshots"
NAMES = list(cli.COMMANDS)


@pytest.fixture(autouse=True)
def page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(ROOT)


# ------------------------------------------------------------------------- completion


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    pytest.importorskip("shtab")
    assert cli.main(["completion", shell]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("shell", completion.SHELLS)
def test_a_script_knows_commands_options_and_what_they_take(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = script(shell, capsys)
    wanted = [*NAMES, "max-findings", "markdown", "sarif", "durable", "parts-sum-to-whole", "vocabulary"]
    assert [word for word in wanted if word not in text] == []


@pytest.mark.parametrize("shell", completion.SHELLS)
def test_a_shell_takes_its_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"there is no {shell} here")
    done = subprocess.run([program, "-n"], input=script(shell, capsys).encode(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("checker expl", ["explain"]),
        ("checker run --max", ["--max-findings"]),
        ("checker run --format ma", ["markdown"]),
        ("checker rules parts-s", ["parts-sum-to-whole"]),
        ("checker schema voc", ["vocabulary"]),
        ("checker run fac", ["facts"]),
    ],
)
def test_bash_completes(words: str, wanted: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash here")
    *before, _ = split = words.split(" ")
    line = " ".join(f"'{word}'" for word in split)
    state = f"COMP_WORDS=({line}); COMP_CWORD={len(before)}; COMP_LINE='{words}'; COMP_POINT=${{#COMP_LINE}}"
    ask = f"{state}; _shtab_checker checker '{split[-1]}' '{before[-1]}'"
    whole = f'{script("bash", capsys)}\n{ask}\nprintf "%s\\n" "${{COMPREPLY[@]}}"\n'
    done = subprocess.run([bash, "--norc"], input=whole, capture_output=True, text=True, check=False)
    assert done.stdout.split() == wanted, done.stderr


def test_without_shtab_it_says_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    with pytest.raises(SystemExit) as end:
        cli.main(["completion", "bash"])
    assert end.value.code == 2
    assert capsys.readouterr().err == "checker: this needs shtab: pip install 'checker-facts[completion]'\n"


def test_no_other_command_imports_it() -> None:
    code = "import sys; from checker import cli; cli.main(['rules']); sys.exit('shtab' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0


def test_where_files_are_wrong_a_script_is_printed_without_rules(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "checker.toml").write_text("rules = 3\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert "parts-sum-to-whole" not in script("bash", capsys)


# ------------------------------------------------------------------------- helps


def help_of(name: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as end:
        cli.main([name, "--help"] if name else ["--help"])
    assert end.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("name", ["", *NAMES])
def test_the_help_reads_as_stored(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of(name, capsys)
    file = SNAPSHOTS / f"help-{name or 'checker'}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


@pytest.mark.parametrize("name", ["", *NAMES])
def test_the_help_fits_a_page_of_eighty_columns_and_teaches(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = help_of(name, capsys).splitlines()
    assert max(map(len, lines)) <= 80
    examples = lines[lines.index("examples:") + 1 :]
    assert any(line.startswith(f"  checker {name}".rstrip()) for line in examples)


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    assert capsys.readouterr().out == help_of("", capsys)


# ------------------------------------------------------------------------- rules as pages


def test_every_rule_has_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["rules"])
    ids = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line[0] != " "]
    assert len(ids) > 20
    for id in ids:
        assert cli.main(["rules", id]) == 0
        text = capsys.readouterr().out
        assert text.startswith(f"{id}\n")
        assert [
            head for head in ("Given", "Requires", "Why", "Examples", "As it is written") if f"\n{head}\n" not in text
        ] == []


def test_a_page_says_what_the_rule_is_given_and_where_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["rules", "shares-sum-to-hundred"])
    lines = capsys.readouterr().out.splitlines()
    assert "  applies here  no: no declared measure fits shares" in lines
    assert any(line.startswith("  require       sum(shares) == 100") for line in lines)
    assert any(line.startswith("  shares        all facts with type percent") for line in lines)
    assert any(line.startswith("  file          rules/percent.yaml:") for line in lines)


def test_a_rule_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["rules", "parts-sum-to-hole"])
    assert end.value.code == 2
    assert (
        capsys.readouterr().err == "checker: there is no rule “parts-sum-to-hole”; did you mean “parts-sum-to-whole”?\n"
    )
