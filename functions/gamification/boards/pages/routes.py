"""Leaderboards over HTTP."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from gamification.boards.building.errors import BoardNotKeptError, TooManyBoardsError
from gamification.boards.domain import LONGEST_ID, BadBoardError, BoardId
from gamification.boards.pages import service
from gamification.boards.pages.errors import BoardNotFoundError
from gamification.boards.pages.schemas import BoardHistory, BoardStanding, BoardSummary, Leaderboard, PastStanding
from gamification.boards.people import store as people
from gamification.boards.people.domain import Hiding
from stadion import clock
from stadion.errors import InvalidCursorError
from stadion.http import JSON, Cursor, Routes
from stadion.pagination import ListResponse

router = Routes()
TAGS = ["Leaderboards"]
MOST_AROUND = 25
Board = Annotated[str, Path(max_length=LONGEST_ID, examples=["global.run.distance.week"])]


@router.get("/v1/leaderboards", summary="List the boards that there are for me", tags=TAGS)
def list_boards() -> ListResponse[BoardSummary]:
    """Those that are always kept; and of my places those that are made when somebody looks at them."""
    now, reader = clock.now(), router.reader
    boards = [BoardSummary.of(board, now, reader) for board in service.offered(router.user_id, now)]
    return ListResponse[BoardSummary](items=boards)


@router.get(
    "/v1/leaderboards/<board>",
    summary="Show a board and where I stand on it",
    tags=TAGS,
    responses={202: {"description": "It is being made: ask again in a minute."}},
    raises=(BoardNotFoundError, BoardNotKeptError, TooManyBoardsError, InvalidCursorError),
)
def get_board(
    board: Board,
    limit: Annotated[int, Query(ge=1, le=100)] = 100,
    cursor: Cursor = None,
    around: Annotated[int, Query(ge=0, le=MOST_AROUND, description="lines above and below me")] = 5,
) -> Response[Leaderboard]:
    """`<scope>.<sport family or all>.<metric>.<period>`, such as `global.run.distance.week` or
    `country-ru.all.xp.2026-W48`. Who wants no name is a line without one; nobody stands on a board with nothing."""
    asked, now = _board(board), clock.now()
    page = service.look(router.user_id, asked, now, limit=limit, cursor=cursor, around=around)
    if page is None:
        answer = Leaderboard.building(asked, router.reader, now)
        return Response(202, JSON, answer, headers={"Retry-After": "60"})
    hiding = people.HIDING.find() or Hiding()
    return Response(200, JSON, Leaderboard.of(page, asked, router.reader, router.user_id, hiding, now))


@router.get(
    "/v1/leaderboards/<board>/history",
    summary="Show where I stood when past periods were over",
    tags=TAGS,
    raises=(BoardNotFoundError,),
)
def get_board_history(board: Board) -> BoardHistory:
    """Each as it was two days after its end; what came later moved the board, and not this."""
    asked, now, reader = _board(board), clock.now(), router.reader
    past = service.past(router.user_id, asked, now)
    year_ago = PastStanding.of(past.year_ago, asked.metric, reader) if past.year_ago is not None else None
    return BoardHistory(
        board=BoardSummary.of(asked, now, reader),
        items=[PastStanding.of(one, asked.metric, reader) for one in past.items],
        now=BoardStanding.of(past.now, reader) if past.now is not None else None,
        year_ago=year_ago,
    )


def _board(text: str) -> BoardId:
    try:
        return BoardId.parse(text)
    except BadBoardError as error:
        raise BoardNotFoundError(why=error.text.say(router.language)) from error
