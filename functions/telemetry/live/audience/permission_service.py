"""Use cases: who may watch. The athlete's allow-list, and links for people without an account."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from stadion.change import Change
from telemetry.live.audience import service, store
from telemetry.live.audience.domain import Audience, Watcher, link_id_of, new_token
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


def allow(user_id: str, follower_id: str, heart_rate: bool | None, now: datetime) -> Allowed:
    """None leaves the heart rate as it is: out of sight, at first."""
    found: list[Allowed] = []

    def wanted(known: Audience) -> Callable[[Change], None] | None:
        before = known.allowed.get(follower_id)
        if before is None and len(known.allowed) >= MAX_FOLLOWERS:
            raise TooManyFollowersError(most=MAX_FOLLOWERS)
        follower = before or Allowed(user_id=follower_id, allowed_at=now)
        if heart_rate is not None:
            follower = follower.model_copy(update={"heart_rate": heart_rate})
        found[:] = [follower]
        return None if follower == before else lambda change: store.put_follower(change, user_id, follower)

    store.add(user_id, wanted, now)
    return found[0]


def disallow(user_id: str, follower_id: str) -> None:
    """They see nothing more from now on. Repeating it is harmless."""
    store.disallow(user_id, follower_id)
    service.dismiss(user_id, follower_id=follower_id)


def share(user_id: str, session_id: str, lasts: timedelta, heart_rate: bool, now: datetime) -> tuple[Link, str]:
    """The link and its token, which is known this once."""
    session = session_store.get(user_id, session_id)
    if not session.is_open:
        raise LiveSessionIsOverError
    token = new_token()
    link = Link(
        link_id=link_id_of(token),
        user_id=user_id,
        session_id=session_id,
        expires_at=now + lasts,
        heart_rate=heart_rate,
    )

    def wanted(known: Audience) -> Callable[[Change], None]:
        if len(_of_session(known, session_id, now)) >= MAX_LINKS:
            raise TooManyShareLinksError(most=MAX_LINKS)
        return lambda change: store.put_link(change, link)

    store.add(user_id, wanted, now)
    return link, token


def links(user_id: str, session_id: str, now: datetime) -> list[Link]:
    session_store.get(user_id, session_id)
    return _of_session(store.audience(user_id), session_id, now)


def unshare(user_id: str, session_id: str, link_id: str, now: datetime) -> None:
    session_store.get(user_id, session_id)
    known = store.audience(user_id).links.get(link_id)
    if known is not None and known.session_id == session_id:
        store.remove_link(user_id, link_id, now)
    service.dismiss(user_id, link_id=link_id)


def look(token: str, now: datetime) -> LiveView:
    link = store.find_link(link_id_of(token), now)
    watcher = Watcher(connection_id="", session_id=link.session_id, link_id=link.link_id)
    return service.look(link.user_id, watcher, now)


def _of_session(known: Audience, session_id: str, now: datetime) -> list[Link]:
    return [link for link in known.links.values() if link.session_id == session_id and link.expires_at > now]
