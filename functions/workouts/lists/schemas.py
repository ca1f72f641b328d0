"""Responses of lists."""

from typing import Self

from pydantic import Field

from stadion.pagination import ListResponse
from stadion.units import Reader
from workouts.lists.service import DiaryPage
from workouts.schemas import WorkoutSummary


class WorkoutList(ListResponse[WorkoutSummary]):
    prev_cursor: str | None = Field(default=None, description="of the page before; null: this is the first one")
    total: int | None = Field(
        default=None,
        examples=[412],
        description="workouts in all pages; only without filters, or with `sport_type` alone",
    )

    @classmethod
    def of(cls, page: DiaryPage, reader: Reader) -> Self:
        return cls(
            items=[WorkoutSummary.of(workout, reader) for workout in page.workouts],
            next_cursor=page.next_cursor,
            prev_cursor=page.prev_cursor,
            total=page.total,
        )
