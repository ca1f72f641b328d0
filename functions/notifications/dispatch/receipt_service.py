"""Use case: what became of a mail, as SES tells it: delivered, bounced, complained about."""

from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from notifications.deliveries import store as delivery_store
from notifications.deliveries.domain import Delivery, DeliveryState
from notifications.dispatch.request_service import failed
from notifications.recipients.store import RECIPIENTS
from stadion.change import Change, revise
from stadion.retry import retry_on_conflict


class Fate(StrEnum):
    DELIVERY = "Delivery"
    BOUNCE = "Bounce"
    COMPLAINT = "Complaint"
    REJECT = "Reject"
    RENDERING_FAILURE = "Rendering Failure"


class Bounce(BaseModel):
    model_config = ConfigDict(extra="ignore")

    kind: str = Field(default="", alias="bounceType")


class SentMail(BaseModel):
    model_config = ConfigDict(extra="ignore")

    message_id: str = Field(alias="messageId")


class MailEvent(BaseModel):
    """An event of SES's configuration set; its content has addresses and stays out of the log."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    fate: Fate = Field(alias="eventType")
    mail: SentMail
    bounce: Bounce = Field(default_factory=Bounce)

    @property
    def refusal(self) -> str | None:
        """Why nothing is sent to this address any more; a full mailbox is no reason."""
        if self.fate is Fate.COMPLAINT:
            return "complained"
        return "bounced" if self.fate is Fate.BOUNCE and self.bounce.kind == "Permanent" else None


RANK: Final = {DeliveryState.SENT: 0, DeliveryState.DELIVERED: 1, DeliveryState.FAILED: 2}
"""A receipt moves a delivery upwards only, in whatever order receipts come."""


def take(event: MailEvent, now: datetime) -> str:
    known = delivery_store.of_receipt(event.mail.message_id)
    if known is None:
        return "unknown"
    user_id, notification_id, channel = known
    if event.refusal is not None:
        refusal = event.refusal
        with suppress(RECIPIENTS.missing):  # nothing is sent to whom nobody knows
            revise(RECIPIENTS.at(user_id), lambda recipient: recipient.refused(refusal), now, user_id=user_id)

    def write() -> str:
        stored = delivery_store.read(user_id, notification_id, channel)
        delivery = stored.value
        if delivery is None or delivery.state not in RANK:
            return "unknown"
        ended = _ended(delivery, event, now)
        if RANK[ended.state] <= RANK[delivery.state]:
            return "stale"
        with Change(user_id, now) as change:
            delivery_store.put(change, ended, stored)
            if ended.state is DeliveryState.FAILED:
                change.publish(failed(ended))
        return ended.state.value

    return retry_on_conflict(write)


def _ended(delivery: Delivery, event: MailEvent, now: datetime) -> Delivery:
    if event.fate in {Fate.DELIVERY, Fate.COMPLAINT}:  # who complains has got it
        return delivery.became(DeliveryState.DELIVERED, now, reason=event.refusal)
    return delivery.became(
        DeliveryState.FAILED, now, reason=event.refusal or event.fate.value.lower().replace(" ", "_")
    )
