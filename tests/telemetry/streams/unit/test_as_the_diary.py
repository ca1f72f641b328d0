"""Telemetry's times, way and motion are the diary's, on every real recording."""

import numpy as np
import pytest

from stadion.streams.recorded import MOVING, unbundle
from stadion.streams.told import columns_of, unpacked
from telemetry.clocks import active_clock, paused_where
from tests.kit.size import sized
from tests.telemetry.exports.round_trip import real_entries
from workouts.recordings.service import Entry

MOST_SAMPLES = sized(small=4_000, large=1_000_000)


@pytest.fixture(scope="module")
def entries() -> list[tuple[str, Entry]]:
    """Those whose points reach as far as their device says: of the rest there are no samples."""
    found = list(real_entries(most_samples=MOST_SAMPLES))
    return [(name, entry) for name, entry in found if abs(_recorded_s(entry) - entry.measured.timer_time_s) <= 1.5]


def _recorded_s(entry: Entry) -> float:
    return float(entry.judged.line.active_s[-1]) if entry.samples else np.inf


def test_the_clocks_the_motion_and_the_way_agree(entries: list[tuple[str, Entry]]) -> None:
    assert len(entries) > 60
    for name, entry in entries:
        parts = unbundle(entry.bundled)
        columns = columns_of(parts, unpacked(parts))
        active_s = active_clock(columns)
        assert active_s[-1] == pytest.approx(entry.measured.timer_time_s, abs=1.5), name
        assert float(np.diff(active_s) @ columns[MOVING][1:]) == pytest.approx(
            entry.measured.moving_time_s, abs=1.5, rel=2e-3
        ), name
        assert sum(rest for _, rest in paused_where(columns)) == pytest.approx(
            sum(pause.duration_s for pause in entry.judged.clock.pauses), abs=0.01
        ), name
        if "distance_m" in columns:
            assert columns["distance_m"][-1] == pytest.approx(entry.measured.distance_m, rel=0.01, abs=1), name


def test_a_distance_that_the_diary_does_not_believe_is_no_stream(entries: list[tuple[str, Entry]]) -> None:
    silent = [entry for _, entry in entries if entry.measured.distance_m is None]
    assert silent
    for entry in silent:
        parts = unbundle(entry.bundled)
        assert "distance_m" not in columns_of(parts, unpacked(parts))
