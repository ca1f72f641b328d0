"""An endpoint with its clients, builders of records, and results as plain Python values."""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from timestream_local import TimestreamEndpoint

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NUMBERS = itertools.count(1)
HOUR_MS = 3_600_000
PATIENCE_S = 300.0


def eventually(look: Callable[[], Any]) -> Any:
    """What it saw, as soon as that is something."""
    deadline = time.monotonic() + PATIENCE_S
    while not (seen := look()):
        assert time.monotonic() < deadline, seen
        time.sleep(0.01)
    return seen


class ManualClock:
    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **duration: float) -> None:
        self.now += timedelta(**duration)


def client(service: str, url: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}, max_pool_connections=20),
    )


@dataclass
class Bench:
    endpoint: TimestreamEndpoint
    clock: ManualClock
    write: Any = field(init=False)
    ask: Any = field(init=False)

    def __post_init__(self) -> None:
        self.write = client("timestream-write", self.endpoint.url)
        self.ask = client("timestream-query", self.endpoint.url)

    def table(self, *, memory_hours: int = 24, days: int = 365, late: bool = False, **more: Any) -> "TableBench":
        database, name = f"db{next(NUMBERS)}", "samples"
        self.write.create_database(DatabaseName=database)
        self.write.create_table(
            DatabaseName=database,
            TableName=name,
            RetentionProperties={
                "MemoryStoreRetentionPeriodInHours": memory_hours,
                "MagneticStoreRetentionPeriodInDays": days,
            },
            MagneticStoreWriteProperties={"EnableMagneticStoreWrites": late},
            **more,
        )
        return TableBench(self, database, name)

    def rows(self, query: str, **options: Any) -> list[list[Any]]:
        pages = self.ask.get_paginator("query").paginate(QueryString=query, **options)
        return [values(row, page["ColumnInfo"]) for page in pages for row in page["Rows"]]

    def one(self, expression: str) -> Any:
        return self.rows(f"SELECT {expression}")[0][0]

    def refused(self, query: str) -> str:
        return refusal(lambda: self.ask.query(QueryString=query), "ValidationException")

    def now_ms(self, **before: float) -> int:
        return int((self.clock.now - timedelta(**before)).timestamp() * 1000)


@dataclass
class TableBench:
    bench: Bench
    database: str
    name: str

    @property
    def sql(self) -> str:
        return f'"{self.database}"."{self.name}"'

    def put(self, *records: dict[str, Any], **common: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.bench.write.write_records(
            DatabaseName=self.database, TableName=self.name, Records=list(records), CommonAttributes=common
        )
        return answer["RecordsIngested"]

    def rejected(self, *records: dict[str, Any], **common: Any) -> list[dict[str, Any]]:
        with pytest.raises(ClientError) as caught:
            self.put(*records, **common)
        assert caught.value.response["Error"]["Code"] == "RejectedRecordsException"
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 419
        found: list[dict[str, Any]] = caught.value.response["RejectedRecords"]  # type: ignore[typeddict-item]
        return found

    def invalid(self, *records: dict[str, Any], **common: Any) -> str:
        return refusal(lambda: self.put(*records, **common), "ValidationException")

    def record(self, value: float | None = 1.0, *, host: str = "a", before_s: float = 0, **more: Any) -> dict[str, Any]:
        record = {
            "Dimensions": [{"Name": "host", "Value": host}],
            "MeasureName": "cpu",
            "MeasureValue": str(value),
            "Time": str(self.bench.now_ms(seconds=before_s)),
        }
        return {**record, **more}

    def multi(self, *, host: str = "a", before_s: float = 0, **measures: Any) -> dict[str, Any]:
        kinds = {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", str: "VARCHAR"}
        shown = [
            {"Name": name, "Value": str(value).lower() if isinstance(value, bool) else str(value)}
            | {"Type": kinds[type(value)]}
            for name, value in measures.items()
        ]
        return {
            "Dimensions": [{"Name": "host", "Value": host}],
            "MeasureName": "metrics",
            "MeasureValueType": "MULTI",
            "MeasureValues": shown,
            "Time": str(self.bench.now_ms(seconds=before_s)),
        }

    def rows(self, query: str, **options: Any) -> list[list[Any]]:
        return self.bench.rows(query.replace("$t", self.sql), **options)

    def refused(self, query: str) -> str:
        return self.bench.refused(query.replace("$t", self.sql))


@contextmanager
def running(state: Path, **options: Any) -> Iterator[Bench]:
    clock = options.setdefault("clock", ManualClock())
    with TimestreamEndpoint(0, state, **options) as endpoint:
        yield Bench(endpoint, clock)


def refusal(call: Any, code: str) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["Error"]["Code"] == code, caught.value
    return str(caught.value)


def values(row: dict[str, Any], columns: list[dict[str, Any]]) -> list[Any]:
    return [value(datum, column["Type"]) for datum, column in zip(row["Data"], columns, strict=True)]


def value(datum: dict[str, Any], type_: dict[str, Any]) -> Any:
    if datum.get("NullValue"):
        return None
    if "TimeSeriesMeasureValueColumnInfo" in type_:
        inner = type_["TimeSeriesMeasureValueColumnInfo"]["Type"]
        return [(at(point["Time"]), value(point["Value"], inner)) for point in datum["TimeSeriesValue"]]
    if "ArrayColumnInfo" in type_:
        return [value(one, type_["ArrayColumnInfo"]["Type"]) for one in datum["ArrayValue"]]
    if "RowColumnInfo" in type_:
        return tuple(values(datum["RowValue"], type_["RowColumnInfo"]))
    return scalar(datum["ScalarValue"], type_["ScalarType"])


def scalar(text: str, kind: str) -> Any:
    match kind:
        case "BIGINT" | "INTEGER":
            return int(text)
        case "DOUBLE":
            return float(text)
        case "BOOLEAN":
            return text == "true"
        case "TIMESTAMP":
            return at(text)
    return text


def at(text: str) -> datetime:
    """From the nine digits of Timestream to the six of Python."""
    assert text.endswith("000")
    return datetime.fromisoformat(text[:-3]).replace(tzinfo=UTC)
