"""What workouts mean for their athletes: from events to the metrics, their event, and the series."""

import itertools
import json
import random
from datetime import UTC, date, datetime
from typing import Any

import boto3
import pytest

from local.recordings import recordings
from stadion import claims, clock, dynamo
from stadion.athletes import Measurement
from telemetry.metrics.athletes import store as athlete_store
from telemetry.metrics.workouts import domain as assessing
from telemetry.metrics.workouts import work
from telemetry.timeseries.port import Span
from telemetry.timeseries.service import time_series
from tests.kit.counting import counted
from tests.kit.events import deleted, entry
from tests.kit.events import recorded as recorded_event
from tests.kit.services import ATHLETE, OTHER, Answer, Service, sqs_event
from tests.telemetry.devices.integration.world import record
from tests.telemetry.moto import agree
from workouts.recordings.service import entries_of

DAY = "2026-11-20"
RIDE: dict[str, Any] = {"sport_type": "Ride", "started_at": f"{DAY}T05:40:00Z"}
ALL = Span(date(2026, 1, 1), date(2026, 12, 31))


pytestmark = pytest.mark.usefixtures("standing_clock")


@pytest.fixture
def telemetry(telemetry: Service) -> Service:
    """One service alone: it need not connect anew at every call, which is most of what a call takes."""
    telemetry.monkeypatch.setattr(dynamo, "forget_connections", lambda: None)
    return telemetry


@pytest.fixture(scope="session")
def ride() -> bytes:
    data = (recordings("sweat") / "4078723797.fit").read_bytes()
    return entries_of(data, sport_type=None, now=datetime(2026, 11, 21, tzinfo=UTC))[0].bundled


def ridden(telemetry: Service, data: bytes, workout_id: str = "w-1", *, revision: int = 1, **more: Any) -> Any:
    telemetry.enter()
    key = claims.deposit(f"streams/{workout_id}/{len(data)}", data)
    streams = {"key": key, "samples": 1}
    return recorded_event(workout_id, revision=revision, streams=streams, **{**RIDE, **more})


def physical(day: str = "2026-11-01", *, revision: int = 1, user: str = ATHLETE, **measured: Any) -> dict[str, Any]:
    data = {"measured_on": day, "revision": revision, **measured}
    return entry("PhysicalDataChanged", data, source="accounts", user=user)


def profile(revision: int = 2, *, changed: list[str] | None = None, **fields: Any) -> dict[str, Any]:
    data = {"revision": revision, "language": "en", "time_zone": "Europe/Moscow", "changed": changed or [], **fields}
    return entry("ProfileUpdated", data, source="accounts")


def deliver(telemetry: Service, *events: dict[str, Any]) -> list[dict[str, Any]]:
    """To the functions that they are for; the positions that failed."""
    failed = []
    for event in events:
        function = "on_account_events" if event["source"] == "stadion.accounts" else "on_workout_events"
        failed += telemetry.invoke(function, sqs_event(event))["batchItemFailures"]
    return failed


def waiting(telemetry: Service) -> list[dict[str, Any]]:
    """For `on_measuring`, what changes of the athlete touch included."""
    assert quiet(telemetry, *left_in("touched_days")) == []
    return left_in("measuring")


def quiet(telemetry: Service, *messages: dict[str, Any]) -> Any:
    return telemetry.invoke("on_touched_days", {"Records": list(messages)})["batchItemFailures"] if messages else []


def left_in(name: str) -> list[dict[str, Any]]:
    queue = boto3.client("sqs")
    url = queue.get_queue_url(QueueName=name)["QueueUrl"]
    found: list[dict[str, Any]] = []
    while messages := queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            queue.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(record(message["Body"]))
    return found


def measure(telemetry: Service) -> int:
    """All that waits, each twice; how many workouts were asked for."""
    asked = waiting(telemetry)
    assert work_off(telemetry, asked * 2) == []
    return len({json.loads(message["body"])["workout_id"] for message in asked})


def work_off(telemetry: Service, asked: list[dict[str, Any]]) -> Any:
    return telemetry.invoke("on_measuring", {"Records": asked})["batchItemFailures"] if asked else []


def brought(telemetry: Service, *events: dict[str, Any]) -> int:
    assert deliver(telemetry, *events) == []
    return measure(telemetry)


