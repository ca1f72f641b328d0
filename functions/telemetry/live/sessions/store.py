"""Live sessions and their chunks in the telemetry table. Access patterns stand in README.md.

Every write of a chunk holds the session still: while it is open by a condition on its `phase`, afterwards by changing
it. So nothing is written into a session that was discarded, and no sample slips in between a stop and what it saves.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError

from stadion import clock, pagination
from stadion.dynamo import Item, Transaction, absent, error_code, next_revision, page_of, put_over
from stadion.events.envelope import Event
from stadion.events.outbox import outbox_items
from stadion.events.telemetry import LiveOutcome
from stadion.observability import correlation_id
from stadion.retry import WriteConflictError
from telemetry import keys
from telemetry.live.errors import LiveSessionNotFoundError, LiveSessionOpenError
from telemetry.live.sessions.chunks import latest, merged, unpacked
from telemetry.live.sessions.domain import Session
from telemetry.live.values import Latest

SHARDS: Final = 4
KEPT_FOR: Final = timedelta(days=30)
HEARD_EVERY: Final = timedelta(minutes=1)
OVERTAKEN: Final = frozenset({"ConditionalCheckFailedException", "TransactionConflictException"})
OPEN, LATE, OVER = "open", "late", "over"


class _LiveItem(Item):
    phase = UnicodeAttribute(null=True)
    dirty = BooleanAttribute(null=True)
    data = BinaryAttribute(legacy_encoding=False, null=True)


@dataclass(frozen=True)
class Stored:
    """A session as it is stored, to be written over only if nobody was faster."""

    session: Session
    item: _LiveItem

    @property
    def is_dirty(self) -> bool:
        """It has samples or marks that are not finished yet."""
        return bool(self.item.dirty)


@dataclass(frozen=True)
class Chunk:
    minute: int
    data: bytes
    item: _LiveItem


# --- reading ---------------------------------------------------------------------------------------------------------


def find(user_id: str, session_id: str) -> Stored | None:
    item = _LiveItem.find(_user(user_id), _sk(session_id))
    return _stored(item) if item is not None else None


def get(user_id: str, session_id: str) -> Stored:
    found = find(user_id, session_id)
    if found is None:
        raise LiveSessionNotFoundError
    return found


def get_with_chunks(user_id: str, session_id: str, minutes: Iterable[int]) -> tuple[Stored, dict[int, Chunk]]:
    """In one request."""
    wanted = [(_user(user_id), _sk(session_id))]
    wanted += [(keys.chunks(user_id, session_id, keys.LIVE), _minute(minute)) for minute in minutes]
    session: Stored | None = None
    chunks: dict[int, Chunk] = {}
    for item in _LiveItem.batch_get(wanted, consistent_read=True):
        if item.kind == "chunk":
            chunks[int(item.sk)] = _chunk(item)
        else:
            session = _stored(item)
    if session is None:
        raise LiveSessionNotFoundError
    return session, chunks


def chunks(user_id: str, session_id: str) -> list[bytes]:
    """All of them, a request for each megabyte: some fifteen hours."""
    return [item.data for item in _LiveItem.query(keys.chunks(user_id, session_id, keys.LIVE), consistent_read=True)]


def newest(user_id: str, session_id: str) -> Latest | None:
    """What the last two chunks say."""
    pk = keys.chunks(user_id, session_id, keys.LIVE)
    found = _LiveItem.query(pk, scan_index_forward=False, limit=2, consistent_read=True)
    return latest(merged(unpacked(item.data) for item in found))


def page(user_id: str, *, limit: int, cursor: str | None) -> pagination.Page[Session]:
    """By id, the newest first if the app chose ids that are ordered by time."""
    scope = pagination.fingerprint("live", user_id)
    found = page_of(_user(user_id), "LIVE#", scope=scope, limit=limit, cursor=cursor, newest_first=True)
    return pagination.Page([Session.model_validate(item.body) for item in found.items], found.next_cursor)


def open_session(user_id: str) -> str | None:
    item = Item.find(_user(user_id), "OPEN_LIVE")
    return str(item.body["session_id"]) if item is not None else None


def unheard_since(moment: datetime, *, dirty_since: datetime) -> Iterator[tuple[str, str]]:
    """(user, session) of open sessions that were not heard since, and of those whose finish was interrupted."""
    for shard in range(SHARDS):
        for prefix, before in ((OPEN, moment), (LATE, dirty_since)):
            for item in Item.by_gsi1.query(
                f"LIVE#{prefix}#{shard}", range_key_condition=Item.gsi1sk < clock.rfc3339(before)
            ):
                yield item.pk.removeprefix("USER#"), item.sk.removeprefix("LIVE#")


# --- writing ---------------------------------------------------------------------------------------------------------


def create(user_id: str, session: Session, events: Iterable[Event], now: datetime) -> None:
    """`WriteConflictError` when the session is there already, `LiveSessionOpenError` when another one is open."""
    transaction = Transaction()
    transaction.put(_item(user_id, session, revision=1), absent())
    mark = Item(pk=_user(user_id), sk="OPEN_LIVE", kind="live_open", body={"session_id": session.session_id})
    transaction.put(mark, absent(), refused=_is_open)
    _publish(transaction, user_id, events, now)
    transaction.commit()


def save(
    user_id: str,
    stored: Stored,
    session: Session,
    now: datetime,
    *,
    dirty: bool | None = None,
    events: Iterable[Event] = (),
) -> None:
    """`WriteConflictError` when it is not as it was read. `dirty` stays as it is when it is not told."""
    transaction = Transaction()
    _replace(transaction, user_id, stored, session, dirty=stored.is_dirty if dirty is None else dirty, now=now)
    if stored.session.is_open and not session.is_open:
        _close(transaction, user_id, session)
    _publish(transaction, user_id, events, now)
    transaction.commit()


def write_chunks(user_id: str, stored: Stored, found: Mapping[int, tuple[Chunk | None, bytes]], now: datetime) -> None:
    """All of a batch or nothing, if each chunk and the session are still what was read."""
    transaction = Transaction()
    session = stored.session
    if stored.item.phase == OPEN:
        transaction.check(stored.item, _LiveItem.phase == OPEN)
    else:
        _replace(transaction, user_id, stored, session, dirty=True, now=now)
    for minute, (old, data) in found.items():
        before = old.item if old is not None else None
        new = _LiveItem(
            pk=keys.chunks(user_id, session.session_id, keys.LIVE),
            sk=_minute(minute),
            kind="chunk",
            revision=next_revision(before),
            data=data,
        )
        put_over(transaction, before, new)
    transaction.commit()


def hear(user_id: str, stored: Stored, now: datetime, until_s: float) -> None:
    """At most once a minute, and never in anybody's way."""
    session = stored.session
    if not session.is_open or now - session.heard_at < HEARD_EVERY:
        return
    heard = session.model_copy(update={"heard_at": now, "until_s": max(until_s, session.until_s)})
    item = _item(user_id, heard, revision=int(stored.item.revision) + 1)
    try:
        stored.item.update(
            actions=[
                _LiveItem.body.set(item.body),
                _LiveItem.gsi1sk.set(item.gsi1sk),
                _LiveItem.revision.set(item.revision),
            ],
            condition=(_LiveItem.revision == stored.item.revision) & (_LiveItem.phase == OPEN),
        )
    except UpdateError as error:
        if error_code(error) not in OVERTAKEN:
            raise


