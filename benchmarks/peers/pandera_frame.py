"""pandera over a polars frame: a check for each rule, all validated lazily, so that every failing row is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandera.polars as pa
import polars as pl

import told
import wide


def check(rule: str, left: str, right: str, *, equal: bool) -> pa.Check:
    """The check of a rule."""

    def holds(data: Any) -> pl.LazyFrame:
        one, other = pl.col(left), pl.col(right)
        return data.lazyframe.select(one == other if equal else one <= other)

    return pa.Check(holds, name=rule)


def count(directory: Path) -> dict[str, int]:
    """How many failing rows each check tells of."""
    checks = [check(rule, *sides, equal=False) for rule, sides in wide.NO_MORE.items()]
    checks += [check(rule, *sides, equal=True) for rule, sides in wide.EQUAL.items()]
    try:
        pa.DataFrameSchema(checks=checks).validate(wide.frame(directory), lazy=True)
    except pa.errors.SchemaErrors as wrong:
        return dict(wrong.failure_cases.group_by("check").agg(pl.col("index").n_unique()).iter_rows())
    return {}


if __name__ == "__main__":
    told.main(count)
