"""Facts by the thousand or the hundred million, the same every time, with known numbers of violations of five rules.

    python benchmarks/planted.py DIRECTORY FACTS [yaml|parquet]

Each region reports ten figures a day, three of them by age. In Parquet they stand one fact a row, by region and then
by day, as such tables are published, the ages in a table of their own; as YAML each region's day is a file of ten
facts. One query makes both, a row from its number alone, so that nothing is held in memory. ``checker run`` in the
directory reads what was made.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import NamedTuple

SEED = 5
A_DAY = 10  # facts of a region
DAYS = {"yaml": 10, "parquet": 500}  # that each region reports: some articles, or a table kept for long
FILES_IN_A_FOLDER = 1000

SETTINGS = 'facts = ["facts"]\nrules = ["rules.yaml"]\n'
VOCABULARY = """\
measures:
  cases_total: {type: count, unit: person, kind: total, counting: gross, title: Cases so far}
  deaths_total: {type: count, unit: person, kind: total, counting: gross, title: Deaths so far}
  beds: {type: count, unit: bed, kind: stock, title: Beds in hospitals}
  admitted: {type: count, unit: person, kind: stock, title: People in hospital}
  infected_low: {type: count, unit: person, kind: stock, title: The least that may be infected}
  infected_high: {type: count, unit: person, kind: stock, title: The most that may be infected}
subjects:
  region-*: {title: A region}
dimensions: {age: {values: [young, middle, old], exhaustive: true}}
"""
RULES = """\
rules:
  - id: deaths-within-cases
    title: No more have died than were ill
    given: {deaths: {measure: deaths_total}, cases: {measure: cases_total}}
    same: [subject, as_of]
    require: deaths <= cases
    message: "{deaths} deaths of {cases} cases"
    why: Those who died of it had it.
    examples:
      - {expect: violated, facts: [{measure: deaths_total, value: 2}, {measure: cases_total, value: 1}]}
      - {expect: satisfied, facts: [{measure: deaths_total, value: 1}, {measure: cases_total, value: 2}]}
  - id: verified-within-announced
    title: No more are verified than were announced
    given: {verified: {measure: beds, basis: verified}, announced: {measure: beds, basis: announced}}
    same: [subject, as_of]
    require: verified <= announced
    message: "{verified} verified of {announced} announced"
    why: What is verified was looked for among what was announced.
    examples:
      - expect: violated
        facts: [{measure: beds, value: 2, basis: verified}, {measure: beds, value: 1, basis: announced}]
      - expect: satisfied
        facts: [{measure: beds, value: 1, basis: verified}, {measure: beds, value: 2, basis: announced}]
  - id: cases-never-fall
    title: A running total is no lower than on any earlier day
    given: {earlier: {measure: cases_total}, later: {measure: cases_total}}
    same: [subject]
    where: earlier.as_of < later.as_of
    require: earlier <= later
    message: "{earlier}, and later {later}"
    why: It only counts up.
    examples:
      - expect: violated
        facts: [{measure: cases_total, value: 2}, {measure: cases_total, value: 1, as_of: 2000-01-02}]
      - expect: satisfied
        facts: [{measure: cases_total, value: 1}, {measure: cases_total, value: 2, as_of: 2000-01-02}]
  - id: ages-make-whole
    title: The ages together are all
    given: {parts: {measure: admitted, dimensions: {age: any}, collect: all}, whole: {measure: admitted}}
    same: [subject, as_of]
    where: complete(parts, whole)
    require: sum(parts) == whole
    message: "{parts} are {sum(parts)}, not {whole}"
    why: Everyone is of one of the ages.
    examples:
      - expect: violated
        facts:
          - {measure: admitted, value: 4}
          - {measure: admitted, value: 1, dimensions: {age: young}}
          - {measure: admitted, value: 1, dimensions: {age: middle}}
          - {measure: admitted, value: 1, dimensions: {age: old}}
      - expect: satisfied
        facts:
          - {measure: admitted, value: 3}
          - {measure: admitted, value: 1, dimensions: {age: young}}
          - {measure: admitted, value: 1, dimensions: {age: middle}}
          - {measure: admitted, value: 1, dimensions: {age: old}}
  - id: low-within-high
    title: The low end of an estimate is no more than its high end
    given: {low: {measure: infected_low}, high: {measure: infected_high}}
    same: [subject, as_of]
    require: low <= high
    message: "at least {low}, but at most {high}"
    why: A range has its lower end first.
    examples:
      - {expect: violated, facts: [{measure: infected_low, value: 2}, {measure: infected_high, value: 1}]}
      - {expect: satisfied, facts: [{measure: infected_low, value: 1}, {measure: infected_high, value: 2}]}
