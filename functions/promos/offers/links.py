"""Where offers lead."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from promos.offers.domain import Offer


def tagged(link: str, offer: Offer) -> str:
    """The deeplink with UTM tags, which say the campaign and never the athlete."""
    tags = {
        "utm_source": "stadion",
        "utm_medium": "app",
        "utm_campaign": offer.campaign_id or offer.promo_id,
        **({"utm_content": offer.variant} if offer.variant else {}),
    }
    parts = urlsplit(link)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in tags]
    return urlunsplit(parts._replace(query=urlencode([*kept, *tags.items()])))