def metrics(telemetry: Service, workout_id: str = "w-1", *, user: str = ATHLETE) -> Answer:
    return telemetry.call("GET", f"/v1/workouts/{workout_id}/metrics", user=user)


def told(telemetry: Service) -> list[tuple[int, float | None]]:
    events = [entry["detail"]["data"] for entry in telemetry.published("UserMetricsUpdated")]
    return [(event["revision"], event["load"] and round(event["load"])) for event in events]


def loads(telemetry: Service) -> list[tuple[str, int]]:
    """What the series know."""
    telemetry.enter()
    return [(one.day.isoformat(), round(one.load)) for one in time_series().daily_loads(ATHLETE, ALL)]


# --- once, and kept -------------------------------------------------------------------------------------------------


def test_the_real_ride_has_the_stress_that_its_device_says(telemetry: Service, ride: bytes) -> None:
    assert brought(telemetry, physical(ftp_w=200, max_heart_rate_bpm=190), ridden(telemetry, ride)) == 1
    body = metrics(telemetry).body
    assert body["tss"]["value"] == pytest.approx(413.7, rel=0.005)
    assert (body["load"]["method"], body["load"]["estimated"]) == ("power_tss", False)
    assert body["load"]["inputs"]["ftp"] == {"value": 200.0, "since": "2026-11-01", "assumed": None}
    assert (body["revision"], body["day"]) == (1, DAY)
    assert (told(telemetry), loads(telemetry)) == ([(1, 415)], [(DAY, 415)])


def test_a_flagged_ride_has_metrics_and_counts_for_no_fitness(telemetry: Service, ride: bytes) -> None:
    """Unflagged by a correction, it counts; flagged again, it is gone again."""
    brought(telemetry, physical(ftp_w=200), ridden(telemetry, ride, flags=["power_too_high"]))
    assert metrics(telemetry).body["load"]["value"] == pytest.approx(415, abs=1)
    assert loads(telemetry) == []
    brought(telemetry, ridden(telemetry, ride, revision=2))
    assert loads(telemetry) == [(DAY, 415)]
    brought(telemetry, ridden(telemetry, ride, revision=3, flags=["gps_jump"]))
    assert loads(telemetry) == []
    telemetry.enter()
    assert time_series().mean_max(ATHLETE, "power", ALL) == []


def test_a_repetition_and_a_new_name_measure_nothing_anew(telemetry: Service, ride: bytes) -> None:
    brought(telemetry, physical(ftp_w=200), ridden(telemetry, ride))
    assert brought(telemetry, ridden(telemetry, ride), ridden(telemetry, ride, revision=2), physical(ftp_w=200)) == 1
    assert (metrics(telemetry).body["revision"], told(telemetry)) == (1, [(1, 415)])


def test_a_workout_written_down_by_hand_is_judged_by_its_average_pulse(telemetry: Service) -> None:
    run = recorded_event("w-1", average_heart_rate_bpm=150)
    brought(telemetry, run, profile(birth_date="1986-06-15", changed=["birth_date"]))
    load = metrics(telemetry).body["load"]
    assert (load["method"], load["estimated"]) == ("average_heart_rate", True)
    assert load["inputs"]["max"] == {"value": 180.0, "since": None, "assumed": "tanaka_2001"}
    assert load["value"] == pytest.approx(loads(telemetry)[0][1], abs=0.5)


def test_what_nothing_is_known_of_has_no_load_and_says_why(telemetry: Service) -> None:
    brought(telemetry, recorded_event("w-1"))
    load = metrics(telemetry).body["load"]
    assert (load["value"], load["missing"]) == (
        None,
        ["speed", "threshold_pace_s_per_km", "heart_rate", "max_heart_rate_bpm"],
    )
    assert loads(telemetry) == []


def test_another_athletes_metrics_are_not_found_nor_are_those_to_come(telemetry: Service, ride: bytes) -> None:
    brought(telemetry, ridden(telemetry, ride))
    assert metrics(telemetry).status == 200
    for answer in (metrics(telemetry, user=OTHER), metrics(telemetry, "w-2")):
        assert (answer.status, answer.body["code"]) == (404, "metrics_not_found")


