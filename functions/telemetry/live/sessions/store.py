"""Live sessions and their chunks in the telemetry table. Access patterns stand in README.md.

Every write of a chunk holds the session still: while it is open by a condition on its `phase`, afterwards by changing
it. So nothing is written into a session that was discarded, and no sample slips in between a stop and what it saves.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from stadion import clock, writes
from stadion.change import Change
from stadion.dynamo import Item, absent
from stadion.events.envelope import Event
from stadion.pagination import Page
from stadion.records import Found, Index, Place, Records, Stored, fetch
from stadion.retry import WriteConflictError
from stadion.values import Value
from telemetry import chunk_store
from telemetry.chunk_store import CHUNKS, LIVE, ChunkItem
from telemetry.live.errors import LiveSessionNotFoundError, LiveSessionOpenError
from telemetry.live.sessions.chunks import Samples, latest, merged, packed, unpacked, without_health
from telemetry.live.sessions.domain import Phase, Session
from telemetry.live.values import Latest

KEPT_FOR: Final = timedelta(days=30)
HEARD_EVERY: Final = timedelta(minutes=1)


class _LiveItem(ChunkItem):
    """Beside chunks, so that one request reads both."""

    phase = UnicodeAttribute(null=True)
    dirty = BooleanAttribute(null=True)


class _OpenMark(Value):
    session_id: str


def _session(item: _LiveItem) -> Session:
    since = item.gsi1sk.partition("#")[0] if item.dirty else None
    return Session.model_validate({**item.body, "unfinished_since": since})


def _attributes(session: Session) -> dict[str, Any]:
    return {"phase": session.phase.value, "dirty": True if session.unfinished_since is not None else None}


WAITING: Final = Index("LIVE#{waits_as}#{shard}", "{waits_since}#{session_id}", shards=4, shard_by="{session_id}")
"""Open sessions by when they were last heard, closed ones by when something came that is not made known."""
SESSIONS = Records(
    Session,
    kind="live_session",
    pk="USER#{user_id}",
    sk="LIVE#{session_id}",
    kept_for=KEPT_FOR,
    kept_since="settled_at",
    index=WAITING,
    item_type=_LiveItem,
    attributes=_attributes,
    load=_session,
    missing=LiveSessionNotFoundError,
)
"""State and marks: what the athlete says, on the revision; samples, on its `phase`. While it waits for its end, or to
be made known, `close_forgotten_sessions` finds it in the index."""
OPEN_MARKS = Records(_OpenMark, kind="live_open", pk="USER#{user_id}", sk="OPEN_LIVE")
"""The id of the open session, if absent: there is one."""


# --- reading ---------------------------------------------------------------------------------------------------------


def find(user_id: str, session_id: str) -> Session | None:
    return SESSIONS.find(user_id, session_id)


def get(user_id: str, session_id: str) -> Session:
    return SESSIONS.get(user_id, session_id)


def read(user_id: str, session_id: str) -> Stored[Session]:
    return SESSIONS.read(user_id, session_id)


def existing(user_id: str, session_id: str) -> tuple[Stored[Session], Session]:
    return SESSIONS.existing(user_id, session_id)


@dataclass(frozen=True)
class Existing:
    """A session with what was read in the same request."""

    stored: Stored[Session]
    session: Session
    chunks: Mapping[int, Stored[bytes]]
    found: Found


def existing_with(
    user_id: str, session_id: str, *, minutes: Iterable[int] = (), besides: Iterable[Place[Any]] = ()
) -> Existing:
    """In one request."""
    place = SESSIONS.at(user_id, session_id)
    places = {minute: CHUNKS.at(user_id, session_id, LIVE, minute) for minute in minutes}
    found = fetch(place, *places.values(), *besides)
    session = found[place].value
    if session is None:
        raise LiveSessionNotFoundError
    return Existing(found[place], session, {minute: found[chunk] for minute, chunk in places.items()}, found)


def chunks(user_id: str, session_id: str) -> list[bytes]:
    return chunk_store.read(user_id, session_id, LIVE)


def newest(user_id: str, session_id: str) -> Latest | None:
    """What the last two chunks say."""
    return latest(newest_samples(user_id, session_id))


def newest_samples(user_id: str, session_id: str) -> Samples:
    """Of the last two chunks."""
    return merged(map(unpacked, CHUNKS.every(user_id, session_id, LIVE, newest_first=True, limit=2)))


def page(user_id: str, *, limit: int, cursor: str | None) -> Page[Session]:
    """By id, the newest first if the app chose ids that are ordered by time."""
    return SESSIONS.page(user_id, scope=("live", user_id), limit=limit, cursor=cursor, newest_first=True)


def open_session(user_id: str) -> str | None:
    mark = OPEN_MARKS.find(user_id)
    return mark.session_id if mark is not None else None


def unheard_since(moment: datetime, *, unfinished_since: datetime) -> Iterator[tuple[str, str]]:
    """(user, session) of open sessions that were not heard since, and of those whose finish was interrupted."""
    for phase, before in ((Phase.OPEN, moment), (Phase.LATE, unfinished_since)):
        for partition in WAITING.partitions(waits_as=phase):
            for stored in SESSIONS.listed(partition, before=clock.rfc3339(before)):
                yield stored.place.pk.removeprefix("USER#"), stored.place.sk.removeprefix("LIVE#")


# --- writing ---------------------------------------------------------------------------------------------------------


Also = Callable[[Change], None]
"""What is written in the same transaction."""


def create(user_id: str, session: Session, events: Iterable[Event], now: datetime, *, also: Also) -> None:
    """`WriteConflictError` when the session is there already, `LiveSessionOpenError` when another one is open."""
    mark = _OpenMark(session_id=session.session_id)
    with Change(user_id, now) as change:
        change.replace(SESSIONS.of(session, user_id).nothing(), session)
        change.put(OPEN_MARKS.at(user_id), mark, refused=_is_open)
        also(change)
        change.publish(*events)


def save(
    user_id: str,
    stored: Stored[Session],
    session: Session,
    now: datetime,
    *,
    events: Iterable[Event] = (),
    also: Also = lambda _: None,
) -> None:
    """`WriteConflictError` when it is not as it was read."""
    with Change(user_id, now) as change:
        change.replace(stored, session)
        if stored.value is not None and stored.value.is_open and not session.is_open:
            own = Item.body == {"session_id": session.session_id}
            change.delete(OPEN_MARKS.at(user_id), only=own | absent())
        also(change)
        change.publish(*events)


def write_chunks(
    stored: Stored[Session],
    session: Session,
    changed: Iterable[tuple[Stored[bytes], bytes]],
    now: datetime,
    *,
    also: Also,
) -> None:
    """All of a batch or nothing, if each chunk and the session are still what was read."""
    with Change(None, now) as change:
        if session.is_open:
            change.require(stored.place, _LiveItem.phase == Phase.OPEN.value)
        else:
            change.replace(stored, session.model_copy(update={"unfinished_since": now}))
        for chunk, data in changed:
            change.replace(chunk, data)
        also(change)


def hear(stored: Stored[Session], session: Session, until_s: float, now: datetime) -> None:
    """At most once a minute, and never in anybody's way."""
    if not session.is_open or now - session.heard_at < HEARD_EVERY:
        return
    heard = session.model_copy(update={"heard_at": now, "until_s": max(until_s, session.until_s)})
    with suppress(WriteConflictError):
        writes.replace(stored, heard, now)


def starts(user_id: str) -> dict[str, datetime]:
    """Of all sessions that are known."""
    return {session.session_id: session.started_at for session in SESSIONS.every(user_id)}


def forget_health(user_id: str, session_id: str, until_s: float | None, now: datetime) -> int:
    """Takes heart rate until then out of its chunks; of how many. `WriteConflictError` when one changed meanwhile."""
    changed = 0
    for stored in CHUNKS.each(user_id, session_id, LIVE):
        samples = unpacked(stored.value or b"")
        left = without_health(samples, until_s=until_s)
        if not left.same_as(samples):
            writes.replace(stored, packed(left), now)
            changed += 1
    return changed


def delete_chunks(user_id: str, session_id: str) -> None:
    chunk_store.delete(user_id, session_id, LIVE)


def _is_open(mark: Item | None) -> Exception:
    if mark is None:
        return WriteConflictError()
    other = str(mark.body["session_id"])
    return LiveSessionOpenError(extensions={"open_session_id": other}, open_session_id=other)
