"""``checker run`` beside what else checks the same rules: from a thousand facts to a hundred million, in one table.

    python benchmarks/scale.py [--sizes 1k,10k,100k,1M,10M,100M] [--peers NAME,…] [--spark 1M,…] [--repeat N]
                               [--data DIRECTORY]

Up to 100k the facts stand in YAML files, ten a file, above that in Parquet. Each contender is a whole process, started
as a user would start it; they take turns, so that what else the machine does falls on all, and the medians of their
seconds are compared, with the most memory that any run took. Each has to find exactly what was planted, rule by rule;
the exit code is 1 where one does not. What is not installed is skipped, and so is what could not finish at a size; the
reason stands in its row. ``pip install -e '.[bench]'`` installs the peers.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import planted

HERE = Path(__file__).resolve().parent
SIZES = {"1k": 10**3, "10k": 10**4, "100k": 10**5, "1M": 10**6, "10M": 10**7, "100M": 10**8}
TABLES_FROM = 10**6  # facts
LIMIT = 900  # seconds
UNIT = 1 if sys.platform == "darwin" else 1024  # bytes of ru_maxrss


class Peer(NamedTuple):
    """A program that finds the same, and the most facts that it is given in YAML and in a table."""

    script: str
    package: str  # on PyPI
    modules: tuple[str, ...]  # that it imports
    yaml: int
    table: int
    why: str = ""  # no more than that


PAIRS = "it holds each pair of a region's days"
COPIES = "it holds the table in memory several times"
MINUTES = "it takes many minutes"
PEERS = {
    "PyYAML": Peer("yaml_loader", "PyYAML", ("yaml",), 10**5, 0),
    "DuckDB": Peer("duckdb_sql", "duckdb", ("duckdb",), 0, 10**8),
    "polars": Peer("polars_lazy", "polars", ("polars",), 0, 10**8),
    "Ibis": Peer("ibis_duckdb", "ibis-framework", ("ibis", "duckdb", "pyarrow"), 0, 10**8),
    "pointblank": Peer("pointblank_table", "pointblank", ("pointblank", "polars"), 0, 10**7, COPIES),
    "pandera": Peer("pandera_frame", "pandera", ("pandera", "polars"), 0, 10**7, COPIES),
    "Great-Expectations": Peer(
        "great_expectations_suite", "great-expectations", ("great_expectations", "polars"), 0, 10**7, COPIES
    ),
    "dict": Peer("plain_dict", "", (), 10**5, 10**7, MINUTES),
    "durable_rules": Peer("durable_alone", "durable-rules", ("durable",), 10**5, 0, PAIRS),
    "clingo": Peer("clingo_asp", "clingo", ("clingo",), 10**5, 0, PAIRS),
    "pySHACL": Peer("pyshacl_graph", "pyshacl", ("pyshacl",), 10**4, 0, MINUTES),
}
OWN = "checker"
AGAIN = "checker, again"
ON_SPARK = "checker on Spark"
NAMES = (OWN, AGAIN, ON_SPARK, *PEERS)


class Run(NamedTuple):
    """One process: how long it took, the most memory it held, and what it found, or what went wrong."""

    seconds: float
    peak: int  # bytes
    found: str  # "all", or what is wrong with it
    right: bool = True


class Row(NamedTuple):
    """A line of the table; what was skipped has no seconds."""

    facts: int
    form: str
    name: str
    seconds: float | None
    peak: int
    found: str
    right: bool = True


class Case(NamedTuple):
    """One size: where it was written, and what is in it."""

    directory: Path
    form: str
    made: planted.Planted


# ------------------------------------------------------------------------- processes


def process(command: Sequence[str], directory: Path, limit: float) -> tuple[Run, bytes]:
    """Start a whole process there and wait for it: how it ran, and what it wrote; 1 says that there are findings."""
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent / "src"), "XDG_CACHE_HOME": str(_cache(directory))}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a user's modules are compiled once, not at every start
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as wrong:
        before = time.perf_counter()
        started = subprocess.Popen(command, cwd=directory, env=environment, stdout=out, stderr=wrong)
        clock = threading.Timer(limit, started.kill)
        clock.start()
        _, status, usage = os.wait4(started.pid, 0)
        seconds = time.perf_counter() - before
        clock.cancel()
        started.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        wrong.seek(0)
        said = wrong.read().decode(errors="replace").strip().splitlines()
        return Run(seconds, usage.ru_maxrss * UNIT, _ended(started.returncode, said, seconds >= limit)), out.read()


def _cache(directory: Path) -> Path:
    """Where answers are kept: beside the facts, as none would be kept below the working directory."""
    return directory.with_name(f"{directory.name}-cache")


def _ended(code: int, said: Sequence[str], late: bool) -> str:
    """How a process ended that said nothing that can be read."""
    return "stopped: it took too long" if late else f"exit code {code}: {said[-1] if said else 'no report'}"


def own(case: Case, engine: str, limit: float) -> Run:
    """``checker run`` as a user would start it."""
    asked = ["run", "--rules", "rules.yaml", "--format", "json", "--engine", engine]
    run, said = process([sys.executable, "-m", "checker", *asked], case.directory, limit)
    try:
        report = json.loads(said)
    except ValueError:
        return run._replace(right=False)
    if report["errors"]:
        return run._replace(found=report["errors"][0]["message"], right=False)
    wanted, violated = case.made.violated, report["summary"]["violated"]
    listed = [one["rule"] for one in report["findings"] if one["verdict"] == "violated"]
    if len(listed) < violated:  # the list is capped, the counts are exact
        return _judged(run, {"all rules": sum(wanted.values())}, {"all rules": violated})
    return _judged(run, wanted, {rule: listed.count(rule) for rule in {*listed, *wanted}})


def peer(name: str, case: Case, limit: float) -> Run:
    """A peer's script."""
    command = [sys.executable, str(HERE / f"peers/{PEERS[name].script}.py"), str(case.directory)]
    run, said = process(command, case.directory, limit)
    try:
        found = json.loads(said)
    except ValueError:
        return run._replace(right=False)
    return _judged(run, case.made.violated, found) if found else run._replace(found="only parses")


