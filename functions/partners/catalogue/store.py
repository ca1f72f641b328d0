"""Products in the partners table; what changes is told in the transaction that changes it."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from partners.catalogue.domain import Product
from partners.catalogue.errors import ProductNotFoundError
from stadion.change import Change
from stadion.records import Records
from stadion.retry import retry_on_conflict

SHARDS = 8
"""A partition takes about a thousand writes a second, and an import brings fifty thousand lines."""
MAX_AT_ONCE = 48
"""Each is two writes, its own and its event's, and one more goes with them."""
PRODUCTS = Records(
    Product,
    kind="product",
    pk="CATALOGUE#{partner_id}#{shard}",
    sk="PRODUCT#{sku}",
    own_revision=True,
    nulls=True,
    missing=ProductNotFoundError,
)
"""API and imports, on its revision; batches, and whole for `--full`."""


def get(partner_id: str, sku: str) -> Product:
    return PRODUCTS.get(partner_id, _shard(sku), sku)


def some(partner_id: str, skus: Iterable[str]) -> dict[str, Product]:
    products = PRODUCTS.some((partner_id, _shard(sku), sku) for sku in skus)
    return {product.sku: product for product in products}


def all_sold(partner_id: str) -> Iterator[Product]:
    for shard in range(SHARDS):
        yield from (product for product in PRODUCTS.every(partner_id, shard) if product.is_sold)


def put(products: Sequence[Product], now: datetime) -> dict[str, tuple[Product, bool]]:
    """SKU -> the product as it is now, and whether it changed. Of several with one SKU the last one holds."""
    last = list({product.sku: product for product in products}.values())
    done: dict[str, tuple[Product, bool]] = {}
    for start in range(0, len(last), MAX_AT_ONCE):
        chunk = last[start : start + MAX_AT_ONCE]
        done |= retry_on_conflict(lambda chunk=chunk: _put(chunk, now))  # type: ignore[misc]
    return done


def _put(chunk: Sequence[Product], now: datetime) -> dict[str, tuple[Product, bool]]:
    with Change(None, now) as change:
        return add_to(change, chunk)


def add_to(change: Change, chunk: Sequence[Product]) -> dict[str, tuple[Product, bool]]:
    """Puts into the change what differs from what is stored: at most `MAX_AT_ONCE`, with different SKUs."""
    stored = some(chunk[0].partner_id, [product.sku for product in chunk]) if chunk else {}
    done: dict[str, tuple[Product, bool]] = {}
    for product in chunk:
        old = stored.get(product.sku)
        if old is not None and product.says_the_same_as(old):
            done[product.sku] = (old, False)
            continue
        new = product.model_copy(update={"revision": old.revision + 1 if old else 1, "updated_at": change.now})
        shard = _shard(new.sku)
        seen = PRODUCTS.seen(old, shard) if old is not None else PRODUCTS.of(new, shard).nothing()
        change.replace(seen, new)
        change.publish(new.fact())
        done[product.sku] = (new, True)
    return done


def _shard(sku: str) -> int:
    return zlib.crc32(sku.encode()) % SHARDS
