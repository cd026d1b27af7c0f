"""A flood in Lindow, told by four sources that do not agree; built by hand, in no need of the rest of checker."""

from __future__ import annotations

import os
from datetime import date
from fractions import Fraction
from pathlib import Path

from hypothesis import strategies as st

from checker.model import (
    Cited,
    Derivation,
    Exact,
    Fact,
    Finding,
    InputError,
    Interval,
    Location,
    Measure,
    Period,
    Report,
    Rule,
    Side,
    Source,
    Summary,
    Value,
    Waiver,
    Waivers,
)

SNAPSHOTS = Path(__file__).parent / "snapshots"


def same_as_snapshot(name: str, text: str) -> None:
    """Compare with the stored text, exactly; UPDATE_SNAPSHOTS=1 stores what there is now."""
    file = SNAPSHOTS / name
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        file.write_bytes(text.encode())
    assert file.read_bytes().decode() == text


# ------------------------------------------------------------------------- nouns in short


def between(low: Exact | None, high: Exact | None, ends: str = "[]") -> Interval:
    return Interval(low, high, low is not None and ends[0] == "[", high is not None and ends[1] == "]")


def value(text: str, literal: Interval, conventional: Interval | None = None) -> Value:
    return Value(text, literal, conventional or literal)


def days(text: str) -> Value:
    ordinal = date.fromisoformat(text).toordinal()
    return value(text, between(ordinal, ordinal))


def period(text: str) -> Period:
    ordinal = date.fromisoformat(text).toordinal()
    return Period(text, ordinal, ordinal)


def source(name: str) -> Source:
    return Source(name, Location(f"facts/flood/{name}.yaml", 2, 3))


GAZETTE = source("gazette-2031-05-04")
COUNCIL = source("council-2031-05-05")
HERALD = source("herald-2031-05-06")
CENSUS = Source("shelter-census", Location("facts/flood/shelters.table.yaml", 3, 3))

MOVED = Measure("evacuated_total", "count", "person", "total", "gross")
HOME = Measure("returned_total", "count", "person", "total", "gross")
INSIDE = Measure("sheltered", "count", "person", "stock")
OPENED = Measure("shelter_opened", "date")
STAY = Measure("stay", "duration")
SHARE = Measure("share_returned", "percent")
MAYOR = Measure("mayor", "text")

TITLES = {"lindow-evacuees": "People moved out of Lindow", "lindow-flood": "The flood in Lindow"}


def fact(
    name: str,
    measure: Measure,
    what: Value,
    told_by: Source = GAZETTE,
    line: int = 10,
    *,
    claimant: str | None = "fire-service",
    as_of: str | None = "2031-05-04",
    during: str | None = None,
    quote: str | None = None,
    subject: str = "lindow-evacuees",
    basis: str = "reported",
) -> Fact:
    return Fact(
        id=f"{told_by.id}#{name}",
        measure=measure,
        subject=subject,
        value=what,
        location=Location(told_by.location.file, line, 5),
        source=told_by,
        claimant=claimant,
        as_of=period(as_of) if as_of else None,
        during=period(during) if during else None,
        basis=basis,
        quote=quote,
        subject_title=TITLES.get(subject),
    )


def cited(**facts: Fact) -> tuple[Cited, ...]:
    return tuple(Cited(name, one) for name, one in facts.items())


# ------------------------------------------------------------------------- the facts

