"""Campaigns through the Lambda handlers: plans, states, dry runs, what became of messages, who stayed."""

import tomllib
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from local.paths import ROOT
from promos.campaigns.plan.texts import BODY
from promos.campaigns.run import service as lifecycle
from promos.campaigns.run import timer
from stadion.i18n import Language
from tests.kit.clock import Clock
from tests.kit.events import entry, recorded
from tests.kit.promos import a_promo
from tests.kit.services import ATHLETE, Answer, Service, sqs_event
from tests.promos.world import order, store

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PLAN: dict[str, Any] = {
    "name": "Winter",
    "time_zone": "Europe/Moscow",
    "schedule": {"at": "2026-12-01T10:00"},
    "variants": [{"name": "a", "promo_id": "shoes"}],
    "currency": "RUB",
}
PROMO = a_promo(
    "shoes",
    name="Shoes",
    title={"en": "Off", "ru": "Скидка"},
    text={"en": "Shoes", "ru": "Кроссовки"},
    starts_at="2026-11-01T00:00:00Z",
    ends_at="2027-01-01T00:00:00Z",
)
WINTER = "/v1/admin/campaigns/winter"
ANY = {"if_match": "*"}


@pytest.fixture
def shop(promos: Service, monkeypatch: pytest.MonkeyPatch, standing_clock: Clock) -> Service:
    """With a promo that is active, and a timer to set."""
    for cached in (timer._scheduler, timer._machines):
        cached.cache_clear()
    standing_clock.set(NOW)
    boto3.client("scheduler").create_schedule_group(Name="campaigns")
    for name, value in {
        "WORKFLOW": "arn:aws:states:us-east-1:123456789012:stateMachine:promo-campaign",
        "TIMER_GROUP": "campaigns",
        "TIMER_ROLE": "arn:aws:iam::123456789012:role/timer",
        "TIMER_DEAD_LETTERS": "arn:aws:sqs:us-east-1:123456789012:dlq",
    }.items():
        monkeypatch.setenv(f"STADION_CAMPAIGN_{name}", value)
    ask(promos, "POST", "/v1/admin/promos", PROMO)
    ask(promos, "POST", "/v1/admin/promos/shoes/status", {"action": "activate"}, **ANY)
    return promos


