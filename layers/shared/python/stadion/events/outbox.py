"""The outbox: an event is an item of the service's own table, written in the transaction that made it true."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from stadion.dynamo import Item
from stadion.events.envelope import Envelope, Event, subject_of
from stadion.settings import Settings, load

PREFIX = "OUTBOX#"
KEPT_FOR = timedelta(days=7)
MAX_BYTES: Final = 255 * 1024
"""Of an event's detail, with its time, source and type below 256 KiB: bus and queues take 1 MiB by now, a workflow's
input and a step's answer do not, and what is larger than a page of text goes by a claim anyway."""


class ForeignEventError(Exception):
    """A service would tell what only another one can know."""


class EventTooLargeError(Exception):
    """The bus would never take it: what is that large goes by a claim check (`stadion.claims`)."""


def outbox_items(events: Iterable[Event], *, user_id: str, correlation_id: str, now: datetime) -> list[Item]:
    """One item per event. Its source is the service that publishes it: this one.

    Raises ForeignEventError for an event that belongs to another service, EventTooLargeError, and UnicodeEncodeError
    for half a character: the bus takes neither, and what is published must get there.
    """
    return [
        _outbox_item(Envelope.of(event, user_id=user_id, correlation_id=correlation_id, occurred_at=now))
        for event in events
    ]


def _outbox_item(envelope: Envelope[Any]) -> Item:
    source = f"stadion.{load(Settings).service}"
    if envelope.data.source not in {None, source}:
        raise ForeignEventError(f"{source} would publish {envelope.data.detail_type()} of {envelope.data.source}")
    detail = envelope.detail()
    size = len(json.dumps(detail, ensure_ascii=False, separators=(",", ":")).encode())
    if size > MAX_BYTES:
        raise EventTooLargeError(f"{envelope.data.detail_type()} has {size} bytes")
    entry = {
        "source": source,
        "detail_type": envelope.data.detail_type(),
        "detail": detail,
        "subject": subject_of(type(envelope.data), detail["data"]),
    }
    return Item(
        pk=PREFIX + envelope.event_id,
        sk="OUTBOX",
        kind="outbox",
        body=entry,
        expires_at=int((envelope.occurred_at + KEPT_FOR).timestamp()),
    )


def entry_of(image: Mapping[str, Any]) -> dict[str, Any]:
    """The bus entry in a stream record's new image."""
    entry: dict[str, Any] = json.loads(image["body"]["S"])
    return entry
