"""Attacks on privacy zones (Hassan, Hussain and Bates, USENIX Security 2018) by somebody who knows every street, the
rules of the zones, and how fast the athlete runs. Answers are errors in radii: how far the guess is from the door."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from accounts.privacy_zones.circles import hidden_circle, shifts, with_places
from accounts.privacy_zones.domain import PrivacyZones, Zone, ZoneRadius
from stadion.events.accounts import PrivacyZone
from stadion.privacy import HIDDEN_FOR_AT_MOST_S, LEAVES_AFTER_M, Point, Privacy, Sight
from tests.accounts.privacy_zones.attacks.streets import Floats, Streets, streets

METRES_PER_DEGREE = 111_195.08
SPEED_MPS = 3.0
EVERY_S = 3
RUNS = 6
NOISE_M = 4.0
"""Of a place, one sigma."""
FITS = 0.1
"""Of the radius: a door that agrees with what was told does so within this, over all runs."""


@dataclass(frozen=True)
class Track:
    """What somebody else sees of a run: where it came into sight, what was told there, and what of its end."""

    first: Floats
    first_m: float
    last: Floats
    rest_m: float
    """Told from the last visible point to the end."""


Told = list[tuple[Floats | None, float]]
"""Of each sample: the place, if others see it, and the distance that they are told."""
View = Callable[[Sequence[Point], PrivacyZone], Told]


def as_now(points: Sequence[Point], zone: PrivacyZone) -> Told:
    told: Told = []
    for point, sight in zip(points, Privacy([zone]).follow(Sight(), points), strict=True):
        seen = not sight.is_hidden and point.position is not None
        told.append((_metres(point.position) if seen else None, sight.distance_m or 0.0))  # type: ignore[arg-type]
    return told


def as_before(points: Sequence[Point], zone: PrivacyZone) -> Told:
    """Until November 2026: places were hidden, distances were told."""
    sights = zip(points, Privacy([zone]).follow(Sight(), points), strict=True)
    return [
        (None if sight.is_hidden else _metres(point.position or (0, 0)), point.counter_m or 0.0)
        for point, sight in sights
    ]


@dataclass(frozen=True)
class Athlete:
    """A door among streets, and the circle that others miss."""

    town: Streets
    door: int
    zone: PrivacyZone
    chance: np.random.Generator

    @property
    def place(self) -> Floats:
        return np.asarray(self.town.corners[self.door])

    @property
    def centre(self) -> Floats:
        return _metres((self.zone.lat, self.zone.lon))

    def error(self, guess: Floats) -> float:
        return float(np.linalg.norm(guess - self.place)) / self.zone.radius_m

    # --- runs ---

    def runs(self) -> list[list[int]]:
        """From the door and back, by the shortest ways, each in a direction of its own."""
        lengths, before = self.town.from_(self.door)
        way = self.town.corners - self.place
        far = np.linalg.norm(self.town.corners - self.centre, axis=1)
        radius = self.zone.radius_m
        outside = np.flatnonzero((far > 1.4 * radius + 60) & (np.linalg.norm(way, axis=1) < 2 * radius + 500))
        angle = np.arctan2(way[outside, 1], way[outside, 0])
        turned = self.chance.uniform(0, 2 * np.pi)
        found = []
        for n in range(RUNS):
            off = np.abs(np.angle(np.exp(1j * (angle - turned - n * 2 * np.pi / RUNS))))
            there = outside[(off < 0.5) & np.isfinite(lengths[outside])]
            if len(there):
                out = _way(before, self.door, int(self.chance.choice(there)))
                found.append([*out, *reversed(out[:-1])])
        return found

    def seen(self, view: View) -> list[Track]:
        return [track for run in self.runs() if (track := self._track(run, view)) is not None]

    def points(self, run: Sequence[int]) -> list[Point]:
        """A sample every few seconds. The recording counts the way by the streets."""
        at = self.town.corners[list(run)]
        steps = np.array([self.town.ways[a, b] for a, b in pairwise(run)])
        way = np.concatenate(([0.0], steps.cumsum()))
        counted = np.arange(0, way[-1], SPEED_MPS * EVERY_S)
        east = np.interp(counted, way, at[:, 0]) + self.chance.normal(0, NOISE_M, len(counted))
        north = np.interp(counted, way, at[:, 1]) + self.chance.normal(0, NOISE_M, len(counted))
        return [
            Point(m / SPEED_MPS, (b / METRES_PER_DEGREE, a / METRES_PER_DEGREE), m)
            for m, a, b in zip(counted.tolist(), east.tolist(), north.tolist(), strict=True)
        ]

    def _track(self, run: Sequence[int], view: View) -> Track | None:
        told = view(self.points(run), self.zone)
        visible = [(place, m) for place, m in told if place is not None]
        if not visible:
            return None
        (first, first_m), (last, last_m) = visible[0], visible[-1]
        return Track(first, first_m, last, told[-1][1] - last_m)


def athlete(seed: int, radius: ZoneRadius) -> Athlete:
    town = streets(seed, 2.2 * radius + 700)
    chance = np.random.default_rng([seed, radius])
    near = np.flatnonzero(np.linalg.norm(town.corners, axis=1) < 200)
    door = int(chance.choice(near)) if len(near) else int(np.linalg.norm(town.corners, axis=1).argmin())
    east, north = town.corners[door] / METRES_PER_DEGREE
    zone = Zone(zone_id="home", lat=north, lon=east, radius_m=radius)
    known = with_places(PrivacyZones(zones=[zone]), random.Random(f"{seed} {radius}").random)
    return Athlete(town, door, hidden_circle(zone, known), chance)


def _way(before: Sequence[int], start: int, end: int) -> list[int]:
    way = [end]
    while way[-1] != start:
        way.append(int(before[way[-1]]))
    return way[::-1]


def _metres(place: tuple[float, float]) -> Floats:
    return np.array([place[1], place[0]]) * METRES_PER_DEGREE


# --- attacks on one circle -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Evidence:
    """What an attacker has seen of an athlete."""

    one: Athlete
    tracks: Sequence[Track]

    @property
    def corners(self) -> Floats:
        return self.one.town.corners

    @cached_property
    def circle(self) -> tuple[Floats, float]:
        """Through the first and last visible points: centre and radius, which is one of the app's choices."""
        edge = np.array([place for track in self.tracks for place in (track.first, track.last)])

        def fit(radius: float) -> tuple[float, Floats]:
            found = least_squares(
                lambda c: np.linalg.norm(edge - c, axis=1) - radius - LEAVES_AFTER_M / 2,
                edge.mean(0),
                loss="soft_l1",
            )
            return float(found.cost), np.asarray(found.x)

        fits = {float(radius): fit(radius) for radius in ZoneRadius}
        radius = min(fits, key=lambda one: fits[one][0])
        return fits[radius][1], radius

    @cached_property
    def misfit(self) -> Floats:
        """Of each corner, by how much what was told of the ways disagrees with it, on average and in radii."""
        ends = [(one.first, one.first_m) for one in self.tracks] + [(one.last, one.rest_m) for one in self.tracks]
        near = [int(np.linalg.norm(self.corners - place, axis=1).argmin()) for place, _ in ends]
        beside = np.linalg.norm(self.corners[near] - [place for place, _ in ends], axis=1)
        ways = self.one.town.lengths(near)
        told = np.array([way_m for _, way_m in ends])
        off = np.maximum(0.0, np.abs(ways - told[:, None]) - beside[:, None])
        return np.asarray(off.mean(0) / self.circle[1])

    @cached_property
    def band(self) -> NDArray[np.int64]:
        """Corners where the circle says that doors are."""
        away = np.linalg.norm(self.corners - self.circle[0], axis=1) / self.circle[1]
        return np.flatnonzero((away >= 0.45) & (away <= 0.85))


