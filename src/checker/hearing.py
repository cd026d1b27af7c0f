"""What the rules say of all facts, by whichever engine: what is derived, and the matches with their verdicts.

The engines of records (``durable``, ``plain``) find candidates among facts that are Python records.
Those of databases (``engine.DATABASES``) prove in the database what they can, and only the rest is
made into records. What a match is and what it comes to is decided in one place for all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType

from checker import derive, engine, match
from checker.engine import Progress, join, silent
from checker.fact import Context
from checker.judge import Judge, Judgement
from checker.model import Fact, InputError, Match, Rule
from checker.record import NamedTuple
from checker.table import Table

MOST_SHOWN = 100_000  # facts: above, what is satisfied is counted only, also where all outcomes are asked for

Judged = list[tuple[Match, Judgement]]


class Asked(NamedTuple):
    """Facts and rules, and how to hold them against each other."""

    rules: Sequence[Rule]
    facts: Sequence[Fact]
    tables: Sequence[Table]
    context: Context
    engine: str = "auto"
    everything: bool = False  # each match is to be shown
    keep_going: bool = False  # rows of tables that make no sense are left out
    most: int | None = None  # of one rule, so many violations that a database has proved; the others are counted
    progress: Progress = silent
    meanwhile: Sequence[str] = ()  # modules that will be needed, to be loaded while a database opens


class Heard(NamedTuple):
    """What came of it."""

    judged: Judged
    derived: tuple[Fact, ...] = ()
    facts: tuple[Fact, ...] = ()  # all that were stated and are records; not those of tables that stay in a database
    stated: int = 0  # how many were stated
    counted: Mapping[str, int] = MappingProxyType({})  # verdicts of matches that nobody has to look at
    violated: Mapping[str, int] = MappingProxyType({})  # of the counted, the violations of each severity
    wrong: tuple[InputError, ...] = ()  # rows that were left out: the first of them
    left_out: int = 0  # how many there were
    notes: tuple[str, ...] = ()


def of(asked: Asked, judge: Judge) -> Heard:
    """What the rules say; raises ``InputErrors``, also for rows of tables that make no sense."""
    few = asked.facts if len(asked.facts) < engine.LARGE else ()  # of more, the longest series decides nothing
    longest = max(Counter((fact.subject, fact.measure.id) for fact in few).values(), default=0)
    name, why = engine.chosen(asked.engine, len(asked.facts), longest, tabular=bool(asked.tables))
    found = (_in_database if name in engine.DATABASES else _among_records)(asked, name, judge)
    return found._replace(notes=(f"engine: {name} ({why})" if why else f"engine: {name}", *found.notes))


def _among_records(asked: Asked, name: str, judge: Judge) -> Heard:
    _, start = engine.choose(name)
    heard = Heard([], facts=tuple(asked.facts))
    if asked.tables:
        from checker.engine import tabular  # noqa: PLC0415  # reads with DuckDB

        read = tabular.read(asked.tables, asked.context, keep_going=asked.keep_going)
        heard = Heard([], facts=(*heard.facts, *read.facts), wrong=read.errors, left_out=read.left_out)
    derived = derive.derived(asked.rules, heard.facts, judge.names, start)
    found = judged(asked.rules, (*heard.facts, *derived), judge, start)
    return heard._replace(judged=found, derived=derived, stated=len(heard.facts))


def judged(rules: Iterable[Rule], facts: Sequence[Fact], judge: Judge, start: engine.Start) -> Judged:
    """The matches of the rules with ``require``, each with its verdict, in no particular order."""
    joins = [join.of(one, judge.names) for one in rules if one.require is not None]
    session = start(joins, join.days(joins, facts))
    try:
        candidates = session.add(facts)
    finally:
        session.close()
    matches = match.Matcher(facts, judge).matches(joins, candidates)
    return [(found, judgement) for found in matches if (judgement := judge.verdict(found)) is not None]


def _in_database(asked: Asked, name: str, judge: Judge) -> Heard:
    asked.progress("reading tables" if asked.tables else "reading facts")
    database = engine.database(name, [file for one in asked.tables for file in one.files])
    try:
        from checker import sql  # noqa: PLC0415  # loaded with a database alone, and while that opens
        from checker.engine import relation  # noqa: PLC0415

        for module in asked.meanwhile:
            import_module(module)
        facts = relation.Relation(
            database,
            asked.facts,
            asked.tables,
            asked.context,
            keep_going=asked.keep_going,
            asked=sql.asked(asked.rules),
        )
        derived = sql.derived(asked.rules, facts, judge.names)
        shown = asked.everything and facts.count - len(derived) <= MOST_SHOWN
        found = sql.judged(asked.rules, facts, judge, everything=shown, most=asked.most, progress=asked.progress)
        stated, wrong, left_out = facts.count - len(derived), tuple(facts.errors), facts.left_out
    except BaseException:
        database.close()
        raise
    database.leave()
    hidden = asked.everything and not shown
    notes = (f"more than {MOST_SHOWN:,} facts: what is satisfied is counted, not listed",) if hidden else ()
    return Heard(
        found.verdicts, derived, tuple(asked.facts), stated, found.counted, found.violated, wrong, left_out, notes
    )
