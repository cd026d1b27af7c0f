"""What holds for every fact of a relation: known from the SQL that makes them, else asked of the rows.

It is told by names: ``points``, every value is one number; ``bounded``, every value has two ends; and the name of a
date, where that is one day in each fact, or not there.
"""

from __future__ import annotations

from checker.engine.dialect import Database, some
from checker.model import Period

DATES = ("as_of", "during", "since", "published", "retrieved")
ALL = frozenset({"points", "bounded", *DATES})
VAGUE = "~?%"  # signs in the text of a date that is only about there
_OPEN = "odd OR low IS NULL OR high IS NULL"
_AGAINST = {"points": f"{_OPEN} OR low <> high", "bounded": _OPEN}


def is_so(what: str, database: Database, relation: str) -> bool:
    """Whether something holds for all facts of a relation, by a look at them."""
    against = _AGAINST.get(what) or _is_open(what)
    ((found,),) = database.rows(f"SELECT COALESCE(bool_or({against}), FALSE) FROM {relation}")
    return not found


def is_day(written: Period) -> bool:
    """Whether a date is one day, and not only about there."""
    return written.first is not None and written.first == written.last and not set(VAGUE) & set(written.text)


def vague(stem: str) -> str:
    """Whether a date is only about there."""
    return some(f"position('{sign}' IN {stem}_text) > 0" for sign in VAGUE)


def _is_open(stem: str) -> str:
    """Whether a date is anything but one day."""
    several = f"COALESCE({stem}_first <> {stem}_last, {stem}_text IS NOT NULL)"
    return f"{several} OR {vague(stem)}" if stem == "during" else several
