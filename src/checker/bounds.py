"""What all facts and rules together leave each quantity: the tightest interval, beside what was stated.

Both ends of an interval are attained: for each there are values of all other quantities, within what
is said of them, with which every rule is kept.
"""

from __future__ import annotations

from checker import conflict, hearing, hedges, leeway, load, rule, run
from checker.judge import Judge
from checker.model import Bound, InputError, InputErrors, Location


def bounds(call: run.Call) -> list[Bound]:
    """What is left of each fact that a linear rule of severity error speaks of, in order of subject and id.

    Raises ``InputErrors`` where facts or rules are wrong.
    """
    repository = load.facts(call.facts, hedges.of(call.hedges))
    names = repository.vocabulary
    rules = rule.select(rule.gather(call.rules), names).rules
    tables, context = repository.tables, repository.context
    asked = hearing.Asked(rules, repository.facts, tables, context, call.engine, everything=True)
    heard = hearing.of(asked, Judge(names))
    if heard.stated > hearing.MOST_SHOWN and heard.counted:
        message = (
            f"more than {hearing.MOST_SHOWN:,} facts: the database counts what is satisfied, and bounds rest on it"
        )
        raise InputErrors([InputError(Location("checker bounds"), message, "--engine plain, which takes longer")])
    part = conflict.taking(heard.judged, names, everything=True)
    return sorted(leeway.left(part), key=lambda one: (one.fact.subject, one.fact.id))
