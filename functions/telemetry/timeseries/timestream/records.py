"""Workouts and samples as Timestream's records: multi-measure, one for a second, what they share told once.

Every measure is written every time, as the documents leave open whether a record that lacks one keeps the older value.
"""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np

from stadion.streams.codec import Floats
from telemetry.instants import epoch_ms
from telemetry.timeseries.domain import is_daily
from telemetry.timeseries.port import DeviceSamples, WorkoutSeries
from telemetry.timeseries.samples import HeldSamples
from telemetry.timeseries.summary import Summary

Record = dict[str, Any]
FIRST_DAWN: Final = timedelta(hours=14)
"""A date begins in Kiribati fourteen hours before UTC's; later than now, Timestream takes nothing."""


def dimension(name: str, value: str) -> Record:
    return {"Name": name, "Value": value}


def _athlete(user_id: str) -> Record:
    return dimension("user_id", str(UUID(user_id)))  # as `literals.uuid` asks for it


def _measure(name: str, value: float | str | bool) -> Record:
    match value:
        case bool():
            return {"Name": name, "Value": str(value).lower(), "Type": "BOOLEAN"}
        case int():
            return {"Name": name, "Value": str(value), "Type": "BIGINT"}
        case float():
            return {"Name": name, "Value": repr(value), "Type": "DOUBLE"}
    return {"Name": name, "Value": value, "Type": "VARCHAR"}


def common(user_id: str, **more: Any) -> Record:
    return {
        "Dimensions": [_athlete(user_id)],
        "MeasureValueType": "MULTI",
        "TimeUnit": "MILLISECONDS",
        **more,
    }


# --- a workout ------------------------------------------------------------------------------------------------------


def content_of(samples: HeldSamples) -> str:
    """A name for exactly these rows: written again they are the same, and another recording's never meet them."""
    digest = hashlib.sha256(samples.ms.tobytes())
    for metric in sorted(samples.values):
        values = samples.values[metric]
        digest.update(metric.encode() + np.where(np.isnan(values), np.nan, values).tobytes())
        digest.update(samples.held_s[metric].tobytes())
    return digest.hexdigest()[:16]


def seconds_common(user_id: str, workout_id: str, content: str) -> Record:
    dimensions = [_athlete(user_id), dimension("workout_id", workout_id), dimension("content", content)]
    return common(user_id, MeasureName="samples", Version=1) | {"Dimensions": dimensions}


def seconds(samples: HeldSamples) -> list[Record]:
    """Rows without any value are left out."""
    told = {**samples.values, **{held_of(metric): _own_held_s(samples, metric) for metric in samples.values}}
    names = list(told)
    columns = [values.tolist() for values in told.values()]
    rows = zip(samples.ms.tolist(), samples.rows_held_s.tolist(), *columns, strict=True)
    return [made for ms, held_s, *values in rows if (made := _second(ms, held_s, names, values))]


def held_of(metric: str) -> str:
    """The measure that says how long a value held."""
    return f"{metric}_held_s"


def _own_held_s(samples: HeldSamples, metric: str) -> Floats:
    """Where it is not as long as the row; of the first value always, so that whoever has the metric has the column."""
    known = np.flatnonzero(~np.isnan(samples.values[metric]))
    own = known[(samples.held_s[metric] != samples.rows_held_s)[known] | (known == known[0])]
    held_s = np.full(len(samples), np.nan)
    held_s[own] = samples.held_s[metric][own]
    return held_s


def _second(ms: int, held_s: float, names: list[str], values: list[float]) -> Record | None:
    measures = [
        {"Name": name, "Value": repr(value), "Type": "DOUBLE"}
        for name, value in zip(names, values, strict=True)
        if value == value  # noqa: PLR0124 - NaN
    ]
    if not measures:
        return None
    measures.append({"Name": "held_s", "Value": repr(held_s), "Type": "DOUBLE"})
    return {"Time": str(ms), "MeasureValues": measures}


def workout_common(user_id: str, version: int) -> Record:
    return common(user_id, Version=version)


def derived(workout: WorkoutSeries, samples: HeldSamples) -> Iterator[Record]:
    """Of this revision: its curve, and its newest value of each metric."""
    start = str(epoch_ms(workout.started_at))
    for metric, curve in workout.mean_max.items():
        for duration_s, value in curve.items():
            measures = [_measure("duration_s", int(duration_s)), _measure("value", float(value))]
            kind = [dimension("metric", metric), dimension("duration", str(int(duration_s)))]
            yield _of_workout("mean_max", workout, kind, measures, start)
    for metric in samples.values:
        newest = Summary.of(*samples.of(metric)[:2])
        kind = [dimension("metric", metric)]
        yield _of_workout("last", workout, kind, [_measure("value", newest.last)], str(newest.last_ms))


def _of_workout(name: str, workout: WorkoutSeries, kind: list[Record], measures: list[Record], time: str) -> Record:
    whose = [dimension("workout_id", workout.workout_id), dimension("revision_id", str(workout.version))]
    return {
        "MeasureName": name,
        "Dimensions": [*whose, *kind],
        "MeasureValues": [*measures, _measure("revision", workout.version)],
        "Time": time,
    }


def word(
    workout_id: str,
    *,
    version: int,
    day: date,
    started_at: datetime,
    content: str = "none",
    load: float | None = None,
    deleted: bool = False,
) -> Record:
    """The newest one says what counts."""
    return {
        "MeasureName": "workout",
        "Dimensions": [dimension("workout_id", workout_id)],
        "MeasureValues": [
            _measure("revision", version),
            _measure("content", content),
            _measure("day", day.isoformat()),
            _measure("deleted", deleted),
            _measure("has_load", load is not None),
            _measure("load", float(load or 0.0)),
        ],
        "Time": str(epoch_ms(started_at)),
    }


# --- a device -------------------------------------------------------------------------------------------------------


def device_common(user_id: str, samples: DeviceSamples) -> Record:
    dimensions = [_athlete(user_id), dimension("device_id", samples.device_id)]
    return common(user_id, MeasureName=samples.metric, Version=samples.version) | {"Dimensions": dimensions}


def device_records(samples: DeviceSamples) -> list[Record]:
    """Those that may be new."""
    touched = None if samples.touched is None else set(samples.touched)
    shift = shift_s(samples.metric) * 1000
    on = _measure("day", samples.day.isoformat())
    return [
        {"Time": str(ms - shift), "MeasureValues": [_measure("value", float(value)), on]}
        for ms, value in zip(samples.ms, samples.values, strict=True)
        if touched is None or ms in touched
    ]


def shift_s(metric: str) -> int:
    """How much earlier than its midnight in UTC a daily value stands."""
    return int(FIRST_DAWN.total_seconds()) if is_daily(metric) else 0
