"""What AWS may answer instead of a yes: tried again, told apart, or told on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import repeat
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from infra_cdk.timestream_tables import make_tables
from telemetry.timeseries.errors import TelemetryStoreBusyError
from telemetry.timeseries.port import SeriesFill, SeriesPeriod, SeriesSource
from telemetry.timeseries.timestream import adapter as timestream
from telemetry.timeseries.timestream.adapter import TimestreamStore
from telemetry.timeseries.timestream.client import RETRIES, Written
from telemetry.timeseries.timestream.tables import WORKOUT_SAMPLES
from tests.kit.size import examples
from tests.telemetry.timeseries.integration.conftest import DATABASE, LocalTimestream
from tests.telemetry.timeseries.integration.faults import DENIED, INTERNAL, THROTTLED, Faults
from tests.telemetry.timeseries.integration.world import NOW, World, columns, day, moment, season, sent, workout
from timestream_local import TimestreamEndpoint
from timestream_local.tests.integration.workshop import START, ManualClock, client

NO_ANSWER = [EndpointConnectionError(endpoint_url="http://x"), ConnectTimeoutError(endpoint_url="http://x")]
TOO_LONG = ReadTimeoutError(endpoint_url="http://x")


@pytest.fixture
def world(timestream: LocalTimestream) -> World:
    return World(TimestreamStore(DATABASE, timestream), has_table=False, user=str(uuid4()))


def pages(items: list[Any]) -> Iterator[Any]:
    return iter(items)


@pytest.mark.parametrize("fault", [THROTTLED, INTERNAL, *NO_ANSWER], ids=lambda fault: str(fault)[:20])
def test_what_may_work_in_a_moment_is_tried_again(world: World, timestream: LocalTimestream, fault: Any) -> None:
    with Faults(timestream.writer, pages([fault, fault, None, fault])) as writing:
        world.put(workout(n=150))
    assert writing.requests == 3 + 2 + 1 + 1  # two pages of samples, what is derived, the word that it counts
    with Faults(timestream.asker, pages([fault, None, fault])) as asking:
        assert world.store.daily_loads(world.user, season())[0].load == 10.0
    assert asking.requests == 4  # an empty page and a full one, each at the second try
    assert len(timestream.pauses) == 5


@pytest.mark.parametrize("fault", [THROTTLED, INTERNAL, *NO_ANSWER], ids=lambda fault: str(fault)[:20])
def test_after_several_tries_the_store_is_busy(world: World, timestream: LocalTimestream, fault: Any) -> None:
    with Faults(timestream.writer, repeat(fault)) as writing, pytest.raises(TelemetryStoreBusyError):
        world.store.put_workout(world.user, workout(), NOW)
    assert writing.requests == RETRIES.attempts
    with Faults(timestream.asker, repeat(fault)), pytest.raises(TelemetryStoreBusyError):
        world.store.daily_loads(world.user, season())


def test_who_waited_for_an_answer_in_vain_is_told_before_the_function_ends(
    world: World, timestream: LocalTimestream
) -> None:
    with Faults(timestream.asker, repeat(TOO_LONG)) as asking, pytest.raises(TelemetryStoreBusyError):
        world.store.daily_loads(world.user, season())
    assert asking.requests == 1
    assert timestream.pauses == []


def test_the_pauses_grow_and_are_jittered(world: World, timestream: LocalTimestream) -> None:
    for _ in range(20):
        with Faults(timestream.asker, repeat(THROTTLED)), pytest.raises(TelemetryStoreBusyError):
            world.store.daily_loads(world.user, season())
    by_attempt = np.array(timestream.pauses).reshape(20, RETRIES.attempts - 1)
    assert (by_attempt < [0.1, 0.2, 0.4, 0.8]).all()
    assert len(set(timestream.pauses)) == len(timestream.pauses)


def test_an_account_without_access_is_not_tried_again(world: World, timestream: LocalTimestream) -> None:
    with Faults(timestream.writer, repeat(DENIED)) as writing, pytest.raises(ClientError, match="existing Timestream"):
        world.store.put_workout(world.user, workout(), NOW)
    assert writing.requests == 1


def test_a_query_that_is_wrong_is_an_error_and_not_an_empty_answer(timestream: LocalTimestream) -> None:
    with pytest.raises(ClientError, match="Validation"):
        timestream.rows("SELECT nonsense(1) FROM nowhere")


def test_a_wrong_query_is_an_error_although_its_columns_are_there(world: World, timestream: LocalTimestream) -> None:
    world.put(workout())
    query = f'SELECT nonsense(load) FROM "{DATABASE}"."workouts"'
    with pytest.raises(ClientError, match="nonsense"):
        timestream.rows(query, needs={"workouts": "load"})
    with pytest.raises(TypeError):
        timestream.rows(query, needs={"x; DROP": "load"})


def test_before_anybody_measured_anything_there_are_no_rows(tmp_path: Any) -> None:
    """Not one column is there then, and after the first workout those that it has."""
    with TimestreamEndpoint(0, tmp_path, clock=ManualClock()) as fresh:
        make_tables(client("timestream-write", fresh.url), DATABASE)
        world = World(TimestreamStore(DATABASE, LocalTimestream(fresh.url)), has_table=False)
        who, store = world.user, world.store
        for _ in range(2):
            for metric in ("speed", "altitude"):
                for source in SeriesSource:
                    assert store.trend(who, metric, source, season(), SeriesPeriod.DAY) == []
                    assert (
                        store.series(who, metric, source, moment(0), moment(1), step_s=60, fill=SeriesFill.LINEAR) == []
                    )
                    assert store.latest(who, [metric], source) == {}
                assert store.time_in_zones(who, metric, season(), [1.0]) == [0, 0]
                assert store.histogram(who, metric, season(), 5) == []
                assert store.mean_max(who, metric, season()) == []
            assert store.rolling_load(who, season())[0].load == (10.0 if world.workouts else 0.0)
            world.put(workout(mean_max={}))


def test_a_workout_counts_only_when_all_of_it_is_there(world: World, timestream: LocalTimestream) -> None:
    """The third page of samples fails for good: nothing counts; the queue brings it again: everything does."""
    one = workout(n=350)
    with (
        Faults(timestream.writer, pages([None, None, *[THROTTLED] * RETRIES.attempts])),
        pytest.raises(TelemetryStoreBusyError),
    ):
        world.store.put_workout(world.user, one, NOW)
    assert world.store.trend(world.user, "heart_rate", SeriesSource.WORKOUTS, season(), SeriesPeriod.DAY) == []
    world.put(one)
    assert (
        world.store.trend(world.user, "heart_rate", SeriesSource.WORKOUTS, season(), SeriesPeriod.DAY)[0].count == 350
    )


def test_while_a_correction_is_written_the_old_version_counts(world: World, timestream: LocalTimestream) -> None:
    world.put(workout(n=120))
    before = world.store.trend(world.user, "power", SeriesSource.WORKOUTS, season(), SeriesPeriod.DAY)
    curve = world.store.mean_max(world.user, "power", season())
    newer = workout(n=120, version=2, mean_max={"power": {5: 1.0}})
    for done in range(3):
        with (
            Faults(timestream.writer, pages([*[None] * done, *[INTERNAL] * RETRIES.attempts])),
            pytest.raises(TelemetryStoreBusyError),
        ):
            world.store.put_workout(world.user, newer, NOW)
        assert world.store.trend(world.user, "power", SeriesSource.WORKOUTS, season(), SeriesPeriod.DAY) == before
        assert world.store.mean_max(world.user, "power", season()) == curve
    world.put(newer)
    assert world.store.trend(world.user, "power", SeriesSource.WORKOUTS, season(), SeriesPeriod.DAY) != before


@examples(small=5, large=50)
@given(crashes=st.lists(st.integers(0, 5), max_size=4))
def test_however_often_a_write_breaks_off_the_last_try_makes_it_whole(
    timestream: LocalTimestream, crashes: list[int]
) -> None:
    world = World(TimestreamStore(DATABASE, timestream), has_table=False, user=str(uuid4()))
    one = workout(n=250)
    for done in crashes:
        with Faults(timestream.writer, pages([*[None] * done, *[THROTTLED] * RETRIES.attempts])):
            try:
                world.store.put_workout(world.user, one, NOW)
            except TelemetryStoreBusyError:
                continue
    world.put(one)
    (point,) = world.store.trend(world.user, "heart_rate", SeriesSource.WORKOUTS, season(), SeriesPeriod.DAY)
    assert (point.count, point.avg) == (250, pytest.approx(one.columns["heart_rate_bpm"].mean()))


# --- rejected records -----------------------------------------------------------------------------------------------


def test_records_that_a_newer_version_overtook_are_stale_and_no_error(timestream: LocalTimestream) -> None:
    user = str(uuid4())
    newer, older = sent(values=[60, 61, 62], version=5), sent(values=[70, 71, 72, 73], version=4)
    store = TimestreamStore(DATABASE, timestream)
    store.put_samples(user, newer, NOW)
    found = _written(timestream, user, older)
    assert found == Written(taken=1, stale=3)


def _written(client_: LocalTimestream, user: str, samples: Any) -> Written:
    from telemetry.timeseries.timestream import records

    return client_.write("device_samples", records.device_common(user, samples), records.device_records(samples))


def test_records_outside_the_time_that_is_kept_are_refused_and_counted(
    timestream: LocalTimestream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A watch that is an hour ahead: the part that has been is taken, and somebody is told of the rest."""
    counted: dict[str, float] = {}
    monkeypatch.setattr(
        "telemetry.timeseries.timestream.adapter.count", lambda name, value: counted.update({name: value})
    )
    user = str(uuid4())
    store = TimestreamStore(DATABASE, timestream)
    ahead = workout(started_at=START - timedelta(minutes=10), columns=columns(range(0, 3600, 60)), day=START.date())
    store.put_workout(user, ahead, NOW)
    (point,) = store.trend(
        user, "power", SeriesSource.WORKOUTS, replace(season(), last=START.date()), SeriesPeriod.MONTH
    )
    assert point.count == 26  # ten minutes until now, and fifteen more
    assert counted == {"SamplesRefused": 34 + 2}  # and the newest value of each metric


