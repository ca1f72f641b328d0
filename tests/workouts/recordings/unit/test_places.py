"""Which clock holds where."""

import pytest
import tzfpy

from local import zone_countries
from stadion.places import COUNTRIES
from stadion.zones import known_zones
from workouts.recordings.places import AT_SEA, countries, country_at, zone_at


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


@pytest.mark.parametrize(
    ("place", "lat", "lon", "country"),
    [
        ("Moscow", 55.7512, 37.6184, "RU"),
        ("Kaliningrad", 54.7100, 20.5100, "RU"),
        ("Petropavlovsk-Kamchatsky", 53.0200, 158.6500, "RU"),
        ("off Sochi, swimming", 43.5500, 39.5500, "RU"),
        ("the Vatican", 41.9022, 12.4533, "VA"),
        ("Rome, over the river", 41.8990, 12.4700, "IT"),
        ("San Marino", 43.9360, 12.4470, "SM"),
        ("Campione d'Italia, inside Switzerland", 45.9690, 8.9710, "IT"),
        ("Büsingen, inside Switzerland", 47.6970, 8.6900, "DE"),
        ("Baarle-Hertog, inside the Netherlands", 51.4405, 4.9310, "BE"),
        ("Llívia, inside France", 42.4640, 1.9810, "ES"),
        ("Maseru, inside South Africa", -29.3100, 27.4800, "LS"),
        ("Ceuta", 35.8890, -5.3160, "ES"),
        ("Melilla", 35.2930, -2.9400, "ES"),
        ("Gibraltar", 36.1400, -5.3530, "GI"),
        ("Monaco", 43.7384, 7.4246, "MC"),
        ("Cabinda", -5.5500, 12.2000, "AO"),
        ("Nakhchivan", 39.2100, 45.4100, "AZ"),
        ("Oecusse", -9.2000, 124.3700, "TL"),
        ("Point Roberts", 48.9850, -123.0700, "US"),
        ("Vancouver", 49.2600, -123.1100, "CA"),
        ("Hong Kong", 22.3200, 114.1700, "HK"),
        ("Shenzhen", 22.5400, 114.0600, "CN"),
        ("Saint-Martin, the north", 18.0700, -63.0800, "MF"),
        ("Sint Maarten, the south", 18.0300, -63.0500, "SX"),
        ("Kiritimati", 1.8700, -157.4000, "KI"),
        ("Chatham", -43.9500, -176.5500, "NZ"),
        ("Longyearbyen", 78.2200, 15.6500, "SJ"),
        ("the South Pole", -90.0, 0.0, "AQ"),
    ],
)
def test_a_place_is_in_its_country(place: str, lat: float, lon: float, country: str) -> None:
    assert country_at(lat, lon) == country, place


@pytest.mark.parametrize(("lat", "lon"), [(0.0, 0.0), (40.0, -40.0), (90.0, 0.0), (0.0, 180.0)])
def test_the_open_sea_is_no_country(lat: float, lon: float) -> None:
    assert country_at(lat, lon) is None


def test_every_zone_on_land_is_of_one_country_and_every_country_of_the_list_has_an_iso_code() -> None:
    on_land = {zone for zone in tzfpy.timezonenames() if not zone.startswith(AT_SEA)}
    assert on_land == set(countries())
    assert set(countries().values()) <= COUNTRIES


def test_the_packaged_table_is_that_of_the_tz_database() -> None:
    """`python -m local.zone_countries` writes it anew."""
    assert zone_countries.WRITTEN.read_text(encoding="utf-8") == zone_countries.table()
