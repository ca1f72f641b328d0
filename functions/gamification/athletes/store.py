"""This service's own copy of the athlete, in the gamification table."""

from datetime import datetime

from gamification.athletes.domain import MEASUREMENTS, Athlete
from stadion.athletes import BodyDay, merge_day
from stadion.change import Change
from stadion.dynamo import Item
from stadion.events.accounts import PhysicalDataChanged
from stadion.records import Index, Records, partition
from stadion.units import Reader

SHARDS = 16
LISTED = Index(pk="ATHLETES#{shard}", sk="{user_id}", shards=SHARDS, shard_by="{user_id}")
ATHLETES = Records(
    Athlete,
    kind="athlete",
    pk="ATHLETE#{user_id}",
    sk="ATHLETE",
    nulls=True,
    index=LISTED,
)
"""Birth date, language, the consent to health data: `athletes.on_account_events`; what scores, the history of XP."""
DAYS = Records(BodyDay, kind="physical", pk="ATHLETE#{user_id}", sk="DAY#{day}", own_revision=True, nulls=True)
"""Heart rates of a day; what was taken back stays without values: `athletes.on_account_events`; what scores."""


def read(user_id: str) -> tuple[Athlete, list[BodyDay]]:
    """In one request; the days in their order."""
    found = partition(ATHLETES.at(user_id).pk)
    return next(iter(found.values(ATHLETES)), Athlete()), found.values(DAYS)


def reader_of(user_id: str) -> Reader:
    return (ATHLETES.find(user_id) or Athlete()).reader


def some(shard: int, *, after: str | None, limit: int) -> list[str]:
    """Ids of the athletes of a shard in their order, `after` one: for what is counted for everybody."""
    later = Item.gsi1sk > after if after is not None else None
    found, _ = ATHLETES.portion(LISTED.partitions()[shard], later, position=None, limit=limit)
    return [one.place.pk.removeprefix("ATHLETE#") for one in found]


def know_day(user_id: str, event: PhysicalDataChanged, now: datetime) -> bool:
    """Whether it is news; `WriteConflictError`."""
    stored = DAYS.read(user_id, event.measured_on)
    day = merge_day(stored.value, event, MEASUREMENTS)
    if day == stored.value:
        return False
    with Change(user_id, now) as change:
        change.replace(stored, day)
    return True
