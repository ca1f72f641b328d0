"""One sample never decides: whatever stands in it, totals move by that sample only, and nothing becomes a record."""

from functools import cache
from typing import Any

import numpy as np
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.workouts.recordings.corruption.corruptions import TIME
from tests.workouts.recordings.corruption.sound import RIDES, RUNS, Sound, cut, of_real_files
from workouts.recordings.measures.domain import Measures
from workouts.recordings.recording import CHANNELS

FILES = (*RIDES, RUNS[1])
OURS = 0.005
"""Of a total, where the sample carries less."""
BEYOND = {"max_speed_mps": 1.05, "max_heart_rate_bpm": 1.02, "max_cadence_rpm": 1.25, "max_power_w": 1.25}
"""A maximum in a single record may be the athlete's own; one that is held may not grow."""
A_SPRINT_W = 2_500.0
"""Legs can; so it counts in an average where it stands."""
AT_AN_END = 30.0
"""The first and the last sample have one neighbour, who cannot say that they are a little off."""
A_RECORD_S = 1.0
"""An effort may gain as much by it."""
ANY = st.one_of(
    st.floats(),
    st.floats(0, 300),
    st.floats(0, 12_000),
    st.sampled_from([0.0, 1.0, 65.0, 180.0, 254.0, 255.0, 1_000.0, 60_000.0, 65_535.0, -1.0]),
)
METRES_PER_DEGREE = 111_195.0
YEAR_S = 365 * 86_400.0
AWAY_S = [-1.0, 1.0, 3_600.0, -86_400.0, 3 * 86_400.0, -20 * YEAR_S, 80 * YEAR_S, float("nan"), float("inf")]


def with_sample(sound: Sound, channel: str, at: int, value: float) -> Sound:
    values = sound.of(channel).copy()
    values[at] = value
    return sound.having({channel: values})


def carried(sound: Sound, at: int) -> dict[str, float]:
    """What the records beside the sample hold of each total."""
    first, last = max(0, at - 2), min(len(sound) - 1, at + 2)
    ground = np.diff(sound.of("distance_m")[[first, last]])[0]
    height = np.ptp(sound.of("altitude_m")[first : last + 1])
    seconds = float(sound.track.epoch_s[last] - sound.track.epoch_s[first])
    return {
        "distance_m": float(ground),
        "elapsed_time_s": seconds,
        "timer_time_s": seconds,
        "moving_time_s": seconds,
        "ascent_m": 4.0 + 2 * float(np.nan_to_num(height)),
        "descent_m": 4.0 + 2 * float(np.nan_to_num(height)),
        "average_heart_rate_bpm": 0.5,
        "average_power_w": A_SPRINT_W / len(sound),
        "average_cadence_rpm": 0.5,
        "calories_kcal": 1.0,
    }


def unfit(told: Measures, right: Measures, may_carry: dict[str, float]) -> dict[str, Any]:
    """What the corrupted recording says and must not."""
    found: dict[str, Any] = {}
    for number, most in may_carry.items():
        was, now = getattr(right, number), getattr(told, number)
        if was is not None and (now is None or abs(now - was) > max(OURS * abs(was), most)):
            found[number] = (now, was)
    for number, factor in BEYOND.items():
        was, now = getattr(right, number), getattr(told, number)
        if now is not None and (was is None or now > factor * was):
            found[number] = (now, was)
    efforts = {one.name: one.elapsed_time_s for one in right.best_efforts}
    for one in told.best_efforts:
        was = efforts.get(one.name)
        if was is None or one.elapsed_time_s < min(0.99 * was, was - A_RECORD_S):
            found[one.name] = (one.elapsed_time_s, was)
    if extra := {flag.code for flag in told.flags} - {flag.code for flag in right.flags}:
        found["flags"] = extra
    return found


@cache
def heard(file: tuple[str, str], with_session: bool) -> tuple[Sound, Measures]:
    sound = cut(*file) if with_session else TIME["session"].removed(cut(*file)).saying(distance_m=None, ascent_m=None)
    return sound, sound.measured()