def ask(shop: Service, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    path, _, query = path.partition("?")
    asked = dict(pair.split("=") for pair in query.split("&")) if query else None
    return shop.sign(method, path, body, query=asked, **headers)


def act(shop: Service, action: str) -> Answer:
    return ask(shop, "POST", f"{WINTER}/status", {"action": action}, **ANY)


def timers() -> dict[str, str]:
    client = boto3.client("scheduler")
    names = [one["Name"] for one in client.list_schedules(GroupName="campaigns")["Schedules"]]
    return {name: client.get_schedule(Name=name, GroupName="campaigns")["ScheduleExpression"] for name in names}


class TestPlans:
    def test_a_draft_is_made_changed_and_removed(self, shop: Service) -> None:
        made = ask(shop, "PUT", WINTER, PLAN)
        assert (made.status, made.body["status"], made.body["next_at"]) == (200, "draft", None)
        assert ask(shop, "PUT", WINTER, PLAN).body["code"] == "if_match_required"
        assert ask(shop, "PUT", WINTER, PLAN, if_match='"7"').body["code"] == "version_is_stale"
        shown = ask(shop, "GET", WINTER)
        back = ask(shop, "PUT", WINTER, shown.body["plan"] | {"name": "Spring"}, if_match=shown.etag)
        assert (back.body["plan"]["name"], back.body["revision"]) == ("Spring", 2)
        assert [one["campaign_id"] for one in ask(shop, "GET", "/v1/admin/campaigns").body["items"]] == ["winter"]
        assert ask(shop, "DELETE", WINTER, **ANY).status == 204
        assert ask(shop, "GET", WINTER).body["code"] == "campaign_not_found"

    def test_what_an_answer_names_as_null_may_be_sent_back(self, shop: Service) -> None:
        rule = {"all": [{"not": {"gear": {"categories": ["bike"]}}}, {"consent": "location"}]}
        made = ask(shop, "PUT", WINTER, PLAN | {"audience": rule, "cap": {"offers": 1, "days": 7}})
        back = ask(shop, "PUT", WINTER, made.body["plan"], **ANY)
        assert (back.status, back.body["plan"]) == (200, made.body["plan"])

    def test_all_that_scheduling_would_refuse_is_told_at_once(self, shop: Service) -> None:
        ask(shop, "POST", "/v1/admin/promos", PROMO | {"promo_id": "euros", "currency": "EUR"})
        plan = PLAN | {
            "schedule": {"at": "2026-01-01T10:00"},
            "audience": {"segment": "nobodys"},
            "variants": [{"name": "a", "promo_id": "gone"}, {"name": "b", "promo_id": "euros"}],
        }
        found = ask(shop, "POST", "/v1/admin/campaigns/validate", plan).body
        assert {(one["pointer"], one["code"]) for one in found["problems"]} == {
            ("#/audience/segment", "unknown_segment"),
            ("#/variants/0/promo_id", "unknown_promo"),
            ("#/variants/1/promo_id", "other_currency"),
            ("#/variants/1/promo_id", "promo_not_active_then"),
            ("#/schedule", "nothing_ahead"),
        }

    def test_runs_that_would_overlap_are_refused(self, shop: Service) -> None:
        plan = PLAN | {"schedule": {"cron": "0 10 * * *"}, "experiment": {"for_hours": 48}}
        found = ask(shop, "POST", "/v1/admin/campaigns/validate", plan).body
        assert [one["code"] for one in found["problems"]] == ["begins_too_often"]
        assert "24" in found["problems"][0]["detail"]


class TestStates:
    def test_a_schedule_is_a_timer_in_utc_that_a_pause_takes_back(self, shop: Service) -> None:
        ask(shop, "PUT", WINTER, PLAN)
        for _ in range(2):
            assert act(shop, "schedule").body["next_at"] == "2026-12-01T07:00:00Z"
        assert timers() == {"winter-20261201T070000Z": "at(2026-12-01T07:00:00)"}
        assert (act(shop, "pause").body["next_at"], timers()) == (None, {})
        assert act(shop, "pause").body["status"] == "paused"
        assert act(shop, "resume").body["status"] == "scheduled"
        assert len(timers()) == 1
        assert (act(shop, "end").body["status"], timers()) == ("ended", {})
        assert act(shop, "end").body["status"] == "ended"
        assert act(shop, "resume").body["code"] == "campaign_status_forbids"

    def test_what_is_refused_says_what_can_be_done(self, shop: Service) -> None:
        ask(shop, "PUT", WINTER, PLAN)
        act(shop, "schedule")
        act(shop, "pause")
        refused = act(shop, "schedule").body["detail"]
        assert refused == "A campaign that is paused cannot schedule. What it can: resume, end."

    def test_the_name_of_one_that_ended_before_it_began_is_free(self, shop: Service) -> None:
        for again in ("PUT", "DELETE"):
            ask(shop, "PUT", WINTER, PLAN, **ANY)
            act(shop, "schedule")
            act(shop, "end")
            assert ask(shop, again, WINTER, PLAN if again == "PUT" else None, **ANY).status in {200, 204}
        assert ask(shop, "PUT", WINTER, PLAN).body["status"] == "draft"

    def test_one_that_ran_keeps_its_name_for_its_reports(self, shop: Service) -> None:
        ask(shop, "PUT", WINTER, PLAN)
        act(shop, "schedule")
        begins_at = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)
        shop.enter()
        lifecycle.open_run("winter", "winter-20261201T070000Z", begins_at=begins_at, execution="x", now=begins_at)
        lifecycle.end_run("winter", "winter-20261201T070000Z", begins_at)
        for answer in (ask(shop, "PUT", WINTER, PLAN, **ANY), ask(shop, "DELETE", WINTER, **ANY)):
            assert (answer.status, answer.body["code"]) == (409, "campaign_has_ended")
            assert "Choose another campaign_id" in answer.body["detail"]

    def test_scheduling_tells_of_all_promos_that_are_drafts(self, shop: Service) -> None:
        for name in ("w-a", "w-b"):
            ask(shop, "POST", "/v1/admin/promos", PROMO | {"promo_id": name})
        variants = [{"name": "a", "promo_id": "w-a"}, {"name": "b", "promo_id": "w-b"}]
        ask(shop, "PUT", WINTER, PLAN | {"variants": variants})

        refused = act(shop, "schedule")

        assert refused.status == 422
        assert [(one["pointer"], one["detail"]) for one in refused.body["errors"]] == [
            (f"#/variants/{n}/promo_id", f"The promo w-{name} is a draft: nobody could get it before it is active.")
            for n, name in enumerate("ab")
        ]

    @pytest.mark.parametrize(
        ("ends_at", "rollout", "is_refused"),
        [
            ("2026-12-01T08:00:00Z", {}, True),
            ("2026-12-04T07:00:00Z", {}, False),
            ("2026-12-04T06:59:00Z", {}, True),
            ("2026-12-04T07:00:00Z", {"test_percent": 20}, True),
            ("2026-12-07T07:00:00Z", {"test_percent": 20}, False),
        ],
    )
    def test_a_promo_ends_after_its_campaign(
        self, shop: Service, ends_at: str, rollout: dict[str, Any], is_refused: bool
    ) -> None:
        """promos-15: both ended an hour after the beginning, and "is a good plan"."""
        ask(shop, "PATCH", "/v1/admin/promos/shoes", {"ends_at": ends_at}, **ANY)
        found = ask(shop, "POST", "/v1/admin/campaigns/validate", PLAN | {"rollout": rollout}).body
        assert [one["code"] for one in found["problems"]] == ["promo_ends_inside"] * is_refused
        if is_refused:
            assert "the campaign is not over before 2026-12-0" in found["problems"][0]["detail"]

    @pytest.mark.parametrize(
        ("cron", "until", "ends_at", "over_at"),
        [
            ("0 10 1 * *", "2027-02-28", "2026-12-20T00:00:00Z", "2027-02-04 10:00"),
            ("0 10 1 * *", "2027-02-28", "2027-02-04T06:59:00Z", "2027-02-04 10:00"),
            ("0 10 1 * *", "2027-02-28", "2027-02-04T07:00:00Z", None),
            ("0 10 * * mon,thu", "2027-06-03", "2027-05-01T00:00:00Z", "2027-06-06 10:00"),
            ("0 10 1 * *", None, "2026-12-04T07:00:00Z", None),
        ],
    )
    def test_a_promo_ends_after_the_last_run_of_a_campaign_that_recurs(
        self, shop: Service, cron: str, until: str | None, ends_at: str, over_at: str | None
    ) -> None:
        """It was a good plan if the first run was over before; the campaign paused itself at the second."""
        ask(shop, "PATCH", "/v1/admin/promos/shoes", {"ends_at": ends_at}, **ANY)
        plan = PLAN | {"schedule": {"cron": cron, "until": until}}
        found = ask(shop, "POST", "/v1/admin/campaigns/validate", plan).body
        assert [one["code"] for one in found["problems"]] == ["promo_ends_inside"] * (over_at is not None)
        if over_at is not None:
            assert f"not over before {over_at}" in found["problems"][0]["detail"]

    def test_another_hour_moves_the_timer(self, shop: Service) -> None:
        ask(shop, "PUT", WINTER, PLAN)
        act(shop, "schedule")
        moved = ask(shop, "PUT", WINTER, PLAN | {"schedule": {"at": "2026-12-02T10:00"}}, **ANY)
        assert moved.body["next_at"] == "2026-12-02T07:00:00Z"
        assert list(timers()) == ["winter-20261202T070000Z"]

    def test_what_cannot_begin_is_not_scheduled(self, shop: Service) -> None:
        assert act(shop, "schedule").body["code"] == "campaign_not_found"
        ask(shop, "PUT", WINTER, PLAN | {"schedule": {"at": "2027-06-01T10:00"}})  # a draft may be early
        refused = act(shop, "schedule")
        assert (refused.status, refused.body["code"]) == (422, "rule_is_invalid")
        assert timers() == {}
        for action in ("pause", "resume"):
            assert act(shop, action).body["code"] == "campaign_status_forbids"


