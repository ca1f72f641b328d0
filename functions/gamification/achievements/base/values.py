"""Rules of achievements as data: what starts one, what it measures, and how often it can be earned.

Only shapes are checked here; what a shape cannot tell is in `problems`.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gamification.streaks.domain import StreakUnit
from stadion.errors import UnacceptableValueError
from stadion.fields import LINE
from stadion.i18n import Language, Text
from stadion.places import Country
from stadion.rewards import RewardCode
from stadion.sports import Family, SportType

DEEPEST: Final = 5
MAX_PARTS: Final = 30
"""Conditions and measures of one rule, together."""
MAX_TIERS: Final = 10
MOST: Final = 10**12
MAX_TEXT: Final = 300


class StrictValue(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        str_strip_whitespace=True,
        allow_inf_nan=False,
        populate_by_name=True,
        hide_input_in_errors=True,
    )


class AchievementWords(StrictValue):
    """The same text in every language."""

    en: Annotated[str, Field(min_length=1, max_length=MAX_TEXT, pattern=LINE)]
    ru: Annotated[str, Field(min_length=1, max_length=MAX_TEXT, pattern=LINE)]

    def say(self, language: Language) -> str:
        text: str = getattr(self, language.value)
        return text


# --- conditions: judged on the workout alone -------------------------------------------------------------------------


class Bounds(StrictValue):
    """`gte` is included, `lt` is not."""

    gte: Annotated[int, Field(ge=0, le=MOST, strict=True)] | None = None
    lt: Annotated[int, Field(ge=1, le=MOST, strict=True)] | None = None


class Hours(StrictValue):
    """Local hours of the start; `from` 22 `to` 4 is through midnight. `to` is not included."""

    from_: Annotated[int, Field(ge=0, le=23, strict=True)] = Field(alias="from")
    to: Annotated[int, Field(ge=0, le=24, strict=True)]


DAY_OF_YEAR: Final = r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
DATE: Final = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
SeasonDay = Annotated[str, Field(pattern=f"{DAY_OF_YEAR}|{DATE}", examples=["12-01", "2026-12-01"])]


class Season(StrictValue):
    """Both days included: of every year (`12-01` to `02-28`, through the new year), or dates."""

    from_: SeasonDay = Field(alias="from")
    to: SeasonDay


class Within(StrictValue):
    """A best effort over a distance, at least as fast."""

    name: Annotated[str, Field(min_length=1, max_length=20)]
    within_s: Annotated[int, Field(ge=1, le=10**6, strict=True)]


class Origin(StrEnum):
    RECORDED = "recorded"
    MANUAL = "manual"


Weekday = Annotated[int, Field(ge=1, le=7, strict=True, description="ISO: Monday is 1")]


class Where(StrictValue):
    """All that is given must fit. What a workout does not say fits nothing."""

    sport_types: list[SportType] | None = Field(default=None, min_length=1, max_length=60)
    families: list[Family] | None = Field(default=None, min_length=1, max_length=13)
    countries: list[Country] | None = Field(default=None, min_length=1, max_length=60)
    weekdays: list[Weekday] | None = Field(default=None, min_length=1, max_length=7)
    local_hour: Hours | None = None
    season: Season | None = None
    distance_m: Bounds | None = None
    ascent_m: Bounds | None = None
    moving_time_s: Bounds | None = None
    elapsed_time_s: Bounds | None = None
    origin: Origin | None = None
    best_effort: Within | None = None
    all: "list[Where] | None" = Field(default=None, min_length=1, max_length=10)
    any: "list[Where] | None" = Field(default=None, min_length=1, max_length=10)
    none: "list[Where] | None" = Field(default=None, min_length=1, max_length=10)

    def children(self) -> "Iterator[tuple[str, Where]]":
        for name in ("all", "any", "none"):
            for number, child in enumerate(getattr(self, name) or ()):
                yield f"/{name}/{number}", child


ASKED: Final = {
    "sport_types": "sport_type",
    "families": "sport_type",
    "countries": "country",
    "weekdays": "started_at",
    "local_hour": "started_at",
    "season": "started_at",
    "distance_m": "distance_m",
    "ascent_m": "ascent_m",
    "moving_time_s": "moving_time_s",
    "elapsed_time_s": "elapsed_time_s",
    "origin": "origin",
    "best_effort": "best_efforts",
}
"""Condition -> the field of `WorkoutFacts` that it asks."""


# --- measures: read from counters ------------------------------------------------------------------------------------


class MeasureKind(StrEnum):
    COUNT = "count"
    SUM = "sum"
    DISTINCT = "distinct"
    STREAK = "streak"
    RECORDS = "records"


class Summed(StrEnum):
    DISTANCE_M = "distance_m"
    ASCENT_M = "ascent_m"
    MOVING_TIME_S = "moving_time_s"
    ELAPSED_TIME_S = "elapsed_time_s"


class Distinct(StrEnum):
    SPORT_TYPE = "sport_type"
    FAMILY = "family"
    COUNTRY = "country"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_TAKES: Final = {MeasureKind.SUM: "sum", MeasureKind.DISTINCT: "of", MeasureKind.STREAK: "unit"}


class AchievementMeasure(StrictValue):
    """How many workouts; the sum of a field; how many different ones; the longest streak; standing records."""

    kind: MeasureKind
    sum: Summed | None = Field(default=None, description="only with `sum`")
    of: Distinct | None = Field(default=None, description="only with `distinct`")
    unit: StreakUnit | None = Field(default=None, description="only with `streak`")

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        for kind, name in _TAKES.items():
            if (getattr(self, name) is not None) != (self.kind is kind):
                raise UnacceptableValueError(
                    Text(
                        en=f"`{name}` goes with the kind `{kind}`, and is needed there.",
                        ru=f"`{name}` бывает только у вида `{kind}`, и там оно нужно.",
                    )
                )
        return self

    @property
    def is_of_others(self) -> bool:
        """Kept by streaks and records, not by counters of ours."""
        return self.kind in {MeasureKind.STREAK, MeasureKind.RECORDS}


Target = Annotated[int, Field(strict=True, le=MOST)]


class Criterion(StrictValue):
    """One measure and its target, or several criteria joined by `all`, `any` or `none`."""

    where: Where | None = None
    measure: AchievementMeasure | None = None
    target: Target | None = None
    all: "list[Criterion] | None" = Field(default=None, min_length=1, max_length=10)
    any: "list[Criterion] | None" = Field(default=None, min_length=1, max_length=10)
    none: "list[Criterion] | None" = Field(default=None, min_length=1, max_length=10)

    @property
    def joins(self) -> list[str]:
        return [name for name in ("all", "any", "none") if getattr(self, name) is not None]

    def children(self) -> "Iterator[tuple[str, Criterion]]":
        for name in self.joins:
            for number, child in enumerate(getattr(self, name)):
                yield f"/{name}/{number}", child

    def leaves(self) -> "Iterator[Criterion]":
        if self.measure is not None:
            yield self
        for _, child in self.children():
            yield from child.leaves()


class AchievementWindow(StrEnum):
    """By the athlete's local day, where the workout began; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    EVER = "ever"


