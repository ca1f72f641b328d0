"""import(export(w)) = w."""

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stadion.sports import SportType
from stadion.streams.told import Told, ToldLap, ToldPause
from telemetry.exports.domain import Exported, ExportFormat
from telemetry.exports.service import exported
from tests.kit.size import examples, sized
from tests.telemetry.exports.round_trip import NOW, ROUNDED_M, back, differences, lap_distances, leaving, real_entries
from tests.workouts.recordings.unit.samples import START
from workouts.recordings.errors import RecordingError
from workouts.recordings.service import Entry, entries_of

MOST_SAMPLES = sized(small=2_000, large=1_000_000)
BOTH_WAYS = (ExportFormat.FIT, ExportFormat.TCX)


@pytest.fixture(scope="module")
def entries() -> list[tuple[str, Entry]]:
    return list(real_entries(most_samples=MOST_SAMPLES))


@pytest.mark.parametrize("as_format", [*BOTH_WAYS, ExportFormat.GPX])
def test_every_real_recording_comes_back_as_it_was(entries: list[tuple[str, Entry]], as_format: ExportFormat) -> None:
    """Distance, timer, motion, elapsed time, laps, sport, calories, flags; and it is seen as the same workout."""
    leave = [(name, entry, leaving(entry)) for name, entry in entries]
    carried = [(name, entry, back(gone, as_format)) for name, entry, gone in leave if as_format in gone.formats]

    assert len(carried) > 60
    assert {name: found for name, entry, came in carried if (found := differences(entry, came, as_format))} == {}
    if as_format in BOTH_WAYS:
        for _, entry, came in carried:
            assert lap_distances(came) == pytest.approx(lap_distances(entry), abs=ROUNDED_M)


@pytest.mark.parametrize("as_format", [*BOTH_WAYS, ExportFormat.GPX])
@pytest.mark.parametrize("sport_type", SportType)
def test_every_sport_comes_back(sport_type: SportType, as_format: ExportFormat) -> None:
    assert back(a_workout(sport_type=sport_type), as_format).measured.sport_type is sport_type


def a_workout(**told: Any) -> Exported:
    time_s = np.arange(0.0, 60.0)
    whole: dict[str, Any] = {
        "sport_type": SportType.RUN,
        "started_at": START,
        "elapsed_time_s": 59.0,
        "timer_time_s": 59.0,
        "moving_time_s": 59.0,
        "distance_m": 177.0,
    }
    columns = {"time_s": time_s, "lat": 55 + time_s * 2.7e-5, "lon": np.full(60, 37.0), "distance_m": 3 * time_s}
    return Exported.of(Told.model_validate({**whole, **told}), columns)