moved = fact(
    "moved",
    MOVED,
    value("around 1,400", between(1260, 1540), between(1350, 1450)),
    line=12,
    quote="around 1,400 residents were taken out by boat and bus",
)
home = fact(
    "home",
    HOME,
    value("more than 1,000", between(1001, None), between(1001, 1999)),
    line=18,
    quote="more than 1,000 have gone back",
)
inside = fact(
    "inside",
    INSIDE,
    value("at least 620", between(620, None)),
    COUNCIL,
    14,
    claimant="town-council",
    as_of="2031-05-05",
    basis="verified",
    quote="at least 620 are still sleeping in the four halls that the town has opened, "
    "some of them for a second week, and no one can say when the river road will be passable again",
)
north = fact(
    "north", HOME, value("312", between(312, 312)), HERALD, 21, claimant="herald-2031-05-06", quote="312 went home"
)
south = fact("south", HOME, value("95", between(95, 95)), HERALD, 26, claimant="herald-2031-05-06", quote="and 95 more")
opened = fact(
    "opened",
    OPENED,
    days("2031-05-03"),
    COUNCIL,
    33,
    claimant="town-council",
    as_of=None,
    subject="lindow-flood",
    quote="since 3 May",
)
closed = fact("closed", OPENED, days("2031-05-02"), HERALD, 40, claimant=None, as_of=None, subject="lindow-flood")
stay = fact(
    "stay",
    STAY,
    value("three weeks", between(Fraction(35, 2), Fraction(49, 2)), between(Fraction(77, 4), Fraction(91, 4))),
    HERALD,
    44,
    claimant="red-cross",
    as_of=None,
    subject="lindow-flood",
    quote="three weeks in the gym",
)
mayor = fact(
    "mayor", MAYOR, Value("Ana Okonkwo-Lind"), HERALD, 9, as_of=None, subject="lindow-flood", quote="Ana Okonkwo-Lind"
)
counted = Fact(
    id="shelter-census#hall-7",
    measure=INSIDE,
    subject="lindow-evacuees",
    value=value("700", between(700, 700)),
    location=Location("facts/flood/shelters.csv", row=7),
    source=CENSUS,
    claimant="red-cross",
    during=period("2031-05-05"),
    subject_title=TITLES["lindow-evacuees"],
)
returned = Fact(
    id="returned_total/lindow-evacuees/2031-05-06",
    measure=HOME,
    subject="lindow-evacuees",
    value=value("", between(407, 407)),
    location=Location("rules/totals.yaml", 31, 5),
    source=HERALD,
    claimant="herald-2031-05-06",
    as_of=period("2031-05-06"),
    subject_title=TITLES["lindow-evacuees"],
    derivation=Derivation("running-total-takes-in-batches", (north, south), None),
)


# ------------------------------------------------------------------------- the findings

