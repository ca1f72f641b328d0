"""Requests and responses of the catalogue: products one by one, and imports of files."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, Field, ValidationError, ValidationInfo, field_validator

from partners.catalogue.complaints import complaints
from partners.catalogue.domain import Product
from partners.catalogue.errors import HostNotAllowedError, not_on
from partners.catalogue.imports import Import, LineError
from partners.catalogue.problems import said
from stadion.categories import GearCategory
from stadion.errors import UnacceptableValueError
from stadion.fields import LINE
from stadion.http import RequestModel
from stadion.i18n import Language, Text
from stadion.identifiers import Sku
from stadion.links import Link, LinkFree, is_on
from stadion.money import Currency, Minor
from stadion.values import PresignedPost

SKU_TWICE = "sku_stands_twice"
TWICE = Text(en="This SKU stands more than once: leave one of them.", ru="Этот SKU стоит не один раз: оставьте один.")


class ProductPut(RequestModel):
    name: Annotated[str, Field(min_length=1, max_length=120, pattern=LINE, examples=["Kiprun KD900.2"]), LinkFree]
    brand: Annotated[str, Field(min_length=1, max_length=60, pattern=LINE), LinkFree] | None = Field(
        default=None, examples=["Kiprun"]
    )
    deeplink: Link = Field(description="to a host of the partner's")
    wear_category: GearCategory | None = Field(default=None, description="of the gear that it replaces")
    price_minor: Minor = Field(examples=[899000])
    currency: Currency
    is_sold: bool = True

    def as_product(self, partner_id: str, sku: str, now: datetime) -> Product:
        return Product(partner_id=partner_id, sku=sku, updated_at=now, **self.model_dump(exclude={"sku"}))


class ProductEntry(ProductPut):
    sku: Sku

    @field_validator("deeplink")
    @classmethod
    def _leads_to_the_partner(cls, link: str, info: ValidationInfo) -> str:
        if not is_on(link, info.context or ()):
            raise UnacceptableValueError(not_on(link, info.context or ()), HostNotAllowedError.code)
        return link

    def product(self, partner_id: str, now: datetime) -> Product:
        return self.as_product(partner_id, self.sku, now)


def entry(fields: Mapping[str, Any], hosts: Sequence[str]) -> ProductEntry:
    """Of a partner with these hosts. ValidationError."""
    return ProductEntry.model_validate(fields, context=hosts)


def _read(fields: dict[str, Any], hosts: Sequence[str]) -> ProductEntry | ValidationError:
    try:
        return entry(fields, hosts)
    except ValidationError as error:
        return error


class ProductBatch(RequestModel):
    products: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=100,
        description="each as in PUT, with its `sku`; judged one by one",
        examples=[[{"sku": "8736421", "name": "Kiprun KD900.2", "deeplink": "https://store.example/p/8736421",
                    "wear_category": "running_shoes", "price_minor": 899000, "currency": "RUB"}]],
    )  # fmt: skip

    def read(self, hosts: Sequence[str]) -> list[ProductEntry | ValidationError]:
        """Each, or what is wrong with it."""
        return [_read(fields, hosts) for fields in self.products]

    def skus_twice(self) -> set[str]:
        """Of entries about one SKU nobody knows which holds, as in a file."""
        named = Counter(sku.strip() for fields in self.products if isinstance(sku := fields.get("sku"), str))
        return {sku for sku, times in named.items() if times > 1}


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

    @classmethod
    def of(cls, product: Product) -> Self:
        return cls(**product.model_dump(exclude={"partner_id"}))


class ProductProblem(BaseModel):
    pointer: str = Field(examples=["#/products/3/price_minor"])
    code: str
    detail: str


class ProductResult(BaseModel):
    sku: str | None = None
    outcome: Literal["changed", "unchanged", "refused"]
    revision: int | None = None
    errors: list[ProductProblem] = Field(default_factory=list)

    @classmethod
    def of(cls, product: Product, is_changed: bool) -> Self:
        return cls(sku=product.sku, outcome="changed" if is_changed else "unchanged", revision=product.revision)

    @classmethod
    def twice(cls, number: int, sku: str, language: Language) -> Self:
        problem = ProductProblem(pointer=f"#/products/{number}/sku", code=SKU_TWICE, detail=TWICE.say(language))
        return cls(sku=sku, outcome="refused", errors=[problem])

    @classmethod
    def refused(cls, number: int, fields: dict[str, Any], error: ValidationError, language: Language) -> Self:
        """`number`: its place in the batch."""
        sku = fields.get("sku")
        return cls(
            sku=sku[:64] if isinstance(sku, str) else None,
            outcome="refused",
            errors=[
                ProductProblem(pointer=f"#/products/{number}/{field}"[:200], code=code, detail=detail)
                for field, code, detail in complaints(error, language)
            ],
        )


class ProductBatchResponse(BaseModel):
    changed: int
    unchanged: int
    refused: int
    items: list[ProductResult]

    @classmethod
    def of(cls, results: Sequence[ProductResult]) -> Self:
        outcomes = [result.outcome for result in results]
        return cls(
            changed=outcomes.count("changed"),
            unchanged=outcomes.count("unchanged"),
            refused=outcomes.count("refused"),
            items=list(results),
        )


class NewImport(RequestModel):
    format: Literal["csv", "jsonl"]
    full: bool = Field(default=False, description="what the file does not have is not sold any more")


class ImportForm(BaseModel):
    url: str
    fields: dict[str, str]
    max_bytes: int
    expires_at: AwareDatetime

    @classmethod
    def of(cls, form: PresignedPost) -> Self:
        return cls(**asdict(form))


class ImportLineProblem(BaseModel):
    line: int
    code: str
    field: str | None = None
    detail: str

    @classmethod
    def of(cls, error: LineError, language: Language) -> Self:
        return cls(line=error.line, code=error.code, field=error.field, detail=error.said(language))


class ImportResponse(BaseModel):
    import_id: str
    partner_id: str
    format: str
    full: bool
    state: str = Field(examples=["done"], description="waiting, running, done, done_with_errors, failed")
    problem: str | None = None
    problem_detail: str | None = Field(default=None, description="the problem in words, and what was not done")
    lines: int
    changed: int
    unchanged: int
    refused: int
    broken: int = Field(default=0, description="of the refused: lines of which nobody can tell the product")
    no_longer_sold: int
    errors: list[ImportLineProblem] = Field(description="the first ones")
    created_at: AwareDatetime
    finished_at: AwareDatetime | None = None
    form: ImportForm | None = None

    @classmethod
    def of(cls, one: Import, language: Language, form: PresignedPost | None = None) -> Self:
        shown = ImportForm.of(form) if form is not None else None
        detail = said(one.problem, one.problem_about, language)
        told = one.model_dump(mode="json", exclude={"revision", "problem_about", "errors"})
        errors = [ImportLineProblem.of(error, language) for error in one.errors]
        return cls(**told, errors=errors, problem_detail=detail, form=shown)
