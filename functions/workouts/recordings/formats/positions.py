"""Positions that are none: of a machine that stands in a room."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from workouts.reasons import Reason
from workouts.recordings.recording import Floats

_INDOOR_WORDS: Final = ("indoor", "treadmill", "elliptical", "stairclimb", "spinning")
_NULL_ISLAND_DEG: Final = 1e-4
_SAME_PLACE_DEG: Final = 1e-6
_MOVED_M: Final = 100.0


def is_indoor(sport: str) -> bool:
    """`sport` as GPX and TCX name it."""
    folded = "".join(filter(str.isalpha, sport.lower()))
    return any(word in folded for word in _INDOOR_WORDS)


def without_nowhere(channels: Mapping[str, Floats]) -> tuple[dict[str, Floats], tuple[Reason, ...]]:
    """Without positions that are 0, 0 throughout, or one place while the machine counts metres."""
    lat, lon = channels.get("lat"), channels.get("lon")
    if lat is None or lon is None:
        return dict(channels), ()
    known = ~(np.isnan(lat) | np.isnan(lon))
    if not known.any():
        return dict(channels), ()
    widest = max(float(np.ptp(lat[known])), float(np.ptp(lon[known])))
    farthest = max(float(np.abs(lat[known]).max()), float(np.abs(lon[known]).max()))
    if farthest > _NULL_ISLAND_DEG and not (widest < _SAME_PLACE_DEG and _counted_m(channels) > _MOVED_M):
        return dict(channels), ()
    nowhere = {name: np.full(len(lat), np.nan) for name in ("lat", "lon")}
    return {**channels, **nowhere}, (Reason.of("positions_nowhere"),)


def _counted_m(channels: Mapping[str, Floats]) -> float:
    distance = channels.get("distance_m")
    return (
        float(np.nanmax(distance) - np.nanmin(distance))
        if distance is not None and not np.isnan(distance).all()
        else 0.0
    )
