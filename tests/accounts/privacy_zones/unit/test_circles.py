"""Circles round a door: where it lies in them, and what a change of the radius leaves as it was."""

import math
import random
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.privacy_zones.circles import SAME_PLACE_M, hidden_circle, shifts, with_places
from accounts.privacy_zones.domain import PrivacyZones, Shift, Zone, ZoneRadius
from stadion.privacy import distance_m

seeds = st.integers(0, 10_000)
radii = st.sampled_from(list(ZoneRadius))
HOME = Zone(zone_id="home", lat=55.7512, lon=37.6184, radius_m=400)


def off_m(shift: Shift) -> float:
    return math.hypot(shift.north, shift.east)


class TestDoor:
    @given(seeds, radii)
    def test_it_lies_between_half_and_four_fifths_of_the_radius_from_the_centre(
        self, seed: int, radius: ZoneRadius
    ) -> None:
        found = shifts({}, radius, random.Random(seed).random)
        assert set(found) == {radius}
        assert 0.5 <= off_m(found[radius]) / radius <= 0.8

    def test_in_any_direction(self) -> None:
        found = [shifts({}, ZoneRadius.M400, random.Random(seed).random)[ZoneRadius.M400] for seed in range(400)]
        quarters = [(one.north > 0, one.east > 0) for one in found]
        assert all(quarters.count((a, b)) > 70 for a in (True, False) for b in (True, False))

    @given(seeds, st.sampled_from(list(permutations(ZoneRadius))))
    def test_it_is_inside_whatever_was_set_before(self, seed: int, history: tuple[ZoneRadius, ...]) -> None:
        chance = random.Random(seed)
        known: dict[ZoneRadius, Shift] = {}
        for radius in history:
            before, known = known, shifts(known, radius, chance.random)
            assert before.items() <= known.items()
            one = known[radius]
            assert one.nearest - 1e-6 <= off_m(one) <= one.farthest + 1e-6
            assert off_m(one) <= 0.95 * radius

    def test_a_larger_circle_is_moved_from_the_smaller_one_whatever_the_door_is(self) -> None:
        known = shifts({}, ZoneRadius.M200, random.Random(1).random)
        moved = {ZoneRadius.M200: known[ZoneRadius.M200].model_copy(update={"north": 0.0, "east": 0.0})}
        one, other = (shifts(seen, ZoneRadius.M400, random.Random(2).random) for seen in (known, moved))
        way = [(found[ZoneRadius.M400].north - found[ZoneRadius.M200].north) for found in (one, other)]
        assert way[0] == pytest.approx(way[1])


class TestPlaces:
    def test_a_few_metres_away_is_the_same_place(self) -> None:
        chance = random.Random(1)
        known = with_places(PrivacyZones(zones=[HOME]), chance.random)
        near = HOME.model_copy(update={"lat": HOME.lat + 0.5 * SAME_PLACE_M / 111_195})
        again = with_places(known.model_copy(update={"zones": [near]}), chance.random)
        far = HOME.model_copy(update={"lat": HOME.lat + 3 * SAME_PLACE_M / 111_195})
        other = with_places(known.model_copy(update={"zones": [far]}), chance.random)
        assert len(again.places) == 1
        assert len(other.places) == 2
        moved = hidden_circle(near, again).lat - near.lat
        assert moved == pytest.approx(hidden_circle(HOME, known).lat - HOME.lat)

    @given(st.floats(-90, 90), st.floats(-180, 180), seeds)
    def test_the_circle_is_where_its_shift_says(self, lat: float, lon: float, seed: int) -> None:
        zone = HOME.model_copy(update={"lat": lat, "lon": lon})
        known = with_places(PrivacyZones(zones=[zone]), random.Random(seed).random)
        circle = hidden_circle(zone, known)
        assert -90 <= circle.lat <= 90
        assert -180 <= circle.lon <= 180
        if abs(lat) < 80:
            assert 0.49 <= distance_m(lat, lon, circle.lat, circle.lon) / 400 <= 0.81

    @pytest.mark.parametrize(("set_m", "hides"), [(200, 200), (201, 400), (400, 400), (1_599.5, 1_600), (5_000, 1_600)])
    def test_a_radius_of_before_is_rounded_up(self, set_m: float, hides: int) -> None:
        assert HOME.model_copy(update={"radius_m": set_m}).hides == hides
