"""Gear and its wear through the Lambda handlers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inventory import store
from stadion import clock
from stadion.errors import StaleVersionError
from stadion.i18n import Language
from tests.kit.events import deleted, recorded
from tests.kit.messages import said
from tests.kit.services import ATHLETE, OTHER, Service, sqs_event

SHOES: dict[str, Any] = {"category": "running_shoes", "brand": "Kiprun", "model": "KD900"}


def add(inventory: Service, **fields: Any) -> dict[str, Any]:
    answer = inventory.call("POST", "/v1/gear", {**SHOES, **fields})
    assert answer.status == 201, answer.body
    return dict(answer.body)


def deliver(inventory: Service, *entries: dict[str, Any]) -> None:
    assert inventory.invoke("on_workout_events", sqs_event(*entries)) == {"batchItemFailures": []}


def used(inventory: Service, gear_id: str) -> float:
    return float(inventory.call("GET", f"/v1/gear/{gear_id}").body["wear"]["used"])


def reached(inventory: Service) -> list[tuple[int, int]]:
    data = [entry["detail"]["data"] for entry in inventory.published("GearWearReached")]
    return [(event["threshold_percent"], event["crossing"]) for event in data]


def test_a_category_brings_a_sensible_limit(inventory: Service) -> None:
    gear = add(inventory)
    assert (gear["wear"]["limit"], gear["wear"]["unit"]) == (700, "km")
    assert inventory.published("GearAdded")[0]["detail"]["data"]["gear_id"] == gear["gear_id"]


def test_a_workout_wears_the_gear_that_was_named(inventory: Service) -> None:
    shoes, others = add(inventory), add(inventory)
    deliver(inventory, recorded(gear_ids=[shoes["gear_id"]], distance_m=12_345.0))
    assert used(inventory, shoes["gear_id"]) == 12.345
    assert used(inventory, others["gear_id"]) == 0


def test_a_workout_delivered_twice_counts_once(inventory: Service) -> None:
    shoes = add(inventory)
    run = recorded(gear_ids=[shoes["gear_id"]], distance_m=10_000.0)
    deliver(inventory, run)
    deliver(inventory, run, run)
    assert used(inventory, shoes["gear_id"]) == 10


def test_a_correction_moves_the_kilometres_to_the_other_pair(inventory: Service) -> None:
    old, new = add(inventory), add(inventory)
    deliver(inventory, recorded("w-1", gear_ids=[old["gear_id"]], distance_m=10_000.0))
    deliver(inventory, recorded("w-1", revision=2, gear_ids=[new["gear_id"]], distance_m=11_000.0))
    assert (used(inventory, old["gear_id"]), used(inventory, new["gear_id"])) == (0, 11)


def test_a_deletion_that_overtakes_the_recording_wins(inventory: Service) -> None:
    shoes = add(inventory)
    deliver(inventory, deleted("w-1", revision=2))
    deliver(inventory, recorded("w-1", gear_ids=[shoes["gear_id"]]))
    assert used(inventory, shoes["gear_id"]) == 0


def test_the_default_gear_of_the_sport_is_worn_when_none_is_named(inventory: Service) -> None:
    shoes = add(inventory, default_for=["Run"], used_since="2026-01-01")
    add(inventory, default_for=["Ride"], used_since="2026-01-01")
    deliver(inventory, recorded(distance_m=5000.0), recorded(gear_ids=[], distance_m=9000.0))
    assert used(inventory, shoes["gear_id"]) == 5


def test_gear_added_after_its_first_run_has_the_run(inventory: Service) -> None:
    gear_id = "0193a1c0-9d2f-7e11-8a54-6b0c7d5e3a22"
    deliver(inventory, recorded(gear_ids=[gear_id], distance_m=5000.0))
    assert add(inventory, gear_id=gear_id)["wear"]["used"] == 5


def test_each_threshold_is_news_once_and_again_only_after_a_real_recrossing(inventory: Service) -> None:
    shoes = add(inventory, limit=100, initial_use=40)
    gear_ids = [shoes["gear_id"]]
    deliver(inventory, recorded("w-1", gear_ids=gear_ids, distance_m=9_000.0))
    assert reached(inventory) == []
    deliver(inventory, recorded("w-2", gear_ids=gear_ids, distance_m=45_000.0))
    assert reached(inventory) == [(50, 1), (80, 1)]
    deliver(inventory, recorded("w-3", gear_ids=gear_ids, distance_m=1_000.0))
    deliver(inventory, recorded("w-2", revision=2, gear_ids=gear_ids, distance_m=20_000.0))
    assert reached(inventory) == [(50, 1), (80, 1)]
    deliver(inventory, recorded("w-2", revision=3, gear_ids=gear_ids, distance_m=60_000.0))
    assert reached(inventory) == [(50, 1), (80, 1), (80, 2), (100, 1)]
    told = [entry["detail"]["data"]["template"] for entry in inventory.published("NotificationRequested")]
    assert told == ["gear_wear", "gear_worn_out"]
    assert said(inventory, Language.RU)["gear_wear"][1] == "94 из примерно 100 км. Пора присматривать замену."


def test_an_edit_of_the_limit_is_no_news(inventory: Service) -> None:
    shoes = add(inventory, limit=100, initial_use=40)
    path = f"/v1/gear/{shoes['gear_id']}"
    lowered = inventory.call("PATCH", path, {"limit": 45}, if_match='"1"')
    assert lowered.body["wear"]["percent"] > 80
    deliver(inventory, recorded(gear_ids=[shoes["gear_id"]], distance_m=1000.0))
    assert reached(inventory) == []


def test_a_component_wears_from_the_day_it_was_fitted(inventory: Service) -> None:
    chain = {"name": "Chain", "limit": 100, "installed_at": "2026-11-10T00:00:00Z"}
    bike = add(inventory, category="bike", components=[chain])
    for workout_id, started_at in (("w-1", "2026-11-09T08:00:00Z"), ("w-2", "2026-11-11T08:00:00Z")):
        deliver(inventory, recorded(workout_id, gear_ids=[bike["gear_id"]], started_at=started_at, distance_m=60_000.0))
    shown = inventory.call("GET", f"/v1/gear/{bike['gear_id']}").body
    assert (shown["wear"]["used"], shown["components"][0]["wear"]["used"]) == (120, 60)
    news = inventory.published("GearWearReached")[0]["detail"]["data"]
    assert (news["threshold_percent"], news["component_id"]) == (50, shown["components"][0]["component_id"])


def test_the_forecast_follows_the_recent_rate(inventory: Service) -> None:
    shoes = add(inventory, limit=100, used_since="2025-01-01")
    deliver(inventory, *(recorded(gear_ids=[shoes["gear_id"]], distance_m=10_000.0) for _ in range(5)))
    shown = inventory.call("GET", f"/v1/gear/{shoes['gear_id']}").body["wear"]
    assert shown["worn_out_on"] > "2026-11-21"


def test_retired_gear_keeps_its_kilometres_and_is_worn_by_default_no_more(inventory: Service) -> None:
    shoes = add(inventory, default_for=["Run"], used_since="2026-01-01")
    deliver(inventory, recorded(distance_m=5000.0))
    path = f"/v1/gear/{shoes['gear_id']}"
    retired = inventory.call("PATCH", path, {"status": "archived"}, if_match='"1"')
    assert (retired.status, retired.body["wear"]["used"]) == (200, 5)
    assert len(inventory.published("GearRetired")) == 1
    deliver(inventory, recorded(distance_m=5000.0, started_at="2100-01-01T00:00:00Z"))
    assert used(inventory, shoes["gear_id"]) == 5
    listed = inventory.call("GET", "/v1/gear", query={"status": "active"})
    assert listed.body["items"] == []


def test_another_athletes_gear_is_not_found(inventory: Service) -> None:
    gear_id = add(inventory)["gear_id"]
    component = {"name": "Laces", "limit": 10}
    for method, path, body in (
        ("GET", f"/v1/gear/{gear_id}", None),
        ("PATCH", f"/v1/gear/{gear_id}", {"nickname": "mine"}),
        ("DELETE", f"/v1/gear/{gear_id}", None),
        ("POST", f"/v1/gear/{gear_id}/components", component),
    ):
        answer = inventory.call(method, path, body, user=OTHER, if_match="*")
        assert (answer.status, answer.body["code"]) == (404, "gear_not_found"), method
    deliver(inventory, recorded(gear_ids=[gear_id], user=OTHER))
    assert used(inventory, gear_id) == 0


def test_adding_gear_twice_with_one_key_adds_one(inventory: Service) -> None:
    first = inventory.call("POST", "/v1/gear", SHOES, idempotency_key="k")
    again = inventory.call("POST", "/v1/gear", SHOES, idempotency_key="k")
    assert first.body["gear_id"] == again.body["gear_id"]
    assert len(inventory.call("GET", "/v1/gear").body["items"]) == 1


def test_the_diary_is_told_which_default_gear_wore(inventory: Service) -> None:
    shoes = add(inventory, default_for=["Run"], used_since="2026-01-01")
    deliver(
        inventory, recorded("w-1"), recorded("w-2", gear_ids=[shoes["gear_id"]]), recorded("w-3", sport_type="Ride")
    )
    told = [entry["detail"]["data"] for entry in inventory.published("GearAssigned")]
    assert told == [{"workout_id": "w-1", "revision": 1, "gear_ids": [shoes["gear_id"]]}]


def test_the_diary_is_told_when_a_correction_leaves_no_default_gear(inventory: Service) -> None:
    shoes = add(inventory, default_for=["Run"], used_since="2026-01-01")
    deliver(inventory, recorded("w-1"), recorded("w-1", revision=2, sport_type="Yoga"))
    told = [entry["detail"]["data"]["gear_ids"] for entry in inventory.published("GearAssigned")]
    assert told == [[shoes["gear_id"]], []]


def test_the_default_that_was_chosen_last_wears_even_when_the_pair_is_older(inventory: Service) -> None:
    add(inventory, used_since="2026-09-01", default_for=["Run"])
    resumed = add(inventory, used_since="2025-01-01", default_for=["Run"])
    deliver(inventory, recorded(started_at=_soon(), distance_m=5_000.0))
    assert used(inventory, resumed["gear_id"]) == 5


def test_a_run_from_before_both_were_defaults_wears_the_newer_pair(inventory: Service) -> None:
    newer = add(inventory, used_since="2026-09-01", default_for=["Run"])
    older = add(inventory, used_since="2025-01-01", default_for=["Run"])
    deliver(inventory, recorded(started_at="2026-10-01T05:40:00Z", distance_m=5_000.0))
    deliver(inventory, recorded(started_at="2026-08-01T05:40:00Z", distance_m=7_000.0))
    assert (used(inventory, newer["gear_id"]), used(inventory, older["gear_id"])) == (5, 7)


def test_the_first_day_of_use_begins_where_the_athlete_is(inventory: Service) -> None:
    shoes = add(inventory, used_since="2026-10-02", default_for=["Run"])
    deliver(inventory, recorded(started_at="2026-10-01T17:30:00Z", time_zone="Pacific/Auckland", distance_m=5_000.0))
    assert used(inventory, shoes["gear_id"]) == 5


def _soon() -> str:
    return (datetime.now(UTC) + timedelta(minutes=1)).isoformat()


def test_two_components_of_one_gear_have_two_ids(inventory: Service) -> None:
    part = {"component_id": "0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11", "name": "Chain", "limit": 3000}
    refused = inventory.call("POST", "/v1/gear", {"category": "bike", "components": [part, part]})
    assert (refused.status, refused.body["code"]) == (409, "component_id_taken")
    path = f"/v1/gear/{add(inventory, category='bike', components=[part])['gear_id']}/components"
    assert inventory.call("POST", path, part).status == 409


def test_a_component_fits_while_another_device_edits_the_gear(inventory: Service) -> None:
    path = f"/v1/gear/{add(inventory, category='bike')['gear_id']}"
    _overtaken_once(inventory, lambda: inventory.call("PATCH", path, {"nickname": "Swift"}, if_match="*"))
    fitted = inventory.call("POST", f"{path}/components", {"name": "Chain", "limit": 3000})
    assert (fitted.status, fitted.body["nickname"]) == (201, "Swift")


def test_an_edit_of_any_version_is_not_refused_for_being_overtaken(inventory: Service) -> None:
    path = f"/v1/gear/{add(inventory)['gear_id']}"
    _overtaken_once(inventory, lambda: inventory.call("PATCH", path, {"nickname": "Swift"}, if_match="*"))
    edited = inventory.call("PATCH", path, {"brand": "Evadict"}, if_match="*")
    assert (edited.status, edited.body["nickname"], edited.body["brand"]) == (200, "Swift", "Evadict")
    _overtaken_once(inventory, lambda: inventory.call("PATCH", path, {"nickname": "Slow"}, if_match="*"))
    assert inventory.call("PATCH", path, {"brand": "Kiprun"}, if_match=edited.etag).status == 412


def _overtaken_once(inventory: Service, other: Callable[[], Any]) -> None:
    """Another request comes between the next request's look and its write."""
    from inventory import store

    revise = store.revise

    def overtaken(*args: Any, **kwargs: Any) -> None:
        inventory.monkeypatch.setattr(store, "revise", revise)
        other()
        revise(*args, **kwargs)

    inventory.monkeypatch.setattr(store, "revise", overtaken)


def test_of_two_edits_that_looked_at_one_pair_the_second_is_refused(inventory: Service) -> None:
    seen, now = store.get(ATHLETE, add(inventory)["gear_id"]), clock.now()

    def edit(nickname: str) -> None:
        store.revise(seen, seen.model_copy(update={"nickname": nickname, "revision": seen.revision + 1}), [], now)

    edit("first")
    with pytest.raises(StaleVersionError):
        edit("second")

    assert store.get(ATHLETE, seen.gear_id).nickname == "first"


def test_a_piece_that_nobody_named_is_called_by_its_category_in_the_readers_language(inventory: Service) -> None:
    bike = inventory.call("POST", "/v1/gear", {"category": "bike"}, accept_language="ru")

    assert bike.body["name"] == "Велосипед"
    assert inventory.call("GET", f"/v1/gear/{bike.body['gear_id']}", accept_language="en").body["name"] == "Bike"
