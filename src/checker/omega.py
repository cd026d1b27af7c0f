"""Can all of these linear constraints hold at once? Exact, over reals and whole numbers together.

A constraint is a sum of variables (numbered from 0) with coefficients, and the interval in which
that sum must lie. Equalities go first: a real is replaced, whole numbers give way by Euclid's
algorithm on the coefficients. Bounds are narrowed, and the middle of what they leave is tried. Then
reals are eliminated by Fourier and Motzkin's method with strictness kept, exact also where whole
numbers remain in the rows. What is left is over whole numbers and is decided by the Omega test:
elimination by the real shadow where that is exact, else by the dark shadow and, where that holds
nothing, the splinters between the two. All arithmetic is over ``int`` and ``Fraction``.

- G. B. Dantzig, B. C. Eaves: Fourier-Motzkin elimination and its dual. J. Combin. Theory A 14, 1973.
- W. Pugh: The Omega test: a fast and practical integer programming algorithm for dependence
  analysis. Supercomputing '91 (also Communications of the ACM 35(8), 1992).
- D. E. Knuth: The Art of Computer Programming 2, section 4.5.2 (linear equations in integers).
- R. R. Meyer: On the existence of optimal solutions to integer and mixed-integer programming
  problems. Mathematical Programming 7, 1974 (``least`` of the whole numbers is unbounded exactly
  where that of the reals is).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import accumulate, chain
from math import ceil, floor, gcd, lcm

from checker.interval import is_empty, meet, tighten
from checker.model import EVERYTHING, Exact, Interval
from checker.record import NamedTuple

LIMIT = 200_000  # terms of constraints written down for one question before giving up: a few seconds
ROUNDS = 3  # of narrowing before deciding; more find more, and need not end
NOTHING = Interval(0, 0, False, False)

Terms = tuple[tuple[int, Exact], ...]  # (variable, coefficient); a variable may stand in several
Constraint = tuple[Terms, Interval]
Sum = tuple[tuple[int, int], ...]  # each variable once, in order; coefficients coprime, the first positive
System = dict[Sum, Interval]


class Undecided(Exception):
    """The question takes more work than the limit allows; nothing is known about its answer."""


class Work:
    """What may still be spent on one question, in terms of constraints written down."""

    def __init__(self, limit: int) -> None:
        self.left = limit

    def spend(self, amount: int) -> None:
        """Raises Undecided where less than that is left."""
        self.left -= amount
        if self.left < 0:
            raise Undecided


# ------------------------------------------------------------------------- sums


def exact(number: Exact) -> Exact:
    """The same number, as an ``int`` where it is whole."""
    return int(number) if number.denominator == 1 else number


def weighted(parts: Iterable[tuple[Exact, Interval]], start: Exact = 0) -> Interval:
    """All values of ``start`` plus each factor (not 0) times a number from its interval."""
    low: Exact | None = start
    high: Exact | None = start
    includes_low = includes_high = True
    for factor, interval in parts:
        if is_empty(interval):
            return NOTHING
        first, last, has_first, has_last = interval
        if factor < 0:
            first, last, has_first, has_last = last, first, has_last, has_first
        low = None if low is None or first is None else low + factor * first
        high = None if high is None or last is None else high + factor * last
        includes_low, includes_high = includes_low and has_first, includes_high and has_last
    return Interval(
        None if low is None else exact(low),
        None if high is None else exact(high),
        includes_low and low is not None,
        includes_high and high is not None,
    )


# ------------------------------------------------------------------------- systems


def _scaled(terms: Terms, factor: Exact) -> Terms:
    return tuple((variable, factor * coefficient) for variable, coefficient in terms)


def _primitive(constraint: Constraint, reals: frozenset[int]) -> tuple[Sum, Interval]:
    """The same constraint as a system keeps it; over whole numbers, its ends rounded inwards."""
    terms, interval = constraint
    sums: dict[int, Exact] = defaultdict(int)
    for variable, coefficient in terms:
        sums[variable] += coefficient
    found = sorted((variable, coefficient) for variable, coefficient in sums.items() if coefficient)
    if not found:
        return (), interval
    common = lcm(*(coefficient.denominator for _, coefficient in found))
    whole = [(variable, int(coefficient * common)) for variable, coefficient in found]
    divisor = gcd(*(coefficient for _, coefficient in whole)) * (1 if whole[0][1] > 0 else -1)
    interval = weighted([(Fraction(common, divisor), interval)])
    if reals.isdisjoint(variable for variable, _ in found):
        interval = tighten(interval)
    return tuple((variable, coefficient // divisor) for variable, coefficient in whole), interval


def _system(constraints: Iterable[Constraint], reals: frozenset[int], work: Work) -> System | None:
    """The constraints, each sum once; None where two contradict each other or the variables' bounds."""
    system: System = {}
    for constraint in constraints:
        work.spend(1 + len(constraint[0]))
        terms, interval = _primitive(constraint, reals)
        met = meet(system.get(terms, EVERYTHING if terms else Interval(0, 0)), interval)
        if is_empty(met):
            return None
        if terms and met != EVERYTHING:
            system[terms] = met
    return _pruned(system)


