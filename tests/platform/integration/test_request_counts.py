"""What an API call costs at DynamoDB (DESIGN D10): counted, not guessed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gamification.achievements import service as achievements
from gamification.achievements.rules import service as achievement_rules
from gamification.base.domain import Source
from stadion import clock
from stadion.events.workouts import WorkoutFacts
from tests.kit.counting import counted
from tests.kit.events import entry, recorded
from tests.kit.services import ATHLETE, OTHER, Answer, Service, sqs_event

RUN: dict[str, Any] = {
    "sport_type": "Run",
    "started_at": "2026-11-20T08:40:00+03:00",
    "elapsed_time_s": 1834,
    "distance_m": 6400,
}
MAX_REQUESTS = 2
"""Beside the one that counts the call and says how the athlete stands, with which each begins."""

ENGLISH: dict[str, str] = {"accept_language": "en"}
"""Without it, an answer with text in it looks the athlete's language up, where nothing else reads their copy."""

Table = list[tuple[str, list[str]]]


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    """What was counted, printed in the end."""
    counted_calls: Table = []
    yield counted_calls
    print("\n  requests  call")
    for call, operations in counted_calls:
        print(f"  {len(operations):>8}  {call:<44} {', '.join(operations)}")


def cost(
    table: Table, service: Service, method: str, path: str, body: Any = None, *, shown: str = "", **more: Any
) -> list[str]:
    """In a language that is named, unless that is said otherwise."""
    with counted() as operations:
        answer = service.call(method, path, body, **{**ENGLISH, **more})
    assert answer.status < 300, answer.body
    table.append((f"{method} {shown or path}", operations))
    standing, *others = operations
    assert standing == "UpdateItem"
    return others


@pytest.mark.parametrize("key", [None, "a-key"])
def test_a_manual_workout_costs_two_requests(workouts: Service, table: Table, key: str | None) -> None:
    headers = {**ENGLISH, **({"idempotency_key": key} if key else {})}
    yesterday = {**RUN, "started_at": "2026-11-19T08:40:00+03:00"}
    first = cost(table, workouts, "POST", "/v1/workouts", yesterday, shown="/v1/workouts, the first one")
    assert first == ["BatchGetItem", "Query", "TransactWriteItems"]
    shown = f"/v1/workouts{' with Idempotency-Key' if key else ''}"
    assert cost(table, workouts, "POST", "/v1/workouts", RUN, shown=shown, **headers) == [
        "BatchGetItem",
        "TransactWriteItems",
    ]


def test_a_repeated_workout_costs_two_requests(workouts: Service, table: Table) -> None:
    workouts.call("POST", "/v1/workouts", RUN, idempotency_key="k")
    operations = cost(table, workouts, "POST", "/v1/workouts", RUN, shown="/v1/workouts again", idempotency_key="k")
    assert len(operations) <= MAX_REQUESTS


def test_looking_into_the_diary_costs_one_request_and_its_list_two(workouts: Service, table: Table) -> None:
    workout_id = workouts.call("POST", "/v1/workouts", RUN).body["workout_id"]
    shown = "/v1/workouts/{workout_id}"
    assert len(cost(table, workouts, "GET", f"/v1/workouts/{workout_id}", shown=shown)) == 1
    assert cost(table, workouts, "GET", "/v1/workouts") == ["Query", "BatchGetItem"]
    filters = {"sport_type": "Run", "min_distance_m": "1000", "q": "morning", "order": "-distance"}
    found = cost(table, workouts, "GET", "/v1/workouts", query=filters, shown="/v1/workouts with filters")
    assert found == ["Query", "BatchGetItem"]


def test_totals_cost_two_requests_and_many_workouts_at_once_two_each(workouts: Service, table: Table) -> None:
    starts = [f"2026-11-{day}T08:40:00+03:00" for day in (18, 19, 20)]
    made = [workouts.call("POST", "/v1/workouts", {**RUN, "started_at": one}).body["workout_id"] for one in starts]
    for query in ({}, {"by": "week"}, {"from": "2024-12-01", "to": "2026-11-30", "by": "month"}):
        found = cost(table, workouts, "GET", "/v1/workouts/totals", query=query, shown=f"/v1/workouts/totals {query}")
        assert found == ["Query", "Query"]
    named = {"workouts": [{"workout_id": one} for one in made]}
    each = ["BatchGetItem", "TransactWriteItems"] * len(made)
    gear = cost(table, workouts, "POST", "/v1/workouts/bulk/gear", {**named, "gear_ids": []})
    assert gear == ["BatchGetItem", *each]
    assert cost(table, workouts, "POST", "/v1/workouts/bulk/delete", named) == ["BatchGetItem", *each]


