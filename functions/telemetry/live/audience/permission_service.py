"""Use cases: who may watch. The athlete's allow-list, and links for people without an account."""

from datetime import datetime, timedelta
from typing import Final

from telemetry.live.audience import service, store
from telemetry.live.audience.domain import Watcher, link_id_of, new_token
from telemetry.live.errors import (
    LiveSessionIsOverError,
    TooManyFollowersError,
    TooManyShareLinksError,
)
from telemetry.live.sessions import store as session_store
from telemetry.live.values import Allowed, Link, LiveView

MAX_FOLLOWERS: Final = 100
MAX_LINKS: Final = 10


def followers(user_id: str) -> list[Allowed]:
    allowed = store.audience(user_id).allowed.values()
    return sorted(allowed, key=lambda follower: follower.allowed_at)


def allow(user_id: str, follower_id: str, now: datetime) -> Allowed:
    known = store.audience(user_id).allowed
    if follower_id not in known:
        if len(known) >= MAX_FOLLOWERS:
            raise TooManyFollowersError(most=MAX_FOLLOWERS)
        known[follower_id] = Allowed(user_id=follower_id, allowed_at=now)
        store.allow(user_id, known[follower_id], now)
    return known[follower_id]


def disallow(user_id: str, follower_id: str) -> None:
    """They see nothing more from now on. Repeating it is harmless."""
    store.disallow(user_id, follower_id)
    service.dismiss(user_id, follower_id=follower_id)


def share(user_id: str, session_id: str, lasts: timedelta, now: datetime) -> tuple[Link, str]:
    """The link and its token, which is known this once."""
    session = session_store.get(user_id, session_id)
    if not session.is_open:
        raise LiveSessionIsOverError
    if len(_links(user_id, session_id, now)) >= MAX_LINKS:
        raise TooManyShareLinksError(most=MAX_LINKS)
    token = new_token()
    link = Link(link_id=link_id_of(token), user_id=user_id, session_id=session_id, expires_at=now + lasts)
    store.add_link(link, now)
    return link, token


def links(user_id: str, session_id: str, now: datetime) -> list[Link]:
    session_store.get(user_id, session_id)
    return _links(user_id, session_id, now)


def unshare(user_id: str, session_id: str, link_id: str, now: datetime) -> None:
    session_store.get(user_id, session_id)
    known = store.audience(user_id).links.get(link_id)
    if known is not None and known.session_id == session_id:
        store.remove_link(user_id, link_id, now)
    service.dismiss(user_id, link_id=link_id)


def look(token: str, now: datetime) -> LiveView:
    link = store.find_link(link_id_of(token), now)
    watcher = Watcher(connection_id="", session_id=link.session_id, link_id=link.link_id)
    return service.look(link.user_id, link.session_id, watcher, now)


def _links(user_id: str, session_id: str, now: datetime) -> list[Link]:
    found = store.audience(user_id).links.values()
    return [link for link in found if link.session_id == session_id and link.expires_at > now]
