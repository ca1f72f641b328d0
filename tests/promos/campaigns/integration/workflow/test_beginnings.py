"""Runs that begin twice, late, or not at all."""

from datetime import datetime

import boto3
import pytest

from tests.kit.clock import Clock
from tests.promos.campaigns.integration.workflow.world import CAMPAIGN, PLAN, RUN, Shop, people, promo

pytestmark = pytest.mark.long


def test_a_beginning_that_comes_twice_is_one_run(shop: Shop) -> None:
    people(12)
    shop.plan()
    shop.act("schedule")
    shop.begin()
    shop.begin()
    assert shop.wait() == ["SUCCEEDED", "SUCCEEDED"]
    assert shop.calls["close_campaign"] == 1
    shop.begin()
    assert shop.wait() == ["SUCCEEDED"] * 3
    assert shop.calls["close_campaign"] == 1


def test_a_beginning_that_was_lost_is_made_good_by_hand(shop: Shop, standing_clock: Clock) -> None:
    """Scheduler could not start it: the message is a dead letter, and the campaign waits."""
    people(12)
    shop.plan()
    shop.act("schedule")
    standing_clock.advance(minutes=30)
    shop.act("resume")
    assert shop.wait() == ["SUCCEEDED"]
    assert shop.run()["outcome"] == "completed"


def test_a_promo_that_is_off_at_the_hour_pauses_the_campaign_until_it_is_mended(shop: Shop) -> None:
    people(12)
    shop.plan()
    shop.act("schedule")
    promo(shop, "delivery", "pause")
    shop.begin()
    shop.wait()
    campaign = shop.admin("GET", f"/campaigns/{CAMPAIGN}")
    assert (campaign["status"], campaign["paused_by"], campaign["run_id"]) == ("paused", "promo_not_active_then", None)
    with pytest.raises(AssertionError, match="nobody could get it"):
        shop.act("resume")
    promo(shop, "delivery", "activate")
    shop.act("resume")
    shop.begin()
    assert shop.wait()[-1] == "SUCCEEDED"
    assert shop.run()["outcome"] == "completed"


def test_what_should_begin_while_a_run_goes_on_begins_later(shop: Shop) -> None:
    from promos.campaigns.run import service as lifecycle

    people(12)
    shop.plan()
    shop.act("schedule")
    shop.before["send_batch"] = lambda number: shop.kill() if number == 1 else None
    shop.begin()
    shop.wait()
    again = PLAN | {"schedule": {"at": "2025-12-01T10:30"}}
    moved = shop.admin("PUT", f"/campaigns/{CAMPAIGN}", again, if_match="*")
    due = datetime.fromisoformat(moved["next_at"])
    refused = lifecycle.open_run(CAMPAIGN, "winter-2025-20251201T073000Z", begins_at=due, execution="x", now=due)
    assert refused == "the_run_before_goes_on"
    assert shop.admin("GET", f"/campaigns/{CAMPAIGN}")["next_at"] == "2025-12-01T07:40:00Z"


def test_an_audience_of_nobody_ends_the_run(shop: Shop) -> None:
    people(7, without_consent=7)
    shop.plan()
    shop.act("schedule")
    shop.begin()
    assert shop.wait() == ["SUCCEEDED"]
    run = shop.run()
    assert (run["outcome"], run["reason"], run["audience"]["left_out"]) == (
        "completed",
        "nobody_to_tell",
        {"no_consent": 7},
    )
    assert shop.report()["total"]["athletes"] == 0


def test_what_recurs_has_its_next_beginning_when_one_begins(shop: Shop) -> None:
    people(12)
    shop.plan(schedule={"cron": "0 10 * * mon"})
    shop.act("schedule")
    shop.begin()
    assert shop.wait() == ["SUCCEEDED"]
    campaign = shop.admin("GET", f"/campaigns/{CAMPAIGN}")
    assert (campaign["status"], campaign["next_at"], campaign["run_id"]) == ("scheduled", "2025-12-08T07:00:00Z", None)
    schedules = boto3.client("scheduler").list_schedules(GroupName="stadion-campaigns")["Schedules"]
    assert sorted(one["Name"] for one in schedules) == [RUN, "winter-2025-20251208T070000Z"]
