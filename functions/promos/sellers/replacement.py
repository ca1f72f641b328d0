"""Which product replaces a worn piece of gear. Pure."""

from collections.abc import Iterable

from promos.facts import Piece, ProductCopy

BAND = (0.6, 1.6)
"""Around the price of what is worn, where it is known: neither a downgrade nor twice the price."""


def replacement_for(
    piece: Piece,
    products: Iterable[ProductCopy],
    *,
    currency: str | None = None,
    price_minor: int | None = None,
    least_minor: int | None = None,
    most_minor: int | None = None,
) -> ProductCopy | None:
    """The best product that is sold and wears in the same category.

    A product in the price band before one outside of it is no choice: outside of it there is none. Then the same model,
    then the same brand, then the price nearest to what was paid (or the lowest), then the name of its sku, so that
    everybody computes the same.
    """
    paid = price_minor if price_minor is not None else _price_of(piece, products := list(products), currency)
    lowest = least_minor if least_minor is not None else (round(paid * BAND[0]) if paid is not None else 0)
    highest = most_minor if most_minor is not None else (round(paid * BAND[1]) if paid is not None else None)
    fitting = [
        product
        for product in products
        if product.is_sold
        and piece.category is not None
        and product.wear_category == piece.category
        and currency in {None, product.currency}
        and lowest <= product.price_minor
        and (highest is None or product.price_minor <= highest)
    ]
    return min(fitting, key=lambda product: _rank(piece, product, paid), default=None)


def _price_of(piece: Piece, products: Iterable[ProductCopy], currency: str | None) -> int | None:
    """Of the same model in the catalogue, also one that is sold no more."""
    same = [one for one in products if _same_model(piece, one) and currency in {None, one.currency}]
    return min((one.price_minor for one in same), default=None)


def _rank(piece: Piece, product: ProductCopy, paid: int | None) -> tuple[bool, bool, int, str, str]:
    return (
        not _same_model(piece, product),
        not _same_brand(piece, product),
        abs(product.price_minor - paid) if paid is not None else product.price_minor,
        product.sku,
        product.partner_id,
    )


def _same_brand(piece: Piece, product: ProductCopy) -> bool:
    return bool(piece.brand) and (piece.brand or "").casefold() == (product.brand or "").casefold()


def _same_model(piece: Piece, product: ProductCopy) -> bool:
    """The catalogue has names such as `Kiprun KD900.2`: the next version of a model counts as the model."""
    return (
        _same_brand(piece, product) and bool(piece.model) and (piece.model or "").casefold() in product.name.casefold()
    )
