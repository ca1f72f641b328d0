"""What devices send: judged value by value, kept through the queue, read back; whatever is sent, however often."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadion import clock
from telemetry import intake_service, reading_service, series_store
from tests.kit.clock import SATURDAY, Clock
from tests.kit.counting import counted
from tests.kit.services import ATHLETE, OTHER, Answer, Service
from tests.kit.size import examples

AT = "2026-11-20T05:40:00Z"
DAY = {"from": "2026-11-20", "to": "2026-11-20", "resolution": "full"}
MAY_BE_DEEP = examples(small=8, large=60)


pytestmark = pytest.mark.usefixtures("standing_clock")


def sample(value: Any = 142, metric: str = "heart_rate", timestamp: Any = AT, **more: Any) -> dict[str, Any]:
    return {"metric": metric, "value": value, "timestamp": timestamp, **more}


def send(telemetry: Service, *samples: Any, device: str = "watch", user: str = ATHLETE, language: str = "en") -> Answer:
    body = {"device_id": device, "samples": samples}
    return telemetry.call("POST", "/v1/telemetry", body, user=user, accept_language=language)


def waiting(telemetry: Service) -> list[dict[str, Any]]:
    """All messages of the queue, as Lambda gets them."""
    queue = boto3.client("sqs")
    url = queue.get_queue_url(QueueName="batches")["QueueUrl"]
    found: list[dict[str, Any]] = []
    while messages := queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(record(message["Body"]))
    return found


def record(body: str) -> dict[str, Any]:
    return {
        "messageId": str(abs(hash(body))),
        "receiptHandle": "handle",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "0"},
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:batches",
        "awsRegion": "us-east-1",
    }


def deliver(telemetry: Service, records: list[dict[str, Any]] | None = None) -> None:
    for one in waiting(telemetry) if records is None else records:
        assert telemetry.invoke("on_batches", {"Records": [one]}) == {"batchItemFailures": []}


def read(telemetry: Service, metric: str = "heart_rate", user: str = ATHLETE, **query: str) -> Any:
    answer = telemetry.call("GET", f"/v1/telemetry/{metric}", query={**DAY, **query}, user=user)
    assert answer.status == 200, answer.body
    return answer.body


def counts(answer: Answer) -> tuple[int, int, int]:
    assert answer.status == 202, answer.body
    return answer.body["accepted"], answer.body["flagged"], answer.body["rejected"]


def slots(telemetry: Service) -> dict[tuple[str, str], bytes]:
    return {
        (item["pk"]["S"], item["sk"]["S"]): item["data"]["B"]
        for item in telemetry.items()
        if item.get("kind", {}).get("S") == "slot"
    }


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
    assert read(telemetry, user="another", device_id="watch")["values"] == []


def test_daily_metrics_are_told_by_the_athletes_day(telemetry: Service) -> None:
    send(
        telemetry,
        sample(61.5, "mass", "2026-11-19"),
        sample(135, "mass", "2026-11-20T00:30:00+03:00", unit="lb"),
        sample(7.5, "sleep_duration", "2026-11-20", unit="h"),
        sample(0.062, "hrv_rmssd", "2026-11-20", unit="s"),
        sample(8412, "steps", "2026-11-21"),
    )
    deliver(telemetry)
    found = read(telemetry, "mass", **{"from": "2025-11-21"})
    assert (found["dates"], found["values"], found["times"]) == (["2026-11-19", "2026-11-20"], [61.5, 61.235], None)
    assert read(telemetry, "sleep_duration")["values"] == [27_000]
    assert read(telemetry, "hrv_rmssd")["values"] == [62]
    assert telemetry.call("GET", "/v1/telemetry/steps").body["dates"] == ["2026-11-21"]


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-11-20", "to": "2026-11-19"},
        {"from": "2026-09-01", "to": "2026-11-19"},
        {"from": "yesterday"},
        {"from": "2026-11-20T05:00:00"},
        {"from": "0001-01-01"},
        {"to": "9999-12-31"},
        {"from": "9999-12-31T23:59:59-14:00"},
    ],
)
def test_a_range_that_is_none_is_refused(telemetry: Service, query: dict[str, str]) -> None:
    answer = telemetry.call("GET", "/v1/telemetry/heart_rate", query=query)
    assert (answer.status, answer.body["code"]) == (400, "telemetry_range_is_invalid")


def test_an_unknown_metric_is_not_found(telemetry: Service) -> None:
    assert telemetry.call("GET", "/v1/telemetry/luck").body["code"] == "metric_not_found"


def test_a_queue_that_is_away_is_told_to_the_device(telemetry: Service) -> None:
    telemetry.monkeypatch.setenv("STADION_BATCHES_QUEUE", "https://sqs.us-east-1.amazonaws.com/000000000000/none")
    answer = send(telemetry, sample())
    assert (answer.status, answer.body["code"]) == (503, "telemetry_not_taken")


def test_taking_a_batch_asks_the_table_nothing_and_a_read_asks_once(telemetry: Service) -> None:
    with counted() as operations:
        send(telemetry, *[sample(timestamp=f"2026-11-20T{n % 24:02}:00:00Z") for n in range(500)])
    assert operations == []
    deliver(telemetry)
    with counted() as operations:
        read(telemetry)
    assert operations == ["Query"]


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


def test_whoever_is_overtaken_looks_again(telemetry: Service) -> None:
    """A second delivery writes the same slot between the first one's look and write."""
    send(telemetry, sample(142))
    send(telemetry, sample(150, timestamp="2026-11-20T05:41:00Z"))
    first, second = waiting(telemetry)
    straight = series_store.find
    looks: list[int] = []

    def meanwhile(place: series_store.Place) -> Any:
        looks.append(1)
        found = straight(place)
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
    telemetry.monkeypatch.setattr(intake_service, "MOST_IN_SLOT", 3)
    for seconds in ((5, 3), (1, 4, 2)):
        send(telemetry, *[sample(100 + n, timestamp=f"2026-11-20T05:40:0{n}Z") for n in seconds])
    deliver(telemetry)
    assert read(telemetry)["values"] == [101, 102, 103]
    assert '"SamplesLeftOut":[2.0]' in capsys.readouterr().out.replace(" ", "")


