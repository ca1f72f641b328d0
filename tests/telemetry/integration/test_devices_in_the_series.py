"""What devices send gets into the time series, by the athlete's days, whatever comes first or twice."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.timeseries import device_service as device_days
from telemetry.timeseries.errors import TelemetryStoreBusyError
from telemetry.timeseries.port import DeviceSamples, SeriesPeriod, SeriesSource, Span
from telemetry.timeseries.rollups.adapter import RollupStore
from tests.kit.events import entry
from tests.kit.services import ATHLETE, Service, sqs_event
from tests.telemetry.devices.integration.world import AT, MAY_BE_DEEP, deliver, read, record, sample, send, waiting
from tests.telemetry.moto import agree

WEEK = Span(date(2026, 11, 15), date(2026, 11, 21))


pytestmark = pytest.mark.usefixtures("standing_clock")


def days(metric: str = "heart_rate", user: str = ATHLETE) -> dict[date, tuple[int, float]]:
    points = RollupStore().trend(user, metric, SeriesSource.DEVICES, WEEK, SeriesPeriod.DAY)
    return {point.start: (point.count, point.avg) for point in points}


def test_what_is_kept_counts_on_its_day(telemetry: Service) -> None:
    send(
        telemetry,
        sample(100),
        sample(110, timestamp="2026-11-20T05:41:00Z"),
        sample(60, timestamp="2026-11-18T23:59:59Z"),
    )
    send(telemetry, sample(70, "mass", "2026-11-17"), sample(48, "resting_heart_rate", "2026-11-21"))
    deliver(telemetry)
    assert days() == {date(2026, 11, 18): (1, 60.0), date(2026, 11, 20): (2, 105.0)}
    assert days("mass") == {date(2026, 11, 17): (1, 70.0)}
    assert days("resting_heart_rate") == {date(2026, 11, 21): (1, 48.0)}


def test_a_batch_adds_to_its_day_and_a_correction_replaces(telemetry: Service) -> None:
    for value, second in ((100, 0), (120, 1), (140, 1)):
        send(telemetry, sample(value, timestamp=f"2026-11-20T05:40:0{second}Z"))
        deliver(telemetry)
    assert days() == {date(2026, 11, 20): (2, 120.0)}


def test_what_is_flagged_or_has_two_values_is_not_in_the_series(telemetry: Service) -> None:
    send(telemetry, sample(245), sample({"lat": 55.7, "lon": 37.6}, "position"))
    deliver(telemetry)
    assert [item for item in telemetry.items() if "rollup" in item["kind"]["S"]] == []


def test_two_devices_stand_beside_one_another(telemetry: Service) -> None:
    send(telemetry, sample(100), device="a")
    send(telemetry, sample(110), device="a.b")
    deliver(telemetry)
    assert days() == {date(2026, 11, 20): (2, 105.0)}


def test_without_the_time_series_the_slots_are_kept_and_the_queue_brings_it_again(
    telemetry: Service, moto: pytest.MonkeyPatch
) -> None:
    class Broken(RollupStore):
        def put_samples(self, user_id: str, samples: DeviceSamples, now: datetime) -> None:
            raise TelemetryStoreBusyError

    send(telemetry, sample(100))
    (one,) = waiting(telemetry)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(device_days, "time_series", Broken)
        done = telemetry.invoke("on_batches", {"Records": [one]})
    assert done == {"batchItemFailures": [{"itemIdentifier": one["messageId"]}]}
    assert read(telemetry)["values"] == [100]
    assert days() == {}
    deliver(telemetry, [one])
    assert days() == {date(2026, 11, 20): (1, 100.0)}


@pytest.mark.parametrize(
    ("time_zone", "day"), [("UTC", 20), ("Asia/Kamchatka", 21), ("America/Los_Angeles", 20), ("Pacific/Kiritimati", 21)]
)
def test_a_day_is_the_athletes_own(telemetry: Service, time_zone: str, day: int) -> None:
    registered = entry("UserRegistered", {"language": "en", "time_zone": time_zone}, source="accounts")
    assert telemetry.invoke("on_account_events", sqs_event(registered)) == {"batchItemFailures": []}
    send(telemetry, sample(100, timestamp="2026-11-20T18:00:00Z"), sample(48, "resting_heart_rate", "2026-11-20"))
    deliver(telemetry)
    assert days() == {date(2026, 11, day): (1, 100.0)}
    assert days("resting_heart_rate") == {date(2026, 11, 20): (1, 48.0)}


@MAY_BE_DEEP
@given(data=st.data())
def test_any_order_and_repetition_of_batches_ends_in_the_same_days(telemetry: Service, data: st.DataObject) -> None:
    sent = data.draw(
        st.lists(
            st.lists(st.tuples(st.integers(0, 72), st.integers(60, 180)), min_size=1, max_size=6),
            min_size=1,
            max_size=4,
        )
    )
    user = str(data.draw(st.uuids(version=4)))
    agree(user)
    batches: list[Any] = []
    for batch in sent:
        samples = [
            sample(value, timestamp=f"2026-11-{17 + hour // 24}T{hour % 24:02d}:00:00Z") for hour, value in batch
        ]
        send(telemetry, *samples, user=user)
        batches += waiting(telemetry)
    deliver(telemetry, [batches[at] for at in data.draw(st.permutations([*range(len(batches))] * 2))])
    shown = read(telemetry, user=user, **{"from": "2026-11-16", "to": "2026-11-21"})
    truth: dict[date, list[float]] = {}
    for time, value in zip(shown["times"], shown["values"], strict=True):
        truth.setdefault(datetime.fromtimestamp(time, UTC).date(), []).append(value)
    assert days(user=user) == {
        day: (len(values), pytest.approx(sum(values) / len(values))) for day, values in truth.items()
    }


def test_a_repetition_writes_the_same_again(telemetry: Service) -> None:
    send(telemetry, sample(100, timestamp=AT))
    (one,) = waiting(telemetry)
    deliver(telemetry, [one, record(one["body"])])
    assert days() == {date(2026, 11, 20): (1, 100.0)}
