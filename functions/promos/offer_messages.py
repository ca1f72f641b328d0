"""Messages about offers: asked for once each, in the words of their promo."""

from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel

from promos import store
from promos.domain import Offer
from promos.links import tagged
from stadion.dynamo import Item, Transaction, absent
from stadion.events.catalogue import NotificationRequested
from stadion.events.envelope import Event
from stadion.tasks import TaskInput

DAY_FORMAT: Final = "%Y-%m-%d"


class AlreadyAskedError(Exception):
    """This message was asked for before."""


class AboutOffer(TaskInput):
    user_id: str
    offer_id: str


class Asked(BaseModel):
    is_new: bool


def ask(about: AboutOffer, template: str, now: datetime, *, channels: list[str] | None = None) -> Asked:
    """One message per offer and template: the request and the note that it was made are one transaction."""
    offer = store.offer(about.user_id, about.offer_id)
    transaction = Transaction()
    note = Item(
        pk=store.user_pk(about.user_id),
        sk=f"TOLD#{offer.offer_id}#{template}",
        kind="told",
        expires_at=store.kept_until(offer.expires_at),
    )
    transaction.put(note, absent(), refused=lambda _: AlreadyAskedError())
    store.publish(transaction, about.user_id, [_message(offer, template, channels)], now)
    try:
        transaction.commit()
    except AlreadyAskedError:
        return Asked(is_new=False)
    return Asked(is_new=True)


def _message(offer: Offer, template: str, channels: list[str] | None) -> Event:
    promo = store.get(offer.promo_id)
    values: dict[str, Any] = {
        "title": promo.title.en,
        "title_ru": promo.title.ru,
        "text": promo.text.en,
        "text_ru": promo.text.ru,
        "code": offer.code,
        "ends_on": offer.expires_at.strftime(DAY_FORMAT),
    }
    return NotificationRequested(
        request_id=f"{template}:{offer.offer_id}",
        template=template,
        values=values,
        about={"offer_id": offer.offer_id, "deeplink": tagged(offer.link or promo.link, offer)},
        channels=channels,
        expires_at=offer.expires_at,
        campaign_id=offer.campaign_id,
    )
