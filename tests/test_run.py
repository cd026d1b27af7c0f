"""run.py: from files to a report; what fails, what is listed, and that the same input gives the same bytes."""

from __future__ import annotations

import random
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import folder
from checker import engine, finding, report, rule, run
from checker.model import Finding, Report

ROOT = Path(__file__).parent.parent
ENGINES = [name for name in engine.ENGINES if name == "plain" or engine.choose("auto")[0] == name]


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return folder.write(tmp_path)


def made(**asked: Any) -> Report:
    call = run.Call(**{"facts": (Path("facts"),), "rules": ("rules",), "engine": "plain", **asked})
    return run.run(call)


def told(found: Report) -> list[str]:
    return [f"{one.verdict} {one.severity} {one.rule} {one.message}" for one in found.findings]


def json(found: Report, **options: Any) -> str:
    return report.FORMATS["json"](found, report.Options(verbose=True, **options))


VIOLATED = "violated error hurt-within-held 12 hurt of 10 held"
SUSPICIOUS = "suspicious warning hurt-within-held about 11 hurt of 10 held"

# ------------------------------------------------------------------------- what is found, and what fails


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize("name", ["auto", *ENGINES])
def test_what_is_found(name: str) -> None:
    found = made(engine=name)
    assert told(found) == [VIOLATED, SUSPICIOUS]
    assert found.summary._asdict() == {
        "sources": 2,
        "facts": 4,
        "derived": 0,
        "rules": 1,
        "matches": 2,
        "violated": 1,
        "suspicious": 1,
        "undetermined": 0,
        "satisfied": 0,
        "incomparable": 0,
        "waived": 0,
    }
    assert (found.exit_code, found.failing, found.unchecked, found.hidden, found.errors) == (1, 1, 1, 0, ())
    assert [one.id for one in found.rules] == ["hurt-within-held"]
    assert found.notes[0] == f"engine: {f'{ENGINES[0]} (the first that is installed)' if name == 'auto' else name}"


@pytest.mark.parametrize(
    ("severity", "files", "strict", "failing"),
    [
        ("error", "a b", False, 1),
        ("error", "a b", True, 2),
        ("error", "b", False, 0),
        ("error", "b", True, 1),
        ("warning", "a b", False, 0),
        ("warning", "a b", True, 2),
        ("note", "a b", False, 0),
        ("note", "a b", True, 0),
    ],
)
def test_what_fails(story: Path, severity: str, files: str, strict: bool, failing: int) -> None:
    (story / "rules/own.yaml").write_text(folder.RULES.replace("same:", f"severity: {severity}\n    same:"), "utf-8")
    names = {"a": Path("facts/a.yaml"), "b": Path("facts/more/b.yaml")}
    found = made(strict=strict, facts=(Path("facts/vocabulary.yaml"), *(names[file] for file in files.split())))
    assert found.failing == failing
    assert found.exit_code == int(failing > 0)


def test_across_is_for_different_claimants(story: Path) -> None:
    (story / "rules/own.yaml").write_text(folder.RULES.replace("same:", "across: note\n    same:"), "utf-8")
    assert [one.severity for one in made().findings] == ["error", "warning"]
    told_by = folder.VIOLATED.replace("value: 12", "value: 12, claimant: police")
    (story / "facts/a.yaml").write_text(told_by, "utf-8")
    found = made()
    assert sorted(one.severity for one in found.findings) == ["note", "warning"]
    assert (found.exit_code, found.failing, found.summary.violated) == (0, 0, 1)


def test_other_outcomes_are_listed_where_they_are_asked_for(story: Path) -> None:
    (story / "facts/more/b.yaml").write_text(folder.SUSPICIOUS.replace("about 11", "9"), "utf-8")
    assert told(made()) == [VIOLATED]
    assert told(made(verbose=True)) == [VIOLATED, "satisfied  hurt-within-held "]


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize(("most", "listed", "hidden"), [(0, 0, 2), (1, 1, 1), (2, 2, 0), (9, 2, 0), (None, 2, 0)])
def test_at_most_so_many_are_listed_and_all_are_counted(most: int | None, listed: int, hidden: int) -> None:
    found = made(max_findings=most)
    assert (len(found.findings), found.hidden) == (listed, hidden)
    assert (found.summary, found.failing, found.exit_code) == (made().summary, 1, 1)
    assert told(found) == [VIOLATED, SUSPICIOUS][:listed]
    assert found.findings == made().findings[:listed]


