"""The phrases that every format made for people shares; all of them clean text on one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from checker import model, period, quantity
from checker.report import clean

MANY_DAYS = 20
REPAIRS = 3
PARENTS = 6  # as many as a sentence bears
FACTS = 12  # of one finding, unless all are asked for
VERDICTS = ("violated", "suspicious", "undetermined", "satisfied", "incomparable")


def counted(number: int, noun: str) -> str:
    """A number and its noun.

    >>> counted(1, "fact"), counted(1200, "match")
    ('1 fact', '1,200 matches')
    """
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun}{'es' if noun.endswith('ch') else 's'}"


def place(location: model.Location, column: bool = False) -> str:
    """Where to look, in the form that editors and terminals open: ``file:line``; in a table ``file row n``."""
    if location.row is not None:
        return clean.text(f"{location.file} row {location.row}")
    numbers = [location.line, location.column if column else None]
    return clean.text(":".join([location.file, *(str(number) for number in numbers if number is not None)]))


def who(fact: model.Fact) -> str:
    """Who says so, in which source where the place does not tell that already, and on what basis."""
    source = fact.source.id if fact.source else None
    words = fact.claimant or source or ""
    if source and source != words and source not in fact.location.file:
        words += f" in {source}"
    return clean.text(words if fact.basis == "reported" else f"{words}, {fact.basis}".removeprefix(", "))


def when(fact: model.Fact) -> str:
    """The time that a fact is about."""
    named = (("as of", fact.as_of), ("during", fact.during))
    return clean.text(" ".join(f"{word} {days.text}" for word, days in named if days))


def value(fact: model.Fact) -> str:
    """The source's words for the value; a derived one has none, so what it comes to."""
    words, literal, _ = fact.value
    return clean.text(words or (span(literal, fact.measure.type) if literal else ""))


def span(interval: model.Interval, kind: str) -> str:
    """An interval in the words for its type."""
    if kind == "date":
        first, last = (None if end is None else int(end) for end in interval[:2])
        return period.show(first, last)
    return quantity.show(_in_whole_days(interval) if kind == "duration" else interval, kind)


def _in_whole_days(interval: model.Interval) -> model.Interval:
    """The days nearest to the ends of an interval of many: nobody reads the quarters of a month's last day."""
    low, high = interval.low, interval.high
    if low is None or high is None or high - low < MANY_DAYS:
        return interval
    return model.Interval(round(low), round(high))


def quote(fact: model.Fact) -> str:
    """The words that show a fact, in quotation marks."""
    return f"“{clean.text(fact.quote)}”" if fact.quote else ""


def derivation(derived: model.Derivation) -> str:
    """Which facts a derived one comes from, with their values, and by which rule."""
    parents = [f"{parent.id} ({value(parent)})" for parent in derived.facts]
    return clean.text(f"derived from {_listed(parents)} by {derived.rule}")


def _listed(words: Sequence[str]) -> str:
    named = ", ".join(words[:PARENTS])
    return named if len(words) <= PARENTS else f"{named} and {len(words) - PARENTS:,} more"


def subject(finding: model.Finding) -> str:
    """What a finding is about (``titled``)."""
    titles = (titled(cited.fact) for cited in finding.facts if cited.fact.subject == finding.subject)
    return next(titles, clean.text(finding.subject))


def titled(fact: model.Fact) -> str:
    """The title of what a fact is about; its id where it has none, and both where others have the same title."""
    own = f"{fact.subject} ({fact.subject_title})" if fact.shares_title else fact.subject_title
    return clean.text(own if fact.subject_title and own else fact.subject)


def head(finding: model.Finding) -> str:
    """What a finding is, beside its verdict and message."""
    status = "" if finding.status == "new" else finding.status
    parts = [finding.severity, status, finding.rule, finding.id]
    return " · ".join([*(clean.text(part) for part in parts if part), subject(finding)])


def waiver(one: model.Waiver) -> str:
    """Why a finding is accepted, by whom and until when."""
    more = [f"by {one.by}" if one.by else "", f"until {one.until.text}" if one.until else ""]
    return clean.text(" · ".join([f"waived: {one.reason}", *filter(None, more)]))


def known(report: model.Report) -> list[str]:
    """What was known and is no more so: waivers that are not in force, findings of the baseline that are gone."""
    ended = [(one, f"ran out on {one.until.text}" if one.until else "ran out") for one in report.waivers.expired]
    unused = [(one, "fits no finding") for one in report.waivers.unused]
    lines = [f"the waiver of {one.finding} {what} ({place(one.location)})" for one, what in [*ended, *unused]]
    gone = len(report.gone)
    if gone:
        verb = "is" if gone == 1 else "are"
        named = _listed([one.id for one in report.gone])
        lines.append(f"{counted(gone, 'finding')} of the baseline {verb} gone: {named}")
    return [clean.text(line) for line in lines]


def name(one: model.Cited) -> str:
    """The name of a fact in the rule, and the part that it is of what it is broken down by."""
    parts = ", ".join(part for _, part in one.fact.dimensions)
    return clean.text(f"{one.name} ({parts})" if parts else one.name)


