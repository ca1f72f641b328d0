"""Use cases of the catalogue: one product, and many at once."""

from collections.abc import Sequence
from datetime import datetime

from partners.catalogue import store
from partners.catalogue.domain import Product


def put(product: Product, now: datetime) -> Product:
    stored, _ = store.put([product], now)[product.sku]
    return stored


def put_many(products: Sequence[Product], now: datetime) -> dict[str, tuple[Product, bool]]:
    """SKU -> the product as it is now, and whether it changed. Of several with one SKU the last one holds."""
    return store.put(products, now) if products else {}
