"""What others see of an athlete's movement: whoever shows a track, a place or what was run to others asks `Privacy`.

In a privacy zone nobody but the athlete is seen, and nothing tells how long the way through it was: for others, a
movement begins at its first visible point, and what is hidden adds neither time nor distance. Else the distance at the
first visible point is the way from the door, and some runs find the door (Hassan, Hussain and Bates, "Analysis of
Privacy Protections in Fitness Tracking Social Networks", USENIX Security 2018).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Final, NamedTuple, Protocol

from stadion.values import Value

EARTH_RADIUS_M: Final = 6_371_008.8
LEAVES_AFTER_M: Final = 30.0
"""A zone hides from its edge on, and shows again so far outside: a position that jitters draws no edge."""
SILENCE_S: Final = 10.0
"""So long, somebody whose place is not known is taken to be where they were."""
FASTEST_MPS: Final = 30.0
"""Nobody gets into a zone, or through one, faster."""
HIDDEN_FOR_S_PER_M: Final = 1.0
"""Of the zone's radius. Whoever came into a zone on the way is hidden so long at least: the time between vanishing and
coming back would tell how far it is to the door and back."""
HIDDEN_FOR_AT_MOST_S: Final = 800.0


class Circle(Protocol):
    """Such as `PrivacyZone` of the catalogue. WGS 84 degrees; the centre is moved by whoever publishes it."""

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


@dataclass(frozen=True)
class Viewer:
    """Who looks, and what the athlete lets just this one see besides."""

    is_athlete: bool = False
    heart_rate: bool = False


@dataclass(frozen=True)
class Shows:
    """What a viewer sees."""

    everything: bool
    """The athlete's own: no place is hidden, and all of it counts."""
    position: bool
    heart_rate: bool


class Point(NamedTuple):
    """A sample of a movement: when, where, and how far the recording says it is since its start."""

    at_s: float
    position: tuple[float, float] | None
    counter_m: float | None = None


class Sight(Value):
    """A movement as others know it so far. It begins hidden, and only ever goes on: late points change nothing."""

    is_hidden: bool = True
    until_s: float | None = None
    """The newest point that was looked at."""
    began_s: float | None = None
    """The first visible moment: for others, the start."""
    since_s: float | None = None
    """Where the visible stretch began that `last_s` belongs to."""
    last_s: float | None = None
    """The last visible moment."""
    last_m: float | None = None
    """What the recording counted there."""
    time_s: float = 0.0
    distance_m: float | None = None
    fix_s: float | None = None
    """When the place was last known,"""
    clear_m: float = 0.0
    """and how far it was from the nearest zone."""
    hidden_until_s: float = 0.0


