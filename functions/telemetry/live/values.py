"""What the parts of a live workout speak of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from stadion.events.telemetry import LiveOutcome, LivePause
from stadion.sports import SportType
from stadion.values import Value

MAX_DURATION: Final = timedelta(days=7)
MAX_SAMPLES: Final = 600
"""In a batch."""
MAX_MINUTES: Final = 60
MAX_IN_MINUTE: Final = 1_200
"""Twenty a second. A chunk stays far below the 400 KB of an item."""
DENSE_HOURS: Final = 4
MAX_LATER: Final = 120
"""In a minute after `DENSE_HOURS`, so that the longest session (1.5 million samples) fits into a function's memory.
Without that, one session could keep the task from closing all the others."""


def most_in(minute: int) -> int:
    """Samples that the minute takes, counted from the start."""
    return MAX_IN_MINUTE if minute < DENSE_HOURS * 60 else MAX_LATER


class LiveState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    DISCARDED = "discarded"


class MarkKind(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"


class Start(Value):
    """What the athlete said at the start; the same again is the same start."""

    session_id: str
    sport_type: SportType
    started_at: AwareDatetime
    time_zone: str | None = None
    name: str | None = None
    gear_ids: list[str] | None = None


@dataclass(frozen=True)
class SentSamples:
    """A batch as it was sent: parallel lists, in any order; None where nothing was measured."""

    time_s: Sequence[float]
    columns: Mapping[str, list[float | None]]
    more: bool = False
    """Of a finished workout: others follow at once."""


@dataclass(frozen=True)
class ImpossibleValue:
    """It was left out; the others of its sample were taken."""

    column: str
    index: int


@dataclass(frozen=True)
class SampleReceipt:
    """What became of a batch."""

    session_id: str
    accepted: int
    added: int
    received_until_s: float
    refused_count: int
    refused: Sequence[ImpossibleValue]
    """The first of them."""
    dropped: Sequence[str] = ()
    """Columns that the athlete does not agree to: the others of their samples were taken."""


@dataclass(frozen=True)
class SessionSummary:
    """A live workout as its athlete sees it."""

    session_id: str
    state: LiveState
    outcome: LiveOutcome | None
    sport_type: SportType
    started_at: datetime
    time_zone: str | None
    name: str | None
    gear_ids: list[str] | None
    pauses: list[LivePause]
    heard_at: datetime
    closed_at: datetime | None
    workout_id: str | None


@dataclass(frozen=True)
class Coverage:
    """How much of a workout has been received: samples, the last of them, and where there are none."""

    samples: int
    until_s: float | None
    gaps: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class SessionReport:
    summary: SessionSummary
    received: Coverage


@dataclass(frozen=True)
class Latest:
    """The athlete as of the newest sample; None where nothing was measured in the last half minute."""

    time_s: float
    position: tuple[float, float] | None
    speed_mps: float | None
    heart_rate_bpm: float | None
    distance_m: float | None


class LiveView(BaseModel):
    """What somebody who watches sees. For all but the athlete, it begins and ends with what is visible."""

    model_config = ConfigDict(frozen=True)

    session_id: str = Field(description="for all but the athlete, one that only those who watch know")
    sequence: int = Field(default=0, description="grows; an update with a smaller one than seen before is old")
    state: LiveState
    hidden: bool = Field(default=False, description="out of sight: what is told is the last that was visible")
    sport_type: SportType
    started_at: AwareDatetime = Field(description="for all but the athlete, the first visible moment")
    time_s: float | None = Field(default=None, description="until the newest visible sample, without what was hidden")
    position: tuple[float, float] | None = Field(
        default=None, description="[lat, lon]; null without the athlete's consent to location"
    )
    speed_mps: float | None = None
    pace_s_per_km: float | None = None
    heart_rate_bpm: float | None = Field(default=None, description="only where the athlete lets this viewer see it")
    distance_m: float | None = Field(default=None, description="run while visible")


# --- who may watch ---------------------------------------------------------------------------------------------------


class Allowed(Value):
    user_id: str
    allowed_at: AwareDatetime
    heart_rate: bool = False


class Link(Value):
    """`link_id` is the digest of the token."""

    link_id: str
    user_id: str
    session_id: str
    expires_at: AwareDatetime
    heart_rate: bool = False
