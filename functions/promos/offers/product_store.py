"""The copy of the store's catalogue in the promos table."""

from datetime import datetime

from promos.facts import ProductCopy
from stadion.change import Change
from stadion.records import Index, Records, values_of

MAX_PRODUCTS = 500
"""Of one category that are looked at."""
PRODUCTS = Records(
    ProductCopy,
    kind="product",
    pk="PRODUCT#{sku}",
    sk="PRODUCT",
    own_revision=True,
    nulls=True,
    index=Index("WEAR#{wear_category}", "{sku}", when=lambda product: bool(product.wear_category)),
)
"""The copy of the catalogue: `on_product_changes`, by revision; replacements."""


def know(product: ProductCopy, now: datetime) -> bool:
    """False when what is known is as new."""
    stored = PRODUCTS.read(product.sku)
    if stored.value is not None and stored.value.revision >= product.revision:
        return False
    with Change(None, now) as change:
        change.replace(stored, product)
    return True


def of_category(category: str) -> list[ProductCopy]:
    return list(values_of(PRODUCTS.listed(f"WEAR#{category}", limit=MAX_PRODUCTS)))
