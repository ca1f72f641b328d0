"""Privacy zones: circles in which nobody but the athlete sees a position. Whoever shows a track to others asks here."""

from collections.abc import Iterable
from math import asin, cos, radians, sin, sqrt
from typing import Final, Protocol

EARTH_RADIUS_M: Final = 6_371_008.8


class Circle(Protocol):
    """Such as `PrivacyZone` of the catalogue. WGS 84 degrees; the centre is jittered by whoever publishes it."""

    @property
    def lat(self) -> float: ...
    @property
    def lon(self) -> float: ...
    @property
    def radius_m(self) -> float: ...


def distance_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Over the great circle (haversine; Sinnott 1984)."""
    phi, other_phi = radians(lat), radians(other_lat)
    a = sin((other_phi - phi) / 2) ** 2 + cos(phi) * cos(other_phi) * sin(radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, a)))


def is_hidden(lat: float, lon: float, zones: Iterable[Circle]) -> bool:
    """The edge of a circle belongs to it."""
    return any(distance_m(lat, lon, zone.lat, zone.lon) <= zone.radius_m for zone in zones)


def masked(lat: float, lon: float, zones: Iterable[Circle]) -> tuple[float, float] | None:
    """The position as others may see it."""
    return None if is_hidden(lat, lon, zones) else (lat, lon)
