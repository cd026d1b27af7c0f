"""What shows that linear comparisons cannot all hold: single bounds, step by step, or the sum of multiples of them.

- J. Farkas: Theorie der einfachen Ungleichungen. Journal für die reine und angewandte Mathematik 124, 1902.
- G. B. Dantzig, B. C. Eaves: Fourier-Motzkin elimination and its dual. Journal of Combinatorial Theory A 14, 1973.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor, gcd, lcm

from checker import linear
from checker.comparison import Row
from checker.model import Exact, Unknown
from checker.record import NamedTuple

MAX_ROUNDS = 12
MAX_ROWS = 300  # on the way to a sum
LOW, HIGH = 0, 1

Bound = tuple[str, int]


class Known(NamedTuple):
    """An end of what a quantity can be, and the number of the step that shows it; -1 for what was known before."""

    end: Exact
    is_open: bool
    step: int = -1


class Step(NamedTuple):
    """What a comparison makes of the bounds of other quantities for one."""

    row: Row
    bound: Bound
    known: Known
    used: tuple[tuple[Bound, Known], ...]


class Proof(NamedTuple):
    """Steps, each after those that it uses, and what stands against what the last of them shows."""

    steps: Sequence[Step]
    against: Known


class Sum(NamedTuple):
    """Comparisons and bounds of single quantities, each so many times, that added up ask a number to be at most 0."""

    rows: tuple[tuple[int, Row], ...]
    bounds: tuple[tuple[int, Bound, Known], ...]
    comes_to: Exact


# ------------------------------------------------------------------------- steps


def steps(rows: Sequence[Row], unknowns: Mapping[str, Unknown], conventional: bool) -> Proof | None:
    """The steps to a contradiction, as few rounds of them as there can be; None where bounds do not lead to one."""
    return _Bounds(rows, unknowns, conventional).proof()


class _Bounds:
    def __init__(self, rows: Sequence[Row], unknowns: Mapping[str, Unknown], conventional: bool) -> None:
        self._rows = rows
        self._unknowns = unknowns
        self._steps: list[Step] = []
        self._known = dict(_stated(unknowns, conventional))

    def proof(self) -> Proof | None:
        """The steps to a contradiction, where rounds of single bounds lead to one."""
        for _ in range(MAX_ROUNDS):
            last = next(filter(None, map(self._contradicted, self._rows)), None)
            if last is not None:
                key, side = last.bound
                against = self._known[key, 1 - side]
                return Proof([*self._before(last, against), last], against)
            fresh = self._round()
            if not fresh:
                return None
            for bound, step in fresh.items():
                self._known[bound] = step.known._replace(step=len(self._steps))
                self._steps.append(step)
        return None

    def _round(self) -> dict[Bound, Step]:
        """The best new bounds that the comparisons make of those that are known."""
        fresh: dict[Bound, Step] = {}
        for row in self._rows:
            missing = [key for key, factor in row.terms if (key, _least(factor)) not in self._known]
            for key, _ in row.terms:
                if not set(missing) - {key} and (step := self._step(row, key)) is not None:
                    best = fresh[step.bound].known if step.bound in fresh else self._known.get(step.bound)
                    if best is None or _is_tighter(step.known, best, step.bound[1]):
                        fresh[step.bound] = step
        return fresh

    def _step(self, row: Row, key: str) -> Step | None:
        """What a comparison makes for one quantity of the bounds of its others."""
        used: list[tuple[Bound, Known]] = []
        rest, is_open, factor = row.constant, row.strict, row.terms[0][1]
        for other, one in row.terms:
            if other == key:
                factor = one
                continue
            bound = other, _least(one)
            known = self._known[bound]
            used.append((bound, known))
            rest, is_open = rest + one * known.end, is_open or known.is_open
        side = 1 - _least(factor)
        end = _exact(-rest * factor if factor in (1, -1) else Fraction(-rest) / factor)
        if self._unknowns[key].whole:
            whole = floor(end) if side == HIGH else ceil(end)
            end, is_open = whole + ((-1 if side == HIGH else 1) if is_open and whole == end else 0), False
        return Step(row, (key, side), Known(end, is_open), tuple(used))

    def _contradicted(self, row: Row) -> Step | None:
        """The step that shows a comparison to be impossible, of the quantity that best stands for the others."""
        least, is_open, more = row.constant, row.strict, 0
        for key, factor in row.terms:
            known = self._known.get((key, _least(factor)))
            if known is None:
                return None
            least, is_open, more = least + factor * known.end, is_open or known.is_open, more + (factor > 0)
        if not row.terms or least < 0 or (least == 0 and not is_open):
            return None

        def rank(term: tuple[str, Exact]) -> tuple[bool, int, bool]:
            """First what is stated, then what stands alone on its side of the comparison, then what is too small."""
            key, factor = term
            beside = more if factor > 0 else len(row.terms) - more
            return self._known[key, _least(factor)].step >= 0, beside, factor > 0

        return self._step(row, min(row.terms, key=rank)[0])

    def _before(self, last: Step, against: Known) -> list[Step]:
        needed: set[int] = set()
        pending = [known.step for _, known in last.used] + [against.step]
        while pending:
            at = pending.pop()
            if at >= 0 and at not in needed:
                needed.add(at)
                pending += [known.step for _, known in self._steps[at].used]
        return [self._steps[at] for at in sorted(needed)]


def _least(factor: Exact) -> int:
    """The end at which a term is least."""
    return LOW if factor > 0 else HIGH


def _is_tighter(one: Known, other: Known, side: int) -> bool:
    if one.end == other.end:
        return one.is_open and not other.is_open
    return (one.end > other.end) == (side == LOW)


def _exact(number: Exact) -> Exact:
    return number.numerator if number.denominator == 1 else number


def _stated(unknowns: Mapping[str, Unknown], conventional: bool) -> Iterator[tuple[Bound, Known]]:
    for key, unknown in unknowns.items():
        low, high, includes_low, includes_high = linear.domain(unknown, conventional)
        if low is not None:
            yield (key, LOW), Known(low, not includes_low)
        if high is not None:
            yield (key, HIGH), Known(high, not includes_high)


# ------------------------------------------------------------------------- a sum


class _Line(NamedTuple):
    """A sum of comparisons, and how many times each is in it."""

    row: Row
    times: Mapping[int, Exact]


def added(rows: Sequence[Row], unknowns: Mapping[str, Unknown], conventional: bool) -> Sum | None:
    """Multiples of comparisons and bounds whose sum cannot be, by elimination; None where that finds none."""
    keys = {key for row in rows for key, _ in row.terms}
    bounds = [one for one in _stated(unknowns, conventional) if one[0][0] in keys]
    every = [*rows, *(_row(*one) for one in bounds)]
    times = _eliminated([_Line(row, {number: 1}) for number, row in enumerate(every)])
    if times is None:
        return None
    whole = lcm(*(Fraction(one).denominator for one in times.values()))
    shared = gcd(*(int(one * whole) for one in times.values()))
    often = {number: int(one * whole) // shared for number, one in sorted(times.items())}
    return Sum(
        tuple((often[number], row) for number, row in enumerate(rows) if number in often),
        tuple((often[at], *one) for at, one in enumerate(bounds, len(rows)) if at in often),
        _exact(sum((Fraction(every[number].constant) * one for number, one in often.items()), Fraction(0))),
    )


def _row(bound: Bound, known: Known) -> Row:
    sign = 1 if bound[1] == HIGH else -1
    return Row(-1, ((bound[0], sign),), -sign * known.end, known.is_open)


def _eliminated(lines: list[_Line]) -> Mapping[int, Exact] | None:
    """The multiples that leave no quantity, and no choice."""
    while len(lines) <= MAX_ROWS:
        for line in lines:
            if not line.row.terms and (line.row.constant > 0 or (line.row.constant == 0 and line.row.strict)):
                return line.times
        signs = Counter((key, factor > 0) for line in lines for key, factor in line.row.terms)
        if not signs:
            return None
        key = min(sorted({key for key, _ in signs}), key=lambda one: signs[one, True] * signs[one, False])
        having = [(line, dict(line.row.terms).get(key, 0)) for line in lines]
        lines = [line for line, factor in having if not factor]
        lines += [_without(a, x, b, -y) for a, x in having if x > 0 for b, y in having if y < 0]
    return None


def _without(a: _Line, x: Exact, b: _Line, y: Exact) -> _Line:
    """One line y times and another x times: without the quantity that the one has x times, the other minus y times."""
    terms: dict[str, Exact] = {}
    times: dict[int, Exact] = {}
    for line, factor in ((a, y), (b, x)):
        for key, one in line.row.terms:
            terms[key] = terms.get(key, 0) + one * factor
        for number, often in line.times.items():
            times[number] = times.get(number, 0) + often * factor
    left = tuple((key, one) for key, one in terms.items() if one)
    row = Row(-1, left, a.row.constant * y + b.row.constant * x, a.row.strict or b.row.strict)
    return _Line(row, times)
