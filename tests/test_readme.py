"""README.md: what it shows is what the program prints."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from checker import cli

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
SHOWN = re.compile(r"(?<=<!-- findings -->\n```text\n).*?(?=```\n<!-- /findings -->)", re.DOTALL)


def test_the_table_is_that_of_the_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """UPDATE_SNAPSHOTS=1 writes the table anew."""
    if not (ROOT / "../shared/sources").is_dir():
        pytest.skip("without the source archive, quotes are unchecked and the table says so")
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "96")
    assert cli.main(["run"]) == 0
    printed = capsys.readouterr().out
    text = README.read_text("utf-8")
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        README.write_text(text := SHOWN.sub(lambda _: printed, text), "utf-8")
    assert SHOWN.findall(text) == [printed]
