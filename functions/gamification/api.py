"""HTTP entry point of XP, levels and records: /v1/gamification."""

from gamification import store
from gamification.domain import LEVELS, TOTAL
from gamification.schemas import GamificationProgress, LevelResponse, PersonalRecordResponse
from stadion.http import Api, lambda_handler
from stadion.pagination import ListResponse

api = Api()
handler = lambda_handler(api)


@api.get("/v1/gamification/progress", summary="Show XP and level", tags=["Gamification"])
def get_progress() -> GamificationProgress:
    return GamificationProgress.of(store.total_xp(api.user_id, TOTAL))


@api.get("/v1/gamification/levels", summary="List the levels and their rewards", tags=["Gamification"])
def list_levels() -> ListResponse[LevelResponse]:
    return ListResponse[LevelResponse](items=[LevelResponse.of(level) for level in LEVELS])


@api.get("/v1/gamification/records", summary="List the personal records", tags=["Gamification"])
def list_records() -> ListResponse[PersonalRecordResponse]:
    records = store.records(api.user_id)
    return ListResponse[PersonalRecordResponse](items=[PersonalRecordResponse.of(record) for record in records])
