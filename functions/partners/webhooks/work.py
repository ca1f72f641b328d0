"""What this service leaves for itself."""

from datetime import datetime

from partners.webhooks.domain import Delivery
from stadion.work import Work


class Deliver(Work):
    """Attempt one delivery."""

    partner_id: str
    delivery_id: str

    @classmethod
    def of(cls, delivery: Delivery, now: datetime, *, as_of: datetime | None = None) -> "Deliver":
        return cls(
            correlation_id=delivery.correlation_id,
            asked_at=now,
            as_of=as_of,
            partner_id=delivery.partner_id,
            delivery_id=delivery.delivery_id,
        )
