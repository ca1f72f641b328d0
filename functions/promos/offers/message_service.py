"""Messages about offers: asked for once each, in the words of their promo."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel

from promos.offers import store
from promos.offers.domain import Offer, Promo
from promos.offers.links import tagged
from stadion.change import Change
from stadion.events.envelope import Event
from stadion.events.notifications import NotificationRequested, TemplateName
from stadion.tasks import TaskInput

DAY_FORMAT: Final = "%Y-%m-%d"
OFFER: Final = TemplateName("promo_offer")
REMINDER: Final = TemplateName("promo_reminder")


class AlreadyAskedError(Exception):
    """This message was asked for before."""


class AboutOffer(TaskInput):
    user_id: str
    offer_id: str


class Asked(BaseModel):
    is_new: bool


@dataclass(frozen=True)
class Wanted:
    """A message that an offer is to be told with."""

    template: TemplateName
    channels: list[str] | None = None


def ask(about: AboutOffer, wanted: Wanted, now: datetime) -> Asked:
    """One message per offer and template: the request and the note that it was made are one transaction."""
    offer = store.offer(about.user_id, about.offer_id)
    news = message(offer, store.get(offer.promo_id), wanted)
    try:
        with Change(about.user_id, now) as change:
            store.note_told(change, offer, wanted.template, refused=AlreadyAskedError)
            change.publish(news)
    except AlreadyAskedError:
        return Asked(is_new=False)
    return Asked(is_new=True)


def message(offer: Offer, promo: Promo, wanted: Wanted) -> Event:
    """The same request however often it is made."""
    values: dict[str, Any] = {
        "title": promo.title.model_dump(),
        "text": promo.text.model_dump(),
        "code": offer.code,
        "ends_on": offer.expires_at.strftime(DAY_FORMAT),
    }
    return NotificationRequested(
        request_id=f"{wanted.template}:{offer.offer_id}",
        template=wanted.template,
        values=values,
        about={"offer_id": offer.offer_id, "deeplink": tagged(offer.link or promo.link, offer)},
        channels=wanted.channels,
        expires_at=offer.expires_at,
        campaign_id=offer.campaign_id,
    )
