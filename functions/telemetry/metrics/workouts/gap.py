"""Grade-adjusted pace: how fast a run would have been on the flat for the same energy."""

from typing import Final

import numpy as np

from stadion.streams.codec import Floats

STEEPEST: Final = 0.45
"""Beyond it Minetti measured nobody."""
_COST: Final = (155.4, -30.4, -43.3, 46.3, 19.5, 3.6)


def factor(grade: Floats) -> Floats:
    """Energy per metre on a slope (rise over run) against the flat: Minetti 2002, J Appl Physiol 93:1039."""
    return np.asarray(np.polyval(_COST, np.clip(grade, -STEEPEST, STEEPEST)) / _COST[-1])


def flat_speed(speed_mps: Floats, grade: Floats) -> Floats:
    return np.asarray(speed_mps * factor(grade))
