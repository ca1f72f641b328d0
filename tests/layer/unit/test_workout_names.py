"""A workout that nobody named is called after its sport and the time of the athlete's own day."""

from datetime import UTC, datetime

import pytest

from stadion.i18n import Language
from stadion.sports import SportType
from stadion.workout_names import workout_name


def named(sport_type: SportType, hour: int, language: Language = Language.RU, zone: str = "Europe/Moscow") -> str:
    return workout_name(sport_type, datetime(2026, 11, 21, hour, 30, tzinfo=UTC), zone, language)


@pytest.mark.parametrize(
    ("hour", "english", "russian"),
    [
        (0, "Night run", "Ночная пробежка"), (1, "Morning run", "Утренняя пробежка"),
        (7, "Morning run", "Утренняя пробежка"), (8, "Lunch run", "Дневная пробежка"),
        (11, "Afternoon run", "Дневная пробежка"), (15, "Evening run", "Вечерняя пробежка"),
        (19, "Night run", "Ночная пробежка"), (22, "Night run", "Ночная пробежка"),
    ],
)  # fmt: skip
def test_the_hour_is_that_of_the_workouts_own_zone(hour: int, english: str, russian: str) -> None:
    assert (named(SportType.RUN, hour, Language.EN), named(SportType.RUN, hour)) == (english, russian)


@pytest.mark.parametrize(
    ("sport_type", "name"),
    [
        (SportType.TENNIS, "Утренний теннис"), (SportType.SWIM, "Утреннее плавание"),
        (SportType.DANCE, "Утренние танцы"), (SportType.RIDE, "Утренняя велопоездка"),
    ],
)  # fmt: skip
def test_russian_agrees(sport_type: SportType, name: str) -> None:
    assert named(sport_type, 5) == name


@pytest.mark.parametrize("sport_type", SportType)
@pytest.mark.parametrize("language", Language)
def test_every_sport_has_a_name_at_every_hour_that_an_athlete_could_have_typed(
    sport_type: SportType, language: Language
) -> None:
    assert all(3 < len(named(sport_type, hour, language)) < 80 for hour in range(24))


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_a_zone_that_nobody_knows_is_utc(zone: str) -> None:
    assert named(SportType.RUN, 7, Language.EN, zone) == "Morning run"
