"""Achievements over HTTP, for admins: /v1/admin/achievements."""

from typing import Annotated, Final

from aws_lambda_powertools.event_handler.openapi.params import Body, Path

from gamification.achievements.admin_schemas import AchievementRule, RuleValidity
from gamification.achievements.base.values import RuleDocument
from gamification.achievements.errors import (
    AchievementNameDiffersError,
    AchievementNotFoundError,
    RetiredAchievementError,
    RuleProblemsError,
    TooManyRulesError,
)
from gamification.achievements.rules import service
from stadion import clock
from stadion.errors import RequestInProgressError
from stadion.http import AdminRoutes
from stadion.pagination import ListResponse

router = AdminRoutes()
BASE: Final = "/v1/admin/achievements"
TAGS: Final = ["Gamification"]
AchievementId = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{1,38}[a-z0-9]$", examples=["early_bird"])]


@router.get(BASE, summary="List the achievements and their rules", tags=TAGS)
def list_achievement_rules() -> ListResponse[AchievementRule]:
    """The newest version of each, also those that are retired and hidden."""
    return ListResponse[AchievementRule](items=[AchievementRule.of(rule) for rule in service.everything()])


@router.post(f"{BASE}/check", summary="What would be refused", tags=TAGS)
def check_achievement_rule(body: Annotated[RuleDocument, Body()]) -> RuleValidity:
    """Wrong shapes are a 422 with pointers, as everywhere; this answers for what a shape cannot tell."""
    return RuleValidity.of(body, service.check(body), router.language)


@router.get(
    f"{BASE}/<achievement_id>",
    summary="Show an achievement and its rule",
    tags=TAGS,
    raises=(AchievementNotFoundError,),
)
def get_achievement_rule(achievement_id: AchievementId) -> AchievementRule:
    return AchievementRule.of(service.get(achievement_id))


@router.put(
    f"{BASE}/<achievement_id>",
    summary="Add an achievement, or a new version of one",
    tags=TAGS,
    raises=(AchievementNameDiffersError, RuleProblemsError, TooManyRulesError, RequestInProgressError),
)
def put_achievement_rule(achievement_id: AchievementId, body: Annotated[RuleDocument, Body()]) -> AchievementRule:
    """It holds within a minute, for each athlete from their next workout on; a back-fill does not wait for that. Other
    texts or another icon of the same criteria make no new version. The same again changes nothing."""
    if body.id != achievement_id:
        raise AchievementNameDiffersError(pointer="#/id")
    return AchievementRule.of(service.add(body, clock.now()))


@router.post(
    f"{BASE}/<achievement_id>/retire",
    summary="Let nobody earn an achievement any more",
    tags=TAGS,
    raises=(AchievementNotFoundError, RetiredAchievementError, RequestInProgressError),
)
def retire_achievement(achievement_id: AchievementId) -> AchievementRule:
    """What was earned stays."""
    return AchievementRule.of(service.retire(achievement_id, clock.now()))
