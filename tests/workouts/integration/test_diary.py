"""The diary through its Lambda handler."""

from datetime import UTC, datetime
from typing import Any

import pytest

from stadion import clock, pagination
from stadion.change import Change
from stadion.dynamo import Transaction
from stadion.errors import StaleVersionError
from stadion.retry import WriteConflictError
from tests.kit.clock import Clock
from tests.kit.events import entry
from tests.kit.services import ATHLETE, OTHER, Service, sqs_event
from workouts import store
from workouts.lists.domain import Filters, Order, Place

RUN: dict[str, Any] = {
    "sport_type": "Run",
    "started_at": "2026-11-20T05:40:00Z",
    "time_zone": "Europe/Moscow",
    "elapsed_time_s": 1834,
    "moving_time_s": 1790,
    "distance_m": 6400,
}


def test_a_recorded_workout_is_in_the_diary(workouts: Service) -> None:
    created = workouts.call("POST", "/v1/workouts", RUN)
    assert created.status == 201, created.body
    shown = workouts.call("GET", f"/v1/workouts/{created.body['workout_id']}")
    assert shown.status == 200
    assert shown.body == created.body
    assert shown.etag == '"1.en"'
    listed = workouts.call("GET", "/v1/workouts")
    assert [entry["workout_id"] for entry in listed.body["items"]] == [created.body["workout_id"]]
    assert workouts.published()[0]["detail"]["data"]["workout"]["distance_m"] == 6400


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"average_heart_rate_bpm": 160, "max_heart_rate_bpm": 150}, "average_is_above_maximum"),
        ({"elapsed_time_s": 40 * 24 * 3600 - 1_000_000}, "workout_is_in_the_future"),
    ],
)
def test_numbers_that_were_typed_in_are_judged_together(workouts: Service, typed: dict[str, Any], code: str) -> None:
    refused = workouts.call("POST", "/v1/workouts", {**RUN, **typed})
    assert (refused.status, refused.body["code"]) == (400, code)
    created = workouts.call("POST", "/v1/workouts", RUN).body["workout_id"]
    refused = workouts.call("PATCH", f"/v1/workouts/{created}", typed, if_match='"1"')
    assert (refused.status, refused.body["code"]) == (400, code)


def test_another_athletes_workout_is_not_found(workouts: Service) -> None:
    created = workouts.call("POST", "/v1/workouts", RUN).body["workout_id"]
    answer = workouts.call("GET", f"/v1/workouts/{created}", user=OTHER)
    assert (answer.status, answer.body["code"]) == (404, "workout_not_found")


def test_a_request_repeated_with_its_key_gets_the_same_answer(workouts: Service) -> None:
    first = workouts.call("POST", "/v1/workouts", RUN, idempotency_key="k-1")
    again = workouts.call("POST", "/v1/workouts", RUN, idempotency_key="k-1")
    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(workouts.published("WorkoutRecorded")) == 1


def test_a_key_with_another_request_is_refused(workouts: Service) -> None:
    workouts.call("POST", "/v1/workouts", RUN, idempotency_key="k-1")
    other = workouts.call("POST", "/v1/workouts", {**RUN, "distance_m": 1}, idempotency_key="k-1")
    assert (other.status, other.body["code"]) == (422, "idempotency_key_reused")


def test_a_key_is_free_again_after_a_day_though_its_item_may_still_be_there(
    workouts: Service, standing_clock: Clock
) -> None:
    """DynamoDB removes what has expired when it has time."""
    first = workouts.call("POST", "/v1/workouts", RUN, idempotency_key="k-1")

    standing_clock.advance(days=1, minutes=1)
    later = workouts.call("POST", "/v1/workouts", {**RUN, "started_at": "2026-11-21T05:40:00Z"}, idempotency_key="k-1")

    assert (first.status, later.status) == (201, 201)


def test_a_workout_named_by_the_client_is_recorded_once(workouts: Service) -> None:
    named = {**RUN, "workout_id": "0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11"}
    first = workouts.call("POST", "/v1/workouts", named)
    again = workouts.call("POST", "/v1/workouts", named)
    assert (first.status, again.status) == (201, 200)
    assert again.body == first.body
    other = workouts.call("POST", "/v1/workouts", {**named, "distance_m": 6000})
    assert (other.status, other.body["code"]) == (409, "workout_id_taken")


