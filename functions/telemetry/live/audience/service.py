"""What those who watch see: a snapshot when they come, then every change, and never what is private.

Requests only leave word that there is something to tell (`work.Push`); `on_pushes` tells it."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from stadion.change import Change
from stadion.observability import correlation_id, count, logger
from stadion.privacy import Viewer
from stadion.settings import load
from stadion.work import NotQueuedError, enqueue
from telemetry.live import connections
from telemetry.live.audience import store
from telemetry.live.audience.domain import Audience, Watcher
from telemetry.live.audience.sight import OVER_AFTER, Shown, own_view
from telemetry.live.audience.store import Pushing
from telemetry.live.audience.work import Push
from telemetry.live.errors import LiveSessionNotFoundError, ShareLinkNotFoundError, TooManyWatchersError
from telemetry.live.messages import EndReason, SeenUpdate, WatchEnded
from telemetry.live.sessions import store as session_store
from telemetry.live.sessions.domain import Session
from telemetry.live.sessions.port import Samples, between, latest
from telemetry.live.settings import PushSettings
from telemetry.live.values import LiveView

TOLD_OVER_AFTER = OVER_AFTER + timedelta(minutes=1)
"""SQS keeps a message back for 15 minutes at most. The minute between: clocks differ."""


def athlete_session(user_id: str, viewer_id: str, shown_as: str | None, now: datetime) -> str:
    """The id of the session that a viewer asks for; who may not watch, and who comes too early, learns nothing."""
    audience = store.audience(user_id)
    found = audience.session_of(shown_as, now) if viewer_id in audience.allowed else None
    if found is None:
        raise LiveSessionNotFoundError
    return found


def watch(user_id: str, watcher: Watcher, now: datetime) -> LiveView:
    """From now on the connection is told. The permission is looked at here, in the write, and at every push."""

    def wanted(audience: Audience) -> Callable[[Change], None]:
        _check_may_watch(audience, watcher, now)
        if not audience.places_left(watcher):
            raise TooManyWatchersError
        if not audience.is_own(watcher) and _view(audience, watcher, now) is None:
            raise LiveSessionNotFoundError
        shown = audience.shown.get(watcher.session_id)
        coming = watcher.model_copy(update={"steps": shown.steps if shown is not None else -1})
        return lambda change: store.put_watcher(change, user_id, coming)

    audience = store.add(user_id, wanted, now, watches=True)
    shown = audience.shown.get(watcher.session_id)
    if shown is not None and shown.sight.is_hidden and not audience.is_own(watcher):
        leave_word_of_end(user_id, watcher.session_id, now)
    return _seen(audience, watcher, now)


def unwatch(connection_id: str) -> int:
    """A connection is over."""
    found = list(store.watches_of(connection_id))
    for user_id, watcher in found:
        store.remove_watchers(user_id, [watcher])
    return len(found)


def look(user_id: str, watcher: Watcher, now: datetime) -> LiveView:
    """The same without a connection: for who polls."""
    audience = store.audience(user_id)
    _check_may_watch(audience, watcher, now)
    return _seen(audience, watcher, now)


def _check_may_watch(audience: Audience, watcher: Watcher, now: datetime) -> None:
    if not audience.may_watch(watcher, now):
        raise ShareLinkNotFoundError if watcher.link_id is not None else LiveSessionNotFoundError


def _seen(audience: Audience, watcher: Watcher, now: datetime) -> LiveView:
    if audience.is_own(watcher):
        return _own(audience, watcher.session_id, sequence=0)[1]
    view = _view(audience, watcher, now)
    if view is None:
        raise LiveSessionNotFoundError
    return view


def _own(audience: Audience, session_id: str, *, sequence: int) -> tuple[Session, LiveView]:
    session = session_store.get(audience.user_id, session_id)
    shows = audience.privacy.visible_to(Viewer(is_athlete=True))
    return session, own_view(session, session_store.newest(audience.user_id, session_id), shows, sequence)


def _view(audience: Audience, watcher: Watcher, now: datetime) -> LiveView | None:
    shown = audience.shown.get(watcher.session_id)
    if shown is None:
        return None
    return _views(audience, shown, now)(watcher)


def _views(audience: Audience, shown: Shown, now: datetime) -> Callable[[Watcher], LiveView | None]:
    """What each of the others sees; samples are read only where somebody may see a heart rate."""
    pulses: list[float | None] = []

    def pulse() -> float | None:
        if not pulses:
            samples = session_store.newest_samples(audience.user_id, shown.session_id)
            pulses.append(_pulse(samples, shown))
        return pulses[0]

    def of(watcher: Watcher) -> LiveView | None:
        shows = audience.privacy.visible_to(audience.viewer(watcher))
        return shown.view(shows, audience.privacy, pulse() if shows.heart_rate else None, now)

    return of


def _pulse(samples: Samples, shown: Shown) -> float | None:
    there = latest(between(samples, shown.sight.since_s, shown.sight.last_s))
    return there.heart_rate_bpm if there is not None else None


# --- to be told ------------------------------------------------------------------------------------------------------


def leave_word(user_id: str, session_id: str, now: datetime) -> None:
    """There is something to tell."""
    _leave(Push(correlation_id=correlation_id(), asked_at=now, user_id=user_id, session_id=session_id))


def leave_word_of_end(user_id: str, session_id: str, now: datetime, *, after: timedelta = TOLD_OVER_AFTER) -> None:
    """Of an athlete who vanished: then it is told that it is over, unless they are in sight again."""
    asked = Push(correlation_id=correlation_id(), asked_at=now, user_id=user_id, session_id=session_id, ends=True)
    _leave(asked, delay_s=max(0, int(after.total_seconds())))


def _leave(asked: Push, *, delay_s: int = 0) -> None:
    """What cannot be left now costs one update, never the work that caused it."""
    try:
        enqueue(load(PushSettings).pushes_queue, [asked], delay_s=delay_s)
    except NotQueuedError:
        count("LivePushFailed")
        logger.warning("not left for pushing")


def push(asked: Push, now: datetime) -> int:
    """To all who may watch, as it is now; those who may not any more, and who are gone, are forgotten. How many."""
    pushing = store.pushing(asked.user_id, asked.session_id)
    audience, shown = pushing.audience, pushing.shown.value
    watchers = audience.of_session(asked.session_id)
    if not watchers:
        return 0
    allowed = [watcher for watcher in watchers if audience.may_watch(watcher, now)]
    refused = [watcher for watcher in watchers if watcher not in allowed]
    _dismiss(audience.user_id, refused, EndReason.NOT_ALLOWED, name=shown.shown_as if shown is not None else "")
    is_over = shown is not None and (shown.is_final or (asked.ends and shown.is_over(now)))
    if not is_over and not pushing.claim(now):
        return 0
    others = [watcher for watcher in allowed if not audience.is_own(watcher)]
    told = _tell_others(pushing, others, now, is_over=is_over) + _tell_oneself(
        pushing, [watcher for watcher in allowed if audience.is_own(watcher)]
    )
    count("LivePushed", told)
    return told


def _tell_others(pushing: Pushing, watchers: list[Watcher], now: datetime, *, is_over: bool) -> int:
    """Only what changed for them: that somebody moves out of sight is not told."""
    shown = pushing.shown.value
    if not watchers or shown is None:
        return 0
    view = _views(pushing.audience, shown, now)
    behind = [one for one in watchers if is_over or shown.steps > max(pushing.told_steps, one.steps)]
    seen = {watcher: found for watcher in behind if (found := view(watcher)) is not None}
    told = _tell(pushing.audience.user_id, seen)
    if is_over:
        _dismiss(pushing.audience.user_id, watchers, EndReason.SESSION_ENDED, name=shown.shown_as)
    return told


def _tell_oneself(pushing: Pushing, watchers: list[Watcher]) -> int:
    if not watchers:
        return 0
    user_id = pushing.audience.user_id
    session, view = _own(pushing.audience, watchers[0].session_id, sequence=pushing.shown.revision or 0)
    told = _tell(user_id, dict.fromkeys(watchers, view))
    if not session.is_open:
        _dismiss(user_id, watchers, EndReason.SESSION_ENDED)
    return told


def _tell(user_id: str, seen: dict[Watcher, LiveView]) -> int:
    gone = connections.tell_all({watcher.connection_id: SeenUpdate(seen=view) for watcher, view in seen.items()})
    store.remove_watchers(user_id, [watcher for watcher in seen if watcher.connection_id in gone])
    return len(seen) - len(gone)


def dismiss(user_id: str, *, follower_id: str | None = None, link_id: str | None = None) -> None:
    """Who watched by a permission that was taken back."""
    audience = store.audience(user_id)
    meant = [one for one in audience.watchers if one.user_id == follower_id and one.link_id == link_id]
    for session_id in {one.session_id for one in meant}:
        shown = audience.shown.get(session_id)
        own = [one for one in meant if one.session_id == session_id]
        _dismiss(user_id, own, EndReason.NOT_ALLOWED, name=shown.shown_as if shown is not None else "")
    connections.hang_up(watcher.connection_id for watcher in meant if watcher.link_id is not None)


def _dismiss(user_id: str, watchers: Iterable[Watcher], reason: EndReason, *, name: str | None = None) -> None:
    """`name`: what others call the session."""
    listed = list(watchers)
    store.remove_watchers(user_id, listed)
    connections.tell_all(
        {
            watcher.connection_id: WatchEnded(session_id=watcher.session_id if name is None else name, reason=reason)
            for watcher in listed
        }
    )
