"""Who may watch an athlete, who watches, and where nobody may: one partition, so that one query tells all of it.

Every push asks it anew. What was taken back a moment ago (a follower, a link, a place) holds for the next push.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import AwareDatetime

from stadion import clock, writes
from stadion.change import Change
from stadion.dynamo import Item, absent
from stadion.events.accounts import PrivacyZone
from stadion.records import Records, partition
from stadion.values import Value
from telemetry.live.audience.domain import Audience, Watcher
from telemetry.live.errors import LiveSessionNotFoundError, ShareLinkNotFoundError
from telemetry.live.values import Allowed, Link

WATCHES_FOR: Final = timedelta(hours=3)
"""Longer than API Gateway keeps a connection (two hours)."""
LINK_KEPT_FOR: Final = timedelta(days=1)


class _OlderZonesError(Exception):
    """A newer list of zones is known."""


class _Watch(Value):
    """What a connection watches."""

    user_id: str
    session_id: str


class _Zones(Value):
    zones: list[PrivacyZone]
    kept_at: AwareDatetime

    def body(self) -> dict[str, Any]:
        return {
            "zones": [zone.model_dump(mode="json") for zone in self.zones],
            "kept_at": clock.rfc3339(self.kept_at),
        }


FOLLOWERS = Records(Allowed, kind="live_follower", pk="AUDIENCE#{athlete_id}", sk="FOLLOWER#{user_id}")
"""Who may watch: the athlete; every push."""
LINKS = Records(
    Link,
    kind="live_link",
    pk="AUDIENCE#{user_id}",
    sk="LINK#{link_id}",
    kept_for=LINK_KEPT_FOR,
    kept_since="expires_at",
)
"""Who may watch without an account, by the digest of the token: the athlete; every push."""
TOKENS = Records(
    Link, kind="live_link", pk="LINK#{link_id}", sk="LINK", kept_for=LINK_KEPT_FOR, kept_since="expires_at"
)
"""Where the token of a link leads: with the link; whoever has the token."""
WATCHERS = Records(
    Watcher,
    kind="live_watcher",
    pk="AUDIENCE#{athlete_id}",
    sk="WATCHER#{session_id}#{connection_id}",
    kept_for=WATCHES_FOR,
)
"""Who watches: while the permission is there; every push."""
WATCHES = Records(
    _Watch,
    kind="live_watch",
    pk="CONNECTION#{connection_id}",
    sk="WATCH#{user_id}#{session_id}",
    kept_for=WATCHES_FOR,
)
"""What a connection watches: with `WATCHERS`; the end of the connection."""
ZONES = Records(_Zones, kind="live_zones", pk="AUDIENCE#{athlete_id}", sk="ZONES", dump=_Zones.body)
"""Where nobody may be seen: `on_privacy_zones`, unless the revision is older; every push."""


def audience(user_id: str) -> Audience:
    found = partition(ZONES.at(user_id).pk)
    return Audience(
        user_id,
        allowed={follower.user_id: follower for follower in found.values(FOLLOWERS)},
        links={link.link_id: link for link in found.values(LINKS)},
        watchers=found.values(WATCHERS),
        zones=[zone for listed in found.values(ZONES) for zone in listed.zones],
    )


# --- followers -------------------------------------------------------------------------------------------------------


def allow(user_id: str, follower: Allowed, now: datetime) -> None:
    writes.put(FOLLOWERS.at(user_id, follower.user_id), follower, now)


def disallow(user_id: str, follower_id: str) -> None:
    writes.delete(FOLLOWERS.at(user_id, follower_id))


# --- links -----------------------------------------------------------------------------------------------------------


def add_link(link: Link, now: datetime) -> None:
    with Change(link.user_id, now) as change:
        change.put(LINKS, link, new=False)
        change.put(TOKENS, link, new=False)


def find_link(link_id: str, now: datetime) -> Link:
    """DynamoDB removes expired items late, so a link is over by its time."""
    link = TOKENS.find(link_id)
    if link is None or link.expires_at <= now:
        raise ShareLinkNotFoundError
    return link


def remove_link(user_id: str, link_id: str, now: datetime) -> None:
    with Change(user_id, now) as change:
        change.delete(LINKS.at(user_id, link_id))
        change.delete(TOKENS.at(link_id))


# --- watchers --------------------------------------------------------------------------------------------------------


def add_watcher(user_id: str, watcher: Watcher, now: datetime) -> None:
    """Refused when the permission is not there at that very moment."""
    watch = _Watch(user_id=user_id, session_id=watcher.session_id)
    with Change(user_id, now) as change:
        if watcher.link_id is not None:
            change.require(LINKS.at(user_id, watcher.link_id), Item.pk.exists(), refused=ShareLinkNotFoundError)
        elif watcher.user_id is not None and watcher.user_id != user_id:
            follower = FOLLOWERS.at(user_id, watcher.user_id)
            change.require(follower, Item.pk.exists(), refused=LiveSessionNotFoundError)
        change.put(WATCHERS.of(watcher, user_id), watcher, new=False)
        change.put(WATCHES.of(watch, watcher.connection_id), watch, new=False)


def remove_watchers(user_id: str, watchers: Iterable[Watcher]) -> None:
    found = [
        (WATCHERS.of(watcher, user_id), WATCHES.at(watcher.connection_id, user_id, watcher.session_id))
        for watcher in watchers
    ]
    writes.delete_all(place for both in found for place in both)


def watches_of(connection_id: str) -> Iterator[tuple[str, Watcher]]:
    """(athlete, watcher) for what a connection watches."""
    for watch in WATCHES.every(connection_id):
        yield watch.user_id, Watcher(connection_id=connection_id, session_id=watch.session_id)


# --- zones -----------------------------------------------------------------------------------------------------------


def keep_zones(user_id: str, zones: Iterable[PrivacyZone], revision: int, now: datetime) -> bool:
    """False when a newer list is known."""
    kept = _Zones(zones=list(zones), kept_at=now)
    older = absent() | (Item.revision < revision)
    try:
        with Change(user_id, now) as change:
            change.write(ZONES.at(user_id), kept, older, revision=revision, refused=_OlderZonesError)
    except _OlderZonesError:
        return False
    return True
