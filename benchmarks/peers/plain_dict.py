"""Plain Python: a dict of figures for each region's day, and a pass over each region."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import told


def count(directory: Path) -> Counter[str]:
    """How many matches break each rule; of falling pairs, each later day below the highest one before it."""
    found: Counter[str] = Counter()
    now, highest = "", 0
    for region, _, figures in told.days(directory):
        if region != now:
            now, highest = region, 0
        cases = figures["cases"]
        found["deaths-within-cases"] += figures["deaths"] > cases
        found["verified-within-announced"] += figures["verified"] > figures["announced"]
        found["cases-never-fall"] += cases < highest
        found["ages-make-whole"] += figures["young"] + figures["middle"] + figures["old"] != figures["admitted"]
        found["low-within-high"] += figures["low"] > figures["high"]
        highest = max(highest, cases)
    return found


if __name__ == "__main__":
    told.main(count)