def by_circle(seen: Evidence) -> Floats:
    """The centre: the door may be in any direction from there, and no other guess is as near to all of them."""
    return seen.circle[0]


def by_distance(seen: Evidence) -> Floats:
    """The corner from which the ways to the visible points are as long as was told; if there is none, by the circle."""
    best = seen.misfit.argmin()
    return np.asarray(seen.corners[best]) if seen.misfit[best] < FITS else by_circle(seen)


def by_both(seen: Evidence) -> Floats:
    """The same among the corners of the band where doors are; if no way tells, the best guess among those."""
    if not len(seen.band):
        return by_circle(seen)
    best = seen.band[seen.misfit[seen.band].argmin()]
    return np.asarray(seen.corners[best]) if seen.misfit[best] < FITS else best_guess(seen.corners[seen.band])


def best_guess(places: Floats) -> Floats:
    """The point whose error is at most so much for half of the places, and for no other point less."""
    middle, reach = places.mean(0), float(np.abs(places - places.mean(0)).max())
    steps = np.linspace(-reach, reach, 15)
    guesses = middle + np.array([(a, b) for a in steps for b in steps])
    some = places[:: max(1, len(places) // 250)]
    errors = np.median(np.linalg.norm(guesses[:, None] - some[None], axis=2), axis=1)
    return np.asarray(guesses[errors.argmin()])


# --- what no circle hides --------------------------------------------------------------------------------------------


def by_the_middle(seen: Evidence) -> Floats:
    """Between the places where the runs came into sight."""
    return np.asarray(np.mean([track.first for track in seen.tracks], axis=0))


def by_shortest_ways(seen: Evidence) -> Floats:
    """Where somebody lives for whom the way to each turning point by its visible street is no detour."""
    one, detour = seen.one, np.zeros(len(seen.corners))
    for run in one.runs():
        away = np.linalg.norm(seen.corners[run] - one.centre, axis=1)
        out = next(corner for corner, far in zip(run, away, strict=True) if far > one.zone.radius_m)
        turn = run[len(run) // 2]
        to_out, to_turn = one.town.lengths([out, turn])
        detour += np.maximum(0.0, to_out + to_turn[out] - to_turn)
    return np.asarray(seen.corners[seen.band[detour[seen.band].argmin()]]) if len(seen.band) else by_circle(seen)


# --- a call at home in the middle of a run ---------------------------------------------------------------------------


def by_a_call_at_home(one: Athlete, *, holds: bool) -> float:
    """The time between vanishing and coming back, times the speed, is the way to the door and back."""
    run = one.runs()[0]
    there = run[len(run) // 2 :]
    loop = [*there, *reversed(there[:-1])]
    points = one.points(loop)
    seen = [not sight.is_hidden for sight in Privacy([one.zone]).follow(Sight(), points)]
    if not holds:  # without the hold, they are in sight as soon as they are out of the zone
        seen = [not sight.is_hidden for point in points for sight in Privacy([one.zone]).follow(Sight(), [point])]
    gone = next(n for n, is_seen in enumerate(seen) if not is_seen)
    back = next((n for n in range(gone, len(seen)) if seen[n]), None)
    held_s = min(one.zone.radius_m, HIDDEN_FOR_AT_MOST_S)
    if back is None or (holds and points[back].at_s - points[gone].at_s < held_s + 2 * EVERY_S):
        return one.error(one.centre)
    way_m = (points[back].at_s - points[gone - 1].at_s) * SPEED_MPS
    ends = [_metres(points[n].position or (0, 0)) for n in (gone - 1, back)]
    near = [int(np.linalg.norm(one.town.corners - end, axis=1).argmin()) for end in ends]
    misfit = np.abs(one.town.lengths(near).sum(0) - way_m)
    away = np.linalg.norm(one.town.corners - one.centre, axis=1) / one.zone.radius_m
    misfit[(away < 0.45) | (away > 0.85)] = np.inf
    close = np.flatnonzero(misfit <= max(misfit.min(), 0.0) + 20)
    return one.error(best_guess(one.town.corners[close]))


# --- circles of several radii ----------------------------------------------------------------------------------------


def by_radii(seed: int, history: Sequence[ZoneRadius], seen: Sequence[ZoneRadius]) -> float:
    """Where all the circles leave a door possible; in radii of the smallest that was seen."""
    chance = random.Random(f"{seed} {history}")
    known: Mapping = {}  # type: ignore[type-arg]
    for radius in history:
        known = shifts(known, radius, chance.random)
    drawn = np.random.default_rng(seed)
    smallest = known[min(seen)]
    way, angle = drawn.uniform(smallest.nearest, smallest.farthest, 5_000), drawn.uniform(0, 2 * np.pi, 5_000)
    places = np.c_[smallest.north + way * np.cos(angle), smallest.east + way * np.sin(angle)]
    for radius in seen:
        one = known[radius]
        away = np.linalg.norm(places - (one.north, one.east), axis=1)
        left = places[(away >= one.nearest - 1) & (away <= one.farthest + 1)]
        places = left if len(left) else places
    guess = np.array([smallest.north, smallest.east]) if len(seen) == 1 else best_guess(places)
    return float(np.linalg.norm(guess)) / min(seen)
