"""pointblank over a polars frame: a validation step for each rule."""

from __future__ import annotations

from pathlib import Path

import pointblank as pb

import told
import wide


def count(directory: Path) -> dict[str, int]:
    """How many rows fail each step."""
    validation = pb.Validate(wide.frame(directory))
    for left, right in wide.NO_MORE.values():
        validation = validation.col_vals_le(columns=left, value=pb.col(right))
    for left, right in wide.EQUAL.values():
        validation = validation.col_vals_eq(columns=left, value=pb.col(right))
    failed = validation.interrogate().n_failed()
    return dict(zip((*wide.NO_MORE, *wide.EQUAL), failed.values(), strict=True))


if __name__ == "__main__":
    told.main(count)
