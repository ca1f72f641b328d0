"""Which clock holds where."""

import pytest
import tzfpy

from stadion.zones import known_zones
from workouts.recordings.places import zone_at


@pytest.mark.parametrize(
    ("lat", "lon", "zone"),
    [
        (55.7512, 37.6184, "Europe/Moscow"),
        (53.2001, 50.1500, "Europe/Samara"),
        (27.7172, 85.3240, "Asia/Kathmandu"),
        (-17.7134, 178.0650, "Pacific/Fiji"),
        (43.5800, 39.6500, "Europe/Moscow"),  # swimming off Sochi
    ],
)
def test_a_place_has_the_zone_of_its_land(lat: float, lon: float, zone: str) -> None:
    assert zone_at(lat, lon) == zone


@pytest.mark.parametrize(("lat", "lon"), [(0.0, 0.0), (0.0, -30.0), (90.0, 0.0), (0.0, 180.0), (0.0, -180.0)])
def test_the_open_sea_has_none(lat: float, lon: float) -> None:
    assert zone_at(lat, lon) is None


def test_every_zone_of_the_map_is_one_that_we_know() -> None:
    """Both lists are pinned: one that knows more than the other shows here, and not in a function."""
    assert set(tzfpy.timezonenames()) <= known_zones()
