"""The peers that conflict.py is held beside: whether a group of matches is possible, asked of z3, clingcon and clingo.

None of them says which facts contradict each other, or what would have to change: they only say whether.

- z3 decides all of it, with whole and real numbers.
- clingcon is clingo with linear constraints over integers. It has whole numbers from -2^30 to 2^30 alone: no part of a
  number, nothing as large as 10^15. A figure of which nothing more is known ends there.
- clingo by itself knows no numbers that are not written out: each figure is a choice among all values that it may have,
  up to a limit, and each sum an aggregate over them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import lcm
from typing import Any

from checker import linear
from checker.hold import Held
from checker.linear import And, Atom, Formula, Not, Truth
from checker.model import Linear, Unknown

LARGEST = 2**30 - 1  # in clingcon
MOST = 100_000  # values that clingo is to write out
PATIENCE = 5  # seconds for one group, of clingcon and clingo


class Cannot(Exception):
    """The peer has no such numbers, or no such patience."""


def _unknowns(held: Sequence[Held]) -> dict[str, Unknown]:
    return {key: unknown for one in held for key, unknown in one.unknowns.items()}


# ------------------------------------------------------------------------- z3


def z3(held: Sequence[Held]) -> bool:
    """Whether z3 finds a group possible."""
    import z3  # noqa: PLC0415

    solver = z3.Solver()
    unknowns = _unknowns(held)
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


# ------------------------------------------------------------------------- clingcon and clingo


def clingcon(held: Sequence[Held]) -> bool:
    """Whether clingcon finds a group possible; raises Cannot."""
    import clingo  # noqa: PLC0415
    from clingcon import ClingconTheory  # noqa: PLC0415
    from clingo.ast import ProgramBuilder, parse_string  # noqa: PLC0415

    unknowns = _unknowns(held)
    names = {key: f"x{number}" for number, key in enumerate(unknowns)}
    told = []
    for key, unknown in unknowns.items():
        low, high = _ends(unknown)
        sides = ((">=", low), ("<=", high))
        told += [f"&sum {{ {names[key]} }} {side} {end}." for side, end in sides if end is not None]
    for atom in _atoms(held):
        terms, constant = _whole(atom)
        told.append(f"&sum {{ {'; '.join(f'{by}*{names[key]}' for key, by in terms)} }} {_side(atom)} {-constant}.")
    make: Any = ClingconTheory  # says no types, where it is installed
    theory = make()
    control = clingo.Control()
    theory.register(control)
    with ProgramBuilder(control) as builder:
        parse_string("\n".join(told), lambda ast: theory.rewrite_ast(ast, builder.add))
    control.ground([("base", [])])
    theory.prepare(control)
    return _answer(control)


def clingo(held: Sequence[Held], limit: int) -> bool:
    """Whether clingo finds a group possible with values up to a limit; raises Cannot."""
    import clingo  # noqa: PLC0415

    unknowns = _unknowns(held)
    names = {key: f"x{number}" for number, key in enumerate(unknowns)}
    if len(unknowns) * limit > MOST:
        raise Cannot
    told = []
    for key, unknown in unknowns.items():
        low, high = _ends(unknown)
        told.append(f"1 {{ v({names[key]},{low or 0}..{limit if high is None else high}) }} 1.")
    for atom in _atoms(held):
        terms, constant = _whole(atom)
        parts = "; ".join(f"V*({by}),{names[key]} : v({names[key]},V)" for key, by in terms)
        told.append(f":- not #sum {{ {parts} }} {_side(atom)} {-constant}.")
    control = clingo.Control()
    control.add("base", [], "\n".join(told))
    control.ground([("base", [])])
    return _answer(control)


def _answer(control: Any) -> bool:
    with control.solve(async_=True) as solving:
        if not solving.wait(PATIENCE):
            solving.cancel()
            raise Cannot
        return bool(solving.get().satisfiable)


def _ends(unknown: Unknown) -> tuple[int | None, int | None]:
    if not unknown.whole:
        raise Cannot
    low, high = (None if end is None else int(end) for end in linear.domain(unknown, conventional=False)[:2])
    if max(abs(low or 0), abs(high or 0)) > LARGEST:
        raise Cannot
    return low, high


def _atoms(held: Sequence[Held]) -> Iterator[Atom]:
    """The comparisons of matches that are nothing else."""
    pending: list[Formula] = [one.formula for one in held]
    while pending:
        formula = pending.pop()
        if isinstance(formula, And):
            pending += formula.parts
        elif isinstance(formula, Atom):
            yield formula
        else:
            raise Cannot


def _whole(atom: Atom) -> tuple[list[tuple[str, int]], int]:
    """The comparison times a number that makes it whole, and above nought where it is strict."""
    by = lcm(*(factor.denominator for _, factor in atom.form.terms), atom.form.constant.denominator)
    constant = int(atom.form.constant * by) + (atom.relation == "<")
    if abs(constant) > LARGEST:
        raise Cannot
    return [(unknown.key, int(factor * by)) for unknown, factor in atom.form.terms], constant


def _side(atom: Atom) -> str:
    return {"<": "<=", "==": "="}.get(atom.relation, atom.relation)