violated = Finding(
    id="3f9a12bc04de",
    rule="returned-and-sheltered-within-evacuated",
    severity="error",
    verdict="violated",
    status="new",
    subject="lindow-evacuees",
    message="more than 1,000 returned and at least 620 still sheltered is more than the around 1,400 evacuated",
    facts=cited(evacuated=moved, returned=home, sheltered=inside),
    left=Side("returned + sheltered", between(1621, None), between(1621, None)),
    right=Side("evacuated", between(1260, 1540), between(1350, 1450)),
)
falls = Finding(
    id="77ab90e1c2d3",
    rule="gross-total-never-falls",
    severity="error",
    verdict="violated",
    status="waived",
    subject="lindow-evacuees",
    message="returned fell from more than 1,000 to 407",
    facts=cited(earlier=home, later=returned),
    left=Side("earlier", between(1001, None), between(1001, 1999)),
    right=Side("later", between(407, 407), between(407, 407)),
)
dates = Finding(
    id="b01dfacade55",
    rule="one-claimant-one-value",
    severity="warning",
    verdict="violated",
    status="new",
    subject="lindow-flood",
    message="2031-05-03 is not 2031-05-02",
    facts=cited(a=opened, b=closed),
    left=Side("a", opened.value.literal, opened.value.conventional, "date"),
    right=Side("b", closed.value.literal, closed.value.conventional, "date"),
)
suspicious = Finding(
    id="5ca1ab1e0001",
    rule="duration-fits-dates",
    severity="warning",
    verdict="suspicious",
    status="new",
    subject="lindow-flood",
    message="three weeks is not the 24 days since 2031-05-03",
    facts=cited(stay=stay, opened=opened),
    left=Side("stay", stay.value.literal, stay.value.conventional, "duration"),
    right=Side("days_between(opened, opened.published)", between(24, 24), between(24, 24), "duration"),
)
spelling = Finding(
    id="0ddba11feed5",
    rule="name-spelled-as-declared",
    severity="warning",
    verdict="violated",
    status="baseline",
    subject="lindow-flood",
    message="Ana Okonkwo-Lind is not a declared spelling; the nearest is Anna Okonkwo-Lind",
    facts=cited(mayor=mayor),
)
unnamed = Finding(
    id="c0ffee000017",
    rule="batches-named-make-total",
    severity="note",
    verdict="violated",
    status="new",
    subject="lindow-evacuees",
    message="the batches named make 407 of more than 1,000: at least 594 are left unnamed",
    facts=(Cited("total", home), Cited("batches", north), Cited("batches", south), Cited("batches", counted)),
    left=Side("sum(batches)", between(407, 407), between(407, 407)),
    right=Side("total", between(1001, None), between(1001, 1999)),
)
undetermined = Finding(
    id="1eaf00000001",
    rule="returned-within-evacuated",
    severity="",
    verdict="undetermined",
    status="new",
    subject="lindow-evacuees",
    message="",
    facts=cited(returned=home, evacuated=moved),
    left=Side("returned", between(1001, None), between(1001, 1999)),
    right=Side("evacuated", between(1260, 1540), between(1350, 1450)),
    reason="some values of what is usually meant keep the rule and some do not",
)
undetermined_too = undetermined._replace(
    id="1eaf00000002", facts=cited(returned=returned, evacuated=moved), reason="evacuated.as_of is open"
)
satisfied = Finding(
    id="600d00000001",
    rule="sheltered-within-evacuated",
    severity="",
    verdict="satisfied",
    status="new",
    subject="lindow-evacuees",
    message="",
    facts=cited(sheltered=counted, evacuated=moved),
    left=Side("sheltered", between(700, 700), between(700, 700)),
    right=Side("evacuated", between(1260, 1540), between(1350, 1450)),
)
incomparable = Finding(
    id="0ff000000001",
    rule="returned-within-evacuated",
    severity="",
    verdict="incomparable",
    status="new",
    subject="lindow-evacuees",
    message="",
    facts=cited(returned=returned, evacuated=moved),
    reason="they differ in since: 2031-05-01 and 2031-05-03",
)

