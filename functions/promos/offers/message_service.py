"""Messages about offers: asked for once each, in the words of their promo."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from promos.athletes.store import ATHLETES
from promos.facts import Athlete
from promos.offers import store
from promos.offers.domain import Offer, Promo
from promos.offers.links import tagged
from promos.patterns import code_of
from promos.sellers.service import where_to
from stadion.change import Change
from stadion.events.envelope import Event
from stadion.events.notifications import NotificationRequested, TemplateName
from stadion.i18n import Language, Text
from stadion.sms import MOST_OF_A_WAY_OUT, MOST_PARTS, composed, parts
from stadion.tasks import TaskInput

OFFER: Final = TemplateName("promo_offer")
REMINDER: Final = TemplateName("promo_reminder")


_CODE_LINE: Final = Text(en="Your code: {code}", ru="Ваш код: {code}")
"""As `messages/<language>.toml` has it, which only `notifications` has at hand."""


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
    promo = store.get(offer.promo_id)
    news = message(offer, promo, wanted, ATHLETES.find(about.user_id))
    try:
        with Change(about.user_id, now) as change:
            store.note_told(change, offer, wanted.template, refused=AlreadyAskedError)
            change.publish(news)
    except AlreadyAskedError:
        return Asked(is_new=False)
    return Asked(is_new=True)


def last_good_day(ends_at: datetime, time_zone: str) -> date:
    """On that clock. An end is not included: what ends at midnight was good the day before."""
    return (ends_at.astimezone(ZoneInfo(time_zone)) - timedelta(microseconds=1)).date()


def message(offer: Offer, promo: Promo, wanted: Wanted, athlete: Athlete | None) -> Event:
    """The same request however often it is made. `athlete`: None, if nobody told of their clock."""
    ends_at = offer.ends_at(promo)
    time_zone = athlete.time_zone if athlete is not None else promo.time_zone
    link = where_to(offer.link, offer.seller, promo.partners, promo.link)
    values: dict[str, Any] = {
        "title": promo.title.model_dump(),
        "text": promo.text.model_dump(),
        "code": offer.code,
        "ends_on": last_good_day(ends_at, time_zone).isoformat(),
    }
    return NotificationRequested(
        request_id=f"{wanted.template}:{offer.offer_id}",
        template=wanted.template,
        values=values,
        about={"offer_id": offer.offer_id, "deeplink": tagged(link, offer)},
        channels=wanted.channels,
        expires_at=ends_at,
        campaign_id=offer.campaign_id,
    )


@dataclass(frozen=True)
class SmsSize:
    """Of a promo's offer as an SMS. `is_shortened`: so many parts that its text is told in part."""

    parts: int
    is_shortened: bool


def sms_size(promo: Promo, language: Language) -> SmsSize:
    code = promo.codes.shared or code_of(promo.codes.pattern or "", min)
    body = f"{promo.text.say(language)}\n{_CODE_LINE.say(language, code=code)}"
    written = composed(promo.title.say(language), body, language, way_out="x" * MOST_OF_A_WAY_OUT)
    return SmsSize(min(parts(written), MOST_PARTS), parts(written) > MOST_PARTS)
