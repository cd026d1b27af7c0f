"""durable_rules: matching and forward chaining over a repository of YAML facts.

Each rule's join is compiled into a rule of the engine: which names a fact fits (its roles) is
projected into it as small integers, and the engine joins the roles inside one group of facts that
agree in what the rule wants the same. Rules that join on the same fields share a ruleset, so that a
fact is asserted once for all of them. The state of a group stays until the session is closed: what
is derived goes in as another batch, and only what it completes comes out.

The engine is not safe unguarded; each guard below is marked with a number:

1. No background threads: ``Host._run`` does nothing.
2. The last test of every join is always true (``one``), or a false one reads past an array.
3. Facts have sequential integer ids that no rule compares; the number is carried again in ``n``.
4. Facts are small: integers only, never empty, never an empty batch.
5. Every field that a rule tests is named with ``$ex``, or a missing one aborts the match.
6. A ruleset has fewer than 64 joined patterns.
7. A batch for each state, which is a few groups, ``dispatch`` until nothing fires, ``delete_state``
   in the end; one host for the process, because one that is dropped leaks.
8. A rule that acknowledges every fact: what was not acknowledged is lost, and ends the run.
9. Any exception ends the run; a callback only records.
10. A group of more than ``LARGEST`` facts is not asserted, but looked at by loops: of thousands in one the engine
    acknowledged none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

from durable import engine as durable

from checker.engine import Candidate, EngineFault
from checker.engine.join import NO_DAYS, Days, Join, keeps, key
from checker.engine.plain import Plain
from checker.model import Fact
from checker.record import NamedTuple

MAX_PATTERNS = 60  # guard 6
AT_ONCE = 1000  # facts or joins that one callback records
LARGEST = 500  # guard 10
STATE = 500  # facts in one state before the next group goes to a new one


class _Host(durable.Host):
    def _run(self) -> None:
        """Guard 1: start no threads."""


_host: list[_Host] = []  # guard 7: one for the process, made when it is first needed
_names = count()


def _the_host() -> _Host:
    if not _host:
        _host.append(_Host())
    return _host[0]


class _Group(NamedTuple):
    """Facts of one key: what waits until some rule may have a fact for each of its names, and the roles seen."""

    number: int
    waiting: list[dict[str, int]]
    roles: set[str]


class _Ruleset:
    """Rules that join on the same fields, and the groups of facts that were asserted to them."""

    def __init__(self, joins: Sequence[Join], days: Days) -> None:
        self._name = f"rules{next(_names)}"
        self._joins = joins
        self._days = days
        self._facts: dict[int, Fact] = {}
        self._groups: dict[tuple[object, ...], _Group] = {}
        self._large: set[tuple[object, ...]] = set()  # groups that are not the engine's
        self._loops = Plain(joins, days)  # for those
        self._states: dict[int, int] = {}  # of each group that was asserted
        self._sizes: list[int] = []  # of each state, the facts in it
        self._asserted: set[int] = set()  # states that are there to be deleted
        self._wanted = [{_role(index, at) for at in range(len(join.names))} for index, join in enumerate(joins)]
        self._fired: list[tuple[Join, tuple[int, ...]]] = []
        self._acknowledged: list[int] = []
        self._failures: list[Exception] = []
        self._steps = 0
        rules = {f"rule{index}": self._compiled(index, join) for index, join in enumerate(joins)}
        rules["acknowledge"] = {  # guard 8
            "all": [{"m": {"$ex": {"n": 1}}}],
            "cap": AT_ONCE,
            "run": self._recorder(self._acknowledge),
        }
        with _fatal(self._name):
            _the_host().set_rulesets({self._name: rules})

    def _compiled(self, index: int, join: Join) -> dict[str, Any]:
        # A rule over one fact calls it "m" whatever its name, so the first is always named so.
        names = ["m", *(f"m{position}" for position in range(1, len(join.names)))]
        patterns: list[dict[str, Any]] = []
        for position, name in enumerate(names):
            role = _role(index, position)
            tests: list[dict[str, Any]] = [{"$ex": {role: 1}}, {role: 1}]  # guard 5
            if position:
                tests += [{"$ex": {"n": 1}}, {"$ex": {"one": 1}}, {"group": {"m": "group"}}]
                tests += [{"$neq": {"n": {other: "n"}}} for other in names[:position]]
                tests.append({"$gte": {"one": {"m": "one"}}})  # guard 2
            patterns.append({name: {"$and": tests}})
        return {"all": patterns, "cap": AT_ONCE, "run": self._recorder(lambda c: self._fire(join, names, c))}

    def _recorder(self, record: Callable[[Any], None]) -> Callable[[Any], None]:
        def run(c: Any) -> None:
            self._steps += 1
            try:
                record(c)
            except Exception as error:  # guard 9: the engine would swallow it
                self._failures.append(error)

        return run

    def _fire(self, join: Join, names: Sequence[str], c: Any) -> None:
        for one in c.m:
            told = one._d  # noqa: SLF001  # its public door wraps every fact anew, at a third of the cost of a join
            self._fired.append((join, tuple(told[name]["n"] for name in names)))

    def _acknowledge(self, c: Any) -> None:
        self._acknowledged += [one.n for one in c.m]

    def add(self, facts: Sequence[Fact]) -> Iterator[Candidate]:
        """Assert facts, a batch for each group; the candidates that they complete."""
        touched: dict[tuple[object, ...], _Group] = {}
        for fact in facts:
            roles = self._roles(fact)
            if roles:
                of = key(self._joins[0], fact, self._days)
                touched[of] = self._groups.setdefault(of, _Group(len(self._groups) + 1, [], set()))
                touched[of].waiting.append(self._projected(fact, roles))
                touched[of].roles.update(roles)
        yield from self._loops.add([fact for of, group in touched.items() for fact in self._too_many(of, group)])
        batches: dict[int, list[dict[str, int]]] = defaultdict(list)
        for group in touched.values():
            if group.waiting and any(wanted <= group.roles for wanted in self._wanted):
                state = self._state_of(group)
                batches[state] += [{**one, "group": group.number, "sid": state} for one in group.waiting]
                group.waiting.clear()
        for batch in batches.values():
            self._assert(batch)
        fired, self._fired = self._fired, []
        for join, numbers in fired:
            chosen = tuple(self._facts[number] for number in numbers)
            if keeps(join, chosen):
                yield Candidate(join, chosen)

    def _too_many(self, of: tuple[object, ...], group: _Group) -> list[Fact]:
        """The facts that wait in a group that is too large for the engine (guard 10); they wait no more."""
        if of not in self._large and (group.number in self._states or len(group.waiting) <= LARGEST):
            return []
        self._large.add(of)
        facts = [self._facts[one["n"]] for one in group.waiting]
        group.waiting.clear()
        return facts

    def _roles(self, fact: Fact) -> dict[str, int]:
        return {
            _role(index, position): 1
            for index, join in enumerate(self._joins)
            for position, fits in enumerate(join.fits)
            if fits(fact)
        }

    def _projected(self, fact: Fact, roles: dict[str, int]) -> dict[str, int]:
        number = len(self._facts) + 1
        self._facts[number] = fact
        return {"id": number, "n": number, "one": 1, **roles}  # guards 3 and 4

    def _state_of(self, group: _Group) -> int:
        """The state that a group is in: the last one, or a new one when that is full."""
        if group.number not in self._states:
            if not self._sizes or self._sizes[-1] >= STATE:
                self._sizes.append(0)
            self._states[group.number] = len(self._sizes)
        state = self._states[group.number]
        self._sizes[state - 1] += len(group.waiting)
        return state

    def _assert(self, batch: list[dict[str, int]]) -> None:
        self._acknowledged.clear()
        with _fatal(self._name):
            host = _the_host()
            host.assert_facts(self._name, batch)
            self._asserted.add(batch[0]["sid"])
            before = -1
            while before != self._steps:  # guard 7
                before = self._steps
                host.get_ruleset(self._name).dispatch()
            if self._failures:
                raise self._failures[0]
        if sorted(self._acknowledged) != sorted(projected["n"] for projected in batch):
            raise EngineFault(
                f"durable_rules lost facts: {len(batch)} asserted, {len(self._acknowledged)} acknowledged"
            )

    def close(self) -> None:
        """Forget all facts."""
        with _fatal(self._name):
            for state in sorted(self._asserted):
                _the_host().delete_state(self._name, state)
        self._groups.clear()
        self._asserted.clear()


def _role(rule: int, name: int) -> str:
    return f"r{rule}n{name}"


class _fatal:  # noqa: N801  # reads as a statement
    """Guard 9: whatever the engine raises ends the run."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None and isinstance(error, Exception):
            raise EngineFault(f"durable_rules failed in {self._name}: {error}") from error


