"""Hand-written SQL in DuckDB: five plain queries, as one would write them, each listing what breaks its rule."""

from __future__ import annotations

from pathlib import Path

import duckdb

import told

QUERIES = {
    "deaths-within-cases": """
        SELECT region, day, d.value, c.value FROM bulletins d JOIN bulletins c USING (region, day)
        WHERE d.measure = 'deaths_total' AND c.measure = 'cases_total' AND d.value > c.value
    """,
    "verified-within-announced": """
        SELECT region, day, v.value, a.value FROM bulletins v JOIN bulletins a USING (region, day)
        WHERE v.measure = 'beds' AND v.basis = 'verified' AND a.measure = 'beds' AND a.basis = 'announced'
          AND v.value > a.value
    """,
    # A row below the highest one before it. No two spikes of a region overlap, so each such row is one pair that falls.
    "cases-never-fall": """
        SELECT region, day, highest, value FROM (
          SELECT region, day, value, max(value) OVER (PARTITION BY region ORDER BY day) AS highest
          FROM bulletins WHERE measure = 'cases_total'
        ) WHERE value < highest
    """,
    "ages-make-whole": """
        SELECT region, day, parts, b.value FROM bulletins b JOIN (
          SELECT region, day, sum(value) AS parts FROM ages GROUP BY region, day HAVING count(*) = 3
        ) USING (region, day)
        WHERE b.measure = 'admitted' AND parts <> b.value
    """,
    "low-within-high": """
        SELECT region, day, l.value, h.value FROM bulletins l JOIN bulletins h USING (region, day)
        WHERE l.measure = 'infected_low' AND h.measure = 'infected_high' AND l.value > h.value
    """,
}


def count(directory: Path) -> dict[str, int]:
    """How many rows each query lists."""
    database = duckdb.connect()
    for table in ("bulletins", "ages"):
        database.from_parquet(str(told.table(directory, table))).create_view(table)
    return {rule: len(database.execute(query).fetchall()) for rule, query in QUERIES.items()}


if __name__ == "__main__":
    told.main(count)
