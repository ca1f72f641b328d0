"""Query, CancelQuery and PrepareQuery: translated, run on a cursor of its own, answered in pages."""

import json
import re
import secrets
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, Protocol

import duckdb

from timestream_local.catalogue import Catalogue
from timestream_local.clock import Clock, micros
from timestream_local.errors import QueryExecutionError, ServiceError, ValidationError
from timestream_local.results import ToDatum, column_type, datum
from timestream_local.sql.translate import Translation, Translator, Visible
from timestream_local.store import Store

Json = dict[str, Any]
Rows = list[tuple[Any, ...]]
PAGE_BYTES, MAX_ROWS, FETCH = 1_000_000, 1_000, 1_000
DATUM_BYTES = 18
KEPT_RESULTS = 100
KIND_OF_ERROR = re.compile(r"^[A-Z][A-Za-z ]* Error: ")
SHOW = re.compile(
    r"\s*(?:(SHOW\s+DATABASES)|(SHOW\s+TABLES)\s+FROM\s+(\S+?)|(DESCRIBE)\s+(\S+?)\s*\.\s*(\S+?))\s*;?\s*",
    re.IGNORECASE,
)
INVALID = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    duckdb.ConversionException,
    duckdb.InvalidInputException,
    duckdb.OutOfRangeException,
    duckdb.TypeMismatchException,
)


class Fetching(Protocol):
    def fetchmany(self, size: int) -> Rows: ...

    def close(self) -> None: ...


@dataclass
class Listed:
    """Rows that no query made: of SHOW and DESCRIBE."""

    rows: Rows

    def fetchmany(self, size: int) -> Rows:
        taken, self.rows = self.rows[:size], self.rows[size:]
        return taken

    def close(self) -> None:
        self.rows = []


@dataclass
class Result:
    """One query's rows, read page by page. A page that was lost on its way can be asked for again."""

    query: str
    columns: list[Json]
    to_datum: list[ToDatum]
    source: Fetching
    held: deque[Json] = field(default_factory=deque)
    ended: bool = False
    bytes_sent: int = 0
    next_token: str | None = None
    last_token: str | None = None
    last_page: Json | None = None
    lock: RLock = field(default_factory=RLock)

    def rows(self, most: int) -> list[Json]:
        """At most so many rows, and at most one megabyte; one row always fits."""
        taken: list[Json] = []
        size = 0
        while len(taken) < most and self._fill():
            size += _bytes(self.held[0])
            if taken and size > PAGE_BYTES:
                break
            taken.append(self.held.popleft())
        self.bytes_sent += size
        return taken

    def more(self) -> bool:
        return self._fill()

    def _fill(self) -> bool:
        if not self.held and not self.ended:
            fetched = self.source.fetchmany(FETCH)
            self.ended = not fetched
            self.held = deque(self._row(row) for row in fetched)
        return bool(self.held)

    def _row(self, row: tuple[Any, ...]) -> Json:
        return {"Data": [make(value) for make, value in zip(self.to_datum, row, strict=True)]}


