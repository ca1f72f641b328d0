"""What the diary tells beside the chunks of a bundle."""

from datetime import UTC, datetime

import numpy as np
import pytest

from stadion.sports import SportType
from stadion.streams.codec import ChunkError
from stadion.streams.recorded import ACTIVE, TOLD, bundle, chunks, joined, unbundle
from stadion.streams.told import Told, ToldPause, columns_of, packed, unpacked

COLUMNS = {"time_s": np.arange(10.0), "heart_rate_bpm": np.full(10, 140.0)}
PAUSED = Told(
    sport_type=SportType.RUN,
    started_at=datetime(2026, 5, 1, tzinfo=UTC),
    elapsed_time_s=9.0,
    timer_time_s=6.5,
    moving_time_s=6.5,
    pauses=[ToldPause(offset_s=3.0, duration_s=2.5)],
)


def test_what_is_told_comes_back_and_the_clock_stands_still_in_its_pauses() -> None:
    parts = unbundle(bundle([*chunks(COLUMNS), packed(PAUSED)]))
    assert unpacked(parts) == PAUSED
    columns = columns_of(parts, unpacked(parts))
    assert columns[ACTIVE].tolist() == [0, 1, 2, 3, 3, 3, 3.5, 4.5, 5.5, 6.5]


def test_a_bundle_of_before_is_read_as_it_was() -> None:
    parts = unbundle(bundle(chunks(COLUMNS)))
    assert unpacked(parts) is None
    assert columns_of(parts, None).keys() == joined(parts).keys() == COLUMNS.keys()


def test_what_a_later_version_tells_is_refused_and_its_chunks_are_read() -> None:
    parts = [*chunks(COLUMNS), TOLD + b"\x09later"]
    assert joined(parts).keys() == COLUMNS.keys()
    with pytest.raises(ChunkError):
        unpacked(parts)
