"""Random repositories as their files: facts in YAML, the rows of tables, and rules made for them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from cases import SOURCES, a_case
from checker import expression
from checker.model import Fact, Measure, Pattern, Rule
from facts import MEASURES, NAMES
from test_sql import RULES

FORMATS = ("csv", "jsonl", "parquet")
Parquet = Callable[[str], bytes]  # what is written of a query, by DuckDB
COLUMNS = ("measure", "subject", "day", "claimant", "basis", "sex", "value")
DAYS = ("2024-01-01", "2024-01-02", "2024-01-03", "2024-01-05", "2024-01-02~", "2024-01")
CELLS = ("3", "3", "5", "8", "12", "12", "13", "about 12", "at least 5", "up to 12", "unknown", "", "2.5", "many")


# ------------------------------------------------------------------------- names and rules


def vocabulary() -> dict[str, Any]:
    """The names of all cases."""

    def plain(one: Measure) -> dict[str, str]:
        return {name: text for name, text in one._asdict().items() if text is not None and name != "id"}

    return {
        "measures": {name: plain(one) for name, one in MEASURES.items()},
        "subjects": {name: {"part_of": one.part_of} if one.part_of else {} for name, one in NAMES.subjects.items()},
        "claimants": {"a": {}, "b": {}},
        "events": {"one": {}, "two": {}},
        "dimensions": {"sex": {"values": ["men", "women"], "exhaustive": True}, "place": {}},
        "names": {name: list(others) for name, others in NAMES.names.items()},
    }


FACTS = [{"measure": "held", "value": 1}]


def written(rule: Rule, random: Random) -> dict[str, Any]:
    """A rule as its file has it, with examples that nobody tries."""
    made: dict[str, Any] = {
        "id": rule.id,
        "title": "A rule",
        "severity": random.choice(["error", "error", "warning", "note"]),
        "given": {one.name: _pattern(one) for one in rule.given},
        "why": "It was made for a test.",
        "message": f"{{{rule.given[0].name}}}",
        "examples": [{"expect": verdict, "facts": FACTS} for verdict in ("violated", "satisfied")],
    }
    if random.random() < 0.3:
        made["across"] = "note"
    for name, several in (("same", rule.same), ("comparable", rule.comparable)):
        if several:
            made[name] = list(several)
    for name, condition in (("where", rule.where), ("require", rule.require)):
        if condition is not None:
            made[name] = expression.show(condition)
    if rule.derive is not None:
        del made["message"], made["severity"]
        made.pop("across", None)
        made["examples"] = [{"expect": FACTS[0], "facts": FACTS}]
        made["derive"] = {"measure": rule.derive.measure, "value": expression.show(rule.derive.value)}
    return made


def _pattern(one: Pattern) -> dict[str, Any]:
    made: dict[str, Any] = {name: list(texts) for name, texts in one.fields}
    made["dimensions"] = [
        wanted if isinstance(wanted, str) else {name: list(texts) for name, texts in wanted}
        for wanted in one.dimensions
    ]
    if one.collect:
        made["collect"] = "all"
        made |= {"or_none": one.or_none, **({"by": list(one.by)} if one.by else {})}
    if one.next is not None:
        made |= {"next": one.next, "by": one.along}
    return made


# ------------------------------------------------------------------------- facts


def told(facts: Sequence[Fact]) -> dict[str, dict[str, Any]]:
    """The file of each source, with what it tells; what is superseded is told anew."""
    files: dict[str, dict[str, Any]] = {}
    for source in SOURCES:
        assert source.published is not None
        head = {"id": source.id, "published": source.published.text}
        mine = [one for one in facts if one.source is not None and one.source.id == source.id]
        anew = [_claim(one) | {"id": f"{_id(one)}-anew", "supersedes": one.id} for one in mine if one.superseded]
        files[f"facts/{source.id}.yaml"] = {
            "source": head | ({"origin": source.origin} if source.origin else {}),
            "facts": [*map(_claim, mine), *anew],
        }
    return files


def _id(fact: Fact) -> str:
    return fact.id.partition("#")[2]


def _claim(fact: Fact) -> dict[str, Any]:
    made: dict[str, Any] = {"id": _id(fact), "measure": fact.measure.id, "subject": fact.subject}
    made |= {"value": fact.value.text, "claimant": fact.claimant, "basis": fact.basis}
    for name in ("as_of", "during", "since"):
        if (day := getattr(fact, name)) is not None:
            made[name] = day.text
    if fact.event is not None:
        made["event"] = fact.event
    if fact.dimensions:
        made["dimensions"] = dict(fact.dimensions)
    if fact.complete:
        made["complete"] = list(fact.complete)
    return made


# ------------------------------------------------------------------------- tables

MAPPING = {
    "source": {"id": "t", "published": "2024-01-04"},
    "defaults": {"subject": "{subject}", "claimant": "{claimant}"},
    "facts": [
        {"measure": "{measure}", "as_of": "{day}", "basis": "{basis}", "dimensions": {"sex": "{sex}"},
         "value": "{value}"},
        {"measure": "freed", "during": "{day}", "basis": "{basis}", "dimensions": {"sex": "{sex}"},
         "value": "{value}"},
    ],
}  # fmt: skip


def rows(random: Random) -> list[dict[str, str]]:
    """Rows of which some make no sense, and some tell what others tell; in order of subjects and days, or in none."""
    made = []
    hedged = random.random() < 0.5
    for _ in range(random.choice([2, 5, 9])):
        cells = CELLS if hedged else CELLS[:7]
        row = {
            "measure": random.choice(["arrested", "freed_total", "held", "held", "hurt"]),
            "subject": random.choice(["all", "all", "some", "few"]),
            "day": random.choice(DAYS if hedged else DAYS[:4]),
            "claimant": random.choice(["a", "a", "b"]),
            "basis": random.choice(["reported"] * 4 + ["verified", "planned"]),
            "sex": random.choice(["", "", "men", "women"]),
            "value": random.choice(cells),
        }
        made.append(row)
    return sorted(made, key=lambda row: (row["subject"], row["day"])) if random.random() < 0.5 else made


def table(several: Sequence[Mapping[str, str]], form: str, parquet: Parquet) -> dict[str, bytes]:
    """A mapping and its file of some format."""
    if form == "csv":
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(several)
        cells = text.getvalue().encode()
    elif form == "jsonl":
        cells = "".join(json.dumps(row) + "\n" for row in several).encode()
    else:
        values = ", ".join("(" + ", ".join(f"'{row[name]}'" for name in COLUMNS) + ")" for row in several)
        cells = parquet(f"SELECT * FROM (VALUES {values}) AS t({', '.join(COLUMNS)})")
    mapping = json.dumps({"table": f"t.{form}", **MAPPING}).encode()
    return {"facts/t.table.yaml": mapping, f"facts/t.{form}": cells}


# ------------------------------------------------------------------------- all of it


def repository(seed: int, form: str | None, parquet: Parquet) -> dict[str, bytes]:
    """The files of a repository; with ``form``, there is a table as well. Its own rules are in ``rules``."""
    random = Random(seed)
    case = None
    while case is None:
        case = a_case(random.choice)
    rules, facts = case
    other = None
    while other is None:
        other = a_case(random.choice)
    several = [*rules, *other[0], *random.sample(RULES, 4)]
    rules = [one._replace(id=f"r{number}-{one.id}") for number, one in enumerate(several)]
    facts = [*facts, *(one._replace(id=f"{one.id}-more") for one in other[1])]
    files = {"facts/vocabulary.yaml": vocabulary(), **told(facts)}
    files["rules/own.yaml"] = {"rules": [written(one, random) for one in rules]}
    made = {name: json.dumps(content).encode() for name, content in files.items()}
    return made | (table(rows(random), form, parquet) if form is not None else {})
