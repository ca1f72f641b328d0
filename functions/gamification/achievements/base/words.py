"""Rules in words, in the reader's language and units: what has to be done."""

from collections.abc import Iterator, Sequence
from typing import Final

from gamification.achievements.base.values import (
    AchievementMeasure,
    AchievementRepeat,
    AchievementWindow,
    AchievementWords,
    Bounds,
    Criterion,
    Distinct,
    MeasureKind,
    Origin,
    RuleDocument,
    Season,
    Summed,
    Where,
    is_date,
)
from gamification.base.families import FAMILIES
from gamification.streaks.domain import StreakUnit
from stadion.effort_names import effort_name
from stadion.i18n import Language, Text
from stadion.sport_names import sport_name
from stadion.units import Reader, number, said, worded

KM: Final = 1000
WEEKDAYS: Final = (
    Text(en="Monday", ru="понедельник"),
    Text(en="Tuesday", ru="вторник"),
    Text(en="Wednesday", ru="среда"),
    Text(en="Thursday", ru="четверг"),
    Text(en="Friday", ru="пятница"),
    Text(en="Saturday", ru="суббота"),
    Text(en="Sunday", ru="воскресенье"),
)
SUMMED: Final = {
    Summed.DISTANCE_M: Text(en="distance: {amount}", ru="расстояние: {amount}"),
    Summed.ASCENT_M: Text(en="ascent: {amount}", ru="набор высоты: {amount}"),
    Summed.MOVING_TIME_S: Text(en="moving time: {amount}", ru="время в движении: {amount}"),
    Summed.ELAPSED_TIME_S: Text(en="time: {amount}", ru="время: {amount}"),
}
DISTINCT: Final = {
    Distinct.SPORT_TYPE: Text(en="different sports: {amount}", ru="разных видов спорта: {amount}"),
    Distinct.FAMILY: Text(en="different kinds of sport: {amount}", ru="разных групп спорта: {amount}"),
    Distinct.COUNTRY: Text(en="countries: {amount}", ru="стран: {amount}"),
    Distinct.DAY: Text(en="days: {amount}", ru="дней: {amount}"),
    Distinct.WEEK: Text(en="weeks: {amount}", ru="недель: {amount}"),
    Distinct.MONTH: Text(en="months: {amount}", ru="месяцев: {amount}"),
}
COUNTED: Final = Text(en="workouts: {amount}", ru="тренировок: {amount}")
RECORDS: Final = Text(en="personal records held: {amount}", ru="личных рекордов: {amount}")
STREAKS: Final = {
    StreakUnit.DAY: Text(en="longest streak in days: {amount}", ru="лучшая серия в днях: {amount}"),
    StreakUnit.WEEK: Text(en="longest streak in weeks: {amount}", ru="лучшая серия в неделях: {amount}"),
}
WITHIN: Final = {
    AchievementWindow.DAY: Text(en="in one day", ru="за один день"),
    AchievementWindow.WEEK: Text(en="in one week (from Monday)", ru="за одну неделю (с понедельника)"),
    AchievementWindow.MONTH: Text(en="in one calendar month", ru="за один календарный месяц"),
    AchievementWindow.EVER: Text(en="in all", ru="за всё время"),
}
AGAIN: Final = {
    AchievementRepeat.EACH_WINDOW: Text(en="can be earned anew each time", ru="можно получать снова каждый раз"),
    AchievementRepeat.EACH_MULTIPLE: Text(en="again at each multiple", ru="снова при каждом кратном"),
}
JOINED: Final = {
    "all": Text(en="all of: {parts}", ru="всё из: {parts}"),
    "any": Text(en="one of: {parts}", ru="одно из: {parts}"),
    "none": Text(en="none of: {parts}", ru="ничего из: {parts}"),
}
IN_SPORTS: Final = Text(en="sport: {names}", ru="спорт: {names}")
IN_COUNTRIES: Final = Text(en="begun in: {names}", ru="начало в странах: {names}")
ON_DAYS: Final = Text(en="on: {names}", ru="дни: {names}")
IN_HOURS: Final = Text(en="begun between {first}:00 and {last}:00 local time", ru="начало с {first}:00 до {last}:00")
SEASON: Final = Text(en="from {first} to {last}", ru="с {first} по {last}")
AT_LEAST: Final = Text(en="{what} of at least {least}", ru="{what} от {least}")
BELOW: Final = Text(en="{what} below {below}", ru="{what} меньше {below}")
BETWEEN: Final = Text(en="{what} from {least} to below {below}", ru="{what} от {least} и меньше {below}")
BOUND: Final = {
    Summed.DISTANCE_M: Text(en="a distance", ru="расстояние"),
    Summed.ASCENT_M: Text(en="an ascent", ru="набор высоты"),
    Summed.MOVING_TIME_S: Text(en="a moving time", ru="время в движении"),
    Summed.ELAPSED_TIME_S: Text(en="a time", ru="время"),
}
ORIGINS: Final = {
    Origin.RECORDED: Text(en="recorded by a device", ru="записано устройством"),
    Origin.MANUAL: Text(en="typed by hand", ru="внесено вручную"),
}
FAST: Final = Text(en="{name} within {time}", ru="{name} не дольше {time}")
NEEDS: Final = Text(en="after: {names}", ru="после: {names}")
SPANS: Final = (
    Text(en="{amount}\N{NO-BREAK SPACE}h", ru="{amount}\N{NO-BREAK SPACE}ч"),
    Text(en="{amount}\N{NO-BREAK SPACE}min", ru="{amount}\N{NO-BREAK SPACE}мин"),
    Text(en="{amount}\N{NO-BREAK SPACE}s", ru="{amount}\N{NO-BREAK SPACE}с"),
)
A_HIDDEN_ONE: Final = Text(en="one that is hidden", ru="скрытое достижение")
OR: Final = Text(en=" or ", ru=" или ")


