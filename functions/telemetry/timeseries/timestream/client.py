"""Timestream through boto3: what it rejects, refuses for now, or answers in pages.

`parameter_validation=False`: of 32 ms for a hundred records, botocore spends half on checking what `records` made.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from stadion.clients import Patience, made
from stadion.retry import Policy
from telemetry.timeseries.errors import TelemetryStoreBusyError
from telemetry.timeseries.timestream import literals, sql
from telemetry.timeseries.timestream.tables import TABLES

if TYPE_CHECKING:
    from mypy_boto3_timestream_query import TimestreamQueryClient
    from mypy_boto3_timestream_write import TimestreamWriteClient

MAX_RECORDS: Final = 100
AT_ONCE: Final = 8
"""Calls of one write: a day's ride is 864 of them, and a function has half a minute."""
PATIENCE: Final = Patience(read_s=12, attempts=1)
"""The tries are counted here: a query may be long, and whoever holds a phone hears that the store is busy after one
that did not end, before the function itself is ended."""
RETRIES: Final = Policy(attempts=5, base_s=0.1)
BUSY: Final = frozenset({"ThrottlingException", "InternalServerException", "InvalidEndpointException"})
REJECTED: Final = "RejectedRecordsException"

Record = dict[str, Any]
Row = list[str | None]
T = TypeVar("T")


@dataclass(frozen=True)
class Written:
    """`stale`: a newer version is there. `refused`: outside the time that the tables keep."""

    taken: int = 0
    stale: int = 0
    refused: int = 0

    def __add__(self, other: "Written") -> "Written":
        return Written(self.taken + other.taken, self.stale + other.stale, self.refused + other.refused)


class Timestream:
    def __init__(self, database: str, *, sleep: Callable[[float], None] | None = None, at_once: int = AT_ONCE) -> None:
        self.database = database
        self._sleep = sleep
        self._at_once = at_once

    @cached_property
    def writer(self) -> "TimestreamWriteClient":
        client: TimestreamWriteClient = made("timestream-write", PATIENCE, parameter_validation=False)
        return client

    @cached_property
    def asker(self) -> "TimestreamQueryClient":
        client: TimestreamQueryClient = made("timestream-query", PATIENCE, parameter_validation=False)
        return client

    def write(self, table: str, common: Record, records: Sequence[Record]) -> Written:
        """A hundred in a call; repeating it is safe. `TelemetryStoreBusyError`, after which some of it may be there."""
        parts = [records[at : at + MAX_RECORDS] for at in range(0, len(records), MAX_RECORDS)]
        if len(parts) == 1 or self._at_once == 1:
            return sum((self._write(table, common, part) for part in parts), Written())
        _ = self.writer  # made once, before several want it
        with ThreadPoolExecutor(self._at_once) as pool:
            return sum(pool.map(partial(self._write, table, common), parts), Written())

    def _write(self, table: str, common: Record, records: Sequence[Record]) -> Written:
        def call() -> Written:
            request: Any = {"CommonAttributes": common, "Records": records}
            self.writer.write_records(DatabaseName=self.database, TableName=table, **request)
            return Written(taken=len(records))

        return self._insist(call, lambda error: _partly(error, len(records)))

    def rows(self, query: str, *, needs: Mapping[str, str] | None = None) -> list[Row]:
        """Scalars as text. An empty page is not the end.

        A column begins with the first record that has it, and a query that names it before is not valid: without the
        column that it `needs` of a table there are no rows. What AWS says then is documented nowhere; columns are."""
        try:
            return self._rows(query)
        except self.asker.exceptions.ValidationException:
            if any(column not in self._columns(table) for table, column in (needs or {}).items()):
                return []
            raise

    def _columns(self, table: str) -> set[str | None]:
        described = sql.DESCRIBE.render(database=literals.database(self.database), table=literals.column(table, TABLES))
        return {row[0] for row in self._rows(described)}

    def _rows(self, query: str) -> list[Row]:
        found: list[Row] = []
        request: Any = {"QueryString": query}
        while True:
            page = self._insist(partial(self._page, request), _unexplained)
            found += [[datum.get("ScalarValue") for datum in row["Data"]] for row in page["Rows"]]
            if not page.get("NextToken"):
                return found
            request["NextToken"] = page["NextToken"]

    def _page(self, request: Any) -> Any:
        return self.asker.query(**request)

    def _insist(self, call: Callable[[], T], explained: Callable[[Any], T | None]) -> T:
        """Tries again what may work in a moment; an error that `explained` turns into a result is one."""
        from botocore.exceptions import ClientError, HTTPClientError, ReadTimeoutError
        from botocore.exceptions import ConnectionError as NoConnectionError

        for _ in RETRIES.tries(self._sleep):
            try:
                return call()
            except ClientError as error:
                if (result := explained(error)) is not None:
                    return result
                if error.response["Error"]["Code"] not in BUSY:
                    raise
                reason: Exception = error
            except (NoConnectionError, HTTPClientError) as error:
                reason = error
                if isinstance(error, ReadTimeoutError):
                    break
        raise TelemetryStoreBusyError from reason


def _partly(error: Any, sent: int) -> Written | None:
    """Those that are not named were taken."""
    if error.response["Error"]["Code"] != REJECTED:
        return None
    rejected = error.response.get("RejectedRecords", [])
    stale = sum("ExistingVersion" in one for one in rejected)
    return Written(sent - len(rejected), stale, len(rejected) - stale)


def _unexplained(_: Any) -> None:
    return None
