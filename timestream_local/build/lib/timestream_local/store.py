"""Rows in DuckDB: buffered, flushed by Arrow, one cursor for each reader.

A row's identity is its series (dimensions and measure name) and its time. There is no primary key, which would take
five times the space: memory knows the first and last flushed time of each series, so that only a record between them
needs a look. Names in DuckDB (`t1`, `c0`) are ours, never a caller's.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]

from timestream_local.catalogue import Column, Table
from timestream_local.records import Dimensions, Record, RejectedError, Value
from timestream_local.series import register

FLUSH_ROWS = 20_000
ARROW = {
    "DOUBLE": pa.float64(),
    "BIGINT": pa.int64(),
    "VARCHAR": pa.string(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMP": pa.timestamp("us"),
}
SETTINGS = (
    "SET GLOBAL integer_division = true",
    "SET GLOBAL TimeZone = 'UTC'",
    "SET GLOBAL python_enable_replacements = false",
    "SET GLOBAL enable_external_access = false",
    "SET GLOBAL threads = 2",
    "SET GLOBAL memory_limit = '4GB'",
)
Key = tuple[int, int]


@dataclass(slots=True)
class Pending:
    version: int
    values: dict[str, Value]
    measure_name: str
    due_us: int | None
    replaces: bool


@dataclass(slots=True)
class Series:
    number: int
    first_us: int | None = None
    last_us: int | None = None

    def may_hold(self, time_us: int) -> bool:
        return self.first_us is not None and self.last_us is not None and self.first_us <= time_us <= self.last_us

    def widen(self, time_us: int) -> None:
        self.first_us = time_us if self.first_us is None else min(self.first_us, time_us)
        self.last_us = time_us if self.last_us is None else max(self.last_us, time_us)


class Rows:
    """What is known in memory of one table."""

    def __init__(self) -> None:
        self.series: dict[tuple[Dimensions, str], Series] = {}
        self.by_number: list[Series] = []
        self.buffer: dict[Key, Pending] = {}
        self.last_due_us: int | None = None

    def of(self, dimensions: Dimensions, measure_name: str) -> Series:
        key = (dimensions, measure_name)
        found = self.series.get(key)
        if found is None:
            found = self.series[key] = Series(len(self.by_number))
            self.by_number.append(found)
        return found


class Store:
    def __init__(self, file: Path, tables: list[Table]) -> None:
        self.connection = duckdb.connect(str(file))
        register(self.connection)
        for setting in SETTINGS:
            self.connection.execute(setting)
        self.connection.execute("SET GLOBAL lock_configuration = true")
        self.writer = self.connection.cursor()
        self.lock = RLock()
        self.tables = {table.number: table for table in tables}
        self.rows = {table.number: self._load(table) for table in tables}

    def close(self) -> None:
        with self.lock:
            self.flush_all()
            self.writer.close()
            self.connection.close()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        return self.connection.cursor()

    def create(self, table: Table) -> None:
        with self.lock:
            self.writer.execute(
                f"CREATE OR REPLACE TABLE {table.physical}"
                " (series INTEGER, time TIMESTAMP, version BIGINT, measure_name VARCHAR, due TIMESTAMP)"
            )
            self.tables[table.number], self.rows[table.number] = table, Rows()

    def drop(self, table: Table) -> None:
        with self.lock:
            self.writer.execute(f"DROP TABLE {table.physical}")
            del self.rows[table.number], self.tables[table.number]

    def columns(self, table: Table, record: Record) -> bool:
        """Make the columns that the record needs and the table has not. True if there were any."""
        wanted = _wanted(record)
        new = [one for one in wanted if not _is_there(table, one)]
        for one in new:
            made = table.add_column(one.name, type_=one.type, dimension=one.dimension)
            self.writer.execute(f"ALTER TABLE {table.physical} DROP COLUMN IF EXISTS {made.physical}")
            self.writer.execute(f"ALTER TABLE {table.physical} ADD COLUMN {made.physical} {made.type}")
        return bool(new)

    def known(self, table: Table, records: list[Record]) -> dict[Key, Pending]:
        """The flushed rows that the records could collide with."""
        rows = self.rows[table.number]
        keys: set[Key] = set()
        for one in records:
            series = rows.series.get((one.dimensions, one.measure_name))
            if series is not None and series.may_hold(one.time_us) and (series.number, one.time_us) not in rows.buffer:
                keys.add((series.number, one.time_us))
        return self._read(table, keys) if keys else {}

    def put(self, table: Table, record: Record, known: dict[Key, Pending], due_us: int | None) -> None:
        """Buffer one record, or refuse it by the version rules."""
        rows = self.rows[table.number]
        key = (rows.of(record.dimensions, record.measure_name).number, record.time_us)
        values = _values(table, record)
        existing = rows.buffer.get(key) or known.get(key)
        if existing is not None and not _newer(record, values, existing):
            return
        if due_us is not None:
            rows.last_due_us = max(rows.last_due_us or 0, due_us)
        replaces = key in known or (existing is not None and existing.replaces)
        rows.buffer[key] = Pending(record.version, values, record.measure_name, due_us, replaces)

    def flush_if_full(self, table: Table) -> None:
        if len(self.rows[table.number].buffer) >= FLUSH_ROWS:
            self.flush(table)

    def flush(self, table: Table) -> None:
        with self.lock:
            rows = self.rows.get(table.number)
            if rows is None or not rows.buffer:
                return
            with self._transaction():
                self._delete_replaced(table, rows)
                self._append(table, rows)
            for number, time_us in rows.buffer:
                rows.by_number[number].widen(time_us)
            rows.buffer = {}

    def flush_all(self) -> None:
        with self.lock:
            for table in self.tables.values():
                self.flush(table)

    def last_due_us(self, table: Table) -> int | None:
        rows = self.rows.get(table.number)
        return rows.last_due_us if rows else None

    def _delete_replaced(self, table: Table, rows: Rows) -> None:
        gone = [key for key, pending in rows.buffer.items() if pending.replaces]
        if gone:
            with self._arrow("gone", _keys(gone)):
                self.writer.execute(
                    f"DELETE FROM {table.physical} AS t USING gone"  # noqa: S608
                    " WHERE t.series = gone.series AND t.time = gone.time"
                    f" AND t.time BETWEEN {_between(gone)}"
                )

    def _append(self, table: Table, rows: Rows) -> None:
        pending = list(rows.buffer.values())
        columns: dict[str, Any] = {
            "series": pa.array([number for number, _ in rows.buffer], pa.int32()),
            "time": pa.array([time_us for _, time_us in rows.buffer], ARROW["TIMESTAMP"]),
            "version": pa.array([one.version for one in pending], pa.int64()),
            "measure_name": pa.array([one.measure_name for one in pending], pa.string()),
            "due": pa.array([one.due_us for one in pending], ARROW["TIMESTAMP"]),
        }
        for column in table.columns.values():
            name = column.physical
            columns[name] = pa.array([one.values.get(name) for one in pending], ARROW[column.type])
        with self._arrow("fresh", pa.table(columns)):
            self.writer.execute(f"INSERT INTO {table.physical} BY NAME SELECT * FROM fresh")  # noqa: S608

    def _read(self, table: Table, keys: set[Key]) -> dict[Key, Pending]:
        columns = list(table.columns.values())
        shown = "".join(f", {_shown(column)}" for column in columns)
        with self._arrow("wanted", _keys(sorted(keys))):
            found = self.writer.execute(
                f"SELECT series, epoch_us(time), version, measure_name, epoch_us(due){shown}"  # noqa: S608
                f" FROM {table.physical} AS t JOIN wanted USING (series, time) WHERE time BETWEEN {_between(keys)}"
            ).fetchall()
        return {
            (row[0], row[1]): Pending(
                version=row[2],
                values={c.physical: v for c, v in zip(columns, row[5:], strict=True) if v is not None},
                measure_name=row[3],
                due_us=row[4],
                replaces=True,
            )
            for row in found
        }

    def _load(self, table: Table) -> Rows:
        """The series of a table from its rows, after a restart."""
        rows = Rows()
        dimensions = [column for column in table.columns.values() if column.dimension]
        shown = "".join(f", any_value({column.physical})" for column in dimensions)
        found = self.writer.execute(
            "SELECT series, any_value(measure_name), epoch_us(min(time)), epoch_us(max(time)), epoch_us(max(due))"  # noqa: S608
            f"{shown} FROM {table.physical} GROUP BY series ORDER BY series"
        ).fetchall()
        for number, measure_name, first_us, last_us, due_us, *values in found:
            named = [
                (column.name, value) for column, value in zip(dimensions, values, strict=True) if value is not None
            ]
            while len(rows.by_number) < number:
                rows.by_number.append(Series(len(rows.by_number)))
            series = Series(number, first_us, last_us)
            rows.by_number.append(series)
            rows.series[tuple(sorted(named)), measure_name] = series
            rows.last_due_us = max(rows.last_due_us or 0, due_us) if due_us is not None else rows.last_due_us
        return rows

    @contextlib.contextmanager
    def _arrow(self, name: str, data: Any) -> Iterator[None]:
        self.writer.register(name, data)
        try:
            yield
        finally:
            self.writer.unregister(name)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self.writer.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.writer.execute("ROLLBACK")
            raise
        self.writer.execute("COMMIT")


def _values(table: Table, record: Record) -> dict[str, Value]:
    columns = table.columns
    values: dict[str, Value] = {columns[name.lower()].physical: value for name, value in record.dimensions}
    for name, measure in record.measures.items():
        values[columns[name.lower()].physical] = measure.value
    return values


def _newer(record: Record, values: dict[str, Value], existing: Pending) -> bool:
    if record.version > existing.version:
        return True
    if record.version == existing.version and values == existing.values:
        return False
    raise RejectedError(
        "The record version is lower than the existing version, or equal with another measure value."
        " A higher version is required to update the measure value.",
        existing.version,
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    name: str
    type: str
    dimension: bool


def _wanted(record: Record) -> list[Wanted]:
    wanted = [Wanted(name, "VARCHAR", dimension=True) for name, _ in record.dimensions]
    wanted += [Wanted(name, one.type, dimension=False) for name, one in record.measures.items()]
    if len({one.name.lower() for one in wanted}) < len(wanted):
        raise RejectedError("A name is used twice among the record's dimensions and measures.")
    return wanted


def _is_there(table: Table, wanted: Wanted) -> bool:
    found = table.column(wanted.name)
    if found is None:
        return False
    if found.dimension != wanted.dimension:
        kind = "dimension" if found.dimension else "measure"
        raise RejectedError(f"{wanted.name} is a {kind} of this table already.")
    if found.type != wanted.type:
        raise RejectedError(f"The measure {wanted.name} has the type {found.type} in this table, not {wanted.type}.")
    if found.name != wanted.name:
        raise RejectedError(f"This table has the column {found.name}: one that differs in case only is not supported.")
    return True


def _keys(keys: list[Key]) -> Any:
    return pa.table(
        {
            "series": pa.array([number for number, _ in keys], pa.int32()),
            "time": pa.array([time_us for _, time_us in keys], ARROW["TIMESTAMP"]),
        }
    )


def _between(keys: set[Key] | list[Key]) -> str:
    times = [time_us for _, time_us in keys]
    return f"make_timestamp({min(times)}) AND make_timestamp({max(times)})"


def _shown(column: Column) -> str:
    return f"epoch_us({column.physical})" if column.type == "TIMESTAMP" else column.physical
