"""What is asked for is not deleted, whoever asks and however both come at once; what asks for itself is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from promos import segment_service, usage_service
from promos.athletes import segment_store
from promos.offers import store as promo_store
from promos.targeting import TargetingRule
from tests.kit.racing import raced
from tests.kit.services import ATHLETE, Service
from tests.promos.world import NOW, PROMO, admin, launch, profile, welcome
from tests.promos.world import deliver as told

RULE = {"profile": {"languages": ["en"]}}
OPENING = {"not": {"segment": "employees"}}


def segment(promos: Service, name: str, rule: dict[str, Any] = RULE) -> None:
    assert admin(promos, "PUT", f"/segments/{name}", {"rule": rule}, if_match="*").status == 200


def used_by(promos: Service, name: str = "employees") -> dict[str, Any]:
    answer = admin(promos, "GET", f"/segments/{name}/used-by")
    assert answer.status == 200, answer.body
    return dict(answer.body)


def refused(promos: Service, name: str = "employees") -> str:
    answer = admin(promos, "DELETE", f"/segments/{name}", if_match="*")
    assert (answer.status, answer.body["code"]) == (409, "segment_in_use"), answer.body
    return str(answer.body["detail"])


def test_a_segment_that_an_active_promo_asks_for_stays(promos: Service) -> None:
    """promos-09: it was deleted, and `not` opened the promo to everybody who had been in it."""
    segment(promos, "employees")
    launch(promos, targeting=OPENING)
    welcome(promos)
    told(promos, "on_account_events", profile(language="en"))

    assert "promos/winter-shoes" in refused(promos)
    assert admin(promos, "GET", f"/winter-shoes/explain/{ATHLETE}").body["is_eligible"] is False
    assert admin(promos, "GET", f"/winter-shoes/explain/{ATHLETE.upper()}").body["user_id"] == ATHLETE


def test_everything_that_asks_for_a_segment_is_named(promos: Service) -> None:
    segment(promos, "employees")
    segment(promos, "others", OPENING)
    assert used_by(promos) == {"promos": [], "campaigns": [], "segments": ["others"]}
    draft = PROMO | {"promo_id": "draft", "targeting": {"all": [{"segment": "others"}]}}
    assert admin(promos, "POST", "", draft).status == 201
    plan = {
        "name": "Winter",
        "schedule": {"at": "2027-01-01T10:00"},
        "audience": OPENING,
        "variants": [{"name": "a", "promo_id": "draft"}],
        "currency": "RUB",
    }
    assert promos.sign("PUT", "/v1/admin/campaigns/winter", plan).status == 200

    assert used_by(promos) == {"promos": ["draft"], "campaigns": ["winter"], "segments": ["others"]}
    assert refused(promos) == "It is asked for by promos/draft, campaigns/winter, segments/others."
    assert refused(promos, "others") == "It is asked for by promos/draft."


def test_what_is_over_asks_for_nothing(promos: Service) -> None:
    segment(promos, "employees")
    launch(promos, targeting=OPENING)
    assert admin(promos, "POST", "/winter-shoes/status", {"action": "end"}, if_match="*").status == 200

    assert used_by(promos) == {"promos": [], "campaigns": [], "segments": []}
    assert admin(promos, "DELETE", "/segments/employees", if_match="*").status == 204


def test_nobody_asks_for_what_there_is_not(promos: Service) -> None:
    assert admin(promos, "GET", "/segments/employees/used-by").status == 404


def between(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, meanwhile: Callable[[], Any]) -> None:
    """`meanwhile` happens once, after the first call of the function."""
    honest, left = getattr(module, name), [meanwhile]

    def called(*args: Any, **named: Any) -> Any:
        found = honest(*args, **named)
        while left:
            left.pop()()
        return found

    monkeypatch.setattr(module, name, called)


def test_a_promo_made_while_its_segment_is_deleted_keeps_it(promos: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    segment(promos, "employees")
    draft = PROMO | {"targeting": OPENING}
    between(monkeypatch, usage_service, "of_segment", lambda: admin(promos, "POST", "", draft))

    assert refused(promos)
    assert admin(promos, "GET", "/winter-shoes").status == 200


def test_it_keeps_it_also_before_the_index_knows_of_the_promo(promos: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    segment(promos, "employees")
    nobody = promo_store.page(limit=10, cursor=None)
    assert admin(promos, "POST", "", PROMO | {"targeting": OPENING}).status == 201
    monkeypatch.setattr(promo_store, "page", lambda **_: nobody)

    assert refused(promos) == "It is asked for by promos/winter-shoes."


def test_a_segment_deleted_while_a_promo_is_made_is_found_to_be_gone(
    promos: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    segment(promos, "employees")
    gone: list[int] = []
    delete = lambda: gone.append(admin(promos, "DELETE", "/segments/employees", if_match="*").status)  # noqa: E731
    between(monkeypatch, segment_store, "rules", delete)

    made = admin(promos, "POST", "", PROMO | {"targeting": OPENING})

    assert gone == [204]
    assert (made.status, made.body["errors"][0]["pointer"]) == (422, "#/targeting/not/segment")


def test_two_segments_that_come_to_ask_for_each_other_at_once_find_out(promos: Service) -> None:
    for name in ("a0", "a1"):
        segment(promos, name)
    other = [TargetingRule.model_validate({"segment": name}) for name in ("a1", "a0")]
    old = [segment_store.get(name) for name in ("a0", "a1")]
    promos.enter()

    found = raced(
        promos,
        (segment_store, "everything"),
        lambda n: segment_service.put(f"a{n}", other[n], None, old[n], NOW).name,
        racers=2,
    )

    assert sorted(found, key=str)[1] == "rule_is_invalid", found


def test_a_draft_that_a_campaign_or_worn_gear_gives_is_not_deleted(promos: Service) -> None:
    for name in ("w-a", "w-b", "w-c"):
        assert admin(promos, "POST", "", PROMO | {"promo_id": name}).status == 201
    plan = {
        "name": "Winter",
        "schedule": {"at": "2027-01-01T10:00"},
        "variants": [{"name": "a", "promo_id": "w-a"}],
        "currency": "RUB",
    }
    assert promos.sign("PUT", "/v1/admin/campaigns/winter", plan).status == 200
    assert promos.sign("PUT", "/v1/admin/wear-offers/running_shoes", {"promo_id": "w-b"}).status == 200

    answers = [admin(promos, "DELETE", f"/{name}", if_match="*") for name in ("w-a", "w-b", "w-c")]

    assert [answer.status for answer in answers] == [409, 409, 204]
    assert [answer.body["detail"] for answer in answers[:2]] == [
        "It is given by campaigns/winter.",
        "It is given by wear-offers/running_shoes.",
    ]


def test_a_misspelt_word_is_refused_wherever_it_is_written(promos: Service) -> None:
    rule = {"gear": {"categories": ["runing_shoes"]}}
    plan = {
        "name": "Winter",
        "schedule": {"at": "2027-01-01T10:00"},
        "variants": [{"name": "a", "promo_id": "winter-shoes"}],
        "currency": "RUB",
        "audience": rule,
    }
    launch(promos)

    answers = [
        admin(promos, "PUT", "/segments/runners", {"rule": rule}),
        admin(promos, "POST", "", PROMO | {"promo_id": "other", "targeting": rule}),
        promos.sign("PUT", "/v1/admin/campaigns/winter", plan),
    ]

    assert [answer.status for answer in answers] == [422, 422, 422]
    assert [answer.body["errors"][0]["pointer"] for answer in answers] == [
        "#/rule/gear/categories/0",
        "#/targeting/gear/categories/0",
        "#/audience/gear/categories/0",
    ]
    assert {answer.body["detail"] for answer in answers} == {
        "There is no gear category runing_shoes. Did you mean running_shoes?"
    }
