"""Admins' routes of promos: /v1/admin/promos, wear-offers, reward-offers and campaigns, for `stadion promo`, `segment`,
`campaign`."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path

from promos import segment_service, usage_service
from promos.athletes import segment_store
from promos.athletes.schemas import SegmentCount, SegmentExplanation, SegmentPut, SegmentResponse, SegmentUsers
from promos.athletes.segment_store import Segment
from promos.campaigns import routes as campaigns
from promos.errors import (
    BudgetIsUsedError,
    CodePatternError,
    CodeTakenError,
    CurrencyMissingError,
    NotEligibleError,
    OfferNotFoundError,
    PromoDatesError,
    PromoIdTakenError,
    PromoInUseError,
    PromoIsLiveError,
    PromoNameDiffersError,
    PromoNotDraftError,
    PromoNotFoundError,
    PromoStatusError,
    RuleError,
    SegmentInUseError,
    SegmentNotFoundError,
    SharedCodeError,
    TooManySegmentsError,
)
from promos.offers import promo_service, store
from promos.offers import service as offer_service
from promos.offers.domain import BudgetedPromo, Promo
from promos.offers.schemas import (
    FunnelResponse,
    IssuedResponse,
    NewIssue,
    NewPromo,
    PromoPatch,
    PromoResponse,
    PromoStatusChange,
    PromoValidity,
    TargetingExplanation,
)
from promos.rewards import routes as reward_routes
from promos.wear_offers import routes as wear_routes
from stadion import clock
from stadion.contract import EDIT, KEYED
from stadion.errors import FieldRequiredError, InvalidCursorError, RequestInProgressError
from stadion.http import JSON, AdminRoutes, Api, Cursor, Limit, lambda_handler, listed, located, no_content, tagged
from stadion.identifiers import UserId
from stadion.pagination import DEFAULT_LIMIT, ListResponse

api = Api()
admin = AdminRoutes()
api.include_router(wear_routes.router)
api.include_router(reward_routes.router)
api.include_router(campaigns.router)
handler = lambda_handler(api)

AthleteId = Annotated[UserId, Path()]
SegmentName = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$", examples=["regular-runners"])]


# --- segments (before promos, whose names they would look like) -----------------------------------------------------


@admin.get("/v1/admin/promos/segments", summary="List the segments", tags=["Admin"])
def list_segments() -> ListResponse[SegmentResponse]:
    return ListResponse[SegmentResponse](items=[SegmentResponse.of(one) for one in segment_service.everything()])


@admin.get(
    "/v1/admin/promos/segments/<segment_name>",
    summary="Show a segment",
    tags=["Admin"],
    raises=(SegmentNotFoundError,),
    headers=("ETag",),
)
def get_segment(segment_name: SegmentName) -> Response[SegmentResponse]:
    return _segment(segment_store.get(segment_name))


@admin.put(
    "/v1/admin/promos/segments/<segment_name>",
    summary="Make or change a segment",
    tags=["Admin"],
    raises=(RuleError, TooManySegmentsError, *EDIT),
    headers=("ETag",),
)
def put_segment(segment_name: SegmentName, body: Annotated[SegmentPut, Body()]) -> Response[SegmentResponse]:
    """A new one needs no `If-Match`; a change does."""

    def put() -> Segment:
        old = _known_segment(segment_name)
        return segment_service.put(segment_name, body.rule, body.description, old, clock.now())

    return _segment(api.edit(put))


@admin.delete(
    "/v1/admin/promos/segments/<segment_name>",
    status_code=204,
    summary="Remove a segment",
    tags=["Admin"],
    raises=(SegmentInUseError, SegmentNotFoundError, InvalidCursorError, *EDIT),
)
def delete_segment(segment_name: SegmentName) -> Response[None]:
    segment = segment_store.get(segment_name)
    api.if_match(segment.revision)
    segment_service.remove(segment, clock.now())
    return no_content()


@admin.get(
    "/v1/admin/promos/segments/<segment_name>/count",
    summary="Count a page of athletes",
    tags=["Admin"],
    raises=(SegmentNotFoundError, InvalidCursorError),
)
def count_segment(segment_name: SegmentName, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> SegmentCount:
    return SegmentCount.of(segment_service.members(segment_name, limit=limit, cursor=cursor, now=clock.now()))


@admin.get(
    "/v1/admin/promos/segments/<segment_name>/used-by",
    summary="Who asks for a segment",
    tags=["Admin"],
    raises=(SegmentNotFoundError, InvalidCursorError),
)
def list_segment_users(segment_name: SegmentName) -> SegmentUsers:
    return SegmentUsers(**segment_service.used_by(segment_name, clock.now()).by_kind())


@admin.get(
    "/v1/admin/promos/segments/<segment_name>/explain/<user_id>",
    summary="Why an athlete is in it or not",
    tags=["Admin"],
    raises=(SegmentNotFoundError,),
)
def explain_segment(segment_name: SegmentName, user_id: AthleteId) -> SegmentExplanation:
    verdict = segment_service.explain(segment_name, user_id, clock.now())
    return SegmentExplanation.of(segment_name, user_id, verdict, api.language)


# --- promos ---------------------------------------------------------------------------------------------------------


@admin.post(
    "/v1/admin/promos",
    status_code=201,
    summary="Make a promo, as a draft",
    tags=["Admin"],
    raises=(
        CodeTakenError,
        CodePatternError,
        SharedCodeError,
        PromoDatesError,
        PromoIdTakenError,
        CurrencyMissingError,
        RuleError,
        *KEYED,
    ),
    headers=("ETag", "Location"),
)
def create_promo(body: Annotated[NewPromo, Body()]) -> Response[PromoResponse]:
    key, now = admin.idempotency_key("create_promo", body), clock.now()
    created = promo_service.create(
        body.draft(now),
        key=key,
        answer=lambda made: _response(made, now).model_dump(mode="json", by_alias=True),
        now=now,
    )
    return _promo(created, now, status=201)


@admin.post(
    "/v1/admin/promos/validate",
    summary="What would be refused",
    tags=["Admin"],
    raises=(CodePatternError, PromoDatesError, CurrencyMissingError),
)
def validate_promo(body: Annotated[NewPromo, Body()]) -> PromoValidity:
    """Wrong shapes are a 422 with pointers, as everywhere; this answers for what a shape cannot tell."""
    now = clock.now()
    draft = body.draft(now)
    return PromoValidity.of_draft(draft, promo_service.validate(draft, now), api.language)


@admin.get("/v1/admin/promos", summary="List the promos by name", tags=["Admin"], raises=(InvalidCursorError,))
def list_promos(limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> ListResponse[PromoResponse]:
    now = clock.now()
    return listed(store.page(limit=limit, cursor=cursor), lambda promo: PromoResponse.of(promo, now))


@admin.get(
    "/v1/admin/promos/<promo_id>",
    summary="Show a promo and what is left of its budget",
    tags=["Admin"],
    raises=(PromoNotFoundError,),
    headers=("ETag", "Location"),
)
def get_promo(promo_id: str) -> Response[PromoResponse]:
    """Without an ETag shortcut: status and budget move without an edit."""
    return _promo(promo_service.show(promo_id), clock.now())


@admin.put(
    "/v1/admin/promos/<promo_id>",
    summary="Replace a draft",
    tags=["Admin"],
    raises=(
        CodeTakenError,
        CodePatternError,
        SharedCodeError,
        PromoDatesError,
        PromoNameDiffersError,
        PromoNotDraftError,
        PromoNotFoundError,
        CurrencyMissingError,
        RuleError,
        *EDIT,
    ),
    headers=("ETag", "Location"),
)
def replace_promo(promo_id: str, body: Annotated[NewPromo, Body()]) -> Response[PromoResponse]:
    """By another one of the same name, with its budget and its codes, in one step."""
    if body.promo_id != promo_id:
        raise PromoNameDiffersError(pointer="#/promo_id")
    now = clock.now()
    return _promo(api.edit(lambda: promo_service.replace(_edited(promo_id), body.draft(now), now)), now)


@admin.patch(
    "/v1/admin/promos/<promo_id>",
    summary="Change a promo (merge patch)",
    tags=["Admin"],
    raises=(
        BudgetIsUsedError,
        PromoDatesError,
        PromoIsLiveError,
        CurrencyMissingError,
        PromoNotFoundError,
        PromoStatusError,
        RuleError,
        FieldRequiredError,
        *EDIT,
    ),
    headers=("ETag", "Location"),
)
def change_promo(promo_id: str, body: Annotated[PromoPatch, Body()]) -> Response[PromoResponse]:
    changed = api.edit(lambda: promo_service.change(_edited(promo_id), body.changes(), clock.now()))
    return _promo(changed, clock.now())


@admin.delete(
    "/v1/admin/promos/<promo_id>",
    status_code=204,
    summary="Delete a draft",
    tags=["Admin"],
    raises=(PromoInUseError, PromoNotFoundError, PromoStatusError, InvalidCursorError, *EDIT),
)
def delete_promo(promo_id: str) -> Response[None]:
    usage_service.remove_promo(_edited(promo_id), clock.now())
    return no_content()


@admin.post(
    "/v1/admin/promos/<promo_id>/status",
    summary="Activate, pause or end a promo",
    tags=["Admin"],
    raises=(
        BudgetIsUsedError,
        PromoDatesError,
        CurrencyMissingError,
        PromoNotFoundError,
        PromoStatusError,
        RuleError,
        *EDIT,
    ),
    headers=("ETag", "Location"),
)
def change_promo_status(promo_id: str, body: Annotated[PromoStatusChange, Body()]) -> Response[PromoResponse]:
    switched = api.edit(lambda: promo_service.switch(_edited(promo_id), body.action, clock.now()))
    return _promo(switched, clock.now())


@admin.post(
    "/v1/admin/promos/<promo_id>/offers",
    status_code=201,
    summary="Issue it to an athlete",
    tags=["Admin"],
    raises=(CodePatternError, NotEligibleError, OfferNotFoundError, PromoNotFoundError, RequestInProgressError),
)
def issue_promo(promo_id: str, body: Annotated[NewIssue, Body()]) -> Response[IssuedResponse]:
    """Once for each run: 200 with the same offer when it was issued before."""
    issued, is_new = offer_service.issue(promo_id, body.issue(), language=api.language, now=clock.now())
    return Response(status_code=201 if is_new else 200, content_type=JSON, body=IssuedResponse.of(issued))


@admin.get(
    "/v1/admin/promos/<promo_id>/explain/<user_id>",
    summary="Why an athlete may have it or not",
    tags=["Admin"],
    raises=(PromoNotFoundError,),
)
def explain_promo(promo_id: str, user_id: AthleteId) -> TargetingExplanation:
    checks = offer_service.explain(promo_id, user_id, clock.now())
    return TargetingExplanation.of(promo_id, user_id, checks, api.language)


@admin.get(
    "/v1/admin/promos/<promo_id>/funnel",
    summary="How many saw, clicked and redeemed it",
    tags=["Admin"],
    raises=(PromoNotFoundError,),
)
def get_funnel(promo_id: str) -> FunnelResponse:
    return FunnelResponse.of(*promo_service.funnel(promo_id))


api.include_router(admin)


def _edited(promo_id: str) -> Promo:
    promo = store.get(promo_id)
    api.if_match(promo.revision)
    return promo


def _known_segment(name: str) -> Segment | None:
    try:
        segment = segment_store.get(name)
    except SegmentNotFoundError:
        return None
    api.if_match(segment.revision)
    return segment


def _promo(found: BudgetedPromo, now: datetime, status: int = 200) -> Response[PromoResponse]:
    promo = found.promo
    return located(_response(found, now), f"/v1/admin/promos/{promo.promo_id}", promo.revision, status=status)


def _response(found: BudgetedPromo, now: datetime) -> PromoResponse:
    return PromoResponse.of(found.promo, now, found.budget)


def _segment(segment: Segment) -> Response[SegmentResponse]:
    return tagged(SegmentResponse.of(segment), segment.revision)
