"""The nouns: what the rest of the program passes around. Every record is frozen.

Numbers are exact: an ``int`` where whole, else a ``Fraction``. Days are proleptic Gregorian
ordinals (``datetime.date.toordinal``), so that dates compare and subtract like other integers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from checker.record import NamedTuple

Exact = int | Fraction


class Location(NamedTuple):
    """A place in a file: line and column from 1, or the row of a table (first below the header is 1)."""

    file: str
    line: int | None = None
    column: int | None = None
    row: int | None = None


class InputError(NamedTuple):
    """One thing that is wrong with what was read: where, what, and what was expected instead."""

    location: Location
    message: str
    expected: str = ""


class InputErrors(Exception):
    """The input is wrong; carries every error found, in order of file and line."""

    def __init__(self, errors: Sequence[InputError]) -> None:
        self.errors = tuple(sorted(set(errors), key=_place))
        super().__init__("; ".join(error.message for error in self.errors))


def _place(error: InputError) -> tuple[str, int, int, str]:
    location = error.location
    return location.file, location.line or location.row or 0, location.column or 0, error.message


# ------------------------------------------------------------------------- values and time


class Interval(NamedTuple):
    """All numbers between two ends; ``None`` is no bound on that side (and is never included)."""

    low: Exact | None
    high: Exact | None
    includes_low: bool = True
    includes_high: bool = True


EVERYTHING = Interval(None, None, False, False)


class Value(NamedTuple):
    """What is known about a number (spec, section 3): the words, and the two intervals they mean.

    The literal interval contains the conventional one. Dates are intervals of days. A value of
    type text has no intervals. A value of type count has only whole numbers in its intervals.
    """

    text: str
    literal: Interval | None = None
    conventional: Interval | None = None


class Period(NamedTuple):
    """An EDTF date as the days it may mean, both ends included; ``None`` is an open end."""

    text: str
    first: int | None
    last: int | None


# ------------------------------------------------------------------------- linear forms


class Unknown(NamedTuple):
    """A quantity that may be anywhere in its intervals. Two unknowns of one key are one quantity."""

    key: str
    whole: bool  # whole numbers only
    literal: Interval
    conventional: Interval


class Linear(NamedTuple):
    """``constant`` plus each coefficient times its unknown."""

    constant: Exact
    terms: tuple[tuple[Unknown, Exact], ...] = ()


# ------------------------------------------------------------------------- vocabulary


class Measure(NamedTuple):
    """What is counted or stated."""

    id: str
    type: str  # count | number | percent | money | date | duration | text
    unit: str | None = None
    kind: str | None = None  # stock | flow | total
    counting: str | None = None  # gross | net
    total_of: str | None = None
    within: str | None = None
    title: str | None = None


class Subject(NamedTuple):
    """The population, event or entity that a claim is about."""

    id: str
    title: str | None = None
    part_of: str | None = None
    since: Period | None = None


class Dimension(NamedTuple):
    """A breakdown: with ``exhaustive``, the values together are the whole."""

    id: str
    values: tuple[str, ...] = ()
    exhaustive: bool = False


class Claimant(NamedTuple):
    """Who says so; ``weight`` is how much more a desk trusts it than another, ``fixed`` that it is never doubted."""

    id: str
    title: str | None = None
    weight: Exact = 1
    fixed: bool = False


class Vocabulary(NamedTuple):
    """All declared names. A key may be a glob; look names up with ``vocabulary.find``."""

    measures: Mapping[str, Measure]
    subjects: Mapping[str, Subject]
    claimants: Mapping[str, Claimant]
    events: Mapping[str, str | None]  # id: title
    dimensions: Mapping[str, Dimension]
    names: Mapping[str, tuple[str, ...]]  # the declared spelling: its other spellings


# ------------------------------------------------------------------------- facts


class Ignored(NamedTuple):
    """A number in a source's text that is rightly no fact: the words that hold it, and why."""

    quote: str
    reason: str
    location: Location


class Source(NamedTuple):
    """One document: an article, a press release, a data table."""

    id: str
    location: Location
    title: str | None = None
    publisher: str | None = None
    url: str | None = None
    language: str | None = None
    retrieved: Period | None = None
    published: Period | None = None
    origin: str | None = None
    text: str | None = None  # file name in the source archive
    sha256: str | None = None
    ignored: tuple[Ignored, ...] = ()


FIGURE = "figure"  # the measure of what a finding cites from a source's text, and no fact file states


