"""Rules against rules: what no facts can meet, what can never fail, what follows from another, what contradicts one.

Each question is whether a formula over facts that may be any (``symbol``) is possible, and ``linear``
answers exactly. Only what is proved impossible is said; what stays open is said to be open. Two
rules are compared where one applies to all that the other applies to, names exchanged as need be.

The method, redundancy and contradiction of edits by negating them, is that of E. de Jonge and
M. van der Loo's validatetools (R package), over whole numbers and dates too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from checker import core, linear, period, quantity, symbol
from checker.alignment import alignments, compares
from checker.expression import conjuncts, references, show
from checker.ground import Absent, Undefined
from checker.linear import And, Atom, Formula, Not
from checker.model import Exact, Expression, Operation, Rule, Unknown, Vocabulary
from checker.omega import Undecided
from checker.record import NamedTuple
from checker.symbol import Asked, Measures, Types, World

MAX_PAIRS = 1_000  # ways to lay one rule beside another that are looked at: a second or two
SEVERITIES = ("note", "warning", "error")
_A_DAY = 738_886  # 2024-01-01, from which a date is looked for that serves as an example

# What is said of a rule; the first four are a warning, and "undecided" is for who asks.
KINDS = ("never matches", "never met", "never fails", "contradicts", "follows", "undecided")


class Remark(NamedTuple):
    """What is to be said of a rule, and of which other: one of ``KINDS``, and in words."""

    rule: Rule
    kind: str
    message: str
    other: Rule | None = None


class _Read(NamedTuple):
    """A rule, and what its facts may be: the measures of each name, and the choices of text, date or number."""

    rule: Rule
    fitting: Measures
    choices: tuple[Types, ...]
    names: Vocabulary

    def worlds(self) -> list[World]:
        """The world of each choice, without those in which the rule cannot be computed."""
        made = (symbol.world(self.rule, types, self.fitting, self.names) for types in self.choices)
        return [one for one in made if one is not None]


def remarks(rules: Iterable[Rule], names: Vocabulary) -> list[Remark]:
    """All that is to be said of a repository's own rules, by themselves and beside each other and the shipped ones.

    A rule is read with the measures that the repository declares, and those of the rule's own examples.
    """
    rules = list(rules)
    derived = frozenset(rule.derive.measure for rule in rules if rule.derive is not None)
    found: list[Remark] = []
    sound: list[_Read] = []
    for rule in rules:
        read = _read(rule, names, derived)
        said = _alone(read) if read else None
        if said is not None and not rule.shipped:
            found.append(said)
        if read and rule.require is not None and (said is None or said.kind == "undecided"):
            sound.append(read)
    return [*found, *_pairs(sound)]


def _read(rule: Rule, names: Vocabulary, derived: frozenset[str]) -> _Read | None:
    """The rule with what its facts may be, no choice where there are too many; None where no measure fits it."""
    own = rule.vocabulary.measures if rule.vocabulary else {}
    names = names._replace(measures={**own, **names.measures})
    fitting = symbol.measures(rule, names)
    if not all(fitting.values()):
        return None
    return _Read(rule, fitting, tuple(symbol.types(rule, fitting, derived) or ()), names)


# ------------------------------------------------------------------------- a rule by itself


def _alone(read: _Read) -> Remark | None:
    """What is wrong with a rule by itself, if anything, or left open."""
    rule, worlds = read.rule, read.worlds()
    if not worlds:
        return Remark(rule, "undecided", f"{rule.id} is not decided: its names may be of too many types")
    if _impossible(world.kept() for world in worlds):
        return Remark(rule, "never matches", f"{rule.id} never matches: {_cannot_hold(worlds[0], ())}")
    asked = [(world, world.require) for world in worlds if world.require is not None]
    if asked and _impossible(world.kept(require.formula) for world, require in asked):
        return Remark(rule, "never met", f"no facts can meet {rule.id}: {_unmet(*asked[0])}")
    if asked and _impossible(world.kept(Not(require.formula)) for world, require in asked):
        return Remark(rule, "never fails", f"{rule.id} can never fail: {_kept(*asked[0])}")
    return _left_open(rule, asked)


def _left_open(rule: Rule, asked: Sequence[tuple[World, Asked]]) -> Remark | None:
    """Whether a rule may be one that never fails or is never met for a reason that is not seen here."""
    for world, require in asked:
        decided = [
            linear.possible(world.kept(formula), conventional=False)
            for formula in (require.formula, Not(require.formula))
        ]
        if all(decided) and world.symbols.is_linear:
            return None
    if not asked:
        return None
    world, _ = asked[0]
    reason = "it takes too long" if world.symbols.is_linear else "it is not linear"
    return Remark(rule, "undecided", f"{rule.id} is not decided: {reason}")


def _impossible(formulas: Iterable[Formula]) -> bool | None:
    """Whether each of these is impossible; None where that is so of all but those that are not decided."""
    found = {linear.possible(formula, conventional=False) for formula in formulas}
    return False if True in found else None if None in found else True


def _cannot_hold(world: World, more: Sequence[Asked]) -> str:
    """The fewest conditions that cannot hold together, for any facts."""
    core_of = _core(world, [*world.where, *more])
    together = " together" if len(core_of) > 1 else ""
    return f"{_quoted(core_of)} cannot hold{together}{_whatever(world, core_of)}"


def _unmet(world: World, require: Asked) -> str:
    said = _cannot_hold(world, [Asked(one, _conjunct(world, one)) for one in conjuncts(require.expression)])
    return f"{said}{_example(world, world.kept(), 'breaks it')}"


def _kept(world: World, require: Asked) -> str:
    negated = Asked(Operation("not", (require.expression,)), Not(require.formula))
    return f"{_cannot_hold(world, [negated])}{_example(world, world.kept(), 'keeps it')}"


def _conjunct(world: World, expression: Expression) -> Formula:
    try:
        return world.symbols.condition(expression)
    except (Absent, Undefined):  # not where the whole was grounded; so that the whole is shown
        return linear.Truth(False)


def _core(world: World, asked: Sequence[Asked]) -> list[Asked]:
    always = world.symbols.kept()

    def impossible(some: frozenset[int]) -> bool:
        together = And((*always, *(asked[number].formula for number in some)))
        return linear.possible(together, conventional=False) is False

    return [asked[number] for number in core.smallest(range(len(asked)), impossible)[0]]


def _quoted(asked: Sequence[Asked]) -> str:
    return " and ".join(f"“{show(one.expression)}”" for one in asked)


def _whatever(world: World, asked: Sequence[Asked]) -> str:
    """For which values of its names that is so: ``, whatever the counts a and b``."""
    named = {one.name for condition in asked for one in references(condition.expression) if one.field is None}
    alike: dict[str, list[str]] = {}
    for name, of in world.symbols.types.items():
        if name in named:
            alike.setdefault(of, []).append(name)
    said = [f"the {of}{'s' * (len(those) > 1)} {_listed(those)}" for of, those in alike.items()]
    return f", whatever {_listed(said)}" if said else ""


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


# ------------------------------------------------------------------------- an example


def _example(world: World, formula: Formula, what: str) -> str:
    """Values that keep a formula, in words; nothing where there are none to show."""
    known = world.symbols.shown
    values = _point(formula, known) if known else None
    if not values:
        return ""
    said = [f"{key} {shown}" for key, shown in values.items()]
    return f" ({_listed(said)} {what if len(said) == 1 else what.replace('breaks', 'break').replace('keeps', 'keep')})"


def _point(formula: Formula, known: Mapping[str, tuple[Unknown, str]]) -> dict[str, str] | None:
    """A value for each quantity, as it is shown, so that the formula holds; None where none was found."""
    shown = {}
    for key, (unknown, of) in known.items():
        for value in _candidates(formula, unknown, of):
            fixed = And((formula, Atom(linear.add(linear.of(unknown), linear.constant(-value)), "==")))
            if linear.possible(fixed, conventional=False):
                formula = fixed
                shown[key] = period.day(int(value)) if of == "date" else quantity.number(value)
                break
        else:
            return None
    return shown


def _candidates(formula: Formula, unknown: Unknown, of: str) -> Iterator[Exact]:
    """Values to try: a plain one, then those at the ends of what the formula leaves, then one in the middle."""
    start = _A_DAY if of == "date" else 0
    yield from (start, start + 1)
    try:
        extent = linear.bounds(formula, linear.of(unknown), conventional=False)
    except Undecided:
        return
    low, high = (extent.low, extent.high) if extent else (None, None)
    near: list[Exact] = [] if low is None else [low, low + 1]
    near += [] if high is None else [high, high - 1]
    if low is not None and high is not None:
        near.append(Fraction(low + high) / 2)
    yield from (value for value in near if of != "date" or _A_DAY // 2 < value < _A_DAY * 2)


# ------------------------------------------------------------------------- pairs


def _pairs(sound: Sequence[_Read]) -> Iterator[Remark]:
    """What is to be said of pairs, each once; at the rule that is the repository's own."""
    said: dict[tuple[str, str], str] = {}
    follow: set[str] = set()
    open_ones: dict[str, Rule] = {}
    for number, (wide, narrow, renamed) in enumerate(_candidates_for(sound)):
        rule, pair = narrow.rule, (narrow.rule.id, wide.rule.id)
        if number >= MAX_PAIRS:
            open_ones.setdefault(rule.id, rule)
            continue
        found = None if pair in said else _beside(renamed, wide.rule, narrow)
        if found is None or found.kind == said.get(pair[::-1]) or (found.kind == "follows" and rule.id in follow):
            continue
        said[pair] = found.kind
        if found.kind == "follows":
            follow.add(rule.id)
        yield found
    for rule in open_ones.values():
        yield Remark(
            rule, "undecided", f"{rule.id} is not decided beside others: too many rules are over the same facts"
        )