def _pruned(system: System) -> System | None:
    """Without the ends that the bounds of the single variables imply; None where they contradict one."""
    box = _box(system)
    pruned: System = {}
    for terms, interval in system.items():
        if len(terms) > 1:
            extent = weighted((coefficient, box.get(variable, EVERYTHING)) for variable, coefficient in terms)
            met = meet(extent, interval)
            if is_empty(met):
                return None
            if interval.low != interval.high:  # an equality says more than its two halves
                interval = Interval(
                    None if met[0::2] == extent[0::2] else interval.low,
                    None if met[1::2] == extent[1::2] else interval.high,
                    interval.includes_low and met[0::2] != extent[0::2],
                    interval.includes_high and met[1::2] != extent[1::2],
                )
        if interval != EVERYTHING:
            pruned[terms] = interval
    return pruned


def _box(system: System) -> dict[int, Interval]:
    return {terms[0][0]: interval for terms, interval in system.items() if len(terms) == 1}


class Half(NamedTuple):
    """The sum is at most the bound, or with ``strict`` below it; ``factor`` is that of one variable in it."""

    factor: int
    terms: Terms
    bound: Exact
    strict: bool


def _halves(system: System, variable: int) -> tuple[list[Half], list[Half], System]:
    """What bounds the variable from below, what from above, and the constraints without it."""
    lowers: list[Half] = []
    uppers: list[Half] = []
    rest: System = {}
    for terms, interval in system.items():
        factor = dict(terms).get(variable, 0)
        if not factor:
            rest[terms] = interval
            continue
        if interval.high is not None:
            half = Half(factor, terms, interval.high, not interval.includes_high)
            (uppers if factor > 0 else lowers).append(half)
        if interval.low is not None:
            half = Half(-factor, _scaled(terms, -1), -interval.low, not interval.includes_low)
            (lowers if factor > 0 else uppers).append(half)
    return lowers, uppers, rest


def _shadow(lowers: list[Half], uppers: list[Half], dark: bool = False) -> Iterator[Constraint]:
    """The rows that leave room for the variable between each pair; with ``dark``, for a whole number."""
    for lower in lowers:
        for upper in uppers:
            terms = _scaled(lower.terms, upper.factor) + _scaled(upper.terms, -lower.factor)
            bound = lower.bound * upper.factor - upper.bound * lower.factor
            room = (upper.factor - 1) * (-lower.factor - 1) if dark else 0
            yield terms, Interval(None, bound - room, False, not (lower.strict or upper.strict))


def _cheapest(system: System, among: frozenset[int], reals: frozenset[int]) -> int | None:
    """The variable whose elimination is exact if possible, and adds the fewest rows."""
    lowers: dict[int, list[int]] = defaultdict(list)
    uppers: dict[int, list[int]] = defaultdict(list)
    for terms, interval in system.items():
        for variable, factor in terms:
            if interval.high is not None:
                (uppers if factor > 0 else lowers)[variable].append(abs(factor))
            if interval.low is not None:
                (lowers if factor > 0 else uppers)[variable].append(abs(factor))

    def cost(variable: int) -> tuple[int, int, int]:
        below, above = lowers[variable], uppers[variable]
        gap = 0 if variable in reals else (max(below, default=1) - 1) * (max(above, default=1) - 1)
        return gap, len(below) * len(above) - len(below) - len(above), variable

    return min(among & (lowers.keys() | uppers.keys()), key=cost, default=None)


# ------------------------------------------------------------------------- equalities


def _equality(system: System, among: frozenset[int] | None = None) -> Sum | None:
    """The shortest sum that has one value only (and holds one of these variables)."""
    equalities = (
        terms
        for terms, interval in system.items()
        if interval.low is not None
        and interval.low == interval.high
        and (among is None or any(variable in among for variable, _ in terms))
    )
    return min(equalities, key=len, default=None)


