"""The copy of the store's catalogue in the promos table."""

from promos.facts import ProductCopy
from stadion.dynamo import Item, Transaction, put_over

MOST_PRODUCTS = 500
"""Of one category that are looked at."""


def know(product: ProductCopy) -> bool:
    """False when what is known is as new."""
    stored = Item.find(_pk(product.sku), "PRODUCT")
    if stored is not None and int(stored.revision) >= product.revision:
        return False
    category = product.wear_category
    item = Item(
        pk=_pk(product.sku),
        sk="PRODUCT",
        kind="product",
        revision=product.revision,
        gsi1pk=f"WEAR#{category}" if category else None,
        gsi1sk=product.sku if category else None,
        body=product.model_dump(mode="json"),
    )
    transaction = Transaction()
    put_over(transaction, stored, item)
    transaction.commit()
    return True


def of_category(category: str) -> list[ProductCopy]:
    found = Item.by_gsi1.query(f"WEAR#{category}", limit=MOST_PRODUCTS)
    return [ProductCopy.model_validate(item.body) for item in found]


def _pk(sku: str) -> str:
    return f"PRODUCT#{sku}"
