"""Batches are judged value by value: what is refused, what is set aside, what reaches the queue."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.kit.counting import counted
from tests.kit.services import OTHER, Service
from tests.telemetry.devices.integration.world import AT, counts, deliver, read, record, sample, send, slots, waiting

pytestmark = pytest.mark.usefixtures("standing_clock")


def test_what_a_device_sent_is_read_a_moment_later(telemetry: Service) -> None:
    samples = [sample(140 + n, timestamp=f"2026-11-20T05:40:{n:02}Z") for n in range(30)]
    assert counts(send(telemetry, *samples)) == (30, 0, 0)
    deliver(telemetry)
    found = read(telemetry)
    assert found["times"] == [1795153200 + n for n in range(30)]
    assert found["values"] == [140 + n for n in range(30)]
    assert (found["unit"], found["devices"], found["size"]) == ("bpm", ["watch"], 30)


def test_one_entry_may_hold_many_metrics(telemetry: Service) -> None:
    values = {"heart_rate": 142, "power": 210, "position": {"lat": 55.75, "lon": 37.61}, "speed": 3.2}
    assert counts(send(telemetry, {"timestamp": AT, "values": values})) == (4, 0, 0)
    records = waiting(telemetry)
    assert len(records) == 1
    deliver(telemetry, records)
    assert read(telemetry, "power")["values"] == [210]
    assert read(telemetry, "position")["values"] == [[55.75, 37.61]]


UNITS = [
    ("spo2", 0.97, "fraction", 97.0),
    ("cadence", 180, "spm", 90.0),
    ("speed", 36, "km/h", 10.0),
    ("speed", 10, "mph", 4.470),
    ("speed", 5, "min/km", 3.333),
    ("altitude", 1000, "ft", 304.8),
    ("temperature", 32, "°F", 0.0),
    ("temperature", 212, "°F", None),
    ("temperature", 98.6, "°F", 37.0),
    ("heart_rate", 142, "bpm", 142),
    ("altitude", -0.0, "m", 0.0),
]


@pytest.mark.parametrize(("metric", "value", "unit", "expected"), UNITS)
def test_units_become_the_metrics_own(
    telemetry: Service, metric: str, value: float, unit: str, expected: float | None
) -> None:
    send(telemetry, sample(value, metric, unit=unit))
    deliver(telemetry)
    assert read(telemetry, metric)["values"] == ([] if expected is None else [expected])


HOSTILE: list[tuple[str, Any, str]] = [
    ("not a number", sample(float("nan")), "value_is_not_finite"),
    ("endless", sample(float("inf")), "value_is_not_finite"),
    ("minus endless", sample(float("-inf")), "value_is_not_finite"),
    ("a text", sample("142"), "value_is_no_number"),
    ("a boolean", sample(True), "value_is_no_number"),
    ("nothing", sample(None), "value_is_no_number"),
    ("a list", sample([142]), "value_is_no_number"),
    ("a number of 400 digits", sample(10**400), "value_is_impossible"),
    ("too much", sample(1_000_000), "value_is_impossible"),
    ("too little", sample(-1), "value_is_impossible"),
    ("a pace of nothing", sample(0, "speed", unit="min/km"), "value_is_impossible"),
    ("a smallest pace", sample(5e-324, "speed", unit="min/km"), "value_is_impossible"),
    ("an unknown metric", sample(1, "luck"), "metric_is_unknown"),
    ("a metric that is no text", sample(1, ["heart_rate"]), "metric_is_unknown"),  # type: ignore[arg-type]
    ("half a character", sample(1, "\ud800"), "metric_is_unknown"),
    ("a wrong unit", sample(142, unit="kg"), "unit_is_unknown"),
    ("a unit that is no text", sample(142, unit={}), "unit_is_unknown"),
    ("no zone", sample(timestamp="2026-11-20T05:40:00"), "timestamp_has_no_zone"),
    ("a date of a sample", sample(timestamp="2026-11-20"), "timestamp_has_no_zone"),
    ("seconds since 1970", sample(timestamp=1795153200), "timestamp_is_invalid"),
    ("seconds as a text", sample(timestamp="1795153200"), "timestamp_is_invalid"),
    ("no time", sample(timestamp=None), "timestamp_is_invalid"),
    ("the 31st of February", sample(timestamp="2026-02-31T05:40:00Z"), "timestamp_is_invalid"),
    ("Arabic digits", sample(timestamp="٢٠٢٦-11-20T05:40:00Z"), "timestamp_is_invalid"),
    ("1970", sample(timestamp="1970-01-01T00:00:00Z"), "timestamp_is_too_old"),
    ("the year 1", sample(timestamp="0001-01-01T00:00:00+14:00"), "timestamp_is_too_old"),
    ("1999", sample(timestamp="1999-12-31T23:59:59.999Z"), "timestamp_is_too_old"),
    ("2100", sample(timestamp="2100-01-01T00:00:00Z"), "timestamp_is_in_the_future"),
    ("the year 9999", sample(timestamp="9999-12-31T23:59:59-14:00"), "timestamp_is_in_the_future"),
    ("16 minutes ahead", sample(timestamp="2026-11-21T08:16:00Z"), "timestamp_is_in_the_future"),
    ("a day in the future", sample(60, "mass", "2026-11-23"), "timestamp_is_in_the_future"),
    ("a day that is none", sample(60, "mass", "2026-13-01"), "timestamp_is_invalid"),
    ("half a position", sample({"lat": 55.75}, "position"), "value_is_no_position"),
    ("a position that is a number", sample(55.75, "position"), "value_is_no_position"),
    ("beyond the pole", sample({"lat": 91, "lon": 0}, "position"), "value_is_impossible"),
    ("a position that is not a number", sample({"lat": float("nan"), "lon": 0}, "position"), "value_is_not_finite"),
    ("no object", 17, "entry_is_invalid"),
    ("null", None, "entry_is_invalid"),
    ("no value", {"metric": "heart_rate", "timestamp": AT}, "entry_is_invalid"),
    ("another's id", sample(user_id=OTHER), "entry_is_invalid"),
    ("no values", {"timestamp": AT, "values": {}}, "entry_is_invalid"),
    ("too many values", {"timestamp": AT, "values": {f"m{n}": 1 for n in range(17)}}, "entry_is_invalid"),
    ("values in a list", {"timestamp": AT, "values": [1]}, "entry_is_invalid"),
]


@pytest.mark.parametrize(("entry", "code"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE])
def test_a_hostile_value_is_refused_and_spoils_no_other(telemetry: Service, entry: Any, code: str) -> None:
    answer = send(telemetry, sample(140), entry, sample(141, timestamp="2026-11-20T05:40:01Z"))
    assert counts(answer) == (2, 0, 1)
    [result] = answer.body["results"]
    assert (result["index"], result["status"], result["code"]) == (1, "rejected", code)
    assert result["detail"]
    deliver(telemetry)
    assert read(telemetry)["values"] == [140, 141]
    assert len(slots(telemetry)) == 1


def test_the_words_are_in_the_athletes_language(telemetry: Service) -> None:
    answer = send(telemetry, sample(1, unit="kg"), language="ru")
    assert answer.body["results"][0]["detail"] == "Единица измерения — одна из: bpm."


@pytest.mark.parametrize(
    ("metric", "value"),
    [("heart_rate", 245), ("spo2", 40), ("power", 4000), ("position", {"lat": 0, "lon": 0.0}), ("speed", 90)],
)
def test_an_implausible_value_is_kept_aside_and_told_to_who_asks_for_it(
    telemetry: Service, metric: str, value: Any
) -> None:
    answer = send(telemetry, sample(value, metric))
    assert counts(answer) == (0, 1, 0)
    assert answer.body["results"][0]["code"] == "value_is_implausible"
    deliver(telemetry)
    assert read(telemetry, metric)["values"] == []
    assert [pk.split("#")[0] for pk, _ in slots(telemetry)] == ["FLAGGED"]
    aside = [value["lat"], value["lon"]] if isinstance(value, dict) else value
    assert read(telemetry, metric, flagged="true")["values"] == [aside]


def test_an_implausible_value_does_not_displace_the_truth(telemetry: Service) -> None:
    send(telemetry, sample(142))
    send(telemetry, sample(245))
    deliver(telemetry)
    assert read(telemetry)["values"] == [142]


def test_many_refusals_are_counted_and_a_hundred_listed(telemetry: Service) -> None:
    answer = send(telemetry, *[sample("x")] * 500)
    assert counts(answer) == (0, 0, 500)
    assert len(answer.body["results"]) == 100
    assert waiting(telemetry) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"device_id": "watch", "samples": []}, 422),
        ({"device_id": "watch", "samples": [sample()] * 501}, 422),
        ({"device_id": "a#b", "samples": [sample()]}, 422),
        ({"device_id": "", "samples": [sample()]}, 422),
        ({"device_id": "watch", "samples": [sample()], "user_id": OTHER}, 422),
        ({"device_id": "watch", "samples": [sample("x" * 600_000)]}, 422),
        ({"device_id": "watch", "samples": {}}, 422),
        ([], 422),
    ],
)
def test_a_batch_that_is_none_is_refused_as_a_whole(telemetry: Service, body: Any, status: int) -> None:
    assert telemetry.call("POST", "/v1/telemetry", body).status == status
    assert waiting(telemetry) == []


def test_a_queue_that_is_away_is_told_to_the_device(telemetry: Service) -> None:
    telemetry.monkeypatch.setenv("STADION_BATCHES_QUEUE", "https://sqs.us-east-1.amazonaws.com/000000000000/none")
    answer = send(telemetry, sample())
    assert (answer.status, answer.body["code"]) == (503, "telemetry_not_taken")


def test_taking_a_batch_asks_for_the_consent_where_it_takes_one_and_a_read_asks_once_more(telemetry: Service) -> None:
    with counted() as operations:
        send(telemetry, *[sample(timestamp=f"2026-11-20T{n % 24:02}:00:00Z") for n in range(500)])
    assert operations == ["UpdateItem", "GetItem"]  # how the athlete stands, and what they agree to
    with counted() as operations:
        send(telemetry, sample(210, metric="power", unit="W"))
    assert operations == ["UpdateItem"]
    deliver(telemetry)
    with counted() as operations:
        read(telemetry)
    assert operations == ["UpdateItem", "GetItem", "Query"]


def test_a_batch_that_is_spread_over_years_is_split_into_messages_that_a_queue_takes(telemetry: Service) -> None:
    start = datetime(2010, 1, 1, 0, 0, 0, 123000, tzinfo=UTC)
    place = {"lat": -12.3456789, "lon": -123.4567891}
    values = {"heart_rate": 141.123, "position": place, "altitude": -123.456, "speed": 12.345, "power": 1234.567}
    spread = [{"timestamp": (start + timedelta(hours=n)).isoformat(), "values": values} for n in range(500)]
    assert counts(send(telemetry, *spread)) == (2500, 0, 0)
    records = waiting(telemetry)
    assert len(records) == 25
    assert max(len(one["body"]) for one in records) < 256 * 1024
    dense = [{"timestamp": (start + timedelta(seconds=n)).isoformat(), "values": values} for n in range(500)]
    send(telemetry, *dense)
    assert len(waiting(telemetry)) == 1


def test_a_message_that_cannot_be_read_is_left_for_the_dead_letters_and_its_values_out_of_the_log(
    telemetry: Service, caplog: pytest.LogCaptureFixture
) -> None:
    send(telemetry, sample(171.25))
    [good] = waiting(telemetry)
    broken = record(good["body"].replace("[[171.25]]", '[["171.25 beats"]]'))
    answer = telemetry.invoke("on_batches", {"Records": [{**broken, "messageId": "broken"}, good]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "broken"}]}
    assert read(telemetry)["values"] == [171.25]
    [failure] = [one.exc_info[1] for one in caplog.records if one.exc_info]
    assert "portions.0.values" in str(failure)
    assert "171.25" not in f"{failure} {caplog.text}"


def test_a_metric_that_left_the_table_while_its_message_waited_spoils_no_other(telemetry: Service) -> None:
    send(telemetry, sample(142), sample(200, "power"))
    [one] = waiting(telemetry)
    deliver(telemetry, [record(one["body"].replace("power", "luck"))])
    assert read(telemetry)["values"] == [142]
