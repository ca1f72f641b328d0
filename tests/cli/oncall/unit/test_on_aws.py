"""On call for an AWS account: one query over all logs, what stands still, and whose emulator is never asked."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber
from moto import mock_aws
from typer.testing import CliRunner

from stadion_cli.app import app
from stadion_cli.base.output import show_json, show_table
from stadion_cli.base.outputs import Outputs
from stadion_cli.base.target import AwsAccount, Target
from stadion_cli.oncall import insights, logs, trace
from stadion_cli.oncall.loglines import PREFIX
from stadion_cli.stack import glance
from stadion_cli.stack.glance import look

SINCE = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
GROUP = "123456789012:/aws/lambda/stadion-workouts-api"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> AwsAccount:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setattr(insights, "POLL_S", 0)
    return AwsAccount("an account")


def row(ptr: str, at: str, **said: Any) -> list[dict[str, str]]:
    found = {"@ptr": ptr, "@timestamp": at, "@log": GROUP, "@message": json.dumps({"message": "answered", **said})}
    return [{"field": name, "value": value} for name, value in found.items()]


def answers(stub: Stubber, *pages: list[Any], query: Any = ANY, status: str = "Complete") -> None:
    for page in pages:
        asked = {"queryString": query, "startTime": ANY, "endTime": ANY, "limit": insights.AT_ONCE}
        stub.add_response("start_query", {"queryId": "q"}, asked)
        stub.add_response("get_query_results", {"status": "Running", "results": []}, {"queryId": "q"})
        stub.add_response("get_query_results", {"status": status, "results": page}, {"queryId": "q"})


@pytest.fixture
def stub(aws: AwsAccount) -> Iterator[Stubber]:
    with Stubber(aws.logs) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def test_all_functions_are_searched_by_one_query(aws: AwsAccount, stub: Stubber) -> None:
    query = (
        'SOURCE logGroups(namePrefix: ["/aws/lambda/stadion-"]) | fields @timestamp, @log, @message, @ptr '
        '| filter @message like "c1" or @message like "c2" | sort @timestamp asc | limit 10000'
    )
    found = [row("b", "2026-11-30 06:30:01.250", correlation_id="c2"), row("a", "2026-11-30 06:30:00.000")]
    answers(stub, found, query=query)

    lines = insights.lines_with(aws, ["c2", "c1"], since=SINCE)

    assert [(line.function, line.at.isoformat()) for line in lines] == [
        ("stadion-workouts-api", "2026-11-30T06:30:00+00:00"),
        ("stadion-workouts-api", "2026-11-30T06:30:01.250000+00:00"),
    ]


def test_more_than_a_query_answers_takes_another_from_where_it_ended(
    aws: AwsAccount, stub: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(insights, "AT_ONCE", 2)
    first = [row("1", "2026-11-30 06:30:00.000"), row("2", "2026-11-30 06:30:05.100")]
    again = [row("2", "2026-11-30 06:30:05.100")]
    answers(stub, first, again)

    assert [one["@ptr"] for one in insights.rows(aws, "filter 1 = 1", since=SINCE)] == ["1", "2"]


@pytest.mark.parametrize("status", ["Failed", "Timeout", "Cancelled"])
def test_a_query_that_fails_says_so(aws: AwsAccount, stub: Stubber, status: str) -> None:
    answers(stub, [], status=status)

    with pytest.raises(insights.QueryFailed, match=status) as failed:
        insights.rows(aws, "filter 1 = 1", since=SINCE)
    assert "--since" in failed.value.hint


@pytest.mark.parametrize(("text", "written"), [('a"b', '"a\\"b"'), ("a\\b", '"a\\\\b"'), ("c1", '"c1"')])
def test_any_text_can_be_searched_for(text: str, written: str) -> None:
    assert insights.literal(text) == written


def test_lines_are_followed_and_shown_once(aws: AwsAccount, stub: Stubber) -> None:
    one, other = row("1", "2026-11-30 06:30:00.000"), row("2", "2026-11-30 06:30:03.000")
    wanted = 'filter @log like "workouts" and @message like "c1"'
    asked = f'SOURCE logGroups(namePrefix: ["{PREFIX}"]) | fields {insights.FIELDS} | {wanted} | sort @timestamp asc'
    answers(stub, [one], [one, other], query=f"{asked} | limit 10000")
    reader = logs.InsightsReader(aws, "workouts", "c1")

    first = reader.read(int(SINCE.timestamp() * 1000))
    second = reader.read(int(SINCE.timestamp() * 1000))

    assert [line.at.second for line in first] == [0]
    assert [line.at.second for line in second] == [3]


def test_a_trace_of_an_account_asks_twice_whatever_it_finds(aws: AwsAccount, stub: Stubber) -> None:
    said = {"correlation_id": "c1", "method": "POST", "route": "/v1/workouts", "status": 201, "workout_id": "w1"}
    mentioned = [row("1", "2026-11-30 06:30:00.000", **said), row("2", "2026-11-30 06:30:00.100", **said)]
    answers(stub, mentioned, mentioned)
    with mock_aws():
        boto3.client("events").create_event_bus(Name="stadion")
        target = Target(aws, Outputs({"stadion-platform": {"BusName": "stadion"}}))

        (found,) = trace.find(target, "w1", SINCE)

    assert found.correlation_id == "c1"


def test_an_exported_endpoint_is_ignored(aws: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell that spoke with the emulator: `--aws` must not look at the laptop."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:4566")

    for service in ("sqs", "logs", "cloudformation", "lambda"):
        client = aws.client(service)
        assert client.meta.endpoint_url.endswith(".amazonaws.com"), service
        assert client.meta.config.retries["mode"] == "adaptive"


def test_an_account_at_a_glance(aws: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {"AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 460}}
    monkeypatch.setattr(aws.functions, "get_account_settings", lambda: limits)  # moto has none
    monkeypatch.setattr(glance, "throttled", lambda _: [])
    monkeypatch.setattr(AwsAccount, "stack_states", lambda _: {"stadion-inventory": "UPDATE_COMPLETE", "others": "x"})
    with mock_aws():
        for name in ("stadion-inbox", "stadion-inbox-dlq", "stadion-quiet", "others"):
            url = boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
            if name != "stadion-quiet":
                boto3.client("sqs").send_message(QueueUrl=url, MessageBody="{}")
        alarms = boto3.client("cloudwatch")
        for name in ("stadion-inbox-dlq-dead-letters", "stadion-quiet-oldest-message", "others-alarm"):
            alarms.put_metric_alarm(
                AlarmName=name, AlarmDescription="docs/runbook.md#dead-letters", MetricName="m", Namespace="n",
                Period=60, EvaluationPeriods=1, Threshold=0, ComparisonOperator="GreaterThanThreshold", Statistic="Sum",
            )  # fmt: skip
        for name in ("stadion-inbox-dlq-dead-letters", "others-alarm"):
            alarms.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a letter")

        found = look(Target(aws, Outputs()))

    assert [row[0] for row in found["queues"]] == ["stadion-inbox-dlq", "stadion-inbox"]
    assert [row[0] for row in found["alarms"]] == ["stadion-inbox-dlq-dead-letters"]
    assert found["mappings"] == []
    assert found["stacks"] == {"stadion-inventory": "UPDATE_COMPLETE"}
    assert found["account"]["region"] == "eu-central-1"
    assert "1000 at once, 460" in found["account"]["executions"]


def test_a_glance_names_the_functions_that_had_no_room(aws: AwsAccount) -> None:
    """One alarm watches all of the account: it cannot say whose it is."""
    cloudwatch = aws.client("cloudwatch")
    with Stubber(cloudwatch) as stubber:
        answer = {
            "MetricDataResults": [
                {"Id": "refused", "Label": "stadion-workouts-api", "Values": [3.0, 4.0]},
                {"Id": "refused", "Label": "stadion-inventory-on-workout-events", "Values": [20.0]},
                {"Id": "refused", "Label": "stadion-quiet", "Values": [0.0]},
                {"Id": "refused", "Label": "others", "Values": [1.0]},
            ]
        }
        stubber.add_response("get_metric_data", answer, {"MetricDataQueries": ANY, "StartTime": ANY, "EndTime": ANY})

        found = glance.throttled(cloudwatch)

    assert found == [("stadion-inventory-on-workout-events", 20), ("stadion-workouts-api", 7), ("others", 1)]


def test_the_commands_take_an_account() -> None:
    for command in (["logs"], ["status"], ["trace"], ["dlq", "list"], ["dlq", "redrive"]):
        assert "--aws" in CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"}).output, command


def test_a_look_back_reaches_into_the_minute_that_is_now(aws: AwsAccount, stub: Stubber) -> None:
    answers(stub, [])
    insights.rows(aws, "filter 1 = 1", since=datetime.now(UTC) - timedelta(seconds=5))


def test_a_trace_of_many_requests_asks_in_queries_that_insights_takes(aws: AwsAccount, stub: Stubber) -> None:
    """A workout that many looked at is named by as many requests."""
    ids = [f"0193a1c0-7b1e-7c3a-9f57-{number:012x}" for number in range(150)]
    for page in ("a", "b", "c"):
        answers(
            stub, [row(page, "2026-11-30 06:30:00.000", correlation_id=page), row("all", "2026-11-30 06:30:01.000")]
        )
    asked: list[str] = []
    aws.logs.meta.events.register(
        "provide-client-params.cloudwatch-logs.StartQuery", lambda params, **_: asked.append(params["queryString"])
    )

    found = insights.lines_with(aws, ids, since=SINCE)

    assert [line.correlation_id for line in found] == ["a", "b", "c", ""]
    assert all(len(query) < 10_000 for query in asked)
    assert all(sum(one in query for query in asked) == 1 for one in ids)


def test_no_line_of_a_log_commands_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    text = "\x1b]0;owned\x07\x1b[2J\x9b31m"
    line = logs.Line(SINCE, "stadion-workouts-api", json.dumps({"message": text, "exception": text, "field": text}))
    raw = logs.Line(SINCE, "stadion-workouts-api", text)
    for as_json in (True, False):
        logs._show([line, raw], platform=True, as_json=as_json)
    show_json({"message": text})
    show_table("x", ("a", "b"), [[text, 1]])

    shown = capsys.readouterr().out
    assert not any((ord(one) < 32 and one != "\n") or 127 <= ord(one) < 160 for one in shown)
    assert "\\u001b[2J\\u009b31m" in shown
    assert json.loads(shown.splitlines()[0])["message"] == text
