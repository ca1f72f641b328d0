"""The wear offer: which promo a worn pair earns, and what the steps of its workflow do."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, Field

from promos.errors import NotEligibleError, OfferNotFoundError, PromoNotFoundError
from promos.facts import Piece
from promos.offers import service as offer_service
from promos.offers import store as offer_store
from promos.offers.domain import OfferStatus
from promos.offers.message_service import AboutOffer
from promos.wear_offers import store
from promos.wear_offers.domain import waits
from stadion.tasks import TaskInput


def set_rule(category: str, promo_id: str | None, now: datetime) -> Mapping[str, str]:
    """`PromoNotFoundError`; None takes the rule away."""
    if promo_id is not None:
        offer_store.get(promo_id)
    return store.change(category, promo_id, now)


class WornGear(TaskInput):
    """What starts the workflow."""

    user_id: str
    gear_id: str
    category: str
    name: str
    threshold_percent: int
    crossing: int

    @property
    def run_id(self) -> str:
        """One for each crossing of the threshold."""
        return f"wear-{self.gear_id}-{self.threshold_percent}-{self.crossing}"

    @property
    def execution(self) -> str:
        """The workflow's name for it. Ids of gear are chosen by clients: with another's id, one's own wear must not
        stand for theirs."""
        return f"{self.run_id}-{self.user_id.replace('-', '')}"[:80]


class OfferMade(BaseModel):
    is_made: bool
    reason: str | None = Field(default=None, description="why there is none")
    offer_id: str | None = None
    remind_at: AwareDatetime | None = None
    expires_at: AwareDatetime | None = Field(default=None, description="of the code, or when the workflow ends before")


def make_offer(worn: WornGear, now: datetime) -> OfferMade:
    """The same offer, however often the step is done."""
    promo_id = store.rules().get(worn.category)
    if promo_id is None:
        return OfferMade(is_made=False, reason="no_promo_for_category")
    piece = Piece(gear_id=worn.gear_id, category=worn.category, worn_percent=worn.threshold_percent)
    try:
        made = offer_service.offer_for_worn_gear(promo_id, worn.user_id, piece, run_id=worn.run_id, now=now)
    except NotEligibleError as error:
        failed = [check["check"] for check in (error.extensions or {}).get("checks", [])]
        return OfferMade(is_made=False, reason=f"not_eligible: {', '.join(failed)}")
    except PromoNotFoundError:
        return OfferMade(is_made=False, reason="promo_is_gone")
    if made is None:
        return OfferMade(is_made=False, reason="nothing_replaces_it")
    issued, _ = made
    remind_at, ends_at = waits(issued.issued_at, issued.expires_at)
    return OfferMade(
        is_made=True,
        offer_id=issued.offer_id,
        remind_at=remind_at,
        expires_at=ends_at,
    )


class OfferStands(BaseModel):
    is_open: bool
    is_redeemed: bool


def look_at(about: AboutOffer, now: datetime) -> OfferStands:
    """Open: neither used, dismissed, nor over, and its promo goes on."""
    try:
        offer = offer_store.offer(about.user_id, about.offer_id)
        promo = offer_store.get(offer.promo_id)
    except (OfferNotFoundError, PromoNotFoundError):
        return OfferStands(is_open=False, is_redeemed=False)
    is_open = offer.status(promo, now) is OfferStatus.ACTIVE
    return OfferStands(is_open=is_open, is_redeemed=offer.redeemed_at is not None and offer.reversed_at is None)
