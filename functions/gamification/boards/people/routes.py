"""Who is on boards, over HTTP."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from gamification.boards.people import service, store
from gamification.boards.people.domain import Player
from gamification.boards.people.schemas import BoardPresence, BoardPresenceResponse
from stadion import clock
from stadion.contract import EDIT
from stadion.http import Routes, tagged

router = Routes()
TAGS = ["Leaderboards"]


@router.get("/v1/leaderboards/me", summary="Show whether and how I am on boards", tags=TAGS, headers=("ETag",))
def get_board_presence() -> Response[BoardPresenceResponse]:
    """`shown` is null until the athlete was asked: until then they count without a name."""
    return _mine(store.player(router.user_id).value or Player())


@router.put(
    "/v1/leaderboards/me",
    summary="Say whether and how I am on boards",
    tags=TAGS,
    raises=EDIT,
    headers=("ETag",),
)
def put_board_presence(body: Annotated[BoardPresence, Body()]) -> Response[BoardPresenceResponse]:
    """The first answer needs no `If-Match`. Who leaves is on no page from this moment on."""

    def change() -> Player:
        old = store.player(router.user_id).value
        if old is not None:
            router.if_match(old.revision)
        return service.answer(router.user_id, body.shown, body.name, old or Player(), clock.now())

    return _mine(router.edit(change))


def _mine(player: Player) -> Response[BoardPresenceResponse]:
    may = service.may_be(router.user_id, clock.now().date())
    return tagged(BoardPresenceResponse.of(player, may_be_named=may), player.revision)
