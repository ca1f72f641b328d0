"""What a day has taken, in the workouts table."""

from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute

from stadion.change import Change
from stadion.dynamo import Item
from stadion.rates import Limit
from stadion.records import Records
from stadion.settings import settings
from workouts.quotas.domain import DAY_S, Quota, Spent, day_of, wait_s
from workouts.quotas.errors import QuotaUsedUpError

KEPT = timedelta(days=2)


class _SpentItem(Item):
    """Attributes of its own, to be counted up without a look."""

    uploads = NumberAttribute(null=True)
    bytes = NumberAttribute(null=True)
    workouts = NumberAttribute(null=True)


def _spent(item: Any) -> Spent:
    return Spent(uploads=int(item.uploads or 0), bytes=int(item.bytes or 0), workouts=int(item.workouts or 0))


SPENT = Records(
    Spent, kind="quota", pk="USER#{user_id}", sk="QUOTA#{day}", kept_for=KEPT, load=_spent, item_type=_SpentItem
)
"""What an athlete brought on a day: in the transaction that brings it, while there is room."""


def spend(change: Change, user_id: str, quota: Quota, n: int, now: datetime) -> None:
    """Counts in the transaction that brings what is counted: neither is there without the other, and a repetition,
    which that transaction refuses, counts nothing.

    Add it last: of several refusals the first one speaks, and a repetition is to hear of what was answered. The change
    raises `QuotaUsedUpError`. One quota of an athlete in a change."""
    if not n:
        return
    limit = Limit(quota.name, quota.most * settings().allowance, per_s=DAY_S)
    counter = getattr(_SpentItem, quota.name)
    expires_at = int((now + KEPT).timestamp())
    change.update(
        SPENT.at(user_id, day_of(now)),
        [counter.add(n), Item.expires_at.set(expires_at), Item.kind.set("quota")],
        counter.does_not_exist() | (counter <= limit.most - n),
        refused=lambda _: _used_up(limit, now),
    )


def _used_up(limit: Limit, now: datetime) -> QuotaUsedUpError:
    wait = wait_s(now)
    return QuotaUsedUpError(what=limit.name, most=limit.most, retry_after_s=wait, used_up=limit.used_up(wait))
