"""One finding of a run, by its id, and everything that can be said of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checker import arithmetic, lines, run
from checker.model import Finding, Report
from checker.report.explain import Told

NEAR = 3  # ids that an error names
LIKE = 0.7  # how much of an id is as it was asked for, from 0 to 1


class NotOne(ValueError):
    """No finding has an id that begins so, or several have; the text says which there are."""


def tell(report: Report, prefix: str) -> Told:
    """All about the one finding whose id begins so; raises ``NotOne``."""
    found = find(report.findings, prefix)
    named = (found.rule, *(found.conflict.rules if found.conflict else ()))
    rules = tuple(rule for rule in report.rules if rule.id in named)
    facts = {fact.id: fact for cited in found.facts for fact in (*run.origins(cited.fact), cited.fact)}
    return Told(
        found,
        rules,
        arithmetic.of(found, rules[0]) if [rule.id for rule in rules] == [found.rule] else None,
        tuple((fact, () if fact.derivation else lines.of(fact.location)) for fact in facts.values()),
    )


def find(findings: Sequence[Finding], prefix: str) -> Finding:
    """The finding whose id begins so; raises ``NotOne``."""
    fitting = [one for one in findings if one.id.startswith(prefix.lower())] if prefix else []
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise NotOne(f"{len(fitting)} findings have an id that begins with “{prefix}”: {_listed(fitting)}")
    near = _listed(_near(findings, prefix))
    hint = f"did you mean {near}?" if near else "checker run -v lists all findings with their ids"
    raise NotOne(f"no finding has an id that begins with “{prefix[:40]}”; {hint}")


def _near(findings: Sequence[Finding], prefix: str) -> list[Finding]:
    """Those whose ids are most like it: a digit wrong, left out or exchanged with the next."""
    from difflib import SequenceMatcher  # noqa: PLC0415  # only where nothing was found

    def likeness(one: Finding) -> float:
        return SequenceMatcher(None, prefix.lower(), one.id[: max(1, len(prefix))]).ratio()

    alike = sorted(findings, key=likeness, reverse=True)
    return [one for one in alike[:NEAR] if likeness(one) > LIKE]


def _listed(findings: Iterable[Finding]) -> str:
    named = [f"{one.id} ({one.verdict}, {one.rule})" for one in findings]
    more = len(named) - NEAR
    return ", ".join(named[:NEAR]) + (f" and {more} more" if more > 0 else "")