def _judged(run: Run, wanted: Mapping[str, int], found: Mapping[str, int]) -> Run:
    """The run, with whether it found what was planted."""
    wrong = [f"{rule}: {found.get(rule, 0):,} of {wanted.get(rule, 0):,}" for rule in {**wanted, **found}]
    if dict(wanted) == dict(found):
        return run._replace(found="all" if len(wanted) > 1 else "all, by their sum")
    return run._replace(found="; ".join(wrong), right=False)


# ------------------------------------------------------------------------- one size


def measure(case: Case, names: Sequence[str], asked: argparse.Namespace) -> Iterator[Row]:
    """A row for each contender: those that can, in turns."""
    facts, form = case.made.facts, case.form
    reasons = {name: unable(name, facts, form) for name in names}
    able = [name for name in names if reasons[name] is None]
    runs: dict[str, list[Run]] = {name: [] for name in able}
    for _ in range(asked.repeat):
        for name in able:
            if not runs[name] or runs[name][-1].right:  # what failed once is not tried again
                runs[name].append(once(name, case, asked))
    for name in names:
        reason = reasons[name]
        if reason is None:
            yield row(case, name, runs[name])
        elif reason:
            yield Row(facts, form, name, None, 0, f"skipped: {reason}")


def once(name: str, case: Case, asked: argparse.Namespace) -> Run:
    """One run; checker's first begins without anything remembered."""
    if name == OWN:
        shutil.rmtree(_cache(case.directory), ignore_errors=True)
    if name == ON_SPARK:
        return own(case, "spark", asked.limit)._replace(peak=0)  # of the two processes, only Python's is known
    return own(case, asked.engine, asked.limit) if name in (OWN, AGAIN) else peer(name, case, asked.limit)


def unable(name: str, facts: int, form: str) -> str | None:
    """Why a contender is not started; None where it is, and "" where it is none at this size."""
    if name in (OWN, AGAIN):
        return None if name == OWN or form == "yaml" else ""
    if name == ON_SPARK:
        return None if find_spec("pyspark") and shutil.which("java") else "pyspark or Java is not installed"
    one = PEERS[name]
    if facts > max(one.yaml, one.table):
        return one.why and f"above {max(one.yaml, one.table):,} facts {one.why}"
    if facts > (one.yaml if form == "yaml" else one.table):
        return ""
    return next((f"{module} is not installed" for module in one.modules if find_spec(module) is None), None)


