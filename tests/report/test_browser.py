"""The page in a real browser: what is seen, by whom and how, and that nothing leaves it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

pytest.importorskip("jinja2")
pytest.importorskip("vl_convert")
pytest.importorskip("playwright")
pytest.importorskip("axe_playwright_python")

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Dialog, Error, Locator, Page, expect, sync_playwright

from report import pictured, story

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (360, 800, 1280)
VIOLATED, WAIVED = "3f9a12bc04de", "77ab90e1c2d3"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("there is no Chromium here: CI tests the page in one (apt-get install chromium)")
        pytest.skip("there is no Chromium here (apt-get install chromium)")
    with sync_playwright() as started:  # each start has an empty profile of its own
        yield started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


class Seen:
    """A page in the browser, and all that it does which it should not."""

    def __init__(self, context: BrowserContext) -> None:
        self.wrong: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", lambda said: self.wrong.append(f"console: {said.text}"))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("request", lambda asked: self.wrong.append(f"request: {asked.url}"))
        self.page.on("dialog", self._answer)

    def _answer(self, dialog: Dialog) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def go(self, address: str) -> Page:
        """Open an address, which is the only one that may be asked for."""
        self.page.goto(address)
        asked = f"request: {address.partition('#')[0]}"
        self.wrong = [one for one in self.wrong if one.partition("#")[0] != asked]
        return self.page


@pytest.fixture
def seen(browser: Browser) -> Iterator[Seen]:
    """A page of 1,280 pixels without a network; in the end it has done nothing wrong."""
    with browser.new_context(viewport={"width": 1280, "height": 900}, offline=True) as context:
        context.set_default_timeout(5000)
        made = Seen(context)
        yield made
        assert made.wrong == []


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    return pictured.write(tmp_path_factory.mktemp("page"), pictured.report, verbose=True)


def cards(page: Page) -> list[str]:
    return [str(one.get_attribute("id")) for one in page.locator("article:visible").all()]


def facet(page: Page, name: str) -> Locator:
    return page.locator(f"select[data-facet={name}]")


# ------------------------------------------------------------------------- what is shown


def test_the_first_thing_seen_is_what_cannot_be_true(seen: Seen, address: str) -> None:
    page = seen.go(address)
    first = page.locator("article").first
    expect(first).to_be_in_viewport()
    expect(first.locator("h3")).to_contain_text("more than the around 1,400 evacuated")
    quotes = [one.bounding_box() for one in first.locator(".said > li").all()]
    assert len({box["y"] for box in quotes if box}) == 1  # side by side
    assert first.locator("mark.figure").inner_text() == "1,400"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_runs_off_the_page(seen: Seen, address: str, width: int, scheme: Any) -> None:
    page = seen.page
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    seen.go(address)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []
    assert page.locator("figure .wide").first.is_visible() == (width > 704)
    assert page.locator("figure .narrow").first.is_visible() == (width <= 704)


def test_without_script_everything_is_there(browser: Browser, address: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(address)
        assert page.locator("article:visible").count() == 6
        assert page.locator(".filters").is_hidden()
        assert page.locator(".command button").first.is_hidden()
        assert page.locator("figure svg a").first.is_visible()


def test_it_prints(seen: Seen, address: str) -> None:
    page = seen.go(address)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("table th", has_text="What is left").first.is_visible()  # though its fold is closed
    assert page.locator(".filters").is_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf(format="A4").startswith(b"%PDF")


# ------------------------------------------------------------------------- filters and links


def test_filters_show_what_is_asked_for_and_the_address_keeps_them(seen: Seen, address: str) -> None:
    page = seen.go(address)
    facet(page, "severity").select_option("warning")
    assert cards(page) == ["b01dfacade55", "5ca1ab1e0001", "0ddba11feed5"]
    facet(page, "claimant").select_option("red-cross")
    assert cards(page) == ["5ca1ab1e0001"]
    assert page.url.endswith("#severity=warning&claimant=red-cross")
    expect(page.get_by_role("status")).to_have_text("1 of 6 findings")
    linked = page.url
    page.get_by_role("button", name="Show all").click()
    assert len(cards(page)) == 6
    page.goto("about:blank")
    assert cards(seen.go(linked)) == ["5ca1ab1e0001"]
    assert facet(page, "severity").input_value() == "warning"


@pytest.mark.parametrize(
    ("name", "word", "number"),
    [("verdict", "suspicious", 1), ("status", "waived", 1), ("source", "gazette-2031-05-04", 3),
     ("rule", "one-claimant-one-value", 1), ("severity", "nonsense", 6), ("nonsense", "1", 6)],
)  # fmt: skip
def test_a_filtered_view_can_be_linked(seen: Seen, address: str, name: str, word: str, number: int) -> None:
    assert len(cards(seen.go(f"{address}#{name}={word}"))) == number


def test_a_link_to_a_finding_shows_it_whatever_is_filtered(seen: Seen, address: str) -> None:
    page = seen.go(f"{address}#verdict=suspicious")
    page.evaluate(f"location.hash = '{VIOLATED}'")
    expect(page.locator(f"[id='{VIOLATED}']")).to_be_in_viewport()
    assert len(cards(page)) == 6


def test_a_chart_leads_to_the_finding_and_a_finding_to_the_row_of_its_fact(seen: Seen, address: str) -> None:
    page = seen.go(address)
    page.locator(f"figure .wide a[href='#{WAIVED}']").first.click()
    expect(page.locator(f"[id='{WAIVED}'] h3")).to_be_in_viewport()
    page.locator(f"[id='{WAIVED}'] .value a").first.click()
    expect(page.locator("tr:target")).to_be_in_viewport()
    expect(page.locator("tr:target")).to_contain_text("more than 1,000")


def test_the_command_that_waives_is_copied_or_selected(browser: Browser, address: str) -> None:
    for granted in (["clipboard-read", "clipboard-write"], []):
        with browser.new_context(permissions=granted) as context:
            page = context.new_page()
            page.goto(address)
            if not granted:
                page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
            page.locator("article button").first.click()
            expect(page.locator("article button").first).not_to_have_text("Copy")
            command = f"checker waive {VIOLATED} --reason 'the source says so'"
            assert page.evaluate("getSelection().toString()") == command
            if granted:
                assert page.evaluate("navigator.clipboard.readText()") == command


# ------------------------------------------------------------------------- by keyboard


def test_every_stop_of_the_tab_key_is_seen_and_says_what_it_is(seen: Seen, address: str) -> None:
    page = seen.go(address)
    names = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
                const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
                const ring = one.querySelector('path') && getComputedStyle(one.querySelector('path')).strokeWidth;
                return {name: one.ariaLabel || one.textContent.trim() || one.labels?.[0]?.textContent || '',
                    seen: style.outlineStyle !== 'none' || ring === '5px',
                    inside: box.bottom > 0 && box.top < innerHeight, end: one === document.body};
            }"""
        )
        if stop["end"]:
            break
        assert stop["name"]
        assert stop["seen"], stop
        assert stop["inside"], stop
        names.append(stop["name"])
    assert names[:2] == ["Skip to the findings", "Findings"]
    assert f"Link to finding {VIOLATED}" in names


