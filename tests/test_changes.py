"""changes.py and git.py: which facts and rules say something else than in an earlier commit."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import folder
from checker import changes, git, run
from checker.model import Conflict, Finding, Report

THIRD = """\
source: {id: c, published: 2024-02-03, title: Third}
defaults: {subject: some}
facts:
  - id: hurt
    measure: hurt
    value: 7
  - {id: held, measure: held, value: 5}
  - {id: who, measure: who, value: Edmundo Gonzales}
"""
VOCABULARY = (
    folder.VOCABULARY.replace("claimants:", "dimensions: {sex: {values: [men, women]}}\nclaimants:")
    .replace("some: {part_of: all}", "some: {title: Some, part_of: all, since: 2024-01-01}")
    .replace("subjects:", "  who: {type: text}\nsubjects:")
    .replace("events: {e: {}}", "events: {e: {}}\nnames: {Edmundo González: [E. González]}")
)
SECOND_RULE = """\
rules:
  - id: held-is-few
    given: {a: {measure: held}}
    require: a < 3
    message: "{a} are many"
    why: few are held
    severity: warning
    examples:
      - {expect: violated, facts: [{measure: held, value: 4}]}
      - {expect: satisfied, facts: [{measure: held, value: 2}]}
"""
GROUP = "  group: {literal: alone, conventional: alone}\n"
FILES = folder.STORY | {
    "facts/vocabulary.yaml": VOCABULARY,
    "facts/c.yaml": THIRD,
    "rules/second.yaml": SECOND_RULE,
}
A, B, C = "a#hurt a#held", "b#hurt b#held", "c#hurt c#held"


@pytest.fixture(autouse=True)
def _git_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))


def ask(directory: Path, *arguments: str) -> None:
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=directory, check=True, capture_output=True)  # noqa: S607


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit, tagged start."""
    root = tmp_path / "story"
    root.mkdir()
    monkeypatch.chdir(folder.write(root, FILES))
    ask(root, "init", "-q")
    commit(root)
    ask(root, "tag", "start")
    return root


def commit(root: Path) -> None:
    ask(root, "add", "-A")
    ask(root, "commit", "-q", "-m", "more")


def made(ref: str = "start", facts: str = "facts", rules: tuple[str, ...] = ("rules",), **asked: Path) -> Report:
    return run.run(run.Call(facts=(Path(facts),), rules=rules, engine="plain", changed=ref, **asked))  # type: ignore[arg-type]


def shown(ref: str = "start") -> list[str]:
    found = made(ref)
    assert found.errors == ()
    return sorted(f"{one.rule} {' '.join(cited.fact.id for cited in one.facts)}" for one in found.findings)


def replace(file: str, old: str, new: str) -> None:
    path = Path(file)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


ALL = sorted([f"hurt-within-held {one}" for one in (A, B, C)] + [f"held-is-few {one}#held" for one in "abc"])


# ------------------------------------------------------------------------- what touches what


@pytest.mark.usefixtures("story")
def test_where_nothing_changed_nothing_is_shown_and_nothing_fails() -> None:
    found = made()
    assert (found.findings, found.exit_code, found.failing, found.hidden) == ((), 0, 0, 0)
    assert (found.summary.violated, found.summary.suspicious) == (5, 1)  # counts are of the whole run
    assert "facts changed since start: 0, rules: 0" in found.notes


def reformatted() -> None:
    text = THIRD.replace("{id: held, measure: held, value: 5}", "value: '5'\n    measure: held\n    id: held")
    Path("facts/c.yaml").write_text("# a word\n\n" + text, "utf-8")


