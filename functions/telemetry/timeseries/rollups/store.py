"""Rollups in the telemetry table. Access patterns stand in the service's README.md."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from pynamodb.attributes import BinaryAttribute
from pynamodb.exceptions import PutError, PynamoDBException

from stadion.dynamo import Item, Transaction, absent, error_code, put_over
from stadion.errors import RequestInProgressError
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


class _RollupItem(Item):
    data = BinaryAttribute(null=True, legacy_encoding=False)


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


def keep_workout(user_id: str, new: WorkoutRollup) -> None:
    """Instead of what an older version left, wherever that stands; nothing when the same or a newer one is there."""
    pk = _workouts(user_id)
    body = {
        "workout_id": new.workout_id,
        "version": new.version,
        "started_at": new.started_at.isoformat(),
        "load": new.load,
        "mean_max": new.mean_max,
        **_told(new.rollup),
    }
    sk = f"{new.day.isoformat()}#{new.workout_id}"
    item = _RollupItem(pk=pk, sk=sk, kind="rollup", body=body, data=new.rollup.packed)
    retry_on_conflict(lambda: _bring_about(user_id, new.workout_id, new.version, item))


def forget_workout(user_id: str, workout_id: str, version: int) -> None:
    retry_on_conflict(lambda: _bring_about(user_id, workout_id, version, None))


def _bring_about(user_id: str, workout_id: str, version: int, item: Item | None) -> None:
    """A state for each workout says which version counts and where it stands: days move, deletions stay known."""
    stored = Item.find(_workouts(user_id), _state(workout_id))
    if stored is not None and int(stored.revision) >= version:
        return
    old_sk = stored.body["sk"] if stored is not None else None
    sk = item.sk if item is not None else None
    state = Item(
        pk=_workouts(user_id), sk=_state(workout_id), kind="rollup-state", revision=version, body={"sk": sk}
    )  # fmt: skip
    transaction = Transaction()
    put_over(transaction, stored, state)
    if item is not None:
        transaction.put(item)
    if old_sk is not None and old_sk != sk:
        transaction.delete(Item(pk=_workouts(user_id), sk=old_sk))
    transaction.commit()


def workouts(user_id: str, span: Span) -> Iterator[WorkoutRollup]:
    """A request for each megabyte: a year of daily workouts."""
    for item in _RollupItem.query(_workouts(user_id), Item.sk.between(span.first.isoformat(), f"{span.last}$")):
        yield _workout(item)


def newest_workouts(user_id: str) -> Iterator[WorkoutRollup]:
    days = Item.sk.between("0", "9")  # the states come after
    for item in _RollupItem.query(_workouts(user_id), days, scan_index_forward=False, page_size=25):
        yield _workout(item)


def _workout(item: Any) -> WorkoutRollup:
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


# --- devices --------------------------------------------------------------------------------------------------------


def keep_device(user_id: str, metric: str, new: DeviceRollup) -> None:
    """Unless the same or a newer one is there."""
    item = _RollupItem(
        pk=_devices(user_id, metric),
        sk=f"{new.day.isoformat()}#{new.device_id}",
        kind="device-rollup",
        revision=new.version,
        body=_told(new.rollup),
        data=new.rollup.packed,
    )
    try:
        item.save(condition=absent() | (Item.revision < new.version))
    except PutError as error:
        if error_code(error) != "ConditionalCheckFailedException":
            raise


def devices(user_id: str, metric: str, span: Span) -> Iterator[DeviceRollup]:
    for item in _RollupItem.query(_devices(user_id, metric), Item.sk.between(span.first.isoformat(), f"{span.last}$")):
        yield _device(item)


def newest_devices(user_id: str, metric: str) -> Iterator[DeviceRollup]:
    for item in _RollupItem.query(_devices(user_id, metric), scan_index_forward=False, page_size=10):
        yield _device(item)


def _device(item: Any) -> DeviceRollup:
    day, device_id = item.sk.split("#", 1)
    return DeviceRollup(device_id, date.fromisoformat(day), int(item.revision), _read(item.body, item.data))


# --- items ----------------------------------------------------------------------------------------------------------


def _told(rollup: Rollup) -> dict[str, Any]:
    return {
        "metrics": {metric: [rollup.sizes[metric], *one.told()] for metric, one in rollup.summaries.items()},
    }


def _read(body: dict[str, Any], packed: bytes) -> Rollup:
    metrics = body["metrics"]
    return Rollup(
        {metric: Summary.read(told[1:]) for metric, told in metrics.items()},
        {metric: int(told[0]) for metric, told in metrics.items()},
        packed,
    )


def _workouts(user_id: str) -> str:
    return f"ROLLUPS#{user_id}"


def _state(workout_id: str) -> str:
    return f"STATE#{workout_id}"


def _devices(user_id: str, metric: str) -> str:
    return f"ROLLUPS#{user_id}#{metric}"
