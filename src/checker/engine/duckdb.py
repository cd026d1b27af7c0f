"""DuckDB in the process: a database that may read the files it is given and nothing else."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

from checker.engine import EngineFault, NoEngine
from checker.engine.dialect import DUCKDB, identifier, quoted
from checker.engine.interrupt import Interrupts
from checker.model import InputError, Location

MEMORY = "3GB"  # with all else that a process holds it stays below 4


class DuckDB:
    """A database in memory, which spills to a directory of its own; ``close`` removes that.

    ``files`` are the only ones that it may open besides. It loads no extensions, and its settings
    cannot be changed by a statement. It opens while its user goes on, and fails with the first statement.
    """

    dialect = DUCKDB
    numbers = True

    def __init__(self, files: Iterable[Path] = (), memory: str = MEMORY) -> None:
        connect, self._error = _library()
        self._interrupts = Interrupts(self._interrupt)
        self.scratch = Path(tempfile.mkdtemp(prefix="checker-"))
        allowed = ", ".join(quoted(str(file)) for file in files)
        settings = (
            "autoinstall_known_extensions = FALSE",
            "autoload_known_extensions = FALSE",
            f"memory_limit = {quoted(memory)}",
            f"temp_directory = {quoted(str(self.scratch / 'spilled'))}",
            f"allowed_directories = [{quoted(str(self.scratch))}]",
            f"allowed_paths = [{allowed}]",
            "enable_external_access = FALSE",
            "enable_progress_bar = FALSE",
            "parquet_metadata_cache = TRUE",
            "perfect_ht_threshold = 0",  # a footer that is false about the ends of a column would let it write anywhere
            "lock_configuration = TRUE",
        )
        self._opened: Any = None
        self._failed: Exception | None = None
        self._opening = Thread(target=self._open, args=(connect, "; ".join(f"SET {setting}" for setting in settings)))
        self._opening.start()

    def _open(self, connect: Callable[[], Any], settings: str) -> None:
        try:
            self._opened = connect()
            self._opened.execute(settings)
        except Exception as error:  # told to whom it concerns
            self._failed = error

    @property
    def _connection(self) -> Any:
        self._opening.join()
        if self._failed is not None:
            raise self._failed
        return self._opened

    def execute(self, sql: str) -> None:
        """Run a statement for what it does."""
        self.rows(sql)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows that a statement gives; an ``EngineFault`` where it fails."""
        try:
            with self._interrupts:  # DuckDB looks for one itself, but not always
                found: list[tuple[Any, ...]] = self._connection.execute(sql).fetchall()
        except (self._error, RuntimeError) as error:
            if self._interrupts.came or str(error) == "Query interrupted":
                raise KeyboardInterrupt from error
            if isinstance(error, self._error):
                raise EngineFault(f"DuckDB failed: {error}") from error
            raise
        return found

    def _interrupt(self) -> None:
        with suppress(self._error):  # it may be closed by now
            self._connection.interrupt()

    def lines(self, file: Path, columns: Iterable[tuple[str, str]]) -> str:
        """What reads a file of JSON, an object a line, with columns of these names and types."""
        types = ", ".join(f"{quoted(name)}: {quoted(type)}" for name, type in columns)  # noqa: A001
        return f"read_json({quoted(str(file))}, format = 'newline_delimited', columns = {{{types}}})"

    def unpacked(self, file: Path) -> Path:
        """The file itself: what is packed, DuckDB alone reads."""
        return file

    def types(self, file: Path) -> dict[str, str]:
        """The columns of a Parquet file, and their types."""
        described = self.rows(f"DESCRIBE SELECT * FROM {_parquet([file])}")
        return {column: type for column, type, *_ in described}  # noqa: A001

    def lengths(self, files: Sequence[Path]) -> list[int]:
        """How many rows each of some Parquet files has."""
        told = dict(self.rows(f"SELECT file_name, num_rows FROM parquet_file_metadata({_list(files)})"))
        return [told[str(file.absolute())] for file in files]

    def parquet(self, name: str, files: Sequence[tuple[Path, int]], columns: Mapping[str, str]) -> None:
        """Make a view of columns of Parquet files, and of ``p``: a row's number in its file, from where that begins."""
        position = "file_row_number"
        if len(files) > 1:
            position += f" + [{', '.join(str(start) for _, start in files)}][CAST(file_index AS BIGINT) + 1]"
        chosen = [f"{position} AS p", *(f"{identifier(there)} AS {here}" for there, here in columns.items())]
        source = _parquet(file for file, _ in files)
        self.execute(f"CREATE VIEW {name} AS SELECT {', '.join(chosen)} FROM {source}")

    def close(self) -> None:
        """Forget everything."""
        self._interrupts.close()
        self._free()

    def leave(self) -> None:
        """The same, while its user goes on: it takes a while to free what it held."""
        self._interrupts.close()
        Thread(target=self._free).start()

    def _free(self) -> None:
        self._opening.join()
        if self._opened is not None:
            self._opened.close()
        shutil.rmtree(self.scratch, ignore_errors=True)


def _list(files: Iterable[Path]) -> str:
    return f"[{', '.join(quoted(str(file.absolute())) for file in files)}]"


def _parquet(files: Iterable[Path]) -> str:
    """What reads files of Parquet, and no columns out of the names of directories."""
    return f"read_parquet({_list(files)}, hive_partitioning = FALSE)"


def _library() -> tuple[Callable[[], Any], type[Exception]]:
    """What opens a database, and its errors; loaded where there is something for it."""
    try:
        try:  # what duckdb is made of: without all that duckdb adds it is there in a fifth of the time
            from _duckdb import Error, connect  # noqa: PLC0415
        except ImportError:
            from duckdb import Error, connect  # noqa: PLC0415
    except ImportError:
        wrong = InputError(
            Location("checker"), "DuckDB is not installed", 'pip install "checker-facts[tables]"; tables need it'
        )
        raise NoEngine([wrong]) from None
    return connect, Error
