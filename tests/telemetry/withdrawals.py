"""What telemetry does with a consent: `tests/platform/integration/test_withdrawals.py`."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from stadion.events.accounts import ConsentKind
from tests.kit.events import entry, recorded
from tests.kit.services import ATHLETE, Service, sqs_event
from tests.kit.withdrawals import Withdrawal

HEARS: Final = "metrics/on_account_events"
OF_AUDIENCE: Final = "live/audience/on_privacy_zones"


def _takes(telemetry: Service) -> bool:
    from tests.telemetry.devices.integration.world import counts, sample, send

    now = datetime.now(UTC).isoformat()
    return counts(send(telemetry, sample(142, timestamp=now)))[0] == 1


def _starts(telemetry: Service) -> None:
    from tests.telemetry.live.integration.world import start

    start(telemetry)


def _takes_live(telemetry: Service) -> bool:
    from tests.telemetry.live.integration.world import send

    return send(telemetry, 0, 1, 2).body["dropped"] == []


def _shows(telemetry: Service) -> bool:
    return telemetry.call("GET", "/v1/telemetry/heart_rate").status == 200


def _shows_fitness(telemetry: Service) -> bool:
    return telemetry.call("GET", "/v1/metrics/fitness").status == 200


def _knows_the_body(telemetry: Service) -> None:
    data = {"measured_on": "2026-11-01", "revision": 1, "max_heart_rate_bpm": 190, "threshold_heart_rate_bpm": 170}
    assert telemetry.invoke(HEARS, sqs_event(entry("PhysicalDataChanged", data, source="accounts"))) == {
        "batchItemFailures": []
    }


def _measures(telemetry: Service) -> bool:
    from tests.telemetry.metrics.integration.test_metrics import waiting, work_off

    workout_id = str(uuid4())
    event = recorded(workout_id, average_heart_rate_bpm=152.0)
    assert telemetry.invoke("on_workout_events", sqs_event(event)) == {"batchItemFailures": []}
    assert work_off(telemetry, waiting(telemetry)) in ([], None)
    told = [one["detail"]["data"] for one in telemetry.published("UserMetricsUpdated")]
    return next(one["load"] for one in told if one["workout_id"] == workout_id) is not None


def _is_watched(telemetry: Service) -> None:
    from stadion import clock
    from telemetry.live.audience import permission_service
    from tests.kit.services import OTHER
    from tests.telemetry.live.integration.world import start

    telemetry.enter()
    permission_service.allow(ATHLETE, OTHER, True, clock.now())
    start(telemetry)


def _seen(telemetry: Service) -> dict[str, Any]:
    """What the follower sees, who asks anew."""
    from stadion import clock
    from telemetry.live.audience import service
    from telemetry.live.audience.domain import Watcher
    from tests.kit.services import OTHER
    from tests.telemetry.live.integration.world import SESSION, send

    begins = telemetry.call("GET", f"/v1/live/sessions/{SESSION}").body["received"]["samples"] * 10
    times = [begins + number for number in range(10)]
    places = [55.0 + second * 1e-4 for second in times]
    send(telemetry, *times, lat=places, lon=[37.0] * 10, heart_rate_bpm=[140.0] * 10)
    telemetry.enter()
    watcher = Watcher(connection_id="", session_id=SESSION, user_id=OTHER)
    return service.look(ATHLETE, watcher, clock.now()).model_dump()


def _shows_places(telemetry: Service) -> bool:
    return _seen(telemetry)["position"] is not None


def _shows_the_heart(telemetry: Service) -> bool:
    return _seen(telemetry)["heart_rate_bpm"] is not None


WITHDRAWALS: Final = (
    Withdrawal(ConsentKind.HEALTH_DATA, HEARS, "takes a heart rate of a device", _takes),
    Withdrawal(ConsentKind.HEALTH_DATA, HEARS, "takes a heart rate of a live session", _takes_live, _starts),
    Withdrawal(ConsentKind.HEALTH_DATA, HEARS, "shows what devices sent of the body", _shows),
    Withdrawal(ConsentKind.HEALTH_DATA, HEARS, "shows fitness", _shows_fitness),
    Withdrawal(ConsentKind.HEALTH_DATA, HEARS, "measures a load by heart rate", _measures, _knows_the_body),
    Withdrawal(ConsentKind.HEALTH_DATA, OF_AUDIENCE, "shows followers a heart rate", _shows_the_heart, _is_watched),
    Withdrawal(ConsentKind.LOCATION, OF_AUDIENCE, "shows followers where the athlete is", _shows_places, _is_watched),
)