def row(case: Case, name: str, runs: Sequence[Run]) -> Row:
    """What several runs come to."""
    seconds = statistics.median(run.seconds for run in runs)
    worst = next((run for run in runs if not run.right), runs[0])
    return Row(case.made.facts, case.form, name, seconds, max(run.peak for run in runs), worst.found, worst.right)


# ------------------------------------------------------------------------- the table

YARDSTICKS = ("DuckDB", "PyYAML")
HEAD = f"{'facts':>11}  {'form':7}  {'who':18}  {'seconds':>8}  {'× DuckDB':>8}  {'× PyYAML':>8}  {'peak MB':>7}  found"


def line(one: Row, rows: Mapping[str, Row]) -> str:
    """One line, with the ratios to the two yardsticks."""
    head = f"{one.facts:11,}  {one.form:7}  {one.name:18}"
    if one.seconds is None:
        return f"{head}  {'–':>8}  {'':8}  {'':8}  {'':7}  {one.found}"
    ratios = "  ".join(f"{_ratio(one, rows.get(name)):>8}" for name in YARDSTICKS)
    peak = f"{one.peak / 1e6:,.0f}" if one.peak else ""
    return f"{head}  {one.seconds:8.2f}  {ratios}  {peak:>7}  {one.found}"


def _ratio(one: Row, other: Row | None) -> str:
    if one.seconds is None or other is None or other.seconds is None or not (one.right and other.right):
        return ""
    return f"{one.seconds / other.seconds:.2f}"


def machine(names: Sequence[str]) -> str:
    """What it runs on, and which versions."""
    told = [f"{platform.python_implementation()} {platform.python_version()}", f"{os.cpu_count()} cores"]
    for name in names:
        try:
            told.append(f"{name} {version(PEERS[name].package)}")
        except (KeyError, PackageNotFoundError, ValueError):  # ours, not installed, plain Python
            continue
    return ", ".join(told)


def made(size: str, data: Path) -> Case:
    """The facts of a size, made by another process: its memory would count as that of those started after it."""
    facts = SIZES[size]
    form = "parquet" if facts >= TABLES_FROM else "yaml"
    directory = data.resolve() / f"{size}-{form}"
    subprocess.run(
        [sys.executable, str(HERE / "planted.py"), str(directory), str(facts), form],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return Case(directory, form, planted.planted(facts, planted.DAYS[form]))


def arguments(given: Sequence[str]) -> argparse.Namespace:
    """What is asked for."""

    def among(names: Sequence[str]) -> Callable[[str], list[str]]:
        def read(text: str) -> list[str]:
            if unknown := [name for name in text.split(",") if name not in names]:
                raise argparse.ArgumentTypeError(f"{unknown[0]}: expected some of {', '.join(names)}")
            return text.split(",")

        return read

    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=among([*SIZES]), default=[*SIZES], help=",".join(SIZES))
    parser.add_argument("--peers", type=among([*PEERS]), default=[*PEERS], help=",".join(PEERS))
    parser.add_argument("--spark", type=among([*SIZES]), default=["1M"], help="sizes at which Spark is tried, too")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, of which the median counts")
    parser.add_argument("--engine", default="auto", help="of checker's")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds after which a process is stopped")
    parser.add_argument("--data", type=Path, help="where the facts are kept for the next time; else they are deleted")
    return parser.parse_args(given)


def main(given: Sequence[str]) -> int:
    """Measure and print; 1 where anyone did not find what was planted."""
    asked = arguments(given)
    names = [name for name in NAMES if name in (OWN, AGAIN, ON_SPARK, *asked.peers)]
    print(f"medians of {asked.repeat}, in turns; {machine(names)}\n\n{HEAD}")
    right = True
    with tempfile.TemporaryDirectory() as temporary:
        for size in asked.sizes:
            case = made(size, asked.data or Path(temporary))
            able = [name for name in names if name != ON_SPARK or size in asked.spark]
            rows = {one.name: one for one in measure(case, able, asked)}
            print("\n".join(line(one, rows) for one in rows.values()), flush=True)
            right = right and all(one.right for one in rows.values())
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
