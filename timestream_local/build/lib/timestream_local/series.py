"""Timestream's functions of a time series, with NumPy, as Arrow functions of DuckDB.

Outside the series' own range `linear`, `spline` and (before the first point) `locf` give NULL.
"""

import itertools
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa  # type: ignore[import-untyped]
from duckdb.func import ARROW, SPECIAL

Floats = npt.NDArray[np.float64]
Times = npt.NDArray[np.int64]
SeriesOf = tuple[Times, Floats]
Rows = list[SeriesOf | None]

SERIES = 'STRUCT("time" TIMESTAMP, "value" DOUBLE)[]'
ARROW_TIME = pa.timestamp("us")
ARROW_SERIES = pa.list_(pa.struct([("time", ARROW_TIME), ("value", pa.float64())]))
MIN_SPLINE = 3


def linear(series: SeriesOf, at: Times) -> Floats:
    times, values = series
    if not len(times):
        return np.full(len(at), np.nan)
    start = times[0]
    found: Floats = np.interp(at - start, times - start, values, left=np.nan, right=np.nan)
    return found


def locf(series: SeriesOf, at: Times) -> Floats:
    times, values = series
    last = np.searchsorted(times, at, side="right") - 1
    if not len(times):
        return np.full(len(at), np.nan)
    return np.where(last >= 0, values[np.maximum(last, 0)], np.nan)


def fill(series: SeriesOf, at: Times, constant: float) -> Floats:
    times, values = series
    place = np.searchsorted(times, at)
    if not len(times):
        return np.full(len(at), constant)
    place = np.minimum(place, len(times) - 1)
    return np.where(times[place] == at, values[place], constant)


def spline(series: SeriesOf, at: Times) -> Floats:
    """Natural cubic spline: the second derivative is zero at both ends."""
    times, values = series
    if len(times) < MIN_SPLINE:
        return linear(series, at)
    x = (times - times[0]) / 1e6
    wanted = (at - times[0]) / 1e6
    width = np.diff(x)
    curvature = _curvatures(width, values)
    i = np.clip(np.searchsorted(x, wanted, side="right") - 1, 0, len(width) - 1)
    before, after = wanted - x[i], x[i + 1] - wanted
    h = width[i]
    found = (
        (curvature[i] * after**3 + curvature[i + 1] * before**3) / (6 * h)
        + (values[i] / h - curvature[i] * h / 6) * after
        + (values[i + 1] / h - curvature[i + 1] * h / 6) * before
    )
    return np.where((wanted < x[0]) | (wanted > x[-1]), np.nan, found)


def _curvatures(width: Floats, values: Floats) -> Floats:
    """Thomas' algorithm for the tridiagonal system of the inner points."""
    count = len(values) - 2
    diagonal = 2 * (width[:-1] + width[1:])
    right = 6 * np.diff(np.diff(values) / width)
    for i in range(1, count):
        factor = width[i] / diagonal[i - 1]
        diagonal[i] -= factor * width[i]
        right[i] -= factor * right[i - 1]
    inner = np.zeros(count)
    inner[-1] = right[-1] / diagonal[-1]
    for i in range(count - 2, -1, -1):
        inner[i] = (right[i] - width[i + 1] * inner[i + 1]) / diagonal[i]
    return np.concatenate(([0.0], inner, [0.0]))


def derivative(series: SeriesOf, unit_us: float) -> SeriesOf:
    times, values = series
    return times[1:], np.diff(values) / np.diff(times) * unit_us


def non_negative_derivative(series: SeriesOf, unit_us: float) -> SeriesOf:
    times, values = derivative(series, unit_us)
    return times[values >= 0], values[values >= 0]


def integral(series: SeriesOf, unit_us: float) -> float:
    times, values = series
    return float(np.sum((values[1:] + values[:-1]) / 2 * np.diff(times)) / unit_us)


def integral_between(series: SeriesOf, unit_us: float, start_us: int, stop_us: int) -> float:
    """The part between two times, where the series is a straight line between its points."""
    times, _ = series
    if not len(times):
        return float("nan")
    first, last = max(start_us, int(times[0])), min(stop_us, int(times[-1]))
    if first >= last:
        return 0.0
    inner = times[(times > first) & (times < last)]
    at = np.concatenate(([first], inner, [last]))
    return integral((at, linear(series, at)), unit_us)


