"""HTTP entry point of XP, levels and records: /v1/gamification."""

from gamification import store
from gamification.domain import LEVELS, TOTAL, level_at, next_level
from gamification.schemas import LevelResponse, Progress, RecordResponse
from stadion.http import Api, lambda_handler
from stadion.pagination import ListResponse

api = Api()
handler = lambda_handler(api)


@api.get("/v1/gamification/progress", summary="Show XP and level", tags=["Gamification"])
def get_progress() -> Progress:
    xp = store.total_xp(api.user_id, TOTAL)
    current = level_at(xp)
    following = next_level(current)
    rewarded = next((level for level in LEVELS[current.level :] if level.reward), None)
    return Progress(
        xp=xp,
        level=current.level,
        level_xp=current.xp,
        next_level_xp=following.xp if following else None,
        next_reward=rewarded.reward if rewarded else None,
    )


@api.get("/v1/gamification/levels", summary="List the levels and their rewards", tags=["Gamification"])
def list_levels() -> ListResponse[LevelResponse]:
    items = [LevelResponse(level=level.level, xp=level.xp, reward=level.reward) for level in LEVELS]
    return ListResponse[LevelResponse](items=items)


@api.get("/v1/gamification/records", summary="List the personal records", tags=["Gamification"])
def list_records() -> ListResponse[RecordResponse]:
    items = [RecordResponse.model_validate(record.model_dump()) for record in store.records(api.user_id)]
    return ListResponse[RecordResponse](items=items)
