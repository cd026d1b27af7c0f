"""The one pipeline: load, quote, match, judge, hold against what is known -> Report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from checker import changes, conflict, derive, engine, finding, hedges, load, match, quote, rule, waivers
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
    changed: str | None = None  # a commit: only findings that touch what changed since then
    baseline: Path | None = None  # a JSON report, whose findings do not fail
    today: int | None = None  # the day by which waivers end, as an ordinal; by default the UTC date
    whole: bool = True  # it reads all that there is: else no waiver can be called unused, and no finding gone


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
    earlier = read.all_of(lambda: waivers.baseline(call.baseline) if call.baseline else ())
    if repository is None:
        raise InputErrors(read.errors)
    selection = read.all_of(lambda: rule.select(rules, repository.vocabulary))
    waived = read.all_of(lambda: waivers.read(repository.waivers))
    facts, wrong, unchecked = quote.checked(repository.facts, call.sources, profile)
    if selection is None or waived is None or earlier is None or read.errors or wrong:
        raise InputErrors([*read.errors, *wrong])
    names = repository.vocabulary
    changed = _changed(call, changes.State(repository.facts, names, selection.rules))

    name, start = engine.choose(call.engine)
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
    found = conflict.joint(verdicts, names)
    together = [finding.joint(one, judge) for one in found.joint]
    findings += [one for one in together if call.verbose or one.verdict != "undetermined"]
    findings, idle = waivers.apply(waived, sorted(findings, key=_order), today(call))
    findings, gone = waivers.compare(findings, earlier)
    counts = Counter([*(judgement.verdict for _, judgement in verdicts), *(one.verdict for one in together)])
    return report(call, [one for one in findings if changed is None or changed.touch(one)])._replace(
        summary=Summary(
            sources=len(repository.sources),
            facts=len(facts),
            derived=len(derived),
            rules=len(selection.rules),
            matches=len(verdicts) + len(together),
            violated=counts["violated"],
            suspicious=counts["suspicious"],
            undetermined=counts["undetermined"],
            satisfied=counts["satisfied"],
            incomparable=counts["incomparable"],
            waived=sum(one.status == "waived" for one in findings),
        ),
        notes=(
            f"engine: {name}",
            *selection.notes,
            *_superseded(facts),
            *found.notes,
            *([changed.note] if changed else []),
        ),
        rules=selection.rules,
        unchecked=unchecked,
        waivers=idle if call.whole else idle._replace(unused=()),
        gone=gone if call.whole else (),
    )


def _changed(call: Call, now: changes.State) -> changes.Changes | None:
    if call.changed is None:
        return None
    return changes.since(call.changed, changes.Places(call.facts, call.rules, call.hedges), now)


def today(call: Call) -> int:
    """The day to judge by; asks the only clock there is."""
    from datetime import UTC, datetime  # noqa: PLC0415  # only where no day is given

    return datetime.now(UTC).toordinal() if call.today is None else call.today


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
