"""Counters of attempts in the accounts table. Their keys name nobody in clear."""

from datetime import datetime

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from accounts.brakes.domain import Limit
from accounts.credentials import keyed
from stadion import writes
from stadion.dynamo import Item, error_code
from stadion.records import Count, Place, counters

ATTEMPTS = counters("BRAKE#{limit}#{subject}", "{window}", kind="brake")
"""Counted up on the condition that there are fewer than the limit; TTL is the end of their window."""


def count_up(limit: Limit, most: int, subject: str, now: datetime) -> bool:
    """False when there are as many as may be: then nothing is counted."""
    place = _place(limit, subject, now)
    is_less = Item.revision.does_not_exist() | (Item.revision < most)
    actions: list[Action] = [
        Item.revision.add(1),
        Item.expires_at.set(int(limit.ends(now).timestamp())),
        Item.kind.set("brake"),
    ]
    try:
        place.bare_item().update(actions=actions, condition=is_less)
    except UpdateError as error:
        if error_code(error) == "ConditionalCheckFailedException":
            return False
        raise
    return True


def counted(limit: Limit, subject: str, now: datetime) -> int:
    return (_place(limit, subject, now).find() or Count(0)).n


def forget(limit: Limit, subject: str, now: datetime) -> None:
    writes.delete(_place(limit, subject, now))


def give_back(limit: Limit, subject: str, now: datetime) -> None:
    """One of those that were counted, if they are still there."""
    try:
        _place(limit, subject, now).bare_item().update(actions=[Item.revision.add(-1)], condition=Item.revision > 0)
    except UpdateError as error:
        if error_code(error) != "ConditionalCheckFailedException":
            raise


def _place(limit: Limit, subject: str, now: datetime) -> Place[Count]:
    return ATTEMPTS.at(limit.name, keyed("brake", subject), limit.window(now))