def _without(system: System, equality: Sum, variable: int) -> Iterator[Constraint]:
    """The system with the variable replaced by what the equality says of it."""
    pivot = dict(equality)[variable]
    for terms, interval in system.items():
        if terms != equality:
            factor = Fraction(-dict(terms).get(variable, 0), pivot)
            if factor:
                yield terms + _scaled(equality, factor), weighted([(1, interval), (factor, system[equality])])
            else:
                yield terms, interval


def _solved(system: System, equality: Sum, reals: frozenset[int]) -> Iterator[Constraint]:
    """The system after one step on an equality.

    A real is replaced, and a whole number with coefficient 1. Else x, of the smallest coefficient a,
    gives way to x + (the other terms divided by a, rounded), as whole as x: remainders stay behind.
    """
    variable, smallest = min(equality, key=lambda term: (term[0] not in reals, abs(term[1])))
    if variable in reals or abs(smallest) == 1:
        yield from _without(system, equality, variable)
        return
    change = tuple((other, -round(Fraction(factor, smallest))) for other, factor in equality if other != variable)
    for terms, interval in system.items():
        yield terms + _scaled(change, dict(terms).get(variable, 0)), interval


def _levelled(constraints: Iterable[Constraint], reals: frozenset[int], work: Work) -> System | None:
    """What the constraints come to once no equality is left; None where they contradict each other."""
    while (system := _system(constraints, reals, work)) and (equality := _equality(system)):
        constraints = _solved(system, equality, reals)
    return system


# ------------------------------------------------------------------------- narrowing


def _narrowed(system: System, reals: frozenset[int], work: Work, rounds: int = 1) -> System | None:
    """With the bounds of single variables that each constraint implies, given the others' bounds."""
    for _ in range(rounds):
        box = _box(system)
        implied = [
            row for terms, interval in system.items() if len(terms) > 1 for row in _implied(terms, interval, box)
        ]
        narrowed = _system(chain(system.items(), implied), reals, work)
        if not narrowed or narrowed == system:
            return narrowed
        system = narrowed
    return system


def _implied(terms: Sum, interval: Interval, box: dict[int, Interval]) -> Iterator[Constraint]:
    parts = [weighted([(factor, box.get(variable, EVERYTHING))]) for variable, factor in terms]
    before = accumulate(parts, _plus, initial=Interval(0, 0))
    after = reversed(list(accumulate(reversed(parts[1:]), _plus, initial=Interval(0, 0))))
    for (variable, factor), first, last in zip(terms, before, after, strict=False):
        implied = weighted([(1, interval), (-1, first), (-1, last)])
        if implied != EVERYTHING:
            yield ((variable, factor),), implied


def _plus(one: Interval, other: Interval) -> Interval:
    return weighted([(1, one), (1, other)])


def _found(system: System, reals: frozenset[int], work: Work) -> bool:
    """Whether a solution comes up by fixing one variable after another in the middle of its bounds.

    It mostly does where there are many, for far less than deciding costs; False says nothing.
    """
    rest: System | None = system
    while rest and any(len(terms) > 1 for terms in rest):
        variable = min(variable for terms in rest if len(terms) > 1 for variable, _ in terms)
        value = _middle(_box(rest).get(variable, EVERYTHING), variable in reals)
        fixed: Sum = ((variable, 1),)
        rest = _system(_without({**rest, fixed: Interval(value, value)}, fixed, variable), reals, work)
        rest = rest and _narrowed(rest, reals, work)
    return rest is not None


def _middle(interval: Interval, real: bool) -> Exact:
    low, high = interval[:2]
    if low is None or high is None:
        return 0 if low is high else high - 1 if low is None and high is not None else (low or 0) + 1
    return Fraction(low + high) / 2 if real else floor(Fraction(low + high) / 2)


# ------------------------------------------------------------------------- decisions


def _projected(
    constraints: Iterable[Constraint], gone: frozenset[int], reals: frozenset[int], work: Work
) -> System | None:
    """What the constraints say of the other variables, once some of the reals are gone; None: never true."""
    while system := _system(constraints, reals, work):
        if equality := _equality(system, gone):
            variable = next(variable for variable, _ in equality if variable in gone)
            constraints = _without(system, equality, variable)
        elif (chosen := _cheapest(system, gone, reals)) is not None:
            lowers, uppers, rest = _halves(system, chosen)
            constraints = chain(rest.items(), _shadow(lowers, uppers))
        else:
            break
    return system


