"""What stands in a link instead of the athlete: an id that nobody can read, and that ends with the athlete's data."""

import secrets
from datetime import datetime
from typing import Final

from stadion.change import Change
from stadion.records import Records
from stadion.retry import retry_on_conflict
from stadion.values import Value

ID_BYTES: Final = 16


class WayOut(Value):
    way_id: str
    user_id: str


OF_ATHLETES = Records(WayOut, kind="way_out", pk="USER#{user_id}", sk="WAY_OUT")
"""The id in an athlete's links: made with the first mail that has one; each such mail."""
BY_ID = Records(WayOut, kind="way_out", pk="WAY_OUT#{way_id}", sk="WAY_OUT")
"""Whose id it is: with the other; whoever follows a link."""


def id_of(user_id: str, now: datetime) -> str:
    """The same for all of an athlete's mails."""

    def once() -> WayOut:
        known = OF_ATHLETES.find(user_id)
        if known is None:
            known = WayOut(way_id=secrets.token_urlsafe(ID_BYTES), user_id=user_id)
            with Change(user_id, now) as change:
                change.put(OF_ATHLETES, known)
                change.put(BY_ID, known)
        return known

    return retry_on_conflict(once).way_id


def user_of(way_id: str) -> str | None:
    found = BY_ID.find(way_id)
    return found.user_id if found is not None else None
