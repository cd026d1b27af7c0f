"""polars: one lazy plan for each rule, collected together by the streaming engine."""

from __future__ import annotations

from pathlib import Path

import polars as pl

import told


def count(directory: Path) -> dict[str, int]:
    """How many rows each plan lists."""
    facts = pl.scan_parquet(told.table(directory, "bulletins"))
    ages = pl.scan_parquet(told.table(directory, "ages"))
    value, key = pl.col("value"), ["region", "day"]
    measure, basis = pl.col("measure"), pl.col("basis")

    def above(more: pl.Expr, less: pl.Expr) -> pl.LazyFrame:
        return facts.filter(more).join(facts.filter(less), on=key).filter(value > pl.col("value_right"))

    cases = facts.filter(measure == "cases_total")
    parts = ages.group_by(key).agg(parts=value.sum(), ages=pl.len()).filter(pl.col("ages") == told.AGES)
    plans = {
        "deaths-within-cases": above(measure == "deaths_total", measure == "cases_total"),
        "verified-within-announced": above(
            (measure == "beds") & (basis == "verified"), (measure == "beds") & (basis == "announced")
        ),
        "cases-never-fall": cases.filter(value < value.cum_max().over("region", order_by="day")),
        "ages-make-whole": facts.filter(measure == "admitted").join(parts, on=key).filter(value != pl.col("parts")),
        "low-within-high": above(measure == "infected_low", measure == "infected_high"),
    }
    listed = pl.collect_all(plans.values(), engine="streaming")
    return {rule: len(rows) for rule, rows in zip(plans, listed, strict=True)}


if __name__ == "__main__":
    told.main(count)
