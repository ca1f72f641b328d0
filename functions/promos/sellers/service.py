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


def where_to(link: str | None, seller: str | None, named: Collection[str], instead: str) -> str:
    """Where an offer of a promo that names these leads today: not to a partner who may redeem its code no more, nor to
    a host that was taken from it. Offers of before 2026-12 do not say whose product it is: then to whoever may."""
    if link is None:
        return instead
    known = partner_store.known()
    whose = [one for one in known.values() if seller in {None, one.partner_id}]
    may = any(one.redeems and (not named or one.partner_id in named) and one.may_lead_to(link) for one in whose)
    return link if may or not whose else instead  # nobody: none has been told of yet
