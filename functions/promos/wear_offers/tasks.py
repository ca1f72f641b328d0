"""The steps of a wear offer: the right promo for the right replacement, its message, and one reminder."""

from datetime import datetime

from promos.offers import message_service
from promos.offers.message_service import AboutOffer, Asked, Wanted
from promos.wear_offers import service
from promos.wear_offers.service import WornGear
from stadion.tasks import task


def tell(about: AboutOffer, now: datetime) -> Asked:
    return message_service.ask(about, Wanted("promo_offer"), now)


def remind(about: AboutOffer, now: datetime) -> Asked:
    return message_service.ask(about, Wanted("promo_reminder"), now)


offer_replacement = task(service.make_offer, takes=WornGear)
tell_offer = task(tell, takes=AboutOffer)
look_offer = task(service.look_at, takes=AboutOffer)
remind_offer = task(remind, takes=AboutOffer)
