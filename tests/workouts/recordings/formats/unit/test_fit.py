"""FIT as devices really write it: chained, repeated, torn, with channels in unusual places."""

import struct

import numpy as np
import pytest

from stadion.sports import SportType
from tests.workouts.recordings.formats.unit import fits
from tests.workouts.recordings.formats.unit.fits import ENUM, SINT32, TEXT, UINT8, UINT16, UINT32, at, record, session
from tests.workouts.recordings.unit import samples
from workouts.recordings.errors import RecordingError
from workouts.recordings.formats.parts import Decoded
from workouts.recordings.formats.service import decode, decoded
from workouts.recordings.recording import Recording

RUN = fits.an_activity(fits.heart_rates(range(121)), session(0, 120))
SETTINGS = fits.a_fit(fits.message(fits.FILE_ID, [(0, ENUM, 2)]))


def only(data: bytes) -> Recording:
    (recording,) = decode(data)
    return recording


def notes(recording: Recording) -> list[str]:
    return [note.code for note in recording.notes]


def left_out(found: Decoded) -> dict[str, str]:
    return {left.part: left.reason.code for left in found.left_out}


# --- the bytes ------------------------------------------------------------------------------------------------------


def test_a_header_whose_checksum_is_zero_is_valid() -> None:
    body = RUN[14:-2]
    header = RUN[:12] + bytes(2)
    file = header + body
    whole = only(file + fits.crc(file).to_bytes(2, "little"))
    assert (len(whole), notes(whole)) == (121, [])


@pytest.mark.parametrize("header_size", [12, 14])
def test_a_wrong_checksum_gives_what_is_there_with_a_note(header_size: int) -> None:
    file = fits.as_file(bytes([header_size]) + RUN[1:header_size], RUN[14:-2])
    wrong = only(file[:-2] + b"\x12\x34")
    assert (len(wrong), notes(wrong)) == (121, ["wrong_checksum"])
    assert notes(only(file)) == []


@pytest.mark.parametrize("name", ["4801048867.fit", "2020-06-01-16-52-40.fit"])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.999])
def test_a_torn_file_gives_the_records_before_the_tear(name: str, share: float) -> None:
    data, whole = samples.data(name), samples.recording(name)
    torn = only(data[: int(share * len(data))])
    assert notes(torn) == ["torn"]
    assert len(torn) >= (share - 0.2) * len(whole)
    np.testing.assert_array_equal(torn.heart_rate_bpm, whole.heart_rate_bpm[: len(torn)])


@pytest.mark.parametrize("size", [bytes(4), b"\xff" * 4, (100).to_bytes(4, "little")])
def test_a_file_that_its_device_never_finished_is_read_to_its_end(size: bytes) -> None:
    unfinished = only(RUN[:4] + size + RUN[8:])
    assert (len(unfinished), notes(unfinished)) == (121, ["torn"])


def test_what_follows_a_torn_file_is_read_as_well() -> None:
    first, second = decode(RUN[:-40] + fits.an_activity(fits.heart_rates(range(500, 561)), session(500, 560)))
    assert (notes(first), notes(second), len(second)) == (["torn"], [], 61)


def test_a_torn_multisport_keeps_what_came_after_its_last_session() -> None:
    file = fits.an_activity(fits.heart_rates(range(300)), session(0, 120), fits.heart_rates(range(300, 400)))
    first, rest = decode(file[:-10])
    assert (first.span_s, rest.started_at.timestamp()) == (120, fits.START + 121)


def test_a_field_of_an_unknown_type_is_no_reading_and_the_others_are() -> None:
    strange = b"".join(record(second, (3, UINT8, 140), (150, 0x44, b"\x01\x02")) for second in range(60))
    file = fits.an_activity(strange, session(0, 59))
    assert only(file).heart_rate_bpm.tolist() == [140.0] * 60


def test_the_checksum_of_a_long_file_is_that_of_its_bytes() -> None:
    long = samples.data("4078723797.fit")
    assert fits.crc(long[:-2]).to_bytes(2, "little") == long[-2:]


# --- parts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", [SETTINGS + RUN, RUN + SETTINGS, SETTINGS + SETTINGS + RUN])
def test_settings_beside_an_activity_are_left_out(file: bytes) -> None:
    found = decoded(file)
    assert [len(recording) for recording in found.recordings] == [121]
    assert set(left_out(found).values()) == {"not_an_activity"}


def test_a_file_that_is_settings_and_an_activity_is_an_activity() -> None:
    both = fits.a_fit(fits.message(fits.FILE_ID, [(0, ENUM, 2)]), RUN[14:-2])
    assert len(only(both)) == 121


