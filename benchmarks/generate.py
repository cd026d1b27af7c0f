"""A repository of facts of any size, the same every time, with a known number of violations.

    python benchmarks/generate.py DIRECTORY [FACTS]

Ten facts a file, written as people write them: comments, quotes, hedged values, dates, claimants, a breakdown, and
figures in their own words. Each place is told of by ten sources, a day apart. Five rules hold, and each is broken
as often as ``Planted`` says; all else is satisfied.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

FACTS_IN_A_FILE = 10
FILES_IN_A_FOLDER = 1000
DAYS = 10  # sources that tell of one place, a day each
EVERY = 20  # files between two violations of one rule
START = date(2024, 7, 28)

SETTINGS = 'facts = ["facts"]\nrules = ["rules"]\n'
VOCABULARY = """\
measures:
  arrested_total: {type: count, unit: person, kind: total, counting: gross, title: People arrested so far}
  released_total: {type: count, unit: person, kind: total, counting: gross, within: arrested_total}
  released: {type: count, unit: person, kind: flow}
  held: {type: count, unit: person, kind: stock}
  least: {type: count, unit: person, kind: stock, title: The least that is thought possible}
  most: {type: count, unit: person, kind: stock, title: The most that is thought possible}
  duration: {type: duration, title: How long it lasted}
subjects:
  place-*: {title: A place, since: 2024-07-28}
claimants: {police: {title: The police}, foro-penal: {title: Foro Penal}, families: {title: The families}}
events: {release-*: {title: A release}}
dimensions: {sex: {values: [men, women], exhaustive: true}}
"""
RULES = """\
rules:
  - id: released-within-arrested
    title: No more are released than were arrested
    given: {released: {measure: released_total}, arrested: {measure: arrested_total}}
    same: [subject, as_of]
    require: released <= arrested
    message: "{released} released of {arrested} arrested"
    why: Those who are released were arrested before.
    examples:
      - {expect: violated, facts: [{measure: released_total, value: 2}, {measure: arrested_total, value: 1}]}
      - {expect: satisfied, facts: [{measure: released_total, value: 1}, {measure: arrested_total, value: 2}]}
  - id: verified-within-announced
    title: No more are verified than were announced
    given: {verified: {measure: released, basis: verified}, announced: {measure: released, basis: announced}}
    same: [subject, event]
    require: verified <= announced
    message: "{verified} verified of {announced} announced"
    why: Those who are verified are some of those who were announced.
    examples:
      - expect: violated
        facts: [{measure: released, value: 2, basis: verified}, {measure: released, value: 1, basis: announced}]
      - expect: satisfied
        facts: [{measure: released, value: 1, basis: verified}, {measure: released, value: 2, basis: announced}]
  - id: total-never-falls
    title: A running total never falls
    given:
      earlier: {measure: arrested_total}
      later: {measure: arrested_total, next: earlier, by: as_of}
    same: [subject]
    require: earlier <= later
    message: "{earlier}, and later {later}"
    why: It only counts up.
    examples:
      - expect: violated
        facts: [{measure: arrested_total, value: 2}, {measure: arrested_total, value: 1, as_of: 2000-01-02}]
      - expect: satisfied
        facts: [{measure: arrested_total, value: 1}, {measure: arrested_total, value: 2, as_of: 2000-01-02}]
  - id: parts-make-whole
    title: Men and women are all
    given: {whole: {measure: held}, parts: {measure: held, dimensions: {sex: any}, collect: all}}
    same: [source, subject, as_of]
    require: sum(parts) == whole
    message: "{parts} are {sum(parts)}, not {whole}"
    why: The breakdown names everyone.
    examples:
      - expect: violated
        facts: [{measure: held, value: 2}, {measure: held, value: 1, dimensions: {sex: men}}]
      - expect: satisfied
        facts: [{measure: held, value: 1}, {measure: held, value: 1, dimensions: {sex: men}}]
  - id: least-within-most
    title: The least is no more than the most
    given: {least: {measure: least}, most: {measure: most}}
    same: [source, subject, as_of]
    require: least <= most
    message: "at least {least}, but at most {most}"
    why: One who gives a range gives its lower end first.
    examples:
      - {expect: violated, facts: [{measure: least, value: 2}, {measure: most, value: 1}]}
      - {expect: satisfied, facts: [{measure: least, value: 1}, {measure: most, value: 2}]}
