"""Products in the partners table; what changes is told in the transaction that changes it."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from partners.catalogue.domain import Product
from partners.catalogue.errors import ProductNotFoundError
from stadion.dynamo import Item, Transaction, absent
from stadion.events.envelope import NOBODY
from stadion.events.outbox import outbox_items
from stadion.observability import correlation_id
from stadion.retry import retry_on_conflict

SHARDS = 8
"""A partition takes about a thousand writes a second, and an import brings fifty thousand lines."""
MOST_AT_ONCE = 48
"""Each is two writes, its own and its event's, and one more goes with them."""


def get(partner_id: str, sku: str) -> Product:
    item = Item.find(*_key(partner_id, sku))
    if item is None:
        raise ProductNotFoundError
    return Product.model_validate(item.body)


def some(partner_id: str, skus: Iterable[str]) -> dict[str, Product]:
    keys = [_key(partner_id, sku) for sku in dict.fromkeys(skus)]
    found = Item.batch_get(keys, consistent_read=True) if keys else []
    products = (Product.model_validate(item.body) for item in found)
    return {product.sku: product for product in products}


def all_sold(partner_id: str) -> Iterator[Product]:
    for shard in range(SHARDS):
        for item in Item.query(_pk(partner_id, shard), Item.sk.startswith("PRODUCT#"), consistent_read=True):
            product = Product.model_validate(item.body)
            if product.is_sold:
                yield product


def put(products: Sequence[Product], now: datetime) -> dict[str, tuple[Product, bool]]:
    """SKU -> the product as it is now, and whether it changed. Of several with one SKU the last one holds."""
    last = list({product.sku: product for product in products}.values())
    done: dict[str, tuple[Product, bool]] = {}
    for start in range(0, len(last), MOST_AT_ONCE):
        chunk = last[start : start + MOST_AT_ONCE]
        done |= retry_on_conflict(lambda chunk=chunk: _put(chunk, now))  # type: ignore[misc]
    return done


def _put(chunk: Sequence[Product], now: datetime) -> dict[str, tuple[Product, bool]]:
    transaction = Transaction()
    done = add_to(transaction, chunk, now)
    if len(transaction):
        transaction.commit()
    return done


def add_to(transaction: Transaction, chunk: Sequence[Product], now: datetime) -> dict[str, tuple[Product, bool]]:
    """Puts into the transaction what differs from what is stored: at most `MOST_AT_ONCE`, with different SKUs."""
    stored = some(chunk[0].partner_id, [product.sku for product in chunk]) if chunk else {}
    done: dict[str, tuple[Product, bool]] = {}
    for product in chunk:
        old = stored.get(product.sku)
        if old is not None and product.says_the_same_as(old):
            done[product.sku] = (old, False)
            continue
        new = product.model_copy(update={"revision": old.revision + 1 if old else 1, "updated_at": now})
        unchanged = Item.revision == old.revision if old else absent()
        transaction.put(_item(new), unchanged)
        for item in outbox_items([new.fact()], user_id=NOBODY, correlation_id=correlation_id(), now=now):
            transaction.put(item)
        done[product.sku] = (new, True)
    return done


def _pk(partner_id: str, shard: int) -> str:
    return f"CATALOGUE#{partner_id}#{shard}"


def _key(partner_id: str, sku: str) -> tuple[str, str]:
    return _pk(partner_id, zlib.crc32(sku.encode()) % SHARDS), f"PRODUCT#{sku}"


def _item(product: Product) -> Item:
    pk, sk = _key(product.partner_id, product.sku)
    return Item(pk=pk, sk=sk, kind="product", revision=product.revision, body=product.model_dump(mode="json"))
