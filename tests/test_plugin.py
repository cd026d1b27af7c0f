"""pytest with the plugin, as it is installed: every test starts pytest in a repository of its own."""

from __future__ import annotations

import os
import re
from pathlib import Path
from textwrap import dedent
from xml.etree import ElementTree as ET

import pytest

from checker import engine, project, run  # noqa: F401  # pytester forgets what is imported only while it runs
from checker.report import table, wording  # noqa: F401

pytest_plugins = ("pytester",)

SETTINGS = 'rules = ["rules"]\n'
RULES = """
    rules:
      - id: housed-within-evacuated
        title: Those housed were evacuated
        severity: error
        given: {housed: {measure: housed}, evacuated: {measure: evacuated}}
        same: [subject]
        require: housed <= evacuated
        message: "{housed} housed of {evacuated} evacuated"
        why: Nobody else is housed.
        examples:
          - {expect: violated, facts: [{measure: housed, value: 2}, {measure: evacuated, value: 1}]}
          - {expect: satisfied, facts: [{measure: housed, value: 1}, {measure: evacuated, value: 1}]}
      - id: missing-within-evacuated
        title: Those missing are fewer than those evacuated
        severity: warning
        given: {missing: {measure: missing}, evacuated: {measure: evacuated}}
        same: [subject]
        require: missing <= evacuated
        message: "{missing} missing of {evacuated} evacuated"
        why: A flood that most escaped.
        examples:
          - {expect: violated, facts: [{measure: missing, value: 2}, {measure: evacuated, value: 1}]}
          - {expect: satisfied, facts: [{measure: missing, value: 1}, {measure: evacuated, value: 1}]}
"""
VOCABULARY = """
    measures:
      evacuated: {type: count, unit: person, kind: stock}
      housed: {type: count, unit: person, kind: stock}
      missing: {type: count, unit: person, kind: stock}
    subjects: {lindow: {title: People of Lindow}, marsh: {title: People of Marsh}}
"""
TELEGRAPH = """
    source: {id: telegraph, published: 2025-03-01}
    facts:
      - {id: evacuated, measure: evacuated, subject: lindow, value: about 300, quote: about 300 left}
      - {id: marsh, measure: evacuated, subject: marsh, value: 20, quote: twenty left}
      - {id: missing, measure: missing, subject: marsh, value: 30, quote: thirty are missing}
"""
HERALD = """
    source: {id: herald, published: 2025-03-01}
    facts:
      - {id: housed, measure: housed, subject: lindow, value: 400, quote: 400 beds}
"""
OTHER = """
    source: {id: other, published: 2025-03-01}
    facts:
      - {id: housed, measure: housed, subject: marsh, value: 20, quote: twenty beds}
"""
ALL = [
    "facts::housed-within-evacuated[lindow]",
    "facts::housed-within-evacuated[marsh]",
    "facts::missing-within-evacuated[marsh]",
]
CONTRADICTION = [
    "VIOLATED  400 housed of about 300 evacuated",
    "  error · housed-within-evacuated · * · People of Lindow",
    "  housed     400        herald     as of 2025-03-01  “400 beds”        facts/north/herald.yaml:4",
    "  evacuated  about 300  telegraph  as of 2025-03-01  “about 300 left”  facts/telegraph.yaml:4",
    "  housed: 400 · evacuated: 270 to 330",
]


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), "utf-8")