"""
IDS = (
    "released-within-arrested", "verified-within-announced", "total-never-falls", "parts-make-whole",
    "least-within-most",
)  # fmt: skip


class Planted(NamedTuple):
    """What was written: files of facts, facts in them, and how often each rule is violated."""

    files: int
    facts: int
    violated: Mapping[str, int]


class _Told(NamedTuple):
    """The figures of one source."""

    arrested: int
    released: int
    men: int
    women: int
    held: int
    announced: int
    verified: int
    least: int
    most: int


def repository(directory: Path, facts: int = 1000, seed: int = 4) -> Planted:
    """Write a repository with so many facts (in tens) below an empty directory; ``checker run`` there reads it."""
    chance = random.Random(seed)  # noqa: S311  # keeps no secrets
    violated = dict.fromkeys(IDS, 0)
    _write(directory / "checker.toml", SETTINGS)
    _write(directory / "rules/scale.yaml", RULES)
    _write(directory / "facts/vocabulary.yaml", VOCABULARY)
    files = facts // FACTS_IN_A_FILE
    for number in range(files):
        folder = directory / f"facts/story-{number // FILES_IN_A_FOLDER:03}"
        folder.mkdir(parents=True, exist_ok=True)
        broken = _broken(number)
        if broken is not None:
            violated[broken] += 1
        told = _figures(number, broken, chance)
        (folder / f"{number:06}-place-{number // DAYS}.yaml").write_text(_file(number, told, chance), "utf-8")
    return Planted(files, files * FACTS_IN_A_FILE, violated)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _broken(number: int) -> str | None:
    """The rule that a file breaks: the last day of each series is left to what falls."""
    turn, rest = divmod(number, EVERY)
    rule = IDS[turn % len(IDS)]
    return rule if rest == (DAYS - 1 if rule == "total-never-falls" else 4) else None


def _figures(number: int, broken: str | None, chance: random.Random) -> _Told:
    """The figures of a file, of which one breaks a rule."""
    arrested = 3000 + number // DAYS % 500 * 7 + number % DAYS * 150 + chance.randrange(100)
    if broken == "total-never-falls":
        arrested = 2900
    men, women = chance.randrange(500, 900), chance.randrange(20, 90)
    announced, least = chance.randrange(40, 300, 10), chance.randrange(200, 900, 20)  # hedged figures are round
    return _Told(
        arrested,
        arrested + 30 if broken == "released-within-arrested" else arrested - chance.randrange(700, 1000),
        men,
        women,
        men + women + (5 if broken == "parts-make-whole" else 0),
        announced,
        announced * 2 if broken == "verified-within-announced" else announced // 2,
        least,
        least // 2 if broken == "least-within-most" else least * 2,
    )


def _file(number: int, told: _Told, chance: random.Random) -> str:
    place, day = f"place-{number // DAYS}", START + timedelta(days=number % DAYS)
    head = f"""\
# yaml-language-server: $schema=../../schemas/facts.schema.json
source:
  id: wire-{number:06}
  title: "{place}: what is known on {day:%d %B %Y}"
  publisher: The Wire
  published: {day}
  url: https://example.org/{day:%Y/%m/%d}/{number}
defaults:
  subject: {place}
  as_of: {day}
facts:
"""
    return head + "\n".join(_entries(number, told, chance))


def _entries(number: int, told: _Told, chance: random.Random) -> Iterator[str]:
    """The facts as text, each with a line break behind it."""
    event, weeks = f"release-{number}", chance.choice(("two", "three", "five", "nine"))
    day = START + timedelta(days=number % DAYS)
    grouped = f"{told.arrested:,}"
    yield f"""  # First paragraph
  - id: arrested
    measure: arrested_total
    value: {grouped} people
    claimant: police
    quote: {grouped} people have been detained since 28 July
"""
    yield f"""  - id: released
    measure: released_total
    value: {told.released}
    claimant: police
    quote: "the police speak of {told.released} releases: more will follow"
"""
    yield f"""  - id: held
    measure: held
    value: {told.held}
    claimant: foro-penal
    quote: {told.held} remain in prison
  - id: held-men
    measure: held
    value: {told.men}
    claimant: foro-penal
    dimensions: {{sex: men}}
  - id: held-women
    measure: held
    value: {told.women}
    claimant: foro-penal
    dimensions: {{sex: women}}  # named one by one
"""
    yield f"""  # Second paragraph
  - id: announced
    measure: released
    during: {day}
    event: {event}
    basis: announced
    value: around {told.announced}
    claimant: police
    quote: 'around {told.announced}, it was announced'
  - id: verified
    measure: released
    during: {day}
    event: {event}
    basis: verified
    value: {told.verified}
    claimant: families
    quote: families counted {told.verified} of them
"""
    yield f"""  - id: least
    measure: least
    value: about {told.least}
    quote: about {told.least}, by the lowest count
  - id: most
    measure: most
    value: nearly {told.most}
    quote: nearly {told.most}, by the highest
  - id: lasted
    measure: duration
    event: {event}
    value: about {weeks} weeks
    quote: held for about {weeks} weeks
"""


def main(arguments: Sequence[str]) -> None:
    """Write one, and say what is in it."""
    written = repository(Path(arguments[0]), *map(int, arguments[1:2]))
    print(f"{written.facts:,} facts in {written.files:,} files")
    for rule, count in written.violated.items():
        print(f"{count:9,} violate {rule}")


if __name__ == "__main__":
    main(sys.argv[1:])
