"""What the parts of a live workout speak of."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

LONGEST: Final = timedelta(days=7)


class LiveState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    DISCARDED = "discarded"


class MarkKind(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"


@dataclass(frozen=True)
class Latest:
    """The athlete as of the newest sample; None where nothing was measured in the last half minute."""

    time_s: float
    position: tuple[float, float] | None
    speed_mps: float | None
    heart_rate_bpm: float | None
    distance_m: float | None
