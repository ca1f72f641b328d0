"""Samples of a metric from one device, in slots that are written whole, and how deliveries of them become one truth.

Each instant has a stamp: when its batch was received, then the value itself. Merging keeps the greatest stamp of each
instant, and of a slot that is too full the earliest instants. Both are the same whatever comes first, twice or together
(associative, commutative, idempotent), so that any order of deliveries ends in the same state.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stadion.streams.codec import Floats, decode, encode
from telemetry.downsampling import StreamResolution
from telemetry.instants import at, epoch_ms
from telemetry.metrics_table import Metric, MetricKind

MAX_IN_SLOT: Final = 18_000
"""Five a second for an hour. At most 19 bytes each (3 of time, 6 of receipt, 5 and 5 of a position): below 400 KB."""
TIME: Final = "time_s"
RECEIVED: Final = "received_s"
Instants = NDArray[np.int64]


@dataclass(frozen=True)
class DeviceSeries:
    """`ms` since 1970, rising, without repetitions; for each of them its `received_ms`, and a row of `values`."""

    ms: Instants
    received_ms: Instants
    values: Floats

    def __len__(self) -> int:
        return len(self.ms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DeviceSeries) and all(
            np.array_equal(one, two)
            for one, two in ((self.ms, other.ms), (self.received_ms, other.received_ms), (self.values, other.values))
        )

    __hash__ = None  # type: ignore[assignment]

    def received_after(self, moment_ms: int) -> "DeviceSeries":
        later = self.received_ms > moment_ms
        return DeviceSeries(self.ms[later], self.received_ms[later], self.values[later])

    def between(self, since_ms: int, until_ms: int) -> "DeviceSeries":
        """From `since_ms` on, before `until_ms`."""
        a, b = np.searchsorted(self.ms, [since_ms, until_ms])
        return DeviceSeries(self.ms[a:b], self.received_ms[a:b], self.values[a:b])


@dataclass(frozen=True)
class Readings:
    """What devices measured of a metric: as many of it as were asked for, and how many there are."""

    metric: Metric
    resolution: StreamResolution
    devices: list[str]
    series: DeviceSeries
    original_size: int


def series_of(
    ms: Iterable[int], values: Iterable[tuple[float, ...]], *, received_ms: int, columns: int
) -> DeviceSeries:
    """Of one batch: any order, repetitions allowed."""
    instants = np.fromiter(ms, np.int64)
    rows = np.array(list(values), np.float64).reshape(-1, columns)
    return merged([DeviceSeries(instants, np.full(len(instants), received_ms, np.int64), rows)])


def merged(parts: Iterable[DeviceSeries], *, most: int | None = None) -> DeviceSeries:
    """At least one part, all of one metric."""
    found = list(parts)
    ms = np.concatenate([part.ms for part in found])
    received = np.concatenate([part.received_ms for part in found])
    values = np.concatenate([part.values for part in found])
    order = np.lexsort((*values.T[::-1], received, ms))
    ms, received, values = ms[order], received[order], values[order]
    last = np.append(ms[1:] != ms[:-1], True) if len(ms) else np.empty(0, bool)
    kept = np.flatnonzero(last)[:most]
    return DeviceSeries(ms[kept], received[kept], values[kept])


# --- slots ----------------------------------------------------------------------------------------------------------


def slot_of(moment_ms: int, kind: MetricKind) -> str:
    """The hour of a sample (`2026-11-21T05`), the year of a day (`2026`); text order is time order."""
    moment = at(moment_ms)
    return f"{moment:%Y-%m-%dT%H}" if kind is MetricKind.SAMPLE else f"{moment:%Y}"


def slot_start_ms(slot: str) -> int:
    start = datetime(int(slot), 1, 1) if len(slot) == 4 else datetime.fromisoformat(f"{slot}:00")  # noqa: DTZ001
    return epoch_ms(start.replace(tzinfo=UTC))


def packed(series: DeviceSeries, slot: str, metric: Metric) -> bytes:
    start = slot_start_ms(slot)
    columns: dict[str, Floats] = {
        TIME: (series.ms - start) / 1000,
        RECEIVED: series.received_ms / 1000,
        **{name: series.values[:, number] for number, name in enumerate(metric.columns)},
    }
    return encode(columns)


def unpacked(chunk: bytes, slot: str, metric: Metric) -> DeviceSeries:
    columns: Mapping[str, Floats] = decode(chunk)
    ms = np.round(columns[TIME] * 1000).astype(np.int64) + slot_start_ms(slot)
    received = np.round(columns[RECEIVED] * 1000).astype(np.int64)
    return DeviceSeries(ms, received, np.stack([columns[name] for name in metric.columns], axis=1))
