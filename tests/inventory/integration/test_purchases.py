"""What an athlete buys becomes gear, by the events of the store's side."""

from itertools import permutations
from typing import Any

import boto3
import pytest

from tests.kit.events import entry, recorded
from tests.kit.services import Service, sqs_event

SHOES = {
    "sku": "8736421",
    "name": "Kiprun KD900.2",
    "brand": "Kiprun",
    "quantity": 2,
    "price_minor": 899000,
    "wear_category": "running_shoes",
}


def consent(
    *, granted: bool = True, revision: int = 1, kind: str = "purchases", partner_id: str | None = "store"
) -> dict[str, Any]:
    data = {"kind": kind, "partner_id": partner_id, "granted": granted, "revision": revision, "text_version": "2026-10"}
    return entry("ConsentChanged", {**data, "changed_at": "2026-11-01T06:30:00Z"}, source="accounts")


def bought(*lines: dict[str, Any], order_id: str = "o-1", partner_id: str = "store") -> dict[str, Any]:
    data = {"order_id": order_id, "partner_id": partner_id, "lines": list(lines or [SHOES]), "total_minor": 1}
    return entry(
        "OrderCompleted", {**data, "currency": "RUB", "completed_at": "2026-11-21T09:30:00Z"}, source="partners"
    )


def came_back(quantity: int = 1, *, version: int = 2) -> dict[str, Any]:
    data = {"order_id": "o-1", "partner_id": "store", "order_version": version, "is_whole": False}
    lines = [{**SHOES, "quantity": quantity}]
    return entry("OrderReturned", {**data, "lines": lines, "returned_at": "2026-11-28T12:00:00Z"}, source="partners")


def tell(inventory: Service, *entries: dict[str, Any]) -> None:
    for one in entries:
        function = {"ConsentChanged": "on_account_events", "WorkoutRecorded": "on_workout_events"}.get(
            one["detail_type"], "on_order_events"
        )
        assert inventory.invoke(function, sqs_event(one)) == {"batchItemFailures": []}


def locker(inventory: Service) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = inventory.call("GET", "/v1/gear").body["items"]
    return items


def test_without_consent_nothing_is_added_and_nothing_is_kept(inventory: Service) -> None:
    tell(inventory, bought(), came_back(), consent(kind="analytics"), bought())
    assert locker(inventory) == []
    assert inventory.items() == []


def test_what_was_bought_is_gear_with_its_day_and_limit(inventory: Service) -> None:
    tell(inventory, consent(), bought())
    first, second = locker(inventory)
    assert (first["brand"], first["model"], first["purchased_on"]) == ("Kiprun", "KD900.2", "2026-11-21")
    assert (first["wear"]["limit"], first["default_for"], first["gear_id"] != second["gear_id"]) == (700, [], True)
    assert len(inventory.published("GearAdded")) == 2


def test_an_order_told_twice_counts_once_even_after_its_gear_was_deleted(inventory: Service) -> None:
    tell(inventory, consent(), bought(), bought())
    gone = locker(inventory)[0]["gear_id"]
    assert inventory.call("DELETE", f"/v1/gear/{gone}", if_match="*").status == 204
    tell(inventory, bought())
    assert [gear["gear_id"] for gear in locker(inventory)] != []
    assert len(locker(inventory)) == 1


def test_what_does_not_wear_is_no_gear(inventory: Service) -> None:
    tell(inventory, consent(), bought({**SHOES, "wear_category": None}, {**SHOES, "wear_category": "sandwich"}))
    assert locker(inventory) == []


def test_a_late_or_withdrawn_consent_holds_by_its_revision(inventory: Service) -> None:
    tell(inventory, consent(granted=False, revision=2), consent(revision=1), bought())
    assert locker(inventory) == []
    tell(inventory, consent(revision=3), bought(order_id="o-2"))
    assert len(locker(inventory)) == 2


@pytest.mark.parametrize("body", ['{"granted": true}', '{"consents": {"purchases": {"granted": true, "revision": 3}}}'])
def test_a_consent_as_it_was_stored_until_december_2026_named_no_partner_and_counts_for_none(
    inventory: Service, body: str
) -> None:
    tell(inventory, consent(granted=False, revision=3))
    [item] = inventory.items()
    boto3.client("dynamodb").put_item(
        TableName="stadion-inventory", Item=item | {"body": {"S": body}, "revision": {"N": "3"}}
    )
    tell(inventory, bought())
    assert locker(inventory) == []
    tell(inventory, consent(revision=1), bought(order_id="o-2"))
    assert len(locker(inventory)) == 2


def test_a_consent_that_names_no_partner_counts_for_none(inventory: Service) -> None:
    tell(inventory, consent(partner_id=None), bought())
    assert locker(inventory) == []


def test_what_was_agreed_with_one_partner_lets_no_other_fill_the_locker(inventory: Service) -> None:
    tell(inventory, consent(), bought(partner_id="other"))
    assert locker(inventory) == []
    tell(inventory, consent(partner_id="other", granted=False, revision=7), bought())
    tell(inventory, consent(partner_id="other", revision=8), consent(granted=False, revision=2))
    tell(inventory, bought(order_id="o-2"), bought(order_id="o-2", partner_id="other"))
    assert len(locker(inventory)) == 4, "the withdrawal is the store's alone"


def test_what_the_catalogue_does_not_know_is_called_by_its_category(inventory: Service) -> None:
    tell(inventory, consent(), bought({**SHOES, "name": None, "brand": None, "quantity": 1}))
    [gear] = locker(inventory)
    assert (gear["name"], gear["brand"], gear["model"]) == ("Running shoes", None, None)
    assert SHOES["sku"] not in str(gear)


def test_what_came_back_unused_is_gone_and_the_used_one_stays(inventory: Service) -> None:
    tell(inventory, consent(), bought())
    worn, unworn = (gear["gear_id"] for gear in locker(inventory))
    tell(inventory, recorded(gear_ids=[worn]), came_back(), came_back())
    assert [gear["gear_id"] for gear in locker(inventory)] == [worn]
    assert unworn not in str(locker(inventory))


def test_a_used_one_that_came_back_is_retired_with_its_kilometres(inventory: Service) -> None:
    tell(inventory, consent(), bought({**SHOES, "quantity": 1}))
    gear_id = locker(inventory)[0]["gear_id"]
    tell(inventory, recorded(gear_ids=[gear_id]), came_back())
    [gear] = locker(inventory)
    assert (gear["status"], gear["distance_m"]) == ("archived", 6400)
    assert len(inventory.published("GearRetired")) == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_orders_and_returns_in_any_order_leave_the_same(inventory: Service, order: tuple[int, ...]) -> None:
    tell(inventory, consent())
    events = [bought({**SHOES, "quantity": 3}), came_back(version=2), came_back(version=3)]
    tell(inventory, *(events[number] for number in order), *events)
    assert len(locker(inventory)) == 1
