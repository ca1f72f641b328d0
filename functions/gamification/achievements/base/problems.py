"""What a shape cannot tell of a rule: each problem with its place (JSON pointer), a code, and both languages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from gamification.achievements.base.values import (
    DEEPEST,
    MAX_PARTS,
    STARTS,
    AchievementMeasure,
    AchievementRepeat,
    AchievementWindow,
    Criterion,
    Distinct,
    Rule,
    RuleDocument,
    Season,
    Where,
    is_date,
)
from stadion.effort_names import effort_names
from stadion.i18n import Text
from stadion.places import COUNTRIES
from stadion.sports import Family, SportType, sport


@dataclass(frozen=True)
class Problem:
    pointer: str
    code: str
    text: Text


LEAP_YEAR: Final = 2024
MOST_DIFFERENT: Final = {
    Distinct.SPORT_TYPE: len(SportType),
    Distinct.FAMILY: len(Family),
    Distinct.COUNTRY: len(COUNTRIES),
}
DAYS_IN: Final = {AchievementWindow.WEEK: 7, AchievementWindow.MONTH: 31}
_LENGTHS: Final = {Distinct.DAY: 0, Distinct.WEEK: 1, Distinct.MONTH: 2}
_SPANS: Final = {
    AchievementWindow.DAY: 0,
    AchievementWindow.WEEK: 1,
    AchievementWindow.MONTH: 2,
    AchievementWindow.EVER: 3,
}

UNKNOWN_EVENT = Text(
    en="Nothing starts on {word}. It may be: {known}.", ru="От {word} правило не начинается. Бывает: {known}."
)
NO_LEAF = Text(
    en="Give either a measure, or criteria joined by all, any or none.",
    ru="Нужна либо мера, либо критерии, соединённые через all, any или none.",
)
BOTH = Text(
    en="A measure does not go with all, any or none: put it among them.",
    ru="Мера не бывает рядом с all, any или none: поместите её внутрь.",
)
NO_TARGET = Text(en="A measure needs a target.", ru="Мере нужна цель target.")
ONE_TARGET = Text(en="Give either target or tiers.", ru="Нужно либо target, либо tiers.")
NO_TARGET_HERE = Text(en="Only a measure has a target.", ru="Цель бывает только у меры.")
LOW_TARGET = Text(en="The target must be more than 0.", ru="Цель должна быть больше 0.")
TIERS_RISE = Text(en="Each tier must be more than the one before.", ru="Каждая ступень должна быть больше предыдущей.")
TOO_DEEP = Text(en="Nested more than {most} deep.", ru="Вложено глубже {most} уровней.")
TOO_MANY = Text(en="More than {most} conditions and measures.", ru="Больше {most} условий и мер.")
ASKS_NOTHING = Text(en="This condition asks nothing.", ru="Это условие ничего не проверяет.")
NO_BOUND = Text(en="Give gte, lt or both.", ru="Задайте gte, lt или оба.")
EMPTY_BOUNDS = Text(
    en="lt is not more than gte: no workout can fit.", ru="lt не больше gte: ни одна тренировка не подойдёт."
)
EMPTY_HOURS = Text(
    en="from and to are the same hour: no workout can fit.", ru="from и to совпадают: ни одна тренировка не подойдёт."
)
NO_SUCH_DAY = Text(en="There is no day {word}.", ru="Дня {word} не бывает.")
MIXED_SEASON = Text(
    en="Both as days of a year (12-01), or both as dates (2026-12-01).",
    ru="Либо оба дня года (12-01), либо обе даты (2026-12-01).",
)
ENDED_SEASON = Text(en="It ends before it begins.", ru="Сезон заканчивается раньше, чем начинается.")
NO_SPORT = Text(
    en="None of these sports is of one of these families: no workout can fit.",
    ru="Ни один из этих видов спорта не относится к этим семействам: ни одна тренировка не подойдёт.",
)
UNKNOWN_EFFORT = Text(
    en="There is no best effort {word}. Did you mean {near}?", ru="Нет лучшего времени {word}. Может быть, {near}?"
)
OTHERS_EVER = Text(
    en="Streaks and records are known as they are now: the window is `ever`, without conditions, season or repetition.",
    ru="Серии и рекорды известны только на сейчас: окно `ever`, без условий, сезона и повторов.",
)
LONGER_THAN_WINDOW = Text(
    en="A {window} does not hold several of {what}.", ru="В окне {window} не бывает нескольких {what}."
)
OUT_OF_REACH = Text(en="There are only {most}: nobody can reach it.", ru="Их всего {most}: цель недостижима.")
NO_WINDOW = Text(
    en="`each_window` needs the window day, week or month.", ru="Для `each_window` нужно окно day, week или month."
)
NO_MULTIPLE = Text(
    en="`each_multiple` needs one measure with a target, and the window `ever`.",
    ru="Для `each_multiple` нужны одна мера с target и окно `ever`.",
)
FOR_NOTHING = Text(
    en="Who has done nothing would have it: add a criterion under all or any.",
    ru="Это получил бы и тот, кто ничего не делал: добавьте критерий в all или any.",
)
UNKNOWN_NEED = Text(
    en="There is no achievement {word}. Did you mean {near}?", ru="Нет достижения {word}. Может быть, {near}?"
)
NO_SUCH_NEED = Text(en="There is no achievement {word}.", ru="Нет достижения {word}.")
LOOP = Text(en="{word} leads back to this achievement.", ru="{word} ссылается обратно на это достижение.")
NEEDS_ONCE = Text(
    en="What needs others can be earned once only: repeat is `never`.",
    ru="Достижение с needs можно получить только один раз: repeat — `never`.",
)


def problems_of(rule: RuleDocument, known: Mapping[str, Rule]) -> list[Problem]:
    """`known`: the rules that there are, by id."""
    found = [
        Problem(f"#/on/{number}", "unknown_event", phrased(UNKNOWN_EVENT, word=event, known=", ".join(STARTS)))
        for number, event in enumerate(rule.on)
        if event not in STARTS
    ]
    found += _of_root(rule)
    found += _of_criterion(rule, "#", 1, rule.window)
    found += _of_season(rule.season, "#/season")
    found += _of_repetition(rule)
    found += _of_needs(rule, known)
    if len(list(_parts(rule))) > MAX_PARTS:
        found.append(Problem("#", "too_many_parts", phrased(TOO_MANY, most=MAX_PARTS)))
    if not found and not is_work(rule):
        found.append(Problem("#", "earned_by_nothing", FOR_NOTHING))
    return found


def phrased(text: Text, **values: Any) -> Text:
    """The sentence with its values in it; braces in them stay as they are."""
    filled = {name: getattr(text, name).format(**values).replace("{", "{{").replace("}", "}}") for name in ("en", "ru")}
    return Text(**filled)


def is_work(criterion: Criterion) -> bool:
    """Not fulfilled by who has done nothing."""
    if criterion.measure is not None:
        return True
    some = any(is_work(child) for child in criterion.all or ())
    every = criterion.any is not None and all(is_work(child) for child in criterion.any)
    return some or every


def _of_root(rule: RuleDocument) -> Iterator[Problem]:
    if rule.tiers is None:
        return
    if rule.target is not None or rule.measure is None:
        yield Problem("#/tiers", "one_target", ONE_TARGET if rule.measure is not None else NO_TARGET_HERE)
    for number, tier in enumerate(rule.tiers):
        if tier <= 0:
            yield Problem(f"#/tiers/{number}", "target_too_low", LOW_TARGET)
        elif number and tier <= rule.tiers[number - 1]:
            yield Problem(f"#/tiers/{number}", "tiers_must_rise", TIERS_RISE)


def _of_criterion(criterion: Criterion, place: str, depth: int, window: AchievementWindow) -> Iterator[Problem]:
    if depth > DEEPEST:
        yield Problem(place, "too_deep", phrased(TOO_DEEP, most=DEEPEST))
        return
    tiers = getattr(criterion, "tiers", None)
    if criterion.where is not None:
        yield from _of_where(criterion.where, f"{place}/where", 1)
    if criterion.measure is None and not criterion.joins:
        yield Problem(place, "no_measure", NO_LEAF)
    elif criterion.measure is not None and criterion.joins:
        yield Problem(f"{place}/measure", "measure_beside_criteria", BOTH)
    elif criterion.measure is None and criterion.target is not None:
        yield Problem(f"{place}/target", "target_without_measure", NO_TARGET_HERE)
    elif criterion.measure is not None:
        if criterion.target is None and tiers is None:
            yield Problem(f"{place}/measure", "no_target", NO_TARGET)
        if criterion.target is not None and criterion.target <= 0:
            yield Problem(f"{place}/target", "target_too_low", LOW_TARGET)
        highest = max([criterion.target or 0, *(tiers or ())])
        yield from _of_measure(criterion.measure, f"{place}/measure", window, highest, criterion.where)
    for below, child in criterion.children():
        yield from _of_criterion(child, place + below, depth + 1, window)


def _of_measure(
    measure: AchievementMeasure, place: str, window: AchievementWindow, target: int, where: Where | None
) -> Iterator[Problem]:
    if measure.is_of_others and (window is not AchievementWindow.EVER or where is not None):
        yield Problem(place, "measure_is_of_others", OTHERS_EVER)
    if measure.of is None:
        return
    if (measure.of in _LENGTHS and _LENGTHS[measure.of] >= _SPANS[window]) or (
        measure.of is Distinct.WEEK and window is AchievementWindow.MONTH
    ):
        yield Problem(
            f"{place}/of", "longer_than_window", phrased(LONGER_THAN_WINDOW, window=window.value, what=measure.of.value)
        )
        return
    most = DAYS_IN.get(window) if measure.of is Distinct.DAY else MOST_DIFFERENT.get(measure.of)
    if most is not None and target > most:
        yield Problem(place, "out_of_reach", phrased(OUT_OF_REACH, most=most))


def _of_where(where: Where, place: str, depth: int) -> Iterator[Problem]:
    if depth > DEEPEST:
        yield Problem(place, "too_deep", phrased(TOO_DEEP, most=DEEPEST))
        return
    if all(getattr(where, name) is None for name in Where.model_fields):
        yield Problem(place, "asks_nothing", ASKS_NOTHING)
    for name in ("distance_m", "ascent_m", "moving_time_s", "elapsed_time_s"):
        bounds = getattr(where, name)
        if bounds is None:
            continue
        if bounds.gte is None and bounds.lt is None:
            yield Problem(f"{place}/{name}", "no_bound", NO_BOUND)
        elif bounds.gte is not None and bounds.lt is not None and bounds.gte >= bounds.lt:
            yield Problem(f"{place}/{name}", "nothing_fits", EMPTY_BOUNDS)
    if where.local_hour is not None and where.local_hour.from_ == where.local_hour.to:
        yield Problem(f"{place}/local_hour", "nothing_fits", EMPTY_HOURS)
    yield from _of_season(where.season, f"{place}/season")
    if (
        where.sport_types
        and where.families
        and not any(sport(one).family in where.families for one in where.sport_types)
    ):
        yield Problem(f"{place}/sport_types", "nothing_fits", NO_SPORT)
    if where.best_effort is not None and where.best_effort.name not in effort_names():
        near = get_close_matches(where.best_effort.name, sorted(effort_names()), n=1, cutoff=0.0)
        yield Problem(
            f"{place}/best_effort/name",
            "unknown_best_effort",
            phrased(UNKNOWN_EFFORT, word=where.best_effort.name, near=near[0]),
        )
    for below, child in where.children():
        yield from _of_where(child, place + below, depth + 1)


def _of_season(season: Season | None, place: str) -> Iterator[Problem]:
    if season is None:
        return
    ends = {"from": season.from_, "to": season.to}
    wrong = [name for name, day in ends.items() if not _exists(day)]
    for name in wrong:
        yield Problem(f"{place}/{name}", "no_such_day", phrased(NO_SUCH_DAY, word=ends[name]))
    if is_date(season.from_) != is_date(season.to):
        yield Problem(place, "mixed_season", MIXED_SEASON)
    elif not wrong and is_date(season.from_) and season.from_ > season.to:
        yield Problem(f"{place}/to", "nothing_fits", ENDED_SEASON)


def _exists(day: str) -> bool:
    try:
        date.fromisoformat(day if is_date(day) else f"{LEAP_YEAR}-{day}")
    except ValueError:
        return False
    return True


def _of_repetition(rule: RuleDocument) -> Iterator[Problem]:
    if rule.repeat is AchievementRepeat.EACH_WINDOW and rule.window is AchievementWindow.EVER:
        yield Problem("#/repeat", "repeat_without_window", NO_WINDOW)
    is_plain = rule.measure is not None and rule.target is not None and rule.window is AchievementWindow.EVER
    if rule.repeat is AchievementRepeat.EACH_MULTIPLE and not is_plain:
        yield Problem("#/repeat", "repeat_without_target", NO_MULTIPLE)
    of_others = any(leaf.measure is not None and leaf.measure.is_of_others for leaf in rule.leaves())
    if of_others and (rule.repeat is not AchievementRepeat.NEVER or rule.season is not None):
        yield Problem("#/season" if rule.season is not None else "#/repeat", "measure_is_of_others", OTHERS_EVER)


def _of_needs(rule: RuleDocument, known: Mapping[str, Rule]) -> Iterator[Problem]:
    if rule.needs and rule.repeat is not AchievementRepeat.NEVER:
        yield Problem("#/needs", "needs_of_repeated", NEEDS_ONCE)
    for number, name in enumerate(rule.needs or ()):
        place = f"#/needs/{number}"
        if name == rule.id or rule.id in _reached(name, known):
            yield Problem(place, "needs_loop", phrased(LOOP, word=name))
        elif name not in known:
            near = get_close_matches(name, sorted(known), n=1, cutoff=0.7)
            said = phrased(UNKNOWN_NEED, word=name, near=near[0]) if near else phrased(NO_SUCH_NEED, word=name)
            yield Problem(place, "unknown_achievement", said)


def _reached(name: str, known: Mapping[str, Rule]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one in known and one not in found:
            found.add(one)
            waiting += known[one].needs or ()
    return found


def _parts(criterion: Criterion) -> Iterator[Any]:
    yield criterion
    if criterion.where is not None:
        yield from _conditions(criterion.where)
    for _, child in criterion.children():
        yield from _parts(child)


def _conditions(where: Where) -> Iterator[Where]:
    yield where
    for _, child in where.children():
        yield from _conditions(child)
