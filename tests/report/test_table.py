from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.model import Change, Cited, Derivation, Mark, Repair, Report, Side, Waivers
from checker.report import FORMATS, Options, clean
from report import story

PAINT = re.compile("\x1b\\[[0-9;]*m")


def render(report: Report, width: int = 80, *, colour: bool = False, verbose: bool = False, quiet: bool = False) -> str:
    return FORMATS["table"](report, Options(width, colour, verbose, quiet))


@pytest.mark.parametrize(
    ("name", "report", "options"),
    [
        ("findings-80", story.report, Options(width=80)),
        ("findings-160", story.report, Options(width=160)),
        ("verbose-80", story.report, Options(width=80, verbose=True)),
        ("verbose-160", story.report, Options(width=160, verbose=True)),
        ("colour-80", story.report, Options(colour=True)),
        ("quiet-80", story.report, Options(quiet=True)),
        ("nothing-80", story.nothing, Options()),
        ("empty-80", story.empty, Options()),
        ("refused-80", story.refused, Options()),
        ("hostile-80", story.hostile, Options()),
        ("hostile-160", story.hostile, Options(width=160)),
        ("gated-80", story.gated, Options(width=80)),
    ],
)
def test_the_table_reads_as_stored(name: str, report: Report, options: Options) -> None:
    story.same_as_snapshot(f"{name}.txt", FORMATS["table"](report, options))


# ------------------------------------------------------------------------- the page


@pytest.mark.parametrize("width", [60, 80, 100, 120, 160])
@pytest.mark.parametrize("report", [story.report, story.refused, story.hostile, story.gated])
def test_no_line_is_wider_than_the_page_and_no_place_is_broken(report: Report, width: int) -> None:
    lines = render(report, width=width, verbose=True).splitlines()
    assert max(columns(line) for line in lines) <= width
    for finding in report.findings:
        for cited in finding.facts:
            place = cited.fact.location
            where = f"{place.file} row {place.row}" if place.row else f"{place.file}:{place.line}"
            assert finding.severity == "" or cited.fact.derivation or any(where in line for line in lines)


def columns(line: str) -> int:
    """Counted by hand: the stories have wide characters of two blocks and one accent of no width."""
    return len(line) + sum("\u3040" <= sign <= "\u9fff" for sign in line) - line.count("\u0301")


def test_a_word_wider_than_the_page_stays_whole_on_a_line_of_its_own() -> None:
    long = story.violated._replace(message="see facts/" + "a" * 90 + ".yaml there")
    lines = [line.strip() for line in render(story.report._replace(findings=(long,)), width=60).splitlines()]
    assert "facts/" + "a" * 90 + ".yaml" in lines


@pytest.mark.parametrize("claimant", ["消防局", "cafe\u0301-owner", "fire-service"])
def test_columns_stay_in_line_under_characters_of_any_width(claimant: str) -> None:
    facts = story.cited(
        evacuated=story.moved._replace(claimant=claimant, quote=None), returned=story.home._replace(quote=None)
    )
    text = render(story.report._replace(findings=(story.violated._replace(facts=facts),)), width=160)
    when = [columns(line[: line.index("as of")]) for line in text.splitlines() if "as of" in line]
    assert len(when) == 2
    assert len(set(when)) == 1


def test_every_fact_has_one_line_where_the_page_is_wide() -> None:
    lines = render(story.report._replace(findings=(story.dates,)), width=160).splitlines()
    assert [line.split()[0] for line in lines if "facts/flood" in line] == ["a", "b"]


def test_a_finding_of_many_facts_lists_the_first_and_says_how_many_more() -> None:
    many = story.unnamed._replace(facts=tuple(Cited("batches", story.north) for _ in range(30)))
    report = story.report._replace(findings=(many,))
    assert render(report).count("herald-2031-05-06.yaml:21") == 12
    assert "and 18 facts more (-v lists them)" in render(report)
    assert render(report, verbose=True).count("herald-2031-05-06.yaml:21") == 30


def test_a_fact_derived_from_many_names_the_first_and_says_how_many_more() -> None:
    later = story.returned._replace(derivation=Derivation("running-total", (story.north,) * 9, None))
    falls = story.falls._replace(facts=(Cited("later", later),))
    text = " ".join(render(story.report._replace(findings=(falls,))).split())
    assert text.count("herald-2031-05-06#north (312)") == 6
    assert "and 3 more by running-total" in text


