"""How long a cold ``checker run`` on this repository takes, as a multiple of only parsing its files.

    python benchmarks/cold.py [ROUNDS]

The yardstick is a bare Python that imports yaml and parses the same files with the C loader. Both are whole
processes, run in turn so that what else the machine does falls on both; the medians are compared. Then the imports
of one run are listed by package: the milliseconds in its own code, and together with what it imported first.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
AIM, LIMIT = 2.5, 4
ROUNDS = 21
SHOWN = 15

PARSE = """
import sys, yaml
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        yaml.load(file, Loader=yaml.CSafeLoader)
"""
RUN = [sys.executable, "-m", "checker", "run"]


class Import(NamedTuple):
    """Milliseconds that a package's import took: in its own code, and with what it imported first."""

    package: str
    own: float
    together: float


def files() -> list[str]:
    """The YAML files that a run reads here."""
    return [str(path) for folder in ("facts", "rules") for path in sorted((ROOT / folder).rglob("*.yaml"))]


def start(command: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    """The finished process; the checkout's own code comes first. Raises RuntimeError where it did not work."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a user's modules are compiled once, not at every start
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    if done.returncode not in (0, 1):  # 1: there are findings, as there should be
        raise RuntimeError(f"{' '.join(command[:4])} … ended with {done.returncode}:\n{done.stderr.decode()[-2000:]}")
    return done


def seconds(command: Sequence[str]) -> float:
    """How long the whole process takes."""
    before = time.perf_counter()
    start(command)
    return time.perf_counter() - before


def alternate(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, float]:
    """The median seconds of each command, all run once in every round, after one that fills the caches."""
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for count in range(rounds + 1):
        for name, command in commands.items():
            spent = seconds(command)
            if count:
                taken[name].append(spent)
    return {name: statistics.median(spent) for name, spent in taken.items()}


def imports() -> list[Import]:
    """What one run imports, the dearest first: checker's modules one by one, all else by package."""
    trace = start([sys.executable, "-X", "importtime", *RUN[1:]]).stderr.decode()
    own: dict[str, float] = {}
    together: dict[str, float] = {}
    for line in trace.splitlines():
        cells = line.removeprefix("import time:").split("|")
        if len(cells) != 3 or not cells[0].strip().isdigit():
            continue
        module = cells[2].strip()
        package = module if module.startswith("checker.") else module.partition(".")[0]
        own[package] = own.get(package, 0) + int(cells[0]) / 1000
        together[package] = max(together.get(package, 0), int(cells[1]) / 1000)
    return sorted((Import(name, spent, together[name]) for name, spent in own.items()), key=lambda row: -row.own)


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    rounds = int(arguments[0]) if arguments else ROUNDS
    names = files()
    commands = {
        "an empty Python": [sys.executable, "-c", "pass"],
        f"yaml.CSafeLoader on the same {len(names)} files": [sys.executable, "-c", PARSE, *names],
        "python -m checker run": RUN,
    }
    medians = alternate(commands, rounds)
    print(f"median of {rounds} runs each, in turn")
    for name, median in medians.items():
        print(f"{median * 1000:9.1f} ms  {name}")
    _, bare, run = medians.values()
    print(f"{run / bare:9.2f} times the bare parse (aim {AIM}, at most {LIMIT})\n")

    rows = imports()
    print(f"imports of one run, with -X importtime's own cost: {sum(row.own for row in rows):.1f} ms in all")
    print("   own ms  together")
    for row in rows[:SHOWN]:
        print(f"{row.own:9.1f} {row.together:9.1f}  {row.package}")


if __name__ == "__main__":
    main(sys.argv[1:])
