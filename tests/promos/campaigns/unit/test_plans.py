"""Campaigns before anything is stored: hours as instants, athletes as arms, plans as marketing writes them."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from promos.campaigns.experiment.findings import Findings, guardrails
from promos.campaigns.experiment.measures import Sums, sums_of
from promos.campaigns.experiment.message_store import cost_minor
from promos.campaigns.plan.domain import last_instant, next_instant, run_id_of
from promos.campaigns.plan.values import HOLD_OUT, REST, CampaignPlan, CampaignSchedule
from promos.campaigns.run.assignment import arm_of
from promos.campaigns.run.domain import Run
from promos.facts import GivenBack, Line, Order, Purchase, purchases_of
from promos.offers.domain import Offer

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PLAN: dict[str, Any] = {
    "name": "Winter",
    "time_zone": "Europe/Berlin",
    "schedule": {"at": "2026-12-01T10:00"},
    "variants": [{"name": "a", "promo_id": "pa"}, {"name": "b", "promo_id": "pb"}],
    "currency": "RUB",
}
CLOCKS = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Tehran",
    "Europe/Moscow",
    "Africa/Casablanca",
]
ATHLETES = [f"athlete-{number}" for number in range(20_000)]


def plan(**changes: Any) -> CampaignPlan:
    return CampaignPlan.model_validate(PLAN | changes)


def at(hour: str) -> CampaignSchedule:
    return CampaignSchedule.model_validate({"at": hour})


def cron(expression: str, **more: Any) -> CampaignSchedule:
    return CampaignSchedule.model_validate({"cron": expression, **more})


class TestHours:
    @pytest.mark.parametrize(
        ("zone", "hour", "instant"),
        [
            ("UTC", "2026-12-01T10:00", "2026-12-01T10:00"),
            ("Europe/Moscow", "2026-12-01T10:00", "2026-12-01T07:00"),
            ("America/New_York", "2027-07-01T10:00", "2027-07-01T14:00"),
            ("America/New_York", "2027-12-01T10:00", "2027-12-01T15:00"),
            ("Europe/Berlin", "2027-03-28T02:30", "2027-03-28T01:00"),  # left out: when the clocks have gone on
            ("Australia/Lord_Howe", "2027-10-03T02:15", "2027-10-02T15:30"),
            ("Europe/Berlin", "2027-10-31T02:30", "2027-10-31T00:30"),  # comes twice: the first time
            ("Asia/Kathmandu", "2026-12-01T10:00", "2026-12-01T04:15"),
            ("Pacific/Apia", "2026-12-01T10:00", "2026-11-30T21:00"),
        ],
    )
    def test_an_hour_on_a_clock_is_an_instant(self, zone: str, hour: str, instant: str) -> None:
        assert next_instant(at(hour), zone, NOW) == datetime.fromisoformat(instant).replace(tzinfo=UTC)

    def test_what_is_past_does_not_begin(self) -> None:
        assert next_instant(at("2026-11-21T10:00"), "Europe/Berlin", NOW) is None
        assert next_instant(at("2026-11-21T10:01"), "Europe/Berlin", NOW) is not None

    def test_every_day_at_ten_is_ten_on_the_clock_also_when_clocks_change(self) -> None:
        found, moment = [], datetime(2027, 3, 26, 12, tzinfo=UTC)
        for _ in range(5):
            following = next_instant(cron("0 10 * * *"), "Europe/Berlin", moment)
            assert following is not None
            found.append(following)
            moment = following
        assert [one.astimezone(ZoneInfo("Europe/Berlin")).strftime("%d %H:%M") for one in found] == [
            "27 10:00", "28 10:00", "29 10:00", "30 10:00", "31 10:00"
        ]  # fmt: skip
        assert found[1] - found[0] == timedelta(hours=23)

    def test_an_hour_that_is_left_out_begins_and_one_that_comes_twice_begins_once(self) -> None:
        spring, autumn = datetime(2027, 3, 27, 12, tzinfo=UTC), datetime(2027, 10, 30, 12, tzinfo=UTC)
        left_out = next_instant(cron("30 2 * * *"), "Europe/Berlin", spring)
        assert left_out is not None
        assert left_out.date() == date(2027, 3, 28)
        first = next_instant(cron("30 2 * * *"), "Europe/Berlin", autumn)
        assert first is not None
        second = next_instant(cron("30 2 * * *"), "Europe/Berlin", first)
        assert second is not None
        assert second - first > timedelta(hours=20)

    @given(
        change=st.sampled_from(
            [
                ("Europe/Berlin", date(2027, 3, 28)), ("America/New_York", date(2027, 3, 14)),
                ("Australia/Lord_Howe", date(2027, 10, 3)), ("Africa/Cairo", date(2027, 4, 30)),
                ("Europe/Berlin", date(2027, 10, 31)), ("Australia/Lord_Howe", date(2027, 4, 4)),
            ]
        ),
        minute=st.integers(0, 299),
    )  # fmt: skip
    def test_an_hour_begins_alike_whether_it_stands_in_at_or_in_cron(
        self, change: tuple[str, date], minute: int
    ) -> None:
        zone, day = change
        hour = datetime.combine(day, time(minute // 60, minute % 60))
        before = datetime.combine(day, time(), UTC) - timedelta(hours=12)
        daily = cron(f"{hour.minute} {hour.hour} {hour.day} {hour.month} *")
        assert next_instant(at(f"{hour:%Y-%m-%dT%H:%M}"), zone, before) == next_instant(daily, zone, before)

    @pytest.mark.parametrize("moment", ["2027-02-01", 1801476000, "2027-02-01T10", "10:00", "2027-02-01T24:00"])
    def test_a_beginning_without_a_day_and_an_hour_is_refused_in_words(self, moment: object) -> None:
        with pytest.raises(ValidationError, match=r"2026-12-01T10:00"):
            CampaignSchedule.model_validate({"at": moment})

    def test_the_last_day_is_a_day_on_the_clock(self) -> None:
        weekly = cron("0 23 * * mon", until="2026-11-30")
        first = next_instant(weekly, "America/New_York", NOW)
        assert first == datetime(2026, 11, 24, 4, tzinfo=UTC)
        last = next_instant(weekly, "America/New_York", first)
        assert last == datetime(2026, 12, 1, 4, tzinfo=UTC)
        assert next_instant(weekly, "America/New_York", last) is None

    @pytest.mark.parametrize("until", ["2199-12-31", "9999-12-30", "9999-12-31"])
    @pytest.mark.parametrize("zone", ["Etc/GMT+12", "UTC", "Pacific/Kiritimati"])
    def test_a_last_day_may_be_the_last_of_the_calendar(self, until: str, zone: str) -> None:
        daily = cron("0 23 * * *", until=until)
        first = next_instant(daily, zone, NOW)
        assert first is not None
        assert last_instant(daily, zone, first) > datetime(2199, 12, 29, tzinfo=UTC)

    @given(st.integers(min_value=0, max_value=5 * 365 * 24 * 60), st.sampled_from(CLOCKS))
    def test_a_next_beginning_is_always_ahead(self, minutes: int, zone: str) -> None:
        after = NOW + timedelta(minutes=minutes)
        following = next_instant(cron("30 2 * * *"), zone, after)
        assert following is not None
        assert timedelta(0) < following - after <= timedelta(hours=26)

    def test_a_runs_name_fits_scheduler_and_tells_when(self) -> None:
        name = run_id_of("c" * 40, datetime(2026, 12, 1, 10, tzinfo=ZoneInfo("Europe/Berlin")))
        assert name.endswith("-20261201T090000Z")
        assert len(name) <= 64


class TestArms:
    def test_shares_are_as_planned(self) -> None:
        weights = [{"name": "a", "promo_id": "pa", "weight": 3}, {"name": "b", "promo_id": "pa", "weight": 1}]
        made = plan(hold_out_percent=10, variants=weights, rollout={"test_percent": 40})
        found = Counter(arm_of("winter", made, user_id) for user_id in ATHLETES)
        expected = {HOLD_OUT: 0.1, REST: 0.54, "a": 0.27, "b": 0.09}
        assert {arm: round(found[arm] / len(ATHLETES), 1) for arm in expected} == {
            arm: round(share, 1) for arm, share in expected.items()
        }
        for arm, share in expected.items():
            assert abs(found[arm] - share * len(ATHLETES)) < 4 * (len(ATHLETES) * share * (1 - share)) ** 0.5

    def test_a_larger_hold_out_or_test_moves_nobody_between_variants(self) -> None:
        small = plan(hold_out_percent=5, rollout={"test_percent": 20})
        large = plan(hold_out_percent=30, rollout={"test_percent": 80})
        for user_id in ATHLETES[:3000]:
            before, after = arm_of("winter", small, user_id), arm_of("winter", large, user_id)
            if before in "ab" and after != HOLD_OUT:
                assert after == before
            if before == HOLD_OUT:
                assert after == HOLD_OUT

    def test_campaigns_are_independent(self) -> None:
        made = plan(hold_out_percent=50)
        one = {user_id for user_id in ATHLETES if arm_of("winter", made, user_id) == HOLD_OUT}
        other = {user_id for user_id in ATHLETES if arm_of("summer", made, user_id) == HOLD_OUT}
        assert abs(len(one & other) / len(ATHLETES) - 0.25) < 0.02


class TestPlans:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"schedule": {}}, "not both"),
            ({"schedule": {"at": "2026-12-01T10:00", "cron": "0 10 * * *"}}, "not both"),
            ({"schedule": {"at": "2026-12-01T10:00+03:00"}}, "without an offset"),
            ({"schedule": {"cron": "0 10 * *"}}, "five fields"),
            ({"schedule": {"cron": "0 0 10 * * *"}}, "five fields"),
            ({"schedule": {"cron": "61 10 * * *"}}, "five fields"),
            ({"schedule": {"cron": "0 10 31 2 *"}}, "five fields"),
            ({"schedule": {"at": "2026-12-01T10:00", "until": "2027-01-01"}}, "goes with"),
            ({"time_zone": "Mars/Olympus"}, "IANA"),
            ({"variants": []}, "at least 1"),
            ({"variants": [{"name": "a", "promo_id": "pa"}] * 2}, "different names"),
            ({"variants": [{"name": "rest", "promo_id": "pa"}]}, "different names"),
            ({"hold_out_percent": 95}, "less than or equal to 90"),
            ({"experiment": {"confidence": 1}}, "less than or equal to 0.999"),
            ({"unknown": 1}, "Extra inputs"),
        ],
    )
    def test_what_is_refused(self, changes: dict[str, Any], said: str) -> None:
        with pytest.raises(ValidationError, match=said):
            plan(**changes)

    def test_a_plan_is_kept_as_it_was_written(self) -> None:
        made = plan(audience={"not": {"gear": {"categories": ["running_shoes"]}}}, cap={"offers": 1, "days": 14})
        assert CampaignPlan.model_validate(made.stored()) == made
        assert CampaignPlan.model_validate(made.model_dump(mode="json", by_alias=True)) == made


def run(**changes: Any) -> Run:
    return Run(
        run_id="r", campaign_id="c", plan=plan(**changes), execution="x", begins_at=NOW, opened_at=NOW, sent_at=NOW
    )


class TestLooks:
    def test_they_come_in_rows_and_the_last_is_the_horizon(self) -> None:
        one = run(experiment={"for_hours": 60, "look_every_hours": 24})
        hours = [(one.changed(looks=looks).next_look_at or NOW) - NOW for looks in range(4)]
        assert hours == [timedelta(hours=hour) for hour in (24, 48, 60, 60)]

    def test_after_the_rollout_there_is_one_more(self) -> None:
        one = run(rollout={"close_after_hours": 10}).changed(rolled_out_at=NOW + timedelta(days=3))
        assert one.next_look_at == NOW + timedelta(days=3, hours=10)


class TestGuardrails:
    def found(self, **sums: int) -> Findings:
        return Findings(arms={"a": Sums(**sums), HOLD_OUT: Sums(athletes=100, issued=0)})

    def test_a_percentage_of_few_says_nothing(self) -> None:
        one = run(guardrails={"withdrawn_percent": 1, "least_athletes": 100})
        assert guardrails(one, self.found(issued=99, withdrawn=50)) == []
        (rail,) = guardrails(one, self.found(issued=100, withdrawn=2))
        assert (rail.value, rail.is_passed) == (2, True)
        assert guardrails(one, self.found(issued=100, withdrawn=1))[0].is_passed is False

    def test_spend_is_discounts_and_messages(self) -> None:
        one = run(guardrails={"spend_minor": 1000}, costs={"per_thousand_minor": {"sms": 250_000}})
        found = self.found(issued=1, discount_minor=600).model_copy(update={"messages": {"a": {"delivered.sms": 2}}})
        (rail,) = guardrails(one, found)
        assert (rail.value, rail.is_passed) == (1100, True)

    def test_the_smallest_unit_is_rounded_up(self) -> None:
        made = plan(costs={"per_thousand_minor": {"email": 900}})
        assert cost_minor(made, [{"delivered.email": 1, "failed.email.bounced": 9, "delivered.inbox": 5}]) == 1
        assert cost_minor(made, [{"delivered.email": 1000}, {"delivered.email": 500}]) == 1350


class TestSums:
    LINE = Line(quantity=2, price_minor=500)

    def order(self, hours: float, *, total: int = 1000, currency: str = "RUB", returns: int | None = 0) -> Order:
        at = NOW + timedelta(hours=hours)
        done = Purchase(completed_at=at, total_minor=total, currency=currency, lines=[self.LINE])
        if returns == 0:
            return Order(completed=done)
        line = self.LINE.model_copy(update={"quantity": returns or 2})
        back = GivenBack(returned_at=NOW, lines=[line], is_whole=returns is None)
        return Order(completed=done, returns={"1": back})

    def sums(self, *orders: Order, offer: Offer | None = None) -> Sums:
        return sums_of(run(), offer, list(orders), NOW + timedelta(hours=10))

    def test_orders_of_the_run_count_less_what_came_back(self) -> None:
        found = self.sums(self.order(1), self.order(2, returns=1), self.order(3, returns=None))
        assert (found.orderers, found.orders, found.revenue_minor, found.revenue_squares) == (1, 2, 1500, 1500**2)

    def test_other_times_do_not(self) -> None:
        assert self.sums(self.order(-1), self.order(11)).orders == 0

    def test_money_of_two_currencies_is_never_added(self) -> None:
        found = self.sums(self.order(1), self.order(2, currency="EUR"))
        assert (found.orders, found.orders_in_other_currencies, found.revenue_minor) == (2, 1, 1000)

    def test_who_paid_nothing_and_kept_the_goods_has_ordered(self) -> None:
        found = self.sums(self.order(1, total=0))
        assert (found.orderers, found.orders, found.revenue_minor) == (1, 1, 0)

    def test_a_new_customer_had_never_ordered(self) -> None:
        assert self.sums(self.order(1)).new_customers == 1
        assert self.sums(self.order(-1000), self.order(1)).new_customers == 0

    def test_steps_after_the_look_wait_for_the_next(self) -> None:
        offer = Offer(
            offer_id="o", user_id="u", promo_id="pa", run_id="r", code="C", is_personal=True, issued_at=NOW,
            expires_at=NOW, viewed_at=NOW, clicked_at=NOW + timedelta(hours=11), redeemed_at=NOW, discount_minor=7,
        )  # fmt: skip
        found = self.sums(offer=offer)
        assert (found.issued, found.viewed, found.clicked, found.redeemed, found.discount_minor) == (1, 1, 0, 1, 7)


def test_an_order_that_was_kept_as_an_event_is_read() -> None:
    """Until 2026-11-28 promos kept what the store told with all its fields."""
    line = {"sku": "s", "name": "Shoes", "quantity": 2, "price_minor": 500, "wear_category": "running_shoes"}
    told = {"order_id": "o", "partner_id": "p", "lines": [line], "code": "RUN-1"}
    done = told | {"total_minor": 1000, "discount_minor": 0, "currency": "RUB", "completed_at": "2026-11-20T09:30:00Z"}
    back = told | {"returned_at": "2026-11-21T09:30:00Z", "is_whole": False, "order_version": 2}

    order = Order.model_validate({"completed": done, "returns": {"2026-11-21T09:30:00+00:00": back}})

    assert order.version == 2
    assert purchases_of(order)["BOUGHT#2026-11-20"] == {}


def test_a_return_of_an_order_that_was_kept_without_skus_is_of_its_line() -> None:
    """Between 2026-11-28 and 2026-12 promos kept no SKUs."""
    lines = [Line(quantity=2, price_minor=500, wear_category="socks"), Line(quantity=1, price_minor=900)]
    done = Purchase(completed_at=NOW, total_minor=1900, currency="EUR", lines=lines)
    piece = Line(sku="s", quantity=1, price_minor=500, wear_category="socks")
    order = Order(completed=done).with_news(GivenBack(version=2, returned_at=NOW, is_whole=False, lines=[piece]))
    paid = order.paid()
    assert paid is not None
    assert ([line.kept for line in paid.lines], paid.kept_minor) == ([1, 1], 1400)
