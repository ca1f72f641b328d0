"""EventBridge Scheduler begins runs, Step Functions drives them."""

import json
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from promos.settings import TimerSettings
from stadion.clients import Client
from stadion.settings import load

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_stepfunctions import SFNClient

MAX_SECONDS_LATE = 3600
"""Scheduler tries again for so long when the state machine cannot be started; then it is a dead letter."""


def begin_at(campaign_id: str, run_id: str, begins_at: datetime) -> None:
    """One schedule for each run, which goes when it has fired. Safe to repeat."""
    settings = load(TimerSettings)
    try:
        _scheduler().create_schedule(
            Name=run_id,
            GroupName=settings.campaign_timer_group,
            ScheduleExpression=f"at({begins_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})",
            ScheduleExpressionTimezone="UTC",
            FlexibleTimeWindow={"Mode": "OFF"},
            ActionAfterCompletion="DELETE",
            Target={
                "Arn": settings.campaign_workflow,
                "RoleArn": settings.campaign_timer_role,
                "Input": json.dumps(_asked(campaign_id, run_id, begins_at)),
                "RetryPolicy": {"MaximumEventAgeInSeconds": MAX_SECONDS_LATE, "MaximumRetryAttempts": 20},
                "DeadLetterConfig": {"Arn": settings.campaign_timer_dead_letters},
            },
        )
    except _scheduler().exceptions.ConflictException:
        return


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
