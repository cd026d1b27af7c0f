"""The page as text: what is in it, that no fact makes markup of it, and how large it gets."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from base64 import b64decode
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

pytest.importorskip("jinja2")
pytest.importorskip("vl_convert")

from hypothesis import given, settings
from hypothesis import strategies as st

import folder
from checker import cli, run
from checker.model import Mark, Report
from checker.report import FORMATS, Options, clean
from checker.report.html import cards, chart, svg
from report import pictured, story

ROOT = Path(__file__).parent.parent.parent
TAGS = {
    "a", "article", "b", "blockquote", "body", "button", "cite", "code", "dd", "details", "div", "dl", "dt",
    "figcaption", "figure", "g", "h1", "h2", "h3", "head", "header", "html", "i", "label", "li", "line", "main", "mark",
    "meta", "nav", "ol", "option", "output", "p", "path", "script", "section", "select", "span", "strong", "style",
    "summary", "svg", "table", "tbody", "td", "text", "th", "thead", "title", "tr", "ul",
}  # fmt: skip
VOID = {"meta"}


class Page(HTMLParser):
    """A page: its tags, their attributes, its texts, and whether each element ends where it should."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: text or "" for name, text in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: text or "" for name, text in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def having(self, attribute: str) -> list[str]:
        return [attributes[attribute] for _, attributes in self.tags if attribute in attributes]


def render(report: Report, *, verbose: bool = False, quiet: bool = False) -> str:
    return FORMATS["html"](report, Options(verbose=verbose, quiet=quiet))


@pytest.fixture(scope="module")
def html() -> str:
    return render(pictured.report)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


# ------------------------------------------------------------------------- what is shown


def test_what_cannot_be_true_comes_before_what_is_known_and_what_is_worth_knowing(page: Page) -> None:
    ids = [attributes["id"] for tag, attributes in page.tags if tag == "article"]
    assert ids == [
        "3f9a12bc04de", "b01dfacade55", "5ca1ab1e0001", "77ab90e1c2d3", "0ddba11feed5", "c0ffee000017",
    ]  # fmt: skip


def test_the_words_that_carry_the_number_are_marked(html: str) -> None:
    assert '<mark class="hedge">around</mark> <mark class="figure">1,400</mark> residents were' in html


def test_a_finding_says_what_it_comes_to_and_how_to_waive_it(page: Page) -> None:
    assert "returned + sheltered: at least 1,621 · evacuated: 1,260 to 1,540" in page.text
    assert "checker waive 3f9a12bc04de --reason 'the source says so'" in page.text
    assert "checker waive 77ab90e1c2d3" not in page.text  # it is waived
    assert "The source says so, and is quoted by the desk, without an end" in page.text
    assert "the waiver of 0ff00ff0 ran out on 2031-05-05" in page.text


def test_claimants_are_called_by_their_titles(page: Page) -> None:
    assert "The fire service, in gazette-2031-05-04 · as of 2031-05-04" in page.text


def test_every_fact_of_a_subject_is_in_the_table_behind_its_chart(page: Page) -> None:
    rows = {id for id in page.having("id") if id.startswith("fact-")}
    assert len(rows) == len(pictured.FACTS)
    assert "1,500" in page.text
    assert "620 to 880" in page.text  # what is left


def test_only_addresses_of_the_web_become_links(page: Page) -> None:
    away = {address for address in page.having("href") if not address.startswith("#")}
    assert away == {pictured.PAPER}
    assert "javascript:alert(1)" in page.text
    assert all(
        attributes.get("rel") == "noopener noreferrer"
        for tag, attributes in page.tags
        if tag == "a" and not attributes["href"].startswith("#")
    )


def test_every_link_leads_somewhere_and_every_id_is_there_once(page: Page) -> None:
    ids = page.having("id")
    assert len(ids) == len(set(ids))
    assert {address[1:] for address in page.having("href") if address.startswith("#")} <= set(ids)
    named = [id for attribute in ("aria-labelledby",) for id in page.having(attribute)]
    assert set(named) <= set(ids)