class QuoteCheck(NamedTuple):
    """What became of a quote: does it stand in the text, does it state the value.

    ``stands`` is None where the text is not in the archive; ``states`` is None where the quote
    holds no number or date, or the value is none that a quote can state. ``says`` is the figure
    that the quote states, for the reader of a finding.
    """

    stands: bool | None
    states: bool | None
    says: str | None = None


class Mark(NamedTuple):
    """The characters ``start:end`` of a quote, which carry its figure or the hedge of that."""

    start: int
    end: int
    kind: str  # figure | hedge


class Derivation(NamedTuple):
    """Where a derived fact comes from."""

    rule: str
    facts: tuple[Fact, ...]
    form: Linear | None  # its value over the values of those facts, where that is linear


class Fact(NamedTuple):
    """One claim that a source makes.

    ``id`` is the whole id, ``source#fact``. A derived fact has no source where its parents
    have different ones, and no claimant where they differ.
    """

    id: str
    measure: Measure
    subject: str
    value: Value
    location: Location
    source: Source | None
    claimant: str | None
    as_of: Period | None = None
    during: Period | None = None
    since: Period | None = None
    event: str | None = None
    basis: str = "reported"  # announced | reported | verified | estimated | planned
    quote: str | None = None
    dimensions: tuple[tuple[str, str], ...] = ()  # sorted by name
    complete: tuple[str, ...] = ()
    supersedes: str | None = None
    superseded: bool = False
    subject_title: str | None = None
    shares_title: bool = False  # the title is that of every subject that fits a glob
    checked: QuoteCheck | None = None
    derivation: Derivation | None = None
    marks: tuple[Mark, ...] = ()  # of the quote, from left to right, where a finding that is listed cites the fact
    fixed: bool = False  # no repair changes it


# ------------------------------------------------------------------------- rules


class Literal(NamedTuple):
    """A number, a text or a date written in an expression."""

    value: Exact | str | Period


class Reference(NamedTuple):
    """A name bound by ``given``, or with ``field`` a field of its fact (``during.end``)."""

    name: str
    field: str | None = None


class Operation(NamedTuple):
    """``+ - * /``, a comparison, ``and``, ``or`` or ``not`` over its operands; ``-`` may have one."""

    operator: str
    operands: tuple[Expression, ...]


class Call(NamedTuple):
    """One of the functions of the language."""

    function: str
    arguments: tuple[Expression, ...]


Expression = Literal | Reference | Operation | Call


class Pattern(NamedTuple):
    """A name in ``given`` and what its fact must be like.

    ``fields`` maps a field to the texts it may have: globs, or the words ``null`` (absent) and
    ``any`` (present). ``dimensions`` is the same for each dimension, or None for totals only;
    it is a tuple of alternatives, each either ``null``, ``any`` or a mapping.
    """

    name: str
    fields: tuple[tuple[str, tuple[str, ...]], ...] = ()
    dimensions: tuple[str | tuple[tuple[str, tuple[str, ...]], ...], ...] = ("null",)
    collect: bool = False
    or_none: bool = False
    by: tuple[str, ...] = ()
    next: str | None = None
    along: str | None = None  # with next: the date field along which it is the next


class Derive(NamedTuple):
    """The new fact that a rule makes: fields with their texts or expressions, and the value."""

    measure: str
    value: Expression
    fields: tuple[tuple[str, str | Expression], ...] = ()


class Example(NamedTuple):
    """Facts (as written, before defaults) and what a rule must say of them."""

    expect: object
    facts: Sequence[Mapping[str, object]]
    find: Callable[[], Location]

    @property
    def location(self) -> Location:
        """Where it stands: looked for only when somebody asks, as few runs do."""
        return self.find()


class Rule(NamedTuple):
    """A relation that facts must keep, or with ``derive`` a fact that follows from others."""

    id: str
    location: Location
    given: tuple[Pattern, ...]
    title: str = ""
    severity: str = "error"  # error | warning | note
    across: str | None = None
    same: tuple[str, ...] = ()
    comparable: tuple[str, ...] = ()
    where: Expression | None = None
    require: Expression | None = None
    derive: Derive | None = None
    message: str = ""
    why: str = ""
    examples: tuple[Example, ...] = ()
    shipped: bool = False
    vocabulary: Vocabulary | None = None  # the file's own names, for its examples
    find: Callable[[str], Location] | None = None

    def place(self, part: str) -> Location:
        """Where a part stands: ``where``, ``require``, ``derive``, ``message``, or a name of ``given``."""
        return self.location if self.find is None else self.find(part)


