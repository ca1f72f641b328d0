"""Use cases of the catalogue: one product, and many at once, each judged by itself."""

from datetime import datetime
from typing import Any

from pydantic import ValidationError

from partners.catalogue import store
from partners.catalogue.complaints import complaints
from partners.catalogue.domain import Product
from partners.catalogue.schemas import (
    ItemProblem,
    ProductBatchResponse,
    ProductEntry,
    ProductPut,
    ProductResponse,
    ProductResult,
)
from stadion.i18n import Language


def put(partner_id: str, sku: str, new: ProductPut, now: datetime) -> ProductResponse:
    product, _ = store.put([_product(partner_id, sku, new, now)], now)[sku]
    return shown(product)


def put_many(partner_id: str, entries: list[dict[str, Any]], language: Language, now: datetime) -> ProductBatchResponse:
    read = [_read(number, entry, language) for number, entry in enumerate(entries)]
    products = [_product(partner_id, new.sku, new, now) for new in read if isinstance(new, ProductEntry)]
    done = store.put(products, now) if products else {}
    results = [new if isinstance(new, ProductResult) else _result(*done[new.sku]) for new in read]
    outcomes = [result.outcome for result in results]
    return ProductBatchResponse(
        changed=outcomes.count("changed"),
        unchanged=outcomes.count("unchanged"),
        refused=outcomes.count("refused"),
        items=results,
    )


def product_of(partner_id: str, entry: ProductEntry, now: datetime) -> Product:
    return _product(partner_id, entry.sku, entry, now)


def _read(number: int, entry: dict[str, Any], language: Language) -> ProductEntry | ProductResult:
    try:
        return ProductEntry.model_validate(entry)
    except ValidationError as error:
        sku = entry.get("sku")
        return ProductResult(
            sku=sku[:64] if isinstance(sku, str) else None,
            outcome="refused",
            errors=[
                ItemProblem(pointer=f"#/products/{number}/{field}"[:200], code=code, detail=detail)
                for field, code, detail in complaints(error, language)
            ],
        )


def _result(product: Product, changed: bool) -> ProductResult:
    outcome = "changed" if changed else "unchanged"
    return ProductResult.model_validate({"sku": product.sku, "outcome": outcome, "revision": product.revision})


def _product(partner_id: str, sku: str, new: ProductPut, now: datetime) -> Product:
    return Product(partner_id=partner_id, sku=sku, updated_at=now, **new.model_dump(exclude={"sku"}))


def shown(product: Product) -> ProductResponse:
    return ProductResponse(**product.model_dump(exclude={"partner_id"}))
