"""The one pipeline: load, quote, match, judge, hold against what is known -> Report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from checker import crew, engine, hearing, hedges, load, quote, rule, waivers
from checker.hearing import Heard
from checker.judge import SEVERITIES, VERDICTS, Judge
from checker.model import Fact, Finding, InputError, InputErrors, Match, Picture, Report, Rule, Summary, Waiver
from checker.record import NamedTuple

if TYPE_CHECKING:
    from checker import changes

MOST_LISTED = 1_000  # findings of a run over tables, where it is not said how many are to be listed
NOTHING = Summary(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

Read = TypeVar("Read")
Progress = engine.Progress


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
    picture: bool = False  # the report is to have one: what a page shows beside the findings
    marks: bool = True  # the words of quotes that carry their figures are marked, for a format that shows them
    min_coverage: int = 0  # percent of the figures of each source's text that its facts have to cover
    keep_going: bool = False  # rows of tables that make no sense are counted, listed and left out
    whole: bool = True  # it reads all that there is: else no waiver can be called unused, and no finding gone


def run(call: Call, progress: Progress = engine.silent, piece: Callable[[Finding], str] | None = None) -> Report:
    """Everything that the rules say of the facts; with errors in the input, those and nothing else.

    With ``piece``, each finding that is listed is written by that where it is worded, which may be on any core; it has
    its words in ``Report.pieces`` alone.
    """
    try:
        return _run(call, progress, piece)
    except InputErrors as wrong:
        return Report(2, NOTHING, errors=wrong.errors)


def _run(call: Call, progress: Progress, piece: Callable[[Finding], str] | None) -> Report:
    progress("reading facts")
    read = _read(call)
    progress("matching")
    found = _find(call, read, progress)
    every = sorted((*found.findings, *read.textual), key=_order)
    findings, idle = waivers.apply(read.waived, every, today(call))
    findings, gone = waivers.compare(findings, read.earlier)
    changed = _changed(call, read)
    shown = [one for one in findings if changed is None or changed.touch(one)]
    first, *others = found.heard.notes
    listed = _listed(call, read)
    beyond = found.heard.violated
    notes = (first, *read.selection.notes, *_superseded(read.facts), *others, *found.notes)
    made = _with(report(call._replace(max_findings=listed), shown), call, beyond)
    if listed != call.max_findings and made.hidden:
        notes = (*notes, f"more than {listed:,} findings: --max-findings lists more of them")
    progress("wording")
    if piece is None:
        worded = crew.mapped(found.worded, made.findings)
        made = made._replace(findings=quote.marked(worded, read.profile) if call.marks else worded)
    else:
        made = made._replace(pieces=crew.mapped(lambda one: piece(found.worded(one)), made.findings))
    return made._replace(
        summary=_summary(read, found, sum(one.status == "waived" for one in findings)),
        notes=notes if changed is None else (*notes, changed.note),
        rules=read.selection.rules,
        unchecked=read.unchecked,
        waivers=idle if call.whole else idle._replace(unused=()),
        gone=gone if call.whole else (),
        picture=found.picture,
        errors=InputErrors(found.heard.wrong).errors,  # in order
        left_out=found.heard.left_out,
    )


# ------------------------------------------------------------------------- what is read


class _Input(NamedTuple):
    """All that was read, and found in order."""

    repository: load.Repository
    facts: tuple[Fact, ...]  # with their quotes checked
    profile: hedges.Profile | None
    unchecked: int
    selection: rule.Selection
    waived: tuple[Waiver, ...]
    earlier: tuple[Finding, ...]
    textual: tuple[Finding, ...]  # what is found in the texts alone, beside the rules


def _read(call: Call) -> _Input:
    """Read everything; raises ``InputErrors`` with all that is wrong in any of it."""
    errors: list[InputError] = []
    profile = _sound(lambda: hedges.of(call.hedges), errors)
    repository = _sound(lambda: load.facts(call.facts, profile), errors)
    rules = rule.sound(call.rules, errors)
    earlier = _sound(lambda: waivers.baseline(call.baseline) if call.baseline else (), errors)
    if repository is None:
        raise InputErrors(errors)
    selection = _sound(lambda: rule.select(rules, repository.vocabulary), errors)
    waived = _sound(lambda: waivers.read(repository.waivers), errors)
    facts, wrong, unchecked = quote.checked(repository.facts, call.sources, profile)
    textual = _textual(call, repository, selection.rules if selection else (), profile, wrong)
    if selection is None or waived is None or earlier is None or errors or wrong:
        raise InputErrors([*errors, *wrong])
    return _Input(repository, facts, profile, unchecked, selection, waived, earlier, textual)


def _textual(
    call: Call,
    repository: load.Repository,
    rules: Sequence[Rule],
    profile: hedges.Profile | None,
    errors: list[InputError],
) -> tuple[Finding, ...]:
    """What the texts of the sources hold that no fact tells, and quotes that are to be ignored and are not there."""
    if call.sources is None or not (call.min_coverage or any(source.ignored for source in repository.sources)):
        return ()
    from checker import coverage  # noqa: PLC0415  # only where it is asked for

    asked = coverage.Asked(repository.sources, repository.facts, call.sources, call.min_coverage, rules, profile)
    return tuple(coverage.findings(asked, errors))


def _sound(read: Callable[[], Read], errors: list[InputError]) -> Read | None:
    """What could be read; where it could not, what is wrong with it joins ``errors``."""
    try:
        return read()
    except InputErrors as wrong:
        errors += wrong.errors
        return None


def _changed(call: Call, read: _Input) -> changes.Changes | None:
    """What changed since the commit that is asked for."""
    if call.changed is None:
        return None
    from checker import changes  # noqa: PLC0415  # few runs ask git

    repository = read.repository
    now = changes.State(
        repository.facts, repository.vocabulary, read.selection.rules, repository.tables, repository.context
    )
    return changes.since(call.changed, changes.Places(call.facts, call.rules, call.hedges), now)


def _superseded(facts: Sequence[Fact]) -> list[str]:
    newer = {fact.supersedes: fact.id for fact in facts if fact.supersedes is not None}
    return [f"{fact.id} meets no rule: {newer[fact.id]} supersedes it" for fact in facts if fact.superseded]


def today(call: Call) -> int:
    """The day to judge by; asks the only clock there is."""
    from datetime import UTC, datetime  # noqa: PLC0415  # only where no day is given

    return datetime.now(UTC).toordinal() if call.today is None else call.today


# ------------------------------------------------------------------------- what is found


class _Found(NamedTuple):
    """What the rules say, before what is known of it; ``counts`` are of all matches, and of what is joint."""

    heard: Heard
    findings: list[Finding]  # bare: words are for those that are listed
    worded: Callable[[Finding], Finding]
    counts: Counter[str]
    notes: tuple[str, ...]
    picture: Picture | None


def _find(call: Call, read: _Input, progress: Progress) -> _Found:
    repository = read.repository
    judge = Judge(repository.vocabulary)
    asked = hearing.Asked(
        read.selection.rules,
        read.facts,
        repository.tables,
        repository.context,
        call.engine,
        everything=call.verbose or call.picture,
        keep_going=call.keep_going,
        most=max(call.max_findings or 0, MOST_LISTED) if _is_plain(call, read) else None,
        progress=progress,
        meanwhile=("checker.finding",),
    )
    said = hearing.of(asked, judge)
    from checker import conflict, finding  # noqa: PLC0415  # see ``meanwhile``

    joint = conflict.joint(said.judged, judge.names)
    bare: list[tuple[Finding, Match | conflict.Joint]] = [
        *((finding.bare(*one), one[0]) for one in said.judged if call.verbose or one[1].verdict in finding.SHOWN),
        *((finding.bare_joint(one), one) for one in joint.joint),
    ]
    origins = {(one.id, one.verdict): origin for one, origin in bare}

    def worded(one: Finding) -> Finding:
        origin = origins.get((one.id, one.verdict))
        return one if origin is None else finding.worded(one, origin, judge)

    counts = Counter(judgement.verdict for _, judgement in said.judged) + Counter(said.counted)
    counts += Counter(one.verdict for one, origin in bare if isinstance(origin, conflict.Joint))
    findings = [one for one, _ in bare if call.verbose or one.verdict in finding.SHOWN]
    return _Found(said, findings, worded, counts, joint.notes, _picture(call, read, said))


def _picture(call: Call, read: _Input, said: Heard) -> Picture | None:
    if not call.picture:
        return None
    from checker import picture  # noqa: PLC0415  # few runs are asked for one

    names, facts = read.repository.vocabulary, (*said.facts, *said.derived)
    return picture.of(facts, read.repository.sources, said.judged, names, lambda fact: _is_asked_for(fact, call.only))


def _order(one: Finding) -> tuple[object, ...]:
    return SEVERITIES.index(one.severity), VERDICTS.index(one.verdict), one.rule, one.subject, one.id


# ------------------------------------------------------------------------- what it comes to


def _summary(read: _Input, found: _Found, waived: int) -> Summary:
    return Summary(
        sources=len(read.repository.sources),
        facts=found.heard.stated,
        derived=len(found.heard.derived),
        rules=len(read.selection.rules),
        matches=found.counts.total() + len(read.textual),
        violated=found.counts["violated"] + len(read.textual),
        suspicious=found.counts["suspicious"],
        undetermined=found.counts["undetermined"],
        satisfied=found.counts["satisfied"],
        incomparable=found.counts["incomparable"],
        waived=waived,
    )


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


def _listed(call: Call, read: _Input) -> int | None:
    """How many findings are listed at most: of tables no more than anyone reads, where nothing else is asked for."""
    if call.max_findings is None and read.repository.tables and not call.verbose and not call.picture:
        return MOST_LISTED
    return call.max_findings


def _is_plain(call: Call, read: _Input) -> bool:
    """Whether violations beyond those that are listed may go without a look at each: none is left out or waived."""
    asked = call.only or call.changed or call.baseline or read.waived or call.verbose or call.picture
    return bool(read.repository.tables) and not asked


def _with(made: Report, call: Call, beyond: Mapping[str, int]) -> Report:
    """The report with the violations, by severity, that are only counted."""
    fail = ("error", "warning") if call.strict else ("error",)
    failing = made.failing + sum(beyond.get(severity, 0) for severity in fail)
    return made._replace(exit_code=int(failing > 0), failing=failing, hidden=made.hidden + sum(beyond.values()))


def _touches(one: Finding, places: Sequence[Path]) -> bool:
    return any(_is_asked_for(cited.fact, places) for cited in one.facts)


def _is_asked_for(fact: Fact, places: Sequence[Path]) -> bool:
    read = origins(fact) if places else ()
    files = {origin.location.file for origin in read} | {_mapping(origin) for origin in read}
    return not places or any(Path(file).resolve().is_relative_to(place) for file in files for place in places)


def _mapping(fact: Fact) -> str:
    """The file that says what a fact's file says: of a row, the mapping; of any other, itself."""
    place = fact.location if fact.location.row is None or fact.source is None else fact.source.location
    return place.file


def origins(fact: Fact) -> list[Fact]:
    """The facts that were read from which a fact comes, each once: itself, if it was not derived."""
    found: dict[str, Fact] = {}
    pending = [fact]
    while pending:
        one = pending.pop()
        if one.id not in found:
            found[one.id] = one
            pending += reversed(one.derivation.facts if one.derivation else ())
    return [one for one in found.values() if one.derivation is None]