class Match(NamedTuple):
    """One choice of facts that a rule applies to: for each name a fact, or for a collection several.

    ``certain`` is False where an open date or value leaves it undecided whether the rule applies;
    ``comparable`` is False where the facts differ in a field that the rule compares only alike.
    """

    rule: Rule
    bindings: tuple[tuple[str, Fact | tuple[Fact, ...]], ...]
    certain: bool = True
    comparable: bool = True


# ------------------------------------------------------------------------- what comes out


class Side(NamedTuple):
    """One side of a comparison: as written, what it comes to, and in which type that is read."""

    text: str
    literal: Interval | None
    conventional: Interval | None
    type: str = "number"


class Cited(NamedTuple):
    """A fact in a finding, under its name in the rule."""

    name: str
    fact: Fact


class Waiver(NamedTuple):
    """A finding that is known and accepted: it is still shown, and fails no run while the waiver counts."""

    finding: str  # its id, or the beginning of it
    reason: str
    location: Location
    by: str | None = None
    until: Period | None = None  # the last day on which it counts


class Conflict(NamedTuple):
    """Facts and rules that cannot all stand, none of which can be left out.

    Without ``smallest`` there may be a smaller set: the group was too large to look at all.
    """

    facts: tuple[str, ...]
    rules: tuple[str, ...]
    smallest: bool = True


class Change(NamedTuple):
    """One fact that would have to change: from what it is, to what range, by how much; and a slip that explains it."""

    fact: str
    before: str
    after: str
    change: str
    hint: str = ""


class Repair(NamedTuple):
    """Changes that together resolve a finding."""

    changes: tuple[Change, ...]


class Finding(NamedTuple):
    """The outcome of one match, or with the rule ``joint`` of several."""

    id: str
    rule: str
    severity: str  # error | warning | note; "" where the verdict shows none
    verdict: str  # violated | suspicious | undetermined | satisfied | incomparable
    status: str  # new | waived | baseline
    subject: str
    message: str
    facts: tuple[Cited, ...]
    left: Side | None = None
    right: Side | None = None
    reason: str = ""  # why a match is undetermined or incomparable
    waiver: Waiver | None = None  # the one that counts; where there is one, the status is waived
    conflict: Conflict | None = None
    repairs: tuple[Repair, ...] = ()  # all of the least size, up to ten
    unrepaired: str = ""  # why there is no repair, where one was looked for
    chain: tuple[str, ...] = ()  # from what is stated to what contradicts it, step by step


class Waivers(NamedTuple):
    """The waivers that are not in force."""

    expired: tuple[Waiver, ...] = ()  # they fit a finding, but their last day is over
    unused: tuple[Waiver, ...] = ()  # they fit no finding


class Bound(NamedTuple):
    """A fact, what its source states of the number or date, and what all facts and rules leave of that.

    ``state`` is tighter, as stated, contradictory or undecided. Where the facts contradict each other,
    or it takes more work than is allowed to say, nothing is left to show.
    """

    fact: Fact
    stated: Interval
    left: Interval | None
    state: str


class Picture(NamedTuple):
    """What a page shows beside the findings: all that is known of the subjects that a run is about."""

    facts: tuple[Fact, ...]  # as they were read, then the derived ones
    sources: tuple[Source, ...]
    vocabulary: Vocabulary
    bounds: tuple[Bound, ...]
    incomparable: tuple[Finding, ...]


class Summary(NamedTuple):
    """Counts over the whole run; the verdicts add up to the matches."""

    sources: int
    facts: int
    derived: int
    rules: int
    matches: int
    violated: int
    suspicious: int
    undetermined: int
    satisfied: int
    incomparable: int
    waived: int


class Report(NamedTuple):
    """All that a run has to say. With errors there are no findings, but where it kept going without some rows."""

    exit_code: int
    summary: Summary
    findings: tuple[Finding, ...] = ()
    errors: tuple[InputError, ...] = ()
    notes: tuple[str, ...] = ()  # shown under -v: rules that do not apply here, the engine chosen
    rules: tuple[Rule, ...] = ()
    failing: int = 0  # findings that fail the run, listed or not
    unchecked: int = 0  # quotes whose source text is not in the archive
    hidden: int = 0  # findings beyond --max-findings
    waivers: Waivers = Waivers()
    gone: tuple[Finding, ...] = ()  # findings of the baseline that this run has not; without their facts and sides
    picture: Picture | None = None  # where a format asks for it
    pieces: tuple[str, ...] = ()  # the findings as the only format has them, where they have their words here alone
    left_out: int = 0  # rows of tables that make no sense; the errors are of the first of them
