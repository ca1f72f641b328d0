"""What the partners service tells."""

from enum import StrEnum

from pydantic import AwareDatetime, Field

from stadion.events.envelope import Event, Part


class PartnerAbility(StrEnum):
    ORDERS = "orders"
    CATALOGUE = "catalogue"
    CODES = "codes"


class ProductChanged(Event):
    """A product of the store's catalogue, as it is from now on."""

    source = "stadion.partners"
    subject = ("sku", "partner_id")
    sku: str = Field(examples=["8736421"])
    partner_id: str = Field(default="store", examples=["store"])
    revision: int = Field(ge=1, examples=[3])
    name: str = Field(examples=["Kiprun KD900.2"])
    brand: str | None = Field(default=None, examples=["Kiprun"])
    deeplink: str = Field(examples=["https://store.example/p/8736421"])
    wear_category: str | None = Field(default=None, examples=["running_shoes"], description="of the gear it replaces")
    price_minor: int = Field(ge=0, examples=[899000])
    currency: str = Field(examples=["RUB"])
    is_sold: bool = Field(examples=[True], description="false: not any more")


class PartnerChanged(Event):
    """A partner as it is from now on: what it may, whether it may at all."""

    source = "stadion.partners"
    subject = ("partner_id",)
    partner_id: str = Field(examples=["store"])
    revision: int = Field(ge=1, examples=[3])
    is_disabled: bool = Field(default=False, examples=[False])
    may: list[PartnerAbility] = Field(examples=[["orders", "catalogue", "codes"]])
    hosts: list[str] | None = Field(
        default=None,
        examples=[["store.example"]],
        description="that links of its products may lead to; null: not told, until 2026-12",
    )


class OrderLine(Part):
    sku: str = Field(examples=["8736421"])
    name: str | None = Field(
        default=None, examples=["Kiprun KD900.2"], description="the catalogue's; null: it does not know the SKU"
    )
    brand: str | None = Field(default=None, examples=["Kiprun"])
    quantity: int = Field(ge=1, examples=[1])
    price_minor: int = Field(ge=0, examples=[899000], description="of one, before the discount")
    discount_minor: int = Field(default=0, ge=0, examples=[0], description="of the whole line, where the store says it")
    wear_category: str | None = Field(default=None, examples=["running_shoes"])


class OrderCompleted(Event):
    """An order is paid: an athlete's, or a guest's, who may have used a code at the till."""

    source = "stadion.partners"
    subject = ("order_id", "partner_id")
    order_id: str = Field(examples=["o-48151"])
    partner_id: str = Field(examples=["store"])
    lines: list[OrderLine]
    total_minor: int = Field(ge=0, examples=[719000], description="paid, after the discount")
    discount_minor: int = Field(default=0, ge=0, examples=[180000])
    shipping_minor: int = Field(default=0, ge=0, examples=[0], description="within the total")
    tax_minor: int = Field(default=0, ge=0, examples=[0], description="within the total, as the store tells it")
    currency: str = Field(examples=["RUB"])
    code: str | None = Field(default=None, examples=["RUN-7F3K-9QXD"], description="the first of `codes`")
    codes: list[str] = Field(
        default_factory=list, examples=[["RUN-7F3K-9QXD"]], description="that the order names, in its order"
    )
    completed_at: AwareDatetime = Field(examples=["2026-11-21T09:30:00Z"])


class OrderReturned(Event):
    """All of an order, or some lines of it, came back."""

    source = "stadion.partners"
    subject = ("order_id", "partner_id")
    order_id: str = Field(examples=["o-48151"])
    partner_id: str = Field(examples=["store"])
    order_version: int = Field(
        default=1, ge=1, examples=[2], description="of the order; no two of its events share one"
    )
    lines: list[OrderLine] = Field(description="what came back with this, and was not told before")
    is_whole: bool = Field(examples=[True])
    code: str | None = Field(default=None, examples=["RUN-7F3K-9QXD"])
    returned_at: AwareDatetime = Field(examples=["2026-11-28T12:00:00Z"])


class PartnerLinkChanged(Event):
    """A partner knows the athlete by this id from now on, or does so no more. Only `promos` listens, for the till: what
    one partner calls an athlete is nobody else's business."""

    source = "stadion.partners"
    subject = ("partner_id",)
    partner_id: str = Field(examples=["store"])
    athlete_id: str = Field(examples=["at_mfzwk3tqonxw42lom4qhg5dp2a"], description="of this partner and this athlete")
    is_linked: bool = Field(examples=[True])
    revision: int = Field(ge=1, examples=[1], description="grows by one with every change between the two")
    changed_at: AwareDatetime = Field(examples=["2026-11-21T06:30:00Z"])


class PartnerUnlinked(Event):
    """The athlete wants nothing to do with the partner any more. What they agreed to for it ends with the link."""

    source = "stadion.partners"
    subject = ("partner_id",)
    partner_id: str = Field(examples=["store"])
    unlinked_at: AwareDatetime = Field(examples=["2026-11-28T06:30:00Z"])
