"""Where on Earth a recording began."""

from typing import Final

AT_SEA: Final = "Etc/"
"""Nautical zones, which follow from the longitude alone."""


def zone_at(lat: float, lon: float) -> str | None:
    """The IANA time zone of a place on land or near a coast; its borders are right within 111 m."""
    import tzfpy  # takes a tenth of a second and 35 MB at the first question, and is in the layer `tracks` only

    zone = tzfpy.get_tz(lon, lat)
    return None if not zone or zone.startswith(AT_SEA) else zone