def test_the_same_run_from_another_app_is_a_duplicate(workouts: Service) -> None:
    first = workouts.call("POST", "/v1/workouts", RUN)
    twin = {**RUN, "started_at": "2026-11-20T05:40:40Z", "distance_m": 6380}
    refused = workouts.call("POST", "/v1/workouts", twin)
    assert (refused.status, refused.body["existing_workout_id"]) == (409, first.body["workout_id"])
    merged = workouts.call("POST", "/v1/workouts", {**twin, "calories_kcal": 400, "on_duplicate": "merge"})
    assert (merged.status, merged.body["revision"], merged.body["calories_kcal"]) == (200, 2, 400)
    forced = workouts.call("POST", "/v1/workouts", {**twin, "on_duplicate": "force"})
    assert forced.status == 201


def test_a_correction_needs_the_current_version(workouts: Service) -> None:
    created = workouts.call("POST", "/v1/workouts", RUN)
    path = f"/v1/workouts/{created.body['workout_id']}"
    assert workouts.call("PATCH", path, {"distance_m": 6500}).status == 428
    corrected = workouts.call("PATCH", path, {"distance_m": 6500}, if_match='"1"')
    assert (corrected.status, corrected.body["distance_m"], corrected.etag) == (200, 6500, '"2.en"')
    assert workouts.call("PATCH", path, {"distance_m": 6600}, if_match='"1"').status == 412
    assert workouts.published()[-1]["detail"]["data"]["workout"]["revision"] == 2


def test_a_merge_patch_removes_with_null_but_not_what_is_required(workouts: Service) -> None:
    created = workouts.call("POST", "/v1/workouts", {**RUN, "name": "Before work"})
    path = f"/v1/workouts/{created.body['workout_id']}"
    patch = {"content_type": "application/merge-patch+json", "if_match": "*"}
    assert workouts.call("PATCH", path, {"name": None}, **patch).body["is_named"] is False
    refused = workouts.call("PATCH", path, {"sport_type": None}, **patch)
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (400, "#/sport_type")


def test_a_deleted_workout_is_gone_and_can_be_recorded_anew(workouts: Service) -> None:
    created = workouts.call("POST", "/v1/workouts", RUN)
    path = f"/v1/workouts/{created.body['workout_id']}"
    assert workouts.call("DELETE", path, if_match='"1"').status == 204
    assert workouts.call("GET", path).status == 404
    assert workouts.call("DELETE", path, if_match='"1"').status == 404
    assert workouts.call("GET", "/v1/workouts").body["items"] == []
    assert workouts.call("POST", "/v1/workouts", RUN).status == 201
    named = {**RUN, "workout_id": created.body["workout_id"], "on_duplicate": "force"}
    assert workouts.call("POST", "/v1/workouts", named).body["code"] == "workout_was_deleted"


def test_a_list_is_paged_and_filtered(workouts: Service) -> None:
    for day in range(1, 8):
        run = {**RUN, "started_at": f"2026-11-{day:02}T05:40:00Z", "distance_m": 1000 * day}
        workouts.call("POST", "/v1/workouts", {**run, "sport_type": "Run" if day % 2 else "Ride"})
    seen: list[float] = []
    cursor: dict[str, str] = {}
    while True:
        page = workouts.call("GET", "/v1/workouts", query={"limit": "3", **cursor})
        seen += [entry["distance_m"] for entry in page.body["items"]]
        if page.body["next_cursor"] is None:
            break
        cursor = {"cursor": page.body["next_cursor"]}
    assert seen == [7000, 6000, 5000, 4000, 3000, 2000, 1000]
    rides = workouts.call("GET", "/v1/workouts", query={"sport_type": "Ride", "min_distance_m": "3000", "limit": "1"})
    assert [entry["distance_m"] for entry in rides.body["items"]] == [6000]
    more = {"sport_type": "Ride", "min_distance_m": "3000", "limit": "1", "cursor": rides.body["next_cursor"]}
    assert [entry["distance_m"] for entry in workouts.call("GET", "/v1/workouts", query=more).body["items"]] == [4000]
    foreign = workouts.call("GET", "/v1/workouts", query={"cursor": rides.body["next_cursor"]})
    assert (foreign.status, foreign.body["code"]) == (400, "cursor_is_invalid")


