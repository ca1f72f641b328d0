"""No witness of distance, time or ascent decides alone while others speak; with two, what cannot be decided is told."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workouts.recordings.corruption.corruptions import ASCENT, DISTANCE, OPEN, TIME, Place, Witness
from tests.workouts.recordings.corruption.sound import RIDES, RUNS, Sound, cut, of_real_files, stopped
from workouts.recordings.measures.domain import Measures

MOVES = 0.02
RIDE = st.sampled_from(RIDES)
PLACES = st.builds(
    Place,
    first=st.floats(0.05, 0.8),
    length=st.floats(0.05, 0.6),
    factor=st.one_of(st.floats(0.5, 0.85), st.floats(1.15, 2)),
)
FEW = of_real_files(small=40, large=400)


def ways(witnesses: dict[str, Witness], *, without: tuple[str, ...] = ()) -> st.SearchStrategy[tuple[str, str]]:
    """A witness, and how it goes wrong."""
    return st.sampled_from(
        [(name, kind) for name, one in witnesses.items() for kind in one.kinds if kind not in without]
    )


def moved(now: float | None, before: float | None) -> float:
    return abs((now or 0.0) - (before or 0.0)) / (before or 1.0)


def only(sound: Sound, witnesses: dict[str, Witness], kept: tuple[str, ...]) -> Sound:
    """Speed is a witness of distance, too: here it is silent."""
    for name, witness in witnesses.items():
        sound = sound if name in kept else witness.removed(sound)
    return sound.without("speed_mps")


def disputed(measured: Measures, number: str) -> tuple[float, ...]:
    return tuple(value for one in measured.disputed if one.number == number for value in one.figures.values())


@given(file=RIDE, way=ways(DISTANCE), place=PLACES)
@FEW
def test_with_three_witnesses_of_distance_any_one_may_go_wrong(
    file: tuple[str, str], way: tuple[str, str], place: Place
) -> None:
    witness, kind = way
    right = only(cut(*file), DISTANCE, tuple(DISTANCE))

    told = DISTANCE[witness].corrupted(right, kind, place).measured()

    assert moved(told.distance_m, right.totals.distance_m) < MOVES, (told.distance_m, right.totals.distance_m)


PAIRS = [
    (pair, witness, kind) for pair in combinations(DISTANCE, 2) for witness in pair for kind in DISTANCE[witness].kinds
]


@given(file=RIDE, case=st.sampled_from([case for case in PAIRS if case[2] not in OPEN]), place=PLACES)
@FEW
def test_with_two_witnesses_of_distance_what_shows_itself_as_broken_is_not_believed(
    file: tuple[str, str], case: tuple[tuple[str, str], str, str], place: Place
) -> None:
    pair, witness, kind = case
    sound = cut(*file)
    right = only(sound, DISTANCE, pair)

    told = DISTANCE[witness].corrupted(right, kind, place).measured()

    assert moved(told.distance_m, sound.totals.distance_m) < MOVES, (told.distance_m, sound.totals.distance_m)


@given(
    file=RIDE,
    case=st.sampled_from(
        [
            (("positions", "distance"), "distance", "scale"),
            (("positions", "distance"), "positions", "scale"),
            (("positions", "session"), "session", "scale"),
            (("positions", "session"), "session", "shift"),
            (("positions", "session"), "positions", "scale"),
        ]
    ),
    place=PLACES,
)
@FEW
def test_what_two_witnesses_of_distance_cannot_decide_is_disputed(
    file: tuple[str, str], case: tuple[tuple[str, str], str, str], place: Place
) -> None:
    """Counter and session alone are a treadmill, of which the athlete may have corrected the session."""
    pair, witness, kind = case
    sound = cut(*file)
    right = only(sound, DISTANCE, pair)
    wrong = DISTANCE[witness].corrupted(right, kind, place)
    true_m = sound.totals.distance_m or 0.0

    figures = disputed(wrong.measured(), "distance_m")

    factor = 1.5 if kind == "shift" else place.factor
    assert sorted(figures) == [pytest.approx(value, rel=0.03) for value in sorted((true_m, true_m * factor))], (
        figures,
        true_m,
        factor,
    )


def test_the_sound_recordings_are_undisputed() -> None:
    for file in (*RIDES, *RUNS):
        told = cut(*file).measured()
        assert (told.disputed, told.flags) == ((), ()), file


@pytest.mark.parametrize("file", RIDES, ids=[name for name, _ in RIDES])
@pytest.mark.parametrize("witness", DISTANCE)
def test_the_only_witness_of_distance_is_named(file: tuple[str, str], witness: str) -> None:
    told = only(cut(*file), DISTANCE, (witness,)).measured()

    assert told.measured_by["distance_m"] == witness
    assert told.distance_m == pytest.approx(cut(*file).totals.distance_m, rel=MOVES)


def test_speed_alone_is_a_witness_of_distance() -> None:
    sound = cut(*RUNS[1])
    told = sound.without("lat", "lon", "distance_m").saying(distance_m=None).measured()

    assert told.measured_by["distance_m"] == "speed"
    assert told.distance_m == pytest.approx(sound.totals.distance_m, rel=0.05)


STOPS = st.tuples(st.floats(0.15, 0.85), st.sampled_from([60.0, 200.0, 700.0]))


@given(file=st.sampled_from((*RIDES, *RUNS)), way=ways(TIME), place=PLACES, stop=STOPS)
@FEW
def test_with_four_witnesses_of_time_any_one_may_go_wrong(
    file: tuple[str, str], way: tuple[str, str], place: Place, stop: tuple[float, float]
) -> None:
    witness, kind = way
    sound = cut(*file)
    right = stopped(sound, int(stop[0] * len(sound)), stop[1])

    told = TIME[witness].corrupted(right, kind, place).measured()

    assert moved(told.timer_time_s, right.totals.timer_time_s) < MOVES, (told.timer_time_s, right.totals.timer_time_s)
    assert moved(told.elapsed_time_s, right.totals.elapsed_time_s) < MOVES, told.elapsed_time_s


@given(
    file=st.sampled_from((*RIDES, *RUNS)),
    way=st.sampled_from([("session", "drop"), ("session", "zero"), ("session", "spike"), ("records", "drop a part")]),
    place=PLACES,
    stop=STOPS,
)
@FEW
def test_with_records_and_a_session_what_shows_itself_as_broken_is_not_believed(
    file: tuple[str, str], way: tuple[str, str], place: Place, stop: tuple[float, float]
) -> None:
    """A stop is a gap in the records; nobody pressed a button."""
    sound = cut(*file)
    right = only_records_and_session(stopped(sound, int(stop[0] * len(sound)), stop[1]))

    told = TIME[way[0]].corrupted(right, way[1], place).measured()

    assert moved(told.timer_time_s, right.totals.timer_time_s) < MOVES, (told.timer_time_s, right.totals.timer_time_s)
    assert moved(told.elapsed_time_s, right.totals.elapsed_time_s) < MOVES, told.elapsed_time_s


@given(file=st.sampled_from((*RIDES, *RUNS)), factor=st.floats(0.5, 0.85))
@FEW
def test_a_session_timer_that_nothing_bears_out_is_disputed_or_not_believed(
    file: tuple[str, str], factor: float
) -> None:
    sound = cut(*file)
    timer_s = sound.totals.timer_time_s or 0.0

    told = sound.saying(timer_time_s=factor * timer_s).measured()

    figures = disputed(told, "timer_time_s")
    assert moved(told.timer_time_s, timer_s) < MOVES or len(figures) == 2, (told.timer_time_s, timer_s, figures)


def only_records_and_session(sound: Sound) -> Sound:
    return TIME["laps"].removed(TIME["events"].removed(sound))


@pytest.mark.parametrize("file", [*RIDES, *RUNS], ids=[name for name, _ in (*RIDES, *RUNS)])
def test_the_only_witness_of_time_is_named(file: tuple[str, str]) -> None:
    sound = cut(*file)
    records, session = TIME["session"].removed(sound).measured(), sound.until(0).measured()

    assert (records.measured_by["timer_time_s"], records.measured_by["elapsed_time_s"]) == ("records", "records")
    assert (session.measured_by["timer_time_s"], session.measured_by["elapsed_time_s"]) == ("session", "session")


CLIMBS = tuple(file for file in RIDES if not file[0].startswith(("4801048867", "cheats")))


@given(
    file=st.sampled_from(CLIMBS),
    way=ways(ASCENT),
    place=PLACES,
)
@FEW
def test_with_two_witnesses_of_ascent_what_shows_itself_as_broken_is_not_believed(
    file: tuple[str, str], way: tuple[str, str], place: Place
) -> None:
    witness, kind = way
    sound = cut(*file)
    right = sound.totals.ascent_m or 0.0

    told = ASCENT[witness].corrupted(sound, kind, place).measured()

    assert abs((told.ascent_m or 0.0) - right) < max(MOVES * right, 2.0), (told.ascent_m, right)


@pytest.mark.parametrize("file", RIDES, ids=[name for name, _ in RIDES])
@pytest.mark.parametrize(("witness", "silent"), [("altitude", "session"), ("session", "altitude")])
def test_the_only_witness_of_ascent_is_named(file: tuple[str, str], witness: str, silent: str) -> None:
    told = ASCENT[silent].removed(cut(*file)).measured()

    assert told.measured_by["ascent_m"] == witness


def test_a_corruption_changes_something() -> None:
    """Else the properties hold because nothing was broken."""
    sound = cut(*RIDES[0])
    place = Place(0.3, 0.3)
    for witnesses in (DISTANCE, ASCENT):
        for one in witnesses.values():
            for kind in one.kinds:
                wrong = one.corrupted(sound, kind, place)
                same = all(
                    np.array_equal(values, wrong.of(name), equal_nan=True)
                    for name, values in sound.track.channels.items()
                )
                assert not (same and wrong.totals == sound.totals), kind