def athlete(shop: Service, user_id: str, *, consents: bool = True, registered: datetime = NOW) -> None:
    first = entry("UserRegistered", {"display_name": "A", "language": "en", "time_zone": "UTC"}, user=user_id,
                  source="accounts")  # fmt: skip
    first["detail"]["occurred_at"] = registered.isoformat()
    word = {"kind": "marketing_push", "granted": consents, "text_version": "1", "revision": 1,
            "changed_at": NOW.isoformat()}  # fmt: skip
    counted = word | {"kind": "analytics", "granted": True}
    events = [first, *(entry("ConsentChanged", one, user=user_id, source="accounts") for one in (word, counted))]
    assert shop.invoke("on_account_events", sqs_event(*events)) == {"batchItemFailures": []}


def previewed(shop: Service) -> dict[str, int]:
    """Arm, or why left out -> athletes."""
    counts: dict[str, int] = {}
    cursor = ""
    while cursor is not None:
        page = ask(shop, "GET", f"{WINTER}/preview?limit=7" + (f"&cursor={cursor}" if cursor else "")).body
        for name, number in (page["by_arm"] | page["left_out"]).items():
            counts[name] = counts.get(name, 0) + number
        cursor = page["next_cursor"]
    return counts


def test_a_dry_run_counts_and_writes_nothing(shop: Service) -> None:
    for number in range(30):
        athlete(shop, f"athlete-{number}", consents=number % 10 != 0)
    ask(shop, "PUT", WINTER, PLAN | {"hold_out_percent": 50})
    before = shop.items()
    counts = previewed(shop)
    assert (counts["no_consent"], counts["a"] + counts["hold-out"]) == (3, 27)
    assert counts["a"] > 5 < counts["hold-out"]
    assert shop.items() == before


