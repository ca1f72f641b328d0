"""However often and in whatever order batches come, the table is the same."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.devices import intake_service
from telemetry.devices import store as series_store
from tests.kit.clock import SATURDAY, Clock
from tests.kit.counting import counted
from tests.kit.services import OTHER, Service
from tests.telemetry.devices.integration.world import MAY_BE_DEEP, deliver, read, sample, send, slots, waiting
from tests.telemetry.moto import agree

pytestmark = pytest.mark.usefixtures("standing_clock")


def test_the_same_batch_twice_is_one(telemetry: Service) -> None:
    for _ in range(2):
        send(telemetry, sample(142), sample(142))
    records = waiting(telemetry)
    deliver(telemetry, [*records, *records])
    assert read(telemetry)["values"] == [142]


def test_a_repeated_delivery_keeps_nothing_anew(telemetry: Service) -> None:
    send(telemetry, sample())
    records = waiting(telemetry)
    deliver(telemetry, records)
    with counted() as operations:
        deliver(telemetry, records)
    # the athlete's zone, the slot; then the day is told to the time series again, and is there
    assert operations == ["GetItem", "GetItem", "Query", "PutItem"]


def test_old_samples_that_come_late_find_their_place(telemetry: Service) -> None:
    send(telemetry, sample(150, timestamp="2026-11-20T05:40:02Z"))
    send(telemetry, sample(148, timestamp="2026-11-20T08:40:00+03:00"), sample(120, timestamp="2009-01-01T00:00:00Z"))
    deliver(telemetry)
    assert read(telemetry)["values"] == [148, 150]
    assert read(telemetry, **{"from": "2009-01-01", "to": "2009-01-01"})["values"] == [120]


def test_the_later_of_two_values_for_one_instant_counts(telemetry: Service, standing_clock: Clock) -> None:
    send(telemetry, sample(142))
    standing_clock.advance(minutes=1)
    send(telemetry, sample(139))
    send(telemetry, sample(100), sample(138), device="strap")
    records = waiting(telemetry)
    deliver(telemetry, records[::-1])
    assert read(telemetry, device_id="watch")["values"] == [139]
    assert read(telemetry, device_id="strap")["values"] == [138]


def test_two_athletes_with_one_device_stay_apart(telemetry: Service) -> None:
    """A device's id is a label in the athlete's own partition, whoever else uses it."""
    send(telemetry, sample(142))
    send(telemetry, sample(99), user=OTHER)
    deliver(telemetry)
    assert read(telemetry)["values"] == [142]
    assert read(telemetry, user=OTHER)["values"] == [99]
    agree("another")
    assert read(telemetry, user="another", device_id="watch")["values"] == []


def test_whoever_is_overtaken_looks_again(telemetry: Service) -> None:
    """A second delivery writes the same slot between the first one's look and write."""
    send(telemetry, sample(142))
    send(telemetry, sample(150, timestamp="2026-11-20T05:41:00Z"))
    first, second = waiting(telemetry)
    straight = series_store.find
    looks: list[int] = []

    def meanwhile(slot: series_store.Slot) -> Any:
        looks.append(1)
        found = straight(slot)
        if len(looks) == 1:
            deliver(telemetry, [second])
        return found

    telemetry.monkeypatch.setattr(series_store, "find", meanwhile)
    deliver(telemetry, [first])
    assert len(looks) == 3
    assert read(telemetry)["values"] == [142, 150]


def test_what_finds_no_place_is_the_latest_of_the_hour_and_is_counted(
    telemetry: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    telemetry.monkeypatch.setattr(intake_service, "MAX_IN_SLOT", 3)
    for seconds in ((5, 3), (1, 4, 2)):
        send(telemetry, *[sample(100 + n, timestamp=f"2026-11-20T05:40:0{n}Z") for n in seconds])
    deliver(telemetry)
    assert read(telemetry)["values"] == [101, 102, 103]
    assert '"SamplesLeftOut":[2.0]' in capsys.readouterr().out.replace(" ", "")


moments = st.sampled_from(["2026-11-20T05:40:00Z", "2026-11-20T05:40:00.250Z", "2026-11-20T06:00:00Z"])
values = st.sampled_from([100, 120.5, 140, 240, 245])
batches = st.lists(st.lists(st.tuples(moments, values), min_size=1, max_size=4), min_size=1, max_size=4)


@MAY_BE_DEEP
@given(sent=batches, data=st.data())
def test_any_order_and_number_of_deliveries_ends_in_the_same_state(
    telemetry: Service, standing_clock: Clock, sent: list[list[tuple[str, float]]], data: st.DataObject
) -> None:
    users = [f"athlete-{uuid4()}" for _ in range(2)]  # new ones for each example: the table stays
    agree(*users)
    states = []
    for user in users:
        records = _received_one_after_the_other(telemetry, standing_clock, user, sent)
        again = data.draw(st.lists(st.sampled_from(records), max_size=4)) if user == users[1] else []
        ordered = data.draw(st.permutations([*records, *again])) if user == users[1] else records
        deliver(telemetry, ordered)
        states.append({(pk.replace(user, ""), sk): body for (pk, sk), body in slots(telemetry).items() if user in pk})
    assert states[0] == states[1]
    expected = {moment: value for batch in sent for moment, value in batch if value < 230}
    assert read(telemetry, user=users[1])["values"] == [expected[moment] for moment in sorted(expected, key=_instant)]


def _instant(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def _received_one_after_the_other(
    telemetry: Service, standing_clock: Clock, user: str, sent: list[list[tuple[str, float]]]
) -> list[dict[str, Any]]:
    for number, batch in enumerate(sent):
        standing_clock.set(SATURDAY + timedelta(seconds=number))
        send(telemetry, *[sample(value, timestamp=moment) for moment, value in batch], user=user)
    return sorted(waiting(telemetry), key=lambda one: str(json.loads(one["body"])["received_ms"]))
