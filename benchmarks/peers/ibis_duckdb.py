"""Ibis over DuckDB: an expression for each rule."""

from __future__ import annotations

from pathlib import Path

import ibis
from ibis import _

import told


def count(directory: Path) -> dict[str, int]:
    """How many rows each expression lists."""
    database = ibis.duckdb.connect()
    facts, ages = (database.read_parquet(told.table(directory, table)) for table in ("bulletins", "ages"))

    def above(more: object, less: object) -> ibis.Table:
        joined = facts.filter(more).join(facts.filter(less), ["region", "day"])
        return joined.filter(joined.value > joined.value_right)

    cases = facts.filter(_.measure == "cases_total")
    admitted = facts.filter(_.measure == "admitted")
    parts = ages.group_by("region", "day").agg(parts=_.value.sum(), ages=_.count()).filter(_.ages == told.AGES)
    highest = _.value.max().over(ibis.cumulative_window(group_by="region", order_by="day"))
    expressions = {
        "deaths-within-cases": above(_.measure == "deaths_total", _.measure == "cases_total"),
        "verified-within-announced": above(
            (_.measure == "beds") & (_.basis == "verified"), (_.measure == "beds") & (_.basis == "announced")
        ),
        "cases-never-fall": cases.mutate(highest=highest).filter(_.value < _.highest),
        "ages-make-whole": admitted.join(parts, ["region", "day"]).filter(_.value != _.parts),
        "low-within-high": above(_.measure == "infected_low", _.measure == "infected_high"),
    }
    return {rule: len(expression.to_pyarrow()) for rule, expression in expressions.items()}


if __name__ == "__main__":
    told.main(count)
