"""Great Expectations over a pandas frame: an expectation for each rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import great_expectations as gx

import told
import wide


def expectations() -> dict[str, Any]:
    """An expectation for each rule."""
    made: dict[str, Any] = {
        rule: gx.expectations.ExpectColumnPairValuesAToBeGreaterThanB(column_A=more, column_B=less, or_equal=True)
        for rule, (less, more) in wide.NO_MORE.items()
    }
    for rule, (one, other) in wide.EQUAL.items():
        made[rule] = gx.expectations.ExpectColumnPairValuesToBeEqual(column_A=one, column_B=other)
    return made


def count(directory: Path) -> dict[str, int]:
    """How many rows are unexpected."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("facts").add_dataframe_asset("days")
    whole = asset.add_batch_definition_whole_dataframe("all")
    batch = whole.get_batch({"dataframe": wide.frame(directory).to_pandas()})
    suite = gx.ExpectationSuite(name="rules")
    made = expectations()
    for one in made.values():
        suite.add_expectation(one)
    results = batch.validate(suite).results
    return {rule: results[number].result["unexpected_count"] for number, rule in enumerate(made)}


if __name__ == "__main__":
    told.main(count)
