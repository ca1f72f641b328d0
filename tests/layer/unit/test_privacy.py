"""What others see of a movement: it begins at the first visible point, and what is hidden adds nothing."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadion.events.accounts import PrivacyZone
from stadion.privacy import LEAVES_AFTER_M, Point, Privacy, Sight, Viewer, distance_m

HOME = PrivacyZone(zone_id="z", lat=55.7512, lon=37.6184, radius_m=400)
METRES_PER_DEGREE = 111_195.08
PRIVACY = Privacy([HOME])


def at(metres: float, east_m: float = 0.0) -> tuple[float, float]:
    """North and east of the middle."""
    lon = HOME.lon + east_m / (METRES_PER_DEGREE * float(np.cos(np.radians(HOME.lat))))
    return HOME.lat + metres / METRES_PER_DEGREE, lon


def points(*metres: float | None, since_s: float = 0.0) -> list[Point]:
    """A second each; the recording counts three metres a second."""
    return [Point(since_s + n, None if way is None else at(way), 3.0 * (since_s + n)) for n, way in enumerate(metres)]


def seen(*given: Point, privacy: Privacy = PRIVACY, before: Sight | None = None) -> Sight:
    return [before or Sight(), *privacy.follow(before or Sight(), given)][-1]


class TestZone:
    @given(st.floats(-500, 500), st.floats(-500, 500))
    def test_who_is_inside_is_hidden_and_who_is_well_outside_is_not(self, north_m: float, east_m: float) -> None:
        away_m = (north_m**2 + east_m**2) ** 0.5
        found = seen(Point(0.0, at(north_m, east_m)))
        if abs(away_m - HOME.radius_m - LEAVES_AFTER_M) > 1:
            assert found.is_hidden == (away_m < HOME.radius_m + LEAVES_AFTER_M)

    def test_across_the_date_line(self) -> None:
        zone = PrivacyZone(zone_id="z", lat=-17.0, lon=179.999, radius_m=500)
        assert seen(Point(0, (-17.0, -179.999)), privacy=Privacy([zone])).is_hidden
        assert distance_m(-17.0, 179.999, -17.0, -179.999) == pytest.approx(212.7, abs=1)

    def test_without_zones_everything_is_as_it_was_recorded(self) -> None:
        found = seen(*points(None, 0, 3, since_s=5), privacy=Privacy())
        assert (found.is_hidden, found.began_s, found.time_s, found.distance_m) == (False, 0, 7, 21)

    def test_the_edge_hides_at_once_and_shows_later(self) -> None:
        came = seen(*points(450, 405))
        assert not came.is_hidden
        assert seen(*points(399, since_s=2), before=came).is_hidden
        assert seen(Point(900, at(420)), before=seen(*points(399, since_s=2), before=came)).is_hidden


tracks = st.lists(st.tuples(st.integers(1, 40), st.none() | st.floats(-900, 900)), max_size=40)


class TestRule:
    @given(tracks)
    def test_what_is_hidden_tells_nothing(self, track: Sequence[tuple[int, float | None]]) -> None:
        """Whatever the way inside was, and however long: others know the same afterwards."""
        found, at_s = Sight(), 0.0
        for step, way in track:
            at_s += step
            before, found = found, seen(Point(at_s, None if way is None else at(way), 3 * at_s), before=found)
            if found.is_hidden:
                told = (found.time_s, found.distance_m, found.began_s, found.last_s)
                assert told == (before.time_s, before.distance_m, before.began_s, before.last_s)
            elif before.is_hidden:
                assert (found.time_s, found.distance_m or 0) == (before.time_s, before.distance_m or 0)

    @given(tracks, tracks)
    def test_how_it_went_before_the_first_visible_point_makes_no_difference(
        self, one: Sequence[tuple[int, float | None]], other: Sequence[tuple[int, float | None]]
    ) -> None:
        def after(track: Sequence[tuple[int, float | None]]) -> tuple[float, float | None]:
            inside = [Point(n, None if way is None else at(way % 400), 7.0 * n) for n, (_, way) in enumerate(track)]
            found = seen(*inside, *points(500, 503, 506, since_s=100))
            return found.time_s, found.distance_m

        assert after(one) == after(other) == (2, 6)

    @given(tracks, st.randoms(use_true_random=False))
    def test_late_points_change_nothing(self, track: Sequence[tuple[int, float | None]], chance: object) -> None:
        given_ = [Point(float(n), None if way is None else at(way), 3.0 * n) for n, (_, way) in enumerate(track)]
        found = seen(*given_)
        again = [*given_]
        chance.shuffle(again)  # type: ignore[attr-defined]
        until = found.until_s if found.until_s is not None else -1.0
        late = [point for point in again if point.at_s <= until]
        assert seen(*late, before=found) == found

    def test_who_comes_back_is_hidden_a_second_for_each_metre_of_the_radius(self) -> None:
        gone = seen(*points(450, 399))
        assert seen(Point(300, at(600)), before=gone).is_hidden
        assert not seen(Point(1 + HOME.radius_m, at(600)), before=gone).is_hidden

    def test_a_place_that_is_not_known_is_the_last_one_for_ten_seconds(self) -> None:
        near = seen(*points(450))
        assert not seen(Point(10, None), before=near).is_hidden
        assert seen(Point(11, None), before=near).is_hidden
        far = seen(*points(4_000))
        assert not seen(Point(100, None), before=far).is_hidden

    def test_an_end_that_may_be_inside_is_not_seen(self) -> None:
        assert PRIVACY.is_seen_at(seen(*points(450)), 10)
        assert not PRIVACY.is_seen_at(seen(*points(450)), 60)
        assert PRIVACY.is_seen_at(seen(*points(4_000)), 60)
        assert not PRIVACY.is_seen_at(seen(*points(450, 399)), 1)
        assert Privacy().is_seen_at(seen(*points(450), privacy=Privacy()), 10_000)


class TestViewers:
    def test_others_see_what_consents_and_permissions_say(self) -> None:
        all_of_it = Privacy(location=True, health_data=True)
        assert all_of_it.visible_to(Viewer(is_athlete=True)).heart_rate
        assert not Privacy(location=True).visible_to(Viewer(is_athlete=True)).heart_rate
        assert Privacy().visible_to(Viewer(is_athlete=True)).position
        assert not all_of_it.visible_to(Viewer()).heart_rate
        assert all_of_it.visible_to(Viewer(heart_rate=True)).heart_rate
        assert not Privacy(location=True).visible_to(Viewer(heart_rate=True)).heart_rate
        assert all_of_it.visible_to(Viewer()).position
        assert not Privacy().visible_to(Viewer()).position
