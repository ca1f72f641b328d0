"""What of an athlete's body held on a day, and may be used."""

from datetime import date
from typing import Any

import pytest

from stadion.athletes import BodyDay, Consent, Measurement
from stadion.events.accounts import ConsentKind, Gender
from workouts.athletes.domain import Person, body_on
from workouts.athletes.values import Athlete, Sex

AGREED = {ConsentKind.HEALTH_DATA: Consent(granted=True, revision=1)}
ANNA: dict[str, Any] = {"birth_date": date(1986, 6, 15), "gender": Gender.FEMALE}


def weighed(day: int, mass_kg: float | None) -> BodyDay:
    values = {Measurement.MASS: mass_kg} if mass_kg is not None else {}
    return BodyDay(day=date(2026, 3, day), revision=1, values=values, ever=[Measurement.MASS])


def of(day: int, *days: BodyDay, **person: Any) -> Athlete:
    return body_on(Person.model_validate({"consents": AGREED, **person}), days, date(2026, 3, day))


@pytest.mark.parametrize(("day", "mass_kg"), [(1, 60.0), (3, 60.0), (4, 60.0), (7, 58.0), (9, 58.0)])
def test_the_mass_is_that_of_the_day_or_the_last_one_before_it_or_the_first_one(day: int, mass_kg: float) -> None:
    assert of(day, weighed(3, 60.0), weighed(5, None), weighed(7, 58.0)).mass_kg == mass_kg


def test_a_mass_that_was_taken_back_is_none() -> None:
    assert of(5, weighed(3, None)).mass_kg is None


@pytest.mark.parametrize(("day", "years"), [(date(2026, 6, 14), 39), (date(2026, 6, 15), 40), (date(1980, 1, 1), None)])
def test_the_age_is_that_of_the_day(day: date, years: int | None) -> None:
    assert body_on(Person.model_validate({"consents": AGREED, **ANNA}), (), day).age_years == years


@pytest.mark.parametrize(("gender", "sex"), [("female", Sex.FEMALE), ("male", Sex.MALE), ("other", None), (None, None)])
def test_the_sex_is_what_the_profile_says_and_never_a_guess(gender: str | None, sex: Sex | None) -> None:
    assert of(1, gender=gender).sex is sex


@pytest.mark.parametrize("consents", [{}, {ConsentKind.HEALTH_DATA: Consent(granted=False, revision=2)}])
def test_nothing_of_the_body_is_used_without_the_consent(consents: dict[ConsentKind, Consent]) -> None:
    assert of(4, weighed(3, 60.0), consents=consents, **ANNA) == Athlete()
