"""Campaigns over HTTP, for `stadion campaign`: signed requests only."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path

from promos.campaigns import cohort_service as cohorts
from promos.campaigns import service
from promos.campaigns.errors import (
    CampaignHasEndedError,
    CampaignIdReservedError,
    CampaignNotFoundError,
    CampaignStatusError,
    NothingAheadError,
    RunNotFoundError,
)
from promos.campaigns.plan.values import CampaignPlan
from promos.campaigns.run import store
from promos.campaigns.run.domain import Campaign
from promos.campaigns.schemas import (
    CampaignPreviewPage,
    CampaignReportResponse,
    CampaignResponse,
    CampaignRunResponse,
    CampaignStatusChange,
    CohortPage,
    MarketingResponse,
)
from promos.errors import RuleError
from promos.offers.schemas import PlanValidity
from stadion import clock
from stadion.contract import EDIT
from stadion.errors import InvalidCursorError
from stadion.http import AdminRoutes, Cursor, Limit, listed, no_content, tagged
from stadion.pagination import DEFAULT_LIMIT, ListResponse

router = AdminRoutes()
TAGS = ["Campaigns"]
BASE = "/v1/admin/campaigns"
CampaignId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$", examples=["winter-2026"])]
RunId = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,64}$", examples=["winter-2026-20261201T070000Z"])]


@router.post(f"{BASE}/validate", summary="What scheduling would refuse", tags=TAGS)
def validate_campaign(body: Annotated[CampaignPlan, Body()]) -> PlanValidity:
    """Wrong shapes are a 422 with pointers, as everywhere; this answers for what a shape cannot tell."""
    return PlanValidity.of(service.validate(body, clock.now()), router.language)


@router.get(
    f"{BASE}/cohorts",
    summary="Who stayed: a page of athletes by week of registration",
    tags=TAGS,
    raises=(InvalidCursorError,),
)
def list_cohorts(limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> CohortPage:
    return CohortPage.of(cohorts.page(limit=limit, cursor=cursor, now=clock.now()))


@router.get(BASE, summary="List the campaigns by name", tags=TAGS, raises=(InvalidCursorError,))
def list_campaigns(limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> ListResponse[CampaignResponse]:
    return listed(store.page(limit=limit, cursor=cursor), CampaignResponse.of)


@router.get(
    f"{BASE}/<campaign_id>", summary="Show a campaign", tags=TAGS, raises=(CampaignNotFoundError,), headers=("ETag",)
)
def get_campaign(campaign_id: CampaignId) -> Response[CampaignResponse]:
    """Without an ETag shortcut: its status moves without an edit."""
    return _campaign(store.get(campaign_id))


@router.put(
    f"{BASE}/<campaign_id>",
    summary="Make or change a campaign",
    tags=TAGS,
    raises=(CampaignIdReservedError, CampaignHasEndedError, RuleError, *EDIT),
    headers=("ETag",),
)
def put_campaign(campaign_id: CampaignId, body: Annotated[CampaignPlan, Body()]) -> Response[CampaignResponse]:
    """A new one needs no `If-Match` and is a draft; a change does. A run that goes on keeps its plan; one that ended
    without a run is a draft again."""

    def change() -> Campaign:
        old = store.find(campaign_id)
        if old is not None:
            router.if_match(old.revision)
        return service.put(campaign_id, body, old, clock.now())

    return _campaign(router.edit(change))


@router.delete(
    f"{BASE}/<campaign_id>",
    status_code=204,
    summary="Remove a draft, or one that ended before it began",
    tags=TAGS,
    raises=(CampaignNotFoundError, CampaignHasEndedError, CampaignStatusError, *EDIT),
)
def delete_campaign(campaign_id: CampaignId) -> Response[None]:
    campaign = store.get(campaign_id)
    router.if_match(campaign.revision)
    service.remove(campaign, clock.now())
    return no_content()


@router.post(
    f"{BASE}/<campaign_id>/status",
    summary="Schedule, pause, resume or end it",
    tags=TAGS,
    raises=(NothingAheadError, CampaignNotFoundError, RunNotFoundError, CampaignStatusError, RuleError, *EDIT),
    headers=("ETag",),
)
def change_campaign_status(
    campaign_id: CampaignId, body: Annotated[CampaignStatusChange, Body()]
) -> Response[CampaignResponse]:
    """`resume` also goes on with a run that failed or was stopped, from where it stands; nobody gets a second offer."""

    def change() -> Campaign:
        old = store.get(campaign_id)
        router.if_match(old.revision)
        return service.switch(old, body.action, clock.now())

    return _campaign(router.edit(change))


@router.get(
    f"{BASE}/<campaign_id>/preview",
    summary="Dry run over a page of athletes",
    tags=TAGS,
    raises=(CampaignNotFoundError, InvalidCursorError),
)
def preview_campaign(
    campaign_id: CampaignId, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> CampaignPreviewPage:
    return CampaignPreviewPage.of(*service.preview(store.get(campaign_id), limit=limit, cursor=cursor, now=clock.now()))


@router.get(
    f"{BASE}/<campaign_id>/metrics",
    summary="Impressions, clicks, conversions and spend by day",
    tags=TAGS,
    raises=(CampaignNotFoundError,),
)
def get_campaign_metrics(campaign_id: CampaignId) -> MarketingResponse:
    return MarketingResponse.of(service.show_marketing(store.get(campaign_id)))


@router.get(
    f"{BASE}/<campaign_id>/runs",
    summary="List a campaign's runs, newest first",
    tags=TAGS,
    raises=(CampaignNotFoundError,),
)
def list_campaign_runs(campaign_id: CampaignId) -> ListResponse[CampaignRunResponse]:
    return ListResponse[CampaignRunResponse](
        items=[CampaignRunResponse.of(run) for run in service.runs(store.get(campaign_id))]
    )


@router.get(
    f"{BASE}/<campaign_id>/runs/<run_id>",
    summary="Where a run stands",
    tags=TAGS,
    raises=(CampaignNotFoundError, RunNotFoundError),
)
def get_campaign_run(campaign_id: CampaignId, run_id: RunId) -> CampaignRunResponse:
    return CampaignRunResponse.of(*service.show_run(store.get(campaign_id), run_id))


@router.get(
    f"{BASE}/<campaign_id>/runs/<run_id>/report",
    summary="What a run did",
    tags=TAGS,
    raises=(CampaignNotFoundError, RunNotFoundError),
)
def get_campaign_report(campaign_id: CampaignId, run_id: RunId) -> CampaignReportResponse:
    return CampaignReportResponse.of(service.show_report(store.get(campaign_id), run_id))


def _campaign(campaign: Campaign) -> Response[CampaignResponse]:
    return tagged(CampaignResponse.of(campaign), campaign.revision)
