"""Which promo a reward is, and who waits for one, over HTTP."""

from typing import Annotated, Self

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path
from pydantic import AwareDatetime, BaseModel, Field

from promos.errors import PromoNotFoundError, RewardCodesError
from promos.rewards import service, store
from promos.rewards.domain import Entitlement
from promos.values import Name
from stadion import clock
from stadion.errors import InvalidCursorError, RequestInProgressError
from stadion.http import AdminRoutes, Cursor, Limit, RequestModel, listed, no_content
from stadion.pagination import DEFAULT_LIMIT, ListResponse
from stadion.rewards import OFFER_CODE, OFFERED, RewardCode

router = AdminRoutes()
TAGS = ["Admin"]
Code = Annotated[
    str,
    Path(pattern=OFFER_CODE, examples=["free_delivery"], description="of a reward of offers"),
]
CodeOfOld = Annotated[str, Path(pattern=r"^[a-z0-9_]{1,40}$", examples=["free_delivery"], description="of a reward")]
"""Also one that is in the catalogue no more: its rule can be taken away."""


class RewardOfferPut(RequestModel):
    promo_id: Name


class RewardOffers(BaseModel):
    promos: dict[str, str] = Field(description="reward -> promo", examples=[{"free_delivery": "free-delivery"}])
    without: list[RewardCode] = Field(description="rewards that no promo is set for: who earns them waits")

    @classmethod
    def of(cls, promos: dict[str, str]) -> Self:
        return cls(promos=promos, without=sorted(OFFERED - promos.keys()))


class WaitingReward(BaseModel):
    """An athlete who has earned it, and has no offer yet."""

    user_id: str
    earned_by: str = Field(examples=["level:5"])
    since: AwareDatetime
    why: list[str] = Field(description="`no_promo_for_reward`, or what the promo refused", examples=[["place"]])

    @classmethod
    def of(cls, one: Entitlement) -> Self:
        return cls(**one.model_dump(include=set(cls.model_fields)))


class RewardsIssued(BaseModel):
    issued: int
    waiting: int = Field(description="of those looked at: whom the promo refused")
    next_cursor: str | None = Field(description="where to go on; null: nobody is left")


@router.get("/v1/admin/reward-offers", summary="Which promos rewards are", tags=TAGS)
def list_reward_offers() -> RewardOffers:
    return RewardOffers.of(dict(store.rules()))


@router.put(
    "/v1/admin/reward-offers/<reward_code>",
    summary="Set the promo of a reward",
    tags=TAGS,
    raises=(PromoNotFoundError, RewardCodesError, RequestInProgressError),
)
def put_reward_offer(reward_code: Code, body: Annotated[RewardOfferPut, Body()]) -> RewardOffers:
    """Who waits for it gets theirs by `…/issue`; who has an offer of another promo keeps it."""
    return RewardOffers.of(dict(service.set_rule(reward_code, body.promo_id, clock.now())))


@router.delete(
    "/v1/admin/reward-offers/<reward_code>",
    status_code=204,
    summary="Take it away",
    tags=TAGS,
    raises=(PromoNotFoundError, RequestInProgressError),
)
def delete_reward_offer(reward_code: CodeOfOld) -> Response[None]:
    service.set_rule(reward_code, None, clock.now())
    return no_content()


@router.get(
    "/v1/admin/reward-offers/<reward_code>/waiting",
    summary="Who has earned it and has no offer, and why",
    tags=TAGS,
    raises=(InvalidCursorError,),
)
def list_waiting_rewards(
    reward_code: CodeOfOld, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> ListResponse[WaitingReward]:
    return listed(store.waiting(reward_code, limit=limit, cursor=cursor), WaitingReward.of)


@router.post(
    "/v1/admin/reward-offers/<reward_code>/issue",
    summary="Issue to those who wait, a page at a time",
    tags=TAGS,
    raises=(InvalidCursorError, RequestInProgressError),
)
def issue_waiting_rewards(reward_code: Code, cursor: Cursor = None) -> RewardsIssued:
    """Safe to repeat: for each reason an athlete has one offer."""
    done = service.issue_waiting(reward_code, cursor=cursor, now=clock.now())
    return RewardsIssued(issued=done.issued, waiting=done.waiting, next_cursor=done.next_cursor)
