"""Messages are said in the athlete's language, by values of today and of yesterday."""

from typing import Any

import pytest

from notifications import templates
from notifications.templates import in_language, words
from notifications.values import MessageKind
from stadion.i18n import Language
from stadion.units import KnownReader, UnitSystem

EN, RU = Language
TODAY: dict[str, Any] = {
    "title": {"en": "20 % off", "ru": "Скидка 20 %"},
    "text": {"en": "For your next pair.", "ru": "На следующую пару."},
    "code": "RUN-7F3K",
    "ends_on": "2026-12-05",
}
YESTERDAY = {
    "title": "20 % off",
    "title_ru": "Скидка 20 %",
    "text": "For your next pair.",
    "text_ru": "На следующую пару.",
    "code": "RUN-7F3K",
    "ends_on": "2026-12-05",
}
"""As the archive, inboxes and waiting deliveries hold offers from before 2026-11-29."""


def test_a_value_per_language_is_said_in_the_athletes() -> None:
    assert words("promo_offer", TODAY, KnownReader(EN)) == ("20 % off", "For your next pair.\nYour code: RUN-7F3K")
    assert words("promo_offer", TODAY, KnownReader(RU)) == ("Скидка 20 %", "На следующую пару.\nВаш код: RUN-7F3K")


@pytest.mark.parametrize("template", ["promo_offer", "promo_reminder"])
@pytest.mark.parametrize("language", Language)
def test_an_offer_from_before_reads_as_one_of_today(template: str, language: Language) -> None:
    reader = KnownReader(language)
    templates.check(template, YESTERDAY)

    assert words(template, YESTERDAY, reader) == words(template, TODAY, reader)


def test_a_text_alone_is_said_in_every_language() -> None:
    told = {**TODAY, "title": "Kiprun"}

    assert [words("promo_offer", told, KnownReader(language))[0] for language in Language] == ["Kiprun", "Kiprun"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"en": "shoes", "ru": "кроссовки"}, "кроссовки"),
        ({"en": "shoes", "de": "Schuhe"}, "shoes"),
        ({"ru": "кроссовки"}, "кроссовки"),
        ({"en": "shoes", "ru": ""}, ""),
        ("shoes", "shoes"),
        (7, 7),
    ],
)
def test_the_athletes_language_comes_first_then_english_then_any(value: object, said: object) -> None:
    assert in_language(value, RU) == said


def test_english_falls_back_too() -> None:
    assert in_language({"ru": "кроссовки"}, EN) == "кроссовки"


@pytest.mark.parametrize("value", [{}, {"de": "Schuhe"}, {"amount": 3}])
def test_a_value_in_no_language_of_ours_is_refused_before_it_is_stored(value: object) -> None:
    with pytest.raises(KeyError):
        templates.check("promo_offer", {**TODAY, "title": value})


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("no_such", {}),
        ("level_reached", {}),
        ("gear_wear", {"name": "KD900", "percent": 80, "used": 561, "limit": 700, "unit": "miles"}),
    ],
)
def test_an_unknown_message_a_missing_value_and_an_unknown_unit_are_refused(template: str, values: Any) -> None:
    with pytest.raises(KeyError):
        templates.check(template, values)


@pytest.mark.parametrize(("seconds", "said"), [(59.4, "0:59"), (3599.6, "1:00:00"), (3725.4, "1:02:05")])
def test_seconds_are_said_as_on_a_watch(seconds: float, said: str) -> None:
    title, _ = words("personal_record", {"name": "5k", "elapsed_time_s": seconds}, KnownReader(EN))

    assert title == f"New record: 5k in {said}"


def test_a_brace_in_a_value_is_said_as_it_is() -> None:
    assert words("gear_worn_out", {"name": "{unit} & {0}", "used": 7, "limit": 7, "unit": "km"}, KnownReader(EN)) == (
        "{unit} & {0} has done its work",
        "7 km of about 7. Worn-out gear protects less; consider a replacement.",
    )


def test_the_kind_is_the_messages_own() -> None:
    assert templates.kind_of("promo_offer") is MessageKind.MARKETING
    assert templates.kind_of("welcome") is MessageKind.TRANSACTIONAL


@pytest.mark.parametrize(
    ("units", "unit", "said"),
    [
        (UnitSystem.METRIC, "km", "561 of about 700 km"),
        (UnitSystem.IMPERIAL, "km", "349 of about 435 mi"),
        (UnitSystem.IMPERIAL, "hours", "561 of about 700 h"),
    ],
)
def test_wear_is_said_in_the_athletes_units(units: UnitSystem, unit: str, said: str) -> None:
    values = {"name": "Kiprun", "percent": 80, "used": 561, "limit": 700, "unit": unit}

    assert words("gear_wear", values, KnownReader(units=units))[1].startswith(said)
