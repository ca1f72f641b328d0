"""A product of a partner's catalogue."""

from typing import Any

from pydantic import AwareDatetime

from stadion.events.partners import ProductChanged
from stadion.values import Value

BOOKKEEPING = {"partner_id", "sku", "revision", "updated_at"}


class Product(Value):
    partner_id: str
    sku: str
    revision: int = 1
    name: str
    brand: str | None = None
    deeplink: str
    wear_category: str | None = None
    price_minor: int
    currency: str
    is_sold: bool = True
    updated_at: AwareDatetime

    def says_the_same_as(self, other: "Product") -> bool:
        return self._said() == other._said()

    def _said(self) -> dict[str, Any]:
        return self.model_dump(exclude=BOOKKEEPING)

    def fact(self) -> ProductChanged:
        return ProductChanged(**self.model_dump(exclude={"updated_at"}))
