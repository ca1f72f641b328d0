"""Scheduled queries: their schedules, their runs, what they write."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from timestream_local.errors import ValidationError
from timestream_local.schedule import after
from timestream_local.tests.integration.workshop import (
    START,
    Bench,
    ManualClock,
    TableBench,
    eventually,
    refusal,
    running,
)

HOURLY = """
SELECT host, bin(time, 1h) AS hour, avg(v) AS mean, count(*) AS n, 'daily' AS kind
FROM $t WHERE time <= @scheduled_runtime GROUP BY host, bin(time, 1h)
"""
MEANS = {
    "TargetMultiMeasureName": "hourly",
    "MultiMeasureAttributeMappings": [
        {"SourceColumn": "mean", "MeasureValueType": "DOUBLE", "TargetMultiMeasureAttributeName": "v_mean"},
        {"SourceColumn": "n", "MeasureValueType": "BIGINT"},
    ],
}


def schedule(source: TableBench, target: TableBench, **more: Any) -> str:
    mapping = {
        "DatabaseName": target.database,
        "TableName": target.name,
        "TimeColumn": "hour",
        "DimensionMappings": [{"Name": "host", "DimensionValueType": "VARCHAR"}],
        **({} if "MixedMeasureMappings" in more else {"MultiMeasureMappings": MEANS}),
        **{key: more.pop(key) for key in list(more) if key.endswith(("Mappings", "Column"))},
    }
    request = {
        "Name": "hourly",
        "QueryString": HOURLY.replace("$t", source.sql),
        "ScheduleConfiguration": {"ScheduleExpression": "rate(1 hour)"},
        "NotificationConfiguration": {"SnsConfiguration": {"TopicArn": "arn:aws:sns:us-east-1:000000000000:done"}},
        "ScheduledQueryExecutionRoleArn": "arn:aws:iam::000000000000:role/queries",
        "ErrorReportConfiguration": {"S3Configuration": {"BucketName": "errors"}},
        "TargetConfiguration": {"TimestreamConfiguration": mapping},
        **more,
    }
    arn: str = source.bench.ask.create_scheduled_query(**request)["Arn"]
    return arn


def described(bench: Bench, arn: str) -> dict[str, Any]:
    found: dict[str, Any] = bench.ask.describe_scheduled_query(ScheduledQueryArn=arn)["ScheduledQuery"]
    return found


def source_and_target(bench: Bench) -> tuple[TableBench, TableBench]:
    source, target = bench.table(), bench.table()
    source.put(*[source.multi(host=host, before_s=60, v=v) for host, v in (("a", 1.0), ("b", 3.0))])
    source.put(*[source.multi(host=host, before_s=30, v=v) for host, v in (("a", 2.0), ("b", 5.0))])
    return source, target


def test_executed_by_hand_it_writes_into_its_target(fresh: Bench) -> None:
    source, target = source_and_target(fresh)
    arn = schedule(source, target)
    fresh.ask.execute_scheduled_query(ScheduledQueryArn=arn, InvocationTime=START)
    assert target.rows("SELECT host, measure_name, v_mean, n FROM $t ORDER BY host") == [
        ["a", "hourly", 1.5, 2],
        ["b", "hourly", 4.0, 2],
    ]
    run = described(fresh, arn)["LastRunSummary"]
    assert run["RunStatus"] == "MANUAL_TRIGGER_SUCCESS"
    assert run["ExecutionStats"]["RecordsIngested"] == 2


def test_run_again_later_it_updates_what_it_wrote(fresh: Bench) -> None:
    source, target = source_and_target(fresh)
    arn = schedule(source, target)
    fresh.ask.execute_scheduled_query(ScheduledQueryArn=arn, InvocationTime=START)
    source.put(source.multi(host="a", before_s=10, v=9.0))
    fresh.ask.execute_scheduled_query(ScheduledQueryArn=arn, InvocationTime=START + timedelta(minutes=1))
    assert target.rows("SELECT v_mean, n FROM $t WHERE host = 'a'") == [[4.0, 3]]


def test_the_run_time_bounds_what_it_sees(fresh: Bench) -> None:
    source, target = source_and_target(fresh)
    arn = schedule(source, target)
    fresh.ask.execute_scheduled_query(ScheduledQueryArn=arn, InvocationTime=START - timedelta(seconds=45))
    assert target.rows("SELECT host, v_mean FROM $t ORDER BY host") == [["a", 1.0], ["b", 3.0]]


def test_it_runs_by_itself_when_its_time_has_come(fresh: Bench) -> None:
    source, target = source_and_target(fresh)
    arn = schedule(source, target)
    assert described(fresh, arn)["NextInvocationTime"] == START + timedelta(hours=1)
    assert "LastRunSummary" not in described(fresh, arn)
    fresh.clock.forward(hours=1)
    run = eventually(lambda: described(fresh, arn).get("LastRunSummary"))
    assert run["RunStatus"] == "AUTO_TRIGGER_SUCCESS"
    assert run["InvocationTime"] == START + timedelta(hours=1)
    assert len(target.rows("SELECT * FROM $t")) == 2
    assert described(fresh, arn)["NextInvocationTime"] == START + timedelta(hours=2)


def test_a_disabled_one_does_not_run(fresh: Bench) -> None:
    source, target = source_and_target(fresh)
    arn = schedule(source, target)
    fresh.ask.update_scheduled_query(ScheduledQueryArn=arn, State="DISABLED")
    fresh.clock.forward(hours=5)
    fresh.endpoint.scheduled.run_due()
    assert "LastRunSummary" not in described(fresh, arn)
    fresh.ask.update_scheduled_query(ScheduledQueryArn=arn, State="ENABLED")
    assert described(fresh, arn)["NextInvocationTime"] == START + timedelta(hours=6)


def test_mixed_measures_become_records_of_one_value(fresh: Bench) -> None:
    source, target = source_and_target(fresh)
    mixed = [
        {"MeasureName": "mean", "MeasureValueType": "DOUBLE", "TargetMeasureName": "avg_v", "SourceColumn": "mean"},
        {"MeasureName": "n", "MeasureValueType": "BIGINT", "SourceColumn": "n"},
    ]
    arn = schedule(source, target, MixedMeasureMappings=mixed)
    fresh.ask.execute_scheduled_query(ScheduledQueryArn=arn, InvocationTime=START)
    found = target.rows("SELECT measure_name, measure_value::double, measure_value::bigint FROM $t WHERE host = 'a'")
    assert sorted(found) == [["avg_v", 1.5, None], ["n", None, 2]]


def test_a_run_that_fails_says_why(fresh: Bench) -> None:
    source, target = source_and_target(fresh)
    arn = schedule(source, target, TimeColumn="nothing")
    fresh.ask.execute_scheduled_query(ScheduledQueryArn=arn, InvocationTime=START)
    found = described(fresh, arn)
    assert found["LastRunSummary"]["RunStatus"] == "MANUAL_TRIGGER_FAILURE"
    assert "nothing" in found["RecentlyFailedRuns"][0]["FailureReason"]


def test_rejected_records_are_a_failure(fresh: Bench) -> None:
    source, target = source_and_target(fresh)
    query = f"SELECT host, time - 90d AS hour, v AS mean, 1 AS n FROM {source.sql}"
    arn = schedule(source, target, QueryString=query)
    fresh.ask.execute_scheduled_query(ScheduledQueryArn=arn, InvocationTime=START)
    assert "rejected" in described(fresh, arn)["LastRunSummary"]["FailureReason"]


def test_a_query_that_cannot_run_is_refused_when_it_is_made(fresh: Bench) -> None:
    source, target = source_and_target(fresh)
    refusal(lambda: schedule(source, target, QueryString="SELECT read_csv('x')"), "ValidationException")
    bad = {"ScheduleExpression": "every day"}
    refusal(lambda: schedule(source, target, ScheduleConfiguration=bad), "ValidationException")


def test_it_is_listed_tagged_and_deleted(fresh: Bench) -> None:
    source, target = source_and_target(fresh)
    arn = schedule(source, target, Tags=[{"Key": "a", "Value": "1"}])
    refusal(lambda: schedule(source, target, ClientToken="x" * 32), "ConflictException")
    (listed,) = fresh.ask.list_scheduled_queries()["ScheduledQueries"]
    assert (listed["Arn"], listed["State"]) == (arn, "ENABLED")
    assert fresh.ask.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "1"}]
    fresh.ask.delete_scheduled_query(ScheduledQueryArn=arn)
    refusal(lambda: described(fresh, arn), "ResourceNotFoundException")


def test_it_is_still_there_after_a_restart(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock=clock) as bench:
        source, target = source_and_target(bench)
        arn = schedule(source, target)
    clock.forward(hours=1)
    with running(tmp_path, clock=clock) as again:
        eventually(lambda: described(again, arn).get("LastRunSummary"))
        target.bench = again
        assert len(target.rows("SELECT * FROM $t")) == 2


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("rate(5 minutes)", datetime(2026, 11, 21, 12, 5, tzinfo=UTC)),
        ("rate(1minute)", datetime(2026, 11, 21, 12, 1, tzinfo=UTC)),
        ("rate(2 days)", datetime(2026, 11, 23, 12, 0, tzinfo=UTC)),
        ("cron(0/2 * * * ? *)", datetime(2026, 11, 21, 12, 2, tzinfo=UTC)),
        ("cron(15 10 * * ? *)", datetime(2026, 11, 22, 10, 15, tzinfo=UTC)),
        ("cron(0 8 1 * ? *)", datetime(2026, 12, 1, 8, 0, tzinfo=UTC)),
        ("cron(0 18 ? * MON-FRI *)", datetime(2026, 11, 23, 18, 0, tzinfo=UTC)),
        ("cron(30 9 ? JAN 1 2027)", datetime(2027, 1, 3, 9, 30, tzinfo=UTC)),
        ("cron(0 0 29 2 ? *)", datetime(2028, 2, 29, tzinfo=UTC)),
        ("cron(0 12 * * ?)", datetime(2026, 11, 22, 12, 0, tzinfo=UTC)),
    ],
)
def test_the_next_run(expression: str, expected: datetime) -> None:
    assert after(expression)(START) == expected


def test_a_schedule_that_never_comes_again_has_no_next_run() -> None:
    assert after("cron(0 0 1 1 ? 2020)")(START) is None


@pytest.mark.parametrize(
    "expression",
    [
        "rate(0 minutes)",
        "rate(5 weeks)",
        "cron(* * * * * *)",
        "cron(0 0 ? * ? *)",
        "cron(60 * * * ? *)",
        "cron(1 2)",
        "",
    ],
)
def test_a_schedule_that_is_none_is_refused(expression: str) -> None:
    with pytest.raises(ValidationError):
        after(expression)
