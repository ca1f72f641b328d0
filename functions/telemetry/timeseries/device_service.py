"""What the time series hear of a device: the days that a batch touched, each as all of its slots tell it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from stadion import clock
from telemetry.devices import store as series_store
from telemetry.devices.domain import merged, slot_of
from telemetry.instants import at, epoch_ms
from telemetry.metrics_table import METRICS, Metric, MetricKind
from telemetry.timeseries.bins import BINS
from telemetry.timeseries.port import DeviceSamples
from telemetry.timeseries.service import time_series


def tell(
    user_id: str, device_id: str, touched: Iterable[tuple[str, Sequence[int]]], *, time_zone: str, now: datetime
) -> None:
    """Of metrics and instants. Safe to repeat, in any order: the slots decide, not the batch."""
    for (metric, day), instants in _by_day(touched, time_zone).items():
        samples = _day(user_id, device_id, METRICS[metric], day, sorted(instants), time_zone)
        if samples is not None:
            time_series().put_samples(user_id, samples, now)


def forget(user_id: str, metric: str) -> None:
    """All that is known of a metric; what stays is to be told again."""
    time_series().remove_samples(user_id, metric)


def _by_day(touched: Iterable[tuple[str, Sequence[int]]], time_zone: str) -> dict[tuple[str, date], set[int]]:
    """Of what has one value."""
    days: dict[tuple[str, date], set[int]] = defaultdict(set)
    for metric, instants in touched:
        if metric not in BINS:
            continue
        zone = _zone(METRICS[metric], time_zone)
        for ms in instants:
            days[metric, clock.local_date(at(ms), zone)].add(ms)
    return days


def _day(
    user_id: str, device_id: str, metric: Metric, day: date, touched: list[int], time_zone: str
) -> DeviceSamples | None:
    since, until = _window(day, _zone(metric, time_zone))
    slots, version = series_store.of_device(
        user_id, metric, device_id, slot_of(since, metric.kind), slot_of(until - 1, metric.kind)
    )
    if not slots:
        return None
    found = merged(slots).between(since, until)
    values = found.values[:, 0].tolist()
    return DeviceSamples(metric.name, device_id, day, found.ms.tolist(), values, version, touched)


def _window(day: date, time_zone: str) -> tuple[int, int]:
    zone = ZoneInfo(time_zone)
    begins, ends = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (day, day + timedelta(days=1)))
    return epoch_ms(begins), epoch_ms(ends)


def _zone(metric: Metric, time_zone: str) -> str:
    """A daily value stands at its date's midnight in UTC, whatever the zone."""
    return "UTC" if metric.kind is MetricKind.DAILY else time_zone
