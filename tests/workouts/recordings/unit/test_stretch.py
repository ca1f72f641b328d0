"""A part of a recording, as if nothing else had been recorded."""

from dataclasses import replace
from datetime import timedelta

import numpy as np

from stadion.sports import SportType
from tests.workouts.recordings.unit.samples import START, a_recording
from workouts.recordings.measures.domain import measure
from workouts.recordings.recording import DeviceTotals, Swim, SwimLength
from workouts.recordings.stretch import stretch


def test_part_of_a_swim_without_a_counter_is_as_long_as_its_lengths() -> None:
    lengths = tuple(SwimLength(offset_s=30.0 * n, duration_s=30, is_active=n % 4 != 3, strokes=10) for n in range(20))
    swim = replace(
        a_recording(time_s=np.arange(601.0), sport_type=SportType.SWIM, heart_rate_bpm=np.full(601, 130.0)),
        swim=Swim(pool_length_m=25, strokes=150, lengths=lengths),
        totals=DeviceTotals(distance_m=375),
    )
    half = stretch(swim, first=START + timedelta(seconds=240), last=None)
    assert (measure(swim).distance_m, measure(half).distance_m) == (375, 225)
    assert half.swim is not None
    assert half.swim.strokes == 120
