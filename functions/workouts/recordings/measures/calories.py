from enum import StrEnum

from stadion.sports import Sport
from workouts.athletes.values import Athlete, Sex


class CaloriesMethod(StrEnum):
    DEVICE = "device"
    HEART_RATE = "heart_rate"
    MET = "met"
    MET_ASSUMED_MASS = "met_assumed_mass"


_ASSUMED_MASS_KG = 70.0
_KJ_PER_KCAL = 4.184


def calories_kcal(
    sport: Sport, *, device_kcal: float | None, active_s: float, average_heart_rate_bpm: float | None, athlete: Athlete
) -> tuple[float, CaloriesMethod]:
    """The device's; else from the heart rate (Keytel 2005); else MET times mass times hours (Compendium 2011/2024)."""
    if device_kcal is not None and device_kcal > 0:
        return device_kcal, CaloriesMethod.DEVICE
    per_minute = _keytel(average_heart_rate_bpm, athlete)
    if per_minute is not None:
        return per_minute * active_s / 60, CaloriesMethod.HEART_RATE
    met_hours = sport.met * active_s / 3600
    if athlete.mass_kg:
        return met_hours * athlete.mass_kg, CaloriesMethod.MET
    return met_hours * _ASSUMED_MASS_KG, CaloriesMethod.MET_ASSUMED_MASS


def _keytel(heart_rate_bpm: float | None, athlete: Athlete) -> float | None:
    """Linear in the heart rate, so the average serves as well as every reading; valid from about 90 bpm."""
    age, mass = athlete.age_years, athlete.mass_kg
    if not heart_rate_bpm or heart_rate_bpm < 90 or athlete.sex is None or not age or not mass:
        return None
    if athlete.sex is Sex.MALE:
        kilojoules = -55.0969 + 0.6309 * heart_rate_bpm + 0.1988 * mass + 0.2017 * age
    else:
        kilojoules = -20.4022 + 0.4472 * heart_rate_bpm - 0.1263 * mass + 0.074 * age
    return max(0.0, kilojoules / _KJ_PER_KCAL)
