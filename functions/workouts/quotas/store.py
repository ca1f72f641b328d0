"""What a day has taken, in the workouts table."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute

from stadion.change import Change
from stadion.dynamo import Item
from stadion.records import Records
from workouts.quotas.domain import Quota, Spent, day_of

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


def add(
    change: Change, user_id: str, quota: Quota, n: int, most: int, now: datetime, used_up: Callable[[], Exception]
) -> None:
    counter = getattr(_SpentItem, quota.name)
    expires_at = int((now + KEPT).timestamp())
    change.update(
        SPENT.at(user_id, day_of(now)),
        [counter.add(n), Item.expires_at.set(expires_at), Item.kind.set("quota")],
        counter.does_not_exist() | (counter <= most - n),
        refused=lambda _: used_up(),
    )
