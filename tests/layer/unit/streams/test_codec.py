"""The chunk codec gives back every bit, for whatever a device may record."""

import math
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from local.recordings import recordings
from stadion.streams import recorded
from stadion.streams.codec import ChunkError, Floats, decode, encode
from workouts.recordings.formats.service import decode as decode_file

GOLDEN = Path(__file__).with_name("golden.v1.chunk")
RIDE = ("time_s", "lat", "lon", "distance_m", "altitude_m", "speed_mps", "heart_rate_bpm", "cadence_rpm", "power_w")

samples = st.lists(
    st.one_of(
        st.floats(allow_nan=False, width=64),
        st.integers(-(2**53), 2**53).map(float),
        st.integers(-100_000, 100_000).map(lambda n: n / 100),
        st.integers(-100_000, 100_000).map(lambda n: n / 5 - 500),
        st.integers(-(2**31), 2**31).map(lambda n: n * (180 / 2**31)),
        st.just(math.nan),
    ),
    max_size=300,
)


def same(one: Floats, other: Floats) -> bool:
    """To the bit; a missing sample is a missing sample."""
    missing = np.isnan(one)
    return bool(
        np.array_equal(missing, np.isnan(other))
        and np.array_equal(one[~missing].view(np.uint64), other[~missing].view(np.uint64))
    )


@given(values=samples)
@example(values=[-0.0])
@example(values=[1.0, -0.0, math.nan])
@settings(max_examples=300)
def test_any_column_comes_back_to_the_bit(values: list[float]) -> None:
    column = np.array(values, np.float64)
    assert same(decode(encode({"x": column}))["x"], column)


@given(n=st.integers(0, 50), names=st.lists(st.text(min_size=1, max_size=20), max_size=5, unique=True))
def test_any_names_and_lengths_come_back(n: int, names: list[str]) -> None:
    columns = {name: np.arange(n) * 0.1 for name in names}
    assert {name: values.tolist() for name, values in decode(encode(columns)).items()} == {
        name: values.tolist() for name, values in columns.items()
    }


@given(data=st.binary(max_size=200))
def test_what_is_no_chunk_is_refused(data: bytes) -> None:
    with pytest.raises(ChunkError):
        decode(b"S\x01" + data)


@given(cut=st.integers(0, 400), flip=st.integers(0, 399))
def test_a_damaged_chunk_is_refused_or_read_never_worse(cut: int, flip: int) -> None:
    chunk = bytearray(encode({"x": np.arange(500.0), "y": np.sin(np.arange(500))}))
    chunk[flip % len(chunk)] ^= 0x55
    try:
        decode(bytes(chunk[: cut or None]))
    except ChunkError:
        return


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    import zlib

    head = struct.pack("<cBIB", b"S", 1, 10, 1) + b"\x01x" + struct.pack("<BBB", 0, 0, 1)
    with pytest.raises(ChunkError):
        decode(head + zlib.compress(bytes(50_000_000)))


def test_a_chunk_of_the_first_version_stays_readable() -> None:
    columns = decode(GOLDEN.read_bytes())
    expected = golden()
    assert columns.keys() == expected.keys()
    assert all(same(columns[name], expected[name]) for name in expected)


def golden() -> dict[str, Floats]:
    seconds = np.arange(40.0)
    heart_rate = 120 + seconds % 7
    heart_rate[5:9] = np.nan
    return {
        "time_s": seconds,
        "heart_rate_bpm": heart_rate,
        "altitude_m": np.round(2613 + seconds) / 5 - 500,
        "lat": (665_000_000 + 91 * seconds) * (180 / 2**31),
        "odd": np.sqrt(seconds),
    }


@pytest.mark.parametrize(
    "name", ["4078723797.fit", "3173437224.tcx", "4078723797_strava.gpx", "6449921903_ACTIVITY.fit"]
)
def test_real_recordings_come_back_to_the_bit(name: str) -> None:
    recording = decode_file((recordings("sweat") / name).read_bytes())[0]
    columns = {"time_s": recording.time_s, **recording.channels()}
    parts = recorded.unbundle(recorded.bundle(recorded.chunks(columns)))
    back = recorded.joined(parts)
    assert all(same(back[channel], values) for channel, values in columns.items())


def test_an_hour_of_eight_channels_takes_at_most_27_kilobytes() -> None:
    recording = decode_file((recordings("sweat") / "4078723797.fit").read_bytes())[0]
    columns = {"time_s": recording.time_s, **recording.channels()}
    hour = {name: columns[name][recording.time_s < 3600] for name in RIDE}
    parts = recorded.chunks(hour)
    size = sum(len(part) for part in parts)
    print(f"one hour, 8 channels and time: {size} bytes in {len(parts)} chunks")
    assert (len(parts), size <= 27 * 1024) == (4, True)


def test_chunks_follow_the_clock_and_survive_a_long_pause() -> None:
    time_s = np.concatenate([np.arange(10.0), 5000 + np.arange(10.0)])
    parts = recorded.chunks({"time_s": time_s, "x": time_s * 2})
    assert [len(decode(part)["time_s"]) for part in parts] == [10, 10]
    assert recorded.chunks({"time_s": np.empty(0)}) == []


@pytest.mark.parametrize("cut", [1, 3, 6])
def test_a_bundle_that_was_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(ChunkError):
        recorded.unbundle(recorded.bundle([b"abcdef"])[:-cut])
