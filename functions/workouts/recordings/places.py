"""Where on Earth a recording began."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

AT_SEA: Final = "Etc/"
"""Nautical zones, which follow from the longitude alone."""
_COUNTRIES: Final = Path(__file__).with_name("zone_countries.txt")
"""Of `local.zone_countries`."""


def zone_at(lat: float, lon: float) -> str | None:
    """The IANA time zone of a place on land or near a coast; its borders are right within 111 m."""
    import tzfpy  # takes a tenth of a second and 35 MB at the first question, and is in the layer `tracks` only

    zone = tzfpy.get_tz(lon, lat)
    return None if not zone or zone.startswith(AT_SEA) else zone


def country_at(lat: float, lon: float) -> str | None:
    """ISO 3166-1 alpha-2 of a place on land or in coastal waters: each zone is of one country."""
    return countries().get(zone_at(lat, lon) or "")


@cache
def countries() -> Mapping[str, str]:
    """Of each zone."""
    rows = _COUNTRIES.read_text(encoding="utf-8").splitlines()
    return dict(row.split() for row in rows)