@pytest.mark.parametrize("kind", [0x91, 0xFF, 0x44])
def test_a_developers_field_of_an_unknown_type_costs_no_other_reading(kind: int) -> None:
    records = b"".join(record(second, (3, UINT8, 140), developer=[(0, b"\1\2")]) for second in range(30))
    run = only(fits.an_activity(described(7, b"Power", kind, b"W"), records, session(0, 29)))
    assert set(run.heart_rate_bpm) == {140}


def test_a_file_of_strange_definitions_alone_is_refused_soon() -> None:
    definition = b"\x40\0\0\x14\0\xff" + b"\x01\x01\x44" * 255
    with pytest.raises(RecordingError):
        decode(fits.an_activity(definition * 5_000))


def test_a_damaged_file_beside_an_activity_is_left_out() -> None:
    found = decoded(fits.a_fit(b"\xff" * 50) + RUN)
    assert (len(found.recordings), left_out(found)) == (1, {"file:1": "bad_fit"})


def test_an_activity_that_is_chained_twice_counts_once() -> None:
    found = decoded(RUN + RUN)
    assert (len(found.recordings), left_out(found)) == (1, {"session:2": "repeated"})


@pytest.mark.parametrize(
    ("second", "distance_m"),
    [
        (session(0, 120), 400),
        (session(0, 120, (9, UINT32, 45_000)), 450),
        (session(1, 120), 400),
        (session(0, 119), 400),
    ],
)
def test_a_session_that_is_sent_twice_is_one_as_it_was_sent_last(second: bytes, distance_m: float) -> None:
    first = session(0, 120, (9, UINT32, 40_000))
    run = only(fits.an_activity(fits.heart_rates(range(121)), first, second))
    assert (len(run), run.totals.distance_m) == (121, distance_m)


@pytest.mark.parametrize("first_leg", [0, 100])
def test_a_transition_of_no_time_is_left_out_and_its_neighbours_are_whole(first_leg: int) -> None:
    legs = [
        session(0, first_leg, sport=fits.SWIMMING if first_leg else fits.TRANSITION),
        session(100, 100, sport=fits.TRANSITION),
        session(100, 200, sport=fits.CYCLING),
        session(200, 200, sport=fits.TRANSITION),
        session(200, 300, sport=fits.RUNNING),
    ]
    found = decoded(fits.an_activity(fits.heart_rates(range(301)), *legs))
    assert set(left_out(found).values()) == {"session_without_time"}
    assert sum(len(recording) for recording in found.recordings) == 301
    assert [str(recording.sport_type) for recording in found.recordings][-2:] == ["Ride", "Run"]


def test_a_session_over_all_others_is_no_workout() -> None:
    legs = session(0, 100, sport=fits.CYCLING) + session(100, 200, sport=fits.RUNNING)
    found = decoded(fits.an_activity(fits.heart_rates(range(201)), legs, session(0, 200, sport=18)))
    assert [len(recording) for recording in found.recordings] == [100, 101]
    assert list(left_out(found).values()) == ["summary_of_sessions"]


def test_the_reason_of_the_weightiest_part_refuses_a_file() -> None:
    empty = fits.an_activity()
    with pytest.raises(RecordingError) as caught:
        decode(SETTINGS + empty)
    assert caught.value.code == "no_points"


# --- channels -------------------------------------------------------------------------------------------------------


def described(native: int, name: bytes, kind: int, units: bytes) -> bytes:
    developer = fits.message(fits.DEVELOPER, [(1, fits.BYTES, bytes(range(16))), (3, UINT8, 0)])
    fields = [
        (0, UINT8, 0),
        (1, UINT8, 0),
        (2, UINT8, kind),
        (3, TEXT, name.ljust(16, b"\0")),
        (8, TEXT, units.ljust(8, b"\0")),
        (14, UINT16, 20),
        (15, UINT8, native),
    ]
    return developer + fits.message(fits.DESCRIPTION, fields)


