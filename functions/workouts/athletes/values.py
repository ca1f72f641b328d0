"""Of an athlete's body, what measuring a workout asks for."""

from dataclasses import dataclass
from enum import StrEnum


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


@dataclass(frozen=True, slots=True, kw_only=True)
class Athlete:
    """What an athlete chose to tell of their body, and agreed to be used."""

    sex: Sex | None = None
    age_years: float | None = None
    mass_kg: float | None = None
