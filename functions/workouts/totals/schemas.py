"""Responses of totals."""

from datetime import date
from typing import Any, Self

from pydantic import BaseModel, Field

from stadion.sports import SportType
from workouts.totals.domain import DiaryTotals, Total, Totals


class SumsResponse(BaseModel):
    count: int = Field(examples=[12], description="workouts")
    distance_m: float = Field(examples=[96400.0])
    elapsed_time_s: float
    moving_time_s: float
    ascent_m: float
    calories_kcal: float


class TotalResponse(SumsResponse):
    flagged: SumsResponse = Field(description="the share of workouts with implausible values; it is in the sums, too")

    @classmethod
    def numbers(cls, total: Total) -> dict[str, Any]:
        return {**total.whole.model_dump(), "flagged": total.flagged.model_dump()}


class SportTotalResponse(TotalResponse):
    sport_type: SportType

    @classmethod
    def each(cls, totals: Totals) -> list[Self]:
        return [cls(sport_type=kind, **cls.numbers(total)) for kind, total in totals.by_sport.items()]


class AllTimeTotals(TotalResponse):
    by_sport: list[SportTotalResponse]

    @classmethod
    def of(cls, found: Totals) -> Self:
        return cls(by_sport=SportTotalResponse.each(found), **cls.numbers(found.whole))


class PeriodTotals(TotalResponse):
    first_day: date
    last_day: date = Field(description="included")
    by_sport: list[SportTotalResponse]

    @classmethod
    def of_period(cls, found: Totals, **more: Any) -> Self:
        assert found.days is not None  # noqa: S101 - for the type checker
        days, by_sport = found.days, SportTotalResponse.each(found)
        return cls(first_day=days.first, last_day=days.last, by_sport=by_sport, **cls.numbers(found.whole), **more)


class TotalsResponse(PeriodTotals):
    before: PeriodTotals = Field(
        description="of the time just before: as many whole weeks, months or years, if these are; else as many days"
    )
    periods: list[PeriodTotals] = Field(
        default_factory=list, description="each week, month or year, when `by` is sent; also those without a workout"
    )
    all_time: AllTimeTotals = Field(description="of the whole diary")
    dropped: list[str] = Field(
        default_factory=list,
        examples=[["calories_kcal"]],
        description="sums without what the athlete does not agree to: the consent `health_data`",
    )

    @classmethod
    def of(cls, found: DiaryTotals) -> Self:
        return cls.of_period(
            found.asked,
            before=PeriodTotals.of_period(found.before),
            periods=[PeriodTotals.of_period(one) for one in found.periods],
            all_time=AllTimeTotals.of(found.all_time),
            dropped=list(found.dropped),
        )
