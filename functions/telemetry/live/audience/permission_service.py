"""Use cases: who may watch. The athlete's allow-list, and links for people without an account."""

from datetime import datetime, timedelta
from typing import Final

from telemetry.live.audience import service, store
from telemetry.live.audience.domain import Allowed, Link, Watcher, link_id_of, new_token
from telemetry.live.errors import (
    LiveSessionIsOverError,
    TooManyFollowersError,
    TooManyShareLinksError,
)
from telemetry.live.schemas import CreatedShareLink, Follower, NewShareLink, ShareLink
from telemetry.live.sessions import store as session_store
from telemetry.live.values import Seen

MAX_FOLLOWERS: Final = 100
MAX_LINKS: Final = 10


def followers(user_id: str) -> list[Follower]:
    allowed = store.audience(user_id).allowed.values()
    listed = sorted(allowed, key=lambda follower: follower.allowed_at)
    return [Follower.model_validate(follower.model_dump()) for follower in listed]


def allow(user_id: str, follower_id: str, now: datetime) -> Follower:
    known = store.audience(user_id).allowed
    if follower_id not in known:
        if len(known) >= MAX_FOLLOWERS:
            raise TooManyFollowersError(most=MAX_FOLLOWERS)
        known[follower_id] = Allowed(user_id=follower_id, allowed_at=now)
        store.allow(user_id, known[follower_id], now)
    return Follower.model_validate(known[follower_id].model_dump())


def disallow(user_id: str, follower_id: str) -> None:
    """They see nothing more from now on. Repeating it is harmless."""
    store.disallow(user_id, follower_id)
    service.dismiss(user_id, follower_id=follower_id)


def share(user_id: str, session_id: str, asked: NewShareLink, now: datetime) -> CreatedShareLink:
    session = session_store.get(user_id, session_id)
    if not session.is_open:
        raise LiveSessionIsOverError
    if len(_links(user_id, session_id, now)) >= MAX_LINKS:
        raise TooManyShareLinksError(most=MAX_LINKS)
    token = new_token()
    link = Link(
        link_id=link_id_of(token),
        user_id=user_id,
        session_id=session_id,
        expires_at=now + timedelta(seconds=asked.expires_in_s),
    )
    store.add_link(link, now)
    return CreatedShareLink(**_shown(link).model_dump(), share_token=token, path=f"/v1/live/shared/{token}")


def links(user_id: str, session_id: str, now: datetime) -> list[ShareLink]:
    session_store.get(user_id, session_id)
    return [_shown(link) for link in _links(user_id, session_id, now)]


def unshare(user_id: str, session_id: str, link_id: str, now: datetime) -> None:
    session_store.get(user_id, session_id)
    known = store.audience(user_id).links.get(link_id)
    if known is not None and known.session_id == session_id:
        store.remove_link(user_id, link_id, now)
    service.dismiss(user_id, link_id=link_id)


def look(token: str, now: datetime) -> Seen:
    link = store.find_link(link_id_of(token), now)
    watcher = Watcher(connection_id="", session_id=link.session_id, link_id=link.link_id)
    return service.look(link.user_id, link.session_id, watcher, now)


def _links(user_id: str, session_id: str, now: datetime) -> list[Link]:
    found = store.audience(user_id).links.values()
    return [link for link in found if link.session_id == session_id and link.expires_at > now]


def _shown(link: Link) -> ShareLink:
    return ShareLink(link_id=link.link_id, session_id=link.session_id, expires_at=link.expires_at)