def _candidates_for(sound: Sequence[_Read]) -> Iterator[tuple[_Read, _Read, Rule]]:
    """Two rules, not both shipped, and the first in the names of the second, to whose facts it applies."""
    alike: dict[tuple[tuple[bool, bool], ...], list[_Read]] = {}
    for read in sound:
        shape = tuple(sorted((pattern.collect, pattern.next is not None) for pattern in read.rule.given))
        alike.setdefault(shape, []).append(read)
    for those in alike.values():
        for narrow, wide in ((narrow, wide) for narrow in reversed(those) for wide in those if wide is not narrow):
            if not (wide.rule.shipped and narrow.rule.shipped):
                yield from ((wide, narrow, one) for one in alignments(wide.rule, narrow.rule, narrow.fitting))


def _beside(renamed: Rule, wide: Rule, narrow: _Read) -> Remark | None:
    """What a rule that applies wherever another does says beside it; None where it does not, or says something else."""
    rule = narrow.rule
    said = [_both(renamed, world) for world in narrow.worlds()]
    pairs = [pair for pair in said if pair is not None]
    applies = _impossible(pair.world.kept(Not(pair.where)) for pair in pairs)
    if not pairs or len(pairs) < len(said) or applies is False or not compares(renamed, rule, narrow.fitting):
        return None
    asked = _Words(pairs[0], _shown(renamed), _shown(rule))
    apart = _impossible(pair.world.kept(pair.wide, pair.narrow) for pair in pairs)
    if apart and applies:
        at, other = (wide, rule) if rule.shipped else (rule, wide)
        return Remark(at, "contradicts", f"{rule.id} contradicts {wide.id}: {asked.apart(wide.id, rule.id)}", other)
    if rule.shipped:
        return None
    follows = _is_as_severe(wide, rule) and _impossible(pair.world.kept(pair.wide, Not(pair.narrow)) for pair in pairs)
    if follows and applies:
        return Remark(rule, "follows", f"{rule.id} follows from {wide.id}: {asked.within(wide.id, rule.id)}", wide)
    if apart is not False or follows is not False:
        return Remark(rule, "undecided", f"{rule.id} is not decided beside {wide.id}: it takes too long", wide)
    return None


