"""The diary by time, whole."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Final

from stadion.clock import rfc3339
from stadion.dynamo import Item
from stadion.records import values_of
from workouts.domain import Workout
from workouts.store import DIARY, WORKOUTS
from workouts.totals.domain import Days

EASTERNMOST: Final = timedelta(hours=14)
WESTERNMOST: Final = timedelta(hours=12)
PAGE: Final = 1000
"""Workouts of one query, if they fit into its megabyte."""


def around(user_id: str, days: Days) -> Iterator[Workout]:
    """Those that may have begun on one of the days, wherever they were; in the index, which is a moment late."""
    (partition,) = DIARY.partitions(user_id=user_id)
    begins = datetime.combine(days.first, time(), UTC) - EASTERNMOST
    ends = datetime.combine(days.last, time(), UTC) + timedelta(days=1) + WESTERNMOST
    between = Item.gsi1sk.between(rfc3339(begins), rfc3339(ends))
    position = None
    while True:
        some, position = WORKOUTS.portion(partition, between, position=position, limit=PAGE)
        yield from values_of(some)
        if position is None:
            return