def reordered() -> None:
    replace("facts/a.yaml", "  - {id: hurt, measure: hurt, value: 12}\n", "")
    Path("facts/a.yaml").write_text(
        Path("facts/a.yaml").read_text("utf-8") + "  - {measure: hurt, id: hurt, value: 12, subject: all}\n", "utf-8"
    )


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize(
    "change",
    [
        reformatted,
        reordered,
        lambda: Path("facts/a.yaml").rename("facts/more/renamed.yaml"),
        lambda: Path("facts/c.yaml").unlink(),
        lambda: replace("facts/c.yaml", "title: Third", "title: The third, url: https://example.org"),
        lambda: replace("rules/own.yaml", "{a} hurt of {b} held", "of {b} held, {a} are hurt"),
        lambda: replace("rules/own.yaml", "why: who is hurt is held", "why: so it is"),
        lambda: Path("rules/own.yaml").rename("rules/renamed.yaml"),
        lambda: replace("facts/vocabulary.yaml", "police: {}", "police: {title: The police}, more: {}"),
        lambda: replace("facts/vocabulary.yaml", "e: {}", "e: {title: That day}"),
    ],
)
def test_what_was_only_moved_or_written_otherwise_has_not_changed(change: Callable[[], object]) -> None:
    change()
    assert shown() == []


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("facts/a.yaml", "value: 12", "value: 13", [f"hurt-within-held {A}"]),
        ("facts/a.yaml", "value: 12", "value: at least 12", [f"hurt-within-held {A}"]),
        ("facts/a.yaml", "quote: ten", "quote: a ten", [f"hurt-within-held {A}", "held-is-few a#held"]),
        ("facts/a.yaml", "id: hurt", "id: hurts", ["hurt-within-held a#hurts a#held"]),
        ("facts/a.yaml", "2024-02-01", "2024-02-09", [f"hurt-within-held {A}", "held-is-few a#held"]),
        ("facts/a.yaml", "id: a,", "id: aa,", ["hurt-within-held aa#hurt aa#held", "held-is-few aa#held"]),
        ("rules/own.yaml", "a <= b", "a + 0 <= b", [f"hurt-within-held {one}" for one in (A, B, C)]),
        ("rules/own.yaml", "same:", "severity: note\n    same:", [f"hurt-within-held {one}" for one in (A, B, C)]),
        ("rules/own.yaml", "same:", "across: note\n    same:", [f"hurt-within-held {one}" for one in (A, B, C)]),
        ("facts/vocabulary.yaml", "held: {", "held: {title: Held, ", ALL),
        ("facts/vocabulary.yaml", "All of them", "All", ALL),  # some are part of them
        ("facts/vocabulary.yaml", "title: Some", "title: A few", [f"hurt-within-held {C}", "held-is-few c#held"]),
    ],
)
def test_what_says_something_else_is_shown(file: str, old: str, new: str, expected: list[str]) -> None:
    replace(file, old, new)
    assert shown() == sorted(expected)


def test_a_new_file_is_new_whether_git_knows_it_or_not(story: Path) -> None:
    Path("facts/d.yaml").write_text(THIRD.replace("id: c", "id: d").replace("2024-02-03", "2024-02-04"), "utf-8")
    expected = ["held-is-few d#held", "hurt-within-held d#hurt d#held"]
    assert shown() == expected
    commit(story)
    assert (shown(), shown("HEAD")) == (expected, [])


@pytest.mark.usefixtures("story")
def test_other_spellings_change_what_has_a_name() -> None:
    replace("facts/vocabulary.yaml", "E. González", "Edmundo Gonzales")
    assert "facts changed since start: 1, rules: 0" in made().notes


@pytest.mark.usefixtures("story")
def test_a_dimension_changes_what_is_broken_down_by_it() -> None:
    broken = "  - {id: men, measure: held, value: 5, dimensions: {sex: men}}\n"
    replace("facts/c.yaml", "  - {id: who", f"{broken}  - {{id: who")
    commit(Path.cwd())
    replace("facts/vocabulary.yaml", "[men, women]", "[men, women], exhaustive: true")
    assert "facts changed since HEAD: 1, rules: 0" in made("HEAD").notes


@pytest.mark.usefixtures("story")
def test_a_correction_changes_what_it_corrects() -> None:
    new = "  - {id: newer, measure: who, value: X, supersedes: c#hurt}\n"
    replace("facts/c.yaml", "  - {id: who", f"{new}  - {{id: who")
    assert "facts changed since start: 2, rules: 0" in made().notes


