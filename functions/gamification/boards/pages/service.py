"""Use cases: a look at a board, at the boards that there are for an athlete, and at where one stood."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from gamification.athletes.domain import Athlete, stay_on
from gamification.athletes.store import ATHLETES
from gamification.boards import rank
from gamification.boards.building import service as building
from gamification.boards.building.errors import BoardNotKeptError
from gamification.boards.domain import (
    NOWHERE,
    WHOLE,
    BoardId,
    BoardMetric,
    BoardPage,
    PeriodKind,
    Place,
    Standing,
    is_default,
)
from gamification.boards.history import store as history
from gamification.boards.history.domain import Stood
from stadion.sports import Family


def look(
    user_id: str, board: BoardId, now: datetime, *, limit: int, cursor: str | None, around: int
) -> BoardPage | None:
    """None: it is being made. One of a place where one does not live is there when somebody who does asked."""
    named = board.at(now)
    if not named.span.is_kept(now) or now < named.span.start:
        raise BoardNotKeptError
    if not board.is_kept_always:
        known = building.known(board)
        if (known is None or not known.is_ready) and board.scope not in _place(user_id, now).scopes:
            raise BoardNotKeptError
        build = building.look(user_id, board, now)
        if named.span.end <= build.since:
            raise BoardNotKeptError
        if not build.is_ready:
            return None
    return rank.page(named, user_id, limit=limit, cursor=cursor, around=around)


def offered(user_id: str, now: datetime) -> list[BoardId]:
    """Those that are always kept, of all sports and of each, and those of one's own places that can be asked for."""
    return list(_offered(_place(user_id, now)))


def _offered(place: Place) -> Iterator[BoardId]:
    families = [WHOLE, *(family.value for family in Family if family is not Family.UNKNOWN)]
    for scope in place.scopes:
        for metric in BoardMetric:
            for kind in PeriodKind:
                for family in families if is_default(BoardId(scope, WHOLE, metric, kind).key, kind) else [WHOLE]:
                    yield BoardId(scope, family, metric, kind)


def _place(user_id: str, now: datetime) -> Place:
    stay = stay_on(ATHLETES.find(user_id) or Athlete(), now.date())
    return Place(*stay.where) if stay is not None else NOWHERE


@dataclass(frozen=True)
class Past:
    items: list[Stood]
    now: Standing | None
    year_ago: Stood | None


def past(user_id: str, board: BoardId, now: datetime) -> Past:
    current = board.at(now)
    items = history.past(user_id, history.line_of(current))
    before = _year_before(current, now)
    return Past(items, rank.rank(user_id, current), next((one for one in items if one.period == before), None))


def _year_before(board: BoardId, now: datetime) -> str:
    """The week of the same number is that of 52 weeks ago."""
    ago = now - timedelta(weeks=52) if board.kind is PeriodKind.WEEK else now - timedelta(days=365)
    kind = PeriodKind(board.kind)
    return BoardId(board.scope, board.family, board.metric, kind).at(ago).period