def test_a_dry_run_counts_the_parts_of_an_sms_in_each_language(shop: Service) -> None:
    """promos-13: 306 characters were cut off before the code."""
    long = {"en": "word " * 99, "ru": "Скидка на всё."}
    ask(shop, "POST", "/v1/admin/promos", PROMO | {"promo_id": "long", "text": long})
    variants = [{"name": "a", "promo_id": "shoes"}, {"name": "b", "promo_id": "long"}]
    ask(shop, "PUT", WINTER, PLAN | {"variants": variants, "channels": ["sms"]})

    answer = ask(shop, "GET", f"{WINTER}/preview")
    assert answer.status == 200, answer.body
    texts = answer.body["sms"]

    assert [(one["variant"], one["language"], one["parts"], one["is_shortened"]) for one in texts] == [
        ("a", "en", 2, False),
        ("a", "ru", 4, False),
        ("b", "en", 5, True),
        ("b", "ru", 4, False),
    ]
    ask(shop, "PUT", WINTER, PLAN, **ANY)
    assert ask(shop, "GET", f"{WINTER}/preview").body["sms"] == []


def test_the_words_whose_parts_are_counted_are_those_that_are_sent() -> None:
    folder = ROOT / "functions" / "promos" / "messages"
    for language in Language:
        words = tomllib.loads((folder / f"{language.value}.toml").read_text(encoding="utf-8"))["promo_offer"]
        assert words == {"title": "{title}", "body": getattr(BODY, language.value)}


