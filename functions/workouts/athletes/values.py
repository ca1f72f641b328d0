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
    agrees: bool = False
    """To health data being used: what is known of the body, and what a recording says of it."""
