"""What replaces a worn piece, of the partners who may sell it."""

from collections.abc import Collection

from promos.facts import Piece, ProductCopy
from promos.sellers import partner_store, product_store
from promos.sellers.replacement import replacement_for


def replacement(piece: Piece, named: Collection[str], *, currency: str | None) -> ProductCopy | None:
    """`named`: by the promo; if it names nobody, all who may redeem codes."""
    if piece.category is None:
        return None
    products = product_store.of_category(piece.category, partner_store.redeeming(named))
    return replacement_for(piece, products, currency=currency)