def test_a_dry_run_takes_drafts_for_active(shop: Service) -> None:
    athlete(shop, "anna")
    ask(shop, "POST", "/v1/admin/promos", PROMO | {"promo_id": "draft"})
    ask(shop, "PUT", WINTER, PLAN | {"hold_out_percent": 0, "variants": [{"name": "a", "promo_id": "draft"}]})
    assert previewed(shop) == {"a": 1}


def test_who_has_used_the_promo_up_is_not_chosen_and_not_costed(shop: Service) -> None:
    for name in (ATHLETE, "boris"):
        athlete(shop, name)
    ask(shop, "PUT", WINTER, PLAN | {"hold_out_percent": 0})
    issued = ask(shop, "POST", "/v1/admin/promos/shoes/offers", {"user_id": ATHLETE}).body
    assert store(shop, issued["code"], "redeem", **order(user_id=ATHLETE)).status == 200

    assert previewed(shop) == {"a": 1, "promo_limit": 1}


def test_messages_are_counted_once_by_arm_and_day(shop: Service) -> None:
    from promos.campaigns.experiment import message_store as messages

    athlete(shop, ATHLETE)
    new = {"user_id": ATHLETE, "run_id": "winter-1", "campaign_id": "winter", "variant": "a"}
    offer = ask(shop, "POST", "/v1/admin/promos/shoes/offers", new).body
    about = {"notification_id": "n-1", "request_id": f"promo_offer:{offer['offer_id']}", "template": "promo_offer"}
    delivered = [
        entry("NotificationDelivered", {**about, "channel": channel, "campaign_id": "winter"}, user=ATHLETE,
              source="notifications") for channel in ("inbox", "email")
    ]  # fmt: skip
    bounced = entry("NotificationFailed", {**about, "channel": "push", "reason": "no_address", "campaign_id": "winter"},
                    user=ATHLETE, source="notifications")  # fmt: skip
    others = [entry("NotificationDelivered", {**about, "channel": "inbox", "campaign_id": None}, user=ATHLETE,
                    source="notifications")]  # fmt: skip
    for _ in range(2):
        answer = shop.invoke("on_message_events", sqs_event(*delivered, bounced, *others))
        assert answer == {"batchItemFailures": []}
    told = {"delivered.inbox": 1, "delivered.email": 1, "failed.push.no_address": 1}
    assert messages.by_arm("winter", "winter-1") == {"a": told}
    assert messages.by_arm("winter", "winter-2") == {}
    assert messages.by_day("winter", "winter-1") == {"2026-11-20": told}


def test_cohorts_are_weeks_of_registration_and_of_activity(shop: Service) -> None:
    first = NOW - timedelta(days=19)  # Monday, 2 November
    athlete(shop, "anna", registered=first)
    athlete(shop, "ben", registered=first)
    athlete(shop, "eva", registered=NOW)
    for user_id, day in (("anna", "2026-11-03"), ("anna", "2026-11-17"), ("ben", "2026-11-12"), ("ben", "2026-11-13")):
        run = recorded(user=user_id, started_at=f"{day}T06:00:00Z", time_zone="UTC")
        shop.invoke("on_workout_events", sqs_event(run))
    cohorts: dict[str, list[int]] = {}
    cursor = None
    while True:
        page = ask(shop, "GET", "/v1/admin/campaigns/cohorts?limit=100" + (f"&cursor={cursor}" if cursor else "")).body
        for week, counts in page["cohorts"].items():
            old = cohorts.get(week, [0] * len(counts))
            cohorts[week] = [one + other for one, other in zip(old, counts, strict=True)]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert cohorts == {"2026-11-02": [2, 1, 1, 1], "2026-11-16": [1, 0]}
