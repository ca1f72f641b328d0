"""How fast the local Timestream endpoint takes records over HTTP, and answers questions of the app over many rows.

Run from the repository's root: python -m tests.bench.bench_timestream [million rows, 10 by default]
"""

import http.client
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from timestream_local import TimestreamEndpoint

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
ATHLETES, BATCH, CLIENTS = 100, 100, 2
ROUNDS = 5
TABLE = '"bench"."samples"'
HEADERS = {"Content-Type": "application/x-amz-json-1.0"}
QUERIES = {
    "latest of each athlete": "SELECT athlete, max_by(hr, time) FROM $t WHERE time > ago(1h) GROUP BY athlete",
    "one athlete by day": "SELECT bin(time, 1d), avg(hr), max(hr) FROM $t WHERE athlete = 'a7' GROUP BY bin(time, 1d)",
    "one athlete's hour by 30 s": "SELECT bin(time, 30s), avg(hr), avg(power) FROM $t"
    " WHERE athlete = 'a7' AND time > ago(1h) GROUP BY bin(time, 30s) ORDER BY 1",
    "everybody by hour, 1 day": "SELECT bin(time, 1h), avg(hr), count(*) FROM $t"
    " WHERE time > ago(1d) GROUP BY bin(time, 1h)",
    "time in zones": "SELECT floor(hr / 10), count(*) FROM $t WHERE athlete = 'a7' GROUP BY floor(hr / 10) ORDER BY 1",
    "percentiles": "SELECT approx_percentile(hr, 0.5), approx_percentile(hr, 0.95) FROM $t WHERE athlete = 'a7'",
    "top ten": "SELECT athlete, avg(power) FROM $t GROUP BY athlete ORDER BY 2 DESC LIMIT 10",
    "everything by athlete": "SELECT athlete, count(*), min(hr), max(hr), avg(speed) FROM $t GROUP BY athlete",
    "interpolated": "SELECT interpolate_linear(create_time_series(time, hr), sequence(min(time), max(time), 5s))"
    " FROM $t WHERE athlete = 'a7' AND time > ago(1h)",
    "rolling week": "WITH d AS (SELECT bin(time, 1d) AS day, sum(power) AS load FROM $t WHERE athlete = 'a7'"
    " GROUP BY bin(time, 1d))"
    " SELECT day, avg(load) OVER (ORDER BY day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) FROM d",
}


@dataclass(frozen=True)
class Report:
    written_per_s: float
    again_per_s: float
    rows: int
    megabytes: float
    queries_ms: dict[str, float]

    def __str__(self) -> str:
        lines = [
            f"{self.written_per_s:,.0f} records/s over HTTP, {self.again_per_s:,.0f} of those sent again",
            f"{self.rows:,} rows in {self.megabytes:.0f} MB",
        ]
        return "\n".join([*lines, *(f"{ms:7.0f} ms  {name}" for name, ms in self.queries_ms.items())])


def call(connection: http.client.HTTPConnection, operation: str, body: bytes) -> dict[str, Any]:
    headers = HEADERS | {"X-Amz-Target": f"Timestream_20181101.{operation}"}
    connection.request("POST", "/", body, headers)
    response = connection.getresponse()
    answer: dict[str, Any] = json.loads(response.read())
    if response.status != 200:
        raise RuntimeError(answer)
    return answer


def batch(athlete: int, first: int) -> bytes:
    """A hundred seconds of one athlete, four measures each."""
    records = [
        {
            "Time": str(NOW_MS - (1_000_000 - first - i) * 1000),
            "MeasureValues": [
                {"Name": "hr", "Value": str(120 + (first + i) % 60), "Type": "DOUBLE"},
                {"Name": "power", "Value": str(200 + (first + i) % 90), "Type": "DOUBLE"},
                {"Name": "speed", "Value": "3.25", "Type": "DOUBLE"},
                {"Name": "cadence", "Value": "88", "Type": "BIGINT"},
            ],
        }
        for i in range(BATCH)
    ]
    common = {
        "Dimensions": [{"Name": "athlete", "Value": f"w{athlete}"}],
        "MeasureName": "workout",
        "MeasureValueType": "MULTI",
    }
    table = {"DatabaseName": "bench", "TableName": "samples"}
    return json.dumps({**table, "CommonAttributes": common, "Records": records}).encode()


@contextmanager
def endpoint(folder: Path) -> Iterator[TimestreamEndpoint]:
    with TimestreamEndpoint(0, folder, clock=lambda: NOW) as started:
        setup = http.client.HTTPConnection("127.0.0.1", started.port)
        call(setup, "CreateDatabase", b'{"DatabaseName": "bench"}')
        retention = {"MemoryStoreRetentionPeriodInHours": 8_766, "MagneticStoreRetentionPeriodInDays": 3_650}
        table = {"DatabaseName": "bench", "TableName": "samples", "RetentionProperties": retention}
        call(setup, "CreateTable", json.dumps(table).encode())
        yield started


def writing_rate(port: int, batches: int) -> float:
    """Records a second, by clients that send bodies made beforehand, so that it is the endpoint that is measured."""
    bodies = [[batch(client, n * BATCH) for n in range(batches // CLIENTS)] for client in range(CLIENTS)]

    def send(mine: list[bytes]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for body in mine:
            call(connection, "WriteRecords", body)

    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(send, bodies))
    return sum(map(len, bodies)) * BATCH / (time.perf_counter() - started)


def fill(started: TimestreamEndpoint, rows: int) -> None:
    """Rows put straight into the store: writing ten million over HTTP takes ten minutes and measures nothing new."""
    table = next(iter(started.store.tables.values()))
    names = ", ".join(table.columns[name].physical for name in ("athlete", "hr", "power", "speed", "cadence"))
    started.store.flush_all()
    started.store.writer.execute(
        f"INSERT INTO {table.physical} (series, time, version, measure_name, {names})"
        " SELECT 1000 + i % $athletes, make_timestamp($now_us - ($rows - i) // $athletes * 1000000), 1, 'workout',"
        " 'a' || (i % $athletes), 90 + (hash(i) % 90)::DOUBLE, (hash(i + 1) % 400)::DOUBLE,"
        " (hash(i + 2) % 17_000)::DOUBLE / 1000e0, 60 + (hash(i + 3) % 60)::BIGINT FROM range($rows) AS t(i)",
        {"now_us": NOW_MS * 1000, "rows": rows, "athletes": ATHLETES},
    )
    started.store.writer.execute("CHECKPOINT")


def measured(rows: int, batches: int) -> Report:
    with tempfile.TemporaryDirectory() as folder, endpoint(Path(folder)) as started:
        rate = writing_rate(started.port, batches)
        fill(started, rows)
        again = writing_rate(started.port, batches // 10)
        connection = http.client.HTTPConnection("127.0.0.1", started.port)
        counted = asking(connection, "SELECT count(*) FROM $t")()["Rows"][0]["Data"][0]["ScalarValue"]
        queries = {name: median_ms(asking(connection, query)) for name, query in QUERIES.items()}
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
    return Report(rate, again, int(counted), size / 1e6, queries)


def asking(connection: http.client.HTTPConnection, query: str) -> Callable[[], Any]:
    body = json.dumps({"QueryString": query.replace("$t", TABLE)}).encode()
    return lambda: call(connection, "Query", body)


def median_ms(run: Callable[[], Any]) -> float:
    run()
    return statistics.median(elapsed_ms(run) for _ in range(ROUNDS))


def elapsed_ms(run: Callable[[], Any]) -> float:
    started = time.perf_counter()
    run()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    millions = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    print(measured(int(millions * 1e6), batches=1_000))