# --- again, when what they rest on changes --------------------------------------------------------------------------


def test_a_new_ftp_measures_the_workouts_from_its_day_on(telemetry: Service, ride: bytes) -> None:
    before = ridden(telemetry, ride, "w-0", started_at="2026-11-09T05:40:00Z")
    brought(telemetry, physical(ftp_w=200), before, ridden(telemetry, ride))
    assert brought(telemetry, physical("2026-11-10", ftp_w=250)) == 1
    assert loads(telemetry) == [("2026-11-09", 415), (DAY, round(415 * (200 / 250) ** 2))]
    assert metrics(telemetry).body["revision"] == 2


def test_the_first_ftp_holds_for_earlier_workouts_and_says_that_it_is_assumed(telemetry: Service, ride: bytes) -> None:
    brought(telemetry, ridden(telemetry, ride))
    assert metrics(telemetry).body["tss"]["missing"] == ["ftp_w"]
    brought(telemetry, physical("2026-11-25", ftp_w=200))
    load = metrics(telemetry).body["load"]
    assert (load["estimated"], load["inputs"]["ftp"]["assumed"]) == (True, "measured_later")


def test_what_was_measured_and_taken_back_holds_no_longer(telemetry: Service, ride: bytes) -> None:
    brought(telemetry, ridden(telemetry, ride), physical(revision=2), physical(ftp_w=200))
    assert metrics(telemetry).body["tss"]["value"] is None
    brought(telemetry, physical(ftp_w=300, revision=3))
    assert metrics(telemetry).body["tss"]["value"] is not None


def test_a_weight_measures_nothing_anew(telemetry: Service, ride: bytes) -> None:
    brought(telemetry, ridden(telemetry, ride))
    assert brought(telemetry, physical(mass_kg=61)) == 0


def test_a_corrected_workout_moves_to_its_new_day(telemetry: Service, ride: bytes) -> None:
    moved = ridden(telemetry, ride, revision=2, started_at="2026-11-18T05:40:00Z")
    brought(telemetry, physical(ftp_w=200), ridden(telemetry, ride))
    brought(telemetry, moved)
    assert loads(telemetry) == [("2026-11-18", 415)]
    assert metrics(telemetry).body["day"] == "2026-11-18"


def test_a_deleted_workout_has_no_metrics_and_says_so(telemetry: Service, ride: bytes) -> None:
    brought(telemetry, physical(ftp_w=200), ridden(telemetry, ride))
    brought(telemetry, deleted("w-1"))
    assert (metrics(telemetry).status, loads(telemetry)) == (404, [])
    assert told(telemetry) == [(1, 415), (2, None)]


# --- whatever happens -----------------------------------------------------------------------------------------------


def state(telemetry: Service) -> Any:
    answer = metrics(telemetry)
    body = {name: value for name, value in answer.body.items() if name not in {"revision", "trace_id"}}
    return answer.status, body, loads(telemetry)


def test_any_order_ends_in_the_same_state(telemetry: Service, ride: bytes) -> None:
    shorter = ride[: int.from_bytes(ride[:4], "little") + 4]
    first, second = ridden(telemetry, ride), ridden(telemetry, shorter, revision=2)
    news = [first, second, physical(ftp_w=200), physical(ftp_w=220, revision=2)]
    states = []
    for number, order in enumerate(itertools.permutations(news)):
        if number % 4 == 0:
            wipe(telemetry)
            for event in order:
                brought(telemetry, event, event)
            states.append(state(telemetry))
    assert states[0][0] == 200
    assert all(one == states[0] for one in states)


def wipe(telemetry: Service) -> None:
    table = boto3.resource("dynamodb").Table(telemetry.table)
    for item in telemetry.items():
        table.delete_item(Key={name: item[name]["S"] for name in ("pk", "sk")})
    agree(ATHLETE)


