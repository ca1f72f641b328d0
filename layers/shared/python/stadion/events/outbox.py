"""The outbox: an event is an item of the service's own table, written in the transaction that made it true."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from stadion.dynamo import Item
from stadion.events.envelope import Envelope, Event, subject_of
from stadion.settings import Settings, load

PREFIX = "OUTBOX#"
KEPT_FOR = timedelta(days=7)


class ForeignEventError(Exception):
    """A service would tell what only another one can know."""


def outbox_items(events: Iterable[Event], *, user_id: str, correlation_id: str, now: datetime) -> list[Item]:
    """One item per event. Its source is the service that publishes it: this one.

    Raises ForeignEventError for an event that belongs to another service.
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


def entry_of(image: dict[str, Any]) -> dict[str, Any]:
    """The bus entry in a stream record's new image."""
    entry: dict[str, Any] = json.loads(image["body"]["S"])
    return entry
