"""Requests and responses of streaks."""

from datetime import date
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, Field

from gamification.streaks.domain import MOST_FREEZES, Rules, Settings, Streak, Streaks, StreakUnit
from stadion.http import RequestModel
from stadion.i18n import Language, Text

PAUSED = Text(
    en="The streak is paused: nothing breaks it.",
    ru="Серия на паузе: ничто её не прервёт.",
)
DAYS_MISSING = Text(
    en="Days with a workout that are still missing by {keep_by}: {missing}.",
    ru="Дней с тренировкой не хватает до {keep_by} включительно: {missing}.",
)


class Weekday(StrEnum):
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WEEKDAYS = tuple(Weekday)


class StreakSettings(RequestModel):
    """From today on; what was kept or missed before stays so."""

    unit: StreakUnit = Field(default=StreakUnit.WEEK, description="which streak the athlete hears of; both are counted")
    days_per_week: int = Field(default=1, ge=1, le=7, description="so many different days keep a week", examples=[3])
    rest_weekdays: list[Weekday] = Field(
        default_factory=list,
        max_length=6,
        description="planned rest of the streak of days: these days need no workout",
        examples=[["sunday"]],
    )
    paused: bool = Field(default=False, description="nothing breaks until it is set to false")

    def rules(self) -> dict[str, Any]:
        rests = sorted({WEEKDAYS.index(day) + 1 for day in self.rest_weekdays})
        return {**self.model_dump(exclude={"rest_weekdays"}), "rest_weekdays": tuple(rests)}


class StreakSettingsResponse(BaseModel):
    unit: StreakUnit
    days_per_week: int
    rest_weekdays: list[Weekday]
    paused: bool

    @classmethod
    def of(cls, rules: Rules) -> Self:
        rests = [WEEKDAYS[number - 1] for number in rules.rest_weekdays]
        return cls(unit=rules.unit, days_per_week=rules.days_per_week, rest_weekdays=rests, paused=rules.paused)


class Freezes(BaseModel):
    """One is earned by 7 kept days, or 4 kept weeks; a missed one takes it by itself."""

    held: int
    most: int = Field(description="that are kept")
    next_in: int = Field(description="so many kept days or weeks more earn one, while fewer than `most` are held")
    frozen: list[date] = Field(
        description="what freezes were spent on in the current streak: the athlete's own days, or first days of weeks;"
        " a workout of such a day that comes late gives the freeze back"
    )


class StreakResponse(BaseModel):
    unit: StreakUnit
    current: int = Field(description="kept days or weeks in a row", examples=[9])
    best: int = Field(description="the longest in the diary as it is now", examples=[14])
    since: date | None = Field(description="its first day with a workout; null without a streak")
    at_risk: bool = Field(description="this day or week is not kept yet")
    keep_by: date | None = Field(description="the last day on which the next one can be kept; null while paused")
    days_missing: int = Field(description="different days with a workout that are missing by then")
    freezes: Freezes
    why: str = Field(
        description="what keeps it, in words",
        examples=["Days with a workout that are still missing by 2026-11-29: 1."],
    )

    @classmethod
    def of(cls, streak: Streak, language: Language) -> Self:
        words = PAUSED.say(language)
        if streak.keep_by is not None:
            words = DAYS_MISSING.say(language, keep_by=streak.keep_by, missing=streak.days_missing)
        return cls(
            unit=streak.unit,
            current=streak.current,
            best=streak.best,
            since=streak.since,
            at_risk=streak.at_risk,
            keep_by=streak.keep_by,
            days_missing=streak.days_missing,
            freezes=Freezes(
                held=streak.freezes, most=MOST_FREEZES, next_in=streak.next_freeze_in, frozen=list(streak.frozen)
            ),
            why=words,
        )


class StreaksResponse(BaseModel):
    """By the athlete's own calendar: a workout is of the day, and the week, that its own zone had when it began."""

    unit: StreakUnit = Field(description="which of the two the athlete chose")
    week: StreakResponse
    day: StreakResponse
    settings: StreakSettingsResponse

    @classmethod
    def of(cls, streaks: Streaks, settings: Settings, language: Language) -> Self:
        return cls(
            unit=settings.current.unit,
            week=StreakResponse.of(streaks.week, language),
            day=StreakResponse.of(streaks.day, language),
            settings=StreakSettingsResponse.of(settings.current),
        )
