"""The metrics of workouts, in the telemetry table. Access patterns stand in the service's README.md."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from pydantic import AwareDatetime, Field

from stadion import writes
from stadion.change import Change
from stadion.events.envelope import Event
from stadion.records import Place, Records, Stored, fetch
from stadion.sports import SportType
from stadion.values import Value
from telemetry.metrics.workouts.values import Assessment

M = TypeVar("M")


class Measured(Value):
    """`assessment` is None when the workout is gone: that is remembered, so that the time series learn of it."""

    workout_id: str
    fingerprint: str = Field(description="of everything that went in")
    day: date
    sport_type: SportType
    started_at: AwareDatetime
    assessment: Assessment | None = None
    counts: bool = Field(default=True, description="false: flagged, so that the time series know nothing of it")


MEASURED = Records(Measured, kind="metrics", pk="USER#{user_id}", sk="METRICS#{workout_id}", nulls=True)
"""Every number, 4 KB, and a fingerprint of what went in: `on_measuring`, on the revision and all that it rests on."""


class SeriesTold(Value):
    version: int


SERIES_TOLD = Records(SeriesTold, kind="series_told", pk="USER#{user_id}", sk="SERIES#{workout_id}")
"""The revision of the metrics that the time series know: `on_measuring`, after it told them."""


def read(user_id: str, workout_id: str) -> Stored[Measured]:
    return MEASURED.read(user_id, workout_id)


def read_with(user_id: str, workout_id: str, beside: Place[M]) -> tuple[Stored[Measured], Stored[M]]:
    """`read`, and a value elsewhere, in one request."""
    place = MEASURED.at(user_id, workout_id)
    found = fetch(place, beside)
    return found[place], found[beside]


def is_told(user_id: str, workout_id: str, version: int) -> bool:
    told = SERIES_TOLD.find(user_id, workout_id)
    return told is not None and told.version >= version


def note_told(user_id: str, workout_id: str, version: int, now: datetime) -> None:
    writes.put(SERIES_TOLD.at(user_id, workout_id), SeriesTold(version=version), now)


def keep(
    user_id: str,
    stored: Stored[Measured],
    measured: Measured,
    *,
    relied_on: Iterable[Stored[Any]],
    events: Iterable[Event],
    now: datetime,
) -> None:
    """With its events; `WriteConflictError` when anything that it rests on is not as it was read."""
    with Change(user_id, now) as change:
        change.replace(stored, measured)
        for one in relied_on:
            change.check(one)
        change.publish(*events)
