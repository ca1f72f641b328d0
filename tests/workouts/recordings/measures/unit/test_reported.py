"""Weak and extreme recordings of the kinds that users of other services report: docs/proof/recordings-attack.md."""

import numpy as np
import pytest

from stadion.sports import SportType, sport
from stadion.streams.codec import Floats
from tests.workouts.recordings.formats.unit import fits
from tests.workouts.recordings.unit.samples import a_recording
from workouts.recordings.formats.service import decode
from workouts.recordings.measures.domain import Measures, measure
from workouts.recordings.measures.doubts import doubts
from workouts.recordings.recording import Recording

METRES_PER_DEGREE = 111_195.0
HOUR = np.arange(3_600.0)


def degrees(metres: Floats) -> Floats:
    """On the equator, where a degree is as long to the north as to the east."""
    return metres / METRES_PER_DEGREE


def placed(
    north_m: Floats,
    east_m: Floats | None = None,
    *,
    step_s: float = 1.0,
    sport_type: SportType = SportType.RUN,
    **channels: Floats,
) -> Recording:
    east_m = np.zeros(len(north_m)) if east_m is None else east_m
    time_s = step_s * np.arange(len(north_m))
    return a_recording(time_s=time_s, sport_type=sport_type, lat=degrees(north_m), lon=degrees(east_m), **channels)


def doubted(recording: Recording) -> dict[str, int]:
    found = doubts(recording, sport(recording.sport_type))
    return {channel: int(mask.sum()) for channel, mask in found.samples.items()}


# --- laps that lie ----------------------------------------------------------------------------------------------------


def a_tcx(*laps: tuple[float, float]) -> bytes:
    """A run of 3 m/s, 600 s each lap, of which seconds and metres are told."""
    seconds = iter(range(600 * len(laps) + 1))

    def point() -> str:
        second = next(seconds)
        return (
            f"<Trackpoint><Time>2026-05-01T06:{second // 60:02}:{second % 60:02}Z</Time><Position><LatitudeDegrees>"
            f"{3 * second / METRES_PER_DEGREE:.8f}</LatitudeDegrees><LongitudeDegrees>0</LongitudeDegrees></Position>"
            f"<DistanceMeters>{3 * second}</DistanceMeters></Trackpoint>"
        )

    written = "".join(
        f'<Lap StartTime="2026-05-01T06:{10 * number:02}:00Z"><TotalTimeSeconds>{lasted}</TotalTimeSeconds>'
        f"<DistanceMeters>{metres}</DistanceMeters><Track>{''.join(point() for _ in range(600))}</Track></Lap>"
        for number, (lasted, metres) in enumerate(laps)
    )
    activity = f'<Activity Sport="Running">{written}</Activity>'
    return f"<TrainingCenterDatabase><Activities>{activity}</Activities></TrainingCenterDatabase>".encode()


@pytest.mark.parametrize(
    "laps",
    [
        [(600, 1_800), (600, 1_800), (600, 1_800)],
        [(600, 1.8), (600, 1.8), (600, 1.8)],
        [(600, 1_800), (1_200, 3_600), (1_800, 5_400)],
        [(1_200, 3_600), (1_200, 3_600), (1_200, 3_600)],
    ],
    ids=["sound", "kilometres", "sums so far", "twice"],
)
def test_the_laps_of_a_tcx_are_one_witness_not_two(laps: list[tuple[float, float]]) -> None:
    (run,) = decode(a_tcx(*laps))
    told = measure(run)

    assert (told.distance_m, told.timer_time_s) == (pytest.approx(5_400, rel=0.01), pytest.approx(1_799, abs=2))
    assert (told.flags, told.disputed) == ((), ())


def test_a_lap_of_the_whole_beside_its_parts_does_not_double_it() -> None:
    def lap(first: int, last: int) -> bytes:
        lasted = 1_000 * (last - first)
        times = [(253, fits.UINT32, fits.at(last)), (2, fits.UINT32, fits.at(first))]
        told = [(7, fits.UINT32, lasted), (8, fits.UINT32, lasted), (9, fits.UINT32, 300 * (last - first))]
        return fits.message(fits.LAP, times + told)

    records = (fits.record(second, (5, fits.UINT32, 300 * second)) for second in range(601))
    (run,) = decode(fits.an_activity(*records, lap(0, 600), lap(0, 300), lap(300, 600)))

    told = measure(run)

    assert (told.distance_m, told.timer_time_s, told.disputed) == (1_800, 600, ())


def test_a_timer_that_is_twice_as_long_does_not_double_a_distance_that_the_records_reach() -> None:
    semicircles = 3 / METRES_PER_DEGREE * 2**31 / 180
    records = (
        fits.record(
            second,
            (0, fits.SINT32, int(semicircles * second)),
            (1, fits.SINT32, 0),
            (5, fits.UINT32, 300 * second),
        )
        for second in range(601)
    )
    (run,) = decode(fits.an_activity(*records, fits.session(0, 1_200, (9, fits.UINT32, 180_000))))

    assert measure(run).distance_m == pytest.approx(1_800, rel=0.01)


# --- what is no fault -------------------------------------------------------------------------------------------------