def test_hedges_change_what_they_hedge(story: Path) -> None:
    own = story / "hedges.yaml"
    own.write_text(
        f"hedges:\n  about: {{literal: n - r <= x, conventional: n <= x, before: [about]}}\n{GROUP}", "utf-8"
    )
    commit(story)
    assert made("HEAD", hedges=own).findings == ()
    replace("hedges.yaml", "n - r <= x", "n - 20 % <= x")
    assert [[cited.fact.id for cited in one.facts] for one in made("HEAD", hedges=own).findings] == [
        ["b#hurt", "b#held"]
    ]
    own.rename("own.yaml")  # there was none of that name: the shipped one held
    assert [one.facts[0].fact.id for one in made("HEAD", hedges=Path("own.yaml")).findings] == ["b#hurt"]


def test_a_fact_that_follows_from_a_changed_one_has_changed(story: Path) -> None:
    rules = """\
rules:
  - id: all-are-hurt
    given: {one: {measure: held, subject: some}}
    derive: {measure: hurt, subject: all, value: one * 9}
    why: so it is
    examples:
      - {expect: {measure: hurt, value: 9}, facts: [{measure: held, value: 1, subject: some}]}
      - {expect: {measure: hurt, value: 18}, facts: [{measure: held, value: 2, subject: some}]}
"""
    (story / "rules/derive.yaml").write_text(rules, "utf-8")
    replace("facts/a.yaml", "2024-02-01", "2024-02-03")
    replace("rules/second.yaml", "a < 3", "a < 300")
    commit(story)
    assert shown("HEAD") == []
    replace("facts/c.yaml", "value: 5}", "value: 6}")
    derived = [one for one in made("HEAD").findings if any(cited.fact.derivation for cited in one.facts)]
    assert [one.rule for one in derived] == ["hurt-within-held"]
    commit(story)
    replace("rules/derive.yaml", "one * 9", "one * 8")
    [only] = made("HEAD").findings
    assert [cited.fact.derivation is not None for cited in only.facts] == [True, False]


def test_a_joint_finding_is_touched_by_each_of_its_rules() -> None:
    found = Finding("1", "joint", "error", "violated", "new", "s", "", (), conflict=Conflict((), ("one", "other")))
    assert [changes.Changes(frozenset(), frozenset({id}), "").touch(found) for id in ("one", "more")] == [True, False]


# ------------------------------------------------------------------------- what cannot be told


@pytest.mark.parametrize(
    ("file", "text"),
    [("facts/c.yaml", "source: {id: c}\nfacts: [{id: x}]\n"), ("rules/second.yaml", "rules: [{id: x}]\n")],
)
def test_where_what_was_there_cannot_be_read_all_counts_as_changed(story: Path, file: str, text: str) -> None:
    good = Path(file).read_text("utf-8")
    Path(file).write_text(text, "utf-8")
    commit(story)
    Path(file).write_text(good, "utf-8")
    assert shown("HEAD") == ALL
    assert "what is in HEAD cannot be read: all counts as changed" in made("HEAD").notes


def test_before_the_first_fact_there_was_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "story"
    root.mkdir()
    monkeypatch.chdir(root)
    ask(root, "init", "-q")
    ask(root, "commit", "-q", "--allow-empty", "-m", "empty")
    folder.write(root, FILES)
    assert shown("HEAD") == ALL


def test_rules_outside_the_repository_count_as_they_are(story: Path, tmp_path: Path) -> None:
    (story / "rules").rename(tmp_path / "rules")
    commit(story)
    assert made("HEAD", rules=(str(tmp_path / "rules"),)).findings == ()
    replace(str(tmp_path / "rules/own.yaml"), "a <= b", "a < b")
    assert made("HEAD", rules=(str(tmp_path / "rules"),)).findings == ()


