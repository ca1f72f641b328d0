"""The diary's totals through the Lambda handler."""

from datetime import UTC, datetime
from typing import Any

import pytest

from stadion import clock, writes
from stadion.weeks import WeekStart
from tests.kit.clock import Clock
from tests.kit.counting import counted
from tests.kit.events import RUN
from tests.kit.services import ATHLETE, OTHER, Service
from workouts.store import HEADS

NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}


def add(workouts: Service, **fields: Any) -> None:
    sent = {**RUN, "on_duplicate": "force", **fields}
    assert workouts.call("POST", "/v1/workouts", sent).status == 201


def test_the_diary_is_summed_up_in_all_and_by_sport(workouts: Service) -> None:
    add(workouts, ascent_m=40, calories_kcal=400)
    add(workouts, sport_type="Ride", distance_m=30_000)
    add(workouts, sport_type="Run", distance_m=60_000)  # 118 km/h: flagged
    add(workouts, started_at="2026-10-31T20:59:00Z")  # the last minute of October, in Moscow
    answer = workouts.call("GET", "/v1/workouts/totals", query=NOVEMBER)
    assert answer.status == 200, answer.body
    whole = answer.body
    assert (whole["first_day"], whole["last_day"], whole["count"], whole["distance_m"]) == (
        "2026-11-01",
        "2026-11-30",
        3,
        96_400,
    )
    assert (whole["flagged"]["count"], whole["flagged"]["distance_m"]) == (1, 60_000)
    assert [(one["sport_type"], one["count"], one["flagged"]["count"]) for one in whole["by_sport"]] == [
        ("Ride", 1, 0),
        ("Run", 2, 1),
    ]
    runs = workouts.call("GET", "/v1/workouts/totals", query={**NOVEMBER, "sport_type": "Run"}).body
    assert (runs["count"], runs["ascent_m"], [one["sport_type"] for one in runs["by_sport"]]) == (2, 40, ["Run"])


def test_of_several_sports_any_counts_as_in_the_list(workouts: Service) -> None:
    add(workouts, distance_m=5000)
    add(workouts, sport_type="Ride", distance_m=30_000)
    add(workouts, sport_type="Hike", distance_m=7000)
    asked = {**NOVEMBER, "sport_type": "Run,Ride"}
    found = workouts.call("GET", "/v1/workouts/totals", query=asked).body
    assert (found["count"], found["all_time"]["count"]) == (2, 2)
    assert [one["sport_type"] for one in found["by_sport"]] == ["Ride", "Run"]


def test_they_equal_the_sums_of_the_list(workouts: Service) -> None:
    for day in range(1, 10):
        add(workouts, started_at=f"2026-11-{day:02}T05:40:00Z", distance_m=1000 * day)
    listed = workouts.call("GET", "/v1/workouts").body["items"]
    found = workouts.call("GET", "/v1/workouts/totals", query=NOVEMBER).body
    assert (found["count"], found["distance_m"]) == (9, sum(one["distance_m"] for one in listed))


def test_another_athletes_diary_is_their_own(workouts: Service) -> None:
    add(workouts)
    assert workouts.call("GET", "/v1/workouts/totals", query=NOVEMBER, user=OTHER).body["count"] == 0


@pytest.mark.parametrize(
    "asked", [{"from": "2026-11-02", "to": "2026-11-01"}, {"from": "2023-01-01", "to": "2026-01-01"}]
)
def test_a_range_that_cannot_be_is_refused(workouts: Service, asked: dict[str, str]) -> None:
    answer = workouts.call("GET", "/v1/workouts/totals", query=asked)
    assert (answer.status, answer.body["code"]) == (400, "totals_range_is_invalid")


@pytest.mark.parametrize(
    "day",
    [
        "1763510400",
        "0",
        "20261120",
        "2026-11-20T00:00:00Z",
        "2026-11-20T00:00:00",
        "2026-02-30",
        "26-11-20",
        "٢٠٢٦-11-20",
    ],
)
def test_a_day_is_written_as_one(workouts: Service, day: str) -> None:
    for language, said in (("en", "Send a date as YYYY-MM-DD."), ("ru", "Нужна дата ГГГГ-ММ-ДД.")):
        answer = workouts.call("GET", "/v1/workouts/totals", query={"from": day}, accept_language=language)
        assert answer.status == 422, answer.body
        assert [(one["pointer"], one["detail"]) for one in answer.body["errors"]] == [("query:from", said)]


def test_a_deleted_workout_counts_no_more(workouts: Service) -> None:
    add(workouts)
    (listed,) = workouts.call("GET", "/v1/workouts").body["items"]
    workouts.call("DELETE", f"/v1/workouts/{listed['workout_id']}", if_match="*")
    assert workouts.call("GET", "/v1/workouts/totals", query=NOVEMBER).body["count"] == 0


def test_what_was_just_run_counts_wherever_it_was(workouts: Service, standing_clock: Clock) -> None:
    """On the evening in Moscow it is the next day in Auckland."""
    standing_clock.set(datetime(2026, 11, 20, 18, tzinfo=UTC))
    add(workouts, started_at="2026-11-20T16:00:00Z", time_zone="Pacific/Auckland")
    assert workouts.call("GET", "/v1/workouts/totals").body["count"] == 1


def test_each_week_is_the_athletes_own_and_has_the_one_before_it(workouts: Service) -> None:
    known = HEADS.get(ATHLETE)
    writes.put(HEADS.at(ATHLETE), known.model_copy(update={"week_start": WeekStart.SUNDAY}), clock.now(), revision=2)
    add(workouts, started_at="2026-11-14T09:00:00Z", distance_m=1000)  # a Saturday
    add(workouts, started_at="2026-11-15T09:00:00Z", distance_m=2000)
    add(workouts, started_at="2026-11-20T09:00:00Z", distance_m=4000, sport_type="Ride")
    asked = {"from": "2026-11-15", "to": "2026-11-21", "by": "week"}
    found = workouts.call("GET", "/v1/workouts/totals", query=asked).body
    (week,) = found["periods"]
    assert (week["first_day"], week["last_day"], week["distance_m"]) == ("2026-11-15", "2026-11-21", 6000)
    assert [(one["sport_type"], one["distance_m"]) for one in week["by_sport"]] == [("Ride", 4000), ("Run", 2000)]
    assert (found["before"]["first_day"], found["before"]["distance_m"]) == ("2026-11-08", 1000)
    assert (found["all_time"]["count"], found["all_time"]["distance_m"]) == (3, 7000)
    rides = workouts.call("GET", "/v1/workouts/totals", query={**asked, "sport_type": "Ride"}).body
    assert (rides["all_time"]["count"], rides["periods"][0]["count"], rides["before"]["count"]) == (1, 1, 0)


def test_they_cost_two_requests_whatever_they_are_over(workouts: Service) -> None:
    add(workouts)
    for query in ({}, NOVEMBER, {"by": "year"}, {"from": "2024-12-01", "to": "2026-11-30", "by": "week"}):
        with counted() as operations:
            assert workouts.call("GET", "/v1/workouts/totals", query=query).status == 200
        assert operations[1:] == ["Query", "Query"]


@pytest.mark.parametrize("by", ["day", "", "decade"])
def test_a_unit_that_is_none_is_refused(workouts: Service, by: str) -> None:
    assert workouts.call("GET", "/v1/workouts/totals", query={"by": by}).status == 422