def register(connection: duckdb.DuckDBPyConnection) -> None:
    for name, points in {"ts_linear": linear, "ts_locf": locf, "ts_spline": spline}.items():
        _function(connection, name, _interpolating(points), (SERIES, "TIMESTAMP[]"), SERIES)
    _function(connection, "ts_fill", _filling, (SERIES, "TIMESTAMP[]", "DOUBLE"), SERIES)
    for name, change in {"ts_derivative": derivative, "ts_derivative_up": non_negative_derivative}.items():
        _function(connection, name, _deriving(change), (SERIES, "DOUBLE"), SERIES)
    _function(connection, "ts_integral", _integrating, (SERIES, "DOUBLE"), "DOUBLE")
    bounded = (SERIES, "DOUBLE", "TIMESTAMP", "TIMESTAMP")
    _function(connection, "ts_integral_between", _integrating_between, bounded, "DOUBLE")


def _function(
    connection: duckdb.DuckDBPyConnection, name: str, call: Callable[..., Any], takes: tuple[str, ...], gives: str
) -> None:
    parameters: list[Any] = [duckdb.sqltype(one) for one in takes]
    connection.create_function(
        name,
        call,
        parameters,
        duckdb.sqltype(gives),
        type=ARROW,
        null_handling=SPECIAL,
    )


def _interpolating(points: Callable[[SeriesOf, Times], Floats]) -> Callable[[Any, Any], Any]:
    def call(series: Any, at: Any) -> Any:
        pairs = zip(_series(series), _times(at), strict=True)
        return _packed([None if one is None or when is None else (when, points(one, when)) for one, when in pairs])

    return call


def _filling(series: Any, at: Any, constant: Any) -> Any:
    rows: Rows = []
    for one, when, value in zip(_series(series), _times(at), constant.to_pylist(), strict=True):
        if one is None or when is None or value is None:
            rows.append(None)
        else:
            rows.append((when, fill(one, when, value)))
    return _packed(rows)


def _deriving(change: Callable[[SeriesOf, float], SeriesOf]) -> Callable[[Any, Any], Any]:
    def call(series: Any, unit_us: Any) -> Any:
        pairs = zip(_series(series), unit_us.to_pylist(), strict=True)
        return _packed([None if one is None or unit is None else change(one, unit) for one, unit in pairs])

    return call


def _integrating(series: Any, unit_us: Any) -> Any:
    pairs = zip(_series(series), unit_us.to_pylist(), strict=True)
    return pa.array([None if one is None or unit is None else integral(one, unit) for one, unit in pairs], pa.float64())


def _integrating_between(series: Any, unit_us: Any, start: Any, stop: Any) -> Any:
    bounds = (one.cast(pa.int64()).to_pylist() for one in (start, stop))
    found = [
        None if row[0] is None or None in row[1:] else integral_between(*row)
        for row in zip(_series(series), unit_us.to_pylist(), *bounds, strict=True)
    ]
    return pa.array(found, pa.float64())


def _lists(column: Any) -> tuple[Any, list[tuple[int, int] | None]]:
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    offsets = array.offsets.to_pylist()
    valid = array.is_valid().to_pylist()
    spans = itertools.pairwise(offsets)
    return array.values, [span if there else None for span, there in zip(spans, valid, strict=True)]


def _series(column: Any) -> Rows:
    flat, spans = _lists(column)
    times = flat.field("time").cast(pa.int64()).to_numpy(zero_copy_only=False)
    values = flat.field("value").to_numpy(zero_copy_only=False).astype(np.float64)
    return [None if span is None else _known(times[span[0] : span[1]], values[span[0] : span[1]]) for span in spans]


def _known(times: Times, values: Floats) -> SeriesOf:
    there = ~np.isnan(values)
    return times[there].astype(np.int64), values[there]


def _times(column: Any) -> list[Times | None]:
    flat, spans = _lists(column)
    times = flat.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return [None if span is None else times[span[0] : span[1]].astype(np.int64) for span in spans]


def _packed(rows: Rows) -> Any:
    sizes = [0 if row is None else len(row[0]) for row in rows]
    offsets = pa.array(np.concatenate(([0], np.cumsum(sizes))), pa.int32())
    times = np.concatenate([row[0] for row in rows if row is not None] or [np.empty(0, np.int64)])
    values = np.concatenate([row[1] for row in rows if row is not None] or [np.empty(0)])
    points = pa.StructArray.from_arrays(
        [pa.array(times.astype(np.int64), ARROW_TIME), pa.array(values, pa.float64(), mask=np.isnan(values))],
        names=["time", "value"],
    )
    missing = pa.array([row is None for row in rows], pa.bool_())
    return pa.ListArray.from_arrays(offsets, points, type=ARROW_SERIES, mask=missing)
