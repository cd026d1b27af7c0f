"""What each peer shares: the facts as plain rows, and how it tells what it found."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from heapq import merge
from pathlib import Path
from typing import Any, NamedTuple

RULES = ("deaths-within-cases", "verified-within-announced", "cases-never-fall", "ages-make-whole", "low-within-high")
AGES = 3  # that there are
AT_ONCE = 10_000  # rows of a table


class Row(NamedTuple):
    """One fact."""

    region: str
    day: date
    measure: str
    basis: str
    age: str | None
    value: int


def rows(directory: Path) -> Iterator[Row]:
    """The facts, from the tables or with PyYAML's C loader from the files, by region and then by day."""
    return _of_tables(directory) if table(directory, "ages").exists() else _of_yaml(directory)


def table(directory: Path, name: str) -> Path:
    """Where one of the two tables is: the bulletins, or those in hospital by age."""
    return directory / f"facts/{name}.parquet"


def files(directory: Path) -> list[Path]:
    """The files of facts."""
    return sorted((directory / "facts").glob("*/*.yaml"))


QUERIES = {
    "bulletins": "SELECT region, day, measure, basis, NULL, value FROM read_parquet(?)",
    "ages": "SELECT region, day, 'admitted', 'reported', age, value FROM read_parquet(?)",
}


def _of_tables(directory: Path) -> Iterator[Row]:
    tables = [_of_table(query, table(directory, name)) for name, query in QUERIES.items()]
    return merge(*tables, key=lambda row: row[:2])


def _of_table(query: str, path: Path) -> Iterator[Row]:
    import duckdb  # noqa: PLC0415  # only where there is a table

    rows = duckdb.connect().execute(query, [str(path)])
    while some := rows.fetchmany(AT_ONCE):
        yield from map(Row._make, some)


def _of_yaml(directory: Path) -> Iterator[Row]:
    import yaml  # noqa: PLC0415

    for path in files(directory):
        told = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)  # the safe one, in C
        region, day = told["defaults"]["subject"], told["defaults"]["as_of"]
        for fact in told["facts"]:
            age = fact["dimensions"]["age"] if "dimensions" in fact else None
            yield Row(region, day, fact["measure"], fact.get("basis", "reported"), age, fact["value"])


def days(directory: Path) -> Iterator[tuple[str, date, dict[str, int]]]:
    """The facts again, a region's day at a time, each figure under one name."""
    here: tuple[str, date] | None = None
    figures: dict[str, int] = {}
    for row in rows(directory):
        if here != row[:2]:
            if here is not None:
                yield *here, figures
            here, figures = row[:2], {}
        figures[name(row)] = row.value
    if here is not None:
        yield *here, figures


def name(row: Row) -> str:
    """The one name of a figure: its age, its basis, or the first or last word of its measure."""
    if row.age or row.basis != "reported":
        return row.age or row.basis
    return row.measure.removesuffix("_total").removeprefix("infected_")


def main(count: Callable[[Path], Mapping[str, Any]]) -> None:
    """Count in the directory that the command names, and print how many were found for each rule."""
    found = count(Path(sys.argv[1]))
    print(json.dumps({rule: int(found.get(rule, 0)) for rule in RULES}))
