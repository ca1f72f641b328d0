"""What was heard of an athlete's reason for a reward, and what is to become of its offer. Pure."""

from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime, Field

from promos.offers.domain import Offer
from stadion.values import Value

NO_RULE: Final = "no_promo_for_reward"
PROMO_GONE: Final = "promo_is_gone"
SHARED_CODE: Final = "promo_has_shared_code"
"""Why an athlete waits, beside the names of the checks that a promo did not pass."""


class Entitlement(Value):
    """The newest word on one reason, and the one offer that it brings for life."""

    user_id: str
    earned_by: str
    reward: str
    reason: str
    heard: int
    """The grant's revision."""
    holds: bool
    since: AwareDatetime
    offer_id: str | None = None
    promo_id: str | None = None
    """Of the offer."""
    why: list[str] = Field(default_factory=list)
    """There is no offer yet."""

    @property
    def is_waiting(self) -> bool:
        return self.holds and self.offer_id is None

    def told(self, news: "Entitlement") -> "Entitlement":
        """The newer revision wins; what was given stays."""
        if news.heard <= self.heard:
            return self
        return self.model_copy(update={"heard": news.heard, "holds": news.holds, "since": news.since})


class Step(StrEnum):
    ISSUE = "issue"
    TAKE_BACK = "take_back"
    GIVE_AGAIN = "give_again"
    NOTHING = "nothing"


def next_step(known: Entitlement, offer: Offer | None) -> Step:
    """`offer`: None also when it is so old that it is gone, for which there is no second one."""
    if known.is_waiting:
        return Step.ISSUE
    if offer is None or known.holds == (offer.taken_back_at is None):
        return Step.NOTHING
    return Step.GIVE_AGAIN if known.holds else Step.TAKE_BACK