@pytest.mark.usefixtures("story")
def test_only_what_is_listed_is_put_into_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words cost more than all the rest, and a table may break a rule a million times."""
    asked: list[str] = []
    worded = finding.worded

    def told(one: Finding, *rest: Any) -> Finding:
        asked.append(one.id)
        return worded(one, *rest)

    monkeypatch.setattr(finding, "worded", told)
    [listed] = made(max_findings=1).findings
    assert asked == [listed.id]


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        ("facts/a.yaml", [VIOLATED]),
        ("facts/more", [SUSPICIOUS]),
        ("facts", [VIOLATED, SUSPICIOUS]),
        ("facts/mor", []),
        ("facts/vocabulary.yaml", []),
    ],
)
def test_only_the_findings_that_touch_a_path(story: Path, only: str, expected: list[str]) -> None:
    found = made(only=((story / only).resolve(),))
    assert told(found) == expected
    assert found.exit_code == int(VIOLATED in expected)
    assert found.summary.violated == 1  # counts are those of the whole run


def test_findings_are_sorted(story: Path) -> None:
    rules = folder.RULES + folder.RULES.replace("rules:\n", "").replace("hurt-within-held", "a-note").replace(
        "same:", "severity: note\n    same:"
    )
    (story / "rules/own.yaml").write_text(rules, "utf-8")
    found = [(one.severity, one.verdict, one.rule) for one in made(verbose=True).findings]
    assert found == [
        ("error", "violated", "hurt-within-held"),
        ("warning", "suspicious", "hurt-within-held"),
        ("note", "violated", "a-note"),
        ("note", "suspicious", "a-note"),
    ]


# ------------------------------------------------------------------------- which facts and rules


def test_planned_and_superseded_facts_meet_no_rule(story: Path) -> None:
    (story / "facts/a.yaml").write_text(folder.VIOLATED.replace("value: 12", "value: 12, basis: planned"), "utf-8")
    assert told(made()) == [SUSPICIOUS]
    corrected = folder.VIOLATED + "  - {id: hurt-2, measure: hurt, value: 9, supersedes: a#hurt}\n"
    (story / "facts/a.yaml").write_text(corrected, "utf-8")
    found = made(verbose=True)
    assert told(found) == [SUSPICIOUS, "satisfied  hurt-within-held "]
    assert found.summary.facts == 5


@pytest.mark.usefixtures("story")
def test_rules_that_do_not_apply_are_noted() -> None:
    found = made(rules=("shipped",))
    missing = 'released-and-held-within-arrested does not apply: measure "released_total" is not declared'
    assert missing in found.notes
    assert "percent-fits-counts does not apply: no declared measure fits share" in found.notes
    assert "level-within-level" in {one.rule for one in found.findings}
    idle = [note for note in found.notes if " does not apply: " in note]
    assert len(idle) + len(found.rules) == len(rule.gather(["shipped"]))
    assert idle == sorted(idle)


def test_what_is_derived_is_counted_and_cited(story: Path) -> None:
    rules = """\
rules:
  - id: total-grows
    given: {before: {measure: freed_total}, batch: {measure: freed}}
    where: before.as_of < batch.during.start
    derive: {measure: freed_total, as_of: batch.during.end, value: before + batch}
    why: w
    examples:
      - expect: {measure: freed_total, value: 12, as_of: 2000-01-03}
        facts: [{measure: freed_total, value: 10}, {measure: freed, value: 2, during: 2000-01-03}]
  - id: total-small
    given: {total: {measure: freed_total}}
    require: total <= 10
    message: "{total} by {total.as_of}"
    why: w
    examples: [{expect: violated, facts: [{measure: freed_total, value: 12}]}]
"""
    facts = """\
source: {id: c, published: 2024-02-01}
defaults: {subject: all}
facts:
  - {id: total, measure: freed_total, value: 10}
"""
    batch = """\
source: {id: d, published: 2024-02-03}
facts:
  - {id: batch, subject: all, measure: freed, value: 2, during: 2024-02-02}
"""
    folder.write(story, {"rules/own.yaml": rules, "facts/c.yaml": facts, "facts/d.yaml": batch})
    found = made()
    assert told(found) == ["violated error total-small 12 by 2024-02-02"]
    assert found.summary.derived == 1
    assert told(made(only=((story / "facts/d.yaml").resolve(),))) == told(found)  # it comes from there too
    assert told(made(only=((story / "facts/a.yaml").resolve(),))) == []


@pytest.mark.usefixtures("few_steps")
def test_a_derivation_without_end_is_an_input_error(story: Path) -> None:
    rules = """\
rules:
  - id: ever-more
    given: {a: {measure: held}}
    derive: {measure: held, value: a + 1}
    why: w
    examples: [{expect: {measure: held, value: 3}, facts: [{measure: held, value: 2}]}]
