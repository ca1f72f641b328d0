"""What a format cannot carry it says, and what it can it does."""

import csv
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import fitfast
import numpy as np
import pytest

from stadion.sports import SportType
from stadion.streams.told import Told, ToldLength
from telemetry.exports.domain import Exported, ExportFormat
from telemetry.exports.errors import FormatCannotCarryError
from telemetry.exports.service import exported
from tests.telemetry.exports.round_trip import back, leaving
from tests.workouts.recordings.unit.samples import START
from workouts.recordings.service import entries_of

TYPED = Told(
    sport_type=SportType.ROLLER_SKI,
    started_at=START,
    elapsed_time_s=3_600,
    timer_time_s=3_600,
    moving_time_s=3_500,
    distance_m=12_345.67,
    calories_kcal=455.5,
)
GPX, CSV, FIT, TCX = ExportFormat.GPX, ExportFormat.CSV, ExportFormat.FIT, ExportFormat.TCX


def recorded(**columns: np.ndarray) -> Exported:  # type: ignore[type-arg]
    return Exported.of(TYPED, {"time_s": np.arange(4.0), **columns})


@pytest.mark.parametrize("as_format", [FIT, TCX])
def test_a_workout_that_was_typed_in_has_its_totals(as_format: ExportFormat) -> None:
    measured = back(Exported.of(TYPED, {}), as_format).measured
    assert (measured.sport_type, measured.started_at) == (TYPED.sport_type, START)
    assert (measured.distance_m, measured.calories_kcal) == (TYPED.distance_m, TYPED.calories_kcal)
    assert (measured.elapsed_time_s, measured.timer_time_s) == (3_600, 3_600)


@pytest.mark.parametrize(
    ("workout", "as_format", "others"),
    [
        (Exported.of(TYPED, {}), GPX, [FIT, TCX]),
        (Exported.of(TYPED, {}), CSV, [FIT, TCX]),
        (recorded(heart_rate_bpm=np.full(4, 99.0)), GPX, [FIT, TCX, CSV]),
        (Exported.of(TYPED.model_copy(update={"started_at": datetime(1990, 5, 1, tzinfo=UTC)}), {}), FIT, [TCX]),
        (recorded(lat=np.full(4, np.nan), lon=np.full(4, np.nan)), GPX, [FIT, TCX, CSV]),
    ],
)
def test_a_format_that_cannot_carry_it_names_those_that_can(
    workout: Exported, as_format: ExportFormat, others: list[ExportFormat]
) -> None:
    with pytest.raises(FormatCannotCarryError) as refused:
        exported(workout, as_format)
    assert refused.value.extensions == {"formats": others}


def test_other_programs_find_pauses_and_laps_in_fit(paused: bytes) -> None:
    (entry,) = entries_of(paused, sport_type=None, now=datetime.now(UTC))
    messages = fitfast.parse(exported(leaving(entry), FIT))
    timer = [message["event_type"] for message in messages["event"] if message["event"] == "timer"]
    assert timer == ["start", "stop_all", "start", "stop_all"]
    assert [lap["total_timer_time"] for lap in messages["lap"]] == [58.0]
    (session,) = messages["session"]
    assert (session["sport"], session["total_timer_time"], session["num_laps"]) == ("running", 58.0, 1)
    assert messages["file_id"][0]["product_name"] == "A watch"


def test_other_programs_find_pauses_in_tracks_and_segments(paused: bytes) -> None:
    (entry,) = entries_of(paused, sport_type=None, now=datetime.now(UTC))
    for as_format, part in ((TCX, "Track"), (GPX, "trkseg")):
        root = ET.fromstring(exported(leaving(entry), as_format))
        assert len(root.findall(f".//{{*}}{part}")) == 2


@pytest.fixture
def paused() -> bytes:
    """Two segments of half a minute, ten minutes apart."""
    point = '<trkpt lat="{:.6f}" lon="37"><time>2026-05-01T06:{:02}:{:02}Z</time></trkpt>'
    parts = ["".join(point.format(55 + (30 * part + s) * 2.7e-5, 10 * part, s) for s in range(30)) for part in range(2)]
    segments = "".join(f"<trkseg>{part}</trkseg>" for part in parts)
    return f'<gpx version="1.1" creator="A watch"><trk><type>running</type>{segments}</trk></gpx>'.encode()


def test_a_table_has_a_row_for_every_sample_and_a_gap_where_nothing_was_read() -> None:
    text = exported(recorded(heart_rate_bpm=np.array([90, np.nan, 92, 93])), CSV).decode()
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["heart_rate_bpm"] for row in rows] == ["90", "", "92", "93"]
    assert rows[1]["time"] == "2026-05-01T06:00:01.000Z"


def test_what_fit_has_no_place_for_is_left_out() -> None:
    values = {"heart_rate_bpm": np.array([90.0, 400, 91, 92]), "power_w": np.array([1.0, 2, 70_000, 3])}
    columns = fitfast.records(exported(recorded(**values), FIT))
    assert np.isnan(columns["heart_rate"]).tolist() == [False, True, False, False]
    assert np.isnan(columns["power"]).tolist() == [False, False, True, False]


def test_a_name_with_what_xml_cannot_hold_is_written_without_it() -> None:
    named = Exported.of(TYPED.model_copy(update={"device": 'A\x07 & "B" <C>'}), {})
    assert back(named, TCX).measured.device == 'A & "B" <C>'


@pytest.mark.parametrize("as_format", [FIT, TCX])
def test_a_swim_comes_back_with_its_lengths_and_a_treadmill_as_one(as_format: ExportFormat) -> None:
    lengths = [
        ToldLength(offset_s=0, duration_s=30.5, stroke="freestyle", strokes=12),
        ToldLength(offset_s=30.5, duration_s=20, is_active=False),
    ]
    swum = {"sport_type": SportType.SWIM, "pool_length_m": 33.3, "strokes": 12, "lengths": lengths}
    entry = back(Exported.of(TYPED.model_copy(update=swum), {}), as_format)
    assert (entry.measured.pool_length_m, entry.measured.strokes, entry.measured.indoor) == (33.3, 12, False)
    assert [ToldLength.model_validate(length) for length in entry.track.lengths] == lengths
    treadmill = Exported.of(TYPED.model_copy(update={"sport_type": SportType.RUN, "indoor": True}), {})
    assert back(treadmill, as_format).measured.indoor
