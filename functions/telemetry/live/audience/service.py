"""What followers see: a snapshot when they come, then every change, and never a place that is private."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from stadion.observability import count
from telemetry.live import connections
from telemetry.live.audience import store
from telemetry.live.audience.domain import Audience, Watcher, seen
from telemetry.live.errors import LiveSessionNotFoundError, ShareLinkNotFoundError, TooManyWatchersError
from telemetry.live.messages import EndReason, SeenUpdate, WatchEnded
from telemetry.live.sessions import store as session_store
from telemetry.live.sessions.domain import Session
from telemetry.live.values import Latest, LiveView

MAX_WATCHERS: Final = 50


def check_may_watch(user_id: str, viewer_id: str) -> None:
    """Before anything of the athlete's is looked up: who may not watch learns nothing."""
    if viewer_id != user_id and viewer_id not in store.audience(user_id).allowed:
        raise LiveSessionNotFoundError


def watch(user_id: str, watcher: Watcher, now: datetime) -> LiveView:
    """From now on the connection is told. The permission is looked at here, in the write, and at every push."""
    audience = store.audience(user_id)
    if not audience.may_watch(watcher, now):
        raise ShareLinkNotFoundError if watcher.link_id is not None else LiveSessionNotFoundError
    others = [w for w in audience.of_session(watcher.session_id) if w.connection_id != watcher.connection_id]
    if len(others) >= MAX_WATCHERS:
        raise TooManyWatchersError(most=MAX_WATCHERS)
    session = session_store.get(user_id, watcher.session_id)
    store.add_watcher(user_id, watcher, now)
    return _snapshot(user_id, session, audience, own=watcher.user_id == user_id)


def unwatch(connection_id: str) -> int:
    """A connection is over."""
    found = list(store.watches_of(connection_id))
    for user_id, watcher in found:
        store.remove_watchers(user_id, [watcher])
    return len(found)


def look(user_id: str, session_id: str, watcher: Watcher, now: datetime) -> LiveView:
    """The same without a connection: for who polls."""
    audience = store.audience(user_id)
    if not audience.may_watch(watcher, now):
        raise ShareLinkNotFoundError if watcher.link_id is not None else LiveSessionNotFoundError
    session = session_store.get(user_id, session_id)
    return _snapshot(user_id, session, audience, own=watcher.user_id == user_id)


def _snapshot(user_id: str, session: Session, audience: Audience, *, own: bool) -> LiveView:
    """Of a session that is over, others learn that it is: where the athlete was last is no longer their business."""
    shows = own or session.is_open
    return seen(session, session_store.newest(user_id, session.session_id) if shows else None, audience, own=own)


def push(user_id: str, session: Session, newest: Latest | None, now: datetime) -> int:
    """To all who may watch; those who may not any more, and those who are gone, are forgotten. How many were told."""
    audience = store.audience(user_id)
    watchers = audience.of_session(session.session_id)
    if not watchers:
        return 0
    allowed = [watcher for watcher in watchers if audience.may_watch(watcher, now)]
    _dismiss(user_id, [watcher for watcher in watchers if watcher not in allowed], EndReason.NOT_ALLOWED)
    if newest is None:
        newest = session_store.newest(user_id, session.session_id)
    for_others = SeenUpdate(seen=seen(session, newest, audience, own=False))
    for_oneself = SeenUpdate(seen=seen(session, newest, audience, own=True))
    gone = connections.tell_all({w.connection_id: for_oneself if w.user_id == user_id else for_others for w in allowed})
    store.remove_watchers(user_id, [watcher for watcher in allowed if watcher.connection_id in gone])
    told = len(allowed) - len(gone)
    count("LivePushed", told)
    return told


def end(user_id: str, session: Session, now: datetime) -> None:
    """The session is over: the last word to everybody who watched."""
    push(user_id, session, None, now)
    watchers = store.audience(user_id).of_session(session.session_id)
    _dismiss(user_id, watchers, EndReason.SESSION_ENDED)


def dismiss(user_id: str, *, follower_id: str | None = None, link_id: str | None = None) -> None:
    """Who watched by a permission that was taken back."""
    watchers = store.audience(user_id).watchers
    meant = [w for w in watchers if w.user_id == follower_id and w.link_id == link_id]
    _dismiss(user_id, meant, EndReason.NOT_ALLOWED)
    connections.hang_up(watcher.connection_id for watcher in meant if watcher.link_id is not None)


def _dismiss(user_id: str, watchers: Iterable[Watcher], reason: EndReason) -> None:
    listed = list(watchers)
    store.remove_watchers(user_id, listed)
    connections.tell_all({w.connection_id: WatchEnded(session_id=w.session_id, reason=reason) for w in listed})