"""
    (story / "rules/own.yaml").write_text(rules, "utf-8")
    [wrong] = made().errors
    assert wrong.message == "the derivation does not end: ever-more -> ever-more"
    assert (wrong.location.file, wrong.location.line) == ("rules/own.yaml", 2)


# ------------------------------------------------------------------------- what is wrong


def test_errors_of_facts_and_rules_in_one_run(story: Path) -> None:
    (story / "facts/a.yaml").write_text(folder.VIOLATED.replace("measure: hurt", "measure: hurd"), "utf-8")
    (story / "rules/own.yaml").write_text(folder.RULES.replace("a <= b", "a <="), "utf-8")
    (story / "hedges.yaml").write_text("hedges: 3", "utf-8")
    found = made(hedges=Path("hedges.yaml"))
    assert (found.exit_code, found.findings, found.summary) == (2, (), run.NOTHING)
    assert {wrong.location.file for wrong in found.errors} == {"facts/a.yaml", "rules/own.yaml", "hedges.yaml"}


def test_errors_of_rules_and_of_texts_in_one_run(story: Path) -> None:
    (story / "rules/own.yaml").write_text(folder.RULES.replace("measure: held}}", "measure: helt}}"), "utf-8")
    (story / "a.txt").write_text("ten were held", "utf-8")
    source = f"id: a, text: a.txt, sha256: {'0' * 64},"
    (story / "facts/a.yaml").write_text(folder.VIOLATED.replace("id: a,", source), "utf-8")
    found = made(sources=story)
    assert [(wrong.location.file, wrong.message.partition(":")[0]) for wrong in found.errors] == [
        ("facts/a.yaml", "a.txt in the source archive has another sha256"),
        ("rules/own.yaml", 'measure "helt" is not declared'),
    ]
    assert found.errors[1].expected == 'did you mean "held"?'


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize(
    ("asked", "file", "message"),
    [
        ({"rules": ("nowhere.yaml",)}, "nowhere.yaml", "cannot be read: No such file or directory"),
        ({"facts": (Path("nowhere.yaml"),)}, "nowhere.yaml", "cannot be read: No such file or directory"),
        ({"hedges": Path("nowhere.yaml")}, "nowhere.yaml", "cannot be read: No such file or directory"),
        ({"engine": "swift"}, "checker", "engine swift is not installed"),
    ],
)
def test_what_is_not_there(asked: dict[str, Any], file: str, message: str) -> None:
    found = made(**asked)
    assert [(wrong.location.file, wrong.message) for wrong in found.errors] == [(file, message)]
    assert found.exit_code == 2


@pytest.mark.usefixtures("story")
def test_an_engine_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.engine.find_spec", lambda _: None)
    [wrong] = made(engine="durable").errors
    assert (wrong.message, wrong.expected) == ("engine durable is not installed", "auto: the first that is installed")
    assert made(engine="auto").notes[0] == "engine: plain (the first that is installed)"


def test_quotes_are_held_against_the_archive(story: Path) -> None:
    text = "In all, eleven were held."
    (story / "a.txt").write_text(text, "utf-8")
    source = f"id: a, text: a.txt, sha256: {sha256(text.encode()).hexdigest()},"
    (story / "facts/a.yaml").write_text(folder.VIOLATED.replace("id: a,", source), "utf-8")
    found = made(sources=story, rules=("shipped",))
    assert [one.message for one in found.findings if one.rule == "quote-in-text"] == [
        "“ten were held” does not stand in the text of a"
    ]
    assert found.unchecked == 0
    absent = made(sources=story / "nowhere", rules=("shipped",))
    assert (absent.unchecked, [one for one in absent.findings if one.rule == "quote-in-text"]) == (1, [])


def test_a_projects_own_hedges(story: Path) -> None:
    own = (ROOT / "src/checker/profiles/standard.yaml").read_text("utf-8")
    (story / "hedges.yaml").write_text(own.replace("about", "approx-ish"), "utf-8")
    (story / "facts/more/b.yaml").write_text(folder.SUSPICIOUS.replace("about 11", "approx-ish 11"), "utf-8")
    assert told(made(hedges=Path("hedges.yaml"))) == [VIOLATED, SUSPICIOUS.replace("about", "approx-ish")]
    assert made().exit_code == 2


def test_what_is_being_done_is_said(story: Path) -> None:
    stages: list[str] = []
    run.run(run.Call((story / "facts",), ("rules",)), lambda stage, *_: stages.append(stage))
    assert stages == ["reading facts", "matching", "wording"]


# ------------------------------------------------------------------------- the same input, the same bytes


def test_the_same_bytes_whatever_the_order_of_files(story: Path) -> None:
    files = sorted((story / "facts").rglob("*.yaml"))
    rules = ("rules/own.yaml", "shipped")
    first = json(made(facts=tuple(files), rules=rules, verbose=True))
    shuffled = random.Random(3)
    for _ in range(3):
        shuffled.shuffle(files)
        assert json(made(facts=tuple(files), rules=rules[::-1], verbose=True)) == first


def test_ids_survive_moved_and_reordered_facts(story: Path) -> None:
    before = [one.id for one in made().findings]
    head, *facts = folder.VIOLATED.partition("facts:\n")
    lines = facts[1].splitlines(keepends=True)
    (story / "facts/more/renamed.yaml").write_text("# moved\n\n" + head + facts[0] + "".join(lines[::-1]), "utf-8")
    (story / "facts/a.yaml").unlink()
    assert [one.id for one in made().findings] == before


@pytest.mark.skipif(len(ENGINES) == 1, reason="only one engine is installed")
def test_every_engine_gives_the_same_bytes() -> None:
    facts = (ROOT / "facts",)
    outputs = {json(made(facts=facts, rules=("shipped",), engine=name, verbose=True)) for name in ENGINES}
    assert len(outputs) == 1