class Durable:
    """A session: a ruleset for each way in which rules join; rules over one fact join nothing."""

    def __init__(self, joins: Sequence[Join], days: Days) -> None:
        alike: dict[tuple[object, ...], list[Join]] = defaultdict(list)
        for join in joins:
            if len(join.names) > 1:
                alike[join.key, join.dates, join.root is None].append(join)
        self._alone = Plain([join for join in joins if len(join.names) == 1], days)
        self._rulesets = [_Ruleset(chunk, days) for group in alike.values() for chunk in _chunks(group)]

    def add(self, facts: Sequence[Fact]) -> list[Candidate]:
        """Add facts; the candidates that hold at least one of them."""
        joined = [candidate for ruleset in self._rulesets for candidate in ruleset.add(facts)]
        return self._alone.add(facts) + joined

    def close(self) -> None:
        """Forget all facts."""
        for ruleset in self._rulesets:
            ruleset.close()


def _chunks(joins: Sequence[Join]) -> Iterator[list[Join]]:
    """The joins in rulesets that keep guard 6."""
    chunk: list[Join] = []
    for join in joins:
        if chunk and sum(len(one.names) for one in (*chunk, join)) > MAX_PATTERNS:
            yield chunk
            chunk = []
        chunk.append(join)
    if chunk:
        yield chunk


def start(joins: Sequence[Join], days: Days = NO_DAYS) -> Durable:
    """A session for these joins."""
    return Durable(joins, days)
