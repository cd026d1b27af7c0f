"""bounds.py and its command: what all facts and rules leave each quantity."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import facts
import folder
import test_conflict as systems
from checker import cli, conflict, leeway, linear, quantity
from checker.model import Bound, Fact, Interval, Rule


def left(rules: Rule | list[Rule], *told: Fact) -> dict[str, Bound]:
    judged = facts.judged(rules, told)
    found = leeway.left(conflict.taking(judged, facts.NAMES, everything=True))
    return {one.fact.id.removeprefix("a#"): one for one in found}


def words(rules: Rule | list[Rule], *told: Fact) -> dict[str, str]:
    return {
        id: quantity.show(one.left, one.fact.measure.type) if one.left else one.state
        for id, one in left(rules, *told).items()
    }


ARRESTED, RELEASED = systems.count("arrested", 2_400), systems.count("released", "more than 2,000")
HELD = systems.count("held", "unknown")
WITHIN = systems.rule("within", "released + held <= arrested", "released", "held", "arrested")


def test_a_missing_figure_is_what_the_others_leave() -> None:
    assert words(WITHIN, ARRESTED, RELEASED, HELD) == {
        "arrested": "2,400", "released": "2,001 to 2,400", "held": "at most 399",
    }  # fmt: skip
    assert [one.state for one in left(WITHIN, ARRESTED, RELEASED, HELD).values()].count("tighter") == 2


def test_several_rules_leave_less() -> None:
    rules = [WITHIN, systems.rule("least", "held >= hurt", "held", "hurt")]
    hurt = systems.count("hurt", "at least 390")
    assert words(rules, ARRESTED, RELEASED, HELD, hurt)["held"] == "390 to 399"
    assert words(rules, ARRESTED, RELEASED, HELD, hurt)["hurt"] == "390 to 399"
    assert words(rules, ARRESTED, RELEASED, HELD, hurt)["released"] == "2,001 to 2,010"


def test_what_contradicts_itself_leaves_nothing_and_says_so() -> None:
    held = systems.count("held", "at least 700")
    assert set(words(WITHIN, ARRESTED, RELEASED, held).values()) == {"contradictory"}  # by one match
    rules = [WITHIN, systems.rule("least", "held >= hurt", "held", "hurt")]
    together = words(rules, ARRESTED, RELEASED, HELD, systems.count("hurt", 400))  # by two
    assert set(together.values()) == {"contradictory"}


def test_what_is_exact_ties_nothing_together() -> None:
    rules = [WITHIN, systems.rule("other", "arrested <= x", "arrested", "x")]
    found = words(rules, ARRESTED, RELEASED, HELD, systems.count("x", 7))
    assert (found["held"], found["x"], found["arrested"]) == ("at most 399", "contradictory", "contradictory")


def test_what_is_kept_anyway_is_as_stated() -> None:
    found = left(systems.rule("r", "a <= b", "a", "b"), systems.count("a", "1 to 2"), systems.count("b", "at least 9"))
    assert {id: (one.state, one.left == one.stated) for id, one in found.items()} == {
        "a": ("as stated", True), "b": ("as stated", True),
    }  # fmt: skip


@pytest.mark.parametrize("severity", ["warning", "note"])
def test_only_rules_of_severity_error_count(severity: str) -> None:
    assert left(WITHIN._replace(severity=severity), ARRESTED, RELEASED, HELD) == {}


def test_what_takes_too_much_work_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear, "LIMIT", 3)
    rules = [systems.rule("r1", "2 * a == b", "a", "b"), systems.rule("r2", "b == 2 * c + 1", "b", "c")]
    assert set(words(rules, *(systems.count(name, "unknown") for name in "abc")).values()) == {"undecided"}


def test_dates() -> None:
    rules = facts.rule({"a": {"id": "a#a"}, "b": {"id": "a#b"}}, "days_between(a, b) >= 40", id="r")
    found = left(rules, facts.claim("a", "began", "2024-01"), facts.claim("b", "began", "2024-02"))
    assert [found["a"].left, found["b"].left] == [
        facts.claim("x", "began", "2024-01-01/2024-01-20").value.literal,
        facts.claim("x", "began", "2024-02-10/2024-02-29").value.literal,
    ]


def test_days_that_no_calendar_has_are_no_bound() -> None:
    asked = facts.rule({"a": {"id": "a#a"}, "b": {"id": "a#b"}}, "days_between(a, b) <= 10000000", id="r")
    found = left(asked, facts.claim("a", "began", "../2024"), facts.claim("b", "began", "2024-02"))
    assert (found["a"].state, found["b"].state) == ("as stated", "as stated")


def test_derived_facts_are_not_quantities_of_their_own() -> None:
    given = {"before": {"measure": "freed_total"}, "batch": {"measure": "freed"}}
    derive = facts.rule(given, derive={"measure": "arrested", "value": "before + batch"}, id="add")
    bound = facts.rule({"a": {"measure": "arrested"}, "b": {"measure": "held"}}, "a <= b", id="bound")
    told = [facts.claim("before", "freed_total", 10), facts.claim("batch", "freed", "unknown", during="2024-01-02")]
    assert words([derive, bound], *told, systems.count("b", 30))["batch"] == "at most 20"
    assert len(left([derive, bound], *told, systems.count("b", 30))) == 3


@pytest.mark.parametrize("part", range(4))
def test_random_bounds_are_exact(part: int) -> None:
    """No value beyond an interval is possible, both ends are: z3 says so of the same systems."""
    rnd, seen = random.Random(part), 0
    for _ in range(20):
        told = systems.system(rnd)
        oracle = systems.Oracle(told)
        rules = systems.written(told)
        sure = {match.rule.id for match, judgement in facts.judged(rules, told.facts) if judgement.surely}
        tying = {id: some for id, some in told.rules.items() if id not in sure}
        for one in left(rules, *told.facts).values():
            assert one.state != "undecided"
            group = _group(one.fact.id, oracle, tying)
            possible = oracle.possible(group, oracle.told)
            if one.left is None:
                assert not possible
                continue
            assert possible
            outside = oracle.z3.Not(oracle.inside(one.fact.id, one.left))
            assert not oracle.possible(group, oracle.told, outside)
            for end, has in ((one.left.low, one.left.includes_low), (one.left.high, one.left.includes_high)):
                if end is not None and has:
                    assert oracle.possible(group, oracle.told, oracle.inside(one.fact.id, Interval(end, end)))
            seen += one.state == "tighter"
    assert seen


def _group(id: str, oracle: systems.Oracle, rules: Mapping[str, Sequence[systems.Relation]]) -> Sequence[str]:
    """The rules that are linked with a fact by facts that leave a choice."""
    exact = {key for key, fact in oracle.told.items() if systems.is_exact(fact)}
    linked, group = {id}, set[str]()
    grew = True
    while grew:
        grew = False
        for name, some in rules.items():
            keys = {systems.HERE + key for one in some for key in one.factors}
            if name not in group and (keys & linked):
                group.add(name)
                linked |= keys - exact
                grew = True
    return sorted(group)


# ------------------------------------------------------------------------- the command


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    story = {
        **folder.STORY,
        "checker.toml": 'rules = ["rules"]\nengine = "plain"\n',
        "facts/a.yaml": folder.VIOLATED.replace("value: 12", "value: unknown"),
        "facts/more/b.yaml": folder.SUSPICIOUS.replace("subject: all", "subject: some"),
    }
    monkeypatch.chdir(folder.write(tmp_path, story))
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


@pytest.mark.usefixtures("home")
def test_the_command_shows_what_is_known_more_tightly(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bounds"]) == 0
    assert capsys.readouterr().out == (
        "All of them\n"
        "  hurt  as of 2024-02-01  at most 10  (stated: unknown)  a#hurt\n"
        "\n"
        "some\n"
        "  hurt  as of 2024-02-02  10  (stated: about 11)  b#hurt\n"
        "\n"
        "4 figures: 2 known more tightly than stated\n"
    )


@pytest.mark.usefixtures("home")
def test_the_command_shows_one_subject_and_with_v_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bounds", "some", "-v"]) == 0
    out = capsys.readouterr().out
    assert "b#held" in out
    assert "a#hurt" not in out
    assert out.endswith("2 figures: 1 known more tightly than stated\n")


def test_the_command_says_what_contradicts(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "facts/a.yaml").write_text(folder.VIOLATED, "utf-8")
    assert cli.main(["bounds", "all"]) == 0
    out = capsys.readouterr().out
    assert "hurt  as of 2024-02-01  nothing: contradictory  (stated: 12)  a#hurt" in out
    assert out.endswith(
        "2 figures: 0 known more tightly than stated, 2 in contradiction with others (checker run says how)\n"
    )


@pytest.mark.usefixtures("home")
def test_the_command_writes_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bounds", "all", "--format", "json"]) == 0
    [told] = json.loads(capsys.readouterr().out)
    assert (told["fact"], told["state"], told["text"]) == ("a#hurt", "tighter", "unknown")
    assert told["left"] == {"low": "0", "high": "10", "includes_low": True, "includes_high": True}
    assert told["stated"] == {"low": "0", "high": None, "includes_low": True, "includes_high": False}


@pytest.mark.usefixtures("home")
def test_a_subject_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["bounds", "sone"])
    assert end.value.code == 2
    assert "no rule speaks of a figure of “sone”; did you mean “some”?" in capsys.readouterr().err


def test_wrong_input_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "facts/a.yaml").write_text("source: 3\n", "utf-8")
    assert cli.main(["bounds"]) == 2
    assert "facts/a.yaml:1" in capsys.readouterr().err