report = Report(
    exit_code=1,
    failing=1,
    summary=Summary(4, 10, 1, 22, 140, 5, 1, 2, 131, 1, 1),
    findings=(
        violated,
        falls,
        dates,
        suspicious,
        spelling,
        unnamed,
        incomparable,
        undetermined,
        undetermined_too,
        satisfied,
    ),
    notes=("shares-sum-to-a-hundred does not apply: no measure of type percent is declared", "engine: durable"),
    unchecked=3,
)
nothing = Report(0, Summary(1, 12, 0, 22, 31, 0, 0, 4, 27, 0, 0))
empty = Report(0, Summary(0, 0, 0, 22, 0, 0, 0, 0, 0, 0, 0))
refused = Report(
    exit_code=2,
    summary=Summary(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    errors=(
        InputError(
            Location("facts/flood/gazette-2031-05-04.yaml", 12, 14),
            "no measure shelterd is declared",
            "a declared measure; the nearest is sheltered",
        ),
        InputError(
            Location("facts/flood/gazette-2031-05-04.yaml", 18, 12),
            "“plenty” is no number",
            "a number, with a hedge or without",
        ),
        InputError(
            Location("facts/flood/shelters.csv", row=31), "“n.k.” is no number", "a number, or a word in missing"
        ),
        InputError(Location("facts/flod"), "there is no such file or directory"),
    ),
)

HOSTILE = (
    "40 dead\x1b[2J\x1b]0;owned\x07\r\n::error::no\u202egnitset\u2066 ##[stop]\u200bzero\x9b31m \ud800 "
    "洪水で四十人が避難 e\u0301tage"
)
hostile = report._replace(
    findings=(
        violated._replace(
            message=f"more than {HOSTILE}",
            facts=cited(evacuated=moved._replace(quote=HOSTILE), sheltered=inside._replace(claimant=HOSTILE)),
        ),
    )
)

# ------------------------------------------------------------------------- for what CI servers read

RULES = (
    Rule(
        id="returned-and-sheltered-within-evacuated",
        location=Location("rules/parts.yaml", 12, 5),
        given=(),
        title="Those back home and those in the halls were all moved out",
        why="Whoever is back, and whoever is in a hall, had to leave. *If* they are more, a figure is wrong.",
    ),
    Rule("gross-total-never-falls", Location("rules/totals.yaml", 3, 5), (), "A gross total never falls"),
    Rule("one-claimant-one-value", Location("rules/sources.yaml", 9, 5), (), severity="warning"),
    Rule("sheltered-within-evacuated", Location("rules/parts.yaml", 40, 5), (), "The sheltered were moved out"),
    Rule("never-matched", Location("rules/parts.yaml", 61, 5), (), "Nothing here is what it asks for"),
)

accepted = Waiver("77ab90e1", "The source says so, and is quoted", Location("facts/waivers.yaml", 3, 14), "the desk")
run_out = Waiver("0ff00ff0", "To be asked", Location("facts/waivers.yaml", 7, 14), until=period("2031-05-05"))
gated = report._replace(
    findings=tuple(one._replace(waiver=accepted) if one is falls else one for one in report.findings),
    rules=RULES,
    waivers=Waivers(expired=(run_out,)),
    gone=(dates._replace(id="900d900d900d", facts=(), left=None, right=None),),
)

senseless = (
    InputError(Location("facts/flood/shelters.csv", row=7), "“plenty” is no number", "a number, such as 7"),
    InputError(Location("facts/flood/shelters.csv", row=1208), "the row has 3 cells, the header 4"),
)
kept_going = gated._replace(errors=senseless, left_out=1234)

FORGED = (
    "40 dead]]><b>|x|</b> `tick` \x1b[31m\r\n::error::forged\n##[error]forged %0A::error::forged "
    "<script>alert(1)</script> <!-- @desk #7 GH-7 desk@paper.example http://paper.example www.paper.example "
    "[link](http://paper.example) ![image](x) :tada: $x$ ~~gone~~ **loud** __loud__ {0} \u202e\ud800\ufffe"
)


def told(text: str) -> Report:
    """A report in which every text is this one."""
    fact = moved._replace(
        id=text,
        subject=text,
        value=moved.value._replace(text=text),
        location=Location(text, 1, 1),
        claimant=text,
        quote=text,
        basis=text,
        as_of=period("2031-05-04")._replace(text=text),
        subject_title=text,
    )
    derived = fact._replace(derivation=Derivation(text, (fact, fact), None))
    waiver = Waiver(text, text, Location(text, 1, 1), text, period("2031-05-04")._replace(text=text))
    findings = tuple(
        one._replace(
            id=f"{text}{number}",
            rule=text,
            subject=text,
            message=text,
            reason=text,
            facts=(Cited(text, fact), Cited(text, derived)),
            left=Side(text, None, None),
            waiver=waiver if one.status == "waived" else None,
        )
        for number, one in enumerate((violated, falls, suspicious, unnamed, undetermined))
    )
    return report._replace(
        findings=findings,
        errors=(InputError(Location(text, 1, 1), text, text),),
        notes=(text,),
        rules=(Rule(text, Location(text, 1, 1), (), title=text, why=text),),
        waivers=Waivers((waiver,), (waiver,)),
        gone=(violated._replace(id=text),),
    )


forged = gated._replace(
    findings=(
        violated._replace(
            message=FORGED,
            facts=cited(evacuated=moved._replace(quote=FORGED), sheltered=inside._replace(claimant=FORGED)),
        ),
    ),
    rules=(RULES[0]._replace(why=FORGED),),
    gone=(),
)
texts = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("\x1b\x9b\u202e\u2066\n\r\t :#,%[]<>&|`@\ud800\ufffe洪")),
    max_size=30,
)
