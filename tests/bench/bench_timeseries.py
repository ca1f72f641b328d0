"""What both adapters of the time series take a second, ask of AWS, and would cost there.

DynamoDB is moto in process, Timestream the local endpoint over HTTP: the rates are floors of this machine and mostly
the SDK's. Requests, units and bytes are counted as sent, and priced by `prices.toml`: those are what AWS would bill.

Run from the repository's root: python -m tests.bench.bench_timeseries
"""

import base64
import json
import os
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / root) for root in ("functions", "layers/shared/python") if str(ROOT / root) not in sys.path]
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Stadion")  # read when the layer is imported

import numpy as np  # noqa: E402
import pytest  # noqa: E402
from moto import mock_aws  # noqa: E402

from infra_cdk.timestream_tables import MEMORY_HOURS, make_tables  # noqa: E402
from stadion.dynamo import Item  # noqa: E402
from stadion.sports import SportType  # noqa: E402
from telemetry.timeseries.port import SeriesPeriod, SeriesSource, TelemetryStore, WorkoutSeries  # noqa: E402
from telemetry.timeseries.rollups.adapter import RollupStore  # noqa: E402
from telemetry.timeseries.timestream.adapter import TimestreamStore  # noqa: E402
from telemetry.timeseries.timestream.client import Timestream  # noqa: E402
from tests.kit.services import ATHLETE, Service, service_environment  # noqa: E402
from tests.telemetry.timeseries.integration.world import NOW, day, moment, season, workout_id  # noqa: E402
from timestream_local import TimestreamEndpoint  # noqa: E402
from timestream_local.tests.integration.workshop import ManualClock, client  # noqa: E402

PRICES = tomllib.loads((Path(__file__).parent / "prices.toml").read_text())
HOUR = 3600
METRICS = 6
DATABASE = "stadion-bench"
KIB, GIB = 1024, 1024**3
THOUSAND_HOURS = 1000


@dataclass(frozen=True)
class Cost:
    """Of one adapter. Units: DynamoDB's request units; of Timestream KiB written, as a request's bytes."""

    samples_per_s: float
    requests: Counter[str]
    """Of one workout-hour."""
    units: float
    kept_bytes: int
    write_usd: float
    """Per thousand workout-hours, and to keep them: for a month, or in memory first."""
    keep_usd: float
    question_ms: float
    question_requests: int
    question_usd: float
    """A year of weekly trends."""


@dataclass(frozen=True)
class Rates:
    rollups: Cost
    timestream: Cost


def an_hour(number: int = 0, *, seconds: int = HOUR) -> WorkoutSeries:
    """Six metrics at 1 Hz that look like a ride's, and a curve of twenty durations for three of them."""
    random = np.random.default_rng(number)
    second = np.arange(float(seconds))
    power = np.clip(np.round(210 + 60 * np.sin(second / 90) + random.normal(0, 45, seconds)), 0, 1200)
    return WorkoutSeries(
        workout_id=workout_id(number),
        version=1,
        day=day(number),
        started_at=moment(number),
        sport_type=SportType.RIDE,
        columns={
            "time_s": second,
            "heart_rate_bpm": np.round(142 + 14 * np.sin(second / 300) + random.normal(0, 2, seconds)),
            "power_w": power,
            "speed_mps": np.round(8.3 + 2.2 * np.sin(second / 200) + random.normal(0, 0.3, seconds), 2),
            "cadence_rpm": np.round(np.clip(86 + random.normal(0, 6, seconds), 0, 140)),
            "altitude_m": np.round(180 + 90 * np.sin(second / 700), 1),
            "temperature_c": np.round(19 + second / 1800),
        },
        load=61.5,
        mean_max={
            metric: {int(1.42**n) + n: 400.0 - n for n in range(20)} for metric in ("power", "heart_rate", "speed")
        },
    )


def measured(workouts: int = 40, *, seconds: int = HOUR) -> Rates:
    with tempfile.TemporaryDirectory() as folder:
        return Rates(_of_rollups(workouts, seconds), _of_timestream(Path(folder), workouts, seconds))


# --- DynamoDB -------------------------------------------------------------------------------------------------------


def _of_rollups(workouts: int, seconds: int) -> Cost:
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        service_environment(patch)
        Service.create("telemetry", patch).enter()
        store = RollupStore()
        store.put_workout(ATHLETE, an_hour(workouts), NOW)
        with counted_dynamodb() as sent:
            store.put_workout(ATHLETE, an_hour(workouts + 1), NOW)
        rate = _rate(store, workouts, seconds)
        with counted_dynamodb() as asked:
            question_ms = _question_ms(store, workouts)
        prices = PRICES["dynamodb"]
        size = sent["bytes"]
        # An hour on each day of a year; eventually consistent reads, half a unit for four kilobytes.
        units = 0.5 * ceil(365 * size / (4 * KIB))
        return Cost(
            rate,
            requests=_operations(sent),
            units=sent["write units"],
            kept_bytes=size,
            write_usd=THOUSAND_HOURS
            * (sent["write units"] * prices["million_write_units"] + sent["read units"] * prices["million_read_units"])
            / 1e6,
            keep_usd=THOUSAND_HOURS * size / GIB * prices["gb_month"],
            question_ms=question_ms,
            question_requests=sum(_operations(asked).values()),
            question_usd=units * prices["million_read_units"] / 1e6,
        )


