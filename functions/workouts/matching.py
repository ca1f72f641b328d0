"""When two recordings are the same workout. Free of NumPy: the API asks it of manual workouts, too."""

from dataclasses import dataclass
from datetime import datetime

from stadion.sports import Family

MAX_START_DIFFERENCE_S = 120.0
MAX_RELATIVE_DIFFERENCE = 0.02
# Two per cent of a short workout is less than what one auto-pause or one late GPS fix makes.
MIN_DURATION_TOLERANCE_S = 15.0
MIN_DISTANCE_TOLERANCE_M = 50.0
MIN_OVERLAP = 0.8


@dataclass(frozen=True, slots=True)
class Fingerprint:
    started_at: datetime
    elapsed_s: float
    distance_m: float | None
    family: Family


def is_same_workout(one: Fingerprint, other: Fingerprint) -> bool:
    """Symmetric. An unknown family or a missing distance matches any."""
    return (
        _families_agree(one.family, other.family)
        and abs((one.started_at - other.started_at).total_seconds()) <= MAX_START_DIFFERENCE_S
        and _close(one.elapsed_s, other.elapsed_s, MIN_DURATION_TOLERANCE_S)
        and _distances_agree(one.distance_m, other.distance_m)
        and overlap(one, other) > MIN_OVERLAP
    )


def overlap(one: Fingerprint, other: Fingerprint) -> float:
    """The time that both cover, as a share of the longer one."""
    shift = (other.started_at - one.started_at).total_seconds()
    common = min(one.elapsed_s, shift + other.elapsed_s) - max(0.0, shift)
    return max(0.0, common) / max(one.elapsed_s, other.elapsed_s, 1.0)


def _families_agree(one: Family, other: Family) -> bool:
    return one == other or Family.UNKNOWN in (one, other)


def _distances_agree(one: float | None, other: float | None) -> bool:
    return not one or not other or _close(one, other, MIN_DISTANCE_TOLERANCE_M)


def _close(one: float, other: float, floor: float) -> bool:
    return abs(one - other) <= max(MAX_RELATIVE_DIFFERENCE * max(one, other), floor)