def test_a_partly_rejected_page_keeps_the_rest(timestream: LocalTimestream) -> None:
    user = str(uuid4())
    far = sent(values=[60, 61], version=1)
    mixed = replace(far, ms=[far.ms[0], int(START.timestamp() * 1000) + 3_600_000])
    assert _written(timestream, user, mixed) == Written(taken=1, refused=1)
    store = TimestreamStore(DATABASE, timestream)
    assert store.trend(user, "heart_rate", SeriesSource.DEVICES, season(), SeriesPeriod.DAY)[0].count == 1


# --- pages, late rows, no access ------------------------------------------------------------------------------------


def test_all_pages_are_read_and_empty_ones_are_not_the_end(timestream: LocalTimestream) -> None:
    query = "SELECT x FROM UNNEST(sequence(1, 2500)) AS t(x) ORDER BY x"
    with Faults(timestream.asker, repeat(None)) as asking:
        found = timestream.rows(query)
    assert [int(row[0] or 0) for row in found] == list(range(1, 2501))
    assert asking.requests == 1 + 3
    assert "NextToken" not in asking.bodies[0]


def test_a_page_that_is_throttled_is_asked_for_again(timestream: LocalTimestream) -> None:
    with Faults(timestream.asker, pages([None, None, THROTTLED, None])):
        found = timestream.rows("SELECT x FROM UNNEST(sequence(1, 2500)) AS t(x) ORDER BY x")
    assert len(found) == 2500