def cited(one: model.Cited) -> str:
    """A fact under its name in the rule: its value, and the words that show it or what it derives from."""
    shown = derivation(one.fact.derivation) if one.fact.derivation else quote(one.fact)
    told = f"{name(one)}: {value(one.fact)}"
    return f"{told} — {shown}" if shown else told


def facts(finding: model.Finding) -> list[str]:
    """The facts of a finding, each on a line: who says so, when and where, behind what it says."""
    lines = []
    for one in finding.facts[:FACTS]:
        fact = one.fact
        where = "" if fact.derivation else place(fact.location)
        lines.append(f"{cited(one)} ({', '.join(filter(None, (who(fact), when(fact), where)))})")
    hidden = len(finding.facts) - len(lines)
    return [*lines, f"and {counted(hidden, 'fact')} more"] if hidden else lines


def outcome(finding: model.Finding) -> str:
    """The facts of a finding with their values, and why they are not judged."""
    facts = _listed([f"{name(cited)} {value(cited.fact)}" for cited in finding.facts])
    return clean.text(f"{facts}: {finding.reason}" if finding.reason else facts)


def sides(finding: model.Finding) -> list[str]:
    """What the two sides come to; for a suspicious finding as a reader takes them, then to the letter.

    Where a finding compares no two sides, the chain of what follows from what.
    """
    if finding.left is None and finding.right is None:
        return [clean.text("; ".join(finding.chain)), *smaller(finding)] if finding.chain else smaller(finding)
    if finding.verdict != "suspicious":
        return list(filter(None, [_sides(finding, "literal")]))
    readings = {"as usually meant": "conventional", "to the letter": "literal"}
    both = {label: _sides(finding, reading) for label, reading in readings.items()}
    return [f"{label}, {words}" for label, words in both.items() if words]


def smaller(finding: model.Finding) -> list[str]:
    """That what several rules contradict may be said with less, where that is not known."""
    conflict = finding.conflict
    if conflict is None or conflict.smallest or finding.rule in conflict.rules:
        return []
    return ["there may be a smaller set that cannot stand: this group is too large to look at all"]


def _sides(finding: model.Finding, reading: str) -> str:
    """Both sides of a comparison of numbers or dates; of two texts the message says all there is to say."""
    shown = [(side, getattr(side, reading)) for side in (finding.left, finding.right) if side]
    if all(comes_to is None for _, comes_to in shown):
        return ""
    return clean.text(" · ".join(_side(side, comes_to) for side, comes_to in shown))


def _side(side: model.Side, comes_to: model.Interval | None) -> str:
    if comes_to is None:
        return side.text
    words = span(comes_to, side.type)
    return words if words == side.text else f"{side.text}: {words}"


def repairs(finding: model.Finding) -> list[str]:
    """What would have to change, in one line, and the slip that would explain it; or why nothing would do."""
    names = {cited.fact.id: name(cited) for cited in finding.facts}
    ways = [" and ".join(_changed(change, names) for change in repair.changes) for repair in finding.repairs]
    told = f"would stand with {', or '.join(ways[:REPAIRS])}" if ways else finding.unrepaired
    return [clean.text(told)] if told else []


def _changed(change: model.Change, names: Mapping[str, str]) -> str:
    hint = f"; {change.hint}" if change.hint else ""
    return f"{names.get(change.fact, change.fact)} {change.after} (now {change.before}{hint})"


def summary(report: model.Report) -> str:
    """What was read, what came of it, what is not listed, and what that means for the exit."""
    counts = report.summary
    facts = counted(counts.facts, "fact") + (f" ({counts.derived:,} derived)" if counts.derived else "")
    read = [counted(counts.sources, "source"), facts, counted(counts.rules, "rule"), counted(counts.matches, "match")]
    verdicts = ", ".join(f"{getattr(counts, verdict):,} {verdict}" for verdict in VERDICTS)
    rest = [
        (counts.waived, f"{counts.waived:,} waived"),
        (report.unchecked, f"{counted(report.unchecked, 'quote')} unchecked (no text here)"),
        (report.left_out, f"{counted(report.left_out, 'row')} left out"),
        (report.hidden, f"{report.hidden:,} not listed (--max-findings)"),
    ]
    return " · ".join([f"{', '.join(read)}: {verdicts}", *(words for number, words in rest if number), exit_(report)])


def exit_(report: model.Report) -> str:
    """Whether a run fails, and by how many findings."""
    return f"fails: {counted(report.failing, 'finding')}" if report.exit_code else "passes"


def last(report: model.Report) -> str:
    """The line that sums up a run."""
    return refusal(report) if report.exit_code == 2 else summary(report)


def left_out(report: model.Report) -> list[str]:
    """What is wrong with the rows without which a run kept going, as far as they are listed."""
    return [] if report.exit_code == 2 else [line for wrong in report.errors for line in error(wrong)]


def refusal(report: model.Report) -> str:
    """How much of the input is wrong."""
    files = len({wrong.location.file for wrong in report.errors})
    return f"{counted(len(report.errors), 'error')} in {counted(files, 'file')}; nothing was judged"


def error(wrong: model.InputError) -> list[str]:
    """What is wrong and where, and on a line of its own what was expected."""
    lines = [f"{place(wrong.location, column=True)}: {clean.text(wrong.message)}"]
    return [*lines, f"expected: {clean.text(wrong.expected)}"] if wrong.expected else lines
