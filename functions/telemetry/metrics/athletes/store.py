"""This service's own copy of the athlete, in the telemetry table. Access patterns stand in the service's README.md.

The head counts every change of the copy, that of a day too: who relies on the head relies on all of it.
"""

from datetime import datetime

from stadion.athletes import BodyDay, merge_day
from stadion.change import Change
from stadion.events.accounts import PhysicalDataChanged
from stadion.records import Records, Stored
from telemetry.metrics.athletes.domain import MEASUREMENTS, Athlete, Person

HEADS = Records(Person, kind="athlete", pk="ATHLETE#{user_id}", sk="HEAD", nulls=True)
"""Time zone, birth date, gender; the revision counts every change below it, too: `on_account_events`; what measures."""
DAYS = Records(BodyDay, kind="physical", pk="ATHLETE#{user_id}", sk="DAY#{day}", own_revision=True, nulls=True)
"""Heart rates, FTP, threshold pace of a day; what was taken back stays without values: `on_account_events`."""


def read(user_id: str) -> tuple[Athlete, Stored[Person]]:
    """The head first: if it is still the same later, so is everything else."""
    head = HEADS.read(user_id)
    return Athlete(head.value or Person(), tuple(DAYS.every(user_id))), head


def person(user_id: str) -> Person:
    return HEADS.find(user_id) or Person()


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
