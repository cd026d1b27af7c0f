"""Files against their schemas and all that reading them checks, and notes on what looks forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

import folder
from checker import cli, initial

RULE = "rules/own.yaml"


@pytest.fixture(autouse=True)
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return folder.write(tmp_path)


@pytest.fixture
def lint(capsys: pytest.CaptureFixture[str]) -> Lint:
    return Lint(capsys)


class Lint:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, list[str]]:
        code = cli.main(["lint", *arguments])
        out, err = self._capsys.readouterr()
        return code, [*out.splitlines(), *err.splitlines()]


def test_a_new_repository_has_nothing_wrong_and_nothing_forgotten(tmp_path: Path, lint: Lint) -> None:
    initial.write(tmp_path / "new")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path / "new")
        assert lint() == (0, ["5 files, 4 facts, 1 rule: nothing wrong"])


def test_all_that_is_wrong_in_any_file_is_named_with_its_place(story: Path, lint: Lint) -> None:
    folder.write(
        story,
        {
            "facts/a.yaml": folder.VIOLATED.replace("value: 12", "value: plenty"),
            "facts/waivers.yaml": "waivers:\n  - {finding: abcdef012345}\n",
            RULE: folder.RULES.replace("require: a <= b", "require: a <= c"),
        },
    )
    code, said = lint()
    assert code == 2
    assert [line.partition(" ")[0] for line in said if line.startswith(("facts", "rules"))] == [
        "facts/a.yaml:4:38:",
        "facts/waivers.yaml:2:5:",
    ]
    assert said[-1] == "6 files: 2 errors in 2 files"
    folder.write(story, {"facts/a.yaml": folder.VIOLATED, "facts/waivers.yaml": "waivers: []\n"})
    code, said = lint()
    assert code == 2
    assert [line for line in said if line.startswith("rules/own.yaml:")] != []


def test_a_rule_of_ones_own_over_what_is_not_declared_is_an_error(story: Path, lint: Lint) -> None:
    folder.write(story, {RULE: folder.RULES.replace("measure: hurt}", "measure: hrut}")})
    code, said = lint()
    assert code == 2
    assert said[0].startswith('rules/own.yaml:3:13: measure "hrut" is not declared')


def test_a_text_that_is_not_the_one_meant_is_an_error(tmp_path: Path, lint: Lint) -> None:
    initial.write(tmp_path / "new")
    text = tmp_path / "new/sources/harbour-post-2025-06-14.txt"
    text.write_bytes(text.read_bytes() + b" ")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path / "new")
        code, said = lint()
    assert code == 2
    assert "in the source archive has another sha256" in said[0]


def test_settings_that_are_wrong_are_an_error(story: Path, lint: Lint) -> None:
    folder.write(story, {"checker.toml": "strict = 3\n"})
    code, said = lint()
    assert code == 2
    assert said[0].startswith("checker.toml:1:10: ")


# ------------------------------------------------------------------------- which files


@pytest.mark.parametrize("path", ["facts/a.yaml", "facts", "rules/own.yaml", "checker.toml"])
def test_a_path_of_the_settings_reads_all_of_them(path: str, story: Path, lint: Lint) -> None:
    folder.write(story, {"facts/vocabulary.yaml": folder.VOCABULARY.replace("  hurt:", "  hrt:")})
    code, said = lint(path)
    assert code == 2
    assert any(line.startswith("facts/a.yaml:4:") for line in said)
    assert any(line.startswith("facts/more/b.yaml:4:") for line in said)


def test_files_outside_are_told_apart_by_what_they_hold(story: Path, lint: Lint) -> None:
    folder.write(story, {"other/names.yaml": folder.VOCABULARY, "other/r.yaml": folder.RULES})
    assert lint("-q", "other") == (0, ["2 files, 1 rule: nothing wrong · 9 notes"])
    folder.write(story, {"other/r.yaml": folder.RULES.replace("require:", "requires:")})
    code, said = lint("other")
    assert (code, said[0].partition(" ")[0]) == (2, "other/r.yaml:2:5:")


def test_what_is_not_there(lint: Lint) -> None:
    code, said = lint("nowhere")
    assert code == 2
    assert said[0] == "nowhere: there is no such path"


# ------------------------------------------------------------------------- notes


def test_notes_are_no_errors(lint: Lint) -> None:
    code, said = lint()
    assert code == 0
    assert said == [
        "facts/a.yaml:1:9: note: source a names no text: its quotes are not checked",
        "facts/a.yaml:4:5: note: without a quote: hurt",
        "facts/more/b.yaml:4:5: note: without a quote: hurt, held",
        "facts/vocabulary.yaml:4:3: note: measure freed is declared, and no fact uses it",
        "facts/vocabulary.yaml:5:3: note: measure freed_total is declared, and no fact uses it",
        "facts/vocabulary.yaml:6:39: note: subject some is declared, and no fact uses it",
        "facts/vocabulary.yaml:7:13: note: claimant police is declared, and no fact uses it",
        "facts/vocabulary.yaml:7:25: note: claimant ngo is declared, and no fact uses it",
        "facts/vocabulary.yaml:8:10: note: event e is declared, and no fact uses it",
        "",
        "5 files, 4 facts, 1 rule: nothing wrong · 9 notes",
    ]


def test_notes_are_those_of_the_paths_asked_for(lint: Lint) -> None:
    assert lint("facts/more")[1] == [
        "facts/more/b.yaml:4:5: note: without a quote: hurt, held",
        "",
        "5 files, 4 facts, 1 rule: nothing wrong · 1 note",
    ]


def test_what_a_used_name_is_declared_part_of_is_used_too(story: Path, lint: Lint) -> None:
    some = folder.VIOLATED.replace("subject: all", "subject: some").replace(
        "measure: hurt, value: 12", "measure: freed_total, value: 1"
    )
    folder.write(story, {"facts/a.yaml": some, "facts/more/b.yaml": ""})
    (story / "facts/more/b.yaml").unlink()
    unused = [line for line in lint()[1] if "no fact uses" in line]
    assert not [line for line in unused if "subject" in line or " freed " in line]
    assert [line for line in unused if " hurt " in line]


def test_a_long_quote_is_no_fragment(story: Path, lint: Lint) -> None:
    quote = " ".join(["ten"] * 13)
    folder.write(story, {"facts/a.yaml": folder.VIOLATED.replace("ten were held", quote)})
    assert "facts/a.yaml:5:5: note: the quote of held has 13 words: 12 at most are a fragment" in lint()[1]
    folder.write(story, {"facts/a.yaml": folder.VIOLATED.replace("ten were held", quote.removesuffix(" ten"))})
    assert not any("words" in line for line in lint()[1])


def test_globs_are_used_by_what_falls_under_them(story: Path, lint: Lint) -> None:
    folder.write(story, {"facts/vocabulary.yaml": folder.VOCABULARY.replace("{all:", '{"a*":')})
    assert not any("subject a*" in line for line in lint()[1])


def test_no_name_acts_on_the_terminal(story: Path, lint: Lint) -> None:
    folder.write(story, {"facts/vocabulary.yaml": folder.VOCABULARY.replace("{e:", '{"\u202ee":')})
    said = "\n".join(lint()[1])
    assert "\u202e" not in said
