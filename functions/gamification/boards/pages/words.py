"""What a board is called, in words."""

from typing import Final

from gamification.base.families import FAMILIES
from gamification.boards.domain import WHOLE, BoardId, BoardMetric, PeriodKind
from stadion.i18n import Language, Text
from stadion.units import Reader, duration, number, said

METRICS: Final = {
    BoardMetric.XP: Text(en="XP", ru="XP"),
    BoardMetric.DISTANCE: Text(en="Distance", ru="Расстояние"),
    BoardMetric.MOVING_TIME: Text(en="Moving time", ru="Время в движении"),
    BoardMetric.ASCENT: Text(en="Ascent", ru="Набор высоты"),
    BoardMetric.WORKOUTS: Text(en="Workouts", ru="Тренировки"),
}
SPORTS: Final = {
    WHOLE: Text(en="all sports", ru="все виды спорта"),
    **{family.value: text for family, text in FAMILIES.items()},
}
KINDS: Final = {
    PeriodKind.WEEK: Text(en="week {period}", ru="неделя {period}"),
    PeriodKind.MONTH: Text(en="month {period}", ru="месяц {period}"),
    PeriodKind.YEAR: Text(en="year {period}", ru="год {period}"),
    PeriodKind.EVER: Text(en="ever", ru="за всё время"),
}
WORLD: Final = Text(en="the world", ru="весь мир")
COUNTRY: Final = Text(en="country {code}", ru="страна {code}")
REGION: Final = Text(en="region {code}", ru="регион {code}")
CITY: Final = Text(en="city {code}", ru="город {code}")
SCOPES: Final = {"country": COUNTRY, "region": REGION, "city": CITY}
RULES: Final = Text(
    en="Recorded workouts without implausible values count, by their start in UTC; weeks begin on Monday (ISO 8601). A"
    " day counts up to {most} XP. The place is that of the profile on the workout's day. Equal scores have one rank (1,"
    " 2, 2, 4); among them, whoever got there first stands first.",
    ru="Считаются записанные тренировки без неправдоподобных значений, по началу в UTC; неделя начинается в понедельник"
    " (ISO 8601). День засчитывает до {most} XP. Место берётся из профиля на день тренировки. У равных результатов одно"
    " место (1, 2, 2, 4); среди равных первым стоит тот, кто достиг результата раньше.",
)


def title(board: BoardId, language: Language) -> str:
    """Distance, running, week 2026-W49, the world."""
    period = KINDS[board.kind].say(language, period=board.period)
    parts = (METRICS[board.metric].say(language), SPORTS[board.family].say(language), period, _scope(board, language))
    return ", ".join(parts)


def _scope(board: BoardId, language: Language) -> str:
    kind, _, rest = board.scope.partition("-")
    if kind not in SCOPES:
        return WORLD.say(language)
    return SCOPES[kind].say(language, code=rest.upper() if kind != "city" else rest)


def score(value: int, metric: BoardMetric, reader: Reader) -> str:
    """In the reader's language and units."""
    if metric is BoardMetric.DISTANCE:
        return said(round(value / 1000, 1), "km", reader)
    if metric is BoardMetric.ASCENT:
        return said(value, "m", reader)
    if metric is BoardMetric.MOVING_TIME:
        return duration(value)
    return f"{number(value, reader.language)}{' XP' if metric is BoardMetric.XP else ''}"
