"""The clock that a workout is shown by, when its client names none."""

from datetime import date
from typing import Any

import pytest

from gamification.xp.domain import contribution, score
from promos.facts import activity_of, day_account
from stadion.events.workouts import WorkoutFacts
from tests.kit.events import RUN, entry
from tests.kit.services import ATHLETE, Service, sqs_event
from tests.workouts.recordings.unit import samples
from tests.workouts.uploads.integration.test_uploads import upload
from workouts.recordings.zone_service import zone_for

UNNAMED: dict[str, Any] = {name: value for name, value in RUN.items() if name != "time_zone"}
KATHMANDU = (27.7172, 85.3240)
AT_SEA = (0.0, -30.0)


def live_in(workouts: Service, time_zone: str) -> None:
    told = entry("UserRegistered", {"language": "en", "time_zone": time_zone}, source="accounts")
    workouts.invoke("on_account_events", sqs_event(told))


def test_it_is_the_one_that_was_named(workouts: Service) -> None:
    live_in(workouts, "Asia/Tokyo")
    assert workouts.call("POST", "/v1/workouts", RUN).body["time_zone"] == "Europe/Moscow"


def test_else_the_athletes_own(workouts: Service) -> None:
    live_in(workouts, "Asia/Tokyo")
    assert workouts.call("POST", "/v1/workouts", UNNAMED).body["time_zone"] == "Asia/Tokyo"


def test_else_utc(workouts: Service) -> None:
    assert workouts.call("POST", "/v1/workouts", UNNAMED).body["time_zone"] == "UTC"


@pytest.mark.parametrize(
    ("start", "zone"), [(KATHMANDU, "Asia/Kathmandu"), (AT_SEA, "Asia/Tokyo"), (None, "Asia/Tokyo")]
)
def test_where_a_recording_began_comes_before_where_the_athlete_lives(
    workouts: Service, start: tuple[float, float] | None, zone: str
) -> None:
    live_in(workouts, "Asia/Tokyo")
    workouts.enter()
    assert zone_for(ATHLETE, start) == zone


def test_an_upload_has_the_zone_of_its_first_position_and_its_day_is_of_that(workouts: Service) -> None:
    live_in(workouts, "Asia/Tokyo")
    points = "".join(
        samples.a_trkpt(second, lat=f"{27.7172 + second * 3e-5:.6f}", lon="85.3240") for second in range(120)
    )
    ended = upload(workouts, "a.gpx", samples.a_gpx(points))
    named = upload(workouts, "b.gpx", samples.a_gpx(points + " "), time_zone="Europe/Moscow", on_duplicate="force")
    shown = [workouts.call("GET", f"/v1/workouts/{one['workout_ids'][0]}").body for one in (ended, named)]
    assert [one["time_zone"] for one in shown] == ["Asia/Kathmandu", "Europe/Moscow"]


def test_a_request_that_is_repeated_after_the_athlete_moved_is_still_the_same_workout(workouts: Service) -> None:
    named = {**UNNAMED, "workout_id": "0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11"}
    first = workouts.call("POST", "/v1/workouts", named)
    live_in(workouts, "Asia/Tokyo")
    again = workouts.call("POST", "/v1/workouts", named)
    assert (again.status, again.body) == (200, first.body)


def test_the_day_of_xp_and_of_activity_follows(workouts: Service) -> None:
    """Of metrics, too: `telemetry.streams` keeps the same local date."""
    live_in(workouts, "Pacific/Auckland")
    workouts.call("POST", "/v1/workouts", {**UNNAMED, "started_at": "2026-11-20T17:30:00Z"})
    facts = WorkoutFacts.model_validate(workouts.published("WorkoutRecorded")[0]["detail"]["data"]["workout"])
    day = date(2026, 11, 21)
    assert (list(contribution(score(facts))), list(activity_of(facts))) == ([f"DAY#{day}"], [day_account("DAY", day)])


def began_at(lat: float, lon: float) -> bytes:
    points = (samples.a_trkpt(second, lat=f"{lat + second * 3e-5:.6f}", lon=str(lon)) for second in range(120))
    return samples.a_gpx("".join(points))


def facts(workouts: Service) -> list[dict[str, Any]]:
    return [one["detail"]["data"]["workout"] for one in workouts.published("WorkoutRecorded")]


def test_others_hear_of_the_country_that_a_recording_began_in_and_nobody_is_shown_it(workouts: Service) -> None:
    ended = upload(workouts, "a.gpx", began_at(*KATHMANDU))
    upload(workouts, "b.gpx", began_at(*AT_SEA), on_duplicate="force")
    assert workouts.call("POST", "/v1/workouts", {**RUN, "started_at": "2026-10-01T05:40:00Z"}).status == 201
    assert [one.get("country") for one in facts(workouts)] == ["NP", None, None]
    assert "country" not in workouts.call("GET", f"/v1/workouts/{ended['workout_ids'][0]}").body


def test_a_virtual_ride_was_in_no_country(workouts: Service) -> None:
    upload(workouts, "a.gpx", began_at(*KATHMANDU), sport_type="VirtualRide")
    [told] = facts(workouts)
    assert (told["sport_type"], told.get("country")) == ("VirtualRide", None)


def test_a_corrected_sport_has_its_country_measured_anew(workouts: Service) -> None:
    ended = upload(workouts, "a.gpx", began_at(*KATHMANDU), sport_type="VirtualRide")
    path = f"/v1/workouts/{ended['workout_ids'][0]}"
    assert workouts.call("PATCH", path, {"sport_type": "Ride"}, if_match="*").status == 200
    for asked in workouts.published("WorkoutMeasuringAsked"):
        workouts.invoke("measuring/on_measuring", sqs_event(asked))
    [told] = workouts.published("WorkoutCorrected")
    assert told["detail"]["data"]["workout"]["country"] == "NP"
