"""Achievements over HTTP: what there is to earn, and how the athlete stands.

Icons are in the answers, not behind an address: an app shows dozens at once, also offline, and an image view sends no
token. They are some 900 bytes each, and the answer has an ETag.
"""

from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from gamification.achievements import look_service
from gamification.achievements.errors import AchievementNotFoundError
from gamification.achievements.look_service import Look, Standing
from gamification.achievements.schemas import LATEST, AchievementResponse
from stadion import clock, pagination
from stadion.contract import NotModifiedError
from stadion.errors import InvalidCursorError
from stadion.http import Cursor, Limit, Routes, listed
from stadion.pagination import DEFAULT_LIMIT, ListResponse, Page

router = Routes()
BASE: Final = "/v1/gamification/achievements"
TAGS: Final = ["Gamification"]
AchievementId = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{1,38}[a-z0-9]$", examples=["early_bird"])]
SCOPE: Final = pagination.fingerprint("achievements")


@router.get(
    BASE,
    summary="List the achievements, and how I stand",
    tags=TAGS,
    raises=(InvalidCursorError, NotModifiedError),
    headers=("ETag",),
)
def list_achievements(
    limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response[ListResponse[AchievementResponse]]:
    """In the order of the catalogue. Those that are hidden are here when they are earned."""
    seen = _known(look_service.look(router.user_id, clock.now()))
    page = _page(seen.standings, limit, cursor)
    body = listed(page, lambda one: AchievementResponse.of(one, router.reader, shown=LATEST))
    return router.versioned(body, seen.revision, variant=_variant(seen))


@router.get(
    f"{BASE}/<achievement_id>",
    summary="Show an achievement, and how I stand",
    tags=TAGS,
    raises=(AchievementNotFoundError, NotModifiedError),
    headers=("ETag",),
)
def get_achievement(achievement_id: AchievementId) -> Response[AchievementResponse]:
    """With all occurrences that were earned. One that is hidden is not found before it is earned."""
    one, seen = look_service.look_at(router.user_id, achievement_id, clock.now())
    _known(seen)
    return router.versioned(AchievementResponse.of(one, router.reader), seen.revision, variant=_variant(seen))


def _known(seen: Look) -> Look:
    """The copy of the athlete came with the tallies."""
    router.reader.is_known(seen.athlete.reader)
    return seen


def _variant(seen: Look) -> str:
    return f"{seen.variant}.{router.language.value}.{router.reader.units.value}"


def _page(standings: tuple[Standing, ...], limit: int, cursor: str | None) -> Page[Standing]:
    """The cursor names the last one that was shown."""
    position = pagination.decode(cursor, SCOPE)
    first = 0
    if position is not None:
        after = position.get("after", {}).get("S")
        ids = [one.rule.id for one in standings]
        if after not in ids:
            raise InvalidCursorError
        first = ids.index(after) + 1
    shown = list(standings[first : first + limit])
    is_last = first + limit >= len(standings)
    return Page(shown, None if is_last else pagination.encode({"after": {"S": shown[-1].rule.id}}, SCOPE))
