"""Asks for the reminder before an offer ends, once."""

from promos import worn_gear
from promos.worn_gear import AboutOffer, Asked
from stadion import clock
from stadion.tasks import task


def do(asked: AboutOffer) -> Asked:
    return worn_gear.ask_for_message(asked, "promo_reminder", clock.now())


handler = task(do, takes=AboutOffer)
