"""How long it takes to decide what cannot be true together, beside z3 on the same systems.

    python benchmarks/conflict.py [GROUPS]

Three figures: all of it (joint checks, smallest conflicts and repairs) on this repository's own facts; 1,000 groups
of ten facts, of which a tenth contradicts itself; one group of 1,000 facts. z3 only says whether a group is possible.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from checker import conflict, derive, engine, finding, linear, load, rule, run
from checker.hold import Held
from checker.judge import Judge, Judgement
from checker.linear import And, Atom, Formula, Not, Truth
from checker.model import (
    Fact,
    Linear,
    Location,
    Match,
    Measure,
    Operation,
    Pattern,
    Reference,
    Rule,
    Unknown,
)
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
OPEN = Judgement("undetermined")
Done = TypeVar("Done")


def timed(work: Callable[[], Done]) -> tuple[float, Done]:
    """Seconds, and what came of it."""
    before = time.perf_counter()
    done = work()
    return time.perf_counter() - before, done


def fact(id: str, text: str) -> Fact:
    """A figure."""
    return Fact(id, COUNT, id.partition("#")[0], read(text, "count"), HERE, None, None)


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


# ------------------------------------------------------------------------- z3


def in_z3(held: Sequence[Held]) -> bool:
    """Whether z3 finds a group possible."""
    import z3  # noqa: PLC0415

    solver = z3.Solver()
    unknowns = {key: unknown for one in held for key, unknown in one.unknowns.items()}
    made = {key: z3.Int(key) if unknown.whole else z3.Real(key) for key, unknown in unknowns.items()}
    for key, unknown in unknowns.items():
        solver.add(*_inside(made[key], unknown))
    for one in held:
        solver.add(_formula(one.formula, made))
    return bool(solver.check() == z3.sat)


def _inside(made: Any, unknown: Unknown) -> list[Any]:
    low, high, includes_low, includes_high = linear.domain(unknown, conventional=False)
    ends = [] if low is None else [made >= _number(low) if includes_low else made > _number(low)]
    return ends if high is None else [*ends, made <= _number(high) if includes_high else made < _number(high)]


def _number(exact: int | Fraction) -> Any:
    import z3  # noqa: PLC0415

    return z3.IntVal(exact.numerator) if exact.denominator == 1 else z3.Q(exact.numerator, exact.denominator)


def _formula(formula: Formula, made: dict[str, Any]) -> Any:
    import z3  # noqa: PLC0415

    if isinstance(formula, Atom):
        form: Linear = formula.form
        total = z3.Sum([_number(form.constant), *(_number(by) * made[one.key] for one, by in form.terms)])
        return {"<": total < 0, "<=": total <= 0, "==": total == 0, "!=": total != 0}[formula.relation]
    if isinstance(formula, Truth):
        return z3.BoolVal(formula.value is not False)
    if isinstance(formula, Not):
        return z3.Not(_formula(formula.part, made))
    return (z3.And if isinstance(formula, And) else z3.Or)([_formula(part, made) for part in formula.parts])


# ------------------------------------------------------------------------- figures


def own() -> None:
    """All of it on the facts of this repository."""
    repository = load.facts([ROOT / "facts"])
    names = repository.vocabulary
    rules = rule.select(rule.gather([rule.SHIPPED]), names).rules
    _, start = engine.choose("plain")
    facts = (*repository.facts, *derive.derived(rules, repository.facts, names, start))
    judge = Judge(names)
    judged = run.judged(rules, facts, judge, start)
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
    """Some groups, beside z3."""
    facts = len({bound for match, _ in judged for _, bound in match.bindings})
    seconds, found = timed(lambda: conflict.joint(judged, EMPTY))
    print(f"{name}: {facts:,} facts, {len(judged):,} matches: {seconds:.2f} s, {len(found.joint):,} joint findings")
    for note in found.notes[:3]:
        print(f"  {note}")
    try:
        held = conflict.taking(judged, EMPTY).held
        groups = [group for group in conflict.groups(held, conventional=False) if len(group) > 1]
        peer, answers = timed(lambda: [in_z3(group) for group in groups])
    except ImportError:
        print("  z3 is not installed")
    else:
        print(f"  z3: {peer:.2f} s, {answers.count(False):,} of {len(answers):,} groups impossible (and no conflict)")


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    chance = random.Random(4)  # noqa: S311  # keeps no secrets
    own()
    compare("groups of ten", [one for group in range(number) for one in ten(group, chance)])
    compare("one group", chain(1000))
