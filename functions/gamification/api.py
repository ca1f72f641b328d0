"""HTTP entry point of play: /v1/gamification and /v1/leaderboards."""

from gamification.achievements.routes import router as achievements_router
from gamification.athletes import store as athletes
from gamification.boards.pages.routes import router as boards_router
from gamification.boards.people.routes import router as people_router
from gamification.goals.routes import router as goals_router
from gamification.records import store as records
from gamification.records.schemas import PersonalRecordResponse
from gamification.rewards import store as rewards
from gamification.rewards.schemas import EarnedReward
from gamification.streaks.routes import router as streaks_router
from gamification.xp import history_service, store
from gamification.xp.domain import LEVELS, TOTAL
from gamification.xp.schemas import GamificationProgress, GamificationRules, LevelResponse, XpEntry
from stadion.errors import InvalidCursorError
from stadion.http import Api, Cursor, Limit, lambda_handler, listed
from stadion.pagination import DEFAULT_LIMIT, ListResponse

api = Api(reader_of=athletes.reader_of)
api.include_router(people_router)
api.include_router(boards_router)
api.include_router(streaks_router)
api.include_router(goals_router)
handler = lambda_handler(api)


@api.get("/v1/gamification/progress", summary="Show XP and level", tags=["Gamification"])
def get_progress() -> GamificationProgress:
    return GamificationProgress.of(store.total_xp(api.user_id, TOTAL), api.language)


@api.get("/v1/gamification/levels", summary="List the levels and their rewards", tags=["Gamification"])
def list_levels() -> ListResponse[LevelResponse]:
    return ListResponse[LevelResponse](items=[LevelResponse.of(level, api.language) for level in LEVELS])


@api.get("/v1/gamification/rewards", summary="List my rewards, newest first", tags=["Gamification"])
def list_rewards() -> ListResponse[EarnedReward]:
    """Also those that were taken back."""
    grants = rewards.everything(api.user_id)
    return ListResponse[EarnedReward](items=[EarnedReward.of(grant, api.language) for grant in grants])


@api.get(
    "/v1/gamification/xp",
    summary="List what my workouts count, and why, newest first",
    tags=["Gamification"],
    raises=(InvalidCursorError,),
)
def list_xp(limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None) -> ListResponse[XpEntry]:
    """As it is now: of what was corrected, the last version; of what was deleted, nothing."""
    page, agrees = history_service.history(api.user_id, limit=limit, cursor=cursor)
    return listed(page, lambda one: XpEntry.of(one, api.language, agrees=agrees))


@api.get("/v1/gamification/rules", summary="Show by which rules XP and levels are counted", tags=["Gamification"])
def get_rules() -> GamificationRules:
    return GamificationRules.of(api.language)


@api.get("/v1/gamification/records", summary="List the personal records", tags=["Gamification"])
def list_records() -> ListResponse[PersonalRecordResponse]:
    standing = records.records(api.user_id)
    return ListResponse[PersonalRecordResponse](items=[PersonalRecordResponse.of(record) for record in standing])


api.include_router(achievements_router)
