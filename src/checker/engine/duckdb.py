"""DuckDB in the process: a database that may read the files it is given and nothing else."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from checker.engine import EngineFault, NoEngine
from checker.engine.dialect import DUCKDB, quoted
from checker.model import InputError, Location

MEMORY = "4GB"


class DuckDB:
    """A database in memory, which spills to a directory of its own; ``close`` removes that.

    ``files`` are the only ones that it may open besides. It loads no extensions, and its settings
    cannot be changed by a statement.
    """

    dialect = DUCKDB

    def __init__(self, files: Iterable[Path] = (), memory: str = MEMORY) -> None:
        duckdb = _module()
        self.scratch = Path(tempfile.mkdtemp(prefix="checker-"))
        self._error: type[Exception] = duckdb.Error
        self._connection = duckdb.connect()
        allowed = ", ".join(quoted(str(file)) for file in files)
        for setting in (
            "autoinstall_known_extensions = FALSE",
            "autoload_known_extensions = FALSE",
            f"memory_limit = {quoted(memory)}",
            f"temp_directory = {quoted(str(self.scratch / 'spilled'))}",
            f"allowed_directories = [{quoted(str(self.scratch))}]",
            f"allowed_paths = [{allowed}]",
            "enable_external_access = FALSE",
            "enable_progress_bar = FALSE",
            "lock_configuration = TRUE",
        ):
            self.execute(f"SET {setting}")

    def execute(self, sql: str) -> None:
        """Run a statement for what it does."""
        self.rows(sql)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows that a statement gives; an ``EngineFault`` where it fails."""
        try:
            found: list[tuple[Any, ...]] = self._connection.execute(sql).fetchall()
        except self._error as error:
            raise EngineFault(f"DuckDB failed: {error}") from error
        return found

    def lines(self, file: Path, columns: Iterable[tuple[str, str]]) -> str:
        """What reads a file of JSON, an object a line, with columns of these names and types."""
        types = ", ".join(f"{quoted(name)}: {quoted(type)}" for name, type in columns)  # noqa: A001
        return f"read_json({quoted(str(file))}, format = 'newline_delimited', columns = {{{types}}})"

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()
        shutil.rmtree(self.scratch, ignore_errors=True)


def _module() -> Any:
    try:
        import duckdb  # noqa: PLC0415  # loaded where there is something for it
    except ImportError:
        wrong = InputError(
            Location("checker"), "DuckDB is not installed", 'pip install "checker-facts[tables]"; tables need it'
        )
        raise NoEngine([wrong]) from None
    return duckdb