def test_the_minutes_between_two_leaps_of_a_long_hike_count() -> None:
    east_m = np.zeros(28_800)
    east_m[10_000:10_500] = 60
    hike = placed(1.5 * np.arange(28_800.0), east_m, sport_type=SportType.HIKE)

    assert doubted(hike) == {}
    assert measure(hike).distance_m == pytest.approx(43_200, rel=0.005)


@pytest.mark.parametrize("step_s", [1, 5, 10])
def test_repetitions_from_a_standing_start_are_sound(step_s: int) -> None:
    """400 m in 48 s, then 92 s of rest, on a straight road."""
    speed = np.tile(np.concatenate((np.linspace(0, 8.5, 4), np.full(44, 8.5), np.zeros(92))), 12)
    way_m = np.cumsum(speed)
    run = placed(way_m[::step_s], step_s=step_s)
    told = measure(run)

    assert (doubted(run), told.flags, told.disputed) == ({}, (), ())
    assert told.distance_m == pytest.approx(way_m[-1], rel=0.01)


def test_a_simulated_bike_may_turn_on_the_spot() -> None:
    north_m = np.cumsum(np.where(HOUR % 200 < 100, 20.0, 0.0))
    east_m = np.cumsum(np.where(HOUR % 200 < 100, 0.0, 20.0))
    corner = placed(north_m, east_m, sport_type=SportType.VIRTUAL_RIDE)
    hairpin = placed(np.cumsum(np.where(HOUR % 200 < 100, 20.0, -20.0)), sport_type=SportType.VIRTUAL_RIDE)

    assert (doubted(corner), doubted(hairpin)) == ({}, {})


def test_one_turn_of_the_pedals_while_coasting_is_sound() -> None:
    cadence = np.where(HOUR % 400 < 200, 80.0, 0.0)
    cadence[300] = 57
    ride = a_recording(time_s=HOUR, cadence_rpm=cadence, sport_type=SportType.RIDE)

    assert doubted(ride) == {}


def test_places_on_a_coarse_grid_are_a_way() -> None:
    """Four decimals, 11 m: most steps stand still."""
    north_m = np.round(3 * HOUR / 11.1195) * 11.1195
    run = placed(north_m)

    assert (doubted(run), measure(run).distance_m) == ({}, pytest.approx(10_797, rel=0.01))


# --- what is one ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("counted", [False, True])
def test_a_burst_of_places_anywhere_does_not_vouch_for_itself(counted: bool) -> None:
    rng = np.random.default_rng(1)
    sound = placed(3 * HOUR, **({"distance_m": 3 * HOUR} if counted else {}))
    sound.lat[1_000:1_010] = rng.uniform(-80, 80, 10)
    sound.lon[1_000:1_010] = rng.uniform(-170, 170, 10)

    told = measure(sound)

    assert (told.distance_m, told.flags, told.disputed) == (pytest.approx(10_797, rel=0.01), (), ())
    assert told.max_speed_mps == pytest.approx(3, rel=0.02)


@pytest.mark.parametrize("records", [2, 3, 10])
def test_a_few_neighbours_of_60_kw_are_no_sprint(records: int) -> None:
    power_w = np.full(3_600, 200.0)
    power_w[1_000 : 1_000 + records] = 60_000

    told = measure(a_recording(time_s=HOUR, power_w=power_w, sport_type=SportType.RIDE))

    assert (told.max_power_w, told.average_power_w, told.flags) == (200, 200, ())


def test_a_tunnel_in_which_the_places_stand_still_is_as_long_as_it_is() -> None:
    north_m = 3 * HOUR
    north_m[600:720] = north_m[600]
    run = placed(north_m)

    told = measure(run)

    assert told.distance_m == pytest.approx(10_797, rel=0.01)
    assert told.moving_time_s == pytest.approx(3_599, rel=0.01)


def test_places_that_wander_about_a_house_do_not_refute_a_counter_that_waits() -> None:
    rng = np.random.default_rng(2)
    way_m = np.maximum(0, 3 * (HOUR - 600))
    waits = HOUR < 600
    north_m = way_m + np.where(waits, rng.normal(0, 8, 3_600), 0)
    told: Measures = measure(placed(north_m, distance_m=way_m))

    assert told.distance_m == pytest.approx(8_997, rel=0.01)
    assert told.moving_time_s == pytest.approx(2_999, rel=0.02)


def test_heights_of_0_in_a_third_of_all_points_are_no_mountain() -> None:
    altitude_m = 200 + 10 * np.sin(HOUR / 200)
    holes = np.where(np.random.default_rng(3).random(3_600) < 0.3, 0, altitude_m)

    sound, run = (a_recording(time_s=HOUR, altitude_m=heights) for heights in (altitude_m, holes))

    assert measure(run).ascent_m == pytest.approx(measure(sound).ascent_m, abs=4)


def test_a_session_in_minutes_outvotes_no_records() -> None:
    """Its timer and its elapsed time are of one message."""
    records = (fits.record(second, (5, fits.UINT32, 300 * second)) for second in range(1_801))
    (run,) = decode(fits.an_activity(*records, fits.session(0, 30)))

    told = measure(run)

    assert (told.timer_time_s, told.moving_time_s) == (1_800, 1_800)
    assert [one.number for one in told.disputed] == ["timer_time_s"]