@pytest.mark.parametrize(
    ("native", "name", "units", "written", "channel", "read"),
    [
        (7, b"Power", b"Watts", 250, "power_w", 250),
        (3, b"Pulse", b"bpm", 151, "heart_rate_bpm", 151),
        (4, b"Cadence", b"RPM", 88, "cadence_rpm", 88),
        (6, b"Pace", b"km/h", 18, "speed_mps", 5),
        (5, b"Way", b"m", 1_200, "distance_m", 1_200),
        (2, b"Elevation", b"m", 640, "altitude_m", 640),
    ],
)
def test_a_developer_field_stands_in_for_the_native_one_that_it_names(
    native: int, name: bytes, units: bytes, written: int, channel: str, read: float
) -> None:
    value = [(0, written.to_bytes(2, "little"))]
    records = b"".join(record(second, developer=value) for second in range(30))
    run = only(fits.an_activity(described(native, name, UINT16, units), records, session(0, 29)))
    assert run.channels()[channel].tolist() == pytest.approx([read] * 30)


def test_a_native_field_is_believed_before_a_developers() -> None:
    value = [(0, (300).to_bytes(2, "little"))]
    records = b"".join(record(second, (7, UINT16, 200), developer=value) for second in range(30))
    run = only(fits.an_activity(described(7, b"Power", UINT16, b"Watts"), records, session(0, 29)))
    assert set(run.power_w) == {200}


@pytest.mark.parametrize("name", [b"power", b"heart_rate", b"timestamp", b"speed"])
def test_a_developers_field_that_is_called_like_a_native_one_does_not_take_its_place(name: bytes) -> None:
    value = [(0, (77).to_bytes(2, "little"))]
    records = b"".join(
        record(second, (3, UINT8, 140), (7, UINT16, 200), (6, UINT16, 3_000), developer=value) for second in range(30)
    )
    run = only(fits.an_activity(described(0xFF, name, UINT16, b"?"), records, session(0, 29)))
    assert (set(run.heart_rate_bpm), set(run.power_w), set(run.speed_mps), run.span_s) == ({140}, {200}, {3}, 29)


def test_compressed_speed_and_distance_are_unpacked_beyond_the_256_m_that_they_count() -> None:
    def packed(second: int) -> bytes:
        speed, distance = 300, (second * 3 * 16) & 0xFFF
        return bytes((speed & 0xFF, speed >> 8 | (distance & 0x0F) << 4, distance >> 4))

    records = b"".join(
        record(second, (3, UINT8, 140), *([(8, fits.BYTES, packed(second))] if second != 7 else []))
        for second in range(300)
    )
    run = only(fits.an_activity(records, session(0, 299)))
    assert (run.distance_m[0], run.distance_m[-1]) == (0, 897)
    assert np.isnan(run.speed_mps[7])
    assert run.speed_mps[8] == 3


def test_heart_rates_that_a_strap_sent_afterwards_are_laid_on_the_records() -> None:
    swim = b"".join(record(second, (5, UINT32, 100 * second)) for second in range(60))
    anchor = fits.message(fits.HR, [(253, UINT32, at(0)), (9, UINT32, 5_000 * 1024), (6, UINT8, 100)])
    ticks = [5_000 * 1024 + 700 * beat & 0xFFF for beat in range(1, 81)]
    beats = b""
    for first in range(0, 80, 8):
        pairs = zip(ticks[first : first + 8 : 2], ticks[first + 1 : first + 8 : 2], strict=True)
        packed = b"".join(bytes((a & 0xFF, a >> 8 | (b & 0x0F) << 4, b >> 4)) for a, b in pairs)
        beats += fits.message(fits.HR, [(6, UINT8, list(range(101 + first, 109 + first))), (10, fits.BYTES, packed)])
    run = only(fits.an_activity(swim, anchor, beats, session(0, 59, sport=fits.SWIMMING)))
    expected = [100 + int((second + 0.5) * 1024 / 700) for second in range(50)]
    assert run.heart_rate_bpm[:50].tolist() == expected


def test_the_hearts_of_records_are_believed_before_the_straps() -> None:
    anchor = fits.message(fits.HR, [(253, UINT32, at(0)), (9, UINT32, 1024), (6, UINT8, 77)])
    run = only(fits.an_activity(fits.heart_rates(range(30)), anchor, session(0, 29)))
    assert set(run.heart_rate_bpm) == {140}


def test_records_with_compressed_times_count_on_over_the_32_seconds() -> None:
    begins = record(0, (3, UINT8, 140))
    definition = b"\x41\x00\x00" + struct.pack("<HB", fits.RECORD, 1) + bytes((3, 1, UINT8))
    rest = b"".join(bytes((0xA0 | (at(second) & 0x1F), 140)) for second in range(1, 90))
    assert only(fits.an_activity(begins, definition, rest, session(0, 89))).time_s.tolist() == list(range(90))