@st.composite
def device_files(draw: st.DrawFn) -> bytes:
    """What some device may have written, with stops, gaps, laps, and totals that may contradict its points."""
    n = draw(st.integers(3, 40))
    some = {"min_size": n - 1, "max_size": n - 1}
    steps = draw(st.lists(st.sampled_from([1.0, 1.0, 1.0, 2.0, 0.25, 7.321, 40.0, 600.0]), **some))
    speeds = draw(st.lists(st.sampled_from([0.0, 0.2, 1.5, 3.0, 3.3333, 9.0]), **some))
    time_s = np.concatenate(([0.0], np.cumsum(steps)))
    way_m = np.concatenate(([0.0], np.cumsum(np.array(speeds) * np.minimum(steps, 10.0))))
    seen = np.array(draw(st.lists(st.sampled_from([True, True, True, False]), min_size=n, max_size=n)))
    assume(time_s[-1] > 30)  # no workout lasts a moment
    columns = {"time_s": time_s}
    if draw(st.booleans()):
        columns |= {"lat": np.where(seen, 55 + way_m * 9e-6, np.nan), "lon": np.where(seen, 37.0, np.nan)}
    if draw(st.booleans()):
        columns["distance_m"] = way_m * draw(st.sampled_from([1.0, 1.01, 0.5]))
    if draw(st.booleans()):
        columns["speed_mps"] = np.concatenate((speeds[:1], speeds))
    if draw(st.booleans()):
        columns["heart_rate_bpm"] = np.where(seen, 140.0, 90.0)
    span_s, lap_s = float(time_s[-1]), draw(st.lists(st.floats(0.0, 1.0), max_size=4))
    starts = sorted({0.0, *(round(share * span_s, 3) for share in lap_s)})
    laps = [ToldLap(offset_s=at, elapsed_time_s=9.0, timer_time_s=9.0, moving_time_s=9.0) for at in starts]
    timer_s = span_s * draw(st.sampled_from([1.0, 0.9, 0.5]))
    stop = ToldPause(offset_s=float(time_s[n // 2]), duration_s=draw(st.sampled_from([0.0, 30.0])))
    told = Told(
        sport_type=draw(st.sampled_from([SportType.RUN, SportType.RIDE, SportType.HIKE])),
        started_at=START.replace(microsecond=draw(st.sampled_from([0, 250_000]))),
        elapsed_time_s=span_s,
        timer_time_s=timer_s,
        moving_time_s=timer_s,
        distance_m=float(way_m[-1]) * draw(st.sampled_from([1.0, 1.02, 1.5])),
        calories_kcal=draw(st.sampled_from([None, 12.0])),
        pauses=[stop] if stop.duration_s else [],
        laps=laps if len(laps) > 1 else [],
    )
    ours = exported(Exported.of(told, columns), ExportFormat.TCX)
    return re.sub(rb"<Extensions><stadion:workout.*?</Extensions>", b"", ours, flags=re.DOTALL)


@given(data=device_files())
@examples(small=60, large=5_000)
@pytest.mark.parametrize("as_format", BOTH_WAYS)
def test_whatever_a_device_wrote_comes_back_as_it_was_measured(data: bytes, as_format: ExportFormat) -> None:
    try:
        (entry,) = entries_of(data, sport_type=None, now=NOW)
    except RecordingError:
        return
    came = back(leaving(entry), as_format)
    assert differences(entry, came, as_format) == {}
    assert lap_distances(came) == pytest.approx(lap_distances(entry), abs=ROUNDED_M)


@pytest.mark.parametrize("as_format", [*BOTH_WAYS, ExportFormat.GPX])
@pytest.mark.parametrize("seen", [slice(0, 120), slice(250, 300)])
def test_a_track_that_lacks_an_end_is_the_same_workout(seen: slice, as_format: ExportFormat) -> None:
    """GPX has no place for what has no position, and is known again all the same."""
    time_s = np.arange(0, 6_000, 20.0)
    lat = np.full(300, np.nan)
    lat[seen] = 55 + time_s[seen] * 2.7e-5
    columns = {"time_s": time_s, "lat": lat, "lon": np.where(np.isnan(lat), np.nan, 37.0), "distance_m": 3 * time_s}
    told = a_workout(elapsed_time_s=5_980.0, timer_time_s=5_980.0, moving_time_s=5_980.0, distance_m=17_940.0).told
    (entry,) = entries_of(exported(Exported.of(told, columns), ExportFormat.TCX), sport_type=None, now=NOW)
    assert differences(entry, back(leaving(entry), as_format), as_format) == {}


def test_a_first_sample_after_more_than_an_hour_leaves_the_start_where_it_was() -> None:
    told = a_workout(elapsed_time_s=7_200.0, timer_time_s=7_200.0, moving_time_s=7_200.0).told
    columns = {"time_s": np.arange(5_000.0, 7_201), "heart_rate_bpm": np.full(2_201, 140.0), "moving": np.ones(2_201)}
    for as_format in BOTH_WAYS:
        measured = back(Exported.of(told, columns), as_format).measured
        assert (measured.started_at, measured.elapsed_time_s) == (told.started_at, 7_200)
