"""Steps of a wear offer: the right promo for the right replacement, and how it stands. Its messages: `offers.tasks`."""

from promos.offers.message_service import AboutOffer
from promos.wear_offers import service
from promos.wear_offers.service import WornGear
from stadion.tasks import task

offer_replacement = task(service.make_offer, takes=WornGear)
look_offer = task(service.look_at, takes=AboutOffer)