def test_links_and_other_files_are_no_part_of_what_was_there(story: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text(THIRD.replace("id: c", "id: d").replace("2024-02-03", "2024-02-04"), "utf-8")
    Path("facts/link.yaml").symlink_to(secret)
    Path("facts/notes.txt").write_text("no facts", "utf-8")
    commit(story)
    assert shown("HEAD") == ["held-is-few d#held", "hurt-within-held d#hurt d#held"]  # as new: sound


def test_from_a_directory_below_and_for_one_file(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace("facts/c.yaml", "value: 7", "value: 8")
    monkeypatch.chdir(story / "rules")
    found = made("start", "../facts", ("own.yaml",))
    assert [one.facts[0].fact.id for one in found.findings] == ["c#hurt"]
    assert found.exit_code == 1


def test_inside_a_hook_of_git_it_is_the_same(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", str(story / ".git"))
    assert shown() == []
    monkeypatch.setenv("GIT_WORK_TREE", str(story))
    assert shown() == []


# ------------------------------------------------------------------------- what is refused


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize(
    ("ref", "words"),
    [
        ("nowhere", "there is no such commit"),
        ("start:facts", "there is no such commit"),
        ("start..start", "there is no such commit"),
        ("", "there is no such commit"),
        ("$(touch forged)", "there is no such commit"),
        ("start; touch forged", "there is no such commit"),
        ("-h", "this cannot be the name of a commit"),
        ("--output=forged", "this cannot be the name of a commit"),
        ("a\0b", "this cannot be the name of a commit"),
        ("a\nb", "this cannot be the name of a commit"),
    ],
)
def test_what_names_no_commit_is_refused(ref: str, words: str) -> None:
    found = made(ref)
    assert [(wrong.message, wrong.expected) for wrong in found.errors] == [
        (f"--changed {ref}: {words}", "a commit of the repository of git that the facts are in")
    ]
    assert found.exit_code == 2
    assert not Path("forged").exists()


def test_without_a_repository_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.write(tmp_path, FILES))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    [wrong] = made("HEAD").errors
    assert wrong.message.startswith("--changed HEAD: not a git repository")


def test_facts_of_another_repository_are_refused(story: Path, tmp_path: Path) -> None:
    other = folder.write(tmp_path / "other", {"a.yaml": folder.VIOLATED.replace("id: a,", "id: z,")})
    asked = run.Call(facts=(story / "facts", other / "a.yaml"), rules=("rules",), engine="plain", changed="start")
    [wrong] = run.run(asked).errors
    assert (wrong.location.file, wrong.message) == (str(other / "a.yaml"), "this is outside the repository of git")


@pytest.mark.usefixtures("story")
def test_without_git_it_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    [wrong] = made("start").errors
    assert wrong.message == "--changed start: git cannot be run: No such file or directory"
    assert git.user(Path()) is None


# ------------------------------------------------------------------------- git


def test_what_git_knows(story: Path) -> None:
    ask(story, "config", "user.name", " Ann Other ")
    assert git.user(story / "facts") == "Ann Other"
    ask(story, "config", "--unset", "user.name")
    assert git.user(story) is None
    assert git.root(story / "facts") == story
    commit = git.commit(story, "start")
    assert len(commit) == 40
    files = git.files(story, commit)
    assert {one.path for one in files} == set(FILES)
    assert dict(zip((one.path for one in files), git.contents(story, files), strict=True)) == {
        name: text.encode() for name, text in FILES.items()
    }
    with pytest.raises(git.GitError, match="is not in this clone"):
        git.contents(story, [files[0]._replace(content="0" * 40)])


def test_a_path_that_leads_out_is_never_written() -> None:
    for path in ("../facts/a.yaml", "facts/../../a.yaml", "/facts/a.yaml"):
        assert not changes.is_wanted(path, [Path("facts"), Path("/facts"), Path()])
    assert changes.is_wanted("facts/a.yaml", [Path("facts")])
    assert changes.is_wanted("facts/a.txt", [Path("facts/a.txt")])
    assert not changes.is_wanted("facts/a.txt", [Path("facts")])
    assert not changes.is_wanted("factsheet/a.yaml", [Path("facts")])
