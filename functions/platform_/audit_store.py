"""The audit as it is read: by day, by signer, or by whom it is about; no request reads more than `MOST_READ` items."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from stadion import audit, clock, pagination
from stadion.audit import AuditItem
from stadion.errors import InvalidCursorError

MOST_READ: Final = 500
END: Final = "~"
"""After every moment."""


@dataclass(frozen=True)
class Asked:
    since: datetime
    who: str | None = None
    what: str | None = None
    about: str | None = None
    """A key of the index (`about`)."""

    def is_met(self, item: AuditItem) -> bool:
        body = item.body
        return (self.what in {None, body["operation"]}) and (self.who in {None, body["signer"]})


def about(user_id: str | None, partner_id: str | None) -> str | None:
    if user_id is not None:
        return audit.about_user(user_id)
    return audit.about_thing("partner_id", partner_id) if partner_id is not None else None


def page(asked: Asked, *, now: datetime, limit: int, cursor: str | None) -> pagination.Page[AuditItem]:
    """Newest first. It may be empty and have another after it."""
    scope = pagination.fingerprint("audit", asked.who, asked.what, asked.about)
    before = _moment(pagination.decode(cursor, scope))
    items: list[AuditItem] = []
    for read, item in enumerate(_newest_first(asked, before, now), 1):
        if isinstance(item, AuditItem) and asked.is_met(item):
            items.append(item)
        if len(items) == limit or read == MOST_READ:
            after = item.sk if isinstance(item, AuditItem) else item
            return pagination.Page(items, pagination.encode({"before": {"S": after}}, scope))
    return pagination.Page(items)


def _moment(position: dict[str, Any] | None) -> str:
    if position is None:
        return END
    if position.keys() != {"before"}:
        raise InvalidCursorError
    return str(position["before"]["S"])


def _newest_first(asked: Asked, before: str, now: datetime) -> Iterator[AuditItem | str]:
    """Items, and between them the beginning of each day that was looked at: that costs a request as well."""
    since = clock.rfc3339(asked.since)
    if asked.about is not None:
        return _query(AuditItem.by_about, AuditItem.gsi2sk, asked.about, since, before)
    if asked.who is not None:
        return _query(AuditItem.by_gsi1, AuditItem.gsi1sk, audit.signer_key(asked.who), since, before)
    return _by_days(since, before, asked, now)


def _by_days(since: str, before: str, asked: Asked, now: datetime) -> Iterator[AuditItem | str]:
    day, first = now.date(), asked.since.date()
    while day >= first:
        if day.isoformat() <= before:
            yield from _query(AuditItem, AuditItem.sk, audit.day_key(day), since, before)
            yield day.isoformat()
        day -= timedelta(days=1)


def _query(where: Any, key: Any, partition: str, since: str, before: str) -> Iterator[AuditItem]:
    if since >= before:
        return
    for item in where.query(partition, key.between(since, before), scan_index_forward=False, page_size=100):
        if item.sk != before:
            yield item