class Querying:
    def __init__(self, catalogue: Catalogue, store: Store, clock: Clock, *, empty_first_page: bool = False) -> None:
        self.catalogue = catalogue
        self.store = store
        self.clock = clock
        self.empty_first_page = empty_first_page
        self.running: dict[str, duckdb.DuckDBPyConnection] = {}
        self.results: OrderedDict[str, Result] = OrderedDict()
        self.lock = RLock()

    def query(self, request: Json) -> Json:
        most = request.get("MaxRows", MAX_ROWS)
        if not isinstance(most, int) or not 1 <= most <= MAX_ROWS:
            raise ValidationError(f"MaxRows must be between 1 and {MAX_ROWS}.")
        query = _query_text(request)
        if token := request.get("NextToken"):
            return self._next_page(query, token, most)
        query_id = secrets.token_hex(28).upper()
        result = self._shown(query) or self._run(query_id, query)
        with result.lock, _explained():
            page = self._page(query_id, result, 0 if self.empty_first_page else most)
            if result.next_token:
                self._keep(query_id, result)
            return page

    def close(self) -> None:
        with self.lock:
            for result in self.results.values():
                result.source.close()
            self.results.clear()

    def cancel_query(self, request: Json) -> Json:
        query_id = str(request.get("QueryId"))
        with self.lock:
            cursor, result = self.running.get(query_id), self.results.pop(query_id, None)
        if cursor is None and result is None:
            raise ValidationError(f"The query {query_id} is not running: it is unknown, or all of it was read.")
        if cursor is not None:
            cursor.interrupt()
        if result is not None:
            result.source.close()
        return {"CancellationMessage": f"The query {query_id} has been cancelled."}

    def prepare_query(self, request: Json) -> Json:
        query = _query_text(request)
        columns = (self._shown(query) or self._described(query)).columns
        return {"QueryString": query, "Columns": columns, "Parameters": []}

    def all_rows(self, query: str, scheduled_us: int) -> tuple[list[str], list[dict[str, Any]], Rows]:
        """For scheduled queries: names, types and values of everything."""
        with _explained(), self._cursor(secrets.token_hex(8)) as cursor:
            cursor.execute(self.translated(query, scheduled_us).sql)
            names = [one[0] for one in cursor.description or ()]
            types = [column_type(one[1]) for one in cursor.description or ()]
            return names, types, cursor.fetchall()

    def translated(self, query: str, scheduled_us: int | None = None) -> Translation:
        """The query in DuckDB's words, its tables flushed."""
        now_us = micros(self.clock())
        with self.catalogue.lock:
            due = {table.number: self.store.last_due_us(table) or 0 for table in self.catalogue.tables()}
            translation = Translator(self.catalogue, now_us).translate(query, Visible(now_us, due), scheduled_us)
        for table in translation.tables:
            self.store.flush(table)
        return translation

    def _run(self, query_id: str, query: str) -> Result:
        translation = self.translated(query)
        cursor = self.store.cursor()
        with self._registered(query_id, cursor), _explained():
            cursor.execute(translation.sql)
        return _result(query, cursor)

    def _described(self, query: str) -> Result:
        translation = self.translated(query)
        with _explained(), self._cursor(secrets.token_hex(8)) as cursor:
            names = [row[0] for row in cursor.execute(f"DESCRIBE {translation.sql}").fetchall()]
            cursor.execute(f"SELECT * FROM ({translation.sql}) LIMIT 0")  # noqa: S608
            result = _result(query, cursor)
        for name, column in zip(names, result.columns, strict=True):
            column["Name"] = name
        return result

    def _next_page(self, query: str, token: str, most: int) -> Json:
        query_id = token.partition(".")[0]
        result = self.results.get(query_id)
        if result is None:
            raise ValidationError("The NextToken is not known, or its query was cancelled or is too old.")
        if result.query != query:
            raise ValidationError("The NextToken belongs to another query.")
        with result.lock, _explained():
            if token == result.last_token and result.last_page is not None:
                return result.last_page
            if token != result.next_token:
                raise ValidationError("The NextToken is of an older page than the last one.")
            result.last_token = token
            result.last_page = self._page(query_id, result, most)
            return result.last_page

    def _page(self, query_id: str, result: Result, most: int) -> Json:
        page: Json = {"QueryId": query_id, "Rows": result.rows(most), "ColumnInfo": result.columns}
        result.next_token = f"{query_id}.{secrets.token_hex(8)}" if result.more() else None
        if result.next_token:
            page["NextToken"] = result.next_token
        else:
            result.source.close()
        page["QueryStatus"] = {
            "ProgressPercentage": 100.0,
            "CumulativeBytesScanned": result.bytes_sent,
            "CumulativeBytesMetered": result.bytes_sent,
        }
        return page

    def _shown(self, query: str) -> Result | None:
        found = SHOW.fullmatch(query)
        if not found:
            return None
        names = [name.strip('"') if name else "" for name in found.groups()]
        if names[0]:
            return _listing(query, ["Database"], [(name,) for name in sorted(self.catalogue.databases)])
        if names[1]:
            tables = sorted(self.catalogue.database(names[2]).tables)
            return _listing(query, ["Table"], [(name,) for name in tables])
        table = self.catalogue.table(names[4], names[5])
        columns = sorted(table.columns.values(), key=lambda one: not one.dimension)
        rows: Rows = [
            (one.name, one.type.lower(), "DIMENSION" if one.dimension else _measure_kind(one.name)) for one in columns
        ]
        fixed: Rows = [("measure_name", "varchar", "MEASURE_NAME"), ("time", "timestamp", "TIMESTAMP")]
        return _listing(query, ["Column", "Type", "Timestream attribute type"], [*rows, *fixed])

    def _keep(self, query_id: str, result: Result) -> None:
        with self.lock:
            self.results[query_id] = result
            while len(self.results) > KEPT_RESULTS:
                self.results.popitem(last=False)[1].source.close()

    @contextmanager
    def _cursor(self, query_id: str) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self.store.cursor()
        try:
            with self._registered(query_id, cursor):
                yield cursor
        finally:
            cursor.close()

    @contextmanager
    def _registered(self, query_id: str, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        with self.lock:
            self.running[query_id] = cursor
        try:
            yield
        finally:
            with self.lock:
                del self.running[query_id]


def _query_text(request: Json) -> str:
    query = request.get("QueryString")
    if not isinstance(query, str) or not query.strip():
        raise ValidationError("QueryString is required.")
    return query


def _result(query: str, cursor: duckdb.DuckDBPyConnection) -> Result:
    description = cursor.description or []
    columns = [{"Name": name, "Type": column_type(type_)} for name, type_, *_ in description]
    return Result(query, columns, [datum(type_) for _, type_, *_ in description], cursor)


def _listing(query: str, names: list[str], rows: Rows) -> Result:
    columns: list[Json] = [{"Name": name, "Type": {"ScalarType": "VARCHAR"}} for name in names]
    return Result(query, columns, [lambda value: {"ScalarValue": value}] * len(names), Listed(rows))


def _measure_kind(name: str) -> str:
    return "MEASURE_VALUE" if "::" in name else "MULTI"


def _bytes(row: Json) -> int:
    size = 0
    for one in row["Data"]:
        scalar = one.get("ScalarValue")
        size += DATUM_BYTES + (len(scalar) if scalar is not None else len(json.dumps(one)))
    return size


@contextmanager
def _explained() -> Iterator[None]:
    """DuckDB's complaints as Timestream's exceptions: their first line, without the translated text."""
    try:
        yield
    except ServiceError:
        raise
    except duckdb.InterruptException:
        raise QueryExecutionError("The query was cancelled.") from None
    except INVALID as error:
        raise ValidationError(_first_line(error)) from None
    except duckdb.Error as error:
        raise QueryExecutionError(_first_line(error)) from None


def _first_line(error: Exception) -> str:
    return KIND_OF_ERROR.sub("", str(error).partition("\n")[0])
