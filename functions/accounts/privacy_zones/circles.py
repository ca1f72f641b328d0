"""The circles that others miss: each moved, so that its centre is not the door.

The door lies 0.5 to 0.8 of the radius from the centre, in any direction, and a place that is hidden again is hidden
by the same circle: averaging moves nothing away (Hassan, Hussain and Bates, USENIX Security 2018).

Circles of several radii round one door must not tell where they cross. A larger one than was shown is moved from the
next smaller one, whatever the door is: so it tells nothing new. A smaller one tells more by itself; of many, one is
taken of whose ring the larger ones leave the most possible.
"""

import math
from collections.abc import Callable, Mapping
from typing import Final

from accounts.privacy_zones.domain import KnownPlace, PrivacyZones, Shift, Zone, ZoneRadius
from stadion.events.accounts import PrivacyZone
from stadion.privacy import EARTH_RADIUS_M, distance_m

Chance = Callable[[], float]
"""From 0 to 1; nobody foresees it."""
NEAREST, FARTHEST = 0.5, 0.8
"""Of the radius: where the door is."""
NEAREST_WITHIN = 0.65
"""Where it is in a circle that is drawn within a larger one: far out, because two circles tell more than one."""
INSIDE = 0.94
"""Where it is at most in a circle that grew."""
SAME_PLACE_M: Final = 200.0
"""The same home, set anew a few metres away, is hidden by a circle that is moved by the same vector."""
MAX_PLACES: Final = 40
DRAWS: Final = 128
ALIKE: Final = 0.95
"""Draws that leave so much of the most are as good as the best."""
METRES_PER_DEGREE: Final = math.tau * EARTH_RADIUS_M / 360


def with_places(known: PrivacyZones, chance: Chance) -> PrivacyZones:
    """Every zone has its circle. What was shown of a place before is kept, also when no zone is there any more."""
    for zone in known.zones:
        place = place_of(zone, known) or KnownPlace(lat=zone.lat, lon=zone.lon)
        shown = place.model_copy(update={"shifts": shifts(place.shifts, zone.hides, chance)})
        others = [other for other in known.places if other != place]
        known = known.model_copy(update={"places": [*others, shown][-MAX_PLACES:]})
    return known


def hidden_circle(zone: Zone, known: PrivacyZones) -> PrivacyZone:
    place = place_of(zone, known)
    assert place is not None  # noqa: S101 - `with_places` came before
    shift = place.shifts[zone.hides]
    lat = max(-90.0, min(90.0, zone.lat + shift.north / METRES_PER_DEGREE))
    lon = zone.lon + shift.east / (METRES_PER_DEGREE * max(0.01, math.cos(math.radians(zone.lat))))
    return PrivacyZone(zone_id=zone.zone_id, lat=lat, lon=(lon + 180) % 360 - 180, radius_m=zone.hides)


def place_of(zone: Zone, known: PrivacyZones) -> KnownPlace | None:
    """The nearest that is near enough."""
    away = [(distance_m(zone.lat, zone.lon, place.lat, place.lon), n) for n, place in enumerate(known.places)]
    nearest_m, number = min(away, default=(math.inf, 0))
    return known.places[number] if nearest_m <= SAME_PLACE_M else None


def shifts(shown: Mapping[ZoneRadius, Shift], radius: ZoneRadius, chance: Chance) -> dict[ZoneRadius, Shift]:
    """With the one of this radius, and those between it and the next smaller one."""
    found = dict(shown)
    if not any(smaller <= radius for smaller in found):
        found[radius] = _round_the_door(radius, found, chance)
    for larger in ZoneRadius:
        smaller = max((one for one in found if one < larger), default=None)
        if larger <= radius and larger not in found and smaller is not None:
            found[larger] = _grown(found[smaller], larger, chance)
    return found


def _round_the_door(radius: ZoneRadius, larger: Mapping[ZoneRadius, Shift], chance: Chance) -> Shift:
    nearest = NEAREST_WITHIN if larger else NEAREST

    def drawn() -> Shift:
        way = radius * (nearest + (FARTHEST - nearest) * chance())
        angle = math.tau * chance()
        return Shift(
            north=way * math.cos(angle),
            east=way * math.sin(angle),
            nearest=nearest * radius,
            farthest=FARTHEST * radius,
        )

    if not larger:
        return drawn()
    draws = [drawn() for _ in range(DRAWS)]
    left = [sum(_is_possible(place, larger) for place in _ring(draw)) for draw in draws]
    return next(draw for draw, count in zip(draws, left, strict=True) if count >= ALIKE * max(left))


def _grown(smaller: Shift, radius: ZoneRadius, chance: Chance) -> Shift:
    """As far from the smaller one as the door surely stays inside."""
    way = min((NEAREST + FARTHEST) / 2 * radius, INSIDE * radius - smaller.farthest)
    angle = math.tau * chance()
    return Shift(
        north=smaller.north + way * math.cos(angle),
        east=smaller.east + way * math.sin(angle),
        nearest=max(0.0, way - smaller.farthest, smaller.nearest - way),
        farthest=way + smaller.farthest,
    )


def _ring(shift: Shift) -> list[tuple[float, float]]:
    """Where the door can be, if this circle is all that is seen."""
    return [
        (shift.north + way * math.cos(math.tau * n / 24), shift.east + way * math.sin(math.tau * n / 24))
        for way in (shift.nearest, (shift.nearest + shift.farthest) / 2, shift.farthest)
        for n in range(24)
    ]


def _is_possible(place: tuple[float, float], circles: Mapping[ZoneRadius, Shift]) -> bool:
    return all(
        one.nearest <= math.hypot(place[0] - one.north, place[1] - one.east) <= one.farthest for one in circles.values()
    )
