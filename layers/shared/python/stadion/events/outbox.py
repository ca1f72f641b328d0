"""The outbox: an event is an item of the service's own table, written in the transaction that made it true."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from stadion.dynamo import Item
from stadion.events.envelope import Envelope, Event

PREFIX = "OUTBOX#"
KEPT_FOR = timedelta(days=7)


def outbox_items(
    events: Iterable[Event], *, user_id: str, correlation_id: str, now: datetime, source: str | None = None
) -> list[Item]:
    """One item per event. `source` is for events that any service may publish (`NotificationRequested`)."""
    return [
        outbox_item(
            Envelope.of(event, user_id=user_id, correlation_id=correlation_id, occurred_at=now),
            source=source or event.source,
        )
        for event in events
    ]


def outbox_item(envelope: Envelope[Any], *, source: str) -> Item:
    entry = {
        "source": source,
        "detail_type": envelope.data.detail_type(),
        "detail": envelope.detail(),
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
