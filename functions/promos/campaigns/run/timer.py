"""EventBridge Scheduler begins runs, Step Functions drives them."""

import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from promos.settings import TimerSettings
from stadion.as_of import LOCAL
from stadion.clients import Client
from stadion.errors import RequestInProgressError
from stadion.retry import Policy
from stadion.settings import load

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_stepfunctions import SFNClient

MAX_SECONDS_LATE = 3600
"""Scheduler tries again for so long when the state machine cannot be started; then it is a dead letter."""
AHEAD: Final = timedelta(minutes=2)
IN_THE_WAY: Final = Policy(attempts=4, base_s=0.5)


def begin_at(campaign_id: str, run_id: str, begins_at: datetime, now: datetime) -> None:
    """One schedule for each run, which goes when it has fired. Safe to repeat. `RequestInProgressError` when Scheduler
    still removes one of that name."""
    settings = load(TimerSettings)
    schedule: Any = {
        "Name": run_id,
        "GroupName": settings.campaign_timer_group,
        "ScheduleExpression": f"at({fires_at(begins_at, now):%Y-%m-%dT%H:%M:%S})",
        "ScheduleExpressionTimezone": "UTC",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ActionAfterCompletion": "DELETE",
        "Target": {
            "Arn": settings.campaign_workflow,
            "RoleArn": settings.campaign_timer_role,
            "Input": json.dumps(_asked(campaign_id, run_id, begins_at)),
            "RetryPolicy": {"MaximumEventAgeInSeconds": MAX_SECONDS_LATE, "MaximumRetryAttempts": 20},
            "DeadLetterConfig": {"Arn": settings.campaign_timer_dead_letters},
        },
    }
    for _ in IN_THE_WAY.tries():
        try:
            _scheduler().create_schedule(**schedule)
            return
        except _scheduler().exceptions.ConflictException:
            if _is_there(schedule):
                return
    raise RequestInProgressError


def fires_at(begins_at: datetime, now: datetime) -> datetime:
    """Not before two minutes from now: Scheduler is right to the minute, and says nothing of a time that has passed."""
    soonest = now if load(TimerSettings).stage == LOCAL else now + AHEAD
    return max(begins_at, soonest).astimezone(UTC)


def _is_there(schedule: Any) -> bool:
    """Whether what is in the way begins the same; one that was deleted may be in the way and gone."""
    try:
        known = _scheduler().get_schedule(Name=schedule["Name"], GroupName=schedule["GroupName"])
    except _scheduler().exceptions.ResourceNotFoundException:
        return False
    return bool(known["Target"].get("Input") == schedule["Target"]["Input"])


def forget(run_id: str) -> None:
    """That run does not begin by itself. Safe to repeat."""
    try:
        _scheduler().delete_schedule(Name=run_id, GroupName=load(TimerSettings).campaign_timer_group)
    except _scheduler().exceptions.ResourceNotFoundException:
        return


def begin_now(campaign_id: str, run_id: str, begins_at: datetime) -> None:
    """An execution that goes on where the run stands; of two, the first step lets one."""
    _machines().start_execution(
        stateMachineArn=load(TimerSettings).campaign_workflow,
        name=f"{run_id}-{secrets.token_hex(4)}",
        input=json.dumps(_asked(campaign_id, run_id, begins_at)),
    )


def is_running(execution: str) -> bool:
    try:
        return _machines().describe_execution(executionArn=execution)["status"] == "RUNNING"
    except _machines().exceptions.ExecutionDoesNotExist:
        return False


def stop(execution: str, cause: str) -> None:
    _machines().stop_execution(executionArn=execution, error="Stopped", cause=cause)


def _asked(campaign_id: str, run_id: str, begins_at: datetime) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id,
        "run_id": run_id,
        "begins_at": begins_at.astimezone(UTC).isoformat(),
        "correlation_id": run_id,
    }


_scheduler: "Client[EventBridgeSchedulerClient]" = Client("scheduler")


_machines: "Client[SFNClient]" = Client("stepfunctions")
