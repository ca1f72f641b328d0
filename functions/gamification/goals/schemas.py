"""Requests and responses of goals."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, Field, Strict

from gamification.goals.domain import Goal, GoalMetric, GoalPeriod
from gamification.goals.service import Shown
from gamification.goals.texts import sports_of
from stadion.http import RequestModel
from stadion.i18n import Language
from stadion.sports import Family

Target = Annotated[
    int,
    Strict(),
    Field(ge=1, le=10_000_000, description="in metres, seconds, workouts or XP", examples=[100_000]),
]
UNITS: Final = {
    GoalMetric.DISTANCE: "m",
    GoalMetric.MOVING_TIME: "s",
    GoalMetric.ASCENT: "m",
    GoalMetric.WORKOUTS: "workouts",
    GoalMetric.XP: "xp",
}


class NewGoal(RequestModel):
    metric: GoalMetric
    period: GoalPeriod = Field(description="the athlete's own week or month")
    sport_family: Family | None = Field(default=None, description="null: all sports", examples=["run"])
    target: Target

    def goal(self, goal_id: str, now: datetime) -> Goal:
        return Goal(
            goal_id=goal_id,
            metric=self.metric,
            period=self.period,
            family=self.sport_family,
            target=self.target,
            created_at=now,
        )


class GoalPatch(RequestModel):
    """RFC 7396 merge patch: another metric, period or sport is another goal."""

    target: Target | None = None

    def changes(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class GoalProgress(BaseModel):
    first_day: date = Field(description="of the week or month that it is where the athlete lives")
    last_day: date
    value: float = Field(description="in the goal's unit, as far as the days have come", examples=[42_195.0])
    missing: float = Field(description="to the target; 0 when it is reached")
    share: float = Field(description="of the target; more than 1 beyond it", examples=[0.42])
    is_reached: bool


class GoalResponse(BaseModel):
    goal_id: str
    metric: GoalMetric
    period: GoalPeriod
    sport_family: Family | None = Field(description="null: all sports")
    sports: str = Field(description="in words", examples=["Running"])
    target: int
    unit: str = Field(description="of `target` and of the progress", examples=["m"])
    progress: GoalProgress

    @classmethod
    def of(cls, shown: Shown, language: Language) -> Self:
        goal, progress = shown.goal, shown.progress
        return cls(
            goal_id=goal.goal_id,
            metric=goal.metric,
            period=goal.period,
            sport_family=goal.family,
            sports=sports_of(goal.family).say(language),
            target=goal.target,
            unit=UNITS[goal.metric],
            progress=GoalProgress(
                first_day=progress.days.first,
                last_day=progress.days.last,
                value=progress.value,
                missing=max(0.0, round(goal.target - progress.value, 3)),
                share=round(progress.value / goal.target, 4),
                is_reached=progress.is_reached,
            ),
        )
