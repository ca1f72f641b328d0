"""What is known of an athlete, and what of their body held on a day."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from stadion.athletes import BodyDay, Measurement
from stadion.events.accounts import Gender
from workouts.athletes.values import Athlete, Sex
from workouts.domain import Person

MEASUREMENTS: Final = (Measurement.MASS,)
"""What calories rest on."""
SEXES: Final = {Gender.FEMALE: Sex.FEMALE, Gender.MALE: Sex.MALE}


def body_on(person: Person, days: Sequence[BodyDay], day: date) -> Athlete:
    """Nothing, unless the athlete agrees to the use of health data now; `days` in their order."""
    if not person.agrees:
        return Athlete()
    sex = SEXES.get(person.gender) if person.gender is not None else None
    return Athlete(sex=sex, age_years=_age_on(person.birth_date, day), mass_kg=_mass_on(days, day), agrees=True)


def _mass_on(days: Sequence[BodyDay], day: date) -> float | None:
    """The last one up to the day; before the first one, that one."""
    weighed = [one for one in days if Measurement.MASS in one.values]
    before = [one for one in weighed if one.day <= day]
    held = before[-1:] or weighed[:1]
    return held[0].values[Measurement.MASS] if held else None


def _age_on(birth_date: date | None, day: date) -> int | None:
    if birth_date is None or birth_date > day:
        return None
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
