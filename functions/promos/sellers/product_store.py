"""The copy of the store's catalogue in the promos table."""

from collections.abc import Iterable
from datetime import datetime

from promos.facts import ProductCopy
from stadion.change import Change
from stadion.records import Index, Records, values_of

MAX_PRODUCTS = 500
"""Of one partner's category that are looked at."""
PRODUCTS = Records(
    ProductCopy,
    kind="product",
    pk="PRODUCT#{partner_id}#{sku}",
    sk="PRODUCT",
    own_revision=True,
    nulls=True,
    index=Index("WEARS#{partner_id}#{wear_category}", "{sku}", when=lambda product: bool(product.wear_category)),
)
"""The copy of each partner's catalogue: `on_product_changes`, by that partner's revision; replacements. What was kept
by its SKU alone, until 2026-11, is in no list: it comes again with the product's next change, or by a replay of
`ProductChanged`; an import of what is known tells nothing."""


def know(product: ProductCopy, now: datetime) -> bool:
    """False when what is known is as new."""
    stored = PRODUCTS.read(product.partner_id, product.sku)
    if stored.value is not None and stored.value.revision >= product.revision:
        return False
    with Change(None, now) as change:
        change.replace(stored, product)
    return True


def of_category(category: str, partners: Iterable[str]) -> list[ProductCopy]:
    each = (PRODUCTS.listed(f"WEARS#{partner}#{category}", limit=MAX_PRODUCTS) for partner in partners)
    return [product for found in each for product in values_of(found)]