def test_the_chart_links_what_cannot_be_true(html: str) -> None:
    drawing = html[html.index('<div class="wide">') : html.index('<div class="narrow">')]
    assert '<a href="#3f9a12bc04de" aria-label="violated: around 1,400 · The fire service' in drawing
    assert drawing.count("<path") > 20


def test_what_could_not_be_compared_is_told_and_other_outcomes_when_asked(page: Page) -> None:
    assert "they differ in since: 2031-05-01 and 2031-05-03" in page.text
    assert "evacuated.as_of is open" not in page.text
    verbose = Page(render(pictured.report, verbose=True)).text
    assert "evacuated.as_of is open" in verbose
    assert verbose.count("they differ in since: 2031-05-01 and 2031-05-03") == 1


def test_errors_stand_alone() -> None:
    text = Page(render(story.refused)).text
    assert "The input is wrong, and nothing was judged" in text
    assert "facts/flood/shelters.csv row 31 “n.k.” is no number expected: a number, or a word in missing" in text


def test_a_run_that_finds_nothing_says_so_and_a_quiet_one_only_sums_up() -> None:
    assert "No finding: nothing that was compared is violated or suspicious." in Page(render(story.nothing)).text
    assert "No finding, for no rule applies to any of the facts." in Page(render(story.empty)).text
    quiet = Page(render(pictured.report, quiet=True)).text
    assert "violated" in quiet
    assert "around 1,400" not in quiet


def test_a_figure_of_which_nothing_is_known_is_in_the_table_alone() -> None:
    unknown = story.fact("x", story.HOME, story.value("unknown", story.between(0, None)))
    one = pictured.PICTURE._replace(facts=(unknown, pictured.FACTS[0]), bounds=())
    html = render(story.nothing._replace(picture=one))
    assert "<svg" not in html
    assert "unknown" in Page(html).text


# ------------------------------------------------------------------------- nothing becomes markup


def test_the_policy_lets_in_nothing_but_the_page_s_own_style_and_script(page: Page, html: str) -> None:
    (policy,) = [attributes["content"] for _, attributes in page.tags if "http-equiv" in attributes]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules.keys() == {"default-src", "style-src", "script-src", "base-uri", "form-action"}
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    for name in ("style", "script"):
        (inside,) = re.findall(f"<{name}>(.*?)</{name}>", html, re.DOTALL)
        assert (
            b64decode(rules[f"{name}-src"].strip("'").removeprefix("sha256-"))
            == hashlib.sha256(inside.encode()).digest()
        )


HOSTILE = [
    "</style></script><script>window.owned = 1</script>",
    "<img src=x onerror=alert(1)>",
    "\" onmouseover='alert(1)' x=\"",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "<!-- --> <![CDATA[ ]]> &lt;b&gt;",
    "40\u202edaed\x00\x1b[2J\ud800",
    "</title><svg onload=alert(1)>",
    'https://paper.example/"><script>alert(1)</script>',
]


def is_harmless(html: str) -> Page:
    page = Page(html)
    assert {tag for tag, _ in page.tags} <= TAGS
    assert sum(tag in ("script", "style") for tag, _ in page.tags) == 2
    for _, attributes in page.tags:
        assert not any(name.startswith("on") or name in ("style", "src", "srcset") for name in attributes)
    assert all(address.startswith(("#", "https://paper.example/")) for address in page.having("href"))
    ids = page.having("id")
    assert not any(re.search(r"\s", id) for id in ids)
    html.encode()
    return page


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_does_nothing(text: str) -> None:
    page = is_harmless(render(pictured.told(text), verbose=True))
    assert " ".join(clean.text(text).split()) in page.text
    assert "\u202e" not in page.text


@settings(max_examples=25)
@given(st.one_of(story.texts, st.lists(st.sampled_from([*"<>&\"'`/=! \n#-", "script", "onload", "]]>"])).map("".join)))
def test_no_text_of_a_report_makes_markup(text: str) -> None:
    made = pictured.told(text)
    assert made.picture
    # One fact makes no chart, which would take most of the time; the texts of charts are above.
    is_harmless(render(made._replace(picture=made.picture._replace(facts=made.picture.facts[:1])), verbose=True))


