"""The one pipeline: load, quote, match, judge -> Report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from checker import derive, engine, finding, hedges, load, match, quote, rule
from checker.engine import join
from checker.judge import VERDICTS, Judge, Judgement
from checker.model import Fact, Finding, InputError, InputErrors, Match, Report, Rule, Summary

SEVERITIES = ("error", "warning", "note", "")
NOTHING = Summary(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

Read = TypeVar("Read")
Progress = Callable[[str], None]


class Call(NamedTuple):
    """What a run is asked to do: what to read, and what fails."""

    facts: tuple[Path, ...]
    rules: tuple[str, ...] = (rule.SHIPPED,)  # directories, files, or "shipped"
    sources: Path | None = None
    hedges: Path | None = None
    engine: str = "auto"
    strict: bool = False
    only: tuple[Path, ...] = ()  # resolved files and directories whose facts a finding must touch; all where empty
    verbose: bool = False
    max_findings: int | None = None


def run(call: Call, progress: Progress = lambda _: None) -> Report:
    """Everything that the rules say of the facts; with errors in the input, those and nothing else."""
    try:
        return _run(call, progress)
    except InputErrors as wrong:
        return Report(2, NOTHING, errors=wrong.errors)


def _run(call: Call, progress: Progress) -> Report:
    progress("reading facts")
    read = _Reading()
    profile = read.all_of(lambda: hedges.of(call.hedges))
    repository = read.all_of(lambda: load.facts(call.facts, profile))
    rules = rule.sound(call.rules, read.errors)
    if repository is None:
        raise InputErrors(read.errors)
    selection = read.all_of(lambda: rule.select(rules, repository.vocabulary))
    facts, wrong, unchecked = quote.checked(repository.facts, call.sources, profile)
    if selection is None or wrong or read.errors:
        raise InputErrors([*read.errors, *wrong])

    name, start = engine.choose(call.engine)
    names = repository.vocabulary
    derived = derive.derived(selection.rules, facts, names, start)
    progress("matching")
    judge = Judge(names)
    verdicts = judged(selection.rules, (*facts, *derived), judge, start)
    progress("wording")
    findings = [
        finding.make(found, judgement, judge)
        for found, judgement in verdicts
        if call.verbose or judgement.verdict in ("violated", "suspicious")
    ]
    counts = Counter(judgement.verdict for _, judgement in verdicts)
    return report(call, sorted(findings, key=_order))._replace(
        summary=Summary(
            sources=len(repository.sources),
            facts=len(facts),
            derived=len(derived),
            rules=len(selection.rules),
            matches=len(verdicts),
            violated=counts["violated"],
            suspicious=counts["suspicious"],
            undetermined=counts["undetermined"],
            satisfied=counts["satisfied"],
            incomparable=counts["incomparable"],
            waived=0,
        ),
        notes=(f"engine: {name}", *selection.notes, *_superseded(facts)),
        rules=selection.rules,
        unchecked=unchecked,
    )


class _Reading:
    """Reads one thing after another and keeps what is wrong with each."""

    def __init__(self) -> None:
        self.errors: list[InputError] = []

    def all_of(self, read: Callable[[], Read]) -> Read | None:
        try:
            return read()
        except InputErrors as wrong:
            self.errors += wrong.errors
            return None


def _superseded(facts: Sequence[Fact]) -> list[str]:
    newer = {fact.supersedes: fact.id for fact in facts if fact.supersedes is not None}
    return [f"{fact.id} meets no rule: {newer[fact.id]} supersedes it" for fact in facts if fact.superseded]


def judged(
    rules: Iterable[Rule], facts: Sequence[Fact], judge: Judge, start: engine.Start
) -> list[tuple[Match, Judgement]]:
    """The matches of the rules with ``require``, each with its verdict, in no particular order."""
    joins = [join.of(one) for one in rules if one.require is not None]
    session = start(joins, join.days(joins, facts))
    try:
        candidates = session.add(facts)
    finally:
        session.close()
    matches = match.Matcher(facts, judge).matches(joins, candidates)
    return [(found, judgement) for found in matches if (judgement := judge.verdict(found)) is not None]


def _order(one: Finding) -> tuple[object, ...]:
    return SEVERITIES.index(one.severity), VERDICTS.index(one.verdict), one.rule, one.subject, one.id


# ------------------------------------------------------------------------- what it comes to


def fails(one: Finding, *, strict: bool) -> bool:
    """Whether a finding fails the run (spec, section 5)."""
    if one.status != "new":
        return False
    return (one.verdict == "violated" and one.severity == "error") or (strict and one.severity in ("error", "warning"))


def report(call: Call, findings: Sequence[Finding]) -> Report:
    """The findings that are shown, and whether the run fails."""
    shown = [one for one in findings if not call.only or _touches(one, call.only)]
    failing = sum(fails(one, strict=call.strict) for one in shown)
    listed = shown if call.max_findings is None else shown[: call.max_findings]
    return Report(int(failing > 0), NOTHING, tuple(listed), failing=failing, hidden=len(shown) - len(listed))


def _touches(one: Finding, places: Sequence[Path]) -> bool:
    files = {origin.location.file for cited in one.facts for origin in origins(cited.fact)}
    return any(Path(file).resolve().is_relative_to(place) for file in files for place in places)


def origins(fact: Fact) -> list[Fact]:
    """The facts that were read from which a fact comes: itself, if it was not derived."""
    if fact.derivation is None:
        return [fact]
    return [origin for parent in fact.derivation.facts for origin in origins(parent)]
