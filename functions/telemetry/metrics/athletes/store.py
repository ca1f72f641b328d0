"""This service's own copy of the athlete, in the telemetry table. Access patterns stand in the service's README.md.

The head counts every change of the copy, that of a day too: who relies on the head relies on all of it.
"""

from datetime import datetime

from pydantic import AwareDatetime

from stadion import writes
from stadion.athletes import BodyDay, merge_day
from stadion.change import Change
from stadion.events.accounts import PhysicalDataChanged
from stadion.records import Records, Stored
from stadion.values import Value
from telemetry.athletes.domain import Person
from telemetry.athletes.store import HEADS
from telemetry.metrics.athletes.domain import MEASUREMENTS, Athlete, Touched


class ToMeasure(Value):
    """Which workouts are to be measured anew, and when the first and the last change came that touch them."""

    touched: Touched | None = None
    first_at: AwareDatetime
    last_at: AwareDatetime
    asked_at: AwareDatetime | None = None
    """When it was asked for before."""


DAYS = Records(BodyDay, kind="physical", pk="ATHLETE#{user_id}", sk="DAY#{day}", own_revision=True, nulls=True)
"""Heart rates, FTP, threshold pace of a day; what was taken back stays without values: `on_account_events`."""
TO_MEASURE = Records(ToMeasure, kind="to_measure", pk="ATHLETE#{user_id}", sk="TO_MEASURE")
"""Days whose workouts several changes touch: `on_account_events`; `on_touched_days`, which asks for them once."""


def read(user_id: str) -> tuple[Athlete, Stored[Person]]:
    """The head first: if it is still the same later, so is everything else."""
    head = HEADS.read(user_id)
    return Athlete(head.value or Person(), tuple(DAYS.every(user_id))), head


def know_day(user_id: str, event: PhysicalDataChanged, now: datetime) -> tuple[BodyDay, bool]:
    """What is known of the day now, and whether that is news; `WriteConflictError`."""
    head = HEADS.read(user_id)
    stored = DAYS.read(user_id, event.measured_on)
    day = merge_day(stored.value, event, MEASUREMENTS)
    if day == stored.value:
        return day, False
    with Change(user_id, now) as change:
        change.replace(stored, day)
        change.replace(head, head.value or Person())
    return day, True


# --- what is to be measured anew ------------------------------------------------------------------------------------


def touch(user_id: str, touched: Touched, now: datetime) -> datetime | None:
    """When it was asked for before; `WriteConflictError` when somebody came between."""
    stored = TO_MEASURE.read(user_id)
    waiting = stored.value
    if waiting is not None and waiting.touched is not None:
        first, last = min(waiting.first_at, now), max(waiting.last_at, now)
        new = ToMeasure(touched=waiting.touched.joined(touched), first_at=first, last_at=last)
    else:
        new = ToMeasure(touched=touched, first_at=now, last_at=now)
    asked_at = waiting.asked_at if waiting is not None else None
    writes.replace(stored, new.model_copy(update={"asked_at": asked_at}), now)
    return asked_at


def settle(stored: Stored[ToMeasure], now: datetime) -> None:
    """Nothing is to be measured; `WriteConflictError` when more was touched meanwhile.

    The item stays, so that its revisions grow.
    """
    writes.replace(stored, ToMeasure(first_at=now, last_at=now, asked_at=now), now)
