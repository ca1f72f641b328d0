"""Rollups in the telemetry table. Access patterns stand in the service's README.md."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from pynamodb.attributes import BinaryAttribute
from pynamodb.exceptions import PynamoDBException

from stadion import writes
from stadion.change import Change
from stadion.dynamo import Item, absent, error_code
from stadion.errors import RequestInProgressError
from stadion.records import Place, Records
from stadion.retry import retry_on_conflict
from telemetry.timeseries.errors import TelemetryStoreBusyError
from telemetry.timeseries.port import Span
from telemetry.timeseries.rollups.domain import Rollup
from telemetry.timeseries.summary import Summary

BUSY: Final = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
        "InternalServerError",
        "ServiceUnavailable",
        None,  # no answer at all
    }
)


@dataclass(frozen=True)
class WorkoutRollup:
    workout_id: str
    version: int
    day: date
    started_at: datetime
    load: float | None
    mean_max: dict[str, dict[int, float]]
    rollup: Rollup


@dataclass(frozen=True)
class DeviceRollup:
    device_id: str
    day: date
    version: int
    rollup: Rollup


@dataclass(frozen=True)
class _State:
    """Which version of a workout counts, and under which sort key it stands: days move, deletions stay known."""

    revision: int
    sk: str | None


class _OlderVersionError(Exception):
    """The same version or a newer one is there."""


class _RollupItem(Item):
    data = BinaryAttribute(null=True, legacy_encoding=False)


def _workout_body(workout: WorkoutRollup) -> dict[str, Any]:
    return {
        "workout_id": workout.workout_id,
        "version": workout.version,
        "started_at": workout.started_at.isoformat(),
        "load": workout.load,
        "mean_max": workout.mean_max,
        **_told(workout.rollup),
    }


def _workout(item: _RollupItem) -> WorkoutRollup:
    body = item.body
    curves = {
        metric: {int(duration): float(value) for duration, value in curve.items()}
        for metric, curve in body["mean_max"].items()
    }
    return WorkoutRollup(
        body["workout_id"],
        body["version"],
        date.fromisoformat(item.sk.split("#", 1)[0]),
        started_at=datetime.fromisoformat(body["started_at"]),
        load=body["load"],
        mean_max=curves,
        rollup=_read(body, item.data),
    )


def _device(item: _RollupItem) -> DeviceRollup:
    day, device_id = item.sk.split("#", 1)
    return DeviceRollup(device_id, date.fromisoformat(day), int(item.revision), _read(item.body, item.data))


def _told(rollup: Rollup) -> dict[str, Any]:
    return {"metrics": {metric: [rollup.sizes[metric], *one.told()] for metric, one in rollup.summaries.items()}}


def _read(body: dict[str, Any], packed: bytes) -> Rollup:
    metrics = body["metrics"]
    return Rollup(
        {metric: Summary.read(told[1:]) for metric, told in metrics.items()},
        {metric: int(told[0]) for metric, told in metrics.items()},
        packed,
    )


WORKOUTS = Records(
    WorkoutRollup,
    kind="rollup",
    pk="ROLLUPS#{user_id}",
    sk="{day}#{workout_id}",
    item_type=_RollupItem,
    dump=_workout_body,
    load=_workout,
    attributes=lambda workout: {"data": workout.rollup.packed},
)
"""Load, curve, and of each metric count, sum, extremes, newest value and histogram, 2 KB: with its state."""
STATES = Records(
    _State,
    kind="rollup-state",
    pk="ROLLUPS#{user_id}",
    sk="STATE#{workout_id}",
    own_revision=True,
    dump=lambda state: {"sk": state.sk},
    load=lambda item: _State(int(item.revision), item.body["sk"]),
)
"""Which version of a workout's rollup counts, and where it stands; of a deleted one nowhere: `on_measuring`."""
DEVICES = Records(
    DeviceRollup,
    kind="device-rollup",
    pk="ROLLUPS#{user_id}#{metric}",
    sk="{day}#{device_id}",
    item_type=_RollupItem,
    dump=lambda device: _told(device.rollup),
    load=_device,
    attributes=lambda device: {"data": device.rollup.packed},
)
"""A device's day: the same of one metric, `on_batches`, unless the version is older."""


@contextmanager
def busy() -> Iterator[None]:
    """DynamoDB's refusals for now, after pynamodb's own tries, as `TelemetryStoreBusyError`."""
    try:
        yield
    except RequestInProgressError as error:
        raise TelemetryStoreBusyError from error
    except PynamoDBException as error:
        if error_code(error) in BUSY:
            raise TelemetryStoreBusyError from error
        raise


# --- workouts -------------------------------------------------------------------------------------------------------


def keep_workout(user_id: str, new: WorkoutRollup, now: datetime) -> None:
    """Instead of what an older version left, wherever that stands; nothing when the same or a newer one is there."""
    retry_on_conflict(lambda: _bring_about(user_id, new.workout_id, new.version, new, now))


def forget_workout(user_id: str, workout_id: str, version: int, now: datetime) -> None:
    retry_on_conflict(lambda: _bring_about(user_id, workout_id, version, None, now))


def _bring_about(user_id: str, workout_id: str, version: int, new: WorkoutRollup | None, now: datetime) -> None:
    state = STATES.read(user_id, workout_id)
    if state.value is not None and state.value.revision >= version:
        return
    old_sk = state.value.sk if state.value is not None else None
    place = WORKOUTS.of(new, user_id) if new is not None else None
    sk = place.sk if place is not None else None
    with Change(user_id, now) as change:
        change.replace(state, _State(version, sk))
        if place is not None and new is not None:
            change.put(place, new, new=False)
        if old_sk is not None and old_sk != sk:
            change.delete(Place(WORKOUTS, state.place.pk, old_sk))


def workouts(user_id: str, span: Span) -> Iterator[WorkoutRollup]:
    """A request for each megabyte: a year of daily workouts."""
    return WORKOUTS.every(user_id, between=_days(span), consistent=False)


def newest_workouts(user_id: str) -> Iterator[WorkoutRollup]:
    days = ("0", "9")  # the states come after
    return WORKOUTS.every(user_id, between=days, newest_first=True, page_size=25, consistent=False)


def _days(span: Span) -> tuple[str, str]:
    return span.first.isoformat(), f"{span.last}$"


# --- devices --------------------------------------------------------------------------------------------------------


def keep_device(user_id: str, metric: str, new: DeviceRollup, now: datetime) -> None:
    """Unless the same or a newer one is there."""
    older = absent() | (Item.revision < new.version)
    with suppress(_OlderVersionError):
        writes.put(DEVICES.of(new, user_id, metric), new, now, older, revision=new.version, refused=_OlderVersionError)


def forget_devices(user_id: str, metric: str) -> None:
    """All days of all devices."""
    writes.delete_all(stored.place for stored in DEVICES.each(user_id, metric))


def devices(user_id: str, metric: str, span: Span) -> Iterator[DeviceRollup]:
    return DEVICES.every(user_id, metric, between=_days(span), consistent=False)


def newest_devices(user_id: str, metric: str) -> Iterator[DeviceRollup]:
    return DEVICES.every(user_id, metric, newest_first=True, page_size=10, consistent=False)
