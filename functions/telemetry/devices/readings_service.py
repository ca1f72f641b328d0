"""Use case: read what devices sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from telemetry.athletes import service as athletes
from telemetry.devices import store
from telemetry.devices.domain import DeviceSeries, Readings, merged, slot_of
from telemetry.downsampling import POINTS, StreamResolution, lttb
from telemetry.errors import MetricNotFoundError, TelemetryRangeError, TelemetryRangeTooLongError
from telemetry.instants import epoch_ms, read_moment
from telemetry.metrics_table import METRICS, Metric, MetricKind

MAX_SPAN: Final = {MetricKind.SAMPLE: timedelta(days=31), MetricKind.DAILY: timedelta(days=731)}
USUAL: Final = {MetricKind.SAMPLE: timedelta(days=2), MetricKind.DAILY: timedelta(days=31)}
"""Until tomorrow, since it is tomorrow somewhere."""
MAX_TOLD: Final = 100_000


@dataclass(frozen=True)
class Question:
    metric: str
    since: str | None
    until: str | None
    device_id: str | None
    resolution: StreamResolution
    flagged: bool
    """What was kept aside as implausible, instead."""


def read(user_id: str, asked: Question, now: datetime) -> Readings:
    """Of several devices' values for one instant, the one that was received last."""
    metric = METRICS.get(asked.metric)
    if metric is None:
        raise MetricNotFoundError(known=", ".join(METRICS))
    athletes.check_shows(user_id, metric.name)
    devices, series = _found(user_id, metric, asked, *_range(metric.kind, asked.since, asked.until, now))
    told = _thinned(series, asked.resolution)
    if len(told) > MAX_TOLD:
        raise TelemetryRangeTooLongError
    return Readings(metric, asked.resolution, devices, series=told, original_size=len(series))


def _found(
    user_id: str, metric: Metric, asked: Question, since_ms: int, until_ms: int
) -> tuple[list[str], DeviceSeries]:
    first, last = slot_of(since_ms, metric.kind), slot_of(until_ms - 1, metric.kind)
    parts = [(asked.device_id or "", _nothing(metric))]
    try:
        for device, series in store.between(user_id, metric, first, last, flagged=asked.flagged):
            if asked.device_id in {None, device}:
                parts.append((device, series.between(since_ms, until_ms)))
    except store.TooMuchError as error:
        raise TelemetryRangeTooLongError from error
    return sorted({device for device, series in parts if len(series)}), merged(series for _, series in parts)


def _nothing(metric: Metric) -> DeviceSeries:
    import numpy as np

    return DeviceSeries(np.empty(0, np.int64), np.empty(0, np.int64), np.empty((0, len(metric.columns))))


def _thinned(series: DeviceSeries, resolution: StreamResolution) -> DeviceSeries:
    most = POINTS.get(resolution, len(series))
    if len(series) <= most:
        return series
    chosen = lttb((series.ms - series.ms[0]).astype(float), series.values[:, 0], most)
    return DeviceSeries(series.ms[chosen], series.received_ms[chosen], series.values[chosen])


# --- the range ------------------------------------------------------------------------------------------------------


def _range(kind: MetricKind, since: str | None, until: str | None, now: datetime) -> tuple[int, int]:
    """A date as `from` is its beginning, as `to` its end; of samples in UTC."""
    longest = MAX_SPAN[kind]
    ends = _moment(until, kind, is_end=True) if until else now + timedelta(days=1)
    begins = _moment(since, kind, is_end=False) if since else ends - USUAL[kind]
    if not timedelta(0) < ends - begins <= longest:
        raise TelemetryRangeError(pointer="query:from", days=longest.days)
    return epoch_ms(begins), epoch_ms(ends)


def _moment(text: str, kind: MetricKind, *, is_end: bool) -> datetime:
    try:
        return read_moment(text, is_end=is_end)
    except ValueError:
        pointer = "query:to" if is_end else "query:from"
        raise TelemetryRangeError(pointer=pointer, days=MAX_SPAN[kind].days) from None
