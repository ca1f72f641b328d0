"""Responses of totals."""

from datetime import date
from typing import Self

from pydantic import BaseModel, Field

from stadion.sports import SportType
from workouts.totals.domain import DiaryTotals, Total


class SumsResponse(BaseModel):
    count: int = Field(examples=[12], description="workouts")
    distance_m: float = Field(examples=[96400.0])
    elapsed_time_s: float
    moving_time_s: float
    ascent_m: float
    calories_kcal: float


class TotalResponse(SumsResponse):
    flagged: SumsResponse = Field(description="the share of workouts with implausible values; it is in the sums, too")


class SportTotalResponse(TotalResponse):
    sport_type: SportType

    @classmethod
    def of_sport(cls, sport_type: SportType, total: Total) -> Self:
        return cls(sport_type=sport_type, **total.model_dump())


class TotalsResponse(TotalResponse):
    first_day: date
    last_day: date = Field(description="included")
    by_sport: list[SportTotalResponse]
    dropped: list[str] = Field(
        default_factory=list,
        examples=[["calories_kcal"]],
        description="sums without what the athlete does not agree to: the consent `health_data`",
    )

    @classmethod
    def of(cls, found: DiaryTotals) -> Self:
        by_sport = [SportTotalResponse.of_sport(kind, total) for kind, total in found.by_sport.items()]
        days, whole, dropped = found.days, found.whole.model_dump(), list(found.dropped)
        return cls(first_day=days.first, last_day=days.last, by_sport=by_sport, dropped=dropped, **whole)
