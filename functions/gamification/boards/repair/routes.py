"""Boards over HTTP, for admins: /v1/admin/boards."""

from typing import Annotated, Final

from aws_lambda_powertools.event_handler.openapi.params import Path

from gamification.boards.domain import LONGEST_ID, BadBoardError, BoardId
from gamification.boards.pages.errors import BoardNotFoundError
from gamification.boards.repair import service
from gamification.boards.repair.schemas import BoardCheck
from stadion import clock
from stadion.errors import InvalidCursorError, RequestInProgressError
from stadion.http import AdminRoutes, Cursor

router = AdminRoutes()
TAGS: Final = ["Leaderboards"]
Board = Annotated[str, Path(max_length=LONGEST_ID, examples=["global.all.xp.week"])]


@router.get(
    "/v1/admin/boards/<board>/drift",
    summary="Compare a part of a board with its entries",
    tags=TAGS,
    raises=(BoardNotFoundError, InvalidCursorError),
)
def get_board_drift(board: Board, cursor: Cursor = None) -> BoardCheck:
    """Go on with `next_cursor` until there is none. Changes nothing."""
    named = _board(board)
    return BoardCheck.of(str(named), service.check(named, cursor))


@router.post(
    "/v1/admin/boards/<board>/recount",
    summary="Repair a part of a board",
    tags=TAGS,
    raises=(BoardNotFoundError, InvalidCursorError, RequestInProgressError),
)
def recount_board(board: Board, cursor: Cursor = None) -> BoardCheck:
    """As `drift`, and what is wrong is counted anew, while others write. May be repeated."""
    named = _board(board)
    return BoardCheck.of(str(named), service.check(named, cursor, repairs=True))


def _board(text: str) -> BoardId:
    try:
        return BoardId.parse(text).at(clock.now())
    except BadBoardError as error:
        raise BoardNotFoundError(why=error.text.say(router.language)) from error
