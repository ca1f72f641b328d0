"""A metric of one workout, or of one device and day, summed up: what the questions need of it, and no sample."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stadion.streams.codec import Floats, decode, encode
from telemetry.timeseries.bins import Ints, bins_of, percentiles
from telemetry.timeseries.port import TrendPoint
from telemetry.timeseries.summary import Summary

BIN, COUNT, HELD = "bin", "count", "held_s"


@dataclass(frozen=True)
class Histogram:
    """Bins rise; of each, how many samples, and how long they held."""

    bins: Ints
    counts: Ints
    held_s: Floats


NOTHING: Final = Histogram(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))


def histogram_of(metric: str, values: Floats, held_s: Floats) -> Histogram:
    bins, where, counts = np.unique(bins_of(metric).of(values), return_inverse=True, return_counts=True)
    return Histogram(bins, counts.astype(np.int64), _sums(where, held_s, len(bins)))


def merged(parts: Iterable[Histogram]) -> Histogram:
    found = [NOTHING, *parts]
    bins, where = np.unique(np.concatenate([part.bins for part in found]), return_inverse=True)
    counts = _sums(where, np.concatenate([part.counts for part in found]), len(bins))
    held_s = _sums(where, np.concatenate([part.held_s for part in found]), len(bins))
    return Histogram(bins, counts.astype(np.int64), held_s)


def _sums(where: NDArray[np.intp], weights: Floats | Ints, size: int) -> Floats:
    return np.bincount(where, weights=weights, minlength=size).astype(np.float64)


@dataclass(frozen=True)
class Rollup:
    """Summaries by metric, and their histograms packed one after another: they are read only when asked for."""

    summaries: Mapping[str, Summary]
    sizes: Mapping[str, int]
    packed: bytes

    @cached_property
    def _columns(self) -> Mapping[str, Floats]:
        return decode(self.packed)

    def histogram(self, metric: str) -> Histogram:
        if metric not in self.sizes:
            return NOTHING
        names = list(self.sizes)
        start = sum(self.sizes[name] for name in names[: names.index(metric)])
        a, b = start, start + self.sizes[metric]
        columns = self._columns
        return Histogram(columns[BIN][a:b].astype(np.int64), columns[COUNT][a:b].astype(np.int64), columns[HELD][a:b])


def rollup(samples: Mapping[str, tuple[Ints, Floats, Floats]]) -> Rollup:
    """Of instants, values and held seconds by metric."""
    found = {metric: histogram_of(metric, values, held_s) for metric, (_, values, held_s) in samples.items()}
    parts = [NOTHING, *found.values()]
    columns = {
        BIN: np.concatenate([part.bins for part in parts]).astype(np.float64),
        COUNT: np.concatenate([part.counts for part in parts]).astype(np.float64),
        HELD: np.round(np.concatenate([part.held_s for part in parts]), 3),
    }
    return Rollup(
        {metric: Summary.of(ms, values) for metric, (ms, values, _) in samples.items()},
        {metric: len(part.bins) for metric, part in found.items()},
        encode(columns),
    )


def trend_point(metric: str, start: date, parts: list[Rollup]) -> TrendPoint:
    """Each part has the metric."""
    summaries = [part.summaries[metric] for part in parts]
    count = sum(one.count for one in summaries)
    least, most = min(one.min for one in summaries), max(one.max for one in summaries)
    whole = merged(part.histogram(metric) for part in parts)
    return TrendPoint(
        start,
        count=count,
        avg=sum(one.sum for one in summaries) / count,
        min=least,
        max=most,
        percentiles=percentiles(metric, whole.bins, whole.counts, least=least, most=most),
    )
