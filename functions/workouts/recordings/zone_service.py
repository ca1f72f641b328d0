"""The clock that a workout is shown by, and that its day is of, when nobody named one."""

from workouts.athletes import service as athletes
from workouts.recordings.places import zone_at

NOWHERE = "UTC"


def zone_for(user_id: str, start_latlng: tuple[float, float] | None) -> str:
    """That of the first position; else the athlete's own; else UTC."""
    here = zone_at(*start_latlng) if start_latlng is not None else None
    return here or athletes.zone_of(user_id) or NOWHERE
