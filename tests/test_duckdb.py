"""duckdb.py: what its databases may do, and what is left of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from threading import Timer

import pytest

from checker.engine import EngineFault
from checker.engine.duckdb import DuckDB


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where directories are made for what is spilled."""
    made = tmp_path / "spilled"
    made.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(made))
    return made


def test_it_opens_the_files_it_is_given_and_no_others(tmp_path: Path) -> None:
    given, other = tmp_path / "given's.csv", tmp_path / "other.csv"
    for file in (given, other):
        file.write_text("a\n1\n", "utf-8")
    database = DuckDB([given])
    try:
        assert database.rows(f"SELECT * FROM read_csv('{tmp_path}/given''s.csv')") == [(1,)]
        with pytest.raises(EngineFault, match="Permission Error"):
            database.rows(f"SELECT * FROM read_csv('{other}')")
        with pytest.raises(EngineFault, match="locked"):
            database.execute("SET memory_limit = '8GB'")
    finally:
        database.close()


def test_what_it_spilled_is_removed(home: Path) -> None:
    database = DuckDB([])
    assert list(home.iterdir()) == [database.scratch]
    database.close()
    assert not list(home.iterdir())


def test_one_that_is_left_is_closed_in_time(home: Path) -> None:
    database = DuckDB([])
    before = set(threading.enumerate())
    database.leave()
    for thread in set(threading.enumerate()) - before:
        thread.join()
    assert not list(home.iterdir())


def test_a_process_ends_when_what_it_spilled_is_removed(home: Path, tmp_path: Path) -> None:
    facts = tmp_path / "facts"
    facts.mkdir()
    (facts / "t.csv").write_text("day,value\n2024-01-01,1\n", "utf-8")
    mapping = {"table": "t.csv", "source": {"id": "t"}, "facts": [{"measure": "m", "value": "{value}"}]}
    mapping["defaults"] = {"subject": "s", "as_of": "{day}"}
    names = {"measures": {"m": {"type": "count", "kind": "stock"}}, "subjects": {"s": {}}}
    for name, content in (("t.table", mapping), ("names", names)):
        (facts / f"{name}.yaml").write_text(json.dumps(content), "utf-8")
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-m", "checker", "run", "-v"],
            cwd=tmp_path, env=os.environ | {"TMPDIR": str(home)}, capture_output=True, check=False,
        )  # fmt: skip
        assert (done.returncode, b"engine: duckdb" in done.stdout + done.stderr) == (0, True), done
        assert not list(home.iterdir())


def test_nothing_is_left_of_one_that_cannot_be_opened(home: Path) -> None:
    database = DuckDB([], memory="much")
    for _ in range(2):
        with pytest.raises(EngineFault):
            database.rows("SELECT 1")
    database.close()
    assert not list(home.iterdir())


LONG = "SELECT sum(a.range * b.range % 7) FROM range(1000000) a, range(1000000) b"


def test_statements_are_worked_on_while_others_are() -> None:
    database = DuckDB([])
    told = database.begun(["SELECT 1", "SELECT 2 WHERE FALSE"])
    database.execute("CREATE TABLE t (a INTEGER)")
    assert told() == [[(1,)], []]
    assert told() == [[(1,)], []]
    missing = database.begun(["SELECT * FROM nowhere"])
    with pytest.raises(EngineFault, match="nowhere"):
        missing()
    database.close()


def test_what_was_begun_ends_with_it(home: Path) -> None:
    database = DuckDB([])
    told = database.begun([LONG, LONG])
    database.close()
    assert not list(home.iterdir())
    with pytest.raises((EngineFault, KeyboardInterrupt)):
        told()


def test_an_interrupt_while_what_was_begun_is_waited_for_is_an_interrupt() -> None:
    database = DuckDB([])
    told = database.begun([LONG])
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            told()
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)
        database.close()


def test_an_interrupt_while_it_works_is_an_interrupt() -> None:
    database = DuckDB([])
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts with & ignores it
    timer = Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            database.rows(LONG)
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)
        database.close()