@pytest.mark.parametrize("started_at", ["2026-10-31T00:00:00.000Z", "2026-11-03T00:00:00.001Z"])
def test_a_crafted_cursor_outside_the_filter_leads_nowhere(workouts: Service, started_at: str) -> None:
    first, last = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)
    filters = Filters(started_from=first, started_to=last)
    scope = pagination.fingerprint("workouts", ATHLETE, filters.scope, Order.NEWEST)
    workouts.call("POST", "/v1/workouts", RUN)
    workouts.call("POST", "/v1/workouts", {**RUN, "started_at": "2026-10-20T05:40:00Z"})
    cursor = pagination.encode(Place(f"{started_at}#1").dump(), scope)
    query = {"started_from": "2026-11-01T00:00:00Z", "started_to": "2026-11-03T00:00:00Z", "cursor": cursor}

    found = workouts.call("GET", "/v1/workouts", query=query)

    assert (found.status, found.body["items"], found.body["next_cursor"]) == (200, [], None)


def test_bad_input_is_told_field_by_field_in_the_athletes_language(workouts: Service) -> None:
    bad = {**RUN, "elapsed_time_s": -1, "time_zone": "Mars/Olympus", "hat": 1}
    answer = workouts.call("POST", "/v1/workouts", bad, accept_language="ru")
    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {error["pointer"] for error in answer.body["errors"]} == {"#/elapsed_time_s", "#/time_zone", "#/hat"}
    assert answer.body["title"] == "Неверный запрос"
    assert workouts.call("POST", "/v1/workouts", "{oops").status == 400
    assert workouts.call("POST", "/v1/workouts", {**RUN, "started_at": "2030-01-01T00:00:00Z"}).status == 400


def test_an_implausible_workout_is_kept_with_a_flag(workouts: Service) -> None:
    created = workouts.call("POST", "/v1/workouts", {**RUN, "distance_m": 64000})
    assert created.status == 201
    assert [flag["code"] for flag in created.body["flags"]] == ["average_speed_too_high"]


def test_nothing_of_the_inside_is_told_when_something_breaks(workouts: Service) -> None:
    workouts.monkeypatch.setattr("workouts.lists.service.page", lambda *_, **__: 1 / 0)
    answer = workouts.call("GET", "/v1/workouts")
    assert (answer.status, answer.body["code"]) == (500, "unexpected_error")
    assert answer.body["trace_id"] == answer.headers["x-correlation-id"]
    assert "division" not in str(answer.body)


def test_without_an_access_token_there_is_nothing(workouts: Service) -> None:
    assert workouts.call("GET", "/v1/workouts", user=None).status == 401


