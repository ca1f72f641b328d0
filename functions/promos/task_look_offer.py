"""How an offer stands: still open, or redeemed."""

from promos import worn_gear
from promos.offer_messages import AboutOffer
from promos.worn_gear import OfferStands
from stadion import clock
from stadion.tasks import task


def do(asked: AboutOffer) -> OfferStands:
    return worn_gear.look_at(asked, clock.now())


handler = task(do, takes=AboutOffer)
