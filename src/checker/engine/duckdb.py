"""DuckDB in the process: a database that may read the files it is given and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from checker.engine import EngineFault, NoEngine
from checker.engine.begun import Begun
from checker.engine.dialect import DUCKDB, identifier, quoted
from checker.engine.interrupt import AGAIN, Interrupts
from checker.model import InputError, Location

_Row = TypeVar("_Row")

MEMORY = "3GB"  # with all else that a process holds it stays below 4
SLOTS = 2**20  # of groups by numbers: all threads together have as many, of some hundred bytes each
MOST_SLOTS = 2**19  # of one thread


class DuckDB:
    """A database in memory, which spills to a directory of its own; ``close`` removes that.

    ``files`` are the only ones that it may open besides. It loads no extensions, and its settings
    cannot be changed by a statement. It opens while its user goes on, and fails with the first statement.
    """

    dialect = DUCKDB

    def __init__(self, files: Iterable[Path] = (), memory: str = MEMORY) -> None:
        connect, self._error = _library()
        self._opening = Begun(connect)
        from tempfile import mkdtemp  # noqa: PLC0415  # it loads much, while the database opens

        self.slots = 1 << min(MOST_SLOTS, SLOTS // (os.cpu_count() or 1)).bit_length() - 1
        self._interrupts = Interrupts(self._interrupt)
        self.scratch = Path(mkdtemp(prefix="checker-"))
        allowed = ", ".join(quoted(str(file)) for file in files)
        self._settings = (
            "autoinstall_known_extensions = FALSE",
            "autoload_known_extensions = FALSE",
            f"memory_limit = {quoted(memory)}",
            f"temp_directory = {quoted(str(self.scratch / 'spilled'))}",
            f"allowed_directories = [{quoted(str(self.scratch))}]",
            f"allowed_paths = [{allowed}]",
            "enable_external_access = FALSE",
            "enable_progress_bar = FALSE",
            "parquet_metadata_cache = TRUE",
            f"perfect_ht_threshold = {self.slots.bit_length() - 1}",
            "lock_configuration = TRUE",
        )
        self._errands: list[_Errand] = []

    @cached_property
    def _connection(self) -> Any:
        return self._opening.made().execute("; ".join(f"SET {setting}" for setting in self._settings))

    def execute(self, sql: str) -> None:
        """Run a statement for what it does."""
        self.rows(sql)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows that a statement gives; an ``EngineFault`` where it fails."""
        return self._told(lambda: self._connection.execute(sql).fetchall())

    def begun(self, statements: Iterable[str]) -> Callable[[], list[list[tuple[Any, ...]]]]:
        """Begin some statements, and go on; what is called for the rows that each gives, when they are there."""
        errand = _Errand(self._connection.cursor(), statements, self._error)
        self._errands.append(errand)
        return lambda: self._told(errand.rows)

    def _told(self, asked: Callable[[], list[_Row]]) -> list[_Row]:
        try:
            with self._interrupts:  # DuckDB looks for one itself, but not always
                return asked()
        except (self._error, RuntimeError) as error:
            if self._interrupts.came or str(error) == "Query interrupted":
                raise KeyboardInterrupt from error
            if isinstance(error, self._error):
                raise EngineFault(f"DuckDB failed: {error}") from error
            raise

    def _interrupt(self) -> None:
        with suppress(self._error):  # it may be closed by now
            self._connection.interrupt()
        for errand in self._errands:
            errand.interrupt()

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
        for errand in self._errands:
            errand.end()
        with suppress(Exception):  # it may not have opened
            self._opening.made().close()
        from shutil import rmtree  # noqa: PLC0415  # loaded with tempfile

        rmtree(self.scratch, ignore_errors=True)


class _Errand:
    """Statements that a database works on while its user goes on."""

    def __init__(self, connection: Any, statements: Iterable[str], error: type[Exception]) -> None:
        self._connection, self._statements, self._error = connection, statements, error
        self._left = False
        self._working = Begun(self._work)
        self.rows = self._working.made

    def _work(self) -> list[list[tuple[Any, ...]]]:
        return [self._connection.execute(sql).fetchall() for sql in self._statements if not self._left]

    def interrupt(self) -> None:
        """Let the one that it works on come to an end, unless that is not to be told now."""
        with suppress(self._error):
            self._connection.interrupt()

    def end(self) -> None:
        """Let all come to an end, and wait for that."""
        self._left = True
        while not self._working.has_ended(AGAIN):
            self.interrupt()
        self._connection.close()


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