@contextmanager
def counted_dynamodb() -> Iterator[Counter[str]]:
    """Requests by name; write and read units and bytes of items, by DynamoDB's own rules."""
    found: Counter[str] = Counter()

    def count(request: Any, **_: Any) -> None:
        operation = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
        found[operation] += 1
        body = json.loads(request.body)
        for write in body.get("TransactItems", ()):
            size = _size(write.get("Put", {}).get("Item", {"": {"S": ""}}))
            found["write units"] += 2 * ceil(size / KIB)
            found["bytes"] += size if "Put" in write else 0
        found["read units"] += operation == "GetItem"

    session = Item._get_connection().connection.client.meta.events
    session.register("before-send", count, unique_id="count")
    try:
        yield found
    finally:
        session.unregister("before-send", unique_id="count")


def _operations(found: Counter[str]) -> Counter[str]:
    return Counter({name: n for name, n in found.items() if name[0].isupper()})


def _size(item: dict[str, Any]) -> int:
    return sum(len(name) + _value_size(*value.items()) for name, value in item.items())


def _value_size(entry: tuple[str, Any]) -> int:
    kind, value = entry
    return len(base64.b64decode(value)) if kind == "B" else len(str(value).encode())


# --- Timestream -----------------------------------------------------------------------------------------------------


def _of_timestream(folder: Path, workouts: int, seconds: int) -> Cost:
    with TimestreamEndpoint(0, folder, clock=ManualClock(moment(400))) as endpoint:
        make_tables(client("timestream-write", endpoint.url), DATABASE)
        with pytest.MonkeyPatch.context() as patch:
            service_environment(patch)
            for service in ("WRITE", "QUERY"):
                patch.setenv(f"AWS_ENDPOINT_URL_TIMESTREAM_{service}", endpoint.url)
            asked = Timestream(DATABASE)
            store = TimestreamStore(DATABASE, asked)
            store.put_workout(ATHLETE, an_hour(workouts), NOW)
            with counted_timestream(asked.writer) as sent:
                store.put_workout(ATHLETE, an_hour(workouts + 1), NOW)
            rate = _rate(store, workouts, seconds)
            with counted_timestream(asked.asker) as questions:
                question_ms = _question_ms(store, workouts)
    prices = PRICES["timestream"]
    size, kib = sent["bytes"], sent["kib"]
    query_usd = prices["least_tcu"] * prices["least_query_s"] / HOUR * prices["tcu_hour"]
    gigabytes = THOUSAND_HOURS * size / GIB
    return Cost(
        rate,
        requests=Counter({"WriteRecords": sent["requests"]}),
        units=kib,
        kept_bytes=size,
        write_usd=THOUSAND_HOURS * kib * prices["million_kib_written"] / 1e6,
        keep_usd=gigabytes * (MEMORY_HOURS * prices["memory_gb_hour"] + prices["magnetic_gb_month"]),
        question_ms=question_ms,
        question_requests=questions["requests"],
        question_usd=query_usd,
    )


@contextmanager
def counted_timestream(of: Any) -> Iterator[Counter[str]]:
    """Bytes as metered: names and values of dimensions and measures, eight a number; what is common counts once."""
    found: Counter[str] = Counter()

    def count(request: Any, **_: Any) -> None:
        if request.headers["X-Amz-Target"].decode().endswith("DescribeEndpoints"):
            return  # once in a while, and free
        body = json.loads(request.body)
        size = sum(map(_record_size, [body.get("CommonAttributes", {}), *body.get("Records", ())]))
        found.update(requests=1, bytes=size, kib=ceil(size / KIB))

    of.meta.events.register("before-send", count, unique_id="count")
    try:
        yield found
    finally:
        of.meta.events.unregister("before-send", unique_id="count")


def _record_size(record: dict[str, Any]) -> int:
    dimensions = sum(len(one["Name"]) + len(one["Value"]) for one in record.get("Dimensions", ()))
    measures = sum(
        len(one["Name"]) + (len(one["Value"]) if one["Type"] == "VARCHAR" else 8)
        for one in record.get("MeasureValues", ())
    )
    return dimensions + measures + len(record.get("MeasureName", "")) + (8 if "Time" in record else 0)


# --- both -----------------------------------------------------------------------------------------------------------


def _rate(store: TelemetryStore, workouts: int, seconds: int) -> float:
    """Samples a second, each with six values."""
    made = [an_hour(number, seconds=seconds) for number in range(workouts)]
    started = time.perf_counter()
    for one in made:
        store.put_workout(ATHLETE, one, NOW)
    return workouts * seconds / (time.perf_counter() - started)


def _question_ms(store: TelemetryStore, workouts: int) -> float:
    span = season(workouts)
    started = time.perf_counter()
    found = store.trend(ATHLETE, "heart_rate", SeriesSource.WORKOUTS, span, SeriesPeriod.WEEK)
    assert sum(point.count for point in found) > 0
    assert found[-1].start + timedelta(days=7) > span.last
    return (time.perf_counter() - started) * 1000


def report(rates: Rates) -> str:
    lines = [f"prices of {PRICES['date']}, {PRICES['region']}; per 1 000 workout-hours of {METRICS} metrics at 1 Hz"]
    for name, cost in (("rollups", rates.rollups), ("timestream", rates.timestream)):
        requests = ", ".join(f"{n} {operation}" for operation, n in cost.requests.items())
        lines.append(
            f"{name:<10} {cost.samples_per_s:>8,.0f} samples/s; an hour: {requests}, {cost.units:.0f} units, "
            f"{cost.kept_bytes / KIB:.1f} KiB; writing ${cost.write_usd:.4f}, keeping a month ${cost.keep_usd:.4f}; "
            f"a year's trend by week: {cost.question_requests} requests, {cost.question_ms:.0f} ms here, "
            f"${cost.question_usd:.7f}"
        )
    lines.append(
        f"timestream : rollups = {rates.timestream.write_usd / rates.rollups.write_usd:.0f} : 1 to write, "
        f"{rates.timestream.question_usd / rates.rollups.question_usd:,.0f} : 1 to ask"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    print(report(measured()))
