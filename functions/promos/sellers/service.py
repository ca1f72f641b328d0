"""What replaces a worn piece, of the partners who may sell it."""

from collections.abc import Collection

from promos.facts import Piece, ProductCopy
from promos.sellers import partner_store, product_store
from promos.sellers.replacement import replacement_for


def replacement(piece: Piece, named: Collection[str], *, currency: str | None) -> ProductCopy | None:
    """`named`: by the promo; if it names nobody, all who may redeem codes."""
    if piece.category is None:
        return None
    sellers = partner_store.redeeming(named)
    products = product_store.of_category(piece.category, sorted(sellers))
    led_to = [one for one in products if sellers[one.partner_id].may_lead_to(one.deeplink)]
    return replacement_for(piece, led_to, currency=currency)


def where_to(link: str | None, seller: str | None, instead: str) -> str:
    """Where an offer leads today: not to a partner who may redeem no more, nor to a host that was taken from it."""
    if link is None:
        return instead
    if seller is None:
        return link
    found = partner_store.SELLERS.find(seller)
    return link if found is None or (found.redeems and found.may_lead_to(link)) else instead