@pytest.fixture
def story(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A repository with a contradiction, a warning, a test in Python and a file of YAML that is none of ours."""
    engine.choose("auto")
    monkeypatch.setenv("COLUMNS", "124")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    write(
        pytester.path,
        {
            "pytest.ini": "[pytest]\n",
            "checker.toml": SETTINGS,
            "rules/flood.yaml": RULES,
            "facts/vocabulary.yaml": VOCABULARY,
            "facts/telegraph.yaml": TELEGRAPH,
            "facts/north/herald.yaml": HERALD,
            "facts/north/other.yaml": OTHER,
            "tests/test_sums.py": "def test_one_and_one():\n    assert 1 + 1 == 2\n",
            "tests/data.yaml": "source: {}\n",
        },
    )
    return pytester


def ids(story: pytest.Pytester, *arguments: str) -> list[str]:
    """The tests that pytest would run."""
    done = story.runpytest("--collect-only", "-q", *arguments)
    return [line for line in done.outlines if "::" in line]


# ------------------------------------------------------------------------- what is collected


def test_each_rule_and_subject_is_a_test(story: pytest.Pytester) -> None:
    assert ids(story, "facts") == ALL


def test_a_table_has_a_test_for_each_rule_and_its_mapping_the_same(story: pytest.Pytester) -> None:
    pytest.importorskip("duckdb")
    page = (Path(__file__).parent.parent / "docs" / "tables.md").read_text("utf-8")
    made = dict(re.findall(r'```yaml title="([^"]+)"\n(.*?)```', page, re.DOTALL))
    names = re.findall(r"\{measure: (\w+)", made["facts/dpc-covid19-ita-regioni.table.yaml"])
    rows = [
        ",".join(["data", "codice_regione", *names]),
        "2020-02-24,13,3,1,5,6,11,5,1,17",
        "2020-02-25,13,3,1,4,6,10,6,1,17",
    ]
    files = {name.replace("facts/", "tables/"): text for name, text in made.items()}
    csv = {"tables/dpc-covid19-ita-regioni.csv": "\n".join(rows) + "\n"}
    write(story.path, {**files, **csv, "checker.toml": 'facts = ["tables"]\nrules = ["rules/covid.yaml"]\n'})
    rules = sorted(re.findall(r"- id: (\S+)", made["rules/covid.yaml"]))
    assert ids(story, "tables") == [f"tables::{rule}" for rule in rules]
    mapping = "tables/dpc-covid19-ita-regioni.table.yaml"
    assert ids(story, mapping) == [f"{mapping}::{rule}" for rule in rules]
    story.runpytest("tables").assert_outcomes(passed=3, failed=1)


def test_all_of_a_repository_has_the_facts_beside_the_tests(story: pytest.Pytester) -> None:
    assert ids(story) == [*ALL, "tests/test_sums.py::test_one_and_one"]


def test_where_facts_are_not_asked_for_there_are_none(story: pytest.Pytester) -> None:
    assert ids(story, "tests") == ["tests/test_sums.py::test_one_and_one"]
    assert ids(story, "tests/data.yaml") == []
    assert ids(story, "rules") == []


def test_settings_of_pytest_name_the_facts_as_any_path(story: pytest.Pytester) -> None:
    write(story.path, {"pytest.ini": "[pytest]\ntestpaths = tests facts\n"})
    assert ids(story) == ["tests/test_sums.py::test_one_and_one", *ALL]


def test_without_settings_there_are_none(story: pytest.Pytester) -> None:
    (story.path / "checker.toml").unlink()
    assert ids(story) == ["tests/test_sums.py::test_one_and_one"]


def test_settings_may_stand_in_pyproject(story: pytest.Pytester) -> None:
    (story.path / "checker.toml").unlink()
    write(story.path, {"pyproject.toml": f"[tool.checker]\n{SETTINGS}"})
    assert ids(story, "facts") == ALL


def test_settings_of_another_tool_are_not_ours(story: pytest.Pytester) -> None:
    (story.path / "checker.toml").unlink()
    write(story.path, {"pyproject.toml": "[tool.type-checker]\nstrict = true\n"})
    assert ids(story) == ["tests/test_sums.py::test_one_and_one"]


def test_plugin_can_be_switched_off(story: pytest.Pytester) -> None:
    assert ids(story, "-p", "no:checker") == ["tests/test_sums.py::test_one_and_one"]


def test_tests_among_the_facts_are_collected_after_them(story: pytest.Pytester) -> None:
    write(story.path, {"facts/test_more.py": "def test_more():\n    pass\n"})
    assert ids(story, "facts") == [*ALL, "facts/test_more.py::test_more"]
    assert ids(story, "facts/test_more.py") == ["facts/test_more.py::test_more"]


def test_file_shows_what_touches_it(story: pytest.Pytester) -> None:
    assert ids(story, "facts/north/herald.yaml") == ["facts/north/herald.yaml::housed-within-evacuated[lindow]"]


def test_directory_among_the_facts_shows_what_touches_it(story: pytest.Pytester) -> None:
    assert ids(story, "facts/north") == [
        "facts/north::housed-within-evacuated[lindow]",
        "facts/north::housed-within-evacuated[marsh]",
    ]


def test_facts_may_be_files(story: pytest.Pytester) -> None:
    write(story.path, {"checker.toml": SETTINGS + 'facts = ["vocabulary.yaml", "one.yaml"]\n'})
    write(story.path, {"vocabulary.yaml": VOCABULARY, "one.yaml": TELEGRAPH})
    assert ids(story) == ["one.yaml::missing-within-evacuated[marsh]", "tests/test_sums.py::test_one_and_one"]


def test_findings_over_several_directories_are_shown_once(story: pytest.Pytester) -> None:
    (story.path / "checker.toml").write_text(SETTINGS + 'facts = ["facts", "more"]\n', "utf-8")
    (story.path / "facts" / "north").rename(story.path / "more")
    assert ids(story, "facts", "more") == ALL
    assert ids(story, "more") == [one.replace("facts", "more") for one in ALL]


def test_settings_are_those_of_the_tests_wherever_pytest_is_started(story: pytest.Pytester) -> None:
    elsewhere = story.mkdir("elsewhere")
    (story.path / "checker.toml").rename(story.path / "facts" / "checker.toml")
    (story.path / "rules").rename(story.path / "facts" / "rules")
    (story.path / "facts" / "pytest.ini").write_text("[pytest]\n", "utf-8")
    write(story.path, {"facts/checker.toml": SETTINGS + 'facts = ["north", "telegraph.yaml", "vocabulary.yaml"]\n'})
    os.chdir(elsewhere)
    assert ids(story, str(story.path / "facts" / "north")) == [one.replace("facts", "north") for one in ALL]


# ------------------------------------------------------------------------- which are chosen


def test_names_are_chosen_as_they_are_printed(story: pytest.Pytester) -> None:
    assert ids(story, ALL[2]) == [ALL[2]]
    assert ids(story, "facts::housed-within-evacuated", "tests") == [*ALL[:2], "tests/test_sums.py::test_one_and_one"]
    assert ids(story, "facts/north/other.yaml::housed-within-evacuated[marsh]") == [
        "facts/north/other.yaml::housed-within-evacuated[marsh]"
    ]


def test_name_beside_all_is_all(story: pytest.Pytester) -> None:
    assert ids(story, "facts", ALL[2]) == ALL


def test_name_that_no_test_has_is_an_error(story: pytest.Pytester) -> None:
    done = story.runpytest("facts::nothing")
    assert done.ret == pytest.ExitCode.INTERRUPTED
    done.stdout.fnmatch_lines(["there is no test nothing: --co lists them"])


def test_name_in_any_other_directory_is_refused_as_ever(story: pytest.Pytester) -> None:
    done = story.runpytest("tests::nothing")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["ERROR: directory argument cannot contain :: selection parts: tests::nothing"])


def test_words_choose(story: pytest.Pytester) -> None:
    assert ids(story, "-k", "marsh and not housed-within-evacuated") == [ALL[2]]
    assert ids(story, "--deselect", ALL[0], "facts") == ALL[1:]


# ------------------------------------------------------------------------- what comes out


def test_finding_that_fails_the_run_is_shown_as_the_table_shows_it(story: pytest.Pytester) -> None:
    done = story.runpytest("facts")
    done.assert_outcomes(failed=1, passed=2, warnings=1)
    done.stdout.fnmatch_lines(["_* housed-within-evacuated?lindow? *_", *CONTRADICTION], consecutive=True)
    done.stdout.fnmatch_lines(["FAILED facts::housed-within-evacuated?lindow? - Failed: VIOLATED*"])
    done.stdout.no_fnmatch_line("*plugin.py*")
    assert story.runpytest("facts/north/herald.yaml").ret == pytest.ExitCode.TESTS_FAILED


def test_any_other_finding_is_a_warning(story: pytest.Pytester) -> None:
    done = story.runpytest(ALL[2])
    done.assert_outcomes(passed=1, warnings=1)
    done.stdout.fnmatch_lines(
        [
            ALL[2].replace("[", "?").replace("]", "?"),
            "  facts/telegraph.yaml:6: CheckerWarning: VIOLATED  30 missing of 20 evacuated",
            "    warning · missing-within-evacuated · * · People of Marsh",
            "    missing    30  telegraph  as of 2025-03-01  “thirty are missing”  facts/telegraph.yaml:6",
        ],
        consecutive=True,
    )


def test_strict_settings_make_warnings_fail(story: pytest.Pytester) -> None:
    (story.path / "checker.toml").write_text(SETTINGS + "strict = true\n", "utf-8")
    story.runpytest("facts").assert_outcomes(failed=2, passed=1)


def test_general_filters_of_warnings_fail_no_facts(story: pytest.Pytester) -> None:
    write(story.path, {"pytest.ini": "[pytest]\nfilterwarnings = error\n"})
    story.runpytest(ALL[2]).assert_outcomes(passed=1, warnings=1)


@pytest.mark.parametrize(("action", "outcomes"), [("error", {"failed": 1}), ("ignore", {"passed": 1})])
def test_filters_for_facts_count(story: pytest.Pytester, action: str, outcomes: dict[str, int]) -> None:
    done = story.runpytest(ALL[2], "-W", f"{action}::checker.plugin.CheckerWarning")
    done.assert_outcomes(**outcomes, warnings=0)


def test_waived_finding_passes_with_a_warning(story: pytest.Pytester) -> None:
    shown = story.runpytest(ALL[0]).stdout.str()
    id = next(iter(re.findall(r"housed-within-evacuated · (\w+)", shown)))
    waivers = f"waivers:\n  - {{finding: {id}, reason: Beds were counted}}\n  - {{finding: 00000000, reason: None}}\n"
    write(story.path, {"facts/waivers.yaml": waivers})
    done = story.runpytest("facts")
    done.assert_outcomes(passed=3, warnings=3)
    done.stdout.fnmatch_lines(["*error · waived · housed-within-evacuated*"])
    done.stdout.fnmatch_lines(["*CheckerWarning: the waiver of 00000000 fits no finding (facts/waivers.yaml:3)"])


def test_verbose_names_each_test(story: pytest.Pytester) -> None:
    done = story.runpytest("facts", "-v")
    done.stdout.fnmatch_lines([f"{re.sub(r'[][]', '?', one)} *" for one in ALL])


def test_wrong_input_is_an_error_where_it_is_collected(story: pytest.Pytester) -> None:
    write(story.path, {"facts/north/herald.yaml": HERALD.replace("measure: housed", "measure: hosed")})
    done = story.runpytest("facts")
    assert done.ret == pytest.ExitCode.INTERRUPTED
    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(
        ["_* ERROR collecting facts *_", 'facts/north/herald.yaml:4:27: *"hosed"*', '  expected: *"housed"?'],
    )
    done.stdout.no_fnmatch_line("*Traceback*")
    story.runpytest("tests").assert_outcomes(passed=1)


def test_wrong_settings_are_an_error(story: pytest.Pytester) -> None:
    write(story.path, {"checker.toml": "engine = 'steam'\n"})
    done = story.runpytest()
    assert done.ret == pytest.ExitCode.INTERRUPTED
    done.stdout.fnmatch_lines(["checker.toml:1:10: *steam*"])
    done.stdout.no_fnmatch_line("*Traceback*")


def test_rules_that_are_not_there_are_an_error(story: pytest.Pytester) -> None:
    write(story.path, {"checker.toml": 'rules = ["rulez"]\n'})
    done = story.runpytest("facts")
    done.stdout.fnmatch_lines(["rulez: there is no such path"])


# ------------------------------------------------------------------------- with what pytest has


def test_only_what_failed_last_runs_again(story: pytest.Pytester) -> None:
    story.runpytest()
    assert ids(story, "--lf") == [ALL[0]]
    assert ids(story, "--ff")[0] == ALL[0]


def test_it_stops_at_the_first_failure(story: pytest.Pytester) -> None:
    story.runpytest("-x").assert_outcomes(failed=1)


def test_junit_has_a_case_for_each(story: pytest.Pytester) -> None:
    story.runpytest("facts", "--junitxml=out.xml")
    cases = ET.parse(story.path / "out.xml").iter("testcase")  # noqa: S314  # written by the line above
    found = {f"{one.get('classname')}::{one.get('name')}": one.findtext("failure") for one in cases}
    assert list(found) == ALL
    assert [one for one, failure in found.items() if failure] == ALL[:1]
    assert CONTRADICTION[0] in (found[ALL[0]] or "")


def test_several_processes_do_the_same(story: pytest.Pytester) -> None:
    done = story.runpytest("-n2", *ALL, "tests")
    done.assert_outcomes(failed=1, passed=3, warnings=1)
    done.stdout.fnmatch_lines(CONTRADICTION, consecutive=True)


# ------------------------------------------------------------------------- what it costs

LOADED = "import sys\ndef test_loaded():\n    assert [one for one in sys.modules if one.startswith('checker')] == {}\n"
IDLE = "import sys\ndef test_idle():\n    assert {'checker.load', 'checker.run'}.isdisjoint(sys.modules)\n"


def test_without_settings_nothing_else_is_imported(story: pytest.Pytester) -> None:
    (story.path / "checker.toml").unlink()
    write(story.path, {"tests/test_sums.py": LOADED.format(["checker", "checker.plugin"])})
    story.runpytest_subprocess().assert_outcomes(passed=1)


def test_with_settings_nothing_runs_that_is_not_asked_for(story: pytest.Pytester) -> None:
    write(story.path, {"tests/test_sums.py": IDLE})
    story.runpytest_subprocess("tests").assert_outcomes(passed=1)
