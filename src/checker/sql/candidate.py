"""The choices of rows for the single names of a rule: what is proved is counted, the others come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from math import factorial
from types import MappingProxyType

from checker.engine.dialect import every, listed, one_of, quoted, some
from checker.engine.join import Join
from checker.judge import Judge
from checker.model import Fact, Measure, Pattern
from checker.record import NamedTuple
from checker.sql import column, kinship, predicate
from checker.sql.choice import Choices
from checker.sql.column import Relation
from checker.sql.predicate import Kleene
from checker.sql.rows import Rows
from checker.sql.spell import Spell

MAX_FEW = 5_000  # facts that are for the matcher at once, and not searched
MAX_ALIKE = 10_000  # violations of one rule in one subject that come back, of which the first by their ids are shown
VIOLATED = "violated"
ACROSS = "violated across"  # by facts of different claimants, of a rule that has a severity of its own for these


class Found(NamedTuple):
    """Numbers of facts, one for each single name, and how often each verdict was proved of others.

    Violations are called ``VIOLATED`` or ``ACROSS``.
    """

    candidates: list[tuple[int, ...]]
    counted: Counter[str]
    violated: Mapping[str, int] = MappingProxyType({})  # of the candidates, those of which it is proved: of each kind


class Rest(NamedTuple):
    """The groups that are left of a rule, in each of which it has a choice: how many, and what fits of their facts."""

    join: Join
    groups: int
    facts: Callable[[], str]
    proved: bool = False  # whether all these choices are to come back: each is proved to break the rule


def alone(rests: Sequence[Rest], relation: Relation, most: int | None = None) -> dict[str, list[int]]:
    """The facts that rules may bind in the groups that are left of them, where no search can find less.

    So it is where all of them are few, and each group has just one for each single name, or is bound whole by a
    collection; with ``most``, where there are no more groups than that of a rule. By the id of the rule.
    """
    most = MAX_FEW if most is None else most
    few = [one for one in rests if one.proved or one.groups * factorial(len(one.join.names)) <= most]
    selects = [f"SELECT {at} AS rule, n FROM {_bound(one, relation)}" for at, one in enumerate(few)]
    if not selects:
        return {}
    rows = relation.database.rows(f"SELECT * FROM ({' UNION ALL '.join(selects)}) AS found LIMIT {MAX_FEW + 1}")
    if len(rows) > MAX_FEW:
        return {}
    numbers = [[number for rule, number in rows if rule == at] for at in range(len(few))]
    return {
        one.join.rule.id: found
        for one, found in zip(few, numbers, strict=True)
        if len(one.join.names) < len(one.join.rule.given) or len(found) == len(one.join.names) * one.groups
    }


def _bound(rest: Rest, relation: Relation) -> str:
    """The facts of some groups that fit any name of a rule."""
    measures = tuple(relation.measures.values())
    fits = (column.Where(relation).fits(one, column.allowed(one, measures)) for one in rest.join.rule.given)
    return f"{rest.facts()} AS facts WHERE {some(fits)}"


class Search:
    """The search of one rule over single names alone, in a table of facts."""

    def __init__(
        self,
        join: Join,
        choices: Choices,
        relation: Relation,
        judge: Judge,
        spells: Mapping[str, Spell],
        sources: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._join, self._choices, self._relation = join, choices, relation
        self._spells, self._sources = tuple(dict.fromkeys(spells.values())), sources
        self._open_dates = [name for name in join.dates if not spells[name].exact]  # others agree where they are joined
        self._aliases = [f"f{number}" for number in range(len(join.names))]
        self._measures = [tuple(dict.fromkeys(one[at] for one in choices.all)) for at in range(len(join.names))]
        names = [pattern.name for pattern in join.names]
        aliases, measures = dict(zip(names, self._aliases, strict=True)), dict(zip(names, self._measures, strict=True))
        self._rows = Rows(relation, judge, aliases, measures)

    def all(self) -> Found:
        """Every candidate, with nothing counted."""
        chosen = ", ".join(f"{alias}.n" for alias in self._aliases)
        return Found(self._relation.database.rows(f"SELECT {chosen} {self._from()}"), Counter())

    def fresh(self, new: range) -> str:
        """What selects the candidates that may make a fact, as ``n0``, ``n1`` …: with ``new``, those with one of it."""
        chosen = ", ".join(f"{alias}.n AS n{at}" for at, alias in enumerate(self._aliases))
        differs = self._compared().false
        compares = "TRUE" if differs == "FALSE" else f"({differs}) IS NOT TRUE"
        among = [f"{alias}.n BETWEEN {new.start} AND {new.stop - 1}" for alias in self._aliases] if new else []
        first = [every([one, *(f"NOT {earlier}" for earlier in among[:at])]) for at, one in enumerate(among)]
        return " UNION ALL ".join(f"SELECT {chosen} {self._from(compares, one)}" for one in first or ["TRUE"])

    def unproved(self, most: Mapping[str, int] | None = None) -> Found:
        """The candidates of which no verdict is proved, or a violation: of each kind so many, the others counted."""
        database = self._relation.database
        numbers = ", ".join(f"n{at}" for at in range(len(self._aliases)))
        chosen = ", ".join(f"{alias}.n AS n{at}" for at, alias in enumerate(self._aliases))
        verdict = self._verdict(violated=most is not None)
        # Asked again for each thing, and never kept: there may be more choices than have room.
        found = f"(SELECT {chosen}, {self._subject()} AS subject, {verdict} AS verdict {self._from()}) AS found"
        counts = dict(database.rows(f"SELECT verdict, count(*) FROM {found} GROUP BY verdict"))
        rows = database.rows(f"SELECT {numbers} FROM {found} WHERE verdict IS NULL") if None in counts else []
        back: Counter[str] = Counter()
        for kind, limit in (most or {}).items():
            if kind in counts and limit:
                violated = self._first(f"SELECT subject, {numbers} FROM {found} WHERE verdict = {quoted(kind)}", limit)
                rows, back[kind] = rows + violated, len(violated)
        told = Counter({kind: many for kind, many in counts.items() if kind not in (None, "none")})
        return Found(rows, told - back, back)

    def _first(self, violated: str, limit: int) -> list[tuple[int, ...]]:
        """So many choices, those of the first subjects, and all of the last of these: no order is known within one."""
        ask = self._relation.database.rows
        places = ", ".join(str(at + 1) for at in range(len(self._aliases) + 1))
        found = ask(f"{violated} ORDER BY {places} LIMIT {limit + 1}")
        if len(found) > limit:
            subject = found[limit - 1][0]
            found = [one for one in found if one[0] < subject]
            found += ask(f"{violated} AND subject = {quoted(subject)} ORDER BY {places} LIMIT {MAX_ALIKE}")
        return [tuple(numbers) for _, *numbers in found]

    def _subject(self) -> str:
        """The subject of a finding, which is that of its first fact: of those that may be exchanged, by their ids."""
        if "subject" in self._join.key:
            return "f0.subject"
        id, subject = "f0.id", "f0.subject"
        for first, second in self._join.ordered:
            if first == 0:
                subject = f"CASE WHEN f{second}.id < {id} THEN f{second}.subject ELSE {subject} END"
                id = f"least({id}, f{second}.id)"
        return subject

    # --- which choices there are

    def _from(self, *asked: str) -> str:
        """All choices that are not surely no match, and of which what is asked holds."""
        tables = [f"{self._table(at)} {alias}" for at, alias in enumerate(self._aliases)]
        conditions = [*asked, *self._fitting(), *self._joined(), *self._different()]
        if self._needs_list():
            rows = [
                (*(quoted(measure.id) for measure in one), "TRUE" if alike else "FALSE")
                for several, alike in ((self._choices.like, True), (self._choices.unlike, False))
                for one in several
            ]
            columns = [f"m{at}" for at in range(len(self._aliases))]
            tables.append(f"({listed(rows)}) AS chosen({', '.join(columns)}, alike)")
            conditions += [f"{alias}.measure = chosen.m{at}" for at, alias in enumerate(self._aliases)]
        for part, whole in filter(None, map(kinship.asked, self._choices.where)):
            table = f"kin{len(tables)}"
            tables.append(f"{kinship.TABLE} AS {table}")
            conditions += [f"{self._of(part)}.subject = {table}.part", f"{self._of(whole)}.subject = {table}.whole"]
        refused = some([self._where().false, *(no for _, no in self._agreed())])
        if refused != "FALSE":
            conditions.append(f"({refused}) IS NOT TRUE")
        return f"FROM {' CROSS JOIN '.join(tables)} WHERE {every(conditions)}"

    def _of(self, name: str) -> str:
        """The alias of a name."""
        return self._aliases[[pattern.name for pattern in self._join.names].index(name)]

    def _table(self, at: int) -> str:
        source = self._sources.get(self._join.names[at].name, "facts")
        following = [
            (number, pattern)
            for number, pattern in enumerate(self._join.names)
            if pattern.next == self._join.names[at].name
        ]
        spelled = [one.joined for one in self._spells if one.joined]
        if not following and not spelled:
            return source
        windows = [f", {self._next(number, pattern)}" for number, pattern in following]
        fits = some(self._fits(number, "f.") for number in (at, *(number for number, _ in following)))
        spells = "".join(f", {one.column}" for one in self._spells if one.joined)
        return f"(SELECT f.*{spells}{''.join(windows)} FROM {source} f {' '.join(spelled)} WHERE {fits})"

    def _next(self, number: int, pattern: Pattern) -> str:
        """The first day of what comes next under a name, seen from each row."""
        assert pattern.along is not None
        first = f"f.{column.date(pattern.along)}_first"
        columns = (column.text(name, self._relation) for name in self._join.key if _is_own(name))
        days = [key for one in self._spells if one.exact for key in one.keys]
        key = [f"f.{one}" for one in (*columns, *days) if one != "NULL"]
        partition = f"PARTITION BY {', '.join(key)} " if key else ""
        return (
            f"min(CASE WHEN {self._fits(number, 'f.')} THEN {first} END) OVER ({partition}ORDER BY {first}"
            f" RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next{number}"
        )

    def _fits(self, at: int, prefix: str) -> str:
        return column.Where(self._relation, prefix).fits(self._join.names[at], self._measures[at])

    def _fitting(self) -> Iterator[str]:
        for at, alias in enumerate(self._aliases):
            yield self._fits(at, f"{alias}.")

    def _joined(self) -> Iterator[str]:
        for at, alias in enumerate(self._aliases[1:], 1):
            for name in filter(_is_own, self._join.key):
                yield column.agree(name, "f0.", f"{alias}.", self._relation)[0]
            for one in self._spells:
                yield from (f"f0.{key} IS NOT DISTINCT FROM {alias}.{key}" for key in one.keys)
            pattern = self._join.names[at]
            if pattern.next is not None:
                yield from self._following(at, pattern)

    def _following(self, at: int, pattern: Pattern) -> Iterator[str]:
        assert pattern.along is not None
        earlier = [one.name for one in self._join.names].index(pattern.next or "")
        yield f"f{at}.{column.date(pattern.along)}_first = f{earlier}.next{at}"

    def _different(self) -> Iterator[str]:
        for first, second in combinations(range(len(self._aliases)), 2):
            if (first, second) in self._join.ordered:
                yield f"f{first}.n < f{second}.n"
            elif set(self._measures[first]) & set(self._measures[second]):
                yield f"f{first}.n <> f{second}.n"

    def _needs_list(self) -> bool:
        """Whether the choices are not just those of each name and the same measure for all."""
        if self._choices.unlike:
            return True
        chosen = set(self._choices.like)
        if "measure" in self._join.key:
            return chosen != {(measure,) * len(self._aliases) for measure in self._measures[0]}
        return len(chosen) != _product(self._measures)

    # --- what is proved of them

    def _where(self) -> Kleene:
        # Whose subject is part of whose is joined on, and so known.
        parts = [predicate.conjunct(one, self._rows) for one in self._choices.where if not kinship.asked(one)]
        return Kleene(every(one.true for one in parts), some(one.false for one in parts))

    def _agreed(self) -> list[tuple[str, str]]:
        """Whether dates in ``same`` agree, for each two names, where it takes more than that they are joined."""
        return [
            column.agree(name, f"{one}.", f"{other}.", self._relation)
            for name in self._open_dates
            for one, other in combinations(self._aliases, 2)
        ]

    def _compared(self) -> Kleene:
        agreed, disagreed = ["TRUE"], ["FALSE"]
        for name in self._join.rule.comparable:
            for first, second in combinations(range(len(self._aliases)), 2):
                having = every(self._has(name, at) for at in (first, second))
                yes, no = column.agree(name, f"f{first}.", f"f{second}.", self._relation)
                agreed.append(some([f"NOT ({having})", yes]) if having != "TRUE" else yes)
                disagreed.append(every([having, no]))
        return Kleene(every(agreed), some(disagreed))

    def _has(self, name: str, at: int) -> str:
        """Whether a fact counts where it is asked whether they compare: only totals have a start."""
        totals = [measure.id for measure in self._measures[at] if measure.kind == "total"]
        if name != "since" or len(totals) == len(self._measures[at]):
            return "TRUE"
        return one_of(f"f{at}.measure", totals)

    def _verdict(self, *, violated: bool) -> str:
        """The verdict that is proved; "none" where it is proved that there is no match, NULL where nothing is.

        Without ``violated`` nobody asks for a proof of that.
        """
        where, compared = self._where().true, self._compared()
        unlike = ["NOT chosen.alike"] if self._choices.unlike else []
        cases = [(every([where, some([compared.false, *unlike])]), "incomparable")]
        certain = every([where, compared.true, *(yes for yes, _ in self._agreed())])
        lacking, known = self._required()
        cases += [(every([certain, lacking or "FALSE"]), "none"), (every([certain, known.true]), "satisfied")]
        if violated and lacking is not None:
            broken = every([certain, known.false])
            mixed = some(f"f0.claimant IS DISTINCT FROM {other}.claimant" for other in self._aliases[1:])
            cases += [(every([broken, mixed]), ACROSS)] if self._join.rule.across else []
            cases.append((broken, VIOLATED))
        told = " ".join(f"WHEN {condition} THEN '{verdict}'" for condition, verdict in cases if condition != "FALSE")
        return f"CASE {told} END" if told else "NULL"

    def _required(self) -> tuple[str | None, Kleene]:
        """Where ``require`` names what is absent (None: that is not known), and where it is known to hold or not."""
        require = self._join.rule.require
        assert require is not None
        known = predicate.of(require, self._rows)
        return predicate.absent_surely(require, self._rows), known


def ordered(join: Join, chosen: list[Fact]) -> tuple[Fact, ...]:
    """A choice in the order of the ids of names that may be exchanged; the database has them in that of numbers."""
    for first, second in join.ordered:
        if chosen[second].id < chosen[first].id:
            chosen[first], chosen[second] = chosen[second], chosen[first]
    return tuple(chosen)


def _is_own(name: str) -> bool:
    """Whether a field is the fact's own, or else that of its measure, which the choices have seen to."""
    return name == "measure" or name not in column.MEASURED


def _product(several: Sequence[Sequence[Measure]]) -> int:
    total = 1
    for one in several:
        total *= len(one)
    return total
