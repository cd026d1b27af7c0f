"""Every engine by the front door: the same report, byte for byte, of random repositories of facts, tables and rules.

CHECKER_EXAMPLES says how many are tried (48 by default, the same ones each time); a few are tried on Spark as well.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

pytest.importorskip("duckdb")

from checker import derive, run
from checker.engine.duckdb import DuckDB  # not everywhere
from checker.model import Report
from checker.report import Options
from checker.report import json as as_json
from facts import ENGINES
from repositories import FORMATS, repository

EXAMPLES = int(os.environ.get("CHECKER_EXAMPLES", "48"))
TABLES = (None, *FORMATS)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(derive, "MAX_STEPS", 5)
    monkeypatch.setattr(derive, "MAX_FACTS", 100)


def parquet(query: str) -> bytes:
    """What DuckDB writes of a query."""
    opened = DuckDB()
    made = opened.scratch / "made.parquet"
    opened.execute(f"COPY ({query}) TO '{made}' (FORMAT parquet)")
    written = made.read_bytes()
    opened.close()
    return written


def put(seed: int, form: str | None) -> None:
    """Write a repository where the test works, in the place of any other."""
    for directory in ("facts", "rules"):
        shutil.rmtree(directory, ignore_errors=True)
    for name, content in repository(seed, form, parquet).items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(content)


def said(engine: str, *, verbose: bool, shipped: bool = False) -> Report:
    """What an engine says of it, but its own name."""
    rules = ("rules", "shipped") if shipped else ("rules",)
    call = run.Call((Path("facts"),), rules, engine=engine, today=739_000, verbose=verbose, keep_going=True)
    return run.run(call)._replace(notes=())


def bytes_of(report: Report) -> str:
    return as_json.render(report, Options())


def alike(seeds: Sequence[int], engines: Sequence[str]) -> Counter[str]:
    """Hold engines against the plain one; how often there was what they might differ in."""
    seen: Counter[str] = Counter()
    for seed in seeds:
        put(seed, TABLES[seed % len(TABLES)])
        verbose, shipped = seed // 4 % 2 == 0, seed % 9 == 0
        right = said("plain", verbose=verbose, shipped=shipped)
        for engine in engines:
            assert bytes_of(said(engine, verbose=verbose, shipped=shipped)) == bytes_of(right), (seed, engine)
        endless = ("does not end", "derives a number of more than")
        assert right.exit_code < 2 or any(one in right.errors[0].message for one in endless), (seed, right.errors)
        seen += Counter({name: int(count > 0) for name, count in right.summary._asdict().items()})
        seen["left out"] += int(right.left_out > 0)
    return seen


def test_random_repositories_give_the_same_bytes() -> None:
    seen = alike(range(EXAMPLES), [*(one for one in ENGINES if one != "plain"), "duckdb"])
    everything = {"violated", "suspicious", "undetermined", "satisfied", "incomparable", "derived", "left out"}
    assert EXAMPLES < 64 or everything <= (+seen).keys()


def test_the_same_rows_give_the_same_bytes_in_every_format() -> None:
    """But for the name of their file."""
    for seed in range(EXAMPLES // 16):
        told = set()
        for form in FORMATS:
            put(seed, form)
            told.add(bytes_of(said("duckdb", verbose=True)).replace(f"t.{form}", "t"))
        assert len(told) == 1, seed
