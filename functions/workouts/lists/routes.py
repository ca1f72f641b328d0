"""The diary's list over HTTP."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from stadion import clock
from stadion.errors import InvalidCursorError
from stadion.fields import Moment, Thousandths
from stadion.http import Cursor, Limit, Routes
from stadion.pagination import DEFAULT_LIMIT
from stadion.sports import SportType
from workouts.base.entry import tag_key
from workouts.domain import MAX_TAGS, Mark
from workouts.lists import service
from workouts.lists.domain import MOST_SPORTS, Filters, Order, Span, words_asked
from workouts.lists.errors import DiaryIsBeingListedError, NoWordsError, TooManyToOrderError
from workouts.lists.schemas import WorkoutList

router = Routes()

Number = Annotated[float, Thousandths]
Metres = Annotated[Number | None, Query(ge=0, le=10_000_000)]
Seconds = Annotated[Number | None, Query(ge=0, le=10_000_000)]
Speed = Annotated[Number | None, Query(ge=0, le=1_000)]


@router.get(
    "/v1/workouts",
    summary="List and search the diary, newest first",
    tags=["Workouts"],
    raises=(InvalidCursorError, NoWordsError, TooManyToOrderError, DiaryIsBeingListedError),
)
def list_workouts(
    sport_type: Annotated[list[SportType] | None, Query(max_length=MOST_SPORTS)] = None,
    started_from: Annotated[Moment | None, Query()] = None,
    started_to: Annotated[Moment | None, Query()] = None,
    gear_id: Annotated[str | None, Query(max_length=64)] = None,
    min_distance_m: Metres = None,
    max_distance_m: Metres = None,
    min_moving_time_s: Seconds = None,
    max_moving_time_s: Seconds = None,
    min_speed_mps: Speed = None,
    max_speed_mps: Speed = None,
    min_ascent_m: Metres = None,
    max_ascent_m: Metres = None,
    tag: Annotated[list[str] | None, Query(max_length=MAX_TAGS)] = None,
    mark: Annotated[Mark | None, Query()] = None,
    has_gps: Annotated[bool | None, Query()] = None,
    flagged: Annotated[bool | None, Query()] = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
    order: Annotated[Order, Query()] = Order.NEWEST,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> WorkoutList:
    """What was written before is in it. `q` finds beginnings of words in name, description and notes, all of them,
    whatever their case and accents; of a long text, the first three hundred words or so. A name that nobody gave
    (`is_named` false) is not searched: filter by `sport_type` and time.

    A page may hold fewer workouts than `limit` and still have one after it: `next_cursor` tells. Both cursors stay
    good while workouts come and go; the page that one leads to may be empty by then. Workouts without the number that
    the list is ordered by come last."""
    filters = Filters(
        sport_types=tuple(dict.fromkeys(sport_type or ())),
        started_from=started_from,
        started_to=started_to,
        gear_id=gear_id,
        distance=Span(least=min_distance_m, most=max_distance_m),
        moving_time=Span(least=min_moving_time_s, most=max_moving_time_s),
        speed=Span(least=min_speed_mps, most=max_speed_mps),
        ascent=Span(least=min_ascent_m, most=max_ascent_m),
        tags=tuple(dict.fromkeys(map(tag_key, tag or ()))),
        mark=mark,
        has_gps=has_gps,
        flagged=flagged,
        words=words_asked(q),
    )
    page = service.page(router.user_id, filters, order, limit=limit, cursor=cursor, now=clock.now())
    router.reader.is_known(page.reader)
    return WorkoutList.of(page, router.reader)