def _reduced(constraints: Iterable[Constraint], work: Work) -> bool | Iterator[Iterable[Constraint]]:
    """Whether whole numbers keep the constraints, or systems of which one must have a solution."""
    none: frozenset[int] = frozenset()
    while system := _levelled(constraints, none, work):
        variables = _variables(system)
        chosen = _cheapest(system, variables, none)
        assert chosen is not None, "a system has an end, of which each variable is bounded"
        lowers, uppers, rest = _halves(system, chosen)
        if all(half.factor == 1 for half in uppers) or all(half.factor == -1 for half in lowers):
            constraints = chain(rest.items(), _shadow(lowers, uppers))
        elif _projected(system.items(), variables, variables, work) is None:
            return False
        else:
            dark = chain(rest.items(), _shadow(lowers, uppers, dark=True))
            return chain([dark], _splinters(system, lowers, max(half.factor for half in uppers)))
    return system is not None


def _splinters(system: System, lowers: list[Half], most: Exact) -> Iterator[Iterable[Constraint]]:
    """The places, close above a lower bound, that the dark shadow leaves out (Pugh, section 2.3.3)."""
    for lower in lowers:
        for step in range((most * -lower.factor - most + lower.factor) // most + 1):
            value = lower.bound - step
            yield chain(system.items(), [(lower.terms, Interval(value, value))])


def _variables(constraints: Iterable[Terms]) -> frozenset[int]:
    return frozenset(variable for terms in constraints for variable, _ in terms)


def feasible(constraints: Iterable[Constraint], reals: frozenset[int], work: Work) -> bool:
    """Whether some values of the variables, whole but for ``reals``, keep all constraints.

    Raises Undecided where that takes more work than is left.

    >>> between = Interval(27, 45), Interval(-10, 4)
    >>> rows = list(zip([((0, 11), (1, 13)), ((0, 7), (1, -9))], between))
    >>> feasible(rows, frozenset(), Work(LIMIT)), feasible(rows, frozenset([0, 1]), Work(LIMIT))
    (False, True)
    """
    system = _levelled(constraints, reals, work)
    narrowed = system and _narrowed(system, reals, work, ROUNDS)
    if not narrowed or _found(narrowed, reals, work):
        return narrowed is not None
    left = _projected(narrowed.items(), reals, reals, work)
    cases: list[Iterator[Iterable[Constraint]]] = [iter([] if left is None else [left.items()])]
    while cases:
        case = next(cases[-1], None)
        if case is None:
            cases.pop()
            continue
        outcome = _reduced(case, work)
        if outcome is True:
            return True
        if outcome is not False:
            cases.append(outcome)
    return False


def least(
    constraints: Iterable[Constraint], target: Terms, reals: frozenset[int], work: Work
) -> tuple[Exact | None, bool]:
    """The greatest lower bound of the target under constraints that are feasible, and whether it is attained.

    None is no bound. With the reals gone, each lower bound of the target is a multiple of one fraction
    plus whole numbers, so that its least value lies on a grid, and is searched there from the bound
    that all-real variables give. Raises Undecided like ``feasible``.
    """
    rows = list(constraints)
    goal = 1 + max(reals | _variables([target, *(terms for terms, _ in rows)]), default=-1)
    rows.append(((*target, (goal, -1)), Interval(0, 0)))
    system = _projected(rows, reals, reals | {goal}, work)
    assert system is not None, "least needs feasible constraints"
    wholes = _variables(system) - {goal}
    relaxed = (_projected(system.items(), wholes, wholes | {goal}, work) or {}).get(((goal, 1),), EVERYTHING)
    if relaxed.low is None or not wholes:
        return relaxed.low, relaxed.includes_low

    def reached(bound: Interval) -> bool:
        return feasible([*system.items(), (((goal, 1),), bound)], frozenset({goal}), work)

    grid = _grid(system, goal)
    step = _first(
        ceil(relaxed.low * grid), lambda step: reached(Interval(None, Fraction(step + 1, grid), False, False))
    )
    value = exact(Fraction(step, grid))
    return value, reached(Interval(value, value))


def _grid(system: System, goal: int) -> int:
    """A number whose inverse divides every end that whole values of the other variables leave the goal."""
    factors = [
        dict(terms)[goal] * end.denominator
        for terms, interval in system.items()
        if goal in dict(terms)
        for end in interval[:2]
        if end is not None
    ]
    return lcm(*factors)


def _first(start: int, holds: Callable[[int], bool]) -> int:
    """The first number from the start for which this holds; it holds for all that follow."""
    low, stride = start, 1
    while not holds(low + stride - 1):
        low, stride = low + stride, stride * 2
    high = low + stride - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
