"""This service's own copy of the athlete, in the telemetry table. Access patterns stand in the service's README.md.

The head counts every change of the copy, that of a day too: who relies on the head relies on all of it.
"""

from collections.abc import Callable
from datetime import datetime

from stadion.change import Change
from stadion.records import Records, Stored
from telemetry.metrics.athletes.domain import Athlete, Entry, Profile

HEADS = Records(Profile, kind="athlete", pk="ATHLETE#{user_id}", sk="HEAD", nulls=True)
"""Time zone, birth date, gender; the revision counts every change below it, too: `on_account_events`; what measures."""
DAYS = Records(Entry, kind="physical", pk="ATHLETE#{user_id}", sk="DAY#{day}", own_revision=True, nulls=True)
"""Heart rates, FTP, threshold pace of a day; what was taken back stays without values: `on_account_events`."""


def read(user_id: str) -> tuple[Athlete, Stored[Profile]]:
    """The head first: if it is still the same later, so is everything else."""
    head = HEADS.read(user_id)
    return Athlete(head.value or Profile(), tuple(DAYS.every(user_id))), head


def profile(user_id: str) -> Profile:
    return HEADS.find(user_id) or Profile()


def know_profile(user_id: str, update: Callable[[Profile], Profile], now: datetime) -> tuple[Profile, Profile]:
    """The copy before and after; `WriteConflictError`."""
    head = HEADS.read(user_id)
    known = head.value or Profile()
    updated = update(known)
    if updated != known:
        with Change(user_id, now) as change:
            change.replace(head, updated)
    return known, updated


def know_entry(user_id: str, entry: Entry, now: datetime) -> tuple[Entry, bool]:
    """What is known of the day now, and whether that is news; `WriteConflictError`."""
    head = HEADS.read(user_id)
    stored = DAYS.read(user_id, entry.day)
    known = stored.value
    if known is not None and known.revision >= entry.revision:
        return known, False
    ever = sorted({*(known.ever if known is not None else ()), *entry.values})
    updated = entry.model_copy(update={"ever": ever})
    with Change(user_id, now) as change:
        change.replace(stored, updated)
        change.replace(head, head.value or Profile())
    return updated, True
