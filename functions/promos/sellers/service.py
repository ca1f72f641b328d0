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
