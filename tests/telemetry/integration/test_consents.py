"""Without the consent `health_data` nothing of the body is taken, measured or shown; with it again, what has a source
comes back; and what is to be deleted is gone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.recordings import recordings
from stadion import claims, clock, dynamo
from stadion.consents import health_among, is_health
from stadion.streams.codec import decode
from telemetry.live import connections
from telemetry.metrics_table import METRICS, MetricKind
from tests.kit.consents import UNTOLD, consent, withdrawn
from tests.kit.events import entry
from tests.kit.events import recorded as recorded_event
from tests.kit.services import ATHLETE, Service, sqs_event
from tests.telemetry.devices.integration.world import counts, sample, send
from tests.telemetry.devices.integration.world import deliver as keep
from tests.telemetry.devices.integration.world import waiting as kept_for_later
from tests.telemetry.live.integration.world import Wire, grant, start, watch
from tests.telemetry.live.integration.world import send as send_live
from tests.telemetry.metrics.integration.test_metrics import waiting, work_off
from workouts.recordings.service import entries_of

pytestmark = pytest.mark.usefixtures("standing_clock")
HEALTH = health_among(METRICS)


@pytest.fixture
def telemetry(telemetry: Service) -> Service:
    telemetry.monkeypatch.setattr(dynamo, "forget_connections", lambda: None)
    return telemetry


@pytest.fixture(scope="session")
def ride() -> bytes:
    data = (recordings("sweat") / "4078723797.fit").read_bytes()
    return entries_of(data, sport_type=None, now=datetime(2026, 11, 21, tzinfo=UTC))[0].bundled


def hear(telemetry: Service, *events: dict[str, Any]) -> None:
    for event in events:
        assert telemetry.invoke("metrics/on_account_events", sqs_event(event)) == {"batchItemFailures": []}


def physical(**measured: Any) -> dict[str, Any]:
    return entry("PhysicalDataChanged", {"measured_on": "2026-11-01", "revision": 1, **measured}, source="accounts")


def ridden(telemetry: Service, data: bytes) -> None:
    telemetry.enter()
    streams = {"key": claims.deposit("streams/w-1/a", data), "samples": 1}
    facts = {"sport_type": "Ride", "started_at": "2026-11-20T05:40:00Z", "average_heart_rate_bpm": 164.7}
    telemetry.invoke("on_workout_events", sqs_event(recorded_event("w-1", streams=streams, **facts)))
    work_off(telemetry, waiting(telemetry))


def columns_of(telemetry: Service) -> set[str]:
    """Of the minutes of live sessions that are kept."""
    found = [item["data"]["B"] for item in telemetry.items() if item.get("kind", {}).get("S") == "chunk"]
    return {name for data in found for name in decode(data)}


def asked(*, revision: int = 2, at: str = "2026-11-22T00:00:00Z") -> dict[str, Any]:
    data = {"asked_at": at, "consent_revision": revision}
    return entry("HealthDataDeletionAsked", data, source="accounts")


def deleted(telemetry: Service, event: dict[str, Any]) -> int:
    """How many messages come again."""
    return len(telemetry.invoke("on_health_deletions", sqs_event(event))["batchItemFailures"])


# --- taking ---------------------------------------------------------------------------------------------------------


def an_entry(metric: str) -> dict[str, Any]:
    value: Any = {"lat": 55.75, "lon": 37.61} if metric == "position" else METRICS[metric].plausible[0].least + 1
    moment = "2026-11-20" if METRICS[metric].kind is MetricKind.DAILY else "2026-11-20T05:40:00Z"
    return {"metric": metric, "value": value, "timestamp": moment}


def test_of_a_batch_each_health_value_is_refused_and_the_rest_is_taken(telemetry: Service) -> None:
    answer = send(telemetry, *[an_entry(metric) for metric in METRICS], user=UNTOLD)

    refused = {one["metric"]: one["code"] for one in answer.body["results"]}
    assert refused == dict.fromkeys(HEALTH, "consent_required")
    assert counts(answer) == (len(METRICS) - len(HEALTH), 0, len(HEALTH))
    keep(telemetry)
    kept = {item["pk"]["S"].rpartition("#")[2] for item in telemetry.items() if item["pk"]["S"].startswith("TELEM")}
    assert kept == {metric for metric in METRICS if not is_health(metric)}


def test_the_refusal_is_said_in_the_callers_language(telemetry: Service) -> None:
    batch = {"device_id": "watch", "samples": [an_entry("heart_rate")]}
    answer = telemetry.call("POST", "/v1/telemetry", batch, user=UNTOLD, accept_language="ru")
    assert answer.body["results"][0]["detail"].startswith("Это данные о здоровье")


def test_what_waited_in_the_queue_when_the_consent_was_withdrawn_is_not_kept(telemetry: Service) -> None:
    send(telemetry, an_entry("heart_rate"), an_entry("power"))
    later = kept_for_later(telemetry)
    hear(telemetry, withdrawn())

    keep(telemetry, later)

    kept = {item["pk"]["S"].rpartition("#")[2] for item in telemetry.items() if item["pk"]["S"].startswith("TELEM")}
    assert kept == {"power"}


def test_of_live_samples_the_heart_rate_is_dropped_and_named(telemetry: Service) -> None:
    start(telemetry, started_at=clock.rfc3339(clock.now() - timedelta(hours=1)))
    hear(telemetry, withdrawn())

    taken = send_live(telemetry, 0, 1, 2, heart_rate_bpm=[140, 141, 142], power_w=[200, 201, 202]).body

    assert (taken["accepted"], taken["added"], taken["dropped"]) == (3, 3, ["heart_rate_bpm"])
    assert columns_of(telemetry) & {"heart_rate_bpm", "power_w"} == {"power_w"}
    hear(telemetry, consent(revision=3))
    assert send_live(telemetry, 0, 1, 2, heart_rate_bpm=[140, 141, 142]).body["dropped"] == []
    assert "heart_rate_bpm" in columns_of(telemetry), "the app may send them again"


# --- showing --------------------------------------------------------------------------------------------------------


def test_the_athletes_own_live_view_has_no_heart_rate_after_the_withdrawal(
    telemetry: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire = Wire()
    monkeypatch.setattr(connections, "tell", wire.tell)
    monkeypatch.setattr(connections, "client", lambda: None)
    grant(telemetry, "health_data")
    start(telemetry, started_at=clock.rfc3339(clock.now() - timedelta(hours=1)))
    send_live(telemetry, 0, 1, heart_rate_bpm=[140, 141], power_w=[200, 201])
    watch(telemetry, "own", user=ATHLETE)
    assert wire.seen_by("own")[-1]["heart_rate_bpm"] == 141

    hear(telemetry, withdrawn())
    grant(telemetry, "health_data", granted=False, revision=2)

    watch(telemetry, "own", user=ATHLETE)
    send_live(telemetry, 2, power_w=[202])
    assert [one["heart_rate_bpm"] for one in wire.seen_by("own")[1:]] == [None, None]


CLOSED = [
    *[f"/v1/telemetry/{metric}" for metric in HEALTH],
    "/v1/metrics/fitness",
    "/v1/metrics/trends/heart_rate",
    "/v1/metrics/zones",
    "/v1/metrics/histogram",
    "/v1/metrics/series/heart_rate",
]


@pytest.mark.parametrize("path", CLOSED)
def test_what_is_health_data_as_a_whole_asks_for_the_consent(telemetry: Service, path: str) -> None:
    assert telemetry.call("GET", path).status == 200
    hear(telemetry, withdrawn())

    refused = telemetry.call("GET", path)

    assert (refused.status, refused.body["code"], refused.body["consent"]) == (403, "consent_required", "health_data")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/telemetry/power", {}),
        ("/v1/metrics/trends/power", {}),
        ("/v1/metrics/histogram", {"metric": "power"}),
        ("/v1/metrics/mean-max", {}),
        ("/v1/metrics/latest", {}),
    ],
)
def test_what_was_done_is_shown_without_it(telemetry: Service, path: str, query: dict[str, str]) -> None:
    assert telemetry.call("GET", path, query=query, user=UNTOLD).status == 200


def test_after_a_withdrawal_a_workout_shows_nothing_of_the_body_but_in_its_export(
    telemetry: Service, ride: bytes
) -> None:
    hear(telemetry, physical(ftp_w=200, max_heart_rate_bpm=192, threshold_heart_rate_bpm=172))
    ridden(telemetry, ride)
    before = telemetry.call("GET", "/v1/workouts/w-1/metrics").body
    assert (before["load"]["method"], before["trimp"]["value"] > 300) == ("power_tss", True)

    hear(telemetry, withdrawn())

    shown = telemetry.call("GET", "/v1/workouts/w-1/metrics").body
    for name in ("load", "trimp", "zonal_trimp", "hr_tss", "tss", "intensity_factor", "r_tss", "decoupling"):
        assert (shown[name]["value"], shown[name]["inputs"], shown[name]["missing"]) == (
            None,
            {},
            ["consent_health_data"],
        ), name
    assert shown["normalized_power"]["value"] == before["normalized_power"]["value"]
    assert shown["zones"]["heart_rate"]["seconds"] is None
    assert shown["mean_max"].keys() == before["mean_max"].keys() - {"heart_rate"}
    streams = telemetry.call("GET", "/v1/workouts/w-1/streams", query={"resolution": "low"}).body
    assert "heartrate" not in streams["streams"]
    assert (streams["dropped"], "heartrate" in streams["doubted"]) == (["heartrate"], False)
    exported = telemetry.call("GET", "/v1/workouts/w-1/export", query={"format": "tcx"}).body
    assert "HeartRateBpm" in exported
    hear(telemetry, consent(revision=3))
    assert telemetry.call("GET", "/v1/workouts/w-1/metrics").body["trimp"] == before["trimp"]


# --- measuring ------------------------------------------------------------------------------------------------------


def test_without_the_consent_nothing_is_measured_of_the_body_and_a_grant_has_it_measured(
    telemetry: Service, ride: bytes
) -> None:
    hear(telemetry, physical(ftp_w=200, max_heart_rate_bpm=192), withdrawn())
    ridden(telemetry, ride)

    (event,) = telemetry.published("UserMetricsUpdated")
    assert event["detail"]["data"]["load"] is None
    (kept,) = telemetry.bodies("metrics")
    assert kept["assessment"]["trimp"]["value"] is None
    assert "heart_rate" not in kept["assessment"]["mean_max"]
    assert not _rolled_up(telemetry, "heart_rate")

    hear(telemetry, consent(revision=3))
    work_off(telemetry, waiting(telemetry))

    shown = telemetry.call("GET", "/v1/workouts/w-1/metrics").body
    assert (shown["trimp"]["value"] > 300, shown["load"]["method"]) == (True, "power_tss")
    assert _rolled_up(telemetry, "heart_rate")


def _rolled_up(telemetry: Service, metric: str) -> bool:
    return any(metric in str(body) for body in telemetry.bodies("rollup"))


# --- deleting -------------------------------------------------------------------------------------------------------


def test_on_request_what_devices_sent_is_gone_and_the_rest_stays(telemetry: Service) -> None:
    send(telemetry, *[an_entry(metric) for metric in METRICS], sample(29.0))  # the last one is kept aside
    keep(telemetry)
    start(telemetry, started_at=clock.rfc3339(clock.now() - timedelta(hours=1)))
    send_live(telemetry, 0, 1, 2, heart_rate_bpm=[140, 141, 142], power_w=[200, 201, 202])
    hear(telemetry, withdrawn())

    for _ in range(2):
        assert deleted(telemetry, asked()) == 0

    left = {item["pk"]["S"] for item in telemetry.items()}
    assert not {pk for pk in left if pk.rpartition("#")[2] in HEALTH}
    assert {f"TELEMETRY#{ATHLETE}#power", f"ROLLUPS#{ATHLETE}#power"} <= left
    assert "heart_rate_bpm" not in columns_of(telemetry)
    assert "power_w" in columns_of(telemetry)


def test_a_request_that_overtakes_the_withdrawal_waits_for_it(telemetry: Service) -> None:
    send(telemetry, an_entry("heart_rate"))
    keep(telemetry)

    assert deleted(telemetry, asked()) == 1
    assert f"TELEMETRY#{ATHLETE}#heart_rate" in {item["pk"]["S"] for item in telemetry.items()}

    hear(telemetry, withdrawn())
    assert deleted(telemetry, asked()) == 0
    assert f"TELEMETRY#{ATHLETE}#heart_rate" not in {item["pk"]["S"] for item in telemetry.items()}


def test_what_came_after_the_request_is_not_meant(telemetry: Service) -> None:
    hear(telemetry, withdrawn(), consent(revision=3))
    send(telemetry, an_entry("heart_rate"))
    keep(telemetry)

    assert deleted(telemetry, asked(at="2026-11-01T00:00:00Z")) == 0

    left = {item["pk"]["S"] for item in telemetry.items()}
    assert {f"TELEMETRY#{ATHLETE}#heart_rate", f"ROLLUPS#{ATHLETE}#heart_rate"} <= left


def test_a_request_that_is_heard_late_or_again_takes_nothing_of_what_was_recorded_since(telemetry: Service) -> None:
    hear(telemetry, withdrawn(), consent(revision=3))
    start(telemetry, started_at=clock.rfc3339(clock.now() - timedelta(hours=1)))
    send_live(telemetry, 0, 1, heart_rate_bpm=[140, 141])

    assert deleted(telemetry, asked(at=clock.rfc3339(clock.now() - timedelta(hours=2)))) == 0
    assert "heart_rate_bpm" in columns_of(telemetry)

    assert deleted(telemetry, asked(at=clock.rfc3339(clock.now() - timedelta(minutes=50)))) == 0
    assert "heart_rate_bpm" not in columns_of(telemetry)
