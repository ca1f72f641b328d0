"""Which sport it was, of a recording that does not say: by how fast it went, and could not have gone."""

from typing import Final

from stadion.sports import SportType
from workouts.recordings.measures.plausibility import sustained_speed_mps
from workouts.recordings.measures.timeline import Timeline

_SUSTAINED_S: Final = 60.0
_LIMITS_MPS: Final = (
    (SportType.WALK, 0.6, 2.1, 2.6),
    (SportType.RUN, 2.1, 6.0, 6.8),
    (SportType.RIDE, 2.1, 14.0, 25.0),
)
"""From and below which average speed in motion, and never faster than the last over a minute."""


def guessed_sport(line: Timeline) -> SportType:
    """`Workout` where nobody covered ground, or it may have been a vehicle."""
    if line.covered_m is None or len(line.time_s) < 2 or line.moving_s[-1] <= 0:
        return SportType.WORKOUT
    average = float(line.covered_m[-1] / line.moving_s[-1])
    fastest = sustained_speed_mps(line, _SUSTAINED_S) or average
    fitting = (sport_type for sport_type, least, most, top in _LIMITS_MPS if least <= average < most and fastest <= top)
    return next(fitting, SportType.WORKOUT)