def test_an_older_word_on_the_default_gear_never_overwrites_a_newer_one(
    workouts: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    workout_id = workouts.call("POST", "/v1/workouts", RUN).body["workout_id"]
    path = f"/v1/workouts/{workout_id}"
    workouts.call("PATCH", path, {"sport_type": "Hike"}, if_match='"1"')
    older, newer = (
        entry("GearAssigned", {"workout_id": workout_id, "revision": revision, "gear_ids": [gear]}, source="inventory")
        for revision, gear in ((1, "shoes"), (2, "boots"))
    )
    write, meanwhile = Transaction.commit, [newer]

    def commit(transaction: Transaction) -> None:
        if meanwhile:
            workouts.invoke("on_gear_assigned", sqs_event(meanwhile.pop()))
        write(transaction)

    monkeypatch.setattr(Transaction, "commit", commit)
    assert workouts.invoke("on_gear_assigned", sqs_event(older)) == {"batchItemFailures": []}
    assert workouts.call("GET", path).body["worn_gear_ids"] == ["boots"]


def test_the_default_gear_that_wore_is_shown_and_found(workouts: Service) -> None:
    created = workouts.call("POST", "/v1/workouts", RUN).body
    assert (created["gear_ids"], created["worn_gear_ids"]) == (None, [])
    told = {"workout_id": created["workout_id"], "revision": 1, "gear_ids": ["shoes"]}
    assigned = entry("GearAssigned", told, source="inventory")
    assert workouts.invoke("on_gear_assigned", sqs_event(assigned, assigned)) == {"batchItemFailures": []}
    found = workouts.call("GET", "/v1/workouts", query={"gear_id": "shoes"}).body["items"]
    assert [(workout["worn_gear_ids"], workout["revision"]) for workout in found] == [(["shoes"], 1)]
    path = f"/v1/workouts/{created['workout_id']}"
    named = workouts.call("PATCH", path, {"gear_ids": []}, if_match='"1"').body
    assert named["worn_gear_ids"] == []


def test_a_named_workout_sent_twice_at_once_is_recorded_once(workouts: Service) -> None:
    from workouts import service

    named = {**RUN, "workout_id": "0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11"}
    slots_of = service.store.slots_of

    def overtaken(*args: Any) -> Any:
        workouts.monkeypatch.setattr(service.store, "slots_of", slots_of)
        seen = slots_of(*args)
        assert workouts.call("POST", "/v1/workouts", named).status == 201
        return seen

    workouts.monkeypatch.setattr(service.store, "slots_of", overtaken)
    assert workouts.call("POST", "/v1/workouts", named).status == 200
    assert len(workouts.published("WorkoutRecorded")) == 1


def test_the_default_gear_is_news_for_who_has_seen_the_workout_without_it(workouts: Service) -> None:
    created = workouts.call("POST", "/v1/workouts", RUN)
    path = f"/v1/workouts/{created.body['workout_id']}"
    assert workouts.call("GET", path, if_none_match=created.etag).status == 304
    data = {"workout_id": created.body["workout_id"], "revision": 1, "gear_ids": ["g-1"]}
    workouts.invoke("on_gear_assigned", sqs_event(entry("GearAssigned", data, source="inventory")))
    shown = workouts.call("GET", path, if_none_match=created.etag)
    assert (shown.status, shown.body["worn_gear_ids"]) == (200, ["g-1"])
    assert workouts.call("GET", path, if_none_match=shown.etag).status == 304
    assert workouts.call("PATCH", path, {"name": "Easy"}, if_match=created.etag).status == 200


@pytest.mark.parametrize(
    ("typed", "corrected", "moving"),
    [((90, None), 900, 900), ((900, 900), 90, 90), ((900, 600), 1200, 600), ((900, 600), 300, 300)],
)
def test_a_duration_that_was_wrong_takes_the_moving_time_along_unless_that_was_another(
    workouts: Service, typed: tuple[int, int | None], corrected: int, moving: int
) -> None:
    elapsed_s, moving_s = typed
    told = {"sport_type": "Run", "started_at": RUN["started_at"], "elapsed_time_s": elapsed_s, "distance_m": 1_800}
    created = workouts.call("POST", "/v1/workouts", {**told, **({"moving_time_s": moving_s} if moving_s else {})})
    path = f"/v1/workouts/{created.body['workout_id']}"
    edited = workouts.call("PATCH", path, {"elapsed_time_s": corrected}, if_match="*").body
    assert (edited["moving_time_s"], edited["average_speed_mps"]) == (moving, round(1_800 / moving, 3))


def test_of_two_edits_that_looked_at_one_workout_the_second_is_refused(workouts: Service) -> None:
    created = workouts.call("POST", "/v1/workouts", RUN).body["workout_id"]
    seen, now = store.get(ATHLETE, created), clock.now()

    def edit(name: str) -> None:
        slots = store.slots_of(seen)
        with Change(ATHLETE, now) as change:
            store.revise(change, seen, seen.model_copy(update={"name": name, "revision": seen.revision + 1}), slots)
            slots.write(change)

    edit("first")
    with pytest.raises(StaleVersionError):
        edit("second")

    assert store.get(ATHLETE, created).name == "first"


def test_who_looked_into_a_slot_before_another_wrote_looks_again(workouts: Service) -> None:
    created = workouts.call("POST", "/v1/workouts", RUN).body["workout_id"]
    workout = store.get(ATHLETE, created)
    views = [store.slots_around(ATHLETE, workout.started_at) for _ in range(2)]
    for number, slots in enumerate(views):
        slots.enter(workout.model_copy(update={"workout_id": f"w-{number}"}))

    def write(slots: store.Slots) -> None:
        with Change(ATHLETE, clock.now()) as change:
            slots.write(change)

    write(views[0])
    with pytest.raises(WriteConflictError):
        write(views[1])