ORDER: Final = (AchievementWindow.DAY, AchievementWindow.WEEK, AchievementWindow.MONTH, AchievementWindow.EVER)


class AchievementRepeat(StrEnum):
    NEVER = "never"
    EACH_WINDOW = "each_window"
    """In every day, week or month anew."""
    EACH_MULTIPLE = "each_multiple"
    """At the target, at twice the target and so on."""


class Shape(StrEnum):
    ROUND = "round"
    SHIELD = "shield"
    HEXAGON = "hexagon"
    STAR = "star"


class Glyph(StrEnum):
    SHOE = "shoe"
    WHEEL = "wheel"
    WAVE = "wave"
    MOUNTAIN = "mountain"
    SUN = "sun"
    MOON = "moon"
    SNOWFLAKE = "snowflake"
    LEAF = "leaf"
    FLAME = "flame"
    CLOCK = "clock"
    CALENDAR = "calendar"
    GLOBE = "globe"
    FLAG = "flag"
    TROPHY = "trophy"
    BOLT = "bolt"
    COMPASS = "compass"
    DUMBBELL = "dumbbell"
    RACKET = "racket"
    BALL = "ball"
    BOOT = "boot"
    PADDLE = "paddle"
    SAIL = "sail"
    HEART = "heart"
    ROAD = "road"
    SPARK = "spark"
    FLOWER = "flower"


