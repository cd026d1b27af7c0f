"""How long it takes to decide what cannot be true together, beside z3, clingcon and clingo on the same systems.

    pip install -e .[bench]
    python benchmarks/conflict.py [GROUPS]

All of it (joint checks, smallest conflicts and repairs) on this repository's own facts; on 1,000 groups of ten facts,
of which a tenth contradicts itself; and on single groups of up to 1,000 facts. The peers (solvers.py) only say whether
a group is possible, so that is shown by itself too; where one of them does not agree, this fails.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import solvers
from checker import conflict, derive, engine, finding, hearing, load, rule
from checker.hold import Held, impossible
from checker.judge import Judge, Judgement
from checker.linear import Undecided
from checker.match import facts_of
from checker.model import Call, Fact, Finding, Location, Match, Measure, Operation, Pattern, Reference, Rule
from checker.quantity import read
from checker.vocabulary import EMPTY

ROOT = Path(__file__).resolve().parent.parent
HERE = Location("benchmark")
COUNT = Measure("figure", "count")
RULE = Rule("at-most", HERE, (Pattern("a"), Pattern("b")), require=Operation("<=", (Reference("a"), Reference("b"))))
SUM = Rule(
    "sum",
    HERE,
    (Pattern("a"), Pattern("b"), Pattern("c")),
    require=Operation("<=", (Operation("+", (Reference("a"), Reference("b"))), Reference("c"))),
)
TOTAL = Rule(
    "total",
    HERE,
    (Pattern("parts", collect=True), Pattern("whole")),
    require=Operation("==", (Call("sum", (Reference("parts"),)), Reference("whole"))),
)
OPEN = Judgement("undetermined")
PATIENCE = 15  # seconds for one peer
CLINGO = 5_000  # what clingo counts to
Done = TypeVar("Done")


def timed(work: Callable[[], Done]) -> tuple[float, Done]:
    """Seconds, and what came of it."""
    before = time.perf_counter()
    done = work()
    return time.perf_counter() - before, done


def fact(id: str, text: str) -> Fact:
    """A figure."""
    return Fact(id, COUNT, id.partition("#")[0], read(text, "count"), HERE, None, None, dimensions=(("place", id),))


def at_most(a: Fact, b: Fact) -> tuple[Match, Judgement]:
    """A match by which the one is at most the other."""
    return Match(RULE, (("a", a), ("b", b))), OPEN


def ten(number: int, chance: random.Random) -> list[tuple[Match, Judgement]]:
    """A group of ten facts: parts of parts of a whole, each told twice."""
    size = chance.randint(100, 5000)
    least = size // (2 if chance.random() < 0.1 else 3)
    told = [
        [fact(f"{number}#{name}{copy}", text) for copy in range(2)]
        for name, text in (
            ("whole", f"about {size}"), ("freed", f"more than {size * 3 // 5}"), ("held", "unknown"),
            ("hurt", "unknown"), ("sick", f"at least {least}"),
        )
    ]  # fmt: skip
    whole, freed, held, hurt, sick = told
    sums = [(Match(SUM, (("a", freed[i]), ("b", held[j]), ("c", whole[i]))), OPEN) for i in (0, 1) for j in (0, 1)]
    return [*sums, *(at_most(a, b) for some, more in ((hurt, held), (sick, hurt)) for a in some for b in more)]


def chain(length: int) -> list[tuple[Match, Judgement]]:
    """A group in which each figure is at most the next."""
    last = length - 1
    told = [fact(f"one#{i:04}", "unknown") for i in range(1, last)]
    told = [fact("one#0000", "at least 15"), *told, fact(f"one#{last:04}", "at most 14")]
    return [at_most(a, b) for a, b in pairwise(told)]


def table(size: int, row: int, column: int) -> list[tuple[Match, Judgement]]:
    """A group in which the cells of a table add up to its rows and to its columns."""
    cells = [[fact(f"table#{i:02}-{j:02}", "unknown") for j in range(size)] for i in range(size)]
    rows = [total(cells[i], fact(f"table#row{i:02}", str(row))) for i in range(size)]
    return [
        *rows,
        *(
            total(list(some), fact(f"table#column{j:02}", str(column)))
            for j, some in enumerate(zip(*cells, strict=True))
        ),
    ]


def tree(depth: int, width: int, most: int) -> list[tuple[Match, Judgement]]:
    """A group of totals of totals, each part at least two, and the whole at most so much."""
    found: list[tuple[Match, Judgement]] = []

    def grown(name: str, depth: int) -> Fact:
        made = fact(f"tree#{name}", "unknown" if depth else "at least 2")
        if depth:
            found.append(total([grown(f"{name}{i}", depth - 1) for i in range(width)], made))
        return made

    whole = grown("whole", depth)
    return [*found, at_most(whole, fact("tree#most", f"at most {most}"))]


def total(parts: Sequence[Fact], whole: Fact) -> tuple[Match, Judgement]:
    """A match by which parts add up to a whole."""
    return Match(TOTAL, (("parts", tuple(parts)), ("whole", whole))), OPEN


# ------------------------------------------------------------------------- figures


def own() -> None:
    """All of it on the facts of this repository."""
    repository = load.facts([ROOT / "facts"])
    names = repository.vocabulary
    rules = rule.select(rule.gather([rule.SHIPPED]), names).rules
    _, start = engine.choose("plain")
    facts = (*repository.facts, *derive.derived(rules, repository.facts, names, start))
    judge = Judge(names)
    judged = hearing.judged(rules, facts, judge, start)
    shown = [one for one in judged if one[1].verdict in finding.SHOWN]
    joint, together = timed(lambda: conflict.joint(judged, names))
    explained, _ = timed(
        lambda: [
            *(finding.make(match, judgement, judge) for match, judgement in shown),
            *(finding.joint(one, judge) for one in together.joint),
        ]
    )
    print(f"own facts: {len(facts)} facts, {len(judged)} matches: joint {joint * 1000:.1f} ms, "
          f"{len(shown)} findings explained {explained * 1000:.1f} ms")  # fmt: skip


def compare(name: str, judged: list[tuple[Match, Judgement]]) -> None:
    """Some groups, beside the peers."""
    judge = Judge(EMPTY)
    facts = {one.id for match, _ in judged for one in facts_of(match.bindings)}
    joint, found = timed(lambda: conflict.joint(judged, EMPTY))
    repairs, made = timed(lambda: [finding.joint(one, judge) for one in found.joint])
    print(f"{name}: {len(facts):,} facts, {len(judged):,} matches")
    print(f"  conflicts {joint:.2f} s, repairs {repairs:.2f} s: {_counts(made)}")
    for note in found.notes:
        print(f"    {note}")
    groups = [group for group in conflict.groups(conflict.taking(judged, EMPTY).held, conventional=False) if group[1:]]
    print(f"  whether any of {len(groups):,} groups is impossible:")
    own = asked("checker", groups, lambda held: not impossible([one.formula for one in held], conventional=False))
    for peer, ask in PEERS.items():
        said = asked(peer, groups, ask)
        apart = sum(None not in pair and pair[0] != pair[1] for pair in zip(own, said, strict=False))
        if apart:
            sys.exit(f"{peer} and checker do not agree on {apart:,} groups")


def _counts(made: Sequence[Finding]) -> str:
    shown = [one for one in made if one.conflict]
    smallest = sum(one.conflict is not None and one.conflict.smallest for one in shown)
    repaired = sum(bool(one.repairs) for one in shown)
    return f"{len(shown):,} conflicts, {smallest:,} proved smallest, {repaired:,} with repairs"


def asked(peer: str, groups: Sequence[Sequence[Held]], ask: Callable[[Sequence[Held]], bool]) -> list[bool | None]:
    """Whether groups (some, where it takes long) are possible, as a peer says; None where it cannot."""
    found: list[bool | None] = []
    before = time.perf_counter()
    for group in groups:
        try:
            found.append(ask(group))
        except (solvers.Cannot, Undecided):
            found.append(None)
        except ImportError:
            print(f"    {peer} is not installed")
            return []
        if time.perf_counter() - before > PATIENCE:
            break
    seconds = time.perf_counter() - before
    answers = f"{found.count(False):,} impossible, {found.count(None):,} not decided"
    print(f"    {peer}: {seconds:.2f} s for {len(found):,}: {answers}")
    return found


PEERS: dict[str, Callable[[Sequence[Held]], bool]] = {
    "z3": solvers.z3,
    "clingcon": solvers.clingcon,
    f"clingo up to {CLINGO:,}": lambda held: solvers.clingo(held, CLINGO),
}

if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    chance = random.Random(4)  # noqa: S311  # keeps no secrets
    own()
    compare("groups of ten", [one for group in range(number) for one in ten(group, chance)])
    compare("a chain", chain(1000))
    compare("totals of totals", tree(3, 9, 1400))
    compare("a table", table(10, 100, 101))
    compare("a larger table", table(30, 100, 101))
