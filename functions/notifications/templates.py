"""The words of each message. A message is worded when it is read, so that it is always in the athlete's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from notifications.values import MessageKind
from stadion.i18n import Language, Text


@dataclass(frozen=True)
class Template:
    kind: MessageKind
    title: Text
    body: Text


UNITS = {
    "km": Text(en="km", ru="км"),
    "hours": Text(en="h", ru="ч"),
    "sessions": Text(en="workouts", ru="тренировок"),
}

TEMPLATES: dict[str, Template] = {
    "welcome": Template(
        kind=MessageKind.TRANSACTIONAL,
        title=Text(en="Welcome to Stadion", ru="Добро пожаловать в Stadion"),
        body=Text(
            en="Record a workout or upload one from your watch, and everything else follows.",
            ru="Запишите тренировку или загрузите её с часов — остальное произойдёт само.",
        ),
    ),
    "gear_wear": Template(
        kind=MessageKind.GEAR,
        title=Text(en="{name}: {percent} % worn", ru="{name}: износ {percent} %"),
        body=Text(
            en="{used} of about {limit} {unit_name}. Time to think of the next pair.",
            ru="{used} из примерно {limit} {unit_name}. Пора присматривать замену.",
        ),
    ),
    "gear_worn_out": Template(
        kind=MessageKind.GEAR,
        title=Text(en="{name} has done its work", ru="{name}: ресурс исчерпан"),
        body=Text(
            en="{used} {unit_name} of about {limit}. Worn-out gear protects less; consider a replacement.",
            ru="{used} {unit_name} из примерно {limit}. Изношенное снаряжение хуже защищает — подумайте о замене.",
        ),
    ),
    "level_reached": Template(
        kind=MessageKind.ACTIVITY,
        title=Text(en="Level {level}!", ru="Уровень {level}!"),
        body=Text(en="You have reached level {level}. Keep moving.", ru="Вы достигли уровня {level}. Так держать."),
    ),
    "personal_record": Template(
        kind=MessageKind.ACTIVITY,
        title=Text(en="New record: {name} in {duration}", ru="Новый рекорд: {name} за {duration}"),
        body=Text(en="Your fastest {name} so far.", ru="Ваш лучший результат на {name}."),
    ),
    "personal_records": Template(
        kind=MessageKind.ACTIVITY,
        title=Text(en="{count} new records, {name} in {duration}", ru="Новых рекордов: {count}, {name} за {duration}"),
        body=Text(
            en="Your fastest {name} so far, and more in the same workout.",
            ru="Лучший результат на {name} и другие рекорды в той же тренировке.",
        ),
    ),
    "promo_offer": Template(
        kind=MessageKind.MARKETING,
        title=Text(en="{title}", ru="{title_ru}"),
        body=Text(en="{text} Your code: {code}.", ru="{text_ru} Ваш код: {code}."),
    ),
    "promo_reminder": Template(
        kind=MessageKind.MARKETING,
        title=Text(en="Your code ends on {ends_on}", ru="Ваш код действует до {ends_on}"),
        body=Text(en="{title}: {code}", ru="{title_ru}: {code}"),
    ),
    "digest": Template(
        kind=MessageKind.ACTIVITY,
        title=Text(en="{count} things happened", ru="Новостей: {count}"),
        body=Text(en="{titles}", ru="{titles}"),
    ),
}


def words(template: str, values: Mapping[str, Any], language: Language) -> tuple[str, str]:
    """Title and body. An unknown template or a missing value is a `KeyError`, which `check` finds before storing."""
    known = TEMPLATES[template]
    told = {**values, **_derived(values, language)}
    return known.title.say(language, **told), known.body.say(language, **told)


def kind_of(template: str) -> MessageKind:
    return TEMPLATES[template].kind


def check(template: str, values: Mapping[str, Any]) -> None:
    for language in Language:
        words(template, values, language)


def _derived(values: Mapping[str, Any], language: Language) -> dict[str, str]:
    derived = {}
    if "unit" in values:
        derived["unit_name"] = UNITS[values["unit"]].say(language)
    if "elapsed_time_s" in values:
        derived["duration"] = duration(values["elapsed_time_s"])
    return derived


def duration(seconds: float) -> str:
    """3725 -> 1:02:05."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