def test_an_edit_of_a_workout_looks_checks_and_writes(workouts: Service, table: Table) -> None:
    """One more than D10's two: the version that If-Match names, then the slots that its start moves between."""
    workout_id = workouts.call("POST", "/v1/workouts", RUN).body["workout_id"]
    path, shown = f"/v1/workouts/{workout_id}", "/v1/workouts/{workout_id}"
    assert len(cost(table, workouts, "PATCH", path, {"name": "x"}, shown=shown, if_match='"1"')) <= 3
    assert len(cost(table, workouts, "DELETE", path, shown=shown, if_match='"2"')) <= 3


def test_a_photo_costs_a_look_at_its_workout_and_a_write(workouts: Service, table: Table) -> None:
    path = f"/v1/workouts/{workouts.call('POST', '/v1/workouts', RUN).body['workout_id']}/photos"
    shown = "/v1/workouts/{workout_id}/photos"
    look_and_write = ["GetItem", "TransactWriteItems"]
    assert cost(table, workouts, "POST", path, {"content_type": "image/png"}, shown=shown) == look_and_write
    photo_id = workouts.call("POST", path, {"content_type": "image/png"}).body["photo_id"]
    one, shown = f"{path}/{photo_id}", f"{shown}/{{photo_id}}"
    assert cost(table, workouts, "GET", one, shown=shown) == ["GetItem"]
    assert cost(table, workouts, "PATCH", one, {"alt": "x"}, shown=shown, if_match='"1"') == look_and_write
    assert cost(table, workouts, "DELETE", one, shown=shown, if_match='"2"') == look_and_write
    assert cost(table, workouts, "GET", "/v1/workouts", shown="/v1/workouts with photos") == ["Query", "BatchGetItem"]


def test_an_upload_costs_one_request_and_asking_for_it_another(workouts: Service, table: Table) -> None:
    assert cost(table, workouts, "POST", "/v1/uploads", {"filename": "a.fit"}) == ["TransactWriteItems"]
    upload_id = workouts.call("POST", "/v1/uploads", {"filename": "b.fit"}).body["upload_id"]
    assert len(cost(table, workouts, "GET", f"/v1/uploads/{upload_id}", shown="/v1/uploads/{upload_id}")) == 1
    assert cost(table, workouts, "GET", "/v1/uploads") == ["Query"]
    assert cost(table, workouts, "GET", "/v1/uploads", query={"status": "queued"}, shown="… of a status") == ["Query"]


def test_the_locker_costs_two_requests(inventory: Service, table: Table) -> None:
    chain = {"name": "Chain", "limit": 3000}
    bikes = [inventory.call("POST", "/v1/gear", {"category": "bike", "components": [chain] * 3}).body for _ in range(6)]
    assert len(cost(table, inventory, "GET", "/v1/gear")) <= MAX_REQUESTS
    assert (
        len(cost(table, inventory, "GET", f"/v1/gear/{bikes[0]['gear_id']}", shown="/v1/gear/{gear_id}"))
        <= MAX_REQUESTS
    )
    assert len(cost(table, inventory, "GET", "/v1/gear/categories")) == 0


def test_a_devices_batch_asks_for_the_consent_where_it_takes_one(telemetry: Service, table: Table) -> None:
    """What is taken waits in a queue; keeping it costs a get and a put for each hour, metric and device."""
    sample = {"metric": "heart_rate", "value": 142, "timestamp": "2026-11-20T05:40:00Z"}
    batch = {"device_id": "watch", "samples": [sample] * 500}
    assert cost(table, telemetry, "POST", "/v1/telemetry", batch) == ["GetItem"]
    watts = {"device_id": "bike", "samples": [{**sample, "metric": "power"}]}
    assert cost(table, telemetry, "POST", "/v1/telemetry", watts, shown="/v1/telemetry without health data") == []
    month = {"from": "2026-10-21", "to": "2026-11-20"}
    shown = "/v1/telemetry/{metric}"
    assert cost(table, telemetry, "GET", "/v1/telemetry/power", query=month, shown=shown) == ["Query"]
    shown = "/v1/telemetry/{metric} of health data"
    assert cost(table, telemetry, "GET", "/v1/telemetry/heart_rate", query=month, shown=shown) == ["GetItem", "Query"]


def test_progress_and_records_cost_one_request(gamification: Service, table: Table) -> None:
    gamification.invoke("on_workout_events", sqs_event(recorded()))
    assert len(cost(table, gamification, "GET", "/v1/gamification/progress")) == 1
    assert len(cost(table, gamification, "GET", "/v1/gamification/records")) == 1
    assert len(cost(table, gamification, "GET", "/v1/gamification/levels")) == 0


