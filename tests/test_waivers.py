"""waivers.py: what is waived, what is known from an earlier report, and the text of a waivers file."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import document, period, schema, waivers
from checker.model import Finding, InputErrors, Location, Report, Waiver, Waivers
from checker.report import FORMATS, Options
from report import story

TODAY = date(2031, 5, 6).toordinal()
ONE, OTHER = "1234567890ab", "1234567899ff"


def finding(id: str, verdict: str = "violated", severity: str = "error") -> Finding:
    return Finding(id, "a-rule", severity, verdict, "new", "s", "words", ())


def read(*texts: str) -> tuple[Waiver, ...]:
    documents = [document.read(text, f"{n}.yaml") for n, text in enumerate(texts)]
    assert [wrong for one in documents for wrong in schema.check(one, "waivers")] == []
    return waivers.read(documents)


def waiver(finding: str = ONE, reason: str = "as published", until: str | None = None) -> Waiver:
    return Waiver(finding, reason, Location("w.yaml", 1, 1), None, period.read(until) if until else None)


def refused(read: object, *arguments: object) -> list[tuple[str, int | None, str, str]]:
    assert callable(read)
    with pytest.raises(InputErrors) as caught:
        read(*arguments)
    return [(one.location.file, one.location.line, one.message, one.expected) for one in caught.value.errors]


# ------------------------------------------------------------------------- reading


def test_waivers_are_read_as_written() -> None:
    text = f"waivers:\n- finding: {ONE}\n  reason: NO\n- {{finding: {OTHER}, reason: r, by: b, until: 2031-05-06}}\n"
    one, other = read(text)
    assert one == Waiver(ONE, "NO", Location("0.yaml", 2, 12))
    assert other == Waiver(OTHER, "r", Location("0.yaml", 4, 13), "b", period.read("2031-05-06"))
    assert read("waivers: []") == ()


def test_a_day_that_is_none_is_refused() -> None:
    text = f"waivers: [{{finding: {ONE}, reason: r, until: 2031-02-30}}]"
    [(file, line, _, expected)] = refused(read, text)
    assert (file, line, expected) == ("0.yaml", 1, "a day such as 2027-01-31")


@pytest.mark.parametrize(("one", "other"), [(ONE, ONE), (ONE[:8], ONE), (ONE, ONE[:9]), (ONE[:8], ONE[:9])])
def test_a_finding_waived_twice_is_refused(one: str, other: str) -> None:
    texts = [f"waivers:\n- {{finding: {id}, reason: r}}" for id in (one, "ffffffff", other)]
    [(file, line, message, expected)] = refused(read, *texts[:1], *texts[1:])
    assert (file, line) == ("2.yaml", 2)
    assert message == f"finding {other} is waived twice"
    assert expected == "one waiver for it: 0.yaml:2 has one"


def test_ids_that_only_begin_alike_are_two() -> None:
    assert len(read(f"waivers: [{{finding: {ONE}, reason: r}}, {{finding: {OTHER}, reason: r}}]")) == 2


@pytest.mark.parametrize("id", ["1234567", "12345678g", "ABCDEF123456", "x", ONE + " "])
def test_what_is_no_id_does_not_follow_the_schema(id: str) -> None:
    assert not schema.follows({"waivers": [{"finding": id, "reason": "r"}]}, "waivers")
    assert schema.follows({"waivers": [{"finding": ONE[:8], "reason": "r"}]}, "waivers")


# ------------------------------------------------------------------------- what they fit


def test_a_waived_finding_says_by_what_and_others_stay() -> None:
    given, other = waiver(ONE[:10]), finding(OTHER)
    found, idle = waivers.apply([given], [finding(ONE), other], TODAY)
    assert found == [finding(ONE)._replace(status="waived", waiver=given), other]
    assert idle == Waivers()


@pytest.mark.parametrize(
    ("until", "status"), [("2031-05-05", "new"), ("2031-05-06", "waived"), ("2031-05-07", "waived"), (None, "waived")]
)
def test_the_last_day_still_counts(until: str | None, status: str) -> None:
    given = waiver(until=until)
    found, idle = waivers.apply([given], [finding(ONE)], TODAY)
    assert found[0].status == status
    assert (found[0].waiver is None) == (status == "new")
    assert idle == (Waivers(expired=(given,)) if status == "new" else Waivers())


@pytest.mark.parametrize("until", [None, "2031-05-05"])
def test_what_fits_no_finding_is_unused_expired_or_not(until: str | None) -> None:
    given = waiver(until=until)
    found, idle = waivers.apply([given], [finding(OTHER)], TODAY)
    assert (found, idle) == ([finding(OTHER)], Waivers(unused=(given,)))


def test_only_what_is_violated_or_suspicious_can_be_waived() -> None:
    satisfied = finding(ONE, "satisfied", "")
    assert waivers.apply([waiver()], [satisfied], TODAY) == ([satisfied], Waivers(unused=(waiver(),)))
    [found], _ = waivers.apply([waiver()], [finding(ONE, "suspicious", "note")], TODAY)
    assert found.status == "waived"


def test_the_beginning_of_two_ids_is_refused() -> None:
    found = [finding(OTHER), finding(ONE)]
    [(file, line, message, expected)] = refused(waivers.apply, [waiver(ONE[:8])], found, TODAY)
    assert (file, line, message) == ("w.yaml", 1, "2 findings begin with 12345678")
    assert expected == f"one of {ONE}, {OTHER}"


@given(st.lists(st.text("ab", max_size=4)), st.text("ab", max_size=3))
def test_all_that_begins_so_is_found(ids: list[str], beginning: str) -> None:
    there = sorted(ids)
    assert waivers.begin_with(beginning, there) == [one for one in there if one.startswith(beginning)]


# ------------------------------------------------------------------------- an earlier report


def earlier(tmp_path: Path, report: Report, *, verbose: bool = False) -> Path:
    file = tmp_path / "earlier.json"
    file.write_text(FORMATS["json"](report, Options(verbose=verbose)), "utf-8")
    return file


def test_a_report_comes_back_as_what_it_found(tmp_path: Path) -> None:
    shown = tuple(one for one in story.report.findings if one.severity)
    expected = tuple(Finding(*one[:7], facts=()) for one in shown)
    for verbose in (False, True):
        assert waivers.baseline(earlier(tmp_path, story.report, verbose=verbose)) == expected


def test_what_was_there_before_is_baseline_and_what_is_not_there_any_more_is_gone() -> None:
    old, gone, new = finding(ONE), finding("aaaaaaaaaaaa"), finding(OTHER)
    known, left = waivers.compare([old, new], [gone, old])
    assert known == [old._replace(status="baseline"), new]
    assert left == (gone,)
    assert waivers.compare([old, new], []) == ([old, new], ())


def test_a_waiver_goes_before_the_baseline_and_a_finding_that_is_kept_now_is_gone() -> None:
    waived = finding(ONE)._replace(status="waived", waiver=waiver())
    kept = finding(OTHER, "satisfied", "")
    assert waivers.compare([waived, kept], [finding(ONE), finding(OTHER)]) == ([waived, kept], (finding(OTHER),))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "{}",
        "[]",
        "findings: []",
        '{"schema": "checker/report/v1", "findings": []}',
        "[" * 100_000,
        "1" * 5000,
        '{"schema": "\\ud800"}',
        "\xff",
    ],
)
def test_what_is_no_report_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "earlier.json"
    file.write_bytes(text.encode("latin-1"))
    [(where, _, message, _)] = refused(waivers.baseline, file)
    assert where == str(file)
    assert message == ("byte 0 (0xff) is not UTF-8" if text == "\xff" else "this is no report of an earlier run")


def test_a_report_of_a_run_that_found_nothing_for_errors_is_refused(tmp_path: Path) -> None:
    [(_, _, message, _)] = refused(waivers.baseline, earlier(tmp_path, story.refused))
    assert message == "the earlier run was refused, so that it found nothing"


def test_a_report_that_is_not_there_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [(_, _, message, _)] = refused(waivers.baseline, tmp_path / "earlier.json")
    assert message == "cannot be read: No such file or directory"
    monkeypatch.setattr(document, "MAX_BYTES", 10)
    [(_, _, message, expected)] = refused(waivers.baseline, earlier(tmp_path, story.empty))
    assert (message, expected) == ("the report is too large", "at most 10 bytes")


def test_a_report_with_a_finding_of_another_shape_is_refused(tmp_path: Path) -> None:
    file = earlier(tmp_path, story.report)
    data = json.loads(file.read_text("utf-8"))
    data["findings"][0]["severity"] = "fatal"
    file.write_text(json.dumps(data), "utf-8")
    [(_, _, message, _)] = refused(waivers.baseline, file)
    assert message == "this is no report of an earlier run"


# ------------------------------------------------------------------------- writing

NEW = waiver("ffff00001111", "the source says so", "2031-12-31")
ITEM = '- finding: "ffff00001111"\n  reason: "the source says so"\n  until: 2031-12-31\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"waivers:\n- finding: {ONE}\n  reason: r\n", ITEM),
        (f"waivers:\n- finding: {ONE}\n  reason: r\n# the end", "\n" + ITEM),
        (f"# top\nwaivers: # why\n    # first\n    -   {{finding: {ONE}, reason: r}}\n\n  # last\n", ITEM),
        (f"---\nwaivers:\n  - reason: >-\n      long\n\n      words\n    finding: '{ONE}'\n", ITEM),
        (f"waivers:\r\n  - finding: {ONE}\r\n    reason: r\r\n", ITEM.replace("\n", "\r\n")),
        (f"\ufeffwaivers:\n  - finding: {ONE}\n    reason: é\n", ITEM),
        (f'"waivers":\n\n  - finding: {ONE}\n    reason: |+\n      kept\n\n', ITEM),
    ],
)
def test_a_waiver_is_added_at_the_end_and_all_else_stays(text: str, expected: str) -> None:
    longer = waivers.added(text, NEW, "w.yaml")
    assert longer.startswith(text)
    indentation = next(line for line in longer.split("\n") if line.lstrip().startswith("-   ") or "- " in line)
    spaces = " " * (len(indentation) - len(indentation.lstrip()))
    added = longer.removeprefix(text)
    assert added.replace("\n" + spaces, "\n").removeprefix(spaces) == expected
    assert [one.finding for one in read(longer)] == [ONE, NEW.finding]


def test_an_empty_list_takes_the_first() -> None:
    text = "# top\nwaivers: []  # none yet\n# end\n"
    assert waivers.added(text, waiver(), "w.yaml") == (
        f'# top\nwaivers:  # none yet\n# end\n  - finding: "{ONE}"\n    reason: "as published"\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        f"waivers: [{{finding: {ONE}, reason: r}}]\n",
        f"waivers:\n  [{{finding: {ONE}, reason: r}}]\n",
        f"{{waivers: [{{finding: {ONE}, reason: r}}]}}\n",
        "{waivers: []}\n",
        f"waivers: &all\n- finding: {ONE}\n  reason: r\n",
        f"waivers:\n- finding: {ONE}\n  reason: r\n...\n",
        f'waivers:\n- finding: {ONE}\n  "reason": "r\n\n  s"\n  \n...',
        f"waivers:\n- finding: {ONE}\n  reason: |+\n    no end of line",
    ],
)
def test_a_list_of_another_form_is_left_alone_and_the_lines_are_given(text: str) -> None:
    [(file, _, message, expected)] = refused(waivers.added, text, NEW, "w.yaml")
    assert (file, message) == ("w.yaml", "no waiver can be added to what stands there")
    assert expected == f"these lines, put there by hand:\n{waivers.written(NEW)}"


def test_a_wrong_file_is_left_alone() -> None:
    [(_, line, message, _)] = refused(waivers.added, "waivers:\n- {}\n", NEW, "w.yaml")[:1]
    assert (line, message) == (2, '"finding" is missing')


def test_a_new_file_says_what_it_holds() -> None:
    text = waivers.started(NEW, "w.yaml", "../schemas/waivers.schema.json")
    assert text.startswith("# yaml-language-server: $schema=../schemas/waivers.schema.json\n")
    assert text.removeprefix("# yaml-language-server: $schema=../schemas/waivers.schema.json\n#\n") == waivers.started(
        NEW, "w.yaml"
    )
    assert [waivers.entry(one) for one in read(text)] == [waivers.entry(NEW)]


TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")), min_size=1)


@given(TEXTS, TEXTS, st.integers(0, 6))
def test_any_reason_comes_back_as_it_was(reason: str, by: str, indentation: int) -> None:
    meant = Waiver(OTHER, reason, Location("w.yaml"), by)
    text = f"waivers:\n{' ' * indentation}- {{finding: {ONE}, reason: r}}\n"
    assert waivers.entry(read(waivers.added(text, meant, "w.yaml"))[1]) == waivers.entry(meant)
    assert waivers.entry(read(waivers.started(meant, "w.yaml"))[0]) == waivers.entry(meant)


@given(st.text(min_size=1))
def test_what_cannot_come_back_is_never_written(reason: str) -> None:
    try:
        text = waivers.started(Waiver(OTHER, reason, Location("w.yaml")), "w.yaml")
    except InputErrors:
        return
    assert read(text)[0].reason == reason
