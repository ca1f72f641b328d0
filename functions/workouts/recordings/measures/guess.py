"""Which sport it was, of a recording that does not say: by how fast it went, and could not have gone."""

from dataclasses import dataclass
from typing import Final

from stadion.sports import SportType
from workouts.reasons import Reason
from workouts.recordings.measures.plausibility import sustained_speed_mps
from workouts.recordings.measures.timeline import Timeline

_SUSTAINED_S: Final = 60.0
_LIMITS_MPS: Final = (
    (SportType.WALK, 0.6, 2.1, 2.6),
    (SportType.RUN, 2.1, 6.0, 6.8),
    (SportType.RIDE, 2.1, 14.0, 25.0),
)
"""From and below which average speed in motion, and never faster than the last over a minute."""
_DRIVE_S: Final = 600.0
_DRIVE_MPS: Final = 15.5
"""Nobody keeps up 56 km/h for ten minutes, but on a descent that few mountains have: a run and the drive home have the
average speed of a ride."""


@dataclass(frozen=True)
class Guess:
    """A sport, and why that."""

    sport_type: SportType
    reason: Reason


def guessed_sport(line: Timeline) -> Guess:
    """`Workout` where nobody covered ground, or it may have been a vehicle."""
    if line.covered_m is None or len(line.time_s) < 2 or line.moving_s[-1] <= 0:
        return Guess(SportType.WORKOUT, Reason.of("sport_without_way"))
    average = float(line.covered_m[-1] / line.moving_s[-1])
    fastest = sustained_speed_mps(line, _SUSTAINED_S) or average
    kmh = round(average * 3.6, 1)
    driven = (sustained_speed_mps(line, _DRIVE_S) or 0.0) > _DRIVE_MPS
    for sport_type, least, most, top in _LIMITS_MPS:
        if least <= average < most and fastest <= top and not driven:
            return Guess(sport_type, Reason.of("sport_by_speed", kmh=kmh, sport=sport_type.value))
    return Guess(SportType.WORKOUT, Reason.of("sport_unclear", kmh=kmh))
