"""Rules of live workouts: any order, repetition and loss of answers ends in the same truth."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stadion.events.telemetry import LiveOutcome
from stadion.sports import SportType
from telemetry.live.sessions.chunks import (
    CHANNELS,
    NOTHING,
    Samples,
    by_minute,
    gaps,
    latest,
    merged,
    packed,
    samples_of,
    unpacked,
)
from telemetry.live.sessions.domain import Session, open_pause, started
from telemetry.live.values import LiveState, MarkKind, Start

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
START = Start(session_id="s", sport_type=SportType.RUN, started_at=NOW - timedelta(hours=1))

Row = tuple[int, float | None, float | None, float | None]
rows = st.lists(
    st.tuples(
        st.integers(0, 200_000),
        st.none() | st.integers(40, 200).map(float),
        st.none() | st.sampled_from([0.0, -0.0, 55.7512345, -33.1]),
        st.none() | st.floats(0, 500).map(lambda value: round(value, 3)),
    ),
    max_size=40,
)


def samples(found: Sequence[Row]) -> Samples:
    ms = [row[0] for row in found]
    return samples_of(
        ms,
        {
            "heart_rate_bpm": [row[1] for row in found],
            "lat": [row[2] for row in found],
            "lon": [row[2] for row in found],
            "power_w": [row[3] for row in found],
        },
    )


def kept(batches: Sequence[Samples]) -> dict[int, bytes]:
    """The table's chunks after these batches: each is read, merged and written, minute by minute."""
    chunks: dict[int, bytes] = {}
    for batch in batches:
        for minute, part in by_minute(batch):
            before = unpacked(chunks[minute]) if minute in chunks else NOTHING
            chunks[minute] = packed(merged([before, part]))
    return chunks


class TestChunks:
    @settings(max_examples=80)
    @given(st.lists(rows, min_size=1, max_size=5), st.randoms(use_true_random=False))
    def test_any_order_and_repetition_ends_in_the_same_bytes(self, sent: list[list[Row]], random: object) -> None:
        batches = [samples(found) for found in sent]
        once = kept(batches)
        again = [*batches, *batches]
        random.shuffle(again)  # type: ignore[attr-defined]
        assert kept(again) == once
        everything = merged(batches)
        assert merged([unpacked(once[minute]) for minute in sorted(once)]).same_as(everything)

    @settings(max_examples=80)
    @given(rows)
    def test_what_was_sent_once_for_an_instant_comes_back(self, found: list[Row]) -> None:
        one_each = {row[0]: row for row in found}
        chunks = kept([samples(list(one_each.values()))])
        back = merged([unpacked(chunk) for chunk in chunks.values()])
        assert back.ms.tolist() == sorted(one_each)
        for at, ms in enumerate(back.ms.tolist()):
            for column, number in (("heart_rate_bpm", 1), ("lat", 2), ("power_w", 3)):
                sent, value = one_each[ms][number], float(back.columns[column][at])
                assert value == sent if sent is not None else np.isnan(value)

    def test_two_sensors_of_one_instant_are_one_sample(self) -> None:
        heart = samples_of([1000], {"heart_rate_bpm": [140.0]})
        place = samples_of([1000], {"lat": [1.0], "lon": [2.0]})
        both = merged([heart, place])
        assert (len(both), both.columns["heart_rate_bpm"][0], both.columns["lon"][0]) == (1, 140.0, 2.0)

    def test_a_position_is_never_made_of_two(self) -> None:
        one = samples_of([0], {"lat": [1.0], "lon": [9.0]})
        other = samples_of([0], {"lat": [2.0], "lon": [3.0]})
        for order in ([one, other], [other, one]):
            found = merged(order)
            assert (found.columns["lat"][0], found.columns["lon"][0]) == (2.0, 3.0)

    def test_gaps_are_told_in_order_of_time(self) -> None:
        assert gaps(samples_of([20_000, 21_000, 40_000], {})) == [(0.0, 20.0), (21.0, 40.0)]
        assert gaps(NOTHING) == []

    def test_the_latest_of_each_channel_within_half_a_minute(self) -> None:
        found = samples_of(
            [0, 30_000, 50_000, 60_000],
            {
                "heart_rate_bpm": [100, 110, None, None],
                "distance_m": [0, 90, 150, 180],
                "lat": [1, None, None, None],
                "lon": [1, None, None, None],
            },
        )
        newest = latest(found)
        assert newest is not None
        assert (newest.time_s, newest.heart_rate_bpm, newest.position, newest.speed_mps) == (60.0, 110.0, None, 3.0)

    def test_every_channel_of_an_upload_has_its_place(self) -> None:
        from workouts.recordings.recording import CHANNELS as OF_UPLOADS

        assert {*CHANNELS, "moving"} == set(OF_UPLOADS)