"""
MAPPINGS = {
    "bulletins": """\
table: bulletins.parquet
source: {id: bulletins, title: The regions day by day, publisher: The health ministry}
facts:
  - {subject: "{region}", measure: "{measure}", as_of: "{day}", basis: "{basis}", value: "{value}"}
""",
    "ages": """\
table: ages.parquet
source: {id: ages, title: In hospital by age, publisher: The health ministry}
facts:
  - {subject: "{region}", measure: admitted, as_of: "{day}", dimensions: {age: "{age}"}, value: "{value}"}
""",
}

# Every so many regions break a rule, each on one of its days.
EVERY = {
    "deaths-within-cases": 10,
    "verified-within-announced": 11,
    "cases-never-fall": 12,
    "ages-make-whole": 13,
    "low-within-high": 14,
}

# The running total grows by 51 to 149 a day. A spike of 150 is above the next day alone, one of 250 above the next
# two: so many pairs of days fall, in turn. The deaths of a broken day are counted from its cases, spike and all.
ROWS = Template("""
WITH days AS (
  SELECT u, u // $days AS s, u % $days AS d,
    (u * u % 2147483647 * 48271 + u * 7919 + $seed) % 2147483647 AS h
  FROM range($units) AS t(u)
), broken AS (
  SELECT *,
    s % $deaths_every = 0 AND d = (s * 31 + $seed) % $days AS deaths_broken,
    s % $verified_every = 0 AND d = (s * 37 + $seed) % $days AS beds_broken,
    s % $cases_every = 0 AND d = (s * 41 + $seed) % ($days - 2) AS cases_broken,
    s % $ages_every = 0 AND d = (s * 43 + $seed) % $days AS ages_broken,
    s % $low_every = 0 AND d = (s * 47 + $seed) % $days AS range_broken
  FROM days
), figures AS (
  SELECT *,
    1000 + s % 97 * 10 + 100 * d + h % 50
      + CASE WHEN cases_broken THEN 150 + 100 * (s // $cases_every % 2) ELSE 0 END AS cases,
    200 + h % 300 AS announced, 10 + h % 41 AS young, 20 + h % 71 AS middle, 30 + h % 97 AS old, 50 + h % 101 AS low
  FROM broken
), facts AS (
  SELECT u, s, d, unnest([$figures]) AS fact FROM figures
)
SELECT printf('region-%05d', s) AS region, DATE '2020-02-24' + CAST(d AS INTEGER) AS day,
  fact.measure, fact.basis, fact.age, CAST(fact.value AS BIGINT) AS value
FROM facts
""")
TOTALS = """
  {measure: 'cases_total', basis: 'reported', age: NULL, value: cases},
  {measure: 'deaths_total', basis: 'reported', age: NULL,
    value: CASE WHEN deaths_broken THEN cases + 7 ELSE cases // 40 END},
  {measure: 'beds', basis: 'announced', age: NULL, value: announced},
  {measure: 'beds', basis: 'verified', age: NULL,
    value: CASE WHEN beds_broken THEN announced + 9 ELSE announced - h % 50 END},
  {measure: 'admitted', basis: 'reported', age: NULL,
    value: young + middle + old + CASE WHEN ages_broken THEN 3 ELSE 0 END},
  {measure: 'infected_low', basis: 'reported', age: NULL, value: low},
  {measure: 'infected_high', basis: 'reported', age: NULL,
    value: CASE WHEN range_broken THEN low - 1 ELSE low + h % 61 END}
"""
AGES = """
  {measure: 'admitted', basis: 'reported', age: 'young', value: young},
  {measure: 'admitted', basis: 'reported', age: 'middle', value: middle},
  {measure: 'admitted', basis: 'reported', age: 'old', value: old}
"""


class Planted(NamedTuple):
    """What was made: how many facts, how many days each region reports, how often each rule is violated."""

    facts: int
    days: int
    violated: Mapping[str, int]


def planted(facts: int, days: int) -> Planted:
    """What so many facts hold; raises ValueError where they are no whole number of regions, or a spike has no room."""
    regions, rest = divmod(facts, A_DAY * days)
    if rest or days < 3:
        raise ValueError(f"{facts} facts are no whole number of regions with {A_DAY} facts on each of {days} days")
    violated = {rule: -(-regions // every) for rule, every in EVERY.items()}
    violated["cases-never-fall"] += violated["cases-never-fall"] // 2  # every other spike is above two days
    return Planted(facts, days, violated)


def make(directory: Path, facts: int, form: str, days: int | None = None) -> Planted:
    """Write a repository of so many facts, in the form "yaml" or "parquet", unless it is there already."""
    made = planted(facts, days or DAYS[form])
    done, digest = directory / "planted", hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    mark = f"{facts} facts, {made.days} days a region, by {digest}\n"  # of a program that may change
    if not done.exists() or done.read_text("utf-8") != mark:
        told = directory / "facts"
        told.mkdir(parents=True, exist_ok=True)
        (directory / "checker.toml").write_text(SETTINGS, "utf-8")
        (directory / "rules.yaml").write_text(RULES, "utf-8")
        (told / "vocabulary.yaml").write_text(VOCABULARY, "utf-8")
        {"yaml": _yaml, "parquet": _parquet}[form](told, made)
        done.write_text(mark, "utf-8")  # last: what was broken off is made anew
    return made


def _parquet(directory: Path, made: Planted) -> None:
    import duckdb  # noqa: PLC0415  # what is planted can be told without it

    tables = {"bulletins": (TOTALS, "EXCLUDE (age)"), "ages": (AGES, "EXCLUDE (measure, basis)")}
    for name, (figures, without) in tables.items():
        (directory / f"{name}.table.yaml").write_text(MAPPINGS[name], "utf-8")
        path = str(directory / f"{name}.parquet").replace("'", "''")
        query = f"SELECT * {without} FROM ({_query(made, figures)})"  # noqa: S608  # of texts that stand here
        duckdb.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")


def _query(made: Planted, figures: str) -> str:
    every = {f"{rule.partition('-')[0]}_every": regions for rule, regions in EVERY.items()}
    return ROWS.substitute(every, seed=SEED, days=made.days, units=made.facts // A_DAY, figures=figures)


def _yaml(directory: Path, made: Planted) -> None:
    import duckdb  # noqa: PLC0415

    rows = duckdb.execute(_query(made, f"{TOTALS}, {AGES}"))
    for number, told in enumerate(iter(lambda: rows.fetchmany(A_DAY), [])):
        folder = directory / f"{number // FILES_IN_A_FOLDER:03}"
        folder.mkdir(exist_ok=True)
        region, day = told[0][:2]
        (folder / f"{region}-{day}.yaml").write_text(_bulletin(number, told), "utf-8")


def _bulletin(number: int, told: Sequence[tuple[object, ...]]) -> str:
    """One source, as it would be written down by hand."""
    region, day = told[0][:2]
    head = f"""\
source:
  id: bulletin-{number:06}
  title: {region} on {day}
  publisher: The health ministry
  published: {day}
defaults:
  subject: {region}
  as_of: {day}
facts:
"""
    return head + "".join(_entry(*one[2:]) for one in told)


def _entry(measure: object, basis: object, age: object, value: object) -> str:
    name = str(measure).replace("_", "-")
    if basis != "reported":
        return (
            f"  - id: {name}-{basis}\n    measure: {measure}\n    basis: {basis}\n    value: {value}\n"
            f"    quote: {value} beds were {basis}\n"
        )
    if age is not None:
        return (
            f"  - id: {name}-{age}\n    measure: {measure}\n    dimensions: {{age: {age}}}\n    value: {value}\n"
            f"    quote: {value} of them are {age}\n"
        )
    return f"  - id: {name}\n    measure: {measure}\n    value: {value}\n    quote: {value} in this region\n"


def main(arguments: Sequence[str]) -> None:
    """Make one, and say what is in it."""
    directory, facts = arguments[0], int(arguments[1])
    made = make(Path(directory), facts, arguments[2] if len(arguments) > 2 else "yaml")
    print(f"{made.facts:,} facts, {made.days} days a region")
    for rule, count in made.violated.items():
        print(f"{count:9,} violate {rule}")


if __name__ == "__main__":
    main(sys.argv[1:])
