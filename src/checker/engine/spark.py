"""Spark, in the process or on a cluster: the same statements as DuckDB's, for what outgrows one machine.

A session of Spark that is there already is used (``spark-submit``, a notebook), in a session of its own beside it.
Else one is started: where ``SPARK_MASTER`` or Spark's own configuration says, or with all cores of this machine.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from checker.engine import EngineFault, NoEngine
from checker.engine.dialect import SPARK, identifier, listed, quoted
from checker.model import InputError, Location

MEMORY = "4g"  # of the process that plans, and in a local session works too; SPARK_DRIVER_MEMORY says otherwise
SETTINGS = {
    "spark.sql.ansi.enabled": "true",  # what overflows is an error
    "spark.sql.caseSensitive": "true",
    "spark.sql.files.openCostInBytes": str(2**18),  # Parquet packs a million rows of a table into a megabyte or two
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.variable.substitute": "false",  # no ${…} of a text is anything but itself
}
FEW = {  # where little is read, it takes longer to compile what is to be done, and to plan it anew, than to do it
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "1",
}
LITTLE = 2**26  # bytes of text
FEW_ROWS = 500_000  # of Parquet
_CREATE = re.compile(
    r"CREATE (?:OR REPLACE )?(?:TEMP )?(TABLE|VIEW) (IF NOT EXISTS )?(\w+) (?:AS (.*)|\((.*)\))", re.DOTALL
)
_INSERT = re.compile(r"INSERT INTO (\w+) (.*)", re.DOTALL)
_CALL = re.compile(r"An error occurred while calling [^:]*: [\w.]+: ")  # how py4j begins
_DROP = re.compile(r"DROP (?:TABLE|VIEW) IF EXISTS (\w+)")


class Spark:
    """A session of Spark. Its tables are views that are computed once and kept, in memory or on disk.

    Files are read where they stand: on a cluster each worker has to see them under the same path.
    """

    dialect = SPARK
    slots = 0

    def __init__(self, _files: Iterable[Path] = ()) -> None:
        self.scratch = Path(tempfile.mkdtemp(prefix="checker-"))
        self._parts: dict[str, list[Any]] = {}  # of each table, what it is made of
        self._views: dict[str, str] = {}  # of each view, what it asks
        self._places: dict[Path, str] = {}  # of files of Parquet, what Spark calls them
        try:
            self._owned, self._session, self._errors = _session(self.scratch / "spark.log")
        except NoEngine:
            shutil.rmtree(self.scratch, ignore_errors=True)
            raise
        self._planned = {name: self._session.conf.get(name) for name in FEW}  # for much; nothing once that is there
        self._set(FEW)

    def _set(self, settings: Mapping[str, str]) -> None:
        for name, value in settings.items():
            self._session.conf.set(name, value)

    def _expect_much(self) -> None:
        """From now on statements are compiled, and their work is divided."""
        self._set(self._planned)
        self._planned = {}

    def execute(self, sql: str) -> None:
        """Run a statement for what it does: make a view, make a table or fill it, or drop either."""
        if made := _CREATE.fullmatch(sql):
            kind, unless, name, query, columns = made.groups()
            if unless and name in self._parts:
                return
            self._forget(name)
            if query is None:
                self._declare(name, columns)
            elif kind == "VIEW":
                self._view(name, query)
            else:
                self._fill(name, query)
        elif filled := _INSERT.fullmatch(sql):
            self._fill(*filled.groups())
        elif dropped := _DROP.fullmatch(sql):
            self._forget(dropped[1])
        else:
            raise EngineFault(f"Spark has no such statement: {sql}")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows that a statement gives; an ``EngineFault`` where it fails."""
        with self._told():
            return [tuple(row) for row in self._query(sql).collect()]

    def begun(self, statements: Iterable[str]) -> Callable[[], list[list[tuple[Any, ...]]]]:
        """What gives the rows of each of some statements, which wait until then: its sessions are not shared."""
        return lambda: [self.rows(sql) for sql in statements]

    def lines(self, file: Path, columns: Iterable[tuple[str, str]]) -> str:
        """What reads a file of JSON, an object a line, with columns of these names and types.

        One that is not large is handed over as it is, so that workers need not see it.
        """
        name = f"lines_{file.stem.replace('-', '_')}"
        types = self.dialect.written(", ".join(f"{column} {type}" for column, type in columns))  # noqa: A001
        with self._told():
            if file.stat().st_size > LITTLE:
                self._expect_much()
                self._session.read.schema(types).json(f"file://{file}").createOrReplaceTempView(name)
                return name
            told = [(line,) for line in file.read_text(encoding="utf-8").split("\n") if line]
            self._session.createDataFrame(told, "line STRING", verifySchema=False).createOrReplaceTempView(name)
        return f"(SELECT told.* FROM (SELECT from_json(line, '{types}') AS told FROM {name}) AS lines)"

    def unpacked(self, file: Path) -> Path:
        """The file itself, or without the zstd around it, which Python cannot take off and Spark can."""
        if file.suffix != ".zst":
            return file
        plain = self.scratch / file.stem
        java = self._session.sparkContext._jvm  # noqa: SLF001  # no other way leads to what Spark is made of
        with self._told():
            packed = java.com.github.luben.zstd.ZstdInputStream(java.java.io.FileInputStream(str(file.absolute())))
            written = java.java.io.FileOutputStream(str(plain))
            try:
                packed.transferTo(written)
            finally:
                written.close()
                packed.close()
        return plain

    def types(self, file: Path) -> dict[str, str]:
        """The columns of a Parquet file, and their types in the words of DuckDB."""
        with self._told():
            return {field.name: _type(field.dataType.simpleString()) for field in self._parquet([file]).schema}

    def lengths(self, files: Sequence[Path]) -> list[int]:
        """How many rows each of some Parquet files has."""
        with self._told():
            read = self._parquet(files)
            counts = read.groupBy(read.metadataColumn("_metadata").file_path).count().collect()
        self._places = {_path(place): place for place, _ in counts}
        told = {_path(place): count for place, count in counts}
        if sum(told.values()) > FEW_ROWS:
            self._expect_much()
        return [told.get(file.absolute(), 0) for file in files]

    def parquet(self, name: str, files: Sequence[tuple[Path, int]], columns: Mapping[str, str]) -> None:
        """Make a view of columns of Parquet files, and of ``p``: a row's number in its file, from where that begins."""
        with self._told():
            read = self._parquet([file for file, _ in files])
            place = read.metadataColumn("_metadata")
            chosen = [read[self.dialect.written(identifier(there))].alias(here) for there, here in columns.items()]
            read.select(place.row_index.alias("at"), place.file_path.alias("place"), *chosen).createOrReplaceTempView(
                f"{name}_read"
            )
        starts = [(self._places[file.absolute()], start) for file, start in files if file.absolute() in self._places]
        known = listed([(quoted(place), str(start)) for place, start in starts] or [("''", "0")])
        begins = f"(SELECT * FROM ({known}) AS begins(place, start)) AS begins"
        self._view(
            name,
            f"SELECT at + start AS p, {', '.join(columns.values())} FROM {name}_read JOIN {begins}"
            f" ON {name}_read.place = begins.place",
        )

    def close(self) -> None:
        """Forget everything; what was started is stopped."""
        for name in [*self._parts, *self._views]:
            self._forget(name)
        if self._owned:
            self._session.stop()
        shutil.rmtree(self.scratch, ignore_errors=True)

    leave = close

    # --------------------------------------------------------------------- tables

    def _declare(self, name: str, columns: str) -> None:
        """Make a table of no rows."""
        nothing = (f"CAST(NULL AS {type}) AS {column}" for column, type in map(str.split, columns.split(", ")))  # noqa: A001
        with self._told():
            self._parts[name] = [self._query(f"SELECT {', '.join(nothing)} WHERE FALSE")]
            self._show(name)

    def _fill(self, name: str, query: str) -> None:
        """Compute a query once, and add its rows to a table."""
        with self._told():
            kept = self._query(query).localCheckpoint()  # a view of it leads no further back: to itself, perhaps
            own = kept.toDF(*kept.columns)  # else Spark mistakes its columns for those that it is made of
            self._parts.setdefault(name, []).append(own)
            self._show(name)

    def _show(self, name: str) -> None:
        """Make the rows of a table known by its name, and to the views of it, which were planned without them."""
        reduce(lambda one, other: one.union(other), self._parts[name]).createOrReplaceTempView(name)
        for view, query in self._views.items():
            if re.search(rf"(?:FROM|JOIN) {name}\b", query):
                self._query(query).createOrReplaceTempView(view)

    def _view(self, name: str, query: str) -> None:
        """Make a view: planned once, as its SQL would be read again with each look at it."""
        with self._told():
            self._query(query).createOrReplaceTempView(name)
        self._views[name] = query

    def _forget(self, name: str) -> None:
        self._parts.pop(name, None)
        self._views.pop(name, None)
        self._session.catalog.dropTempView(name)

    # --------------------------------------------------------------------- Spark

    def _parquet(self, files: Sequence[Path]) -> Any:
        hidden = next((file for file in files if file.name.startswith("_")), None)
        if hidden is not None:
            raise EngineFault(f"Spark failed: a file whose name begins with _ is none of data to it: {hidden.name}")
        return self._session.read.parquet(*map(_escaped, files))

    def _query(self, sql: str) -> Any:
        return self._session.sql(self.dialect.written(sql))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of Spark as faults, in few words."""
        try:
            yield
        except self._errors as error:
            said = _CALL.sub("", re.split(r"JVM stacktrace|\n\tat ", str(error))[0].strip())
            raise EngineFault(f"Spark failed: {said}") from error


def _escaped(file: Path) -> str:
    """A file as Spark is asked for it, to whom any name is a glob."""
    return "file://" + re.sub(r"([][{}*?\\])", r"\\\1", str(file.absolute()))


def _path(place: str) -> Path:
    return Path(unquote(urlsplit(place).path))


_TYPES = {
    "int": "INTEGER",
    "string": "VARCHAR",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "timestamp_ntz": "TIMESTAMP",
}


def _type(name: str) -> str:
    return _TYPES.get(name, name.upper())


# ------------------------------------------------------------------------- starting


def _session(log: Path) -> tuple[bool, Any, tuple[type[Exception], ...]]:
    """Whether Spark was started for this, a session of it, and the errors that it raises."""
    sql = _module()
    from py4j.protocol import Py4JError  # noqa: PLC0415  # comes with pyspark
    from pyspark.errors import PySparkException  # noqa: PLC0415

    logging.getLogger("SQLQueryContextLogger").disabled = True  # what fails is told once, as a fault
    errors = (PySparkException, Py4JError)
    active = sql.SparkSession.getActiveSession()
    if active is None:
        try:
            with _unheard(log):
                started = _started(sql)
        except errors as error:
            said = [line for line in log.read_text(errors="replace").splitlines() if "WARN" not in line] or [str(error)]
            raise NoEngine([_absent("Spark does not start", f"Java 17 or 21; it says: {said[-1]}")]) from None
    session = (active or started).newSession()
    for name, value in SETTINGS.items():
        session.conf.set(name, value)
    return active is None, session, errors


def _module() -> Any:
    try:
        from pyspark import sql  # noqa: PLC0415  # loaded where there is something for it
    except ImportError:
        needed = 'pip install "checker-facts[spark]"; --engine spark needs it, and Java 17 or 21'
        raise NoEngine([_absent("pyspark is not installed", needed)]) from None
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    if java is None and "PYSPARK_GATEWAY_PORT" not in os.environ:
        wrong = f"there is no Java{' in JAVA_HOME' if home else ''}"
        raise NoEngine([_absent(wrong, "Java 17 or 21 (Debian and Ubuntu: apt install default-jre-headless)")])
    return sql


def _absent(message: str, expected: str) -> InputError:
    return InputError(Location("checker"), message, expected)


def _started(sql: Any) -> Any:
    from pyspark import SparkConf, SparkContext  # noqa: PLC0415

    os.environ.setdefault("SPARK_DRIVER_MEMORY", MEMORY)
    SparkContext._ensure_initialized()  # noqa: SLF001  # only now it is known what Spark's configuration says
    configured = SparkConf()
    configured.setIfMissing("spark.master", os.environ.get("SPARK_MASTER", "local[*]"))
    configured.setIfMissing("spark.app.name", "checker")
    configured.setIfMissing("spark.ui.enabled", "false")
    configured.setIfMissing("spark.ui.showConsoleProgress", "false")
    if str(configured.get("spark.master")).startswith("local"):
        configured.setIfMissing("spark.sql.shuffle.partitions", str(os.cpu_count() or 2))
    session = sql.SparkSession.builder.config(conf=configured).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


@contextmanager
def _unheard(log: Path) -> Iterator[None]:
    """What is started meanwhile writes to a file what it has to say: a report alone goes to standard output."""
    sys.stdout.flush()
    sys.stderr.flush()
    ours = [os.dup(1), os.dup(2)]
    with log.open("wb") as written:
        os.dup2(written.fileno(), 1)
        os.dup2(written.fileno(), 2)
    try:
        yield
    finally:
        for number, one in enumerate(ours, 1):
            os.dup2(one, number)
            os.close(one)