class Tint(StrEnum):
    GREEN = "green"
    BLUE = "blue"
    VIOLET = "violet"
    RED = "red"
    ORANGE = "orange"
    GOLD = "gold"
    TEAL = "teal"
    SLATE = "slate"


class Icon(StrictValue):
    glyph: Glyph
    shape: Shape = Shape.ROUND
    tint: Tint = Tint.GREEN
    mark: (
        Annotated[str, Field(pattern=r"^[0-9A-Za-z½×+]{1,5}$", description="a few signs below, such as 10k")] | None
    ) = None


RuleId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,38}[a-z0-9]$", examples=["early_bird"])]
STARTS: Final = ("WorkoutRecorded",)
"""What starts a rule; corrections and deletions of what was recorded always move what it measures."""


class RuleDocument(Criterion):
    """An achievement, as it is written: of a version the criteria never change."""

    id: RuleId
    on: Annotated[list[Annotated[str, Field(max_length=40)]], Field(min_length=1, max_length=3)] = ["WorkoutRecorded"]
    tiers: Annotated[list[Target], Field(min_length=2, max_length=MAX_TIERS)] | None = None
    window: AchievementWindow = AchievementWindow.EVER
    repeat: AchievementRepeat = AchievementRepeat.NEVER
    hidden: bool = False
    season: Season | None = None
    needs: Annotated[list[RuleId], Field(min_length=1, max_length=5)] | None = None
    reward: RewardCode | None = Field(default=None, description="comes with the highest level")
    title: AchievementWords = Field(examples=[{"en": "Early bird", "ru": "Ранняя пташка"}])
    text: AchievementWords = Field(
        description="what it is for, in a sentence",
        examples=[{"en": "Five workouts before seven.", "ru": "Пять тренировок до семи."}],
    )
    icon: Icon = Field(examples=[{"glyph": "sun", "shape": "round", "tint": "gold"}])

    @property
    def targets(self) -> list[int]:
        """Of the levels; of joined criteria, one."""
        if self.tiers is not None:
            return list(self.tiers)
        return [self.target] if self.target is not None else [1]

    def criteria(self) -> dict[str, Any]:
        """What a version is about: another text or icon makes no new one."""
        without = {"title", "text", "icon", "hidden", "reward", "version", "retired"}
        return self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=without)


class Rule(RuleDocument):
    """Of one version."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, hide_input_in_errors=True)

    version: Annotated[int, Field(ge=1)] = 1
    retired: bool = False
    """Nobody earns it any more; what was earned stays."""

    @property
    def ref(self) -> str:
        return f"{self.id}@{self.version}"


ROMAN: Final = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def level_title(rule: RuleDocument, level: int) -> AchievementWords:
    """With the level's number, if there are several."""
    if len(rule.targets) == 1:
        return rule.title
    return AchievementWords(en=f"{rule.title.en} {ROMAN[level]}", ru=f"{rule.title.ru} {ROMAN[level]}")


_IS_DATE: Final = re.compile(DATE)


def is_date(day: str) -> bool:
    return _IS_DATE.match(day) is not None