def too_long(telemetry: Service) -> bool:
    answer = telemetry.call("GET", "/v1/telemetry/heart_rate", query=DAY)
    return (answer.status, answer.body.get("code")) == (400, "telemetry_range_is_too_long")


def test_a_range_that_holds_too_much_is_refused_before_all_of_it_is_read(telemetry: Service) -> None:
    send(telemetry, *[sample(timestamp=f"2026-11-20T{n:02}:00:00Z") for n in range(24)])
    deliver(telemetry)
    with telemetry.monkeypatch.context() as patch:
        patch.setattr(reading_service, "MOST_TOLD", 23)
        assert (
            telemetry.call("GET", "/v1/telemetry/heart_rate", query=DAY).body["code"] == "telemetry_range_is_too_long"
        )
    telemetry.monkeypatch.setattr(series_store, "MOST_ITEMS", 23)
    assert telemetry.call("GET", "/v1/telemetry/heart_rate", query=DAY).body["code"] == "telemetry_range_is_too_long"


def test_a_screen_gets_as_many_samples_as_it_can_show(telemetry: Service) -> None:
    start = datetime(2026, 11, 20, 5, tzinfo=UTC)
    send(telemetry, *[sample(100 + n % 60, timestamp=clock.rfc3339(start + timedelta(seconds=n))) for n in range(500)])
    deliver(telemetry)
    found = read(telemetry, resolution="low")
    assert (found["original_size"], found["size"], len(found["times"]), len(found["values"])) == (500, 100, 100, 100)


moments = st.sampled_from(["2026-11-20T05:40:00Z", "2026-11-20T05:40:00.250Z", "2026-11-20T06:00:00Z"])
values = st.sampled_from([100, 120.5, 140, 240, 245])
batches = st.lists(st.lists(st.tuples(moments, values), min_size=1, max_size=4), min_size=1, max_size=4)


@MAY_BE_DEEP
@given(sent=batches, data=st.data())
def test_any_order_and_number_of_deliveries_ends_in_the_same_state(
    telemetry: Service, standing_clock: Clock, sent: list[list[tuple[str, float]]], data: st.DataObject
) -> None:
    users = [f"athlete-{uuid4()}" for _ in range(2)]  # new ones for each example: the table stays
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