CRASHES = (
    ("on_workout_events", "telemetry.streams.store.keep"),
    ("on_workout_events", "telemetry.metrics.workouts.work.ask"),
    ("on_workout_events", "telemetry.metrics.workouts.work.enqueue"),
    ("on_account_events", "telemetry.metrics.athletes.store.read"),
    ("on_account_events", "telemetry.metrics.athletes.service.ask_for"),
    ("on_account_events", "telemetry.metrics.athletes.store.touch"),
    ("on_account_events", "telemetry.metrics.athletes.service.enqueue"),
    ("on_touched_days", "telemetry.metrics.workouts.work.ask"),
    ("on_touched_days", "telemetry.metrics.athletes.store.settle"),
    ("on_measuring", "telemetry.metrics.workouts.service.assess"),
    ("on_measuring", "telemetry.metrics.workouts.store.keep"),
    ("on_measuring", "telemetry.metrics.workouts.service._tell_series"),
    ("on_measuring", "telemetry.metrics.workouts.store.note_told"),
    ("on_measuring", "telemetry.timeseries.rollups.store.keep_workout"),
    ("on_measuring", "telemetry.timeseries.rollups.store.forget_workout"),
)


@pytest.mark.parametrize(("function", "point"), CRASHES)
def test_a_crash_is_mended_by_the_next_delivery(telemetry: Service, ride: bytes, function: str, point: str) -> None:
    """Every function crashes once at the point, is delivered again, and nobody can tell afterwards."""
    steps = [
        [physical(ftp_w=200), ridden(telemetry, ride)],
        [physical("2026-11-10", ftp_w=250)],
        [ridden(telemetry, ride, revision=2, started_at="2026-11-18T05:40:00Z")],
        [deleted("w-1", revision=3)],
    ]
    expected = [[(DAY, 415)], [(DAY, 266)], [("2026-11-18", 266)], []]
    for events, loaded in zip(steps, expected, strict=True):
        for event in events:
            with telemetry.monkeypatch.context() as broken:
                broken.setattr(point, lambda *_, **__: 1 / 0)
                deliver(telemetry, event)
                touched = left_in("touched_days")
                if function == "on_touched_days":
                    quiet(telemetry, *touched)
            if function != "on_touched_days" or event["source"] != "stadion.accounts":
                deliver(telemetry, event)
            assert quiet(telemetry, *touched) == []
            if function == "on_measuring":
                asked = waiting(telemetry)
                with telemetry.monkeypatch.context() as broken:
                    broken.setattr(point, lambda *_, **__: 1 / 0)
                    work_off(telemetry, asked)
                assert work_off(telemetry, asked) == []
            measure(telemetry)
        assert loads(telemetry) == loaded
    assert [load for _, load in told(telemetry)] == [415, 266, 266, None]


@pytest.mark.parametrize("meanwhile", ["ftp", "correction", "deletion", "another worker"])
def test_news_between_a_look_and_its_write_are_looked_at(telemetry: Service, ride: bytes, meanwhile: str) -> None:
    brought(telemetry, physical(ftp_w=200))
    deliver(telemetry, ridden(telemetry, ride))
    asked = waiting(telemetry)
    news = {
        "ftp": physical(ftp_w=250, revision=2),
        "correction": ridden(telemetry, ride, revision=2, started_at="2026-11-18T05:40:00Z"),
        "deletion": deleted("w-1"),
    }
    straight, times = assessing.assess, []

    def overtaken(*args: Any) -> Any:
        times.append(1)
        if len(times) == 1:
            if meanwhile in news:
                deliver(telemetry, news[meanwhile])
            else:
                work_off(telemetry, asked)
        return straight(*args)

    telemetry.monkeypatch.setattr("telemetry.metrics.workouts.service.assess", overtaken)
    assert work_off(telemetry, asked) == []
    at_once = loads(telemetry)
    measure(telemetry)
    expected = {"ftp": [(DAY, 266)], "correction": [("2026-11-18", 415)], "deletion": []}
    assert at_once == loads(telemetry) == expected.get(meanwhile, [(DAY, 415)])
    assert len(told(telemetry)) == (0 if meanwhile == "deletion" else 1)


