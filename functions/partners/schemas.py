"""Requests and responses of the partner API and of its admin routes."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from partners.domain import Ability, HookEvent, Standing
from stadion.errors import UnacceptableValueError
from stadion.fields import LINE, Moment
from stadion.http import RequestModel
from stadion.i18n import Text


def _not_a_path(partner_id: str) -> str:
    if partner_id == "imports":
        raise UnacceptableValueError(
            Text(en="This is not an id for a partner.", ru="Такой идентификатор партнёра не подходит.")
        )
    return partner_id


PartnerId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,29}$", examples=["store"]), AfterValidator(_not_a_path)]
Sku = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$", examples=["8736421"])]
OrderId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$", examples=["o-48151"])]
Words = Annotated[str, Field(min_length=1, max_length=200, pattern=LINE)]
Minor = Annotated[int, Field(strict=True, ge=0, le=10**12, description="in the currency's smallest unit")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["RUB"])]
WearCategory = Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,39}$", examples=["running_shoes"])]
Quantity = Annotated[int, Field(strict=True, ge=1, le=100)]
Version = Annotated[
    int, Field(strict=True, ge=1, le=1_000_000, description="of the order's messages, each its own", examples=[1])
]
MOST_LINES = 100


# --- webhooks in ----------------------------------------------------------------------------------------------------


class BoughtLine(RequestModel):
    sku: Sku
    quantity: Quantity = Field(examples=[1])
    price_minor: Minor = Field(description="of one, before the discount", examples=[899000])
    name: Words | None = Field(default=None, description="the catalogue's when left out")
    wear_category: WearCategory | None = Field(default=None, description="the catalogue's when left out")


class ReturnedLine(RequestModel):
    sku: Sku
    quantity: Quantity = Field(examples=[1])


def _once_each(lines: list[Any]) -> list[Any]:
    if len({line.sku for line in lines}) < len(lines):
        raise UnacceptableValueError(Text(en="One line for each SKU.", ru="По одной строке на каждый SKU."))
    return lines


class CompletedOrder(RequestModel):
    order_id: OrderId
    version: Version
    user_id: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        description="the Stadion id of who is signed in at the store; without it the order is about nobody",
        examples=["8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50"],
    )
    code: str | None = Field(default=None, pattern=r"^[A-Za-z0-9-]{1,40}$", examples=["RUN-7F3K-9QXD"])
    lines: Annotated[list[BoughtLine], Field(min_length=1, max_length=MOST_LINES), AfterValidator(_once_each)]
    total_minor: Minor = Field(description="paid, after the discount", examples=[719000])
    discount_minor: Minor = Field(default=0, examples=[180000])
    currency: Currency
    completed_at: Moment = Field(examples=["2026-11-21T09:30:00Z"])


class ReturnedOrder(RequestModel):
    order_id: OrderId
    version: Version
    lines: (
        Annotated[list[ReturnedLine], Field(min_length=1, max_length=MOST_LINES), AfterValidator(_once_each)] | None
    ) = Field(default=None, description="what came back; null: all that was left")
    returned_at: Moment = Field(examples=["2026-11-28T12:00:00Z"])


class OrderCompletedMessage(RequestModel):
    type: Literal["order.completed"]
    timestamp: Moment = Field(examples=["2026-11-21T09:30:01Z"])
    data: CompletedOrder


class OrderReturnedMessage(RequestModel):
    type: Literal["order.returned"]
    timestamp: Moment = Field(examples=["2026-11-28T12:00:01Z"])
    data: ReturnedOrder


OrderMessage = OrderCompletedMessage | OrderReturnedMessage


class Received(BaseModel):
    order_id: str
    outcome: Literal["accepted", "kept", "unchanged"] = Field(
        description="kept: nothing became true by it yet (a return before its order), or it is about nobody; "
        "unchanged: it came before"
    )


# --- the catalogue --------------------------------------------------------------------------------------------------


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


# --- admins ---------------------------------------------------------------------------------------------------------


class NewPartner(RequestModel):
    partner_id: PartnerId
    name: Words = Field(examples=["The Store"])
    plan: str = Field(default="standard", pattern=r"^[a-z]{1,30}$")
    may: list[Ability] = Field(default_factory=lambda: list(Ability), min_length=1, max_length=2)


class Rotation(RequestModel):
    grace_hours: int = Field(default=24, ge=0, le=24 * 30, description="how long what is rotated out still holds")


class KeyResponse(BaseModel):
    key_id: str
    created_at: AwareDatetime
    retires_at: AwareDatetime | None = None


class SecretResponse(BaseModel):
    secret_id: str
    created_at: AwareDatetime
    retires_at: AwareDatetime | None = None


class PartnerResponse(BaseModel):
    partner_id: str
    name: str
    status: Standing
    plan: str
    may: list[Ability]
    keys: list[KeyResponse]
    secrets: list[SecretResponse]
    revision: int
    created_at: AwareDatetime
    updated_at: AwareDatetime


class NewCredentials(BaseModel):
    """Shown this once, and never again."""

    partner: PartnerResponse
    api_key: str | None = None
    signing_secret: str | None = None
    api_url: str


class NewEndpoint(RequestModel):
    url: str = Field(min_length=10, max_length=1000, examples=["https://store.example/hooks/stadion"])
    events: list[HookEvent] = Field(min_length=1, max_length=10, examples=[["promo.redeemed"]])


class EndpointResponse(BaseModel):
    endpoint_id: str
    partner_id: str
    url: str
    events: list[HookEvent]
    status: Standing
    disabled_because: str | None = None
    failures_in_a_row: int
    secrets: list[SecretResponse]
    created_at: AwareDatetime
    updated_at: AwareDatetime


class NewEndpointSecret(BaseModel):
    """Shown this once, and never again."""

    endpoint: EndpointResponse
    signing_secret: str


class AttemptResponse(BaseModel):
    at: AwareDatetime
    status: int | None = None
    error: str | None = None


class WebhookResponse(BaseModel):
    delivery_id: str
    endpoint_id: str
    event: HookEvent
    state: str
    next_at: AwareDatetime | None = None
    attempts: list[AttemptResponse]
    created_at: AwareDatetime


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
