"""Privacy zones as the athlete set them, and what others were shown of each place."""

from enum import IntEnum

from pydantic import Field

from stadion.values import Value

MAX_ZONES = 10


class ZoneRadius(IntEnum):
    """The app's choices, in metres. With radii to the metre, every change would show one more circle round a door."""

    M200 = 200
    M400 = 400
    M800 = 800
    M1600 = 1600


class Zone(Value):
    """A circle as the athlete set it."""

    zone_id: str
    lat: float
    lon: float
    radius_m: float
    label: str | None = None

    @property
    def hides(self) -> ZoneRadius:
        """What was set before there were choices hides as far as the next of them."""
        return next((radius for radius in ZoneRadius if radius >= self.radius_m), ZoneRadius.M1600)


class Shift(Value):
    """How a circle's centre was moved from the door, and what others may know of how far that is. Metres."""

    north: float
    east: float
    nearest: float
    farthest: float


class KnownPlace(Value):
    """A place that was hidden, and by which circles: set again, it is hidden by the same ones."""

    lat: float
    lon: float
    shifts: dict[ZoneRadius, Shift] = Field(default_factory=dict)


class PrivacyZones(Value):
    zones: list[Zone] = Field(default_factory=list)
    places: list[KnownPlace] = Field(default_factory=list, description="it never leaves the service")
