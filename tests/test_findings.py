"""What the facts of this repository come to: exactly the findings that a careful reader of the articles agrees with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from checker import load, run, settings
from checker.model import Finding, Report

ROOT = Path(__file__).parent.parent
EXPECTED = (ROOT / "tests" / "expected_findings.txt").read_text("utf-8").splitlines()
QUOTES = {"quote-in-text", "quote-states-value"}


def line(found: Finding) -> str:
    ids = sorted(cited.fact.id for cited in found.facts)
    return " ".join([found.verdict, found.severity, found.rule, *ids])


def lines(report: Report) -> list[str]:
    assert report.errors == ()
    return sorted(map(line, report.findings))


def archive() -> Path | None:
    chosen = settings.find(ROOT)
    assert chosen is not None
    assert chosen.sources is not None
    found = chosen.root / chosen.sources
    return found if found.is_dir() else None


def checked(facts: Path, sources: Path | None, *, strict: bool = False) -> Report:
    return run.run(run.Call((facts,), (str(ROOT / "rules"),), sources, strict=strict))


def test_with_the_articles() -> None:
    sources = archive()
    if sources is None:
        pytest.skip("the articles are not ours to publish, and not here")
    report = checked(ROOT / "facts", sources)
    assert lines(report) == EXPECTED
    assert report.unchecked == 0
    assert report.exit_code == 0  # all of them are waived


def test_without_the_articles(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "facts", tmp_path / "facts")
    report = checked(tmp_path / "facts", tmp_path / "nowhere")
    assert lines(report) == [one for one in EXPECTED if one.split()[2] not in QUOTES]
    assert report.unchecked == sum(fact.quote is not None for fact in load.facts([tmp_path / "facts"]).facts)
    assert report.exit_code == 0  # all of them are waived


def test_the_list_is_sorted_and_says_each_once() -> None:
    assert sorted(set(EXPECTED)) == EXPECTED