def test_a_note_is_shorter_but_says_what_its_facts_derive_from() -> None:
    note = story.unnamed._replace(facts=(Cited("total", story.home), Cited("batches", story.returned)))
    text = " ".join(render(story.report._replace(findings=(note,))).split())
    assert "derived from herald-2031-05-06#north (312), herald-2031-05-06#south (95)" in text
    assert "“" not in text
    assert "sum(batches)" not in text


def test_a_finding_without_facts_is_a_finding() -> None:
    bare = story.violated._replace(facts=(), left=None, right=None)
    assert "3f9a12bc04de · lindow-evacuees\n" in render(story.report._replace(findings=(bare,)), width=100)


def test_a_source_is_named_where_the_place_does_not_tell_it() -> None:
    sheltered = story.satisfied._replace(severity="warning", verdict="suspicious")
    assert "red-cross in shelter-census" in render(story.report._replace(findings=(sheltered,)))
    assert "in gazette" not in render(story.report)


def test_a_side_that_is_a_text_says_it_and_one_that_is_a_number_is_not_said_twice() -> None:
    weekday = story.spelling._replace(
        left=Side("weekday(opened): Saturday", None, None),
        right=Side("3", story.between(3, 3), story.between(3, 3)),
    )
    assert "\n  weekday(opened): Saturday · 3\n" in render(story.report._replace(findings=(weekday,)))


def test_a_part_is_called_by_what_it_is_broken_down_by_also_where_it_would_change() -> None:
    young = story.north._replace(dimensions=(("age", "young"), ("sex", "f")))
    finding = story.violated._replace(
        facts=(Cited("parts", young), Cited("whole", story.moved)),
        repairs=(Repair((Change(young.id, "312", "300", "-12"),)),),
    )
    text = " ".join(render(story.report._replace(findings=(finding,)), width=160).split())
    assert "parts (young, f) 312 " in text
    assert "would stand with parts (young, f) 300 (now 312)" in text
    assert " whole around 1,400 " in text


def test_a_subject_whose_title_is_that_of_many_is_named_by_its_id_as_well() -> None:
    facts = tuple(Cited(one.name, one.fact._replace(shares_title=True)) for one in story.violated.facts)
    several = story.violated._replace(facts=facts)
    title = facts[0].fact.subject_title
    assert f"{several.subject} ({title})" in render(story.report._replace(findings=(several,)), width=200)
    assert f"({title})" not in render(story.report._replace(findings=(story.violated,)), width=200)


def test_dates_are_shown_as_days() -> None:
    assert "\n  a: 2031-05-03 · b: 2031-05-02\n" in render(story.report)


# ------------------------------------------------------------------------- colour


def test_colour_paints_and_changes_nothing_else() -> None:
    for report in (story.report, story.nothing, story.refused, story.hostile):
        painted = render(report, colour=True, verbose=True)
        assert PAINT.sub("", painted) == render(report, verbose=True)
    assert "\x1b[1;31mVIOLATED\x1b[0m" in render(story.report, colour=True)


def test_what_is_known_and_no_more_so_is_told_in_short_lines() -> None:
    assert "\n  waived: The source says so, and is quoted · by the desk\n" in render(story.gated)
    lines = [line for line in render(story.gated, width=120).splitlines() if line.startswith("- ")]
    assert lines == [
        "- the waiver of 0ff00ff0 ran out on 2031-05-05 (facts/waivers.yaml:7)",
        "- 1 finding of the baseline is gone: 900d900d900d",
    ]
    many = story.gated._replace(waivers=Waivers(unused=(story.accepted,)), gone=story.gated.gone * 8)
    assert [line for line in render(many, width=160).splitlines() if line.startswith("- ")] == [
        "- the waiver of 77ab90e1 fits no finding (facts/waivers.yaml:3)",
        f"- 8 findings of the baseline are gone: {', '.join(['900d900d900d'] * 6)} and 2 more",
    ]
    assert not any(line.startswith("- ") for line in render(many, quiet=True).splitlines())


def test_where_all_findings_touch_other_facts_the_table_says_so() -> None:
    assert render(story.report._replace(findings=(), hidden=0)).startswith("No finding touches what was asked for.\n")


def test_what_is_waived_is_not_painted_as_what_fails() -> None:
    waived = story.report._replace(findings=(story.falls,), exit_code=0)
    assert "\x1b[1;31m" not in render(waived, colour=True)


