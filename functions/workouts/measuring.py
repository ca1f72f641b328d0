"""From bytes to diary entries: the only door of this service to the recordings package (and to NumPy)."""

from dataclasses import dataclass

from workouts.domain import Measured, Track


@dataclass(frozen=True)
class Entry:
    measured: Measured
    track: Track
    format: str
    sport_known: bool
