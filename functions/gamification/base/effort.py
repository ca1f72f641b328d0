"""How hard a workout was: the zone of its average heart rate, by the athlete's own bounds where any are known. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from stadion.i18n import Text


class EffortBasis(StrEnum):
    """What the bounds of the zones rest on."""

    THRESHOLD = "threshold_heart_rate"
    RESERVE = "heart_rate_reserve"
    MAX = "max_heart_rate"
    AGE = "age"
    ABSOLUTE = "absolute"


FACTORS: Final = (0.9, 1.0, 1.15, 1.3, 1.4)
"""Of zones 1 to 5."""
UNKNOWN: Final = 1.0
"""Of a workout without a heart rate."""
FRIEL: Final = (0.85, 0.90, 0.95, 1.00)
"""Of the heart rate at threshold (Friel; his zones 5a to 5c are one)."""
KARVONEN: Final = (0.60, 0.70, 0.80, 0.90)
"""Of the heart rate reserve (Karvonen 1957), and of the maximum where the resting heart rate is unknown."""
STEPS_BPM: Final = (110.0, 130.0, 150.0, 170.0)
"""Where nothing is known of the athlete."""
BOUNDS: Final = {
    EffortBasis.THRESHOLD: FRIEL,
    EffortBasis.RESERVE: KARVONEN,
    EffortBasis.MAX: KARVONEN,
    EffortBasis.AGE: KARVONEN,
    EffortBasis.ABSOLUTE: STEPS_BPM,
}
BASES: Final = {
    EffortBasis.THRESHOLD: Text(en="your threshold heart rate", ru="вашему пульсу на пороге"),
    EffortBasis.RESERVE: Text(en="your heart rate reserve", ru="вашему резерву пульса"),
    EffortBasis.MAX: Text(en="your maximum heart rate", ru="вашему максимальному пульсу"),
    EffortBasis.AGE: Text(en="the usual maximum of your age", ru="обычному максимуму для вашего возраста"),
    EffortBasis.ABSOLUTE: Text(en="the same steps for everybody", ru="общим для всех ступеням"),
}
"""As the end of "zone 3, by …"."""


@dataclass(frozen=True)
class Zones:
    """Four bounds in beats per minute: five zones."""

    basis: EffortBasis
    bounds: tuple[float, ...]


ABSOLUTE: Final = Zones(EffortBasis.ABSOLUTE, STEPS_BPM)


def zones(basis: EffortBasis, of_bpm: float, from_bpm: float = 0.0) -> Zones:
    """Whole beats, which is what devices count in. `of_bpm` is what the shares are of, from `from_bpm` on."""
    return Zones(basis, tuple(float(round(from_bpm + share * of_bpm)) for share in BOUNDS[basis]))


@dataclass(frozen=True)
class Effort:
    """Without a heart rate there is neither zone nor basis."""

    factor: float = UNKNOWN
    zone: int | None = None
    basis: EffortBasis | None = None


def effort_at(heart_rate_bpm: float | None, of: Zones) -> Effort:
    if heart_rate_bpm is None:
        return Effort()
    zone = 1 + sum(heart_rate_bpm >= bound for bound in of.bounds)
    return Effort(FACTORS[zone - 1], zone, of.basis)
