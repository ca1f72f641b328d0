"""Asks for the message about an offer, once."""

from promos import offer_messages
from promos.offer_messages import AboutOffer, Asked, Wanted
from stadion import clock
from stadion.tasks import task


def do(asked: AboutOffer) -> Asked:
    return offer_messages.ask(asked, Wanted("promo_offer"), clock.now())


handler = task(do, takes=AboutOffer)
