"""Schedules: in good time, and once for each run."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from promos.campaigns.run import timer
from stadion import settings
from stadion.errors import RequestInProgressError
from stadion.retry import Policy

NOW = datetime(2026, 11, 21, 9, 0, 30, tzinfo=UTC)


@pytest.fixture
def scheduler(moto: pytest.MonkeyPatch) -> Any:
    made: Any = boto3.client("scheduler")
    made.create_schedule_group(Name="campaigns")
    for name, value in {
        "CAMPAIGN_WORKFLOW": "arn:aws:states:us-east-1:123456789012:stateMachine:promo-campaign",
        "CAMPAIGN_TIMER_GROUP": "campaigns",
        "CAMPAIGN_TIMER_ROLE": "arn:aws:iam::123456789012:role/timer",
        "CAMPAIGN_TIMER_DEAD_LETTERS": "arn:aws:sqs:us-east-1:123456789012:dlq",
        "SERVICE": "promos",
    }.items():
        moto.setenv(f"STADION_{name}", value)
    moto.setattr(timer, "IN_THE_WAY", Policy(attempts=3, base_s=0))
    settings.forget()
    return made


def expression(scheduler: Any, name: str = "run") -> str:
    return str(scheduler.get_schedule(Name=name, GroupName="campaigns")["ScheduleExpression"])


@pytest.mark.parametrize(
    ("begins_in", "fires"),
    [
        (timedelta(hours=1), "at(2026-11-21T10:00:30)"),
        (timedelta(seconds=20), "at(2026-11-21T09:02:30)"),
        (-timedelta(days=1), "at(2026-11-21T09:02:30)"),
    ],
)
def test_a_schedule_is_never_nearer_than_two_minutes(scheduler: Any, begins_in: timedelta, fires: str) -> None:
    timer.begin_at("winter", "run", NOW + begins_in, NOW)

    assert expression(scheduler) == fires


def test_the_same_schedule_twice_is_one(scheduler: Any) -> None:
    for _ in range(2):
        timer.begin_at("winter", "run", NOW + timedelta(hours=1), NOW)

    assert expression(scheduler) == "at(2026-11-21T10:00:30)"


def test_another_schedule_in_the_way_is_not_taken_for_ours(scheduler: Any) -> None:
    """Such as one that was deleted, and which Scheduler has not yet removed."""
    timer.begin_at("summer", "run", NOW + timedelta(hours=1), NOW)

    with pytest.raises(RequestInProgressError):
        timer.begin_at("winter", "run", NOW + timedelta(hours=1), NOW)