def test_of_a_drawing_only_what_is_known_is_kept() -> None:
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="700.04" height="5"><script>1</script><style>a</style>'
        f'<g onload="x" style="y"><text fill="{svg.INK}" font-family="z">title 0</text><image href="http://a"/>'
        '<a href="javascript:1"><path d="M0,0"/></a><path d="M0,0L1.23456,2" aria-label="ring 0" '
        f'stroke="{svg.RINGS["violated"]}"/><foreignObject>no</foreignObject></g></svg>'
    )
    assert svg.safe(drawn, ["<b>"], [svg.Told("1 < 2", "#f")], "n") == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 5" width="700" height="5" role="group" '
        'aria-labelledby="n"><text class="f-ink" aria-hidden="true">&lt;b&gt;</text>'
        '<a href="#f" aria-label="1 &lt; 2"><path class="nofill s-violated" d="M0,0L1.2,2" aria-hidden="true">'
        "<title>1 &lt; 2</title></path></a></svg>"
    )


# ------------------------------------------------------------------------- charts


def figure(key: int, day: int, number: int) -> chart.Figure:
    there = story.between(number, number)
    return chart.Figure(key, 0, (738_000 + day, 738_000 + day), number, there, there)


def drawing(*figures: chart.Figure, is_total: bool = True) -> str:
    told = [svg.Told(f"told {one.key}", "#f") for one in figures]
    return chart.render([chart.Panel("Dead", figures, is_total, True)], told, "name", 600)


def test_a_running_total_is_joined_by_a_line_and_no_other_measure() -> None:
    figures = figure(0, 0, 10), figure(1, 9, 20)
    joined, single = drawing(*figures), drawing(*figures, is_total=False)
    line = re.compile(r'class="nofill s-c0" d="M[\d.]+,[\d.]+L[\d.]+,[\d.]+"')
    assert len(line.findall(joined)) == 1
    assert not line.search(single)
    assert "told 0" in single


def test_what_is_left_is_a_band_and_what_cannot_be_true_a_link() -> None:
    plain = drawing(figure(0, 0, 10), figure(1, 9, 20))
    assert "<a " not in plain
    known = figure(1, 9, 20)._replace(left=story.between(15, 30))
    marked = drawing(figure(0, 0, 10)._replace(verdict="violated"), known)
    assert marked.count("<a ") == 1
    assert '<a href="#f" aria-label="told 0"><path class="nofill s-violated"' in marked
    assert 'stroke-width="9"' in marked
    assert 'stroke-width="9"' not in plain


def test_figures_of_one_day_stand_beside_each_other() -> None:
    made = drawing(*(figure(key, 0, 10) for key in range(3)), is_total=False)
    places = re.findall(r'transform="translate\(([\d.]+),[\d.]+\)"[^>]*><title>', made)
    assert len(places) == 3
    gaps = [float(after) - float(before) for before, after in pairwise(places)]
    assert gaps == pytest.approx([chart.APART] * 2, abs=0.3)


def test_numbers_beyond_all_measure_are_drawn_too() -> None:
    assert "told 1" in drawing(figure(0, 0, -(10**99)), figure(1, 700_000, 10**99))


# ------------------------------------------------------------------------- size, and the same bytes


def test_ten_thousand_findings_are_a_page_below_five_megabytes() -> None:
    html = render(pictured.many(10_000))
    assert len(html.encode()) < 5_000_000
    page = Page(html)
    assert sum(tag == "article" for tag, _ in page.tags) == 100
    assert "And 9,900 findings more" in page.text
    rows = [attributes for tag, attributes in page.tags if tag == "li" and "data-on" in attributes]
    left = re.search(r"([\d,]+) findings more: there is no room", page.text)
    assert len(rows) + (int(left[1].replace(",", "")) if left else 0) == 9_900
    assert len(rows) > 2_000


