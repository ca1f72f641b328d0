"""The first step of a wear offer: the right promo, the right replacement, a personal code."""

from promos import worn_gear
from promos.worn_gear import OfferMade, WornGear
from stadion import clock
from stadion.tasks import task


def do(asked: WornGear) -> OfferMade:
    return worn_gear.make_offer(asked, clock.now())


handler = task(do, takes=WornGear)
