"""What the promos service tells."""

from pydantic import AwareDatetime, Field

from stadion.events.envelope import Event, Part


class Offer(Part):
    """A promo in the hands of one athlete."""

    offer_id: str = Field(examples=["0193a1c2-2222-7c3a-9f57-2f6c8e0d4b33"])
    promo_id: str = Field(examples=["winter-shoes"])
    campaign_id: str | None = Field(default=None, examples=["winter-2026"])
    variant: str | None = Field(default=None, examples=["a"])


class PromoIssued(Event):
    source = "stadion.promos"
    subject = ("offer.offer_id", "offer.promo_id", "offer.campaign_id")
    offer: Offer
    code: str = Field(examples=["RUN-7F3K-9QXD"])
    is_personal: bool = Field(default=False, examples=[True], description="false: many hold the same code, or untold")
    partners: list[str] = Field(
        default_factory=list,
        examples=[["store"]],
        description="that may redeem it, as the promo names them; empty: all who may redeem codes",
    )
    expires_at: AwareDatetime = Field(examples=["2026-12-05T20:59:59Z"])


class PromoViewed(Event):
    source = "stadion.promos"
    subject = ("offer.offer_id", "offer.promo_id", "offer.campaign_id")
    offer: Offer


class PromoClicked(Event):
    source = "stadion.promos"
    subject = ("offer.offer_id", "offer.promo_id", "offer.campaign_id")
    offer: Offer


class PromoDismissed(Event):
    source = "stadion.promos"
    subject = ("offer.offer_id", "offer.promo_id", "offer.campaign_id")
    offer: Offer


class PromoRedeemed(Event):
    """The order that used the code is paid."""

    source = "stadion.promos"
    subject = ("offer.offer_id", "offer.promo_id", "offer.campaign_id", "order_id")
    offer: Offer
    code: str = Field(examples=["RUN-7F3K-9QXD"])
    partner_id: str | None = Field(default=None, examples=["store"], description="whose order it is")
    order_id: str = Field(examples=["o-48151"])
    discount_minor: int = Field(ge=0, examples=[180000], description="in the currency's smallest unit")
    cost_minor: int = Field(default=0, ge=0, examples=[0], description="of a gift or a delivery")
    order_total_minor: int = Field(ge=0, examples=[720000])
    currency: str = Field(examples=["RUB"])
    revision: int = Field(default=1, ge=1, examples=[2], description="of the code's use by the order")
    redeemed_at: AwareDatetime | None = Field(default=None, examples=["2026-12-01T09:30:00Z"])


class PromoSettled(Event):
    """What the code of a paid order came to, after the order itself was told or a part of it came back."""

    source = "stadion.promos"
    subject = ("offer.offer_id", "offer.promo_id", "offer.campaign_id", "order_id")
    offer: Offer
    code: str = Field(examples=["RUN-7F3K-9QXD"])
    partner_id: str | None = Field(default=None, examples=["store"], description="whose order it is")
    order_id: str = Field(examples=["o-48151"])
    revision: int = Field(ge=1, examples=[3], description="of the code's use by the order: the highest one holds")
    discount_minor: int = Field(ge=0, examples=[90000], description="given, in the currency's smallest unit")
    cost_minor: int = Field(default=0, ge=0, examples=[0], description="of a gift or a delivery")
    order_total_minor: int = Field(
        ge=0, examples=[360000], description="paid and kept; of several codes each its share"
    )
    currency: str = Field(examples=["RUB"])
    redeemed_at: AwareDatetime | None = Field(
        default=None, examples=["2026-12-01T09:30:00Z"], description="by which day it counts, also after a return"
    )


class PromoReversed(Event):
    """The order was returned or cancelled, and what its code had used up is free again."""

    source = "stadion.promos"
    subject = ("offer.offer_id", "offer.promo_id", "offer.campaign_id", "order_id")
    offer: Offer
    code: str = Field(examples=["RUN-7F3K-9QXD"])
    partner_id: str | None = Field(default=None, examples=["store"], description="whose order it is")
    order_id: str = Field(examples=["o-48151"])
    discount_minor: int = Field(ge=0, examples=[180000])
    currency: str = Field(examples=["RUB"])
    revision: int = Field(default=2, ge=1, examples=[3], description="of the code's use by the order")


class CampaignStarted(Event):
    source = "stadion.promos"
    subject = ("campaign_id", "run_id")
    campaign_id: str = Field(examples=["winter-2026"])
    run_id: str = Field(examples=["winter-2026-20261201T070000Z"])


class CampaignEnded(Event):
    source = "stadion.promos"
    subject = ("campaign_id", "run_id")
    campaign_id: str = Field(examples=["winter-2026"])
    run_id: str = Field(examples=["winter-2026-20261201T070000Z"])
    outcome: str = Field(examples=["completed"], description="completed, stopped or failed")
