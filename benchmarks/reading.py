"""How long facts take from bytes to records, and a whole run and the one after it, beside PyYAML's C loader.

    python benchmarks/reading.py [FACTS] [ROUNDS]

The facts are those of ``generate``, by default 100,000 in 10,000 files. Loading is measured in one process, in turns
with ``yaml.load(text, CSafeLoader)`` on the same texts, which is the unit of all ratios; runs are whole processes.
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

import generate
from checker import load

ROOT = Path(__file__).resolve().parent.parent
RUN = [sys.executable, "-m", "checker", "run", "-q"]


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def runs(directory: Path, rounds: int) -> dict[str, list[float]]:
    """Seconds of loader, of loading, of a run that keeps its answer and of one that takes it, in turns."""
    texts = [path.read_bytes() for path in load.yaml_files([directory / "facts"])]
    taken: dict[str, list[float]] = {}
    for number in range(rounds):
        cache = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "XDG_CACHE_HOME": f"{directory}-cache-{number}"}

        def run(environment: dict[str, str] = cache) -> None:
            subprocess.run(RUN, cwd=directory, env=environment, stdout=subprocess.DEVNULL, check=False)

        for name, work in (
            ("PyYAML's C loader", lambda: [yaml.load(text, yaml.CSafeLoader) for text in texts]),
            ("from bytes to facts", lambda: load.facts([directory / "facts"])),
            ("checker run", run),
            ("checker run again", run),
        ):
            taken.setdefault(name, []).append(seconds(work))
    return taken


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    facts, rounds = [*map(int, arguments), *(100_000, 3)[len(arguments) :]]
    gc.set_threshold(100_000, 20, 20)  # as the command does
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place) / "facts"
        made = generate.repository(directory, facts)
        medians = {name: statistics.median(taken) for name, taken in runs(directory, rounds).items()}
    print(f"{made.facts:,} facts in {made.files:,} files, median of {rounds}")
    unit = next(iter(medians.values()))
    for name, median in medians.items():
        print(f"{median:8.2f} s {median / unit:6.2f}  {name}")


if __name__ == "__main__":
    main(sys.argv[1:])
