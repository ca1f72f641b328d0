"""Who may watch an athlete, who watches, and where nobody may: one partition, so that one query tells all of it.

Every push asks it anew. What was taken back a moment ago (a follower, a link, a place) holds for the next push.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from pynamodb.expressions.condition import Condition

from stadion import clock
from stadion.dynamo import Item, Transaction, absent
from stadion.events.accounts import PrivacyZone
from telemetry.live.audience.domain import Allowed, Audience, Link, Watcher
from telemetry.live.errors import LiveSessionNotFoundError, ShareLinkNotFoundError

WATCHES_FOR: Final = timedelta(hours=3)
"""Longer than API Gateway keeps a connection (two hours)."""
LINK_KEPT_FOR: Final = timedelta(days=1)


def audience(user_id: str) -> Audience:
    found = Audience(user_id)
    for item in Item.query(_audience(user_id), consistent_read=True):
        if item.kind == "live_follower":
            follower = Allowed.model_validate(item.body)
            found.allowed[follower.user_id] = follower
        elif item.kind == "live_link":
            link = Link.model_validate(item.body)
            found.links[link.link_id] = link
        elif item.kind == "live_watcher":
            found.watchers.append(Watcher.model_validate(item.body))
        elif item.kind == "live_zones":
            found.zones.extend(PrivacyZone.model_validate(zone) for zone in item.body["zones"])
    return found


# --- followers -------------------------------------------------------------------------------------------------------


def allow(user_id: str, follower: Allowed) -> None:
    body = follower.model_dump(mode="json")
    Item(pk=_audience(user_id), sk=_follower(follower.user_id), kind="live_follower", body=body).save()


def disallow(user_id: str, follower_id: str) -> None:
    Item(pk=_audience(user_id), sk=_follower(follower_id)).delete()


# --- links -----------------------------------------------------------------------------------------------------------


def add_link(link: Link) -> None:
    """Twice: where pushes look, and where the token leads."""
    body = link.model_dump(mode="json")
    gone_at = int((link.expires_at + LINK_KEPT_FOR).timestamp())
    transaction = Transaction()
    for pk, sk in ((_audience(link.user_id), _link(link.link_id)), (_link(link.link_id), "LINK")):
        transaction.put(Item(pk=pk, sk=sk, kind="live_link", body=body, expires_at=gone_at))
    transaction.commit()


def find_link(link_id: str, now: datetime) -> Link:
    """DynamoDB removes expired items late, so a link is over by its time."""
    item = Item.find(_link(link_id), "LINK")
    link = Link.model_validate(item.body) if item is not None else None
    if link is None or link.expires_at <= now:
        raise ShareLinkNotFoundError
    return link


def remove_link(user_id: str, link_id: str) -> None:
    transaction = Transaction()
    transaction.delete(Item(pk=_audience(user_id), sk=_link(link_id)))
    transaction.delete(Item(pk=_link(link_id), sk="LINK"))
    transaction.commit()


# --- watchers --------------------------------------------------------------------------------------------------------


def add_watcher(user_id: str, watcher: Watcher, now: datetime) -> None:
    """Refused when the permission is not there at that very moment."""
    transaction = Transaction()
    if watcher.link_id is not None:
        link = Item(pk=_audience(user_id), sk=_link(watcher.link_id))
        transaction.check(link, _there(), refused=lambda _: ShareLinkNotFoundError())
    elif watcher.user_id is not None and watcher.user_id != user_id:
        follower = Item(pk=_audience(user_id), sk=_follower(watcher.user_id))
        transaction.check(follower, _there(), refused=lambda _: LiveSessionNotFoundError())
    body = watcher.model_dump(mode="json", exclude_none=True)
    gone_at = int((now + WATCHES_FOR).timestamp())
    connection = watcher.connection_id
    transaction.put(
        Item(pk=_audience(user_id), sk=_watcher(watcher), kind="live_watcher", body=body, expires_at=gone_at)
    )
    reverse = {"user_id": user_id, "session_id": watcher.session_id}
    transaction.put(
        Item(
            pk=_connection(connection),
            sk=f"WATCH#{user_id}#{watcher.session_id}",
            kind="live_watch",
            body=reverse,
            expires_at=gone_at,
        )
    )
    transaction.commit()


def remove_watchers(user_id: str, watchers: Iterable[Watcher]) -> None:
    listed = list(watchers)
    if not listed:
        return
    with Item.batch_write() as batch:
        for watcher in listed:
            batch.delete(Item(pk=_audience(user_id), sk=_watcher(watcher)))
            reverse = f"WATCH#{user_id}#{watcher.session_id}"
            batch.delete(Item(pk=_connection(watcher.connection_id), sk=reverse))


def watches_of(connection_id: str) -> Iterator[tuple[str, Watcher]]:
    """(athlete, watcher) for what a connection watches."""
    for item in Item.query(_connection(connection_id), consistent_read=True):
        yield item.body["user_id"], Watcher(connection_id=connection_id, session_id=item.body["session_id"])


# --- zones -----------------------------------------------------------------------------------------------------------


def keep_zones(user_id: str, zones: Iterable[PrivacyZone], revision: int, now: datetime) -> bool:
    """False when a newer list is known."""
    body = {"zones": [zone.model_dump(mode="json") for zone in zones], "kept_at": clock.rfc3339(now)}
    item = Item(pk=_audience(user_id), sk="ZONES", kind="live_zones", revision=revision, body=body)
    transaction = Transaction()
    transaction.put(item, absent() | (Item.revision < revision), refused=_is_older)
    try:
        transaction.commit()
    except _OlderError:
        return False
    return True


class _OlderError(Exception):
    pass


def _is_older(_: dict[str, dict[str, Any]] | None) -> Exception:
    return _OlderError()


# --- keys ------------------------------------------------------------------------------------------------------------


def _audience(user_id: str) -> str:
    return f"AUDIENCE#{user_id}"


def _follower(user_id: str) -> str:
    return f"FOLLOWER#{user_id}"


def _link(link_id: str) -> str:
    return f"LINK#{link_id}"


def _watcher(watcher: Watcher) -> str:
    return f"WATCHER#{watcher.session_id}#{watcher.connection_id}"


def _connection(connection_id: str) -> str:
    return f"CONNECTION#{connection_id}"


def _there() -> Condition:
    return Item.pk.exists()
