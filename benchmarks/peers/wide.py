"""The table with a region's day a row and a column for each figure, for the peers that compare columns."""

from __future__ import annotations

from pathlib import Path

import polars as pl

import told

KEY = ["region", "day"]


def frame(directory: Path) -> pl.DataFrame:
    """Region, day, the ten figures, ``parts`` (the sum of the ages) and ``highest`` (the most cases up to the day)."""
    measure, basis, age, value = pl.col("measure"), pl.col("basis"), pl.col("age"), pl.col("value")
    which = {
        "cases": measure == "cases_total",
        "deaths": measure == "deaths_total",
        "announced": basis == "announced",
        "verified": basis == "verified",
        "admitted": (measure == "admitted") & age.is_null(),
        "young": age == "young",
        "middle": age == "middle",
        "old": age == "old",
        "low": measure == "infected_low",
        "high": measure == "infected_high",
    }
    days = (
        pl.scan_parquet(told.table(directory))
        .group_by(KEY)
        .agg(**{column: value.filter(condition).first() for column, condition in which.items()})
    )
    return (
        days.sort(KEY)
        .with_columns(
            parts=pl.col("young") + pl.col("middle") + pl.col("old"),
            highest=pl.col("cases").cum_max().over("region"),
        )
        .collect(engine="streaming")
    )


# For each rule, the column that is to be no more than the other; of ``ages-make-whole``, they are to be equal.
NO_MORE = {
    "deaths-within-cases": ("deaths", "cases"),
    "verified-within-announced": ("verified", "announced"),
    "cases-never-fall": ("highest", "cases"),
    "low-within-high": ("low", "high"),
}
EQUAL = {"ages-make-whole": ("parts", "admitted")}
