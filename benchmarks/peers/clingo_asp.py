"""clingo: the facts as an answer set program, and a rule that derives what is broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import clingo

import told

PROGRAM = """
broken("deaths-within-cases", R, D) :- deaths(R, D, V), cases(R, D, W), V > W.
broken("verified-within-announced", R, D) :- verified(R, D, V), announced(R, D, W), V > W.
broken("cases-never-fall", R, (D, E)) :- cases(R, D, V), cases(R, E, W), D < E, V > W.
broken("ages-make-whole", R, D) :- young(R, D, A), middle(R, D, B), old(R, D, C), admitted(R, D, W), A + B + C != W.
broken("low-within-high", R, D) :- low(R, D, V), high(R, D, W), V > W.
#show broken/3.
"""


def facts(directory: Path) -> Iterator[str]:
    """Each fact as the program's text."""
    for row in told.rows(directory):
        yield f'{told.name(row)}("{row.region}",{row.day.toordinal()},{row.value}).'


def count(directory: Path) -> Counter[str]:
    """How many atoms of each rule the one answer set shows."""
    control = clingo.Control()
    control.add("base", [], PROGRAM)
    control.add("base", [], "".join(facts(directory)))
    control.ground([("base", [])])
    found: Counter[str] = Counter()
    control.solve(on_model=lambda model: found.update(one.arguments[0].string for one in model.symbols(shown=True)))
    return found


if __name__ == "__main__":
    told.main(count)
