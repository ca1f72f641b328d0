"""A reading holds until the channel's next one: fewer readings of the same heart say the same of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workouts.recordings.corruption.sound import RIDES, RUNS, Sound, cut, of_real_files
from workouts.recordings.recording import Floats

HOUR = 3_600
LONG = tuple(file for file in (*RIDES, *RUNS) if not file[0].startswith(("indoor", "Luciano")))
"""Of an hour and more."""


def thinned(values: Floats, every: int, first: int) -> Floats:
    return np.where(np.arange(len(values)) % every == first % every, values, np.nan)


@given(file=st.sampled_from(LONG), every=st.integers(2, 60), first=st.integers(0, 59))
@of_real_files(small=40, large=600)
def test_heart_rate_in_every_nth_record_has_the_same_average(file: tuple[str, str], every: int, first: int) -> None:
    sound = cut(*file, HOUR)
    right = sound.measured().average_heart_rate_bpm

    told = sound.having({"heart_rate_bpm": thinned(sound.of("heart_rate_bpm"), every, first)}).measured()

    assert told.average_heart_rate_bpm == pytest.approx(right, rel=0.02)


@given(file=st.sampled_from(LONG), every=st.integers(2, 1_200), first=st.integers(0, 1_199))
@of_real_files(small=30, large=300)
def test_a_constant_channel_has_its_average_at_any_n(file: tuple[str, str], every: int, first: int) -> None:
    sound = cut(*file, HOUR)
    constant = sound.having(
        {
            "heart_rate_bpm": thinned(np.full(len(sound), 150.0), every, first),
            "power_w": thinned(np.full(len(sound), 200.0), every, first),
            "cadence_rpm": thinned(np.full(len(sound), 80.0), every, first),
        }
    ).measured()

    assert (constant.average_heart_rate_bpm, constant.average_power_w, constant.average_cadence_rpm) == (
        pytest.approx(150),
        pytest.approx(200),
        pytest.approx(80),
    )


@given(file=st.sampled_from(LONG), every=st.integers(2, 60))
@of_real_files(small=20, large=200)
def test_fewer_records_of_everything_have_the_same_averages(file: tuple[str, str], every: int) -> None:
    sound = cut(*file, HOUR)
    right = sound.measured()

    told = in_every(sound, every).measured()

    assert told.average_heart_rate_bpm == pytest.approx(right.average_heart_rate_bpm, rel=0.02)
    assert told.timer_time_s == pytest.approx(right.timer_time_s, rel=0.02)
    assert told.distance_m == pytest.approx(right.distance_m, rel=0.02)


def in_every(sound: Sound, every: int) -> Sound:
    """Smart recording: whole records are missing, the last one never."""
    taken = np.append(np.arange(0, len(sound) - 1, every), len(sound) - 1)
    return (
        sound.until(len(taken))
        .at(sound.track.epoch_s[taken])
        .having({name: values[taken] for name, values in sound.track.channels.items()})
    )
