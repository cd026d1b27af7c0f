"""Which of two names of a rule is the earlier one, by which date."""

from __future__ import annotations

from checker import field
from checker.engine.join import Join
from checker.model import Expression, Operation, Reference
from checker.record import NamedTuple
from checker.sql.choice import Choices
from checker.sql.proof import NotGrouped


class Order(NamedTuple):
    """Which of two names is the earlier, by which date field; where not ``strictly``, perhaps on the same day."""

    earlier: str
    later: str
    along: str
    strictly: bool
    condition: Expression | None  # of ``where``; None where the later one comes next


def of(join: Join, choices: Choices) -> Order:
    """The order of a rule; raises ``NotGrouped`` where it has none."""
    if len(join.names) != 2 or len(join.rule.given) != 2 or choices.unlike or join.ordered:
        raise NotGrouped
    for one, other in (join.names, join.names[::-1]):
        if other.next == one.name and one.next is None and other.along is not None:
            return Order(one.name, other.name, other.along, True, None)
    if any(pattern.next for pattern in join.names):
        raise NotGrouped
    found = next(filter(None, map(_order, choices.where)), None)
    if found is None:
        raise NotGrouped
    return found


def _order(condition: Expression) -> Order | None:
    if not isinstance(condition, Operation) or condition.operator not in ("<", "<=", ">", ">="):
        return None
    left, right = condition.operands
    if condition.operator.startswith(">"):
        left, right = right, left
    if not isinstance(left, Reference) or not isinstance(right, Reference) or left.name == right.name:
        return None
    if left.field is None or left.field != right.field or not field.is_date(left.field):
        return None
    return Order(left.name, right.name, left.field, len(condition.operator) == 1, condition)