def test_the_longest_texts_find_room_too() -> None:
    long = story.violated._replace(message="洪" * 3000, facts=story.violated.facts * 40)
    html = render(story.report._replace(findings=(long,) * 2000, failing=2000))
    assert len(html.encode()) < 5_000_000


def test_the_same_facts_are_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    folder.write(tmp_path)
    made = [
        subprocess.run(
            [sys.executable, "-m", "checker", "run", "--format", "html"],
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": seed},
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        for seed in ("1", "2")
    ]
    assert [one.returncode for one in made] == [1, 1]
    assert made[0].stdout == made[1].stdout
    assert b"12 hurt of 10 held" in made[0].stdout


# ------------------------------------------------------------------------- the command


@pytest.mark.parametrize("missing", ["jinja2", "vl_convert"])
def test_without_its_extra_the_format_says_what_to_install(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder.write(tmp_path))
    for name in [name for name in sys.modules if name.startswith("checker.report.html")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(SystemExit) as ended:
        cli.main(["run", "--format", "html=page.html"])
    assert ended.value.code == 2
    assert f"needs {missing}: pip install 'checker-facts[html]'" in capsys.readouterr().err
    assert not (tmp_path / "page.html").exists()
    assert cli.main(["run", "--format", "markdown"]) == 1


def test_a_page_of_one_source_shows_the_subjects_of_that_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.write(tmp_path))
    other = "source: {id: c, published: 2024-02-03}\nfacts: [{id: held, subject: some, measure: held, value: 3}]\n"
    (tmp_path / "facts/c.yaml").write_text(other, "utf-8")
    assert cli.main(["run", "facts/a.yaml", "--format", "html=page.html"]) == 1
    page = Page((tmp_path / "page.html").read_text("utf-8"))
    assert "All of them" in page.text
    assert "fact-c~23.held" not in page.having("id")
    assert cli.main(["run", "--format", "html=page.html"]) == 1
    assert "fact-c~23.held" in Page((tmp_path / "page.html").read_text("utf-8")).having("id")


def test_a_run_keeps_the_picture_only_where_it_is_asked_to(tmp_path: Path) -> None:
    call = run.Call((folder.write(tmp_path) / "facts",), (str(tmp_path / "rules"),))
    assert run.run(call).picture is None
    picture = run.run(call._replace(picture=True)).picture
    assert picture is not None
    assert [fact.id for fact in picture.facts] == ["a#hurt", "a#held", "b#hurt", "b#held"]
    assert {bound.fact.id: bound.state for bound in picture.bounds}["a#held"] == "contradictory"


def test_a_picture_does_not_change_what_other_formats_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.write(tmp_path))
    assert cli.main(["run", "--format", "json=alone.json"]) == 1
    assert cli.main(["run", "--format", "json=beside.json", "--format", "html=page.html"]) == 1
    assert (tmp_path / "alone.json").read_bytes() == (tmp_path / "beside.json").read_bytes()


def test_a_mark_may_be_anywhere_in_a_quote() -> None:
    fact = story.moved._replace(quote="ab cd", marks=pictured.MARKS[:0])
    assert [one.text for one in cards.parts(fact)] == ["ab cd"]
    marks = tuple(Mark(start, end, "figure") for start, end in ((0, 2), (3, 5)))
    assert [one.text for one in cards.parts(fact._replace(marks=marks))] == ["ab", " ", "cd"]


def test_a_panel_of_more_than_it_has_room_for_draws_some_and_says_so() -> None:
    html = render(pictured.many(300, subjects=1))
    left = re.search(r"([\d,]+) figures more are in the table only", html)
    assert left
    assert int(left[1].replace(",", "")) > 500


def test_rows_that_were_left_out_are_listed_and_counted() -> None:
    text = render(story.kept_going)
    assert "“plenty” is no number" in text
    assert "shelters.csv row 1208" in text
    assert "1,234 rows left out" in text
    assert text.count("“plenty” is no number") == 1
