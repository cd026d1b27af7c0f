from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from cmarkgfm import github_flavored_markdown_to_html
from cmarkgfm.cmark import Options as Render
from hypothesis import given
from hypothesis import strategies as st

from checker.model import Cited, Report
from checker.report import FORMATS, Options, clean
from checker.report.markdown import escape
from report import story

TAGS = {"h2", "p", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "code", "strong", "span"}
# What GitHub looks for in the text between two tags, after it has made HTML of the Markdown.
SOUGHT = re.compile(r"@\w|\w@|#\d|\bGH-\d|:[\w+-]+:|https?:/|\bwww\.", re.IGNORECASE | re.ASCII)


class Page(HTMLParser):
    """A page as GitHub's own renderer makes it: its tags, its texts, and the cells of its tables."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.texts = [""]
        self.cells: list[str] = []
        self._in_cell = False
        self.feed(github_flavored_markdown_to_html(markdown, Render.CMARK_OPT_UNSAFE))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.texts.append("")
        if tag in ("td", "th"):
            self.cells.append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        self.texts.append("")
        self._in_cell = self._in_cell and tag not in ("td", "th")

    def handle_comment(self, data: str) -> None:
        self.tags.append(("!--", (data,)))

    def handle_data(self, data: str) -> None:
        self.texts[-1] += data
        if self._in_cell:
            self.cells[-1] += data


def render(report: Report, *, verbose: bool = False, quiet: bool = False) -> str:
    return FORMATS["markdown"](report, Options(verbose=verbose, quiet=quiet))


@pytest.mark.parametrize(
    ("name", "report", "options"),
    [
        ("findings", story.gated, Options()),
        ("verbose", story.gated, Options(verbose=True)),
        ("nothing", story.nothing, Options()),
        ("refused", story.refused, Options()),
        ("quiet", story.gated, Options(quiet=True)),
        ("forged", story.forged, Options()),
    ],
)
def test_the_page_is_as_stored(name: str, report: Report, options: Options) -> None:
    story.same_as_snapshot(f"{name}.md", FORMATS["markdown"](report, options))


def test_the_headline_says_what_fails() -> None:
    assert render(story.gated).startswith("## checker fails: 1 finding\n")
    assert render(story.nothing).startswith("## checker passes\n")
    assert render(story.refused).startswith("## checker was given wrong input\n")


def test_what_fails_is_set_off_from_what_does_not() -> None:
    verdicts = [
        line.split(" | ")[0] for line in render(story.gated).splitlines() if "| violated" in line or "**" in line
    ]
    assert verdicts == [
        "| **violated, error**",
        "| violated, error, waived",
        "| violated, warning",
        "| violated, warning, baseline",
        "| violated, note",
    ]


def test_few_facts_stand_side_by_side_and_many_one_below_the_other() -> None:
    assert "|  | evacuated | returned | sheltered |" in render(story.gated)
    many = story.violated._replace(facts=tuple(Cited("batches", story.north) for _ in range(30)))
    text = render(story.report._replace(findings=(many,)))
    assert text.count("| batches | 312 | “312 went home” |") == 12
    assert "\nand 18 facts more\n" in text
    text = render(story.report._replace(findings=(many,)), verbose=True)
    assert text.count("| batches | 312 | “312 went home” |") == 30


def test_notes_come_after_and_other_outcomes_under_verbose_only() -> None:
    text = render(story.gated, verbose=True)
    assert text.index("<summary>1 note</summary>") < text.index("<summary>4 other outcomes</summary>")
    assert "other outcome" not in render(story.gated)
    assert "engine" in text
    assert "engine" not in render(story.gated)


def test_waivers_say_why_and_those_that_ran_out_are_named() -> None:
    text = render(story.gated)
    assert "waived: The source says so, and is quoted · by the desk" in text
    assert "| the waiver of 0ff00ff0 ran out on 2031-05-05 (facts/waivers.yaml<span>&#58;</span>7) |" in text


def test_a_page_of_too_much_is_cut_below_what_github_takes_and_says_so() -> None:
    findings = (story.violated,) * 2000 + (story.unnamed,) * 2000 + (story.undetermined,) * 2000
    errors = (story.refused.errors[0]._replace(message="洪" * 300),) * 2000
    text = render(story.report._replace(findings=findings, errors=errors, failing=9000), verbose=True)
    assert 400_000 < len(text.encode()) < 2**20
    assert len(re.findall(r"\n\n[\d,]+ rows more: there is no room for them here\.\n", text)) == 4
    assert len(re.findall(r"\n\n[\d,]+ findings more: there is no room for them here\.\n", text)) == 1
    assert text.rstrip().endswith("fails: 9,000 findings")
    assert {tag for tag, _ in Page(text).tags} <= TAGS


# ------------------------------------------------------------------------- hostile text


@pytest.mark.parametrize(
    "text",
    [
        "<b>x</b> &amp; <!-- <script>",
        "*x* _x_ **x** ~~x~~ `x` $x$ \\*x",
        "[x](y) ![x](y) [x][y] [^1] <http://paper.example>",
        "http://paper.example https://paper.example www.paper.example desk@paper.example",
        "@desk #7 GH-7 desk/paper#7 :tada: x | y",
        "1. x",
    ],
)
def test_signs_of_markdown_show_themselves(text: str) -> None:
    page = Page(f"| {escape(text)} |\n| --- |\n")
    assert page.cells == [text]
    assert {tag for tag, _ in page.tags} <= {"table", "thead", "tr", "th", "span"}
    assert not any(SOUGHT.search(part) for part in page.texts)


def test_a_text_of_words_is_left_as_it_is() -> None:
    assert escape("around 1,400 (some 12.5 % of “all”) - at least: 3!") == (
        "around 1,400 (some 12.5 % of “all”) - at least: 3!"
    )


markup = st.one_of(
    story.texts, st.lists(st.sampled_from([*"<>&|`*_[]()!@#:~$\\x1 \n-.", "http://", "www.", "GH-"])).map("".join)
)


@given(markup, st.booleans())
def test_no_text_of_a_report_makes_markup(text: str, verbose: bool) -> None:
    document = render(story.told(text), verbose=verbose)
    document.encode()
    page = Page(document)
    assert {tag for tag, _ in page.tags} <= TAGS
    assert not any(attributes for _, attributes in page.tags)
    assert not any(SOUGHT.search(part) for part in page.texts)
    assert page.tags.count(("details", ())) == 3 + 1 + verbose
    assert clean.text(text).strip() in [cell.strip() for cell in page.cells]


def test_rows_that_were_left_out_stand_before_the_findings_and_are_counted() -> None:
    text = render(story.kept_going)
    wrong, finding = text.index("“plenty” is no number"), text.index(story.gated.findings[0].rule)
    assert wrong < finding
    assert "shelters.csv row 1208" in text
    assert "1,234 rows left out" in text
    assert "left out" not in render(story.gated)