def test_streaks_cost_two_requests_and_their_rules_three(gamification: Service, table: Table) -> None:
    for number in range(10, 20):
        gamification.invoke("on_workout_events", sqs_event(recorded(started_at=f"2026-11-{number}T05:00:00Z")))
    path = "/v1/gamification/streaks"
    assert cost(table, gamification, "GET", path) == ["BatchGetItem", "Query"]
    settings = cost(table, gamification, "PUT", f"{path}/settings", {"unit": "day"}, **{"If-Match": "*"})
    assert settings == ["BatchGetItem", "Query", "TransactWriteItems"]


def test_goals_cost_two_requests(gamification: Service, table: Table) -> None:
    goal = {"metric": "distance", "period": "month", "target": 100_000}
    path = "/v1/gamification/goals/0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b90"
    shown = "/v1/gamification/goals/{goal_id}"
    put = cost(table, gamification, "PUT", path, goal, shown=shown)
    assert put == ["BatchGetItem", "Query", "TransactWriteItems"]
    gamification.invoke("on_workout_events", sqs_event(recorded()))
    assert cost(table, gamification, "GET", "/v1/gamification/goals") == ["BatchGetItem", "Query"]
    assert cost(table, gamification, "GET", path, shown=shown) == ["BatchGetItem", "Query"]


def test_my_rewards_cost_one_request_and_a_page_of_xp_two(gamification: Service, table: Table) -> None:
    """A third one, if the page begins and ends within one day."""
    day = {"moving_time_s": 50_000.0}
    for number in range(1, 5):
        gamification.invoke(
            "on_workout_events", sqs_event(recorded(started_at=f"2026-11-1{number}T05:00:00Z", **day), recorded(**day))
        )
    path = "/v1/gamification/xp"
    assert len(cost(table, gamification, "GET", "/v1/gamification/rewards")) == 1
    assert len(cost(table, gamification, "GET", "/v1/gamification/rules")) == 0
    assert len(cost(table, gamification, "GET", path)) == MAX_REQUESTS
    query = {"limit": "2"}
    assert len(cost(table, gamification, "GET", path, query=query, shown=f"{path} with more to come")) == MAX_REQUESTS
    query["cursor"] = gamification.call("GET", path, query=query).body["next_cursor"]
    within = f"{path} within one day"
    assert len(cost(table, gamification, "GET", path, query=query, shown=within)) <= MAX_REQUESTS + 1


def test_offers_cost_two_requests_a_click_three_and_each_step_of_a_checkout_six(promos: Service, table: Table) -> None:
    from tests.promos.world import PROMO, admin, consent, order, store

    promo = {**PROMO, "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2099-01-01T00:00:00Z"}
    admin(promos, "POST", "", promo)
    admin(promos, "POST", "/winter-shoes/status", {"action": "activate"}, if_match="*")
    promos.invoke("on_account_events", sqs_event(consent(), consent(kind="analytics")))
    offer = admin(promos, "POST", "/winter-shoes/offers", {"user_id": ATHLETE}).body
    path = f"/v1/promos/{offer['offer_id']}"
    assert len(cost(table, promos, "GET", "/v1/promos")) == MAX_REQUESTS
    assert len(cost(table, promos, "GET", path, shown="/v1/promos/{offer_id}")) == MAX_REQUESTS
    assert len(cost(table, promos, "POST", f"{path}/view", shown="/v1/promos/{offer_id}/view")) == MAX_REQUESTS
    assert len(cost(table, promos, "POST", f"{path}/click", shown="/v1/promos/{offer_id}/click")) == MAX_REQUESTS + 1
    assert store(promos, offer["code"]).status == 200  # a partner is let in by now
    for step, most in (("reserve", 6), ("redeem", 6), ("redeem", 3)):
        with counted() as operations:
            assert store(promos, offer["code"], step, **order()).status == 200
        table.append((f"POST /partner/v1/codes/{{code}}/{step}", operations))
        assert len(operations) <= most, operations


def test_a_link_costs_four_requests_each_side_and_an_order_of_somebody_one_more(
    partners: Service, table: Table
) -> None:
    """With the one that says how who asks stands."""
    from tests.kit.store import completed
    from tests.partners.integration.test_partners import make

    store = make(partners)

    def costs(shown: str, ask: Callable[[], Answer]) -> tuple[Answer, int]:
        with counted() as operations:
            answer = ask()
        assert answer.status < 300, answer.body
        table.append((shown, operations))
        return answer, len(operations)

    path = "/v1/me/partner-links"
    made, number = costs(f"POST {path}", lambda: partners.call("POST", path, {"partner_id": "store"}, user=OTHER))
    assert number == 4
    trade = {"token": made.body["token"]}
    for most in (4, 3):
        linked, number = costs(
            "POST /partner/v1/links", lambda: partners.ask("POST", "/partner/v1/links", trade, key=store.key)
        )
        assert number == most
    _, guests = costs("POST /partner/v1/webhooks, a guest's", lambda: store.tell(completed("o-1", athlete=None)))
    named = linked.body["athlete_id"]
    _, somebodys = costs("POST /partner/v1/webhooks", lambda: store.tell(completed("o-2", athlete=named)))
    assert somebodys == guests + 1
    assert costs(f"GET {path}", lambda: partners.call("GET", path, user=OTHER))[1] == 3
    assert costs(f"DELETE {path}/{{partner_id}}", lambda: partners.call("DELETE", f"{path}/store", user=OTHER))[1] == 4


