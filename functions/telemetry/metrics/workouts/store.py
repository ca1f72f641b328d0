"""The metrics of workouts, in the telemetry table. Access patterns stand in the service's README.md."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from stadion.dynamo import Item, Transaction, absent, next_revision, put_over
from stadion.events.envelope import Event
from stadion.events.outbox import outbox_items
from stadion.sports import SportType
from telemetry.metrics.workouts.values import Assessment


class Measured(BaseModel):
    """`assessment` is None when the workout is gone: that is remembered, so that the time series learn of it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    workout_id: str
    fingerprint: str = Field(description="of everything that went in")
    day: date
    sport_type: SportType
    started_at: AwareDatetime
    assessment: Assessment | None = None


@dataclass(frozen=True)
class ReliedOn:
    """An item as it was read; `item` None: there was none under `key`."""

    key: Item
    item: Item | None


def find(user_id: str, workout_id: str) -> tuple[Measured | None, Item | None]:
    item = Item.find(*_keys(user_id, workout_id))
    return (Measured.model_validate(item.body) if item is not None else None), item


def keep(
    user_id: str,
    measured: Measured,
    stored: Item | None,
    *,
    relied_on: Iterable[ReliedOn],
    event: Event,
    correlation_id: str,
    now: datetime,
) -> None:
    """With its event; `WriteConflictError` when anything that it rests on is not as it was read."""
    pk, sk = _keys(user_id, measured.workout_id)
    body = measured.model_dump(mode="json")
    transaction = Transaction()
    put_over(transaction, stored, Item(pk=pk, sk=sk, kind="metrics", revision=next_revision(stored), body=body))
    for one in relied_on:
        unchanged = absent() if one.item is None else Item.revision == one.item.revision
        transaction.check(one.key, unchanged)
    for item in outbox_items([event], user_id=user_id, correlation_id=correlation_id, now=now):
        transaction.put(item)
    transaction.commit()


def _keys(user_id: str, workout_id: str) -> tuple[str, str]:
    return f"USER#{user_id}", f"METRICS#{workout_id}"
