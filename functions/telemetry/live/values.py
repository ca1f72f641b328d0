"""What the parts of a live workout speak of."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from stadion.sports import SportType

MAX_DURATION: Final = timedelta(days=7)


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


class Seen(BaseModel):
    """What followers see. No position inside the athlete's privacy zones."""

    model_config = ConfigDict(frozen=True)

    session_id: str
    state: LiveState
    sport_type: SportType
    started_at: AwareDatetime
    time_s: float | None = Field(default=None, description="of the newest sample, since the start")
    position: tuple[float, float] | None = Field(default=None, description="[lat, lon]; null in a privacy zone")
    speed_mps: float | None = None
    pace_s_per_km: float | None = None
    heart_rate_bpm: float | None = None
    distance_m: float | None = None
