"""Doubts travel with the streams, and cost nearly nothing where there are none."""

import numpy as np
import pytest

from stadion.streams.codec import Floats
from stadion.streams.recorded import DOUBTABLE, DOUBTS, bundle, chunks, doubted, joined, sound, unbundle, with_doubts


def columns(n: int = 3600) -> dict[str, Floats]:
    time_s = np.arange(float(n))
    return {"time_s": time_s, "lat": 55 + time_s / 1e5, "lon": 37 + time_s / 1e5, "heart_rate_bpm": 140 + time_s % 7}


def at(*samples: int, n: int = 3600) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.isin(np.arange(n), samples)


def test_doubts_come_back_through_the_chunks() -> None:
    told = with_doubts(columns(), {"position": at(3, 2000), "heart_rate_bpm": at(3)})
    back = joined(unbundle(bundle(chunks(told))))
    found = doubted(back)
    assert {channel: np.flatnonzero(which).tolist() for channel, which in found.items()} == {
        "position": [3, 2000],
        "heart_rate_bpm": [3],
    }
    assert back["heart_rate_bpm"][3] == 143


def test_what_is_sound_lacks_the_doubted_readings_and_nothing_else() -> None:
    told = sound(with_doubts(columns(), {"position": at(3), "power_w": at(5)}))
    assert DOUBTS not in told
    assert np.flatnonzero(np.isnan(told["lat"])).tolist() == np.flatnonzero(np.isnan(told["lon"])).tolist() == [3]
    assert not np.isnan(told["heart_rate_bpm"]).any()


def test_no_doubt_is_no_column() -> None:
    assert DOUBTS not in with_doubts(columns(), {})
    assert DOUBTS not in with_doubts(columns(), {"position": at()})
    assert doubted(columns()) == {}
    assert sound(columns()).keys() == columns().keys()


def test_a_chunk_without_the_column_has_no_doubts() -> None:
    parts = chunks(with_doubts(columns(900), {"power_w": at(1, n=900)})) + chunks(columns(900))
    assert np.flatnonzero(doubted(joined(parts))["power_w"]).tolist() == [1]


@pytest.mark.parametrize("channel", DOUBTABLE)
def test_every_channel_has_its_own_bit(channel: str) -> None:
    assert list(doubted(with_doubts(columns(), {channel: at(7)}))) == [channel]


def test_one_doubt_costs_a_few_bytes_of_an_hour() -> None:
    plain, told = chunks(columns()), chunks(with_doubts(columns(), {"position": at(1234)}))
    assert sum(map(len, told)) - sum(map(len, plain)) < 100