@pytest.mark.parametrize("place", [(0, 0), (596_523_236, 95_443_718)])
def test_positions_of_a_machine_are_none(place: tuple[int, int]) -> None:
    fields = [(0, SINT32, place[0]), (1, SINT32, place[1])]
    rower = b"".join(record(second, *fields, (5, UINT32, 300 * second)) for second in range(120))
    run = only(fits.an_activity(rower, session(0, 119)))
    assert np.isnan(run.lat).all()
    assert notes(run) == ["positions_nowhere"]


def test_a_workout_in_one_place_keeps_its_place() -> None:
    yoga = b"".join(record(second, (0, SINT32, 596_523_236), (1, SINT32, 95_443_718)) for second in range(120))
    assert not np.isnan(only(fits.an_activity(yoga, session(0, 119))).lat).any()


# --- what else is in the file ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_end", [True, False])
def test_laps_without_a_start_begin_before_their_end_or_in_order(with_end: bool) -> None:
    def lap(last: int) -> bytes:
        end = [(253, UINT32, at(last))] if with_end else []
        return fits.message(fits.LAP, [*end, (7, UINT32, 60_000), (8, UINT32, 60_000)])

    run = only(fits.an_activity(fits.heart_rates(range(121)), lap(60), lap(120), session(0, 120)))
    assert [lap.offset_s for lap in run.laps] == [0, 60]


def test_a_lap_that_is_sent_twice_is_one() -> None:
    lap = fits.message(fits.LAP, [(253, UINT32, at(60)), (2, UINT32, at(0)), (7, UINT32, 60_000)])
    assert len(only(fits.an_activity(fits.heart_rates(range(121)), lap, lap, session(0, 120))).laps) == 1


def test_lengths_strokes_and_the_pool_are_kept() -> None:
    def length(number: int, kind: int, strokes: int) -> bytes:
        begin = 30 * number
        times = [(253, UINT32, at(begin + 30)), (2, UINT32, at(begin)), (3, UINT32, 30_000), (4, UINT32, 30_000)]
        return fits.message(fits.LENGTH, [*times, (5, UINT16, strokes), (7, ENUM, 0), (12, ENUM, kind)])

    lengths = length(0, 1, 12) + length(1, 0, 0xFFFF) + length(2, 1, 14)
    pool = session(0, 90, (44, UINT16, 2_500), sport=fits.SWIMMING, sub_sport=17)
    swim = only(fits.an_activity(fits.heart_rates(range(91)), lengths, pool)).swim
    assert swim is not None
    assert (swim.pool_length_m, swim.strokes) == (25, 26)
    assert [(one.offset_s, one.is_active, one.strokes) for one in swim.lengths] == [
        (0, True, 12),
        (30, False, None),
        (60, True, 14),
    ]


def test_what_the_athlete_told_the_device_is_kept() -> None:
    told = session(0, 120, (192, UINT8, 75), (193, UINT8, 60))
    run = only(fits.an_activity(fits.heart_rates(range(121)), told))
    assert (run.feel, run.rpe) == (75, 6)


def test_each_device_is_listed_once_without_its_serial_number() -> None:
    run = samples.recording("2020-06-01-16-52-40.fit")
    assert ("wahoo_fitness", "8", "120") in [(one.maker, one.product, one.kind) for one in run.devices]
    assert len(run.devices) == len(set(run.devices))
    assert "4294934047" not in repr(run.devices)


@pytest.mark.parametrize(
    ("sport", "sub_sport", "name", "expected", "indoor"),
    [
        (12, 42, b"XC Skate Ski", SportType.NORDIC_SKI, False),
        (12, 42, b"Roller Ski", SportType.ROLLER_SKI, False),
        (4, 1, b"Treadmill", SportType.RUN, True),
        (1, 1, b"Treadmill", SportType.RUN, True),
        (1, 45, b"Indoor", SportType.RUN, True),
        (2, 6, b"Bike Indoor", SportType.RIDE, True),
        (4, 14, b"Row", SportType.ROWING, True),
        (2, 58, b"Zwift", SportType.VIRTUAL_RIDE, False),
        (1, 3, b"Trail", SportType.TRAIL_RUN, False),
    ],
)
def test_a_sub_sport_is_read_and_tells_what_is_indoors(
    sport: int, sub_sport: int, name: bytes, expected: SportType, indoor: bool
) -> None:
    named = session(0, 120, (110, TEXT, name.ljust(16, b"\0")), sport=sport, sub_sport=sub_sport)
    run = only(fits.an_activity(fits.heart_rates(range(121)), named))
    assert (run.sport_type, run.indoor) == (expected, indoor)
