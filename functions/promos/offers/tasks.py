"""Messages about an offer, as steps of a workflow: each is asked for once."""

from datetime import datetime

from promos.offers import message_service
from promos.offers.message_service import OFFER, REMINDER, AboutOffer, Asked, Wanted
from stadion.tasks import task


def tell(about: AboutOffer, now: datetime) -> Asked:
    return message_service.ask(about, Wanted(OFFER), now)


def remind(about: AboutOffer, now: datetime) -> Asked:
    return message_service.ask(about, Wanted(REMINDER), now)


tell_offer = task(tell, takes=AboutOffer)
remind_offer = task(remind, takes=AboutOffer)
