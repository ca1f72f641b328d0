"""This service's own copy of the athlete, in the workouts table."""

from datetime import datetime

from stadion.athletes import BodyDay, merge_day
from stadion.change import Change
from stadion.events.accounts import PhysicalDataChanged
from stadion.records import Records, partition
from workouts.athletes.domain import MEASUREMENTS
from workouts.domain import Person
from workouts.store import HEADS

DAYS = Records(BodyDay, kind="physical", pk="ATHLETE#{user_id}", sk="DAY#{day}", own_revision=True, nulls=True)
"""The mass of a day; what was taken back stays without values: `athletes.on_account_events`; what measures."""


def person(user_id: str) -> Person:
    return HEADS.find(user_id) or Person()


def read(user_id: str) -> tuple[Person, list[BodyDay]]:
    """In one request; the days in their order."""
    found = partition(HEADS.at(user_id).pk)
    return next(iter(found.values(HEADS)), Person()), found.values(DAYS)


def know_day(user_id: str, event: PhysicalDataChanged, now: datetime) -> bool:
    """Whether it is news; `WriteConflictError`."""
    stored = DAYS.read(user_id, event.measured_on)
    day = merge_day(stored.value, event, MEASUREMENTS)
    if day == stored.value:
        return False
    with Change(user_id, now) as change:
        change.replace(stored, day)
    return True