def test_measuring_is_a_handful_of_requests_and_a_repetition_writes_nothing(telemetry: Service, ride: bytes) -> None:
    brought(telemetry, physical(ftp_w=200))
    deliver(telemetry, ridden(telemetry, ride))
    asked = waiting(telemetry)
    look, chunks, series = ["GetItem", "GetItem", "GetItem", "Query"], ["Query"], ["GetItem"]
    with counted() as operations:
        work_off(telemetry, asked)
    assert operations == [*look, *chunks, "TransactWriteItems", *series, "TransactWriteItems", "PutItem"]
    with counted() as operations:
        work_off(telemetry, asked)
    assert operations == [*look, *chunks, *series, "PutItem"]
    telemetry.enter()
    work.ask(ATHLETE, ["w-1"], correlation_id="c", now=clock.now(), only_if_changed=True)
    asked = waiting(telemetry)
    with counted() as operations:
        work_off(telemetry, asked)
    assert operations == [*look, "GetItem"]
    with counted() as operations:
        metrics(telemetry)
    assert operations == ["UpdateItem", "BatchGetItem"]


def test_the_copy_of_the_athlete_is_the_same_whatever_came_first(telemetry: Service) -> None:
    registered = entry("UserRegistered", {"language": "en", "time_zone": "Asia/Omsk"}, source="accounts")
    news = [
        registered,
        profile(2, birth_date="1986-06-15", gender="female"),
        profile(3, birth_date="1986-06-16", gender="female"),
        physical(ftp_w=200),
        physical(ftp_w=210, revision=2),
        physical(revision=3),
        physical("2026-11-02", max_heart_rate_bpm=190, mass_kg=60),
    ]
    known = []
    for seed in range(6):
        wipe(telemetry)
        order = news * 2
        random.Random(seed).shuffle(order)
        assert deliver(telemetry, *order) == []
        known.append(athlete_store.read(ATHLETE)[0])
    assert all(one.person == known[0].person for one in known)
    values = [[(one.day.day, one.revision, one.values) for one in athlete.days] for athlete in known]
    assert all(one == [(1, 3, {}), (2, 1, {Measurement.MAX: 190})] for one in values)
    assert (known[0].person.birth_date, known[0].person.revision) == (date(1986, 6, 16), 3)


# --- what contradicts the athlete's own numbers ---------------------------------------------------------------------


def hints(telemetry: Service) -> list[dict[str, Any]]:
    asked = [entry["detail"]["data"] for entry in telemetry.published("NotificationRequested")]
    return [one for one in asked if one["template"] == "ftp_may_be_higher"]


def test_a_ride_that_contradicts_the_ftp_says_so_and_its_athlete_hears_once(telemetry: Service, ride: bytes) -> None:
    brought(telemetry, physical(ftp_w=200), ridden(telemetry, ride), ridden(telemetry, ride, "w-2"))

    hint = metrics(telemetry).body["ftp_hint"]
    assert hint["ftp_w"] == 200
    assert hint["suggested_w"] > 1.05 * 200
    assert hint["best_w"] >= hint["suggested_w"]
    assert {one["request_id"] for one in hints(telemetry)} == {"ftp:2026-11-01:200"}
    assert hints(telemetry)[0]["values"] == {
        "best_w": hint["best_w"],
        "minutes": hint["duration_s"] // 60,
        "suggested_w": hint["suggested_w"],
        "ftp_w": 200,
    }


def test_an_ftp_that_fits_and_one_that_nobody_measured_are_not_contradicted(telemetry: Service, ride: bytes) -> None:
    brought(telemetry, ridden(telemetry, ride))
    assert metrics(telemetry).body["ftp_hint"] is None
    brought(telemetry, physical("2026-11-25", ftp_w=100))  # after the ride: what held then, nobody knows
    assert metrics(telemetry).body["ftp_hint"] is None
    brought(telemetry, physical(ftp_w=300))
    assert metrics(telemetry).body["ftp_hint"] is None
    assert hints(telemetry) == []


def test_an_old_ride_that_is_brought_in_tells_nobody(telemetry: Service, ride: bytes) -> None:
    old = ridden(telemetry, ride, started_at="2026-08-01T05:40:00Z")
    brought(telemetry, physical("2026-07-01", ftp_w=200), old)

    assert metrics(telemetry).body["ftp_hint"]["ftp_w"] == 200
    assert hints(telemetry) == []


def test_a_flagged_ride_and_who_does_not_agree_hear_nothing(telemetry: Service, ride: bytes) -> None:
    brought(telemetry, physical(ftp_w=200), ridden(telemetry, ride, flags=["power_too_high"]))

    assert hints(telemetry) == []
