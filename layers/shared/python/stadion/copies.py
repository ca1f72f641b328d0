"""Keeps a service's copies of athletes in its table.

RECIPIENTS = Records(Recipient, kind="recipient", pk="USER#{user_id}", sk="RECIPIENT")
copies.keep(RECIPIENTS.at(envelope.user_id), envelope, now)
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from stadion.athletes import Copy, News, merge
from stadion.change import Change
from stadion.events.envelope import Envelope
from stadion.records import Place
from stadion.retry import retry_on_conflict

A = TypeVar("A", bound=Copy)
N = TypeVar("N", bound=News)


@dataclass(frozen=True)
class Merged(Generic[A]):
    """The copy before and after the news."""

    before: A
    after: A

    @property
    def is_news(self) -> bool:
        return self.before != self.after


def keep(
    place: Place[A], envelope: Envelope[N], now: datetime, also: Callable[[Change, Merged[A]], None] | None = None
) -> Merged[A]:
    """Merges the event into the copy; `also` adds what is to be written with it. Older news write nothing."""

    def once() -> Merged[A]:
        stored = place.read()
        known = stored.value or place.records.model()
        kept = Merged(known, merge(known, envelope.data, envelope.occurred_at))
        if kept.is_news:
            with Change(envelope.user_id, now) as change:
                change.replace(stored, kept.after)
                if also is not None:
                    also(change, kept)
        return kept

    return retry_on_conflict(once)