class _Both(NamedTuple):
    """What two rules ask in a world of the narrower one."""

    world: World
    where: Formula
    wide: Formula
    narrow: Formula


def _both(renamed: Rule, world: World) -> _Both | None:
    """What the two ask; None where the wider one asks for what the facts of the narrower one do not have."""
    if renamed.require is None or world.require is None:
        return None
    where = And(tuple(one.formula for one in symbol.conditions(renamed, world.symbols)))
    try:
        return _Both(world, where, world.symbols.condition(renamed.require), world.require.formula)
    except (Absent, Undefined):
        return None


class _Words(NamedTuple):
    """How two rules stand to each other, in words and by an example."""

    pair: _Both
    wide: str
    narrow: str

    def apart(self, wide: str, narrow: str) -> str:
        """That no facts keep both."""
        world, _, one, other = self.pair
        example = _example(world, world.kept(one, Not(other)), f"keeps {wide} and breaks {narrow}")
        return f"{self.wide} and {self.narrow} cannot both hold{example}"

    def within(self, wide: str, narrow: str) -> str:
        """That all facts that keep the one keep the other."""
        world, _, one, other = self.pair
        example = _example(world, world.kept(other, Not(one)), f"keeps {narrow} and breaks {wide}")
        return f"what keeps {self.wide} keeps {self.narrow}{example}"


def _shown(rule: Rule) -> str:
    return "" if rule.require is None else f"“{show(rule.require)}”"


def _is_as_severe(wide: Rule, narrow: Rule) -> bool:
    """Whether a rule fails all that another would; without the other, nothing is lost."""
    pairs = (wide.severity, narrow.severity), (wide.across or wide.severity, narrow.across or narrow.severity)
    return all(SEVERITIES.index(one) >= SEVERITIES.index(other) for one, other in pairs)
