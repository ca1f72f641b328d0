"""A diary on the deployed stack, as an app lists, searches, tidies and sums it up."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from local.demo.client import Athlete
from tests.kit.stack import eventually

TODAY = datetime.now(UTC).replace(hour=0, minute=5, second=0, microsecond=0)
NAMES = ("Утренняя пробежка", "Long ride", "Ёлки вокруг парка", "Intervals", "Easy")


def recorded(athlete: Athlete) -> list[str]:
    """One a day until yesterday, oldest first; the second one is a ride."""
    made = []
    for number, name in enumerate(NAMES):
        run: dict[str, Any] = {
            "sport_type": "Ride" if number == 1 else "Run",
            "started_at": (TODAY - timedelta(days=len(NAMES) - number)).isoformat(),
            "time_zone": "UTC",
            "elapsed_time_s": 1800,
            "distance_m": 5000 + 1000 * number,
            "name": name,
            "on_duplicate": "force",
        }
        made.append(str(athlete.call("POST", "/v1/workouts", run)["workout_id"]))
    return made


def listed(athlete: Athlete, query: str) -> list[str]:
    return [one["workout_id"] for one in athlete.get(f"/v1/workouts?{query}")["items"]]


def test_a_diary_is_listed_searched_tidied_and_summed_up(anna: Athlete) -> None:
    before = anna.get("/v1/workouts?limit=1")["total"]
    totals_before = anna.get("/v1/workouts/totals")["all_time"]
    made = recorded(anna)

    assert listed(anna, f"q={quote('ЁЛКИ')}") == [made[2]]
    assert listed(anna, f"q={quote('утр проб')}&sport_type=Run&sport_type=Ride") == [made[0]]
    assert listed(anna, f"sport_type=Ride&started_from={quote(_start(made, anna))}") == [made[1]]

    first = anna.get("/v1/workouts?limit=2")
    assert first["total"] == before + len(made)
    assert [one["workout_id"] for one in first["items"]] == made[:-3:-1]
    second = anna.get(f"/v1/workouts?limit=2&cursor={first['next_cursor']}")
    back = anna.get(f"/v1/workouts?limit=2&cursor={second['prev_cursor']}")
    assert back["items"] == first["items"]

    totals = anna.get("/v1/workouts/totals?by=week")
    assert totals["all_time"]["count"] == totals_before["count"] + len(made)
    assert totals["all_time"]["distance_m"] == totals_before["distance_m"] + 35_000
    assert sum(week["count"] for week in totals["periods"]) == totals["count"]

    shoes = anna.call("POST", "/v1/gear", {"category": "running_shoes", "nickname": "Red"})["gear_id"]
    runs = [{"workout_id": one} for one in made if one != made[1]]
    worn = anna.call("POST", "/v1/workouts/bulk/gear", {"workouts": runs, "gear_ids": [shoes]})
    assert {one["status"] for one in worn["results"]} == {"done"}
    assert len(listed(anna, f"gear_id={shoes}")) == len(runs)
    eventually(lambda: anna.get(f"/v1/gear/{shoes}")["wear"]["used"] == 29 or None)

    gone = {"workouts": [{"workout_id": one} for one in made]}
    assert {one["status"] for one in anna.call("POST", "/v1/workouts/bulk/delete", gone)["results"]} == {"done"}
    assert anna.get("/v1/workouts?limit=1")["total"] == before
    assert anna.get("/v1/workouts/totals")["all_time"] == totals_before
    eventually(lambda: anna.get(f"/v1/gear/{shoes}")["wear"]["used"] == 0 or None)


def _start(made: list[str], athlete: Athlete) -> str:
    return str(athlete.get(f"/v1/workouts/{made[0]}")["started_at"])


def test_totals_follow_what_is_corrected_and_deleted(ben: Athlete) -> None:
    began = (TODAY - timedelta(days=1)).isoformat()
    run = {"sport_type": "Run", "started_at": began, "time_zone": "UTC", "elapsed_time_s": 1800, "distance_m": 5000}
    before = ben.get("/v1/workouts/totals")["all_time"]
    workout_id = ben.call("POST", "/v1/workouts", {**run, "on_duplicate": "force"})["workout_id"]
    path = f"/v1/workouts/{workout_id}"
    ben.call("PATCH", path, {"distance_m": 8000.5, "sport_type": "Hike"}, if_match="*")
    found = ben.get("/v1/workouts/totals?sport_type=Hike")
    assert found["all_time"]["by_sport"][0]["sport_type"] == "Hike"
    assert ben.get("/v1/workouts/totals")["all_time"]["distance_m"] == before["distance_m"] + 8000.5
    ben.call("DELETE", path, if_match="*")
    assert ben.get("/v1/workouts/totals")["all_time"] == before
