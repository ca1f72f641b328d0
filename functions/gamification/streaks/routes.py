"""Streaks over HTTP: /v1/gamification/streaks."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from gamification.streaks import service, store
from gamification.streaks.schemas import StreakSettings, StreaksResponse
from stadion import clock
from stadion.contract import EDIT
from stadion.http import Routes, tagged

router = Routes()


@router.get("/v1/gamification/streaks", summary="Show my streaks", tags=["Gamification"], headers=("ETag",))
def get_streaks() -> Response[StreaksResponse]:
    """As they are now. The ETag is that of the settings, and no shortcut: streaks move without them."""
    return _shown(service.show(router.user_id, clock.now()))


@router.put(
    "/v1/gamification/streaks/settings",
    summary="Set by which rules my streaks are kept",
    tags=["Gamification"],
    raises=(*EDIT,),
    headers=("ETag",),
)
def put_streak_settings(body: Annotated[StreakSettings, Body()]) -> Response[StreaksResponse]:
    """From today on: what was kept or missed before stays so."""

    def change() -> service.Shown:
        known = store.known(router.user_id)
        router.if_match(known.settings.revision or 0)
        return service.set_rules(router.user_id, known, body.rules(), clock.now())

    return _shown(router.edit(change))


def _shown(shown: service.Shown) -> Response[StreaksResponse]:
    return tagged(StreaksResponse.of(shown.streaks, shown.settings, router.language), shown.revision)
