"""settings.py: found upwards, checked against their schema, and said with their lines."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from checker import settings
from checker.model import InputErrors

ALL = """\
facts = ["facts", "more/facts"]
rules = ["rules"]
sources = "../archive"
hedges = "hedges.yaml"
engine = "durable"
strict = true
min_coverage = 80
"""


def errors(path: Path) -> list[tuple[str, int | None, int | None, str, str]]:
    with pytest.raises(InputErrors) as caught:
        settings.find(path)
    return [
        (Path(e.location.file).name, e.location.line, e.location.column, e.message, e.expected)
        for e in caught.value.errors
    ]


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_settings_with_all_their_fields(tmp_path: Path) -> None:
    expected = settings.Settings(
        root=tmp_path,
        file=tmp_path / "checker.toml",
        facts=("facts", "more/facts"),
        rules=("rules",),
        sources="../archive",
        hedges="hedges.yaml",
        engine="durable",
        strict=True,
        min_coverage=80,
    )
    write(tmp_path / "checker.toml", ALL)
    assert settings.find(tmp_path) == expected
    (tmp_path / "checker.toml").unlink()
    write(tmp_path / "pyproject.toml", f"[project]\nname = 'x'\n\n[tool.checker]\n{ALL}\n[tool.other]\nstrict = 1\n")
    assert settings.find(tmp_path) == expected._replace(file=tmp_path / "pyproject.toml")


def test_what_is_not_chosen_has_its_default(tmp_path: Path) -> None:
    file = write(tmp_path / "checker.toml", "")
    assert settings.find(tmp_path) == settings.Settings(tmp_path, file)
    assert settings.Settings(tmp_path, file)[2:] == (("facts",), ("rules", "shipped"), None, None, "auto", False, 0)


def test_settings_are_found_upwards(tmp_path: Path) -> None:
    outer = write(tmp_path / "pyproject.toml", "[tool.checker]\nstrict = true\n")
    inner = write(tmp_path / "a" / "b" / "checker.toml", "strict = false\n")
    write(tmp_path / "a" / "pyproject.toml", "[tool.other]\nchecker = 1\n")
    write(tmp_path / "a" / "b" / "c" / "pyproject.toml", "[project]\nname = 'c'\n")
    found = {path: settings.find(tmp_path / path) for path in ("", "a", "a/b", "a/b/c")}
    assert {path: one.file for path, one in found.items() if one} == {
        "": outer,
        "a": outer,
        "a/b": inner,
        "a/b/c": inner,
    }


def test_checker_toml_goes_first(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.checker]\nstrict = true\n")
    file = write(tmp_path / "checker.toml", "")
    assert settings.find(tmp_path) == settings.Settings(tmp_path, file)


def test_without_settings_there_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "pyproject.toml", b"\xff broken, and no word of ours")
    monkeypatch.delitem(sys.modules, "tomllib", raising=False)
    monkeypatch.setattr(Path, "is_file", lambda path: path.parent == tmp_path and path.exists())
    assert settings.find(tmp_path) is None
    assert "tomllib" not in sys.modules


def test_wrong_settings_are_said_with_their_lines(tmp_path: Path) -> None:
    text = '[tool.x]\nstrict = 1\n[tool.checker]\nstrict = "yes"\n  "rules" = []\nfact = ["a"]\nengine = "spork"\n'
    write(tmp_path / "pyproject.toml", f"{text}facts = [1]\nsources = 2024-01-01\nmin_coverage = nan\n")
    known = "one of facts, rules, sources, hedges, engine, strict, min_coverage"
    assert errors(tmp_path) == [
        ("pyproject.toml", 4, 10, 'strict: found the text "yes"', "true or false"),
        ("pyproject.toml", 5, 13, "rules: found an empty list", "at least one entry"),
        ("pyproject.toml", 6, 1, 'unknown key "fact"', f'{known}; did you mean "facts"?'),
        ("pyproject.toml", 7, 10, 'engine: found the text "spork"',
         'one of auto, durable, plain, duckdb, spark; did you mean "spark"?'),
        ("pyproject.toml", 8, 9, "facts: found 1", "a text"),
        ("pyproject.toml", 10, 16, 'min_coverage: found the text "nan"', "a whole number"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("strict = true\nfacts = [\n", None, None, "no valid TOML: "),
        ("strict = true\nfacts = x\n", 2, 9, "no valid TOML: Invalid value"),
        ("strict = true\nstrict = true\n", 2, 14, "no valid TOML: Cannot overwrite a value"),
        ("facts = " + "[" * 100_000, None, None, "no valid TOML: "),
        ("min_coverage = " + "1" * 10_000, None, None, "no valid TOML: "),
        (b"strict = '\xff'", 1, 11, "byte 10 (0xff) is not UTF-8"),
        ("min_coverage = 1" + "0" * 30, 1, 16, "min_coverage: found 1000000000"),
        ("facts = { a = 1 }", 1, 9, "facts: found a mapping"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    tmp_path: Path, text: str | bytes, line: int | None, column: int | None, message: str
) -> None:
    write(tmp_path / "checker.toml", text)
    [(file, *place, said, expected)] = errors(tmp_path)
    assert (file, place, said[: len(message)]) == ("checker.toml", [line, column], message)
    assert expected


def test_a_table_that_is_none_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool]\nchecker = 1")
    assert errors(tmp_path) == [("pyproject.toml", 1, 1, "found 1", "a mapping")]


@pytest.mark.parametrize("text", ["tool = 'checker'", "[[tool]]\nchecker = 1"])
def test_a_tool_table_of_another_form_has_no_settings(tmp_path: Path, text: str) -> None:
    write(tmp_path / "checker.toml", "")
    write(tmp_path / "a" / "pyproject.toml", text)
    assert settings.find(tmp_path / "a") == settings.Settings(tmp_path, tmp_path / "checker.toml")


def test_a_date_is_a_text(tmp_path: Path) -> None:
    write(tmp_path / "checker.toml", "sources = 2024-01-01")
    found = settings.find(tmp_path)
    assert found is not None
    assert found.sources == "2024-01-01"