def test_an_offer_with_its_message_costs_two_requests(promos: Service, table: Table) -> None:
    """What a campaign does for each athlete."""
    from promos.offers import service as offer_service
    from promos.offers.domain import Issue
    from promos.offers.message_service import Wanted
    from stadion import clock
    from stadion.i18n import Language
    from tests.promos.world import PROMO, admin, consent

    promo = {**PROMO, "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2099-01-01T00:00:00Z"}
    admin(promos, "POST", "", promo)
    admin(promos, "POST", "/winter-shoes/status", {"action": "activate"}, if_match="*")
    promos.invoke("on_account_events", sqs_event(consent()))
    new = Issue(user_id=ATHLETE, run_id="winter-1", campaign_id="winter", variant="a")
    with counted() as operations:
        issued, is_new = offer_service.issue(
            "winter-shoes", new, language=Language.EN, now=clock.now(), tell=Wanted("promo_offer")
        )
    table.append(("an offer of a campaign, with its message", operations))
    assert (is_new, operations) == (True, ["BatchGetItem", "TransactWriteItems"])
    (asked,) = promos.published("NotificationRequested")
    assert asked["detail"]["data"]["values"]["code"] == issued.code


def test_the_inbox_costs_two_requests(notifications: Service, table: Table) -> None:
    welcome = {"request_id": "welcome", "template": "welcome", "values": {}, "about": {}}
    notifications.invoke("on_notification_requests", sqs_event(entry("NotificationRequested", welcome)))
    assert len(cost(table, notifications, "GET", "/v1/notifications")) <= MAX_REQUESTS
    assert len(cost(table, notifications, "GET", "/v1/notifications/unread-count")) == 1
    note = notifications.call("GET", "/v1/notifications").body["items"][0]["notification_id"]
    shown = "/v1/notifications/{notification_id}/read"
    assert len(cost(table, notifications, "POST", f"/v1/notifications/{note}/read", shown=shown)) <= MAX_REQUESTS


def test_what_an_app_needs_first_costs_one_request_and_words_none(app: Service, table: Table) -> None:
    """Nobody has signed in, so nobody is counted."""
    for path, wanted in (("/v1/app/config", ["GetItem"]), ("/v1/words", [])):
        with counted() as operations:
            assert app.call("GET", path, user=None, query={"platform": "ios", "version": "2.6"}).status == 200
        table.append((f"GET {path}", operations))
        assert operations == wanted


def test_no_language_costs_nothing_where_the_copy_was_read_anyway(workouts: Service, table: Table) -> None:
    workout_id = workouts.call("POST", "/v1/workouts", RUN).body["workout_id"]
    path = f"/v1/workouts/{workout_id}"

    for asked in (path, "/v1/workouts"):
        assert cost(table, workouts, "GET", asked, shown=f"{asked}, no language", accept_language="") == cost(
            table, workouts, "GET", asked
        )


def test_achievements_cost_six_requests_a_workout_at_most(gamification: Service, table: Table) -> None:
    """Beside the rules, which a function reads once a minute."""
    achievement_rules.forget()
    _achieve("w-0", started_at="2026-11-01T05:40:00Z")
    gamification.enter()
    costs = {
        "an ordinary workout": _achieve("w-1", distance_m=4_000.0),
        "one that earns, and a reward": _achieve("w-2", distance_m=43_000.0),
        "a third one, with a reward": _achieve("w-3"),
        "a correction that moves it to another month": _achieve("w-1", 2, started_at="2026-10-20T05:40:00Z"),
    }
    table.extend((f"achievements: {what}", operations) for what, operations in costs.items())
    assert costs["an ordinary workout"] == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    assert all(len(operations) <= 6 for name, operations in costs.items() if "correction" not in name)
    assert len(costs["a correction that moves it to another month"]) <= 7


def _achieve(workout_id: str, revision: int = 1, **fields: Any) -> list[str]:
    data = recorded(workout_id, revision=revision, **fields)["detail"]["data"]["workout"]
    workout = WorkoutFacts.model_validate(data)
    with counted() as operations:
        achievements.apply(Source(ATHLETE, workout_id, revision, workout, clock.now(), is_news=True))
    return operations