# ------------------------------------------------------------------------- the last line


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (story.report, "fails: 1 finding"),
        (story.report._replace(exit_code=0, failing=0), "passes"),
        (story.report._replace(failing=2), "fails: 2 findings"),
        (story.report._replace(findings=(), hidden=7, failing=1_200), "fails: 1,200 findings"),
    ],
)
def test_the_last_line_says_what_fails(report: Report, words: str) -> None:
    assert render(report, width=400).rstrip().endswith(" · " + words)


def test_the_last_line_says_what_is_not_listed() -> None:
    last = render(story.report._replace(hidden=1234), width=400).splitlines()[-1]
    assert "1,234 not listed (--max-findings)" in last
    assert "not listed" not in render(story.report)


def test_findings_that_are_not_listed_are_not_called_none() -> None:
    assert "No finding" not in render(story.report._replace(findings=(), hidden=7))
    assert "No finding" in render(story.nothing)


def test_errors_are_listed_even_when_quiet_and_beside_findings_when_rows_were_left_out() -> None:
    assert render(story.refused, quiet=True) == render(story.refused)
    kept_going = render(story.report._replace(errors=story.refused.errors))
    assert "“plenty” is no number" in kept_going
    assert "returned-and-sheltered-within-evacuated" in kept_going
    assert kept_going.rstrip().endswith("fails: 1 finding")


MARKED = story.violated.facts[0].fact._replace(
    quote="around  1,400\x1b", marks=(Mark(0, 6, "hedge"), Mark(8, 13, "figure"))
)


def test_the_hedge_and_the_figure_of_a_quote_are_marked_in_colour() -> None:
    report = story.report._replace(findings=(story.violated._replace(facts=(Cited("evacuated", MARKED),)),))
    assert "“\x1b[4maround\x1b[24m \x1b[1m1,400\x1b[22m\\x1b”" in render(report, width=160, colour=True)
    assert PAINT.sub("", render(report, colour=True)) == render(report)


@given(st.text("ab 87\t\n:#\x1b\u202e", max_size=12), st.lists(st.integers(0, 12), min_size=2, max_size=6))
def test_parts_of_a_quote_are_the_whole_quote(raw: str, ends: list[int]) -> None:
    ends = sorted(min(end, len(raw)) for end in ends)
    marks = [Mark(start, end, "hedge") for start, end in zip(ends[::2], ends[1::2], strict=False)]
    assert "".join(part for part, _ in clean.parts(raw, marks)) == clean.text(raw)


LINK = re.compile("\x1b]8;;([^\x1b]*)\x1b\\\\")


@pytest.mark.parametrize("report", [story.report, story.refused, story.hostile, story.gated])
@pytest.mark.parametrize("width", [60, 160])
def test_places_are_links_and_nothing_else_changes(report: Report, width: int) -> None:
    options = Options(width, colour=True, verbose=True, links="file://host/a%20b/")
    linked = FORMATS["table"](report, options)
    addresses = [address for address in LINK.findall(linked) if address]
    assert addresses
    assert all(address.startswith("file://host/") and address.isascii() for address in addresses)
    assert LINK.sub("", linked) == FORMATS["table"](report, options._replace(links=""))


@given(story.texts)
def test_no_quote_opens_or_closes_a_mark_or_a_link(text: str) -> None:
    told = story.told(text)
    painted = FORMATS["table"](told, Options(160, colour=True, verbose=True, links="file://host/"))
    assert "\x1b" not in LINK.sub("", PAINT.sub("", painted))
    assert LINK.sub("", PAINT.sub("", painted)) == render(told, width=160, verbose=True)


# ------------------------------------------------------------------------- hostile text


@settings(deadline=None)
@given(story.texts, st.booleans(), st.sampled_from([20, 80, 160]))
def test_no_text_of_a_report_acts_on_the_terminal(text: str, verbose: bool, width: int) -> None:
    shown = render(story.told(text), verbose=verbose, width=width)
    assert all(sign.isprintable() or sign in "\n\u200c\u200d" for sign in shown)
    shown.encode()
    assert not any(line.lstrip().startswith("::") or "##" in line for line in shown.splitlines())


# ------------------------------------------------------------------------- what a run imports


def test_a_format_is_imported_when_it_is_asked_for_and_tabulate_only_under_verbose() -> None:
    program = (
        "import sys; from checker.report import FORMATS, Options; from checker.model import Report, Summary\n"
        "assert not {'checker.report.table', 'checker.report.json'} & set(sys.modules)\n"
        "FORMATS['table'](Report(0, Summary(*[0] * 11)), Options())\n"
        "assert not {'tabulate', 'checker.report.json'} & set(sys.modules)"
    )
    subprocess.run(
        [sys.executable, "-c", program], check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )
