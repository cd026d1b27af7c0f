"""The table with a region's day a row and a column for each figure, for the peers that compare columns."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

import told

KEY = ["region", "day"]


def frame(directory: Path) -> pl.DataFrame:
    """Region, day, the ten figures, ``parts`` (the sum of the ages) and ``highest`` (the most cases up to the day)."""
    measure, basis, age = pl.col("measure"), pl.col("basis"), pl.col("age")
    totals = {
        "cases": measure == "cases_total",
        "deaths": measure == "deaths_total",
        "announced": basis == "announced",
        "verified": basis == "verified",
        "admitted": measure == "admitted",
        "low": measure == "infected_low",
        "high": measure == "infected_high",
    }
    ages = {one: age == one for one in ("young", "middle", "old")}
    return (
        _days(told.table(directory, "bulletins"), totals)
        .join(_days(told.table(directory, "ages"), ages), on=KEY)
        .sort(KEY)
        .with_columns(
            parts=pl.col("young") + pl.col("middle") + pl.col("old"),
            highest=pl.col("cases").cum_max().over("region"),
        )
        .collect(engine="streaming")
    )


def _days(table: Path, which: Mapping[str, pl.Expr]) -> pl.LazyFrame:
    columns = {column: pl.col("value").filter(condition).first() for column, condition in which.items()}
    return pl.scan_parquet(table).group_by(KEY).agg(**columns)


# For each rule, the column that is to be no more than the other; of ``ages-make-whole``, they are to be equal.
NO_MORE = {
    "deaths-within-cases": ("deaths", "cases"),
    "verified-within-announced": ("verified", "announced"),
    "cases-never-fall": ("highest", "cases"),
    "low-within-high": ("low", "high"),
}
EQUAL = {"ages-make-whole": ("parts", "admitted")}
