"""Goals in words."""

from typing import Final

from gamification.goals.domain import GoalPeriod
from stadion.i18n import Text
from stadion.sports import Family

ALL_SPORTS: Final = Text(en="All sports", ru="Все виды спорта")
FAMILIES: Final = {
    Family.RUN: Text(en="Running", ru="Бег"),
    Family.RIDE: Text(en="Cycling", ru="Велосипед"),
    Family.WALK: Text(en="Walking", ru="Ходьба"),
    Family.SWIM: Text(en="Swimming", ru="Плавание"),
    Family.SNOW: Text(en="Skiing and snowboarding", ru="Лыжи и сноуборд"),
    Family.SKATE: Text(en="Skating", ru="Коньки и ролики"),
    Family.PADDLE: Text(en="Rowing and paddling", ru="Гребля"),
    Family.WIND_AND_WAVE: Text(en="Sailing and surfing", ru="Парус и сёрфинг"),
    Family.RACKET: Text(en="Racket sports", ru="Игры с ракеткой"),
    Family.BALL: Text(en="Ball games", ru="Игры с мячом"),
    Family.GYM: Text(en="Gym", ru="Зал"),
    Family.CLIMB: Text(en="Climbing", ru="Скалолазание"),
    Family.UNKNOWN: Text(en="Other workouts", ru="Другие тренировки"),
}
PERIODS: Final = {
    GoalPeriod.WEEK: Text(en="Weekly", ru="Недельная"),
    GoalPeriod.MONTH: Text(en="Monthly", ru="Месячная"),
}
"""Before the word goal."""


def sports_of(family: Family | None) -> Text:
    return FAMILIES[family] if family is not None else ALL_SPORTS