@given(
    file=st.sampled_from(FILES),
    channel=st.sampled_from([name for name in CHANNELS if name not in {"lat", "lon", "temperature_c", "moving"}]),
    at=st.integers(0, 899),
    value=ANY,
    with_session=st.booleans(),
)
@example(file=RIDES[0], channel="distance_m", at=450, value=0.0, with_session=True)
@example(file=RIDES[0], channel="distance_m", at=899, value=1e7, with_session=False)
@example(file=RIDES[0], channel="speed_mps", at=450, value=65.0, with_session=True)
@example(file=RIDES[0], channel="power_w", at=450, value=60_000.0, with_session=True)
@example(file=RIDES[0], channel="heart_rate_bpm", at=450, value=255.0, with_session=True)
@example(file=RIDES[0], channel="altitude_m", at=450, value=0.0, with_session=True)
@of_real_files(small=150, large=3_000)
def test_any_value_in_one_sample_of_a_channel(
    file: tuple[str, str], channel: str, at: int, value: float, with_session: bool
) -> None:
    sound, right = heard(file, with_session)
    assume(not np.isnan(sound.of(channel)).all())
    assume(0 < at < len(sound) - 1 or not abs(value - sound.of(channel)[at]) < AT_AN_END)

    told = with_sample(sound, channel, at, value).measured()

    assert unfit(told, right, carried(sound, at)) == {}, (file, channel, at, value)


@given(
    file=st.sampled_from(RIDES),
    at=st.integers(0, 899),
    place=st.one_of(st.just((0.0, 0.0)), st.tuples(st.floats(-90, 90), st.floats(-180, 180))),
    counted=st.booleans(),
)
@of_real_files(small=50, large=1_000)
def test_any_position_in_one_sample(file: tuple[str, str], at: int, place: tuple[float, float], counted: bool) -> None:
    assert moved_by_a_position(file, at, place, counted) == {}, (file, at, place)


@given(
    file=st.sampled_from(RIDES),
    at=st.integers(0, 899),
    off_m=st.floats(40, 1_000),
    towards=st.floats(0, 360),
    counted=st.booleans(),
)
@example(file=RIDES[0], at=450, off_m=33, towards=0, counted=False)
@example(file=RIDES[0], at=450, off_m=100, towards=90, counted=False)
@of_real_files(small=50, large=1_000)
def test_a_position_that_is_a_kilometre_off_or_less(
    file: tuple[str, str], at: int, off_m: float, towards: float, counted: bool
) -> None:
    lat, lon = (float(cut(*file).of(name)[at]) for name in ("lat", "lon"))
    north, east = np.cos(np.radians(towards)), np.sin(np.radians(towards)) / np.cos(np.radians(lat))
    place = (lat + off_m / METRES_PER_DEGREE * north, lon + off_m / METRES_PER_DEGREE * east)

    assert moved_by_a_position(file, at, place, counted) == {}, (file, at, off_m, towards)


def moved_by_a_position(file: tuple[str, str], at: int, place: tuple[float, float], counted: bool) -> dict[str, Any]:
    """Of a recording without a session; `counted` is one with the device's own counter."""
    sound, right = heard(file, with_session=False)
    if not counted:
        sound = sound.without("distance_m", "speed_mps")
        right = sound.measured()
    told = with_sample(with_sample(sound, "lat", at, place[0]), "lon", at, place[1]).measured()
    return unfit(told, right, carried(cut(*file), at))


@given(
    file=st.sampled_from(FILES),
    at=st.integers(0, 899),
    away_s=st.one_of(st.floats(-900, 900), st.sampled_from(AWAY_S)),
    with_session=st.booleans(),
)
@example(file=RIDES[0], at=0, away_s=-86_400.0, with_session=False)
@example(file=RIDES[0], at=899, away_s=3 * 86_400.0, with_session=True)
@example(file=RIDES[0], at=450, away_s=-20 * YEAR_S, with_session=False)
@of_real_files(small=100, large=2_000)
def test_any_time_in_one_sample(file: tuple[str, str], at: int, away_s: float, with_session: bool) -> None:
    sound, right = heard(file, with_session)
    epoch_s = sound.track.epoch_s.copy()
    epoch_s[at] += away_s

    assert unfit(sound.at(epoch_s).measured(), right, carried(sound, at)) == {}, (file, at, away_s)
