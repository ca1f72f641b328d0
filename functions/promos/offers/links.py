"""Where offers lead."""

from promos.offers.domain import Offer
from stadion.links import with_query


def tagged(link: str, offer: Offer) -> str:
    """The deeplink with UTM tags, which say the campaign and never the athlete; the rest byte for byte."""
    tags = {
        "utm_source": "stadion",
        "utm_medium": "app",
        "utm_campaign": offer.campaign_id or offer.promo_id,
        **({"utm_content": offer.variant} if offer.variant else {}),
    }
    return with_query(link, tags)