def test_late_rows_count_when_they_are_seen(tmp_path: Any) -> None:
    """On AWS what is older than the memory store may take hours; the word that they count is as late as they are."""
    clock = ManualClock()
    with TimestreamEndpoint(0, tmp_path, clock=clock, late_delay_s=3600) as late:
        make_tables(client("timestream-write", late.url), DATABASE)
        world = World(TimestreamStore(DATABASE, LocalTimestream(late.url)), has_table=False)
        world.put(workout())
        assert world.store.daily_loads(world.user, season()) == []
        clock.forward(hours=2)
        assert [one.day for one in world.store.daily_loads(world.user, season())] == [day(0)]


def test_without_access_the_store_says_so(tmp_path: Any) -> None:
    with TimestreamEndpoint(0, tmp_path, onboarded=False) as closed:
        store = TimestreamStore(DATABASE, LocalTimestream(closed.url))
        with pytest.raises(ClientError, match="Only existing Timestream"):
            store.daily_loads(str(uuid4()), season())


# --- what is written ------------------------------------------------------------------------------------------------


def test_an_hour_is_thirty_seven_requests_of_small_records(world: World, timestream: LocalTimestream) -> None:
    with Faults(timestream.writer, repeat(None)) as writing:
        world.put(workout(n=3600))
    assert writing.requests == 36 + 1 + 1
    first = writing.bodies[0]
    assert first["TableName"] == WORKOUT_SAMPLES
    assert len(first["Records"]) == 100
    assert {one["Name"] for one in first["CommonAttributes"]["Dimensions"]} == {"user_id", "workout_id", "content"}
    assert set(first["Records"][0]) == {"Time", "MeasureValues"}


def test_several_calls_at_once_write_the_same(endpoint: TimestreamEndpoint) -> None:
    quick = LocalTimestream(endpoint.url, at_once=8)
    world = World(TimestreamStore(DATABASE, quick), has_table=False, user=str(uuid4()))
    with Faults(quick.writer, pages([None, THROTTLED] * 4)):  # one fewer than a call that gets them all can bear
        world.put(workout(n=2950))
    (point,) = world.store.trend(world.user, "power", SeriesSource.WORKOUTS, season(), SeriesPeriod.DAY)
    assert point.count == 2950
    with Faults(quick.writer, repeat(THROTTLED)), pytest.raises(TelemetryStoreBusyError):
        world.store.put_workout(world.user, workout(version=2, n=2950), NOW)


def test_only_samples_that_may_be_new_are_written(timestream: LocalTimestream) -> None:
    user = str(uuid4())
    whole = sent(values=range(60, 90))
    assert _written(timestream, user, replace(whole, touched=whole.ms[3:5])) == Written(taken=2)


def test_the_database_is_chosen_by_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    from stadion import settings as environment
    from telemetry.timeseries.rollups.adapter import RollupStore
    from telemetry.timeseries.service import time_series

    monkeypatch.setenv("STADION_STAGE", "test")
    monkeypatch.setenv("STADION_SERVICE", "telemetry")
    for name, kind in (("", RollupStore), ("stadion-x", timestream_store())):
        monkeypatch.setenv("STADION_TIMESTREAM_DATABASE", name)
        environment.forget()
        assert isinstance(time_series(), kind)
    environment.forget()


def timestream_store() -> type:
    return timestream.TimestreamStore
