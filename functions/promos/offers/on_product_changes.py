"""Keeps the copy of the catalogue that replacements are chosen from."""

from typing import Any

from promos.facts import ProductCopy
from promos.offers import product_store
from stadion import clock
from stadion.events.consumer import Consumed, consumer
from stadion.events.envelope import Envelope
from stadion.events.partners import ProductChanged
from stadion.retry import retry_on_conflict


def know_product(envelope: Envelope[Any]) -> Consumed:
    product = ProductCopy(**envelope.data.model_dump())
    changed = retry_on_conflict(lambda: product_store.know(product, clock.now()))
    return Consumed("kept" if changed else "stale")


handler = consumer(know_product, events=(ProductChanged,))