def explain(rule: RuleDocument, reader: Reader, needed: Sequence[AchievementWords | None] | None = None) -> str:
    """Everything that has to be so, in one line. `needed`: titles of what it needs, None of what is hidden from the
    reader; without them, admins read their ids."""
    names = list(rule.needs or ())
    if needed is not None:
        names = [(title or A_HIDDEN_ONE).say(reader.language) for title in needed]
    return "; ".join(_parts(rule, reader, names)) + "."


def goal(rule: RuleDocument, target: int, reader: Reader) -> str | None:
    """What a level asks, as a number in words; None of joined criteria."""
    return amount(rule.measure, target, reader) if rule.measure is not None else None


def amount(measure: AchievementMeasure, value: int, reader: Reader) -> str:
    if measure.sum is Summed.DISTANCE_M:
        return said(value / KM, "km", reader)
    if measure.sum is Summed.ASCENT_M:
        return said(value, "m", reader)
    if measure.sum is not None:
        return span(value, reader.language)
    return number(value, reader.language)


def span(seconds: int, language: Language) -> str:
    """1000 h, 1 h 30 min, 20 min: what is asked for is round, and 10:00:00 reads as a time of the day."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(one, text) for one, text in zip((hours, minutes, rest), SPANS, strict=True) if one]
    return " ".join(text.say(language, amount=number(one, language)) for one, text in parts or [(0, SPANS[-1])])


def _parts(rule: RuleDocument, reader: Reader, needed: list[str]) -> Iterator[str]:
    yield _criterion(rule, reader, rule.targets)
    yield WITHIN[rule.window].say(reader.language)
    if rule.season is not None:
        yield _season(rule.season, reader)
    if rule.repeat is not AchievementRepeat.NEVER:
        yield AGAIN[rule.repeat].say(reader.language)
    if needed:
        yield NEEDS.say(reader.language, names=", ".join(needed))


def _criterion(criterion: Criterion, reader: Reader, targets: list[int] | None = None) -> str:
    found = []
    if criterion.measure is not None:
        found.append(_measure(criterion.measure, targets or [criterion.target or 0], reader))
    for name in criterion.joins:
        parts = "; ".join(f"({_criterion(child, reader)})" for child in getattr(criterion, name))
        found.append(JOINED[name].say(reader.language, parts=parts))
    if criterion.where is not None:
        found.append(_where(criterion.where, reader))
    return ", ".join(found)


def _measure(measure: AchievementMeasure, targets: list[int], reader: Reader) -> str:
    amounts = ", ".join(amount(measure, target, reader) for target in targets)
    return _said_of(measure).say(reader.language, amount=amounts)


def _said_of(measure: AchievementMeasure) -> Text:
    if measure.sum is not None:
        return SUMMED[measure.sum]
    if measure.of is not None:
        return DISTINCT[measure.of]
    if measure.unit is not None:
        return STREAKS[measure.unit]
    return RECORDS if measure.kind is MeasureKind.RECORDS else COUNTED


def _where(where: Where, reader: Reader) -> str:
    return ", ".join([*_of_workout(where, reader), *_of_numbers(where, reader), *_of_children(where, reader)])


def _of_workout(where: Where, reader: Reader) -> Iterator[str]:
    language = reader.language
    join = OR.say(language)
    if where.sport_types is not None:
        names = join.join(sport_name(one.value, language) for one in where.sport_types)
        yield IN_SPORTS.say(language, names=names)
    if where.families is not None:
        yield IN_SPORTS.say(language, names=join.join(FAMILIES[one].say(language) for one in where.families))
    if where.countries is not None:
        yield IN_COUNTRIES.say(language, names=join.join(where.countries))
    if where.weekdays is not None:
        yield ON_DAYS.say(language, names=join.join(WEEKDAYS[day - 1].say(language) for day in where.weekdays))
    if where.local_hour is not None:
        yield IN_HOURS.say(language, first=f"{where.local_hour.from_:02}", last=f"{where.local_hour.to:02}")
    if where.season is not None:
        yield _season(where.season, reader)


def _of_numbers(where: Where, reader: Reader) -> Iterator[str]:
    for field in Summed:
        bounds: Bounds | None = getattr(where, field.value)
        if bounds is not None:
            yield _bounds(field, bounds, reader)
    if where.origin is not None:
        yield ORIGINS[where.origin].say(reader.language)
    if where.best_effort is not None:
        named = effort_name(where.best_effort.name).get(reader.language.value, where.best_effort.name)
        yield FAST.say(reader.language, name=named, time=span(where.best_effort.within_s, reader.language))


def _of_children(where: Where, reader: Reader) -> Iterator[str]:
    for name in ("all", "any", "none"):
        children = getattr(where, name)
        if children:
            parts = "; ".join(f"({_where(child, reader)})" for child in children)
            yield JOINED[name].say(reader.language, parts=parts)


def _bounds(field: Summed, bounds: Bounds, reader: Reader) -> str:
    measure = AchievementMeasure(kind=MeasureKind.SUM, sum=field)
    least, below = (amount(measure, one, reader) if one is not None else "" for one in (bounds.gte, bounds.lt))
    text = AT_LEAST if bounds.lt is None else BELOW if bounds.gte is None else BETWEEN
    return worded(text, {"what": BOUND[field].say(reader.language), "least": least, "below": below}, reader)


def _season(season: Season, reader: Reader) -> str:
    return SEASON.say(reader.language, first=_day(season.from_, reader), last=_day(season.to, reader))


def _day(day: str, reader: Reader) -> str:
    """12-01 as 1 December; a date as it is."""
    if is_date(day):
        return day
    month, number_ = map(int, day.split("-"))
    name = MONTHS[month - 1].say(reader.language)
    return f"{number_} {name}" if reader.language is Language.RU else f"{name} {number_}"


MONTHS: Final = (
    Text(en="January", ru="января"),
    Text(en="February", ru="февраля"),
    Text(en="March", ru="марта"),
    Text(en="April", ru="апреля"),
    Text(en="May", ru="мая"),
    Text(en="June", ru="июня"),
    Text(en="July", ru="июля"),
    Text(en="August", ru="августа"),
    Text(en="September", ru="сентября"),
    Text(en="October", ru="октября"),
    Text(en="November", ru="ноября"),
    Text(en="December", ru="декабря"),
)
