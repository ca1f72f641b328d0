"""A run of the data as a watch would have recorded it: a point every ten seconds, an even pace, no positions."""

from datetime import UTC, datetime
from typing import Final

from tests.gamification.year import Run
from tests.workouts.recordings.formats.unit.fits import START, UINT32, an_activity, record, session

EVERY_S: Final = 10
DISTANCE: Final = 5
TOTAL_DISTANCE: Final = 9
CENTIMETRES: Final = 100


def fit_of(run: Run) -> bytes:
    begins = (run.started_at - datetime.fromtimestamp(START, UTC)).total_seconds()
    seconds = [*range(0, run.elapsed_s, EVERY_S), run.elapsed_s]
    points = (
        record(begins + second, (DISTANCE, UINT32, round(run.distance_m * CENTIMETRES * second / run.elapsed_s)))
        for second in seconds
    )
    whole = (TOTAL_DISTANCE, UINT32, round(run.distance_m * CENTIMETRES))
    return an_activity(*points, session(begins, begins + run.elapsed_s, whole))
