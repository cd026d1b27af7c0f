"""The benchmark of sizes: its facts hold what was planted, and whoever is installed finds just that."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

import planted
import scale
import told
from checker import engine

PEERS = Path(scale.__file__).parent / "peers"
MADE = pytest.mark.skipif(find_spec("duckdb") is None, reason="duckdb, which makes the facts, is not installed")


def found(name: str, directory: Path) -> Mapping[str, int]:
    for module in scale.PEERS[name].modules:
        pytest.importorskip(module)
    script = PEERS / f"{scale.PEERS[name].script}.py"
    done = subprocess.run([sys.executable, script, directory], capture_output=True, check=True)
    counts: dict[str, int] = json.loads(done.stdout)
    return counts


def test_number_of_violations_is_known() -> None:
    made = planted.planted(30 * 100, 10)
    assert made.violated == {
        "deaths-within-cases": 3,
        "verified-within-announced": 3,
        "cases-never-fall": 4,  # three spikes, of which one is above two days
        "ages-make-whole": 3,
        "low-within-high": 3,
    }


@pytest.mark.parametrize(("facts", "days"), [(1001, 10), (150, 10), (20, 2)])
def test_what_is_no_whole_number_of_regions_is_refused(facts: int, days: int) -> None:
    with pytest.raises(ValueError, match="no whole number of regions"):
        planted.planted(facts, days)


@MADE
@pytest.mark.parametrize("name", [name for name, peer in scale.PEERS.items() if peer.table])
def test_peer_finds_in_a_table_what_was_planted(name: str, tmp_path: Path) -> None:
    made = planted.make(tmp_path, 30 * 100, "parquet", days=10)
    assert found(name, tmp_path) == made.violated


@MADE
@pytest.mark.parametrize("name", [name for name, peer in scale.PEERS.items() if peer.yaml and name != "PyYAML"])
def test_peer_finds_in_files_what_was_planted(name: str, tmp_path: Path) -> None:
    made = planted.make(tmp_path, 24 * 30, "yaml", days=3)
    assert found(name, tmp_path) == made.violated


@MADE
@pytest.mark.skipif(not hasattr(engine, "DATABASES"), reason="no engine reads tables yet")
def test_checker_finds_in_a_table_what_was_planted(tmp_path: Path) -> None:
    made = planted.make(tmp_path, 30 * 100, "parquet", days=10)
    run = scale.own(scale.Case(tmp_path, "parquet", made), "auto", 60)
    assert (run.found, run.right) == ("all", True)


@MADE
def test_facts_are_the_same_in_either_form(tmp_path: Path) -> None:
    planted.make(tmp_path / "yaml", 90, "yaml", days=3)
    planted.make(tmp_path / "parquet", 90, "parquet", days=3)
    rows = list(told.rows(tmp_path / "yaml"))
    assert len(rows) == 90
    assert rows == list(told.rows(tmp_path / "parquet"))
    assert [row[:2] for row in rows] == sorted(row[:2] for row in rows)


@MADE
def test_facts_that_are_there_are_not_made_again(tmp_path: Path) -> None:
    planted.make(tmp_path, 90, "parquet", days=3)
    table = tmp_path / "facts/ages.parquet"
    table.write_bytes(b"mine")
    planted.make(tmp_path, 90, "parquet", days=3)
    assert table.read_bytes() == b"mine"
    planted.make(tmp_path, 120, "parquet", days=3)
    assert table.read_bytes() != b"mine"


@MADE
def test_table_says_who_found_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sizes = ["--sizes", "1k", "--peers", "PyYAML,dict,polars", "--repeat", "1", "--data", str(tmp_path)]
    assert scale.main([*sizes, "--engine", "plain"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.startswith("      1,000")]
    assert [line[2] for line in lines] == ["checker", "checker,", "PyYAML", "dict"]  # polars reads no YAML
    assert [line[-1] for line in lines] == ["all", "all", "parses", "all"]


@MADE
def test_who_misses_one_is_told_of_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(planted.EVERY, "low-within-high", 7)  # in this process alone: two are wanted, one is made
    sizes = ["--sizes", "1k", "--peers", "dict", "--repeat", "1", "--data", str(tmp_path), "--engine", "plain"]
    assert scale.main(sizes) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("      1,000")]
    assert len(lines) == 3
    assert all("low-within-high: 1 of 2" in line for line in lines)


def test_what_is_not_installed_or_too_much_is_skipped_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = scale.PEERS["polars"]._replace(modules=("no_such_module",))
    monkeypatch.setitem(scale.PEERS, "polars", nowhere)
    assert scale.unable("polars", 10**6, "parquet") == "no_such_module is not installed"
    assert scale.unable("pySHACL", 10**5, "yaml") == "above 10,000 facts it takes many minutes"
    assert scale.unable("checker", 10**8, "parquet") is None


def test_process_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    run, _ = scale.process([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, 0.2)
    assert run.found == "stopped: it took too long"


def test_process_that_fails_is_told_of_with_its_last_words(tmp_path: Path) -> None:
    case = scale.Case(tmp_path, "yaml", planted.planted(300, 3))
    run = scale.peer("DuckDB", case, 10)  # there is no table, or it is not installed
    assert (run.found.split(":")[0], run.right) == ("exit code 1", False)
