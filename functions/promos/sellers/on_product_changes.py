"""Keeps the copy of the catalogue that replacements are chosen from."""

from promos.facts import ProductCopy
from promos.sellers import product_store
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.partners import ProductChanged
from stadion.retry import retry_on_conflict

handler = Consumer()


@handler.on(ProductChanged)
def know_product(envelope: Envelope[ProductChanged]) -> Consumed:
    product = ProductCopy(**envelope.data.model_dump())
    changed = retry_on_conflict(lambda: product_store.know(product, clock.now()))
    return Consumed("kept" if changed else "stale")
