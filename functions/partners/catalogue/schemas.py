"""Requests and responses of the catalogue: products one by one, and imports of files."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from partners.fields import Currency, Minor, Sku, WearCategory, Words
from stadion.http import RequestModel


class ProductPut(RequestModel):
    name: Words = Field(examples=["Kiprun KD900.2"])
    brand: Words | None = Field(default=None, examples=["Kiprun"])
    deeplink: str = Field(pattern=r"^https://[!-~]{4,1000}$", examples=["https://store.example/p/8736421"])
    wear_category: WearCategory | None = Field(default=None, description="of the gear that it replaces")
    price_minor: Minor = Field(examples=[899000])
    currency: Currency
    is_sold: bool = True


class ProductEntry(ProductPut):
    sku: Sku


class ProductBatch(RequestModel):
    products: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=100,
        description="each as in PUT, with its `sku`; judged one by one",
        examples=[[{"sku": "8736421", "name": "Kiprun KD900.2", "deeplink": "https://store.example/p/8736421",
                    "wear_category": "running_shoes", "price_minor": 899000, "currency": "RUB"}]],
    )  # fmt: skip


class ProductResponse(BaseModel):
    sku: str
    revision: int
    name: str
    brand: str | None = None
    deeplink: str
    wear_category: str | None = None
    price_minor: int
    currency: str
    is_sold: bool
    updated_at: AwareDatetime


class ItemProblem(BaseModel):
    pointer: str = Field(examples=["#/products/3/price_minor"])
    code: str
    detail: str


class ProductResult(BaseModel):
    sku: str | None = None
    outcome: Literal["changed", "unchanged", "refused"]
    revision: int | None = None
    errors: list[ItemProblem] = Field(default_factory=list)


class ProductBatchResponse(BaseModel):
    changed: int
    unchanged: int
    refused: int
    items: list[ProductResult]


class NewImport(RequestModel):
    format: Literal["csv", "jsonl"]
    full: bool = Field(default=False, description="what the file does not have is not sold any more")


class FileForm(BaseModel):
    url: str
    fields: dict[str, str]
    max_bytes: int
    expires_at: AwareDatetime


class LineProblem(BaseModel):
    line: int
    code: str
    field: str | None = None
    detail: str


class ImportResponse(BaseModel):
    import_id: str
    partner_id: str
    format: str
    full: bool
    state: str = Field(examples=["done"])
    problem: str | None = None
    lines: int
    changed: int
    unchanged: int
    refused: int
    no_longer_sold: int
    errors: list[LineProblem] = Field(description="the first ones")
    created_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    form: FileForm | None = None
