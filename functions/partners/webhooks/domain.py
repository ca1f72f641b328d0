"""Webhooks out: what partners hear of and where, and what becomes of each delivery."""

import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field

from partners.domain import PartnerStanding, Secret
from stadion import clock
from stadion.events.envelope import Envelope
from stadion.events.promos import PromoIssued, PromoRedeemed, PromoReversed
from stadion.values import Value

BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 5 * 60, 10 * 60, 14 * 60))
"""After each failure; after the last one the delivery is dead. All in all 32 hours."""
DISABLED_AFTER = 20
"""Failed attempts in a row: nobody is there any more."""
GONE = 410
"""What a receiver answers to hear no more (standardwebhooks.com)."""


class HookEvent(StrEnum):
    """What partners may hear of, and nothing about a person in any of it."""

    PROMO_ISSUED = "promo.issued"
    PROMO_REDEEMED = "promo.redeemed"
    PROMO_REVERSED = "promo.reversed"


class Endpoint(Value):
    """Where webhooks of ours go."""

    endpoint_id: str
    partner_id: str
    url: str
    events: list[HookEvent]
    secrets: list[Secret]
    status: PartnerStanding = PartnerStanding.ACTIVE
    disabled_because: str | None = None
    failures_in_a_row: int = 0
    revision: int = 1
    created_at: AwareDatetime
    updated_at: AwareDatetime

    def changed(self, now: datetime, **fields: Any) -> "Endpoint":
        return self.model_copy(update={**fields, "revision": self.revision + 1, "updated_at": now})


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


class Attempt(Value):
    at: AwareDatetime
    status: int | None = None
    error: str | None = None

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Delivery(Value):
    """One message to one endpoint. Its id is the webhook-id of every attempt."""

    delivery_id: str
    partner_id: str
    endpoint_id: str
    event: HookEvent
    body: str
    correlation_id: str
    state: DeliveryState = DeliveryState.WAITING
    next_at: AwareDatetime | None = None
    tries: int = Field(default=0, description="begun; one that nobody noted the end of counts too")
    attempts: list[Attempt] = Field(default_factory=list)
    revision: int = 1
    created_at: AwareDatetime

    @property
    def is_tried_enough(self) -> bool:
        return self.tries > len(BACKOFF)

    def begun(self, now: datetime) -> "Delivery":
        """Nobody else attempts it meanwhile, and a crash is a failure like any."""
        return self._moved(tries=self.tries + 1, next_at=now + BACKOFF[min(self.tries, len(BACKOFF) - 1)])

    def after(self, attempt: Attempt) -> "Delivery":
        attempts = [*self.attempts, attempt]
        if attempt.succeeded:
            return self._moved(attempts=attempts, state=DeliveryState.DELIVERED, next_at=None)
        if attempt.status == GONE or self.is_tried_enough:
            return self._moved(attempts=attempts, state=DeliveryState.DEAD, next_at=None)
        return self._moved(attempts=attempts)

    def ended(self) -> "Delivery":
        """There is nobody to deliver to any more."""
        return self._moved(state=DeliveryState.DEAD, next_at=None)

    def _moved(self, **fields: Any) -> "Delivery":
        return self.model_copy(update={**fields, "revision": self.revision + 1})


def message_of(envelope: Envelope[Any]) -> tuple[HookEvent, str]:
    """The body that partners get: the code and its order, and nobody's id."""
    kind, data = _said(envelope.data)
    body = {"type": kind.value, "timestamp": clock.rfc3339(envelope.occurred_at), "data": data}
    return kind, json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _said(event: PromoIssued | PromoRedeemed | PromoReversed) -> tuple[HookEvent, dict[str, Any]]:
    common = {"code": event.code, "promo_id": event.offer.promo_id, "campaign_id": event.offer.campaign_id}
    if isinstance(event, PromoIssued):
        return HookEvent.PROMO_ISSUED, {**common, "expires_at": clock.rfc3339(event.expires_at)}
    money = {"order_id": event.order_id, "discount_minor": event.discount_minor, "currency": event.currency}
    if isinstance(event, PromoRedeemed):
        return HookEvent.PROMO_REDEEMED, {**common, **money, "order_total_minor": event.order_total_minor}
    return HookEvent.PROMO_REVERSED, {**common, **money}