def delete_chunks(user_id: str, session_id: str) -> None:
    found = list(_LiveItem.query(keys.chunks(user_id, session_id, keys.LIVE), consistent_read=True))
    with _LiveItem.batch_write() as batch:
        for item in found:
            batch.delete(item)


def _replace(
    transaction: Transaction, user_id: str, stored: Stored, session: Session, *, dirty: bool, now: datetime
) -> None:
    new = _item(user_id, session, revision=int(stored.item.revision) + 1, dirty_since=now if dirty else None)
    put_over(transaction, stored.item, new)


def _close(transaction: Transaction, user_id: str, session: Session) -> None:
    mark = Item(pk=_user(user_id), sk="OPEN_LIVE")
    own = Item.body == {"session_id": session.session_id}
    transaction.delete(mark, own | absent())


def _publish(transaction: Transaction, user_id: str, events: Iterable[Event], now: datetime) -> None:
    for item in outbox_items(events, user_id=user_id, correlation_id=correlation_id(), now=now):
        transaction.put(item)


# --- keys and items --------------------------------------------------------------------------------------------------


def _user(user_id: str) -> str:
    return f"USER#{user_id}"


def _sk(session_id: str) -> str:
    return f"LIVE#{session_id}"


def _minute(minute: int) -> str:
    return f"{minute:05d}"


def _phase(session: Session) -> str:
    if session.is_open:
        return OPEN
    return OVER if session.sealed or session.outcome is LiveOutcome.DISCARDED else LATE


def _item(user_id: str, session: Session, *, revision: int, dirty_since: datetime | None = None) -> _LiveItem:
    phase = _phase(session)
    waits = phase == OPEN or dirty_since is not None
    since = session.heard_at if phase == OPEN else dirty_since
    shard = zlib.crc32(session.session_id.encode()) % SHARDS
    expires = session.closed_at + KEPT_FOR if session.closed_at is not None and dirty_since is None else None
    return _LiveItem(
        pk=_user(user_id),
        sk=_sk(session.session_id),
        gsi1pk=f"LIVE#{OPEN if phase == OPEN else LATE}#{shard}" if waits else None,
        gsi1sk=f"{clock.rfc3339(since)}#{session.session_id}" if waits and since is not None else None,
        kind="live_session",
        revision=revision,
        phase=phase,
        dirty=True if dirty_since is not None else None,
        expires_at=int(expires.timestamp()) if expires is not None else None,
        body=session.model_dump(mode="json", exclude_none=True),
    )


def _stored(item: _LiveItem) -> Stored:
    return Stored(Session.model_validate(item.body), item)


def _chunk(item: _LiveItem) -> Chunk:
    return Chunk(int(item.sk), item.data, item)


def _is_open(raw: dict[str, dict[str, Any]] | None) -> Exception:
    if raw is None:
        return WriteConflictError()
    other = str(Item.of_raw(raw).body["session_id"])
    return LiveSessionOpenError(extensions={"open_session_id": other}, open_session_id=other)
