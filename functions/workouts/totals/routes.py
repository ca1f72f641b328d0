"""The diary's totals over HTTP."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from stadion import clock
from stadion.fields import Day
from stadion.http import Routes
from stadion.sports import SportType
from workouts.lists.domain import MOST_SPORTS
from workouts.lists.errors import DiaryIsBeingListedError
from workouts.totals import service
from workouts.totals.domain import TotalsPeriod
from workouts.totals.errors import TotalsRangeError
from workouts.totals.schemas import TotalsResponse

router = Routes()

From = Annotated[Day | None, Query(alias="from", examples=["2026-11-01"])]
To = Annotated[Day | None, Query(alias="to", examples=["2026-11-21"])]


@router.get(
    "/v1/workouts/totals",
    summary="Sum the diary up",
    tags=["Workouts"],
    raises=(TotalsRangeError, DiaryIsBeingListedError),
)
def get_totals(
    first: From = None,
    last: To = None,
    sport_type: Annotated[list[SportType] | None, Query(max_length=MOST_SPORTS)] = None,
    by: Annotated[TotalsPeriod | None, Query()] = None,
) -> TotalsResponse:
    """Over days, at most 731, in all and by sport, with the time before and the whole diary beside them. When no range
    is given: six weeks until now, or with `by`, twelve weeks or months or two years, the present one included.

    A workout is of the day on which it began, by the clock that it is shown by; weeks begin as the athlete's settings
    say. Flagged ones are in the sums, with their share beside each."""
    sports = frozenset(sport_type or ())
    return TotalsResponse.of(service.totals(router.user_id, first, last, sports, clock.now(), by=by))