commands = st.lists(st.tuples(st.sampled_from(list(MarkKind)), st.integers(0, 50).map(float)), min_size=1, max_size=12)


class TestSession:
    @given(commands, st.randoms(use_true_random=False))
    def test_commands_mean_the_same_in_any_order_and_twice(
        self, said: list[tuple[MarkKind, float]], random: object
    ) -> None:
        def after(order: list[tuple[MarkKind, float]]) -> Session:
            session = started(START, NOW)
            for kind, at_s in order:
                session = session.marked(kind, at_s)
            return session

        again = [*said, *said]
        random.shuffle(again)  # type: ignore[attr-defined]
        once = after(said)
        assert after(again).pauses(60) == once.pauses(60)
        assert after(again).state is once.state

    @given(commands)
    def test_pauses_lie_apart_and_within_the_session(self, said: list[tuple[MarkKind, float]]) -> None:
        session = started(START, NOW)
        for kind, at_s in said:
            session = session.marked(kind, at_s)
        found = session.pauses(60)
        edges = [edge for pause in found for edge in (pause.start_s, pause.end_s)]
        assert edges == sorted(edges)
        assert all(pause.start_s < pause.end_s <= 60 for pause in found)
        assert (session.state is LiveState.PAUSED) == (open_pause(session.marks) is not None)

    def test_an_open_pause_lasts_until_the_end(self) -> None:
        session = started(START, NOW).marked(MarkKind.PAUSE, 30)
        assert [(pause.start_s, pause.end_s) for pause in session.pauses(90)] == [(30, 90)]

    def test_a_pause_that_outlasts_the_stop_ends_with_it(self) -> None:
        session = started(START, NOW).marked(MarkKind.PAUSE, 30).marked(MarkKind.RESUME, 70).stopped(50, NOW)
        assert [(pause.start_s, pause.end_s) for pause in session.pauses(50)] == [(30, 50)]

    def test_of_two_stops_the_later_one_counts(self) -> None:
        session = started(START, NOW).stopped(50, NOW).stopped(40, NOW)
        assert (session.stopped_s, session.outcome) == (50, LiveOutcome.STOPPED)
        assert session.end_s(45.0) == 50
        assert session.end_s(70.0) == 70

    def test_what_is_forgotten_ends_at_the_last_sample_and_may_still_be_stopped(self) -> None:
        session = started(START, NOW).forgotten(NOW)
        assert session.end_s(33.0) == 33
        assert session.is_empty(None)
        assert session.stopped(40, NOW).outcome is LiveOutcome.STOPPED

    def test_late_samples_are_taken_for_a_week(self) -> None:
        closed = started(START, NOW).stopped(10, NOW)
        assert closed.takes_more(NOW + timedelta(days=7))
        assert not closed.takes_more(NOW + timedelta(days=7, seconds=1))
        assert not closed.model_copy(update={"sealed": True}).takes_more(NOW)
        assert not started(START, NOW).discarded(NOW).takes_more(NOW)