@dataclass(frozen=True)
class Privacy:
    """The rule for one athlete: zones, and consents. A consent that is not known is not granted."""

    zones: Sequence[Circle] = ()
    location: bool = False
    health_data: bool = False

    def visible_to(self, viewer: Viewer) -> Shows:
        if viewer.is_athlete:
            return Shows(everything=True, position=True, heart_rate=self.health_data)
        return Shows(everything=False, position=self.location, heart_rate=self.health_data and viewer.heart_rate)

    def follow(self, sight: Sight, points: Iterable[Point]) -> Iterator[Sight]:
        """What others know after each of the points, which are in order of time."""
        for point in points:
            sight = self._after(sight, point)
            yield sight

    def is_seen_at(self, sight: Sight, at_s: float) -> bool:
        """Whether others may know what happens then. Not, when the athlete may have got into a zone unheard."""
        return not sight.is_hidden and (not self.zones or not _may_be_in(sight, at_s))

    def hides(self, position: tuple[float, float] | None) -> bool:
        """Whether a zone is there now, also one that was set after somebody was seen there."""
        return position is not None and bool(self.zones) and self._nearest(position)[0] <= 0.0

    def _after(self, sight: Sight, point: Point) -> Sight:
        if sight.until_s is not None and point.at_s <= sight.until_s:
            return sight
        if not self.zones:
            return _shown(_from_the_start(sight), point).model_copy(update={"until_s": point.at_s})
        if point.position is None:
            is_lost = not sight.is_hidden and _may_be_in(sight, point.at_s)
            return _hidden(sight, point.at_s, max(zone.radius_m for zone in self.zones)) if is_lost else sight
        away_m, radius_m = self._nearest(point.position)
        if not (sight.is_hidden or sight.last_s is None or _is_sure(sight, point, away_m)):
            sight = _hidden(sight, sight.last_s, radius_m)  # it may have been in a zone since
        edge_m = LEAVES_AFTER_M if sight.is_hidden else 0.0
        is_seen = away_m > edge_m and point.at_s >= sight.hidden_until_s
        sight = _shown(sight, point) if is_seen else _hidden(sight, point.at_s, radius_m)
        return sight.model_copy(update={"until_s": point.at_s, "fix_s": point.at_s, "clear_m": max(0.0, away_m)})

    def _nearest(self, position: tuple[float, float]) -> tuple[float, float]:
        """How far outside the nearest zone (negative: inside; its edge belongs to it), and that zone's radius: of
        several that it is in, the largest."""
        found = [(distance_m(*position, zone.lat, zone.lon) - zone.radius_m, zone.radius_m) for zone in self.zones]
        away_m, radius_m = min(found)
        return away_m, max((radius for away, radius in found if away <= 0.0), default=radius_m)


def _may_be_in(sight: Sight, at_s: float) -> bool:
    if sight.fix_s is None:
        return True
    return at_s - sight.fix_s > max(SILENCE_S, sight.clear_m / FASTEST_MPS)


def _is_sure(sight: Sight, point: Point, away_m: float) -> bool:
    """That the way from the last visible point led through no zone."""
    silence_s = point.at_s - (sight.last_s or 0.0)
    known_m = sight.clear_m if sight.fix_s == sight.last_s else 0.0
    return silence_s <= SILENCE_S or known_m + away_m > FASTEST_MPS * silence_s


def _hidden(sight: Sight, since_s: float, radius_m: float) -> Sight:
    """Who comes from one zone into a larger one is hidden as long as that one hides, since the same moment."""
    hold_s = min(HIDDEN_FOR_S_PER_M * radius_m, HIDDEN_FOR_AT_MOST_S)
    if not sight.is_hidden:
        return sight.model_copy(update={"is_hidden": True, "hidden_until_s": since_s + hold_s})
    if sight.last_s is None:
        return sight  # it was never seen
    return sight.model_copy(update={"hidden_until_s": max(sight.hidden_until_s, sight.last_s + hold_s)})


def _from_the_start(sight: Sight) -> Sight:
    """Without zones there is nothing to hide of a start."""
    if sight.until_s is not None:
        return sight
    return sight.model_copy(update={"is_hidden": False, "began_s": 0.0, "since_s": 0.0, "last_s": 0.0, "last_m": 0.0})


def _shown(sight: Sight, point: Point) -> Sight:
    """What comes into sight begins anew there: the way before it counts nothing."""
    update: dict[str, float | bool | None] = {"is_hidden": False, "last_s": point.at_s}
    if sight.is_hidden:
        began_s = point.at_s if sight.began_s is None else sight.began_s
        update |= {"began_s": began_s, "since_s": point.at_s, "last_m": point.counter_m}
        run_m = 0.0
    else:
        update["time_s"] = sight.time_s + point.at_s - (sight.last_s or 0.0)
        run_m = (point.counter_m or 0.0) - sight.last_m if sight.last_m is not None else 0.0
    if point.counter_m is not None:
        update |= {"last_m": point.counter_m, "distance_m": (sight.distance_m or 0.0) + max(0.0, run_m)}
    return sight.model_copy(update=update)