def test_the_first_stop_leads_past_what_is_on_every_page(seen: Seen, address: str) -> None:
    page = seen.go(address)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.url.endswith("#report")


def test_filters_and_folds_need_no_mouse(seen: Seen, address: str) -> None:
    page = seen.go(address)
    facet(page, "verdict").focus()
    page.keyboard.type("susp")
    page.keyboard.press("Tab")
    assert cards(page) == ["5ca1ab1e0001"]
    fold = page.locator("details.behind summary").first
    fold.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details.behind table").first).to_be_visible()


# ------------------------------------------------------------------------- hostile facts


HOSTILE = (
    "</style></title></script><script>window.owned = 1</script><img src=x onerror='window.owned = 2'>"
    '<svg onload="window.owned = 3"> " onmouseover="window.owned = 4" javascript:window.owned=5 \u202enitset'
)


def test_hostile_text_is_read_and_does_nothing(seen: Seen, tmp_path: Path) -> None:
    page = seen.go(pictured.write(tmp_path, pictured.told(HOSTILE), verbose=True))
    for link in page.locator("article a, table a").all()[:6]:
        link.hover(force=True)
    assert page.evaluate("window.owned") is None
    shown = page.locator("blockquote").first.inner_text()
    assert "<script>window.owned = 1</script>" in shown
    assert "\\u202enitset" in shown
    assert page.locator("body script, body img, body iframe").count() == 1  # the page's own script


def test_the_policy_stops_what_might_get_in(browser: Browser, address: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        came: list[str] = []
        page.on("requestfinished", lambda one: came.append(one.url))
        page.goto(address)
        page.evaluate(
            """() => {
                const script = document.createElement('script');
                script.textContent = 'window.owned = 1';
                document.body.append(script);
                const image = document.createElement('img');
                image.src = 'http://127.0.0.1:9/x.png';
                document.body.append(image);
                document.body.setAttribute('onclick', 'window.owned = 2');
                document.body.click();
                fetch('http://127.0.0.1:9/').catch(() => {});
            }"""
        )
        with pytest.raises(Error, match="Content Security Policy"):
            page.add_script_tag(content="window.owned = 3")
        assert page.evaluate("window.owned") is None
        assert came == [address]


# ------------------------------------------------------------------------- much, and served


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> str:
    return pictured.write(tmp_path_factory.mktemp("large"), pictured.many(3_000, subjects=3))


def test_thousands_of_findings_can_be_filtered_and_linked(seen: Seen, large: str) -> None:
    page = seen.go(large)
    assert page.locator("article").count() == 100
    assert page.locator("details.rest li").first.is_hidden()
    page.evaluate("location.hash = '000000000800'")  # the two thousandth
    expect(page.locator("[id='000000000800']")).to_be_in_viewport()
    facet(page, "source").select_option("gazette-2031-05-04")
    expect(page.get_by_role("status")).to_contain_text("of ")


def test_from_a_server_it_asks_for_nothing_else(seen: Seen, address: str) -> None:
    folder = Path(address.removeprefix("file://")).parent

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        seen.page.context.set_offline(False)
        seen.go(f"http://127.0.0.1:{server.server_port}/report.html")
        seen.page.wait_for_timeout(300)
        server.shutdown()


def test_the_page_of_a_run_that_was_refused_is_sound(seen: Seen, tmp_path: Path) -> None:
    page = seen.go(pictured.write(tmp_path, story.refused))
    assert Axe().run(page).response["violations"] == []
